"""Races, transactions of the caller's, and failures: nothing half stored, nothing stored twice."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool, StaticPool

from itilcore.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    MissingExtra,
    StorageFailure,
    UnknownIncident,
    VersionConflict,
)
from itilcore.repositories import IncidentState, Query
from itilcore.stores import AsyncSqlAlchemyStore, SqlAlchemyStore
from itilcore.stores.sqlalchemy import writing

from .postgres import Server
from .sqlalchemy_cases import Task, created, noted, start_worker, texts, told, what_it_printed


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.database()


@pytest.fixture
def engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


@pytest.fixture
def store(engine: Engine) -> SqlAlchemyStore:
    store = SqlAlchemyStore(engine, busy_timeout=20)
    store.create_schema()
    return store


def awaitable(url: str) -> str:
    return url.replace("sqlite:", "sqlite+aiosqlite:")


# Who comes second waits for the first, and then is told the truth.


def raced(engine: Engine, store: SqlAlchemyStore, first: Any, second: Any) -> Any:
    """What comes of *second*, begun while *first* was done and not yet committed."""
    with engine.connect() as connection:
        done = store.over(connection).commit(first)
        assert not done.repeated
        task = Task(lambda: store.commit(second))
        assert task.waits()
        connection.commit()
    return task.result()


def test_two_create_one_incident(engine: Engine, store: SqlAlchemyStore) -> None:
    second = raced(engine, store, created(), created())
    assert isinstance(second, VersionConflict)
    assert (second.expected, second.actual) == (0, 1)
    assert store.get("INC1").version == 1


def test_two_append_to_one_version(engine: Engine, store: SqlAlchemyStore) -> None:
    store.commit(created())
    second = raced(engine, store, noted(1, "a", "b"), noted(1, "c"))
    assert isinstance(second, VersionConflict)
    assert (second.expected, second.actual) == (1, 3)
    assert texts(store) == ["a", "b"]


@pytest.mark.parametrize("version", [0, 1])
def test_the_same_commit_twice_at_once(
    engine: Engine, store: SqlAlchemyStore, version: int
) -> None:
    if version:
        store.commit(created())
    more: dict[str, Any] = {"idempotency_key": "click", "notifications": [told("n1")]}
    both = noted(1, "a", **more) if version else created(**more)
    second = raced(engine, store, both, both)
    assert second.repeated
    assert (second.before, second.version) == (version, version + 1)
    assert second.notifications == (told("n1"),)
    assert store.pending() == (told("n1"),)


def test_the_same_commit_ended_since_its_key_was_looked_for(
    store: SqlAlchemyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = created(idempotency_key="click")
    store.commit(commit)
    found, asked = writing.committed, []

    def too_early(*given: Any) -> Any:
        asked.append(given)
        return None if len(asked) == 1 else found(*given)

    monkeypatch.setattr(writing, "committed", too_early)
    assert store.commit(commit).repeated
    assert store.get("INC1").version == 1


def test_one_key_for_two_incidents_at_once(engine: Engine, store: SqlAlchemyStore) -> None:
    for reference in ("INC1", "INC2"):
        store.commit(created(reference))
    second = raced(
        engine,
        store,
        noted(1, idempotency_key="click"),
        noted(1, reference="INC2", idempotency_key="click"),
    )
    assert isinstance(second, IdempotencyKeyReused)
    assert second.stored == "INC1"
    assert store.get("INC2").version == 1


def test_one_notification_told_by_two_at_once(engine: Engine, store: SqlAlchemyStore) -> None:
    for reference in ("INC1", "INC2"):
        store.commit(created(reference))
    second = raced(
        engine,
        store,
        noted(1, notifications=[told("n1")]),
        noted(1, reference="INC2", notifications=[told("n1"), told("n2", "INC2")]),
    )
    assert second.notifications == (told("n2", "INC2"),)
    assert [each.identifier for each in store.pending()] == ["n1", "n2"]


def test_no_incident_comes_to_be_behind_a_page(engine: Engine, store: SqlAlchemyStore) -> None:
    """Who was begun earlier and is committed later would be missed by who reads on."""
    assert raced(engine, store, created("INC1"), created("INC2")).version == 1
    first = store.find(Query(), limit=1)
    assert [each.reference for each in first.incidents] == ["INC1"]
    second = store.find(Query(), limit=1, after=first.next)
    assert [each.reference for each in second.incidents] == ["INC2"]
    assert second.next is None


def test_what_is_written_during_a_read_is_no_damage(engine: Engine, store: SqlAlchemyStore) -> None:
    """The version is looked up, then somebody writes, then the events are."""
    store.commit(created())
    other = SqlAlchemyStore(create_engine(engine.url, poolclass=NullPool))
    break_at(engine, "FROM events", lambda _connection: other.commit(noted(1, "later")))
    assert store.get("INC1").version == 1
    assert store.get("INC1").version == 2


def test_a_stricter_isolation_is_tried_again(postgresql: Server) -> None:
    engine = create_engine(
        postgresql.database(), poolclass=NullPool, isolation_level="REPEATABLE READ"
    )
    store = SqlAlchemyStore(engine)
    store.create_schema()
    store.commit(created())
    assert isinstance(raced(engine, store, noted(1, "a"), noted(1, "b")), VersionConflict)
    assert raced(engine, store, created("INC2"), created("INC3")).version == 1


def test_what_is_overtaken_again_and_again_gives_up(
    store: SqlAlchemyStore, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit(created())
    seen = "itilcore.stores.sqlalchemy.writing.known_version"
    monkeypatch.setattr(seen, lambda *_: 7)
    with pytest.raises(StorageFailure, match="was overtaken 5 times"):
        store.commit(noted(7))
    monkeypatch.undo()
    with engine.begin() as connection:
        connection.execute(text("UPDATE events SET sequence = 2"))
    with pytest.raises(StorageFailure, match=r"(?i)unique"):
        store.commit(noted(1, state=IncidentState()))
    assert store.pending() == ()


def test_processes_on_the_same_incidents(url: str) -> None:
    workers, count, references = 4, 25, 3
    SqlAlchemyStore.open(url).close()
    started = [start_worker(url, each, count, references) for each in range(workers)]
    accepted = sum(what_it_printed(each)[0] for each in started)
    with SqlAlchemyStore.open(url) as store:
        found = [text for n in range(references) for text in texts(store, f"INC{n}")]
        told_of = [each.identifier for each in store.pending(limit=1_000)]
    assert accepted == workers * count
    assert len(told_of) == len(set(told_of)) == accepted
    assert len(found) == len(set(found)) == accepted


# A transaction of the caller's.


def test_within_a_transaction_of_the_callers(engine: Engine, store: SqlAlchemyStore) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE tickets (name TEXT)"))
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO tickets VALUES ('taken back')"))
        store.over(connection).commit(created())
        assert store.over(connection).get("INC1").version == 1
        connection.rollback()
    with pytest.raises(UnknownIncident):
        store.get("INC1")
    with engine.connect() as connection:
        store.over(connection).commit(created())
        with pytest.raises(VersionConflict):
            store.over(connection).commit(created())
        connection.execute(text("INSERT INTO tickets VALUES ('kept')"))
        connection.commit()
        assert connection.execute(text("SELECT name FROM tickets")).scalars().all() == ["kept"]
    assert store.get("INC1").version == 1


def test_the_schema_within_a_transaction_of_the_callers(engine: Engine) -> None:
    store = SqlAlchemyStore(engine)
    with engine.connect() as connection:
        store.over(connection).create_schema()
        store.over(connection).commit(created())
        connection.rollback()
    with pytest.raises(StorageFailure, match="create_schema"):
        store.get("INC1")


def test_within_an_awaited_transaction(url: str) -> None:
    async def run() -> None:
        engine = create_async_engine(awaitable(url), poolclass=NullPool)
        store = AsyncSqlAlchemyStore(engine)
        await store.create_schema()
        async with engine.connect() as connection:
            await store.over(connection).commit(created())
            await connection.rollback()
        with pytest.raises(UnknownIncident):
            await store.get("INC1")
        async with engine.connect() as connection:
            await store.over(connection).commit(created())
            await connection.commit()
        assert (await store.get("INC1")).version == 1
        await store.close()  # an engine that was given is left as it is
        assert (await AsyncSqlAlchemyStore(engine).get("INC1")).version == 1

    asyncio.run(run())


# Failures.


def break_at(engine: Engine, word: str, how: Callable[[Any], None]) -> None:
    """Do *how* before the first statement that has *word* in it."""
    broken = False

    def before(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        nonlocal broken
        if word in statement and not broken:
            broken = True
            how(connection)

    event.listen(engine, "before_cursor_execute", before)


STATEMENTS = ["UPDATE incidents", "INTO events", "INTO notifications", "INTO commits"]


@pytest.mark.parametrize("word", STATEMENTS)
def test_a_connection_lost_in_the_middle(postgresql: Server, word: str) -> None:
    engine = create_engine(postgresql.database(), pool_size=1)
    store = SqlAlchemyStore(engine)
    store.create_schema()
    store.commit(created())

    def lose(connection: Any) -> None:
        with postgresql.connection() as other:
            pid = connection.connection.driver_connection.info.backend_pid
            other.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])

    break_at(engine, word, lose)
    change = noted(1, "a", idempotency_key="click", notifications=[told("n1")])
    with pytest.raises(StorageFailure):
        store.commit(change)
    assert store.get("INC1").version == 1
    assert store.pending() == ()
    assert store.committed("click") is None
    assert store.commit(change).repeated is False
    engine.dispose()


@pytest.mark.parametrize("word", STATEMENTS)
def test_an_awaited_connection_lost_in_the_middle(postgresql: Server, word: str) -> None:
    async def run() -> None:
        engine = create_async_engine(postgresql.database(), pool_size=1)
        store = AsyncSqlAlchemyStore(engine)
        await store.create_schema()
        await store.commit(created())

        def lose(connection: Any) -> None:
            with postgresql.connection() as other:
                pid = connection.connection.driver_connection.info.backend_pid
                other.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])

        break_at(engine.sync_engine, word, lose)
        change = noted(1, "a", idempotency_key="click", notifications=[told("n1")])
        with pytest.raises(StorageFailure):
            await store.commit(change)
        assert (await store.get("INC1")).version == 1
        assert await store.pending() == ()
        assert (await store.commit(change)).repeated is False
        await engine.dispose()

    asyncio.run(run())


def test_a_task_that_is_cancelled_stores_nothing(url: str) -> None:
    async def run() -> None:
        async with await AsyncSqlAlchemyStore.open(awaitable(url), busy_timeout=20) as store:
            await store.commit(created())
            engine = create_async_engine(awaitable(url), poolclass=NullPool)
            async with engine.connect() as connection:
                await store.over(connection).commit(noted(1, "a"))
                waiting = asyncio.create_task(store.commit(noted(1, "b")))
                await asyncio.sleep(0.2)
                waiting.cancel()
                await connection.rollback()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert (await store.get("INC1")).version == 1
            assert (await store.commit(noted(1, "c"))).version == 2

    asyncio.run(run())


def test_no_connection_is_free(tmp_path: Path) -> None:
    engine = create_engine(
        f"sqlite:///{tmp_path / 'desk.db'}", pool_size=1, max_overflow=0, pool_timeout=0.05
    )
    store = SqlAlchemyStore(engine)
    store.create_schema()
    with engine.connect(), pytest.raises(StorageFailure, match="limit of size 1"):
        store.commit(created())
    store.close()  # an engine that was given is left as it is
    assert SqlAlchemyStore(engine).commit(created()).version == 1
    engine.dispose()


def test_no_server() -> None:
    nowhere = "postgresql+psycopg://postgres@/postgres?host=/nowhere"
    with pytest.raises(StorageFailure, match="/nowhere"):
        SqlAlchemyStore.open(nowhere)
    with pytest.raises(StorageFailure, match="/nowhere"):
        asyncio.run(AsyncSqlAlchemyStore.open(nowhere))


def test_a_locked_file_is_waited_for_and_then_given_up(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    with SqlAlchemyStore.open(f"sqlite:///{path}", busy_timeout=0.05) as store:
        store.commit(created())
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageFailure, match="locked"):
            store.commit(noted(1))
        assert store.get("INC1").version == 1
        other.execute("ROLLBACK")
        other.close()
        assert store.commit(noted(1)).version == 2


def test_a_read_only_database(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    with SqlAlchemyStore.open(f"sqlite:///{path}") as store:
        store.commit(created())
    with create_engine(f"sqlite:///file:{path}?mode=ro&uri=true").connect() as connection:
        engine = connection.engine
        store = SqlAlchemyStore(engine)
        assert store.get("INC1").version == 1
        with pytest.raises(StorageFailure, match="readonly"):
            store.commit(noted(1))
        assert store.get("INC1").version == 1
    engine.dispose()


def test_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    engine = create_engine(f"sqlite:///{path}", pool_size=1, max_overflow=0)
    store = SqlAlchemyStore(engine)
    store.create_schema()
    store.commit(created())
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StorageFailure, match="full"):
        store.commit(noted(1, "x" * 100_000, idempotency_key="click"))
    assert store.get("INC1").version == 1
    assert store.committed("click") is None
    engine.dispose()


# Engines.


def test_engines_that_mix_up_transactions_are_refused() -> None:
    refusal = "transactions would share a connection"
    for engine in (create_engine("sqlite://"), create_engine("sqlite://", poolclass=StaticPool)):
        with pytest.raises(InvalidInput, match=refusal):
            SqlAlchemyStore(engine)
    with pytest.raises(InvalidInput, match=refusal):
        AsyncSqlAlchemyStore(create_async_engine("sqlite+aiosqlite://"))


def test_an_engine_that_commits_by_itself_is_refused(postgresql: Server) -> None:
    url = postgresql.database()
    SqlAlchemyStore.open(url).close()
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with pytest.raises(InvalidInput, match="AUTOCOMMIT"):
        SqlAlchemyStore(engine).commit(created())


def test_sqlite_that_commits_by_itself_is_told_to_begin(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    store = SqlAlchemyStore(engine)
    store.create_schema()
    store.commit(created())
    assert isinstance(raced(engine, store, noted(1, "a"), noted(1, "b")), VersionConflict)
    store.commit(noted(2, "c", notifications=[told("n1")]))
    assert texts(store) == ["a", "c"]
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE notifications"))
    with pytest.raises(StorageFailure, match="no such table"):
        store.commit(noted(3, "d", notifications=[told("n2")]))
    assert texts(store) == ["a", "c"]


def test_a_begin_of_the_callers_own(tmp_path: Path) -> None:
    """The way in which many engines make SQLite begin for real: we are then within it."""
    engine = create_engine(f"sqlite:///{tmp_path / 'desk.db'}", poolclass=NullPool)
    event.listen(engine, "connect", lambda raw, _record: setattr(raw, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    store = SqlAlchemyStore(engine)
    store.create_schema()
    store.commit(created())
    assert isinstance(raced(engine, store, noted(1, "a"), noted(1, "b")), VersionConflict)
    assert texts(store) == ["a"]


def test_in_memory_one_database_for_all_threads() -> None:
    with SqlAlchemyStore.open("sqlite://") as store:
        tasks = [Task(lambda n=n: store.commit(created(f"INC{n}"))) for n in range(8)]
        assert [task.result().version for task in tasks] == [1] * 8
        assert len(store.find(Query()).incidents) == 8


def test_without_sqlalchemy(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine("sqlite://", poolclass=NullPool)
    monkeypatch.setitem(__import__("sys").modules, "sqlalchemy", None)
    with pytest.raises(MissingExtra, match=r"itilcore\[sql\]"):
        SqlAlchemyStore.open("sqlite://")
    with pytest.raises(MissingExtra, match=r"itilcore\[sql\]"):
        asyncio.run(AsyncSqlAlchemyStore.open("sqlite+aiosqlite://"))
    from itilcore.stores.sqlalchemy.tables import tables

    with pytest.raises(MissingExtra, match=r"itilcore\[sql\]"):
        tables("", None)
    assert engine is not None
