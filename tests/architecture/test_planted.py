"""Each rule is shown a small house with one fault in it, and names the file and the line."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from . import file_rules, import_rules, loading_rules, name_rules
from .house import House
from .tree import Tree, Violation

HOUSE = House.read(Path(__file__).with_name("floors.toml"))
SOUND = {
    "src/itilcore/__init__.py": '"""The gate."""\n__version__ = "1"\n',
    "src/itilcore/errors.py": '__all__ = ["MissingExtra"]\nclass MissingExtra(ImportError): ...\n',
    "src/itilcore/actor.py": '__all__ = ["Actor"]\nfrom itilcore.errors import MissingExtra\n'
    "class Actor: ...\n",
    "src/itilcore/priority/__init__.py": '__all__ = ["Matrix"]\nfrom .matrix import Matrix\n',
    "src/itilcore/priority/matrix.py": "import attrs\nfrom itilcore.actor import Actor\n"
    "class Matrix: ...\n",
    "src/itilcore/incident/__init__.py": "from itilcore import priority\n"
    'from itilcore.priority import Matrix\n__all__ = ["Incident"]\nclass Incident: ...\n',
    "src/itilcore/sample/__init__.py": 'import csv\n__all__ = ["generate"]\ngenerate = 1\n',
    "src/itilcore/testing/__init__.py": "import pytest\nfrom itilcore.incident import Incident\n"
    '__all__ = ["contract"]\ncontract = 1\n',
    "src/itilcore/cli/__init__.py": "from itilcore.errors import MissingExtra\n"
    '__all__ = ["main"]\n'
    'def main():\n    from .commands import run\n    raise MissingExtra("click", "cli")\n',
    "src/itilcore/cli/commands.py": "import click\nfrom itilcore.sample import generate\nrun = 1\n",
    "docs/glossary.md": "# Glossary\n\n"
    + "".join(
        f"`{name}`\n: A word.\n\n"
        for name in ("MissingExtra", "Actor", "Matrix", "Incident", "generate", "contract")
    )
    + "Trail\n: A word that is no name.\n",
    "pins.toml": 'actor = ["Actor"]\ncli = ["main"]\nerrors = ["MissingExtra"]\n'
    'incident = ["Incident"]\npriority = ["Matrix"]\nsample = ["generate"]\n'
    'testing = ["contract"]\n',
    "pyproject.toml": "[project]\n"
    'dependencies = [\n  "attrs>=23",\n  "cattrs",\n  "python_dateutil>=2.9",\n'
    "  'tzdata; sys_platform == \"win32\"',\n]\n"
    "[project.optional-dependencies]\n"
    'cli = ["click", "rich"]\nfast = ["numpy"]\nholidays = ["holidays"]\nical = ["icalendar"]\n'
    'parquet = ["pyarrow"]\nreport = ["altair", "vl-convert-python"]\n'
    'sql = ["SQLAlchemy"]\ntesting = ["hypothesis", "pytest"]\ntext = ["rapidfuzz"]\n',
}
PRIORITY, INCIDENT = "src/itilcore/priority/matrix.py", "src/itilcore/incident/__init__.py"

RULES: dict[str, Callable[[Tree], Sequence[Violation]]] = {
    "floor": lambda tree: import_rules.without_a_floor(tree, HOUSE),
    "down": lambda tree: import_rules.across_floors(tree, HOUSE),
    "door": import_rules.by_a_side_door,
    "computed": import_rules.computed_imports,
    "library": lambda tree: import_rules.third_parties(tree, HOUSE),
    "excuse": lambda tree: import_rules.unexcused_extras(tree, HOUSE),
    "installed": lambda tree: import_rules.other_dependencies(tree, HOUSE),
    "listed": name_rules.unlisted,
    "pinned": lambda tree: name_rules.unpinned(tree, tree.root / "pins.toml"),
    "glossary": lambda tree: name_rules.unexplained(tree, HOUSE, tree.root / "docs/glossary.md"),
    "nameless": name_rules.nameless_modules,
    "words": file_rules.forbidden_words,
    "loading": loading_rules.loaded_eagerly,
    "bare": lambda tree: loading_rules.useless_without_extras(tree, HOUSE),
}


@pytest.fixture
def plant(tmp_path: Path) -> Callable[..., Tree]:
    """A sound house in which some files are replaced."""

    def planted(files: dict[str, str]) -> Tree:
        for name, text in {**SOUND, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Tree(tmp_path)

    return planted


@pytest.mark.parametrize("rule", RULES)
def test_a_sound_house_stands(rule: str, plant: Callable[..., Tree]) -> None:
    assert RULES[rule](plant({})) == []


FAULTS = {
    "no floor": (
        "floor",
        "src/itilcore/cellar/__init__.py",
        "x = 1\n",
        "src/itilcore/cellar/__init__.py:1: cellar has no floor: give it one",
    ),
    "no floor for a single module": (
        "floor",
        "src/itilcore/cellar.py",
        "x = 1\n",
        "src/itilcore/cellar.py:1: cellar has no floor: give it one",
    ),
    "up": (
        "down",
        PRIORITY,
        "import attrs\n\nfrom itilcore.incident import Incident\n",
        f"{PRIORITY}:3: priority may not import incident: incident stands above priority",
    ),
    "up, inside a function": (
        "down",
        PRIORITY,
        "def f():\n    import itilcore.incident\n",
        f"{PRIORITY}:2: priority may not import incident: incident stands above priority",
    ),
    "up, for types alone": (
        "down",
        PRIORITY,
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from itilcore import incident\n",
        f"{PRIORITY}:3: priority may not import incident: incident stands above priority",
    ),
    "up, by a relative import": (
        "down",
        PRIORITY,
        "from ..incident import Incident\n",
        f"{PRIORITY}:1: priority may not import incident: incident stands above priority",
    ),
    "up, by a relative import of the part": (
        "down",
        PRIORITY,
        "from .. import incident\n",
        f"{PRIORITY}:1: priority may not import incident: incident stands above priority",
    ),
    "up, by name": (
        "down",
        PRIORITY,
        "import importlib\nf = lambda: importlib.import_module('itilcore.incident')\n",
        f"{PRIORITY}:2: priority may not import incident: incident stands above priority",
    ),
    "up, in an async function and a method": (
        "down",
        PRIORITY,
        "class A:\n    async def f(self):\n        from itilcore.incident import Incident\n",
        f"{PRIORITY}:3: priority may not import incident: incident stands above priority",
    ),
    "up, on the ground": (
        "down",
        "src/itilcore/errors.py",
        "from itilcore.actor import Actor\n",
        "src/itilcore/errors.py:1: errors may not import actor: actor stands above errors",
    ),
    "neighbours": (
        "down",
        "src/itilcore/calendars/__init__.py",
        "from itilcore.priority import Matrix\n",
        "src/itilcore/calendars/__init__.py:1: calendars may not import priority: "
        "priority and calendars are neighbours, so strangers",
    ),
    "a part beside the house": (
        "down",
        INCIDENT,
        "from itilcore.testing import contract\n",
        f"{INCIDENT}:1: incident may not import testing: testing stands beside the house",
    ),
    "a sample in the house": (
        "down",
        INCIDENT,
        "from itilcore.sample import generate\n",
        f"{INCIDENT}:1: incident may not import sample: sample stands beside the house",
    ),
    "the house in a sample": (
        "down",
        "src/itilcore/sample/__init__.py",
        "import csv\nfrom itilcore.errors import MissingExtra\n",
        "src/itilcore/sample/__init__.py:2: sample may not import errors: "
        "only the standard library",
    ),
    "the gate": (
        "down",
        "src/itilcore/__init__.py",
        "from .priority import Matrix\n",
        "src/itilcore/__init__.py:1: the package itself imports priority: "
        "it loads nothing until asked",
    ),
    "a side door": (
        "door",
        INCIDENT,
        "\nfrom itilcore.priority.matrix import Matrix\n",
        f"{INCIDENT}:2: itilcore.priority.matrix is a side door: use itilcore.priority",
    ),
    "a side door, plainly": (
        "door",
        INCIDENT,
        "import itilcore.priority.matrix\n",
        f"{INCIDENT}:1: itilcore.priority.matrix is a side door: use itilcore.priority",
    ),
    "a private name through the front door": (
        "door",
        INCIDENT,
        "from itilcore.priority import Matrix, matrix\n",
        f"{INCIDENT}:1: matrix is not in itilcore.priority.__all__",
    ),
    "everything through the front door": (
        "door",
        INCIDENT,
        "from itilcore.priority import *\n",
        f"{INCIDENT}:1: * is not in itilcore.priority.__all__",
    ),
    "a computed import": (
        "computed",
        PRIORITY,
        "import importlib\nname = 'x'\nimportlib.import_module(name)\n",
        f"{PRIORITY}:3: an import must name its module in plain text",
    ),
    "a computed import, relative": (
        "computed",
        PRIORITY,
        "from importlib import import_module\nimport_module('.x', 'itilcore')\n",
        f"{PRIORITY}:2: an import must name its module in plain text",
    ),
    "a computed import, by the dunder": (
        "computed",
        PRIORITY,
        "__import__(str())\n",
        f"{PRIORITY}:1: an import must name its module in plain text",
    ),
    "an unknown library": (
        "library",
        PRIORITY,
        "import csv, scipy.linalg\n",
        f"{PRIORITY}:1: scipy is no library of the plan",
    ),
    "a library away from home": (
        "library",
        PRIORITY,
        "import attrs\nfrom dateutil import rrule\n",
        f"{PRIORITY}:2: python-dateutil is not for priority",
    ),
    "another library away from home": (
        "library",
        PRIORITY,
        "def f():\n    import cattrs\n",
        f"{PRIORITY}:2: cattrs is not for priority",
    ),
    "an extra away from home": (
        "library",
        PRIORITY,
        "def f():\n    import click\n",
        f"{PRIORITY}:2: click is not for priority",
    ),
    "an extra as the module loads": (
        "library",
        "src/itilcore/report/__init__.py",
        "try:\n    from rich.table import Table\nexcept ImportError:\n    pass\n",
        "src/itilcore/report/__init__.py:2: rich is an extra: "
        "import it in the function that uses it",
    ),
    "an extra where types are not checked": (
        "library",
        "src/itilcore/report/__init__.py",
        "import typing\nif typing.TYPE_CHECKING:\n    import rich\nelse:\n    import altair\n",
        "src/itilcore/report/__init__.py:5: altair is an extra: "
        "import it in the function that uses it",
    ),
    "an extra at the door of an entry point": (
        "library",
        "src/itilcore/cli/__init__.py",
        "import click\n",
        "src/itilcore/cli/__init__.py:1: click is an extra: import it in the function that uses it",
    ),
    "a library in a sample": (
        "library",
        "src/itilcore/sample/__init__.py",
        "import attrs\n",
        "src/itilcore/sample/__init__.py:1: attrs: sample uses the standard library alone",
    ),
    "an unknown library in the part that may use all": (
        "library",
        "src/itilcore/testing/__init__.py",
        "import scipy\n",
        "src/itilcore/testing/__init__.py:1: scipy is no library of the plan",
    ),
    "a missing extra that nobody names": (
        "excuse",
        "src/itilcore/report/__init__.py",
        "def show():\n    import rich\n",
        "src/itilcore/report/__init__.py:2: report never says MissingExtra(..., 'cli') for rich",
    ),
    "a missing extra under another's name": (
        "excuse",
        "src/itilcore/report/__init__.py",
        "from itilcore.errors import MissingExtra\n"
        "def draw():\n    import altair\n    raise MissingExtra('altair', 'cli')\n",
        "src/itilcore/report/__init__.py:3: "
        "report never says MissingExtra(..., 'report') for altair",
    ),
    "no list of names": (
        "listed",
        PRIORITY.replace("matrix", "__init__"),
        "x = 1\n",
        "src/itilcore/priority/__init__.py:1: priority has no __all__ of plain names",
    ),
    "a computed list of names": (
        "listed",
        INCIDENT,
        "x = 1\n__all__ = [x]\n",
        f"{INCIDENT}:2: incident has no __all__ of plain names",
    ),
    "a name listed twice": (
        "listed",
        INCIDENT,
        'x = 1\n__all__: list[str] = ["x", "x"]\n',
        f"{INCIDENT}:2: listed twice: x",
    ),
    "a term for no name": (
        "glossary",
        "docs/glossary.md",
        SOUND["docs/glossary.md"] + "\n`Ghost`\n: Not there.\n",
        "docs/glossary.md:24: `Ghost` is no public name",
    ),
    "a name without a term": (
        "glossary",
        INCIDENT,
        '__all__ = ["Incident", "Trail"]\n',
        f"{INCIDENT}:1: Trail has no term in docs/glossary.md",
    ),
    "a module that says nothing": (
        "nameless",
        "src/itilcore/priority/utils.py",
        "",
        "src/itilcore/priority/utils.py:1: utils says nothing: name what it is about",
    ),
    "a folder that says nothing": (
        "nameless",
        "tests/helpers/test_a.py",
        "",
        "tests/helpers/test_a.py:1: helpers says nothing: name what it is about",
    ),
    "an index of packages": (
        "words",
        "constraints.txt",
        f"attrs==1\nclick @ https://files.{file_rules.HOSTS[1]}/click.whl\n",
        f"constraints.txt:2: {file_rules.HOSTS[1]} does not belong into a committed file",
    ),
    "an option that names an index": (
        "words",
        "requirements.txt",
        "attrs\n--extra-index-url https://example.org/simple\n",
        "requirements.txt:2: --extra-index-url https://example.org/simple "
        "does not belong into a committed file",
    ),
    "a path of a machine": (
        "words",
        "docs/page.md",
        f"Look\n\ninto /{file_rules.FOLDERS[2]}/me/itilcore.\n",
        f"docs/page.md:3: /{file_rules.FOLDERS[2]}/m does not belong into a committed file",
    ),
    "loaded at the gate": (
        "loading",
        "src/itilcore/__init__.py",
        "import csv\nimport itilcore.errors\n",
        "src/itilcore/__init__.py:1: import itilcore loads itilcore.errors",
    ),
    "a library loaded at the gate": (
        "loading",
        "src/itilcore/__init__.py",
        "import iniconfig\n",
        "src/itilcore/__init__.py:1: import itilcore loads iniconfig",
    ),
    "no use without an extra": (
        "bare",
        "src/itilcore/report/__init__.py",
        "import rich\n",
        "src/itilcore/report/__init__.py:1: report cannot be imported without extras: "
        "No module named 'rich'",
    ),
}


@pytest.mark.parametrize(("rule", "path", "text", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named(
    rule: str, path: str, text: str, said: str, plant: Callable[..., Tree]
) -> None:
    assert said in [str(violation) for violation in RULES[rule](plant({path: text}))]


def test_pins_show_the_difference(plant: Callable[..., Tree]) -> None:
    tree = plant({INCIDENT: '\n__all__ = ["Event", "Facts"]\n'})
    (tree.root / "src/itilcore/actor.py").unlink()
    found = name_rules.unpinned(tree, tree.root / "pins.toml")
    assert [str(violation) for violation in found] == [
        f"{INCIDENT}:2: + incident.Event is new: pin it in pins.toml",
        f"{INCIDENT}:2: + incident.Facts is new: pin it in pins.toml",
        f"pins.toml:4: - incident.Incident is gone from {INCIDENT}",
        "pins.toml:1: - actor is gone from the package",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"cattrs",\n',
            '"cattrs",\n  "scipy>=1",\n',
            "pyproject.toml:5: scipy (no extra) is installed and has no home in the plan",
        ),
        (
            '"click", "rich"',
            '"click"',
            "pyproject.toml:1: rich (extra cli) has a home in the plan and is not installed",
        ),
    ],
)
def test_the_plan_and_what_is_installed_agree(
    old: str, new: str, said: str, plant: Callable[..., Tree]
) -> None:
    tree = plant({"pyproject.toml": SOUND["pyproject.toml"].replace(old, new)})
    found = import_rules.other_dependencies(tree, HOUSE)
    assert [str(violation) for violation in found] == [said]


def test_what_git_ignores_is_not_committed(plant: Callable[..., Tree]) -> None:
    line = f"see /{file_rules.FOLDERS[0]}/x\n"
    tree = plant({".gitignore": "out/\n", "out/log.txt": line, "note.txt": line})
    subprocess.run(["git", "init", "-q"], cwd=tree.root, check=True)
    assert [violation.path for violation in file_rules.forbidden_words(tree)] == ["note.txt"]


@pytest.mark.parametrize(
    "line",
    [
        "cp $" + "work/a b",
        "elsewhere/wo" + "rk/a",
        "a/ro" + "ot/b",
        "../ho" + "me/x",
        "-interval of x",
        "--find the line",
    ],
)
def test_other_words_may_stand(line: str, plant: Callable[..., Tree]) -> None:
    assert file_rules.forbidden_words(plant({"page.md": f"{line}\n"})) == []
