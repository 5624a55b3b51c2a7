"""``import itilcore`` loads nothing, and every name it lists can be asked for."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from types import ModuleType

import pytest

import itilcore

NOT_LISTED = {"cli"}
"""Entry points: run, not imported."""


def run(code: str) -> str:
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_it_loads_nothing_else() -> None:
    loaded = run(
        "import sys\n"
        "before = set(sys.modules)\n"
        "import itilcore\n"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))\n"
        "print(*sorted(name for name in sys.modules if name.startswith('itilcore')))\n"
    )
    top, ours = loaded.splitlines()
    assert ours == "itilcore"
    assert not {"attr", "attrs", "cattrs", "dateutil", "datetime"} & set(top.split())


@pytest.mark.parametrize("name", sorted(set(itilcore.__all__) - {"__version__"}))
def test_a_listed_name_loads_when_it_is_asked_for(name: str) -> None:
    out = run(f"import sys, itilcore; print(itilcore.{name} is sys.modules['itilcore.{name}'])")
    assert out == "True\n"


def test_every_package_is_listed() -> None:
    found = {module.name for module in pkgutil.iter_modules(itilcore.__path__)}
    public = {name for name in found - NOT_LISTED if not name.startswith("_")}
    assert {"__version__", *public} == set(itilcore.__all__)


def test_a_name_is_found_once_and_kept() -> None:
    # Once loaded, the package is an attribute: the second look does not pass the door.
    assert itilcore.__getattr__("errors") is sys.modules["itilcore.errors"]
    assert isinstance(itilcore.errors, ModuleType)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'itilcore' has no attribute 'polcy'"):
        itilcore.__getattr__("polcy")
    assert not hasattr(itilcore, "polcy")


def test_dir_lists_what_can_be_asked_for() -> None:
    assert dir(itilcore) == sorted(itilcore.__all__)


def test_the_version_is_a_release() -> None:
    assert [part.isdecimal() for part in itilcore.__version__.split(".")] == [True] * 3
