"""Audiences: who hears of an incident, and which parts of an update they are told."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, blank_defects, nearest
from itilcore.given import several
from itilcore.version import JSONValue, content_version

__all__ = ["UPDATE_PARTS", "Audience", "Audiences"]

UPDATE_PARTS: Final = (
    "impacted",
    "affected",
    "progress",
    "workaround",
    "technical",
    "next_update_at",
    "follow",
)
"""The parts of an update, in the order in which they are told."""

_ALWAYS: Final = ("impacted", "next_update_at")


@frozen(kw_only=True)
class Audience:
    """Somebody who is told of an incident, by ``name``, and the parts that they are ``told``.

    The parts are those of `UPDATE_PARTS`; what is impacted and when the next word comes is told
    to everybody.  Raises `itilcore.errors.InvalidInput` for a blank name, a part that is none
    and one of these two missing.

    >>> Audience(name="executives", told=["impacted", "affected", "next_update_at"]).told
    ('impacted', 'affected', 'next_update_at')
    """

    name: str
    told: tuple[str, ...] = field(default=UPDATE_PARTS, converter=several)

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("name", self.name)
        for index, part in enumerate(self.told):
            if part not in UPDATE_PARTS:
                near = nearest(str(part), UPDATE_PARTS)
                defects.append(Defect(f"told[{index}]", f"is {part!r:.60}; {near}"))
        defects += [
            Defect("told", f"has no {part!r}, which everybody is told")
            for part in _ALWAYS
            if part not in self.told
        ]
        if defects:
            raise InvalidInput("audience", defects)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {"name": self.name, "told": [part for part in UPDATE_PARTS if part in self.told]}


@frozen
class Audiences:
    """Audiences by name, in their order.

    Raises `itilcore.errors.InvalidInput` for what is no `Audience` and a name that stands twice.

    >>> [audience.name for audience in Audiences.default()]
    ['users', 'executives', 'support']
    """

    rows: tuple[Audience, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        known: set[str] = set()
        for index, row in enumerate(self.rows):
            if not isinstance(row, Audience):
                defects.append(Defect(f"[{index}]", f"is {row!r:.60}: give an Audience"))
                continue
            if row.name in known:
                problem = f"is {row.name!r}, which stands above already"
                defects.append(Defect(f"[{index}].name", problem))
            known.add(row.name)
        if defects:
            raise InvalidInput("audiences", defects)

    @classmethod
    def default(cls) -> Audiences:
        """Users, executives, who are told nothing technical, and support, who are told all."""
        plain = tuple(part for part in UPDATE_PARTS if part != "technical")
        return cls(
            (
                Audience(name="users", told=tuple(part for part in plain if part != "affected")),
                Audience(name="executives", told=plain),
                Audience(name="support"),
            )
        )

    def audience(self, name: str) -> Audience | None:
        """The audience of that name, ``None`` where there is none."""
        return next((row for row in self.rows if row.name == name), None)

    def __iter__(self) -> Iterator[Audience]:
        return iter(self.rows)

    @property
    def content(self) -> list[JSONValue]:
        """The rows as JSON values; their order means nothing."""
        return [row.content for row in sorted(self.rows, key=lambda row: row.name)]

    @cached_property
    def version(self) -> str:
        """The content version: the same rows have the same."""
        return content_version("audiences", self.content)
