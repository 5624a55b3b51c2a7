"""Which modules a module imports, and when: found in its syntax, dynamic imports included."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from attrs import frozen


@frozen
class Import:
    """One import.

    ``module`` is absolute, and `None` where the import computes its name; ``names`` are those
    taken from it (none for a plain ``import``); ``at_load`` says that it runs as the importing
    module loads, and not in a function or for type checkers alone.
    """

    module: str | None
    names: tuple[str, ...]
    line: int
    at_load: bool


def imports_of(tree: ast.Module, package: Sequence[str]) -> tuple[Import, ...]:
    """The imports of *tree*, whose relative ones start at *package*."""
    reader = _Reader(package)
    reader.visit(tree)
    return tuple(reader.found)


class _Reader(ast.NodeVisitor):
    def __init__(self, package: Sequence[str]) -> None:
        self.package = list(package)
        self.found: list[Import] = []
        self.deferred = 0

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name, (), node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        start = self.package[: len(self.package) - node.level + 1] if node.level else []
        module = ".".join([*start, *([node.module] if node.module else [])])
        self._add(module, tuple(alias.name for alias in node.names), node.lineno)

    def visit_Call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"):
                match node.args:
                    case [ast.Constant(value=str(name)), *_] if not name.startswith("."):
                        self._add(name, (), node.lineno)
                    case _:
                        self._add(None, (), node.lineno)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._deferred(node.body)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._deferred(node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._deferred([node.body])

    def visit_If(self, node: ast.If) -> None:
        match node.test:
            case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
                self._deferred(node.body)
                for statement in node.orelse:
                    self.visit(statement)
            case _:
                self.generic_visit(node)

    def _deferred(self, body: Sequence[ast.AST]) -> None:
        self.deferred += 1
        for node in body:
            self.visit(node)
        self.deferred -= 1

    def _add(self, module: str | None, names: tuple[str, ...], line: int) -> None:
        self.found.append(Import(module, names, line, at_load=not self.deferred))
