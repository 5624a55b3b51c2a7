"""What the stores are measured against leaves the same rows and gives the same answers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks import stores
from itilcore.stores import SqliteStore


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as on:
        return list(on.iterdump())


def test_bare_rows_are_those_of_the_store(tmp_path: Path) -> None:
    stores.appending(tmp_path, 7, 3)
    ours = dump(tmp_path / "ours.db")
    assert ours == dump(tmp_path / "bare.db")
    assert sum('INSERT INTO "events"' in line for line in ours) == 7 * 23


def test_reading_by_hand_gives_the_same_incident(tmp_path: Path) -> None:
    incidents = stores.filled(tmp_path / "desk.db", 3)
    with (
        SqliteStore(tmp_path / "desk.db") as store,
        closing(sqlite3.connect(tmp_path / "desk.db")) as on,
    ):
        for each in incidents:
            assert stores.read(on, each.reference) == store.get(each.reference) == each
            assert each.version == 20


def test_a_crowd_is_a_store_like_any_other(tmp_path: Path) -> None:
    with stores.crowded(tmp_path / "crowd.db", 1_000) as store:
        page = store.due(stores.START, limit=1_000)
        assert len(page.incidents) == stores.DUE
        assert store.get("INC1") is not None
        assert store.next_due(stores.START) is not None


def test_every_row_has_its_floor() -> None:
    rows = stores.run(quick=True)
    assert [row["goal"] for row in rows] == [1.5, 1.5, None, 1.5, 1.5]
    assert all(row["ours"] > 0 and row["floor"] > 0 for row in rows)
