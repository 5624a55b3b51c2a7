"""Damaged rows: whatever a column holds, the rest can be read and the error is the library's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from itilcore.errors import (
    CorruptEvent,
    CorruptNotification,
    StorageError,
    StorageFailure,
    UnknownPolicy,
)
from itilcore.incident import Logged
from itilcore.repositories import Commit, Query
from itilcore.stores import AsyncSqlAlchemyStore, SqlAlchemyStore, SqliteStore
from itilcore.testing import Blocking
from itilcore.testing.examples import notification

from .postgres import Server

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
OPENERS = {
    "sqlite3": lambda path: SqliteStore(path),
    "sqlalchemy": lambda path: SqlAlchemyStore.open(f"sqlite:///{path}"),
    "awaited": lambda path: Blocking(
        lambda: AsyncSqlAlchemyStore.open(f"sqlite+aiosqlite:///{path}"), AsyncSqlAlchemyStore.close
    ),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture(params=OPENERS)
def opener(request: pytest.FixtureRequest) -> Any:
    return OPENERS[request.param]


@pytest.fixture
def store(path: Path, opener: Any) -> Iterator[Any]:
    made = opener(path)
    yield made
    made.close()


def change(path: Path, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


def fill(store: Any, count: int = 3) -> None:
    for number in range(count):
        reference = f"INC{number}"
        store.commit(
            Commit(
                reference=reference,
                expected_version=0,
                events=[Logged(NINE)],
                notifications=[notification(f"{reference}:{n}", reference) for n in "ab"],
                idempotency_key=reference,
                look_again_at=NINE,
            )
        )


def waiting(store: Any, **more: Any) -> list[str]:
    return [each.identifier for each in store.pending(**more)]


# Notifications.


@pytest.mark.parametrize("body", ["{", "null", "[]", '{"identifier": 7}', b"\x00\xff", 7])
def test_one_notification_that_cannot_be_read_holds_up_no_other(
    store: Any, path: Path, body: Any
) -> None:
    fill(store)
    change(path, "UPDATE notifications SET body = ? WHERE identifier = 'INC0:a'", body)
    assert waiting(store) == ["INC0:b", "INC1:a", "INC1:b", "INC2:a", "INC2:b"]
    assert waiting(store, limit=1) == ["INC0:b"]
    assert waiting(store, limit=3) == ["INC0:b", "INC1:a", "INC1:b"]
    assert [each.identifier for each in store.committed("INC0").notifications] == ["INC0:b"]
    assert store.delivered(waiting(store)) == 5
    for limit in (1, 100):
        with pytest.raises(CorruptNotification) as caught:
            store.pending(limit=limit)
        assert caught.value.identifier == "INC0:a"
        assert caught.value.problem
    # To take it out of the way is to mark it.
    assert store.delivered(["INC0:a"]) == 1
    assert store.pending() == ()


def test_of_many_that_cannot_be_read_the_first_is_told(store: Any, path: Path) -> None:
    fill(store, 5)
    change(path, "UPDATE notifications SET body = '{' WHERE identifier <> 'INC4:b'")
    for limit in (1, 2, 3, 10, 100):
        assert waiting(store, limit=limit) == ["INC4:b"]
    change(path, "UPDATE notifications SET body = '{'")
    for ask in (store.pending, lambda: store.pending(limit=2), lambda: store.committed("INC0")):
        with pytest.raises(CorruptNotification, match=r"'INC0:a' cannot be read: .*is not JSON"):
            ask()


def test_a_notification_under_the_identifier_of_another(store: Any, path: Path) -> None:
    fill(store, 1)
    change(path, "UPDATE notifications SET identifier = 'other' WHERE identifier = 'INC0:a'")
    assert waiting(store) == ["INC0:b"]
    store.delivered(["INC0:b"])
    with pytest.raises(CorruptNotification, match="'other' cannot be read: it is .*'INC0:a'"):
        store.pending()
    change(path, "UPDATE notifications SET identifier = x'00'  WHERE identifier = 'other'")
    with pytest.raises(CorruptNotification, match="x00"):
        store.pending()


def test_a_notification_that_cannot_be_read_on_postgresql(postgresql: Server) -> None:
    url = postgresql.database()
    with SqlAlchemyStore.open(url) as store:
        fill(store)
        engine = create_engine(url)
        with engine.begin() as on:
            on.execute(text("UPDATE notifications SET body = '{' WHERE identifier = 'INC0:a'"))
        engine.dispose()
        assert waiting(store, limit=2) == ["INC0:b", "INC1:a"]
        awaited = Blocking(lambda: AsyncSqlAlchemyStore.open(url), AsyncSqlAlchemyStore.close)
        assert awaited.pending() == store.pending()
        awaited.close()


# Incidents and their events.


ODD = ["x", "", " ", None, 1.5, b"\x00\xff", -1, 0, 2, 10**15, 2**63 - 1]


@pytest.mark.parametrize("version", ["x", 1.5, b"1", -1, 0, 2])
def test_a_version_that_is_none_is_told_of_its_incident(
    store: Any, path: Path, version: Any
) -> None:
    fill(store)
    change(path, "UPDATE incidents SET version = ? WHERE reference = 'INC1'", version)
    for page in (store.find(Query()), store.due(NINE)):
        assert [each.reference for each in page.incidents] == ["INC0", "INC2"]
        assert [each.reference for each in page.unreadable] == ["INC1"]
    with pytest.raises(CorruptEvent):
        store.get("INC1")


def test_a_reference_that_is_none(store: Any, path: Path) -> None:
    fill(store)
    change(path, "UPDATE incidents SET reference = x'00ff' WHERE reference = 'INC1'")
    for page in (store.find(Query()), store.due(NINE)):
        assert [each.reference for each in page.incidents] == ["INC0", "INC2"]
        assert [each.reference for each in page.unreadable] == [repr(b"\x00\xff")]


COLUMNS = {
    "incidents": "reference version kind status phase grp category logged_at closed_at look_again_at",
    "events": "reference sequence at recorded_at event",
    "notifications": "identifier reference key version body delivered",
    "commits": "reference before version",
}


@pytest.mark.parametrize("name", ["sqlite3", "sqlalchemy"])  # awaited, statements are the same
@pytest.mark.parametrize("table", COLUMNS)
def test_whatever_a_column_holds_the_rest_is_there(path: Path, table: str, name: str) -> None:
    opener = OPENERS[name]
    reach = f"rowid = (SELECT min(rowid) + 1 FROM {table})"
    made = opener(path)
    fill(made)
    made.close()
    whole = path.read_bytes()
    for column in COLUMNS[table].split():
        for value in ODD:
            for beside in path.parent.iterdir():
                beside.unlink()
            path.write_bytes(whole)
            try:
                change(path, f"UPDATE {table} SET {column} = ? WHERE {reach}", value)
            except sqlite3.IntegrityError:
                continue  # SQLite itself refuses that
            store = opener(path)
            case = (column, value)
            page = store.find(Query())
            assert {"INC0", "INC2"} <= {each.reference for each in page.incidents}, case
            assert len(page.incidents) + len(page.unreadable) == 3, case
            due = [each.reference for each in store.due(NINE).incidents]
            assert {"INC0", "INC2"} <= set(due), case
            assert len(waiting(store)) >= 5, case
            late = store.next_due(NINE)
            assert late is None or late > NINE, case
            first = store.due(NINE + timedelta(days=400 * 365), limit=1)
            assert first.next is None or store.due(NINE, limit=1, after=first.next), case
            for ask in (store.get, store.committed):
                with suppress(StorageError):
                    ask("INC1")
            store.close()


# Settings.


@pytest.mark.parametrize("number", [-1, 0, "x", None, 1.5])
def test_a_version_of_the_schema_that_there_never_was(opener: Any, path: Path, number: Any) -> None:
    opener(path).close()
    change(path, "UPDATE itilcore_settings SET number = ? WHERE name = 'schema'", number)
    with pytest.raises(StorageFailure, match="its schema has version .*, which there never was"):
        opener(path)
    with pytest.raises(StorageFailure, match="never was"):
        SqlAlchemyStore(create_engine(f"sqlite:///{path}")).get("INC1")


def test_settings_that_are_emptied(opener: Any, path: Path) -> None:
    store = opener(path)
    fill(store, 1)
    with pytest.raises(UnknownPolicy):
        store.policy()
    change(path, "DELETE FROM itilcore_settings")
    for ask in (
        lambda: fill(store, 2),
        store.policy,
        lambda: store.save_policy("book:1", "one"),
        lambda: opener(path),
    ):
        if ask is not store.policy:
            store.commit(Commit(reference="INC0", expected_version=1, events=[]))
        with pytest.raises(StorageFailure, match="settings of the database have no row"):
            ask()
    assert store.policy_versions() == ()
    store.close()


def test_settings_that_are_emptied_on_postgresql(postgresql: Server) -> None:
    url = postgresql.database()
    SqlAlchemyStore.open(url).close()
    engine = create_engine(url)
    with engine.begin() as on:
        on.execute(text("DELETE FROM itilcore_settings"))
    engine.dispose()
    with pytest.raises(StorageFailure, match="settings of the database have no row 'schema'"):
        SqlAlchemyStore.open(url)
