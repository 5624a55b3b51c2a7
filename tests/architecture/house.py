"""The house: which part stands on which floor, and which libraries it may use."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen


@frozen
class Library:
    """A third party: the packages that may use it ("*" for all), and the extra it comes with."""

    distribution: str
    modules: tuple[str, ...]
    homes: tuple[str, ...]
    extra: str | None
    falls_back: bool = False
    """Whether it only makes quicker what is there without it."""

    def serves(self, home: str) -> bool:
        return "*" in self.homes or home in self.homes


@frozen
class Annex:
    """A part beside the house."""

    uses_anything: bool
    used_by: tuple[str, ...]


@frozen
class House:
    """What ``floors.toml`` says. ``level`` counts downward from the top floor."""

    level: Mapping[str, int]
    beside: Mapping[str, Annex]
    entry_points: tuple[str, ...]
    libraries: tuple[Library, ...]

    @classmethod
    def read(cls, path: Path) -> House:
        plan = tomllib.loads(path.read_text(encoding="utf-8"))
        # On the ground each may use those named after it: one floor each, in that order.
        floors = [*plan["floors"], *([name] for name in plan["ground"])]
        return cls(
            level={name: number for number, floor in enumerate(floors) for name in floor},
            beside={
                name: Annex(annex["uses"] == "anything", tuple(annex["used_by"]))
                for name, annex in plan["beside"].items()
            },
            entry_points=tuple(plan["entry_points"]),
            libraries=tuple(
                Library(
                    name,
                    tuple(row["modules"]),
                    tuple(row["homes"]),
                    extra,
                    row.get("falls_back", False),
                )
                for extra, rows in ((None, plan["libraries"]), *plan["extras"].items())
                for name, row in rows.items()
            ),
        )

    def has(self, home: str) -> bool:
        return home in self.level or home in self.beside

    def library_of(self, module: str) -> Library | None:
        """The library that brings the top-level *module*."""
        for library in self.libraries:
            if module in library.modules:
                return library
        return None

    def objection(self, user: str, used: str) -> str | None:
        """Why *user* may not import *used*, or `None` where it may."""
        if user in self.beside:
            return None if self.beside[user].uses_anything else "only the standard library"
        if used in self.beside:
            return None if user in self.beside[used].used_by else f"{used} stands beside the house"
        above = self.level[user] - self.level[used]
        if above > 0:
            return f"{used} stands above {user}"
        return f"{used} and {user} are neighbours, so strangers" if above == 0 else None
