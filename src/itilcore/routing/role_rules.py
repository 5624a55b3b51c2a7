"""Role rules: which parts one person alone plays, and which nobody plays together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import combinations
from typing import Any, Final

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several
from itilcore.incident import Role, RoleSpell, role_conflict
from itilcore.version import JSONValue, content_version

__all__ = ["RoleRules"]

_ALONE: Final = Role.MAJOR_INCIDENT_MANAGER.name


def _named(name: Any) -> Any:
    return Role(name).name if isinstance(name, str) and name.strip() else name


def _single(given: Any) -> tuple[Any, ...]:
    return tuple(map(_named, several(given)))


def _pairs(given: Any) -> tuple[Any, ...]:
    return tuple(
        tuple(map(_named, pair)) if isinstance(pair, list | tuple) else pair
        for pair in several(given)
    )


@frozen(kw_only=True)
class RoleRules:
    """What holds for the roles of an incident, by their names.

    ``single`` are roles that one person has at a time; ``apart`` are pairs of roles that nobody
    has at one time, and ``resolver`` there is the resolver of any tier.  Two rules always hold
    and need not be given: there is one major incident manager, and whoever resolves an incident
    does not manage it.  Raises `itilcore.errors.InvalidInput` for a blank name, and for a pair
    that is none or of one role.

    >>> from datetime import UTC, datetime
    >>> rules = RoleRules(apart=[("requester", "resolver")])
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> spells = [RoleSpell(role, "ada", nine) for role in (Role.REQUESTER, Role.TIER_1_RESOLVER)]
    >>> rules.conflict(spells)
    'ada is requester and tier 1 resolver: the roles are kept apart'
    """

    single: tuple[str, ...] = field(default=(), converter=_single)
    apart: tuple[tuple[str, str], ...] = field(default=(), converter=_pairs)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        for index, name in enumerate(self.single):
            defects += blank_defects(f"single[{index}]", name)
        for index, pair in enumerate(self.apart):
            path = f"apart[{index}]"
            if not (isinstance(pair, tuple) and len(pair) == 2):
                defects.append(Defect(path, f"is {pair!r:.60}: give two roles"))
                continue
            for name in pair:
                defects += blank_defects(path, name)
            if pair[0] == pair[1]:
                defects.append(Defect(path, f"has {pair[0]!r} twice"))
        if defects:
            raise InvalidInput("role rules", defects)

    def is_single(self, role: Role) -> bool:
        """Whether one person at a time has *role*.

        >>> RoleRules().is_single(Role.MAJOR_INCIDENT_MANAGER), RoleRules().is_single(Role.SCRIBE)
        (True, False)
        """
        return role.name == _ALONE or role.name in self.single

    def conflict(self, spells: Iterable[RoleSpell]) -> str | None:
        """Who had roles at one time, of *spells*, that nobody has together; ``None`` for nobody.

        >>> from datetime import UTC, datetime
        >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
        >>> twice = [RoleSpell(Role.MAJOR_INCIDENT_MANAGER, person, nine) for person in ("a", "b")]
        >>> RoleRules().conflict(twice)
        'a and b are major incident manager: one person is at a time'
        """
        given = list(spells)
        always = role_conflict(given)
        if always is not None:
            return always
        for one, other in combinations(given, 2):
            if not one.overlaps(other):
                continue
            same = one.person.strip() == other.person.strip()
            over = one.end is not None or other.end is not None
            if same and self._are_apart(one.role, other.role):
                roles = f"{one.role} and {other.role}"
                verb = "was" if over else "is"
                return f"{one.person} {verb} {roles}: the roles are kept apart"
            if not same and one.role == other.role and self.is_single(one.role):
                verb = "were" if over else "are"
                people = f"{one.person} and {other.person}"
                return f"{people} {verb} {one.role}: one person is at a time"
        return None

    def _are_apart(self, one: Role, other: Role) -> bool:
        names, others = _names_of(one), _names_of(other)
        return any(
            (first in names and second in others) or (first in others and second in names)
            for first, second in self.apart
        )

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; the order of roles means nothing."""
        return {
            "single": sorted(self.single),
            "apart": [list(pair) for pair in sorted(sorted(pair) for pair in self.apart)],
        }

    @cached_property
    def version(self) -> str:
        """The content version: the same rules have the same."""
        return content_version("role rules", self.content)


def _names_of(role: Role) -> frozenset[str]:
    """The name of *role*; of the resolver of a tier that of any resolver as well."""
    return frozenset([role.name, Role.RESOLVER.name] if role.resolves else [role.name])
