"""The store in a file of SQLite: faults, schemas, other processes, and what a query costs."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from itilcore.actor import Actor
from itilcore.errors import CorruptEvent, InvalidInput, NewerSchema, StorageFailure, UnknownIncident
from itilcore.incident import Classified, Incident, Logged, Noted
from itilcore.repositories import Commit, Query
from itilcore.stores import SqlAlchemyStore, SqliteStore
from itilcore.stores.sqlite_schema import DDL

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def logged(reference: str = "INC1", **more: Any) -> Commit:
    return Commit(reference=reference, expected_version=0, events=[Logged(NINE)], **more)


def noted(version: int, text: str = "seen", reference: str = "INC1", **more: Any) -> Commit:
    return Commit(reference=reference, expected_version=version, events=[Noted(NINE, text)], **more)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


def change(path: Path, *statements: str) -> list[Any]:
    """Run statements beside the store; the rows of the last."""
    connection = sqlite3.connect(path)
    try:
        for statement in statements:
            rows = connection.execute(statement).fetchall()
        connection.commit()
        return rows
    finally:
        connection.close()


def test_a_file_is_there_for_the_next_store(path: Path) -> None:
    with SqliteStore(path) as store:
        store.commit(logged(idempotency_key="k", look_again_at=NINE))
    with SqliteStore(str(path)) as store:
        assert store.get("INC1").version == 1
        assert store.committed("k") is not None
        assert store.next_due(NINE - timedelta(days=1)) == NINE


def test_a_writer_and_readers_pass_each_other(path: Path) -> None:
    with SqliteStore(path) as store, SqliteStore(path) as other:
        assert change(path, "PRAGMA journal_mode") == [("wal",)]
        store.commit(logged())
        with store._writing() as on:
            on.execute("UPDATE incidents SET grp = 'x'")
            assert other.get("INC1").version == 1
            assert other.find(Query(group="x")).incidents == ()
        assert len(other.find(Query(group="x")).incidents) == 1


def test_a_lock_that_is_not_given_up_is_a_failure(path: Path) -> None:
    with SqliteStore(path) as holder, SqliteStore(path, busy_timeout=0.05) as store:
        with holder._writing(), pytest.raises(StorageFailure, match="locked"):
            store.commit(logged())
        assert store.commit(logged()).version == 1


def test_a_store_that_is_closed_answers_nothing(path: Path) -> None:
    store = SqliteStore(path)
    store.close()
    store.close()
    with pytest.raises(StorageFailure, match="closed"):
        store.get("INC1")
    with pytest.raises(StorageFailure, match="closed"):
        store.commit(logged())


@pytest.mark.parametrize("name", ["", "absent/desk.db"])
def test_a_place_that_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(StorageFailure, match="unable to open"):
        SqliteStore(tmp_path / name)


def test_a_file_that_is_no_database(path: Path) -> None:
    path.write_bytes(b"reference,status\n" * 100)
    with pytest.raises(StorageFailure, match="not a database"):
        SqliteStore(path)
    assert path.read_bytes() == b"reference,status\n" * 100


def test_tables_of_somebody_else_are_left_alone(path: Path) -> None:
    change(path, "CREATE TABLE incidents (mine TEXT)")
    with pytest.raises(StorageFailure, match="already exists"):
        SqliteStore(path)
    assert change(path, "SELECT name FROM sqlite_master") == [("incidents",)]


def test_what_fails_half_way_leaves_nothing(path: Path) -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END"
    for table in ("events", "notifications", "commits"):
        with SqliteStore(path) as store:
            store.commit(logged(table))
            change(path, f"CREATE TRIGGER fire BEFORE INSERT ON {table} {refuse}")
            told = _told(table)
            commit = noted(
                1, "x", table, idempotency_key=table, look_again_at=NINE, notifications=[told]
            )
            with pytest.raises(StorageFailure, match="on fire") as caught:
                store.commit(commit)
            assert isinstance(caught.value.__cause__, sqlite3.Error)
            assert store.get(table).version == 1
            assert store.pending() == ()
            assert store.committed(table) is None
            assert store.next_due(NINE - timedelta(days=1)) is None
            change(path, "DROP TRIGGER fire")
            assert store.commit(commit).version == 2
            assert store.delivered([told.identifier]) == 1
            store.commit(noted(2, "y", table))


def test_what_sqlite_takes_back_by_itself_is_gone(path: Path) -> None:
    with SqliteStore(path) as store:
        refuse = "BEGIN SELECT RAISE(ROLLBACK, 'no room'); END"
        change(path, f"CREATE TRIGGER fire BEFORE INSERT ON events {refuse}")
        with pytest.raises(StorageFailure, match="no room"):
            store.commit(logged())
        change(path, "DROP TRIGGER fire")
        assert store.commit(logged()).version == 1


def _told(reference: str) -> Any:
    from itilcore.testing.examples import notification

    return notification(f"{reference}:2:a:b", reference)


# Schemas.


def test_version_1_is_brought_up_to_date(path: Path) -> None:
    with SqliteStore(path) as store:
        store.commit(logged(notifications=[_told("INC1")]))
        fresh = change(path, "SELECT name, sql FROM sqlite_master ORDER BY name")
    change(
        path,
        "DROP INDEX notifications_waiting",
        "UPDATE itilcore_settings SET number = 1 WHERE name = 'schema'",
    )
    with ThreadPoolExecutor(4) as pool:  # several that find it so at once
        for store in pool.map(SqliteStore, [path] * 4):
            with store:
                assert store.get("INC1").version == 1
                assert store.pending() == (_told("INC1"),)
    assert change(path, "SELECT name, sql FROM sqlite_master ORDER BY name") == fresh
    assert change(path, "SELECT number FROM itilcore_settings WHERE name = 'schema'") == [(2,)]


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    SqliteStore(path).close()
    change(path, "UPDATE itilcore_settings SET number = 1 WHERE name = 'schema'")
    with pytest.raises(StorageFailure, match="already exists"):
        SqliteStore(path)
    assert change(path, "SELECT number FROM itilcore_settings WHERE name = 'schema'") == [(1,)]


def test_a_newer_version_is_refused_and_left_as_it_is(path: Path) -> None:
    SqliteStore(path).close()
    change(path, "UPDATE itilcore_settings SET number = 3 WHERE name = 'schema'")
    with pytest.raises(NewerSchema) as caught:
        SqliteStore(path)
    assert (caught.value.found, caught.value.known) == (3, 2)
    assert change(path, "SELECT number FROM itilcore_settings WHERE name = 'schema'") == [(3,)]


@pytest.mark.parametrize("first", ["sqlite3", "sqlalchemy"])
def test_one_file_for_both_stores(path: Path, first: str) -> None:
    one: Any = (
        SqliteStore(path) if first == "sqlite3" else SqlAlchemyStore.open(f"sqlite:///{path}")
    )
    with one:
        one.commit(logged("a\x00b", look_again_at=NINE, notifications=[_told("INC1")]))
        one.save_policy("book:1", "text")
    other: Any = (
        SqlAlchemyStore.open(f"sqlite:///{path}") if first == "sqlite3" else SqliteStore(path)
    )
    with other:
        other.commit(noted(1, "half \ud83d", "a\x00b", look_again_at=NINE))
        other.commit(logged("INC2"))
        assert [each.version for each in other.find(Query()).incidents] == [2, 1]
        assert other.pending() == (_told("INC1"),)
        assert other.policy() == "text"
    with SqliteStore(path) as again:
        assert again.get("a\x00b").timeline[1] == Noted(NINE, "half \ud83d")
        assert [each.reference for each in again.due(NINE).incidents] == ["a\x00b"]


def test_the_tables_are_those_of_sqlalchemy(tmp_path: Path) -> None:
    def shape(path: Path) -> list[Any]:
        found = []
        for (table,) in change(
            path, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ):
            columns = [(*row[1:4], row[5]) for row in change(path, f"PRAGMA table_info({table})")]
            indexes = {
                (*row[1:3], row[4])
                for row in change(path, f"PRAGMA index_list({table})")
                if not row[1].startswith("sqlite_auto")
            }
            found.append((table, columns, sorted(indexes)))
        return found

    SqliteStore(tmp_path / "one.db").close()
    SqlAlchemyStore.open(f"sqlite:///{tmp_path / 'two.db'}").close()
    ours, theirs = shape(tmp_path / "one.db"), shape(tmp_path / "two.db")
    assert len(ours) == 6
    assert ours == theirs


# Damage.


DAMAGE = {
    "no JSON": ("UPDATE events SET event = '{' WHERE sequence = 2", 2),
    "no event": ("""UPDATE events SET event = '{"event":"party","at":"2026-01-05T09:00:00+00:00"}' WHERE sequence = 1""", 1),
    "no instant": ("""UPDATE events SET event = '{"event":"noted","at":"soon","text":"x"}' WHERE sequence = 3""", 3),
    "another type": ("UPDATE events SET event = '[1]' WHERE sequence = 2", 2),
    "a gap": ("DELETE FROM events WHERE sequence = 2", 2),
    "the last is absent": ("DELETE FROM events WHERE sequence = 3", 3),
    "all are absent": ("DELETE FROM events WHERE 1", 1),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_event_is_told_with_its_place(path: Path, kind: str) -> None:
    statement, sequence = DAMAGE[kind]
    with SqliteStore(path) as store:
        for reference in ("INC1", "INC2", "INC3"):
            store.commit(logged(reference, look_again_at=NINE))
            store.commit(noted(1, "x", reference, look_again_at=NINE))
            store.commit(noted(2, "y", reference, look_again_at=NINE))
        change(path, f"{statement} AND reference = 'INC2'")
        with pytest.raises(CorruptEvent) as caught:
            store.get("INC2")
        assert (caught.value.reference, caught.value.sequence) == ("INC2", sequence)
        assert caught.value.problem
        for page in (store.find(Query()), store.due(NINE)):
            assert [each.reference for each in page.incidents] == ["INC1", "INC3"]
            assert [each.sequence for each in page.unreadable] == [sequence]
        assert store.commit(noted(3, "z", "INC1")).version == 4
        # A commit that has to fold what is there notices; nothing is stored then.
        with pytest.raises(CorruptEvent):
            store.commit(noted(3, "z", "INC2", idempotency_key="k"))
        assert store.committed("k") is None


# Hostile input.


def test_sql_in_every_text_is_a_text(path: Path) -> None:
    evil = "'); DROP TABLE events; --"
    with SqliteStore(path) as store:
        event = Logged(NINE, evil, evil, evil, by=Actor.person(evil))
        store.commit(
            Commit(reference=evil, expected_version=0, events=[event], idempotency_key=evil)
        )
        assert store.get(evil).timeline[0] == event
        columns = "status priority group assignee category service"
        every = dict.fromkeys(columns.split(), evil)
        assert store.find(Query(**every)).incidents == ()
        assert store.find(Query(requester=[evil, "x"])).incidents[0].reference == evil
        assert store.delivered([evil]) == 0
        store.save_policy(evil, evil)
        assert store.policy(evil) == evil
        for after in (evil, "1; DROP TABLE events", "1.1'"):
            with pytest.raises(InvalidInput):
                store.find(Query(), after=after)
    assert change(path, "SELECT count(*) FROM events") == [(1,)]


def test_a_category_is_no_pattern(path: Path) -> None:
    from itilcore.classification import Category

    with SqliteStore(path) as store:
        for number, name in enumerate(("100%", "100x", "a_b", "axb", "Mail", "mail")):
            events = [Logged(NINE), Classified(NINE, None, Category(name, "below"))]
            after = Incident.replay(f"INC{number}", events)
            store.commit(Commit.of(after, events))
        for name, found in (("100%", "INC0"), ("a_b", "INC2"), ("Mail", "INC4"), ("mail", "INC5")):
            assert [each.reference for each in store.find(Query(category=name)).incidents] == [
                found
            ]


# More than one process, and more than one statement can take.


FORK = """
import os, sys
from datetime import UTC, datetime
from itilcore.incident import Logged, Noted
from itilcore.repositories import Commit
from itilcore.stores import SqliteStore

nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
with SqliteStore(sys.argv[1]) as store:
    for number, event in enumerate([Logged(nine), Noted(nine, "child"), Noted(nine, "parent")]):
        commit = Commit(reference="INC1", expected_version=number, events=[event])
        if number == 1:
            child = os.fork()
            if not child:
                store.commit(commit)
                os._exit(7)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        else:
            store.commit(commit)
"""


def test_a_store_goes_on_after_a_fork(path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", FORK, path],
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with SqliteStore(path) as store:
        assert store.get("INC1").timeline.events[1:] == (
            Noted(NINE, "child"),
            Noted(NINE, "parent"),
        )


def test_another_process_means_another_connection(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SqliteStore(path) as store, SqliteStore(":memory:") as fleeting:
        fleeting.commit(logged())
        before = store._connection, fleeting._connection
        with monkeypatch.context() as patched:
            patched.setattr(os, "getpid", lambda: -1)
            assert store.policy_versions() == ()
            assert store._connection is not before[0]
            assert fleeting.get("INC1").version == 1
            assert fleeting._connection is before[1]
        before[0].close()


def test_threads_share_a_store(path: Path) -> None:
    with SqliteStore(path) as store, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.commit(logged(f"INC{number}")), range(40)))
        assert len(store.find(Query()).incidents) == 40


def test_a_page_of_a_thousand(path: Path) -> None:
    with SqliteStore(path) as store:
        with store._writing() as on:
            rows = [(number, f"INC{number}") for number in range(1_001)]
            on.executemany(
                "INSERT INTO incidents (sequence, reference, version) VALUES (?, ?, 1)", rows
            )
            event = '{"event":"logged","at":"2026-01-05T09:00:00+00:00"}'
            on.executemany(
                "INSERT INTO events VALUES (?, 1, 0, NULL, ?)", [(name, event) for _, name in rows]
            )
        asked: list[str] = []
        store._connection.set_trace_callback(asked.append)
        page = store.find(Query(), limit=1_000)
        assert [each.reference for each in page.incidents] == [f"INC{n}" for n in range(1_000)]
        assert len(asked) == 3  # the page, and two for its events
        assert [each.reference for each in store.find(Query(), after=page.next).incidents] == [
            "INC1000"
        ]


def test_an_event_that_came_later_belongs_to_a_later_answer(path: Path) -> None:
    with SqliteStore(path) as store:
        store.commit(logged())
        change(path, """INSERT INTO events VALUES ('INC1', 2, 0, NULL, '{')""")
        assert store.get("INC1").version == 1


# What a query costs, as SQLite plans it.


@pytest.fixture
def plans(path: Path) -> Any:
    with SqliteStore(path) as store:
        store.commit(logged())
        asked: list[str] = []
        store._connection.set_trace_callback(asked.append)

        def plan(call: Any) -> str:
            asked.clear()
            call(store)
            return "\n".join(row[3] for row in change(path, f"EXPLAIN QUERY PLAN {asked[0]}"))

        yield plan


def test_what_is_due_is_found_by_its_index(plans: Any) -> None:
    after = "1.1"
    for call in (
        lambda store: store.due(NINE),
        lambda store: store.due(NINE, after=after),
        lambda store: store.next_due(NINE),
    ):
        plan = plans(call)
        assert "incidents_look_again_at" in plan
        assert "SCAN" not in plan and "B-TREE" not in plan, plan


@pytest.mark.parametrize("name", ["phase", "status", "group", "priority"])
def test_what_is_asked_for_most_has_an_index(plans: Any, name: str) -> None:
    wanted = Query(**{name: "open" if name == "phase" else "x"})
    plan = plans(lambda store: store.find(wanted, after="1"))
    assert f"incidents_{'grp' if name == 'group' else name}" in plan and "SCAN" not in plan


def test_what_waits_is_found_by_its_index(plans: Any) -> None:
    plan = plans(lambda store: store.pending())
    assert "notifications_waiting" in plan and "B-TREE" not in plan


def test_an_incident_is_found_by_its_reference(plans: Any) -> None:
    def ask(store: SqliteStore) -> None:
        with pytest.raises(UnknownIncident):
            store.get("INC404")

    assert "SEARCH incidents USING INDEX" in plans(ask)
    assert len(DDL) > 10
