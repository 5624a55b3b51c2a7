"""What the rules look at: the modules of a source tree, read and never run."""

from __future__ import annotations

import ast
from pathlib import Path

from attrs import frozen

from .imports import Import, imports_of


@frozen(order=True)
class Violation:
    """What is wrong and where: a path from the tree's root and a line, counted from 1."""

    path: str
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.problem}"


@frozen
class Module:
    """One file of the package.

    ``home`` is its part of the house, "" for the package itself; ``excuses`` are the extras
    for which it can raise ``MissingExtra``.
    """

    path: str
    name: str
    home: str
    is_door: bool
    imports: tuple[Import, ...]
    excuses: frozenset[str]


@frozen
class Door:
    """The front door of a home: its ``__all__`` (`None` where that is no plain list)."""

    path: str
    line: int
    names: tuple[str, ...] | None


@frozen
class Tree:
    """A checkout at *root* whose code is ``src/<package>``."""

    root: Path
    package: str = "itilcore"

    def relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def modules(self) -> list[Module]:
        """Every module of the package, by path."""
        return [self._module(path) for path in sorted(self._source.rglob("*.py"))]

    def doors(self) -> dict[str, Door]:
        """The front door of each home: a folder's ``__init__.py``, or the module itself."""
        packages = [path.parent for path in self._source.glob("*/__init__.py")]
        singles = [path for path in self._source.glob("*.py") if path.name != "__init__.py"]
        found = {path.name: path / "__init__.py" for path in packages}
        found |= {path.stem: path for path in singles}
        return {home: self._door(path) for home, path in sorted(found.items())}

    @property
    def _source(self) -> Path:
        return self.root / "src" / self.package

    def _module(self, path: Path) -> Module:
        parts = [self.package, *path.relative_to(self._source).with_suffix("").parts]
        is_package = parts[-1] == "__init__"
        if is_package:
            parts.pop()
        syntax = _parsed(path)
        return Module(
            path=self.relative(path),
            name=".".join(parts),
            home=parts[1] if len(parts) > 1 else "",
            is_door=len(parts) == (2 if len(parts) > 1 else 1),
            imports=imports_of(syntax, parts if is_package else parts[:-1]),
            excuses=_excuses(syntax),
        )

    def _door(self, path: Path) -> Door:
        line = 1
        for statement in _parsed(path).body:
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                    | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value)
                ):
                    line = statement.lineno
                    if (names := _texts(value)) is not None:
                        return Door(self.relative(path), line, names)
        return Door(self.relative(path), line, None)


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _excuses(tree: ast.Module) -> frozenset[str]:
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id="MissingExtra"), args=[_, ast.Constant(value=str(extra))]
            ):
                found.add(extra)
    return frozenset(found)


def _texts(node: ast.expr) -> tuple[str, ...] | None:
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            texts = [element.value for element in elements if isinstance(element, ast.Constant)]
            if len(texts) == len(elements):
                return tuple(str(text) for text in texts)
    return None
