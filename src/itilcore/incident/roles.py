"""Roles: who held which one when, from the timeline, and which one person may not hold together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Final

from attrs import field, frozen

from itilcore.errors import InvalidInput, blank_defects, require_aware

from .instant import in_utc

__all__ = ["Role", "RoleSpell", "role_conflict"]


def _folded(name: Any) -> Any:
    readable = isinstance(name, str) and name.strip()
    return " ".join(name.split()).casefold() if readable else name


@frozen(cache_hash=True)
class Role:
    """A part that a person plays in an incident, as a value: a team adds its own by making one.

    Case and blanks around the name mean nothing; a role whose name ends in ``resolver`` is
    that of a resolver.  Raises `itilcore.errors.InvalidInput` for a blank name.

    >>> Role.SCRIBE
    Role('scribe')
    >>> Role("Translator ") == Role("translator")
    True
    >>> Role("tier 4 resolver").resolves, Role.SCRIBE.resolves
    (True, False)
    """

    name: str = field(converter=_folded)

    REQUESTER: ClassVar[Role]
    TIER_1_RESOLVER: ClassVar[Role]
    TIER_2_RESOLVER: ClassVar[Role]
    TIER_3_RESOLVER: ClassVar[Role]
    RESOLVER: ClassVar[Role]
    MAJOR_INCIDENT_MANAGER: ClassVar[Role]
    COMMUNICATIONS_LEAD: ClassVar[Role]
    SCRIBE: ClassVar[Role]

    def __attrs_post_init__(self) -> None:
        if defects := blank_defects("name", self.name):
            raise InvalidInput("role", defects)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"Role({self.name!r})"

    @property
    def resolves(self) -> bool:
        """Whether who has it resolves the incident."""
        return self.name == "resolver" or self.name.endswith(" resolver")

    @classmethod
    def resolver(cls, tier: int | None) -> Role:
        """The resolver of a tier: 1 to 3 have one each, any other is `RESOLVER`.

        >>> Role.resolver(2), Role.resolver(None)
        (Role('tier 2 resolver'), Role('resolver'))
        """
        known = {1: cls.TIER_1_RESOLVER, 2: cls.TIER_2_RESOLVER, 3: cls.TIER_3_RESOLVER}
        return cls.RESOLVER if tier is None else known.get(tier, cls.RESOLVER)


Role.REQUESTER = Role("requester")
Role.TIER_1_RESOLVER = Role("tier 1 resolver")
Role.TIER_2_RESOLVER = Role("tier 2 resolver")
Role.TIER_3_RESOLVER = Role("tier 3 resolver")
Role.RESOLVER = Role("resolver")
Role.MAJOR_INCIDENT_MANAGER = Role("major incident manager")
Role.COMMUNICATIONS_LEAD = Role("communications lead")
Role.SCRIBE = Role("scribe")

_MANAGING: Final = frozenset([Role.MAJOR_INCIDENT_MANAGER])


@frozen
class RoleSpell:
    """``person`` held ``role`` from ``start`` to ``end``, ``None`` while it lasts; in UTC."""

    role: Role
    person: str
    start: datetime
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it lasted at *at*: from its start on, and not at its end.

        >>> from datetime import UTC
        >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
        >>> spell = RoleSpell(Role.SCRIBE, "ada", nine, ten)
        >>> spell.holds(nine), spell.holds(ten)
        (True, False)
        """
        moment = in_utc(require_aware("at", at))
        return self.start <= moment and (self.end is None or moment < self.end)

    def overlaps(self, other: RoleSpell) -> bool:
        """Whether both lasted at one time; one that ended where it began never did.

        >>> from datetime import UTC
        >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
        >>> first = RoleSpell(Role.SCRIBE, "ada", nine, ten)
        >>> first.overlaps(RoleSpell(Role.SCRIBE, "bob", ten)), first.overlaps(first)
        (False, True)
        """
        start = max(self.start, other.start)
        return all(each.end is None or start < each.end for each in (self, other))


def role_conflict(spells: Iterable[RoleSpell]) -> str | None:
    """Who managed and resolved the same incident at one time, of *spells*; ``None`` for nobody.

    Of several it is the one that began last.  Blanks around a person's identifier mean nothing.

    >>> from datetime import UTC
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> manages = RoleSpell(Role.MAJOR_INCIDENT_MANAGER, "ada", nine)
    >>> role_conflict([manages, RoleSpell(Role.TIER_2_RESOLVER, "ada", nine)])
    'ada is major incident manager and tier 2 resolver: whoever resolves it cannot manage it'
    >>> role_conflict([manages, RoleSpell(Role.TIER_2_RESOLVER, "bob", nine)]) is None
    True
    """
    given = list(spells)
    found = [
        (max(manages.start, resolves.start), manages, resolves)
        for manages in given
        if manages.role in _MANAGING
        for resolves in given
        if resolves.role.resolves
        and manages.person.strip() == resolves.person.strip()
        and manages.overlaps(resolves)
    ]
    if not found:
        return None
    since, manages, resolves = max(found, key=lambda each: each[0])
    roles = f"{manages.role} and {resolves.role}: whoever resolves it cannot manage it"
    if manages.end is None and resolves.end is None:
        return f"{manages.person} is {roles}"
    return f"{manages.person} was, since {since.isoformat()}, {roles}"
