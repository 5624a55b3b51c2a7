"""One PostgreSQL for all tests of stores, started when the first asks for it."""

from collections.abc import Iterator

import pytest

from . import postgres


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres.Server]:
    with postgres.server() as server:
        yield server
