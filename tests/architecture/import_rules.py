"""The rules of imports: floors, front doors, third parties. Each returns every violation."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator

from .house import House
from .imports import Import
from .tree import Door, Module, Tree, Violation


def without_a_floor(tree: Tree, house: House) -> list[Violation]:
    """A part of the package that the plan does not know."""
    return [
        Violation(door.path, 1, f"{home} has no floor: give it one")
        for home, door in tree.doors().items()
        if not house.has(home)
    ]


def across_floors(tree: Tree, house: House) -> list[Violation]:
    """An import of a part above, beside, or of the house from its own gate."""
    found = []
    for module, step, used in _across(tree):
        if not module.home:
            problem = f"the package itself imports {used}: it loads nothing until asked"
        elif not house.has(module.home) or not house.has(used):
            continue  # said once, by `without_a_floor`
        elif objection := house.objection(module.home, used):
            problem = f"{module.home} may not import {used}: {objection}"
        else:
            continue
        found.append(Violation(module.path, step.line, problem))
    return found


def by_a_side_door(tree: Tree) -> list[Violation]:
    """An import of another part's inside, or of a name that it does not make public."""
    doors = tree.doors()
    found = []
    for module, step, used in _across(tree):
        front = f"{tree.package}.{used}"
        if step.module not in {tree.package, front}:
            found.append(
                Violation(module.path, step.line, f"{step.module} is a side door: use {front}")
            )
        elif step.module == front:
            found += [
                Violation(module.path, step.line, f"{name} is not in {front}.__all__")
                for name in _hidden(step, doors.get(used))
            ]
    return found


def computed_imports(tree: Tree) -> list[Violation]:
    """An import whose name no reader can tell; only the package's own gate may have one."""
    return [
        Violation(module.path, step.line, "an import must name its module in plain text")
        for module in tree.modules()
        for step in module.imports
        if step.module is None and module.home
    ]


def third_parties(tree: Tree, house: House) -> list[Violation]:
    """A library that is unknown, used outside its home, or loaded before it is needed."""
    return [
        Violation(module.path, step.line, problem)
        for module in tree.modules()
        for step in module.imports
        if step.module is not None
        and (problem := _refusal(step, step.module.partition(".")[0], module, tree, house))
    ]


def unexcused_extras(tree: Tree, house: House) -> list[Violation]:
    """A part that uses an extra's library and never raises ``MissingExtra`` with that extra."""
    modules = tree.modules()
    excused = {(module.home, extra) for module in modules for extra in module.excuses}
    return [
        Violation(
            module.path,
            step.line,
            f"{module.home} never says MissingExtra(..., {library.extra!r}) for {step.module}",
        )
        for module in modules
        if module.home not in house.beside
        for step in module.imports
        if step.module is not None
        and (library := house.library_of(step.module.partition(".")[0])) is not None
        and library.extra is not None
        and not library.falls_back
        and (module.home, library.extra) not in excused
    ]


def other_dependencies(tree: Tree, house: House) -> list[Violation]:
    """A difference between the plan's libraries and those that ``pyproject.toml`` installs."""
    text = (tree.root / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    extras = project.get("optional-dependencies", {})
    stated: set[tuple[str, str | None]] = {
        (_distribution(requirement), extra)
        for extra, requirements in [(None, project["dependencies"]), *extras.items()]
        for requirement in requirements
    }
    planned = {(library.distribution, library.extra) for library in house.libraries}
    return [
        Violation("pyproject.toml", _line(text, name), f"{name} ({_extra(extra)}) {problem}")
        for names, problem in (
            (stated - planned, "is installed and has no home in the plan"),
            (planned - stated, "has a home in the plan and is not installed"),
        )
        for name, extra in names
    ]


def _across(tree: Tree) -> Iterator[tuple[Module, Import, str]]:
    """Each import of another part of the package, with that part."""
    homes = tree.doors()
    for module in tree.modules():
        for step in module.imports:
            if step.module is None:
                continue
            first, *inner = step.module.split(".")
            if first != tree.package:
                continue
            used = inner[:1] or [name for name in step.names if name in homes]
            yield from ((module, step, home) for home in used if home != module.home)


def _hidden(step: Import, door: Door | None) -> list[str]:
    public = (door.names if door else None) or ()
    return [name for name in step.names if name not in public]


def _refusal(step: Import, top: str, module: Module, tree: Tree, house: House) -> str | None:
    if top == tree.package or top in sys.stdlib_module_names:
        return None
    annex = house.beside.get(module.home)
    library = house.library_of(top)
    if library is None:
        return f"{top} is no library of the plan"
    if annex is None and not library.serves(module.home):
        return f"{library.distribution} is not for {module.home or 'the package itself'}"
    if annex is not None and not annex.uses_anything:
        return f"{top}: {module.home} uses the standard library alone"
    on_demand = module.home in house.entry_points and not module.is_door
    if library.extra and step.at_load and annex is None and not on_demand:
        return f"{library.distribution} is an extra: import it in the function that uses it"
    return None


def _distribution(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
    assert name is not None, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def _extra(extra: str | None) -> str:
    return f"extra {extra}" if extra else "no extra"


def _line(text: str, name: str) -> int:
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if name in line.lower()), 1)
