"""The store in a file of SQLite: appending and reading, and what is due among very many."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.timing import Row, paired, row
from itilcore.calendars import BusinessCalendar
from itilcore.codec import loads
from itilcore.communications import Notification
from itilcore.desk import Desk
from itilcore.incident import (
    Acknowledged,
    Assigned,
    Event,
    Held,
    HoldReason,
    Incident,
    Logged,
    Noted,
    Status,
    StatusChanged,
)
from itilcore.policy import Book
from itilcore.repositories import Commit
from itilcore.sla import Agreement, Target, TargetKind
from itilcore.stores import SqliteStore
from itilcore.stores.columns import state_columns
from itilcore.stores.rows import event_rows, notification_rows

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DUE = 100
"""Incidents that are due, whatever the number of those that are not."""

Bare = tuple[str, str, dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]
"""A commit as rows: its key, its reference, its columns, its events, its notifications."""

UPDATE = (
    "UPDATE incidents SET version = :version, kind = :kind, status = :status, phase = :phase, "
    "priority = :priority, grp = :grp, assignee = :assignee, requester = :requester, "
    "category = :category, service = :service, logged_at = :logged_at, "
    "resolved_at = :resolved_at, closed_at = :closed_at, look_again_at = :look_again_at "
    "WHERE reference = :reference"
)


def story(length: int = 20) -> list[Event]:
    """The events of an incident, *length* of them."""
    first: list[Event] = [
        Logged(START, "Mail is slow", "ada", "phone"),
        Assigned(START + MINUTE, "Desk", "bob"),
        Acknowledged(START + 2 * MINUTE),
        StatusChanged(START + 3 * MINUTE, Status.IN_PROGRESS),
        Held(START + 4 * MINUTE, HoldReason.AWAITING_CALLER),
    ]
    more = [Noted(START + number * MINUTE, f"note {number}") for number in range(5, length)]
    return [*first, *more]


def filled(path: Path, incidents: int) -> list[Incident]:
    """A store with incidents of twenty events each, and the incidents."""
    found = [Incident.replay(f"INC{number}", story()) for number in range(incidents)]
    with SqliteStore(path) as store:
        for each in found:
            store.commit(Commit.of(each, each.timeline))
    return found


def rounds(incidents: Sequence[Incident], count: int) -> Iterator[list[Commit]]:
    """*count* times one commit for each incident: an event, a notification, a key."""
    now = list(incidents)
    for _ in range(count):
        commits: list[Commit] = []
        for index, before in enumerate(now):
            event = Noted(START + before.version * MINUTE, "seen")
            now[index] = after = before.record(event)
            told = Notification(
                identifier=f"{after.reference}:{after.version}:noted:staff",
                reference=after.reference,
                rule="noted",
                audience="staff",
                at=event.at,
                subject=f"{after.reference} was seen",
            )
            commits.append(
                Commit.of(
                    after,
                    [event],
                    notifications=[told],
                    idempotency_key=f"key of {told.identifier}",
                    look_again_at=event.at,
                )
            )
        yield commits


def bare(commit: Commit) -> Bare:
    """*commit* as the rows that become of it."""
    assert commit.state is not None
    assert commit.idempotency_key is not None
    columns = state_columns(commit.state, commit.look_again_at)
    columns |= {"version": commit.version, "reference": commit.reference}
    told = notification_rows(commit, commit.notifications)
    return commit.idempotency_key, commit.reference, columns, event_rows(commit), told


def appended(on: sqlite3.Connection, commits: Iterable[Bare]) -> None:
    """Rows that are ready, stored as `SqliteStore` stores them: the same questions first."""
    for key, reference, columns, events, told in commits:
        on.execute("BEGIN IMMEDIATE")
        known = "SELECT reference, before, version FROM commits WHERE key = ?"
        assert on.execute(known, (key,)).fetchone() is None
        seen = on.execute("SELECT version FROM incidents WHERE reference = ?", (reference,))
        before = columns["version"] - len(events)
        assert seen.fetchone() == (before,)
        on.execute(UPDATE, columns)
        on.executemany(
            "INSERT INTO events VALUES (:reference, :sequence, :at, :recorded_at, :event)", events
        )
        on.executemany(
            "INSERT INTO notifications (identifier, reference, key, version, body, delivered) "
            "VALUES (:identifier, :reference, :key, :version, :body, :delivered)",
            told,
        )
        on.execute(
            "INSERT INTO commits VALUES (?, ?, ?, ?)", (key, reference, before, columns["version"])
        )
        on.execute("COMMIT")


def connected(path: Path) -> sqlite3.Connection:
    """A connection as safe as that of the store."""
    made = sqlite3.connect(path, isolation_level=None)
    made.execute("PRAGMA journal_mode = WAL")
    made.execute("PRAGMA synchronous = FULL")
    return made


def texts(on: sqlite3.Connection, reference: str) -> list[tuple[int, str]]:
    """The events of an incident, as they are stored."""
    found = on.execute("SELECT version FROM incidents WHERE reference = ?", (reference,))
    version = found.fetchone()
    rows = on.execute(
        "SELECT sequence, event FROM events WHERE reference = ? AND sequence <= ? "
        "ORDER BY sequence",
        (reference, version[0]),
    )
    return rows.fetchall()


def read(on: sqlite3.Connection, reference: str) -> Incident:
    """An incident, read by hand."""
    events = [loads(Event, text) for _, text in texts(on, reference)]
    return Incident.replay(reference, events)


def appending(folder: Path, incidents: int, runs: int) -> Row:
    """A commit with its event, notification and key, each on the disk before the next."""
    both = filled(folder / "ours.db", incidents), filled(folder / "bare.db", incidents)
    given = list(rounds(both[0], runs))
    prepared = iter([[bare(each) for each in commits] for commits in given])
    waiting = iter(given)
    with (
        SqliteStore(folder / "ours.db") as store,
        closing(connected(folder / "bare.db")) as on,
    ):

        def commit() -> None:
            for each in next(waiting):
                store.commit(each)

        ours, floor = paired(commit, lambda: appended(on, next(prepared)), runs)
    return row("append to SQLite over bare sqlite3", ours / incidents, floor / incidents, 1.5)


def reading(folder: Path, incidents: int, runs: int) -> Iterable[Row]:
    """An incident of twenty events, over the same read by hand, and over its rows alone."""
    path = folder / "read.db"
    references = [each.reference for each in filled(path, incidents)]
    with SqliteStore(path) as store, closing(connected(path)) as on:

        def ours() -> None:
            for each in references:
                store.get(each)

        found, by_hand = paired(ours, lambda: [read(on, each) for each in references], runs)
        name = "read 20 events from SQLite over bare sqlite3"
        yield row(f"{name} and codec", found / incidents, by_hand / incidents, 1.5)
        found, rows = paired(ours, lambda: [texts(on, each) for each in references], runs)
        yield row(f"{name}, rows alone", found / incidents, rows / incidents)


def crowded(path: Path, incidents: int) -> SqliteStore:
    """A store of that many open incidents, `DUE` of them due and the others much later."""
    store = SqliteStore(path)
    late, event = (
        event_rows(Commit(reference="x", expected_version=0, events=[Logged(at)]))[0]
        for at in (START - 8 * 60 * MINUTE, START)
    )
    at = event["at"]
    is_due = incidents // DUE
    with closing(connected(path)) as on:
        on.execute("BEGIN")
        on.executemany(
            "INSERT INTO incidents (sequence, reference, version, status, phase, logged_at, "
            "look_again_at) VALUES (?, ?, 1, 'NEW', 'open', ?, ?)",
            (
                (
                    number,
                    f"INC{number}",
                    at,
                    at if number % is_due == 0 else at + number * 10**6,
                )
                for number in range(1, incidents + 1)
            ),
        )
        on.executemany(
            "INSERT INTO events VALUES (?, 1, ?, NULL, ?)",
            (
                (f"INC{number}", at, (event if number % is_due else late)["event"])
                for number in range(1, incidents + 1)
            ),
        )
        on.execute("UPDATE itilcore_settings SET number = ? WHERE name = 'created'", (incidents,))
        on.execute("COMMIT")
        on.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return store


def due(folder: Path, many: int, few: int, runs: int) -> Iterable[Row]:
    """What is due among *many* open incidents, over the same among *few*.

    Asked of the store, and of a desk whose book promised an answer within four hours.
    """
    always = BusinessCalendar.always()
    target = Target(TargetKind.RESPONSE, timedelta(hours=4), always)
    book = Book(agreements=(Agreement("all", [target]),))
    with crowded(folder / "many.db", many) as crowd, crowded(folder / "few.db", few) as small:
        desks = [Desk(each, book) for each in (crowd, small)]
        for each in desks:
            assert len(each.store.due(START, limit=1_000).incidents) == DUE
            assert len(each.agenda(START).items) == DUE
        ours, floor = paired(
            lambda: crowd.due(START, limit=1_000), lambda: small.due(START, limit=1_000), runs
        )
        what = f"{DUE} of {many:,} over {DUE} of {few:,} open incidents"
        yield row(f"due: {what}", ours, floor, 1.5)
        ours, floor = paired(lambda: desks[0].agenda(START), lambda: desks[1].agenda(START), runs)
        yield row(f"a desk's agenda: {what}", ours, floor, 1.5)


def run(quick: bool = False) -> list[Row]:
    """Every row; the large store takes a million incidents unless *quick*."""
    incidents, runs = (20, 3) if quick else (200, 15)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [
            appending(folder, incidents, runs),
            *reading(folder, incidents, runs),
            *due(folder, *((10_000, 1_000) if quick else (1_000_000, 10_000)), runs),
        ]
