"""Authority: who may do something, by name, by role or by group."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from itilcore.actor import Actor
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import distinct
from itilcore.version import JSONValue

__all__ = ["Authority"]


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
    roles: tuple[str, ...] = field(default=(), converter=distinct)
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

    def words(self) -> str:
        """Who they are, for people to read."""
        said = [f"{kind} {', '.join(names)}" for kind, names in self._lists if names]
        return "; ".join(said)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {kind: list(names) for kind, names in self._lists}
