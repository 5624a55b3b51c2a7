"""Write-ahead mode is waited for, by either store: many open a new file at the same moment."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from itilcore.errors import StorageFailure
from itilcore.stores import SqlAlchemyStore, SqliteStore, sqlite_statements
from itilcore.stores.sqlalchemy import transactions

Opening = Callable[[Path, float], Any]


def plain(path: Path, patience: float) -> SqliteStore:
    return SqliteStore(path, busy_timeout=patience)


def over_sqlalchemy(path: Path, patience: float) -> SqlAlchemyStore:
    return SqlAlchemyStore.open(f"sqlite:///{path}", busy_timeout=patience)


@pytest.fixture(params=[plain, over_sqlalchemy])
def opening(request: pytest.FixtureRequest) -> Opening:
    return request.param


def reading(path: Path) -> sqlite3.Connection:
    """A connection in the midst of reading a file that is in no write-ahead mode."""
    on = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    on.execute("CREATE TABLE other (x)")
    on.execute("BEGIN")
    on.execute("SELECT * FROM other").fetchall()
    return on


def test_the_mode_is_waited_for(tmp_path: Path, opening: Opening) -> None:
    path = tmp_path / "desk.db"
    with closing(reading(path)) as on:
        timer = threading.Timer(0.1, on.execute, ["ROLLBACK"])
        timer.start()
        with opening(path, 20.0) as store:
            assert store.policy_versions() == ()
        timer.join()
    with closing(sqlite3.connect(path)) as on:
        assert on.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_but_not_for_ever(tmp_path: Path, opening: Opening) -> None:
    path = tmp_path / "desk.db"
    with closing(reading(path)), pytest.raises(StorageFailure, match="locked"):
        opening(path, 0.05)


def test_nor_more_often_than_makes_sense(
    tmp_path: Path, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_statements, "_OFTEN", 0)
    monkeypatch.setattr(transactions, "OFTEN", 0)
    with pytest.raises(StorageFailure, match="locked"):
        opening(tmp_path / "desk.db", 5.0)


class Refusing:
    """A connection that has an error for the mode, so many times."""

    def __init__(self, name: str, times: int) -> None:
        self.error = sqlite3.OperationalError(name)
        self.error.sqlite_errorname = name
        self.error.sqlite_errorcode = getattr(sqlite3, name)
        self.times = times
        self.asked: list[str] = []

    def execute(self, sql: str) -> None:
        self.asked.append(sql)
        if "journal_mode" in sql and self.times:
            self.times -= 1
            raise self.error

    def exec_driver_sql(self, sql: str) -> None:
        try:
            self.execute(sql)
        except sqlite3.OperationalError as error:
            raise OperationalError(sql, None, error) from error


CHANGES: list[Any] = [sqlite_statements.write_ahead, transactions._change_mode]
MODE = "PRAGMA journal_mode = WAL"


@pytest.mark.parametrize("change", CHANGES)
def test_where_sqlite_does_not_wait_the_others_are_waited_for(change: Any) -> None:
    on = Refusing("SQLITE_BUSY", 2)
    change(on)
    assert on.asked == [MODE, "BEGIN EXCLUSIVE", "ROLLBACK"] * 2 + [MODE]


@pytest.mark.parametrize("change", CHANGES)
def test_another_failure_is_not_waited_for(change: Any) -> None:
    on = Refusing("SQLITE_READONLY", 1)
    with pytest.raises((sqlite3.OperationalError, OperationalError), match="SQLITE_READONLY"):
        change(on)
    assert on.asked == [MODE]
