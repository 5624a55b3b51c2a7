"""Authority: who may do something, by name, by role or by group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

from itilcore.actor import Actor
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import distinct, several
from itilcore.version import JSONValue

__all__ = ["Authority"]


def _role_names(given: Any) -> tuple[Any, ...]:
    """Names of roles as roles have them: case and blanks around them mean nothing."""
    return distinct(
        " ".join(each.split()).casefold() if isinstance(each, str) and each.strip() else each
        for each in several(given)
    )


@frozen(kw_only=True)
class Authority:
    """Who may: these ``people`` by identifier, whoever has one of these ``roles`` in the
    incident, whoever is in one of these ``groups``.

    Each is one name or several.  Raises `itilcore.errors.InvalidInput` for a blank name, and
    where it names nobody.

    >>> mia = Actor.person("mia")
    >>> Authority(people="mia").includes(mia), Authority(groups="mia").includes(mia)
    (True, False)
    """

    people: tuple[str, ...] = field(default=(), converter=distinct)
    roles: tuple[str, ...] = field(default=(), converter=_role_names)
    groups: tuple[str, ...] = field(default=(), converter=distinct)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        for kind, names in self._lists:
            for index, name in enumerate(names):
                defects += blank_defects(f"{kind}[{index}]", name)
        if not (self.people or self.roles or self.groups):
            defects.append(Defect("", "names nobody: give people, roles or groups"))
        if defects:
            raise InvalidInput("authority", defects)

    @property
    def _lists(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return (("people", self.people), ("roles", self.roles), ("groups", self.groups))

    def includes(
        self, by: Actor | None, roles: Iterable[str] = (), groups: Iterable[str] = ()
    ) -> bool:
        """Whether *by*, who has these *roles* and is in these *groups*, is one of them.

        Nobody known is not, and an automation is no person.
        """
        if by is None:
            return False
        named = by.is_person and by.identifier in self.people
        return named or not {*self.roles}.isdisjoint(roles) or not {*self.groups}.isdisjoint(groups)

    def refusal(
        self, by: Actor | None, roles: Iterable[str] = (), groups: Iterable[str] = ()
    ) -> str:
        """Why *by*, with these *roles* and in these *groups*, may not; nothing where they may.

        >>> Authority(people="mia").refusal(Actor.person("ada"))
        'ada has no authority for it; who has: people mia'
        """
        if by is None:
            return f"nobody is said to do it; who may: {self}"
        if not by.is_person:
            return f"{by.identifier} is an automation; who may: {self}"
        if self.includes(by, roles, groups):
            return ""
        return f"{by.identifier} has no authority for it; who has: {self}"

    def __str__(self) -> str:
        return "; ".join(f"{kind} {', '.join(names)}" for kind, names in self._lists if names)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {kind: list(names) for kind, names in self._lists}
