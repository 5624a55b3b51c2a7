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
from itilcore.stores import SqlAlchemyStore, SqliteStore, sqlite
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
    monkeypatch.setattr(sqlite, "_OFTEN", 0)
    monkeypatch.setattr(transactions, "OFTEN", 0)
    with pytest.raises(StorageFailure, match="locked"):
        opening(tmp_path / "desk.db", 5.0)


def test_another_failure_is_not_waited_for() -> None:
    error = sqlite3.OperationalError("attempt to write a readonly database")
    error.sqlite_errorcode = sqlite3.SQLITE_READONLY
    error.sqlite_errorname = "SQLITE_READONLY"

    class ReadOnly:
        def __init__(self) -> None:
            self.asked: list[str] = []

        def execute(self, sql: str) -> None:
            self.asked.append(sql)
            raise error

        def exec_driver_sql(self, sql: str) -> None:
            self.asked.append(sql)
            raise OperationalError(sql, None, error)

    on: Any = ReadOnly()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        sqlite._write_ahead(on)
    with pytest.raises(OperationalError, match="readonly"):
        transactions._change_mode(on)
    assert on.asked == ["PRAGMA journal_mode = WAL"] * 2
