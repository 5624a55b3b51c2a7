"""The rules of names: pinned public names, the glossary, names of modules that say nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from .house import House
from .tree import Tree, Violation

SAY_NOTHING = frozenset(
    f"{word}{ending}"
    for word in ("common", "helper", "manager", "misc", "util")
    for ending in ("", "s")
)


def unlisted(tree: Tree) -> list[Violation]:
    """A front door without a plain ``__all__``, or one that lists a name twice."""
    found = []
    for home, door in tree.doors().items():
        if door.names is None:
            found.append(Violation(door.path, door.line, f"{home} has no __all__ of plain names"))
        elif twice := sorted({name for name in door.names if door.names.count(name) > 1}):
            found.append(Violation(door.path, door.line, f"listed twice: {', '.join(twice)}"))
    return found


def unpinned(tree: Tree, pins: Path) -> list[Violation]:
    """A difference between the public names and those in the file *pins*."""
    text = pins.read_text(encoding="utf-8")
    pinned: dict[str, list[str]] = tomllib.loads(text)
    doors = tree.doors()
    where = tree.relative(pins)
    found = []
    for home, door in doors.items():
        names = set(door.names or ())
        before = set(pinned.get(home, ()))
        found += [
            Violation(door.path, door.line, f"+ {home}.{name} is new: pin it in {where}")
            for name in sorted(names - before)
        ]
        found += [
            Violation(where, _line(text, home), f"- {home}.{name} is gone from {door.path}")
            for name in sorted(before - names)
        ]
    found += [
        Violation(where, _line(text, home), f"- {home} is gone from the package")
        for home in pinned
        if home not in doors
    ]
    return found


def unexplained(tree: Tree, house: House, glossary: Path) -> list[Violation]:
    """A public name without a term in the *glossary*, or a term for a name that is not public.

    A term stands alone on its line and its definition begins the next with a colon; a term
    that is a name of the package is in backticks.
    """
    terms = _terms(glossary.read_text(encoding="utf-8").splitlines())
    where = tree.relative(glossary)
    doors = {home: door for home, door in tree.doors().items() if home not in house.entry_points}
    found = [
        Violation(door.path, door.line, f"{name} has no term in {where}")
        for door in doors.values()
        for name in door.names or ()
        if f"`{name}`" not in terms
    ]
    public = {name for door in doors.values() for name in door.names or ()}
    found += [
        Violation(where, line, f"{term} is no public name")
        for term, line in terms.items()
        if term.startswith("`") and term.strip("`") not in public
    ]
    return found


def nameless_modules(tree: Tree) -> list[Violation]:
    """A module or folder called ``utils`` and the like: say what it is about."""
    folders = [tree.root / name for name in ("src", "tests", "benchmarks", "docs")]
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    return [
        Violation(tree.relative(path), 1, f"{part} says nothing: name what it is about")
        for path in sorted(paths)
        for part in path.relative_to(tree.root).with_suffix("").parts
        if part in SAY_NOTHING
    ]


def _terms(lines: Sequence[str]) -> dict[str, int]:
    """Each term of a definition list with its line."""
    return {
        line.strip(): number
        for number, (line, following) in enumerate(zip(lines, lines[1:], strict=False), 1)
        if line.strip() and re.match(r":\s+\S", following)
    }


def _line(text: str, home: str) -> int:
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(f"{home} =")), 1)
