"""Which file of vectors is run: ``--vectors FILE``, or the small one beside this module."""

from __future__ import annotations

from pathlib import Path

import pytest

from .adapters import ADAPTERS
from .vectors import VectorFile

OWN = Path(__file__).with_name("facts.json")
FILE = pytest.StashKey[VectorFile]()


def vector_file(config: pytest.Config) -> VectorFile:
    if FILE not in config.stash:
        given = config.getoption("--vectors", default=None)
        path = (config.invocation_params.dir / given) if given else OWN
        config.stash[FILE] = VectorFile.read(path, ADAPTERS.keys())
    return config.stash[FILE]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "vector" in metafunc.fixturenames:
        run = vector_file(metafunc.config).run
        metafunc.parametrize("vector", run, ids=[vector["id"] for vector in run])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # pytest turns an empty list of parameters into a skipped test.  There is nothing to skip:
    # the summary names what the file holds.
    if FILE in config.stash and not config.stash[FILE].run:
        items[:] = [item for item in items if getattr(item, "originalname", "") != "test_vector"]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if FILE in config.stash:
        terminalreporter.write_sep("-", "conformance")
        terminalreporter.write_line(config.stash[FILE].summary())
