"""What a store is given that it cannot take: told at once, in the library's own words."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from itilcore.errors import InvalidInput, StorageFailure, VersionConflict
from itilcore.incident import Logged
from itilcore.repositories import Commit, Query
from itilcore.stores import (
    AsyncSqlAlchemyStore,
    MemoryStore,
    SqlAlchemyStore,
    SqliteStore,
    Threaded,
    escaped,
)
from itilcore.testing import Blocking

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


async def threaded() -> Threaded:
    return Threaded(MemoryStore())


STORES = {
    "memory": MemoryStore,
    "sqlite3": lambda: SqliteStore(":memory:"),
    "sqlalchemy": lambda: SqlAlchemyStore.open("sqlite://"),
    "awaited": lambda: Blocking(
        lambda: AsyncSqlAlchemyStore.open("sqlite+aiosqlite://"), AsyncSqlAlchemyStore.close
    ),
    "threaded": lambda: Blocking(threaded),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Any:
    made = STORES[request.param]()
    yield made
    made.close()


@pytest.mark.parametrize("given", [None, 5, "INC1"])
def test_a_commit_and_a_query_are_what_they_are_called(store: Any, given: Any) -> None:
    with pytest.raises(InvalidInput, match="commit: is .*: give a Commit"):
        store.commit(given)
    with pytest.raises(InvalidInput, match="query: is .*: give a Query"):
        store.find(given)


def test_what_is_no_text_is_told_with_its_name(store: Any) -> None:
    for call, words in (
        (lambda: store.get(None), "reference: is None: give a text"),
        (lambda: store.committed(5), "key: is 5: give a text"),
        (lambda: store.policy(5), "version: is 5: give a text"),
        (lambda: store.save_policy(5, "x"), "version: is 5: give a text"),
        (lambda: store.save_policy("x", 5), "text: is 5: give a text"),
        (lambda: store.delivered(["x", 5]), r"identifiers\[1\]: is 5: give a text"),
    ):
        with pytest.raises(InvalidInput, match=words):
            call()
    with pytest.raises(InvalidInput, match="is None: give a text"):
        escaped(None)


@pytest.mark.parametrize("name", [name for name in STORES if name not in {"awaited", "threaded"}])
@pytest.mark.parametrize("given", ["INC1:1:a:b", 5, None])
def test_identifiers_are_a_list(name: str, given: Any) -> None:
    with STORES[name]() as store, pytest.raises(InvalidInput, match="give a list of texts"):
        store.delivered(given)


@pytest.mark.parametrize("given", ["INC1:1:a:b", 5, None])
def test_identifiers_that_are_awaited_are_a_list(given: Any) -> None:
    async def run() -> None:
        with pytest.raises(InvalidInput, match="give a list of texts"):
            await Threaded(MemoryStore()).delivered(given)
        async with await AsyncSqlAlchemyStore.open("sqlite+aiosqlite://") as store:
            with pytest.raises(InvalidInput, match="give a list of texts"):
                await store.delivered(given)

    asyncio.run(run())


def test_conflicts_are_told_in_sentences(store: Any) -> None:
    logged = Commit(reference="INC1", expected_version=0, events=[Logged(NINE)])
    store.commit(logged)
    with pytest.raises(VersionConflict) as caught:
        store.commit(logged)
    assert str(caught.value) == "INC1 is there already, at version 1: read it again"
    store.save_policy("book:1", "one")
    with pytest.raises(VersionConflict) as caught:
        store.save_policy("book:1", "two")
    words = (
        "the policy book 'book:1' is there with another text of that version, which stays as it is"
    )
    assert str(caught.value) == words


# Places.


@pytest.mark.parametrize("path", [None, 5, True, ["desk.db"], "desk\0.db", b"desk\0.db"])
def test_what_is_no_path_makes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match="path: is .*: give"):
        SqliteStore(path)
    assert list(tmp_path.iterdir()) == []


def test_a_path_in_bytes(tmp_path: Path) -> None:
    with SqliteStore(bytes(tmp_path / "desk.db")) as store:
        assert store.find(Query()).incidents == ()
    assert (tmp_path / "desk.db").exists()


@pytest.mark.parametrize("seconds", [None, "5", True, -1, float("nan"), float("inf"), 10**9])
def test_patience_is_in_seconds(tmp_path: Path, seconds: Any) -> None:
    for make in (
        lambda: SqliteStore(tmp_path / "desk.db", busy_timeout=seconds),
        lambda: SqlAlchemyStore.open("sqlite://", busy_timeout=seconds),
        lambda: asyncio.run(AsyncSqlAlchemyStore.open("sqlite+aiosqlite://", busy_timeout=seconds)),
    ):
        with pytest.raises(InvalidInput, match="busy_timeout: is .*: give seconds, 0 or more"):
            make()


NOWHERE = {
    "nonsense": "is no address of a database",
    "": "is no address of a database",
    "postgresql://user:secret@host:port/name": "is no address of a database",
    None: "is no address of a database",
    5: "is no address of a database",
    "nonsense://host": "cannot be used: .*nonsense",
    "mysql+mysqldb://host": "needs a driver that is not installed",
}


@pytest.mark.parametrize("url", NOWHERE)
def test_what_is_no_address(url: Any) -> None:
    for make in (SqlAlchemyStore.open, lambda url: asyncio.run(AsyncSqlAlchemyStore.open(url))):
        with pytest.raises(InvalidInput, match=f"url: {NOWHERE[url]}") as caught:
            make(url)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///x", "postgresql+asyncpg://h/n"]
)
def test_a_driver_that_is_awaited_is_for_the_awaited_store(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"url: has the driver .* is awaited: use Async"):
        SqlAlchemyStore.open(url)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///x"])
def test_a_driver_that_is_not_awaited_is_for_the_other_store(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"url: has the driver sqlite, which is not awaited"):
        asyncio.run(AsyncSqlAlchemyStore.open(url))


def test_engines_and_connections_are_those_of_their_store(tmp_path: Path) -> None:
    url = f"{tmp_path}/desk.db"
    engine = create_engine(f"sqlite:///{url}", poolclass=NullPool)
    awaited = create_async_engine(f"sqlite+aiosqlite:///{url}", poolclass=NullPool)
    for given in (None, url, awaited, awaited.sync_engine):
        with pytest.raises(InvalidInput, match="engine: .*\n.*give an Engine of SQLAlchemy"):
            SqlAlchemyStore(given)
    for given in (None, url, engine, awaited.sync_engine):
        with pytest.raises(InvalidInput, match="engine: .*\n.*give an AsyncEngine of SQLAlchemy"):
            AsyncSqlAlchemyStore(given)
    for store in (SqlAlchemyStore(engine), AsyncSqlAlchemyStore(awaited)):
        for other in (None, engine, awaited):
            with pytest.raises(InvalidInput, match="connection: is .*Connection of SQLAlchemy"):
                store.over(other)
    for more in ({"prefix": None}, {"schema": 5}):
        with pytest.raises(InvalidInput, match=f"{next(iter(more))}: is .*: give a text"):
            SqlAlchemyStore(engine, **more)


def test_a_store_that_is_closed_stays_so(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/desk.db", poolclass=NullPool)
    store = SqlAlchemyStore(engine)
    store.create_schema()
    with engine.connect() as connection:
        inside = store.over(connection)
        inside.close()  # a part of its own
        assert store.policy_versions() == ()
        store.close()
        for closed in (inside, store, store.over(connection)):
            with pytest.raises(StorageFailure, match="the store is closed"):
                closed.policy_versions()
    with pytest.raises(StorageFailure, match="the store is closed"):
        store.create_schema()
    with MemoryStore() as memory:
        pass
    with pytest.raises(StorageFailure, match="the store is closed"):
        memory.policy_versions()
