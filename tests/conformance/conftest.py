"""Which file of vectors is run: ``--vectors FILE``, or the small one beside this module."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from .adapters import ADAPTERS
from .vectors import VectorFile

OWN = Path(__file__).with_name("facts.json")
FILE = pytest.StashKey[VectorFile]()
HELD = pytest.StashKey[Counter[str]]()
"""How many vectors held under which convention."""


def vector_file(config: pytest.Config) -> VectorFile:
    if FILE not in config.stash:
        given = config.getoption("--vectors", default=None)
        path = (config.invocation_params.dir / given) if given else OWN
        config.stash[FILE] = VectorFile.read(path, ADAPTERS.keys())
        config.stash[HELD] = Counter()
    return config.stash[FILE]


@pytest.fixture
def held(pytestconfig: pytest.Config) -> Counter[str]:
    return pytestconfig.stash[HELD]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "vector" in metafunc.fixturenames:
        vectors = vector_file(metafunc.config).vectors
        metafunc.parametrize("vector", vectors, ids=[vector["id"] for vector in vectors])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if FILE in config.stash:
        terminalreporter.write_sep("-", "conformance")
        for line in config.stash[FILE].summary(config.stash[HELD]):
            terminalreporter.write_line(line)
