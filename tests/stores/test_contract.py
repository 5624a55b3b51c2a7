"""The one contract, over every store."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings

from itilcore.stores import (
    AsyncSqlAlchemyStore,
    MemoryStore,
    SqlAlchemyStore,
    SqliteStore,
    Threaded,
)
from itilcore.testing import Blocking, StoreContract, store_machine


class TestMemory(StoreContract):
    def make_store(self, tmp_path):
        return MemoryStore()


class Unclosed(MemoryStore):
    """A store that has nothing to close."""

    close = None


class TestUnclosed(StoreContract):
    def make_store(self, tmp_path):
        return Unclosed()


class TestUnclosedAwaited(StoreContract):
    def make_store(self, tmp_path):
        async def make():
            return Threaded(Unclosed())

        return Blocking(make)


class TestSqliteFile(StoreContract):
    def make_store(self, tmp_path):
        return SqliteStore(tmp_path / "desk.db")


class TestSqliteInMemory(StoreContract):
    def make_store(self, tmp_path):
        return SqliteStore(":memory:")


class TestThreadedSqlite(StoreContract):
    def make_store(self, tmp_path):
        async def make():
            return Threaded(SqliteStore(tmp_path / "desk.db"))

        async def end(store):
            store.store.close()

        return Blocking(make, end)


class TestSqlAlchemySqlite(StoreContract):
    def make_store(self, tmp_path):
        return SqlAlchemyStore.open(f"sqlite:///{tmp_path}/desk.db")


class TestSqlAlchemySqliteAwaited(StoreContract):
    def make_store(self, tmp_path):
        url = f"sqlite+aiosqlite:///{tmp_path}/desk.db"
        return Blocking(lambda: AsyncSqlAlchemyStore.open(url), AsyncSqlAlchemyStore.close)


class OnPostgresql(StoreContract):
    @pytest.fixture(autouse=True)
    def _server(self, postgresql):
        self.server = postgresql


class TestPostgresql(OnPostgresql):
    def make_store(self, tmp_path):
        return SqlAlchemyStore.open(self.server.database())


class TestPostgresqlAwaited(OnPostgresql):
    def make_store(self, tmp_path):
        url = self.server.database()
        return Blocking(lambda: AsyncSqlAlchemyStore.open(url), AsyncSqlAlchemyStore.close)


# Shrinking a run over a database takes minutes; the first one that differs says enough.
FOUND = (Phase.explicit, Phase.reuse, Phase.generate)


def machine(make_store, examples=40):
    case = store_machine(make_store).TestCase
    case.settings = settings(
        max_examples=examples, stateful_step_count=20, deadline=None, phases=FOUND
    )
    return case


TestSqliteMachine = machine(lambda: SqliteStore(":memory:"))
TestUnclosedMachine = machine(Unclosed, 3)
TestSqlAlchemyMachine = machine(lambda: SqlAlchemyStore.open("sqlite://"), 10)


def test_any_run_over_postgresql_is_that_in_memory(postgresql):
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        store_machine(lambda: SqlAlchemyStore.open(postgresql.database())),
        settings=settings(max_examples=5, stateful_step_count=15, deadline=None, phases=FOUND),
    )
