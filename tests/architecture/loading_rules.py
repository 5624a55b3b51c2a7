"""The rule of loading, which only a run can show: each in an interpreter of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from .house import House
from .tree import Tree, Violation

_IMPORT = """
import json, sys
sys.path.insert(0, sys.argv[1])
before = set(sys.modules)
__import__(sys.argv[2])
print(json.dumps(sorted(set(sys.modules) - before)))
"""

_WITHOUT = """
import importlib, json, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

source, package, homes, hidden = sys.argv[1], sys.argv[2], *map(json.loads, sys.argv[3:])
sys.path.insert(0, source)
sys.meta_path.insert(0, Absent())
failed = {}
for home in homes:
    try:
        importlib.import_module(f"{package}.{home}")
    except ImportError as error:
        failed[home] = str(error)
print(json.dumps(failed))
"""


def loaded_eagerly(tree: Tree) -> list[Violation]:
    """A part of the package, or a third party, that importing the package alone loads."""
    gate = f"src/{tree.package}/__init__.py"
    return [
        Violation(gate, 1, f"import {tree.package} loads {module}")
        for module in _run(_IMPORT, tree)
        if module != tree.package and module.partition(".")[0] not in sys.stdlib_module_names
    ]


def useless_without_extras(tree: Tree, house: House) -> list[Violation]:
    """A part of the house that cannot be imported where no extra is installed."""
    doors = tree.doors()
    free = {home for home, annex in house.beside.items() if annex.uses_anything}
    homes = [home for home in doors if home not in free]
    hidden = [name for library in house.libraries if library.extra for name in library.modules]
    return [
        Violation(doors[home].path, 1, f"{home} cannot be imported without extras: {error}")
        for home, error in _run(_WITHOUT, tree, json.dumps(homes), json.dumps(hidden)).items()
    ]


def _run(code: str, tree: Tree, *arguments: str) -> Any:
    command = [sys.executable, "-c", code, str(tree.root / "src"), tree.package, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
