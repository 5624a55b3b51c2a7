"""The store in a file of SQLite, on the standard library alone: the embedded default."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Final, Self

from attrs import evolve

from itilcore.communications import Notification
from itilcore.errors import (
    CorruptEvent,
    IdempotencyKeyReused,
    NewerSchema,
    StorageFailure,
    UnknownIncident,
    UnknownPolicy,
    VersionConflict,
)
from itilcore.incident import Incident
from itilcore.repositories import Commit, Committed, IncidentState, Page, Query

from .columns import (
    COLUMN_OF,
    checked_limit,
    cursor,
    escaped,
    instant,
    microseconds,
    optional_microseconds,
    position,
    state_columns,
    unescaped,
)
from .rows import event_rows, incident_of, notification_of, notification_rows
from .sqlite_schema import CREATED, DDL, LATEST, MIGRATIONS, SCHEMA, VERSION

__all__ = ["SqliteStore"]

_MANY: Final = 500
"""Values in one statement: SQLite has a limit for what it is handed at once."""

_OFTEN: Final = 100
"""Attempts to change the mode of a file that others use."""


class SqliteStore:
    """All three ports in a file of SQLite at *path*; ``":memory:"`` goes with the store.

    The file is in write-ahead mode: readers and a writer pass each other, writers wait up to
    ``busy_timeout`` seconds.  It may be used by many threads, which take turns, by many
    processes, and after a fork.  The tables are those of `SqlAlchemyStore` without a prefix:
    either opens the file of the other.  Raises `itilcore.errors.NewerSchema` for a file of a
    later itilcore and `itilcore.errors.StorageFailure` for one that cannot be used; an older
    one is brought up to date.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged
    >>> logged = Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))
    >>> with SqliteStore(":memory:") as store:
    ...     done = store.commit(Commit(reference="INC1", expected_version=0, events=[logged]))
    ...     done.version, store.get("INC1").timeline[0] == logged
    (1, True)
    """

    def __init__(self, path: str | Path, *, busy_timeout: float = 5.0) -> None:
        self._path = str(path)
        self._patience = busy_timeout
        self._lock = RLock()
        self._owner = os.getpid()
        with _failures():
            self._connection = self._connected()
        try:
            with self._writing() as on:
                _up_to_date(on)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file.  A store that is closed answers nothing any more."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _connected(self) -> sqlite3.Connection:
        made = sqlite3.connect(
            self._path, timeout=self._patience, isolation_level=None, check_same_thread=False
        )
        try:
            _write_ahead(made)
            made.execute("PRAGMA synchronous = FULL")
        except BaseException:
            made.close()
            raise
        return made

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        with self._lock, _failures():
            if self._owner != os.getpid() and self._path != ":memory:":
                # A connection does not survive a fork; the parent's is the parent's to close.
                self._connection, self._owner = self._connected(), os.getpid()
            yield self._connection

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        with self._reading() as on:
            on.execute("BEGIN IMMEDIATE")
            try:
                yield on
                on.execute("COMMIT")
            except BaseException:
                if on.in_transaction:
                    on.execute("ROLLBACK")
                raise

    def commit(self, commit: Commit) -> Committed:
        """See `itilcore.repositories.IncidentRepository.commit`."""
        events = event_rows(commit)
        look_again_at = optional_microseconds("look_again_at", commit.look_again_at)
        key, reference = commit.idempotency_key, commit.reference
        with self._writing() as on:
            if key is not None and (earlier := _committed(on, key)) is not None:
                if earlier.reference != reference:
                    raise IdempotencyKeyReused(key, reference, earlier.reference)
                return evolve(earlier, repeated=True)
            version = _version(on, reference) or 0
            if version != commit.expected_version:
                raise VersionConflict(reference, commit.expected_version, version)
            columns = state_columns(_state(on, commit), commit.look_again_at)
            _put_incident(on, commit, {**columns, "look_again_at": look_again_at})
            on.executemany(
                "INSERT INTO events (reference, sequence, at, recorded_at, event) "
                "VALUES (:reference, :sequence, :at, :recorded_at, :event)",
                events,
            )
            told = _new(on, commit.notifications)
            on.executemany(
                "INSERT INTO notifications (identifier, reference, key, version, body, delivered) "
                "VALUES (:identifier, :reference, :key, :version, :body, :delivered)",
                notification_rows(commit, told),
            )
            if key is not None:
                on.execute(
                    "INSERT INTO commits (key, reference, before, version) VALUES (?, ?, ?, ?)",
                    (escaped(key), escaped(reference), version, commit.version),
                )
            return Committed(reference, version, commit.version, told)

    def get(self, reference: str) -> Incident:
        """See `itilcore.repositories.IncidentRepository.get`."""
        with self._reading() as on:
            return _get(on, reference)

    def find(self, query: Query, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.IncidentRepository.find`."""
        conditions, values = _fitting(query)
        if after is not None:
            conditions.append("sequence > ?")
            values += position(after, 1)
        where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
        sql = f"SELECT reference, version, sequence FROM incidents {where}ORDER BY sequence LIMIT ?"  # noqa: S608  # conditions are names of columns and question marks
        return self._page(sql, values, limit)

    def due(self, until: datetime, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.IncidentRepository.due`."""
        values: list[Any] = [microseconds("until", until)]
        later = ""
        if after is not None:
            later = "AND (look_again_at, sequence) > (?, ?) "
            values += position(after, 2)
        sql = (
            "SELECT reference, version, look_again_at, sequence FROM incidents "  # noqa: S608  # nothing but question marks is put in
            f"WHERE look_again_at <= ? {later}ORDER BY look_again_at, sequence LIMIT ?"
        )
        return self._page(sql, values, limit)

    def _page(self, sql: str, values: Sequence[Any], limit: int) -> Page:
        checked_limit(limit)
        with self._reading() as on:
            rows = on.execute(sql, (*values, limit + 1)).fetchall()
            shown = rows[:limit]
            found = _histories(on, [(row[0], row[1]) for row in shown])
        return Page(
            tuple(each for each in found if isinstance(each, Incident)),
            cursor(shown[-1][2:]) if len(rows) > limit else None,
            tuple(each for each in found if isinstance(each, CorruptEvent)),
        )

    def next_due(self, after: datetime) -> datetime | None:
        """See `itilcore.repositories.IncidentRepository.next_due`."""
        sql = "SELECT min(look_again_at) FROM incidents WHERE look_again_at > ?"
        with self._reading() as on:
            (found,) = on.execute(sql, (microseconds("after", after),)).fetchone()
        return None if found is None else instant(found)

    def committed(self, key: str) -> Committed | None:
        """See `itilcore.repositories.IncidentRepository.committed`."""
        with self._reading() as on:
            return _committed(on, key)

    def pending(self, *, limit: int = 100) -> tuple[Notification, ...]:
        """See `itilcore.repositories.Outbox.pending`."""
        sql = "SELECT body FROM notifications WHERE delivered = 0 ORDER BY sequence LIMIT ?"
        with self._reading() as on:
            rows = on.execute(sql, (checked_limit(limit),)).fetchall()
        return tuple(notification_of(body) for (body,) in rows)

    def delivered(self, identifiers: Iterable[str]) -> int:
        """See `itilcore.repositories.Outbox.delivered`."""
        names = [(escaped(each),) for each in identifiers]
        sql = "UPDATE notifications SET delivered = 1 WHERE identifier = ? AND delivered = 0"
        with self._writing() as on:
            return sum(on.execute(sql, name).rowcount for name in names)

    def save_policy(self, version: str, text: str) -> None:
        """See `itilcore.repositories.PolicyRepository.save_policy`."""
        name, body = escaped(version), escaped(text)
        with self._writing() as on:
            stored = _policy(on, name)
            if stored is None:
                on.execute("INSERT INTO policies (version, text) VALUES (?, ?)", (name, body))
            elif stored != body:
                raise VersionConflict("the policy book", version, "another text of that version")
            on.execute("UPDATE itilcore_settings SET text = ? WHERE name = ?", (name, LATEST))

    def policy(self, version: str | None = None) -> str:
        """See `itilcore.repositories.PolicyRepository.policy`."""
        with self._reading() as on:
            name = escaped(version) if version is not None else _setting(on, "text", LATEST)
            text = None if name is None else _policy(on, name)
        if text is None:
            raise UnknownPolicy(version)
        return unescaped(text)

    def policy_versions(self) -> tuple[str, ...]:
        """See `itilcore.repositories.PolicyRepository.policy_versions`."""
        with self._reading() as on:
            rows = on.execute("SELECT version FROM policies ORDER BY sequence").fetchall()
        return tuple(unescaped(version) for (version,) in rows)


@contextmanager
def _failures() -> Generator[None]:
    """Whatever SQLite says is a `StorageFailure`."""
    try:
        yield
    except sqlite3.Error as error:
        raise StorageFailure(str(error)) from error


def _write_ahead(on: sqlite3.Connection) -> None:
    for _ in range(_OFTEN):
        try:
            on.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            # SQLite does not wait where the mode changes, as with others who open a new file
            # at the same moment; it does wait here.
            on.execute("BEGIN EXCLUSIVE")
            on.execute("ROLLBACK")
        else:
            return
    raise sqlite3.OperationalError("database is locked")


def _up_to_date(on: sqlite3.Connection) -> None:
    there = on.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'itilcore_settings'"
    ).fetchone()[0]
    if not there:
        for statement in DDL:
            on.execute(statement)
        return
    found: int = _setting(on, "number", SCHEMA)
    if found > VERSION:
        raise NewerSchema(found, VERSION)
    for version in range(found, VERSION):
        for statement in MIGRATIONS[version]:
            on.execute(statement)
    on.execute("UPDATE itilcore_settings SET number = ? WHERE name = ?", (VERSION, SCHEMA))


def _setting(on: sqlite3.Connection, column: str, name: str) -> Any:
    sql = f"SELECT {column} FROM itilcore_settings WHERE name = ?"  # noqa: S608  # one of two names of ours
    return on.execute(sql, (name,)).fetchone()[0]


def _version(on: sqlite3.Connection, reference: str) -> int | None:
    sql = "SELECT version FROM incidents WHERE reference = ?"
    row = on.execute(sql, (escaped(reference),)).fetchone()
    return None if row is None else row[0]


def _put_incident(on: sqlite3.Connection, commit: Commit, columns: dict[str, Any]) -> None:
    named = {**columns, "version": commit.version, "reference": escaped(commit.reference)}
    if commit.expected_version:
        sets = ", ".join(f"{name} = :{name}" for name in named if name != "reference")
        on.execute(f"UPDATE incidents SET {sets} WHERE reference = :reference", named)  # noqa: S608  # names of columns
        return
    on.execute("UPDATE itilcore_settings SET number = number + 1 WHERE name = ?", (CREATED,))
    named["sequence"] = _setting(on, "number", CREATED)
    names = ", ".join(named)
    marks = ", ".join(f":{name}" for name in named)
    on.execute(f"INSERT INTO incidents ({names}) VALUES ({marks})", named)  # noqa: S608  # names of columns


def _state(on: sqlite3.Connection, commit: Commit) -> IncidentState:
    if commit.state is not None:
        return commit.state
    before = Incident.replay(commit.reference, ())
    if commit.expected_version:
        before = _get(on, commit.reference)
    return IncidentState.of(before.record(*commit.events))


def _new(on: sqlite3.Connection, told: Iterable[Notification]) -> tuple[Notification, ...]:
    """Those of *told* that are not in the outbox yet: said once is said."""
    first: dict[str, Notification] = {}
    sql = "SELECT 1 FROM notifications WHERE identifier = ?"
    for each in told:
        if on.execute(sql, (escaped(each.identifier),)).fetchone() is None:
            first.setdefault(each.identifier, each)
    return tuple(first.values())


def _committed(on: sqlite3.Connection, key: str) -> Committed | None:
    sql = "SELECT reference, before, version FROM commits WHERE key = ?"
    row = on.execute(sql, (escaped(key),)).fetchone()
    if row is None:
        return None
    reference, before, version = row
    told = on.execute(
        "SELECT body FROM notifications WHERE key = ? ORDER BY sequence", (escaped(key),)
    )
    bodies = tuple(notification_of(body) for (body,) in told)
    return Committed(unescaped(reference), before, version, bodies)


def _get(on: sqlite3.Connection, reference: str) -> Incident:
    version = _version(on, reference)
    if version is None:
        raise UnknownIncident(reference)
    (found,) = _histories(on, [(escaped(reference), version)])
    if isinstance(found, CorruptEvent):
        raise found
    return found


def _histories(
    on: sqlite3.Connection, versions: Sequence[tuple[str, int]]
) -> list[Incident | CorruptEvent]:
    """Each incident as it was at its version, or what is wrong with it."""
    texts: dict[str, list[tuple[int, str]]] = {reference: [] for reference, _ in versions}
    latest = dict(versions)
    names = list(latest)
    for start in range(0, len(names), _MANY):
        some = names[start : start + _MANY]
        sql = (
            "SELECT reference, sequence, event FROM events "  # noqa: S608  # question marks
            f"WHERE reference IN ({', '.join('?' * len(some))}) ORDER BY reference, sequence"
        )
        for reference, sequence, text in on.execute(sql, some):
            # An event that came after the version was looked up belongs to a later answer.
            if sequence <= latest[reference]:
                texts[reference].append((sequence, text))
    return [_history(unescaped(name), version, texts[name]) for name, version in versions]


def _history(
    reference: str, version: int, texts: Sequence[tuple[int, str]]
) -> Incident | CorruptEvent:
    try:
        return incident_of(reference, version, texts)
    except CorruptEvent as error:
        return error


def _policy(on: sqlite3.Connection, version: str) -> str | None:
    row = on.execute("SELECT text FROM policies WHERE version = ?", (version,)).fetchone()
    return None if row is None else row[0]


def _fitting(query: Query) -> tuple[list[str], list[Any]]:
    """What a row must be, so that *query* fits it: conditions, and the values in them."""
    conditions: list[str] = []
    values: list[Any] = []
    for name, wanted in query.names():
        column = COLUMN_OF.get(name, name)
        stored = [escaped(each) for each in wanted]
        ways = [f"{column} IN ({', '.join('?' * len(stored))})"]
        values += stored
        if name == "category":
            below = [f"{each} > " for each in stored]
            # Not LIKE, which has signs of its own and no eye for case.
            ways += [f"substr({column}, 1, ?) = ?"] * len(below)
            values += [part for each in below for part in (len(each), each)]
        conditions.append(f"({' OR '.join(ways)})")
    for name, (start, end) in query.ranges():
        conditions.append(f"{name} IS NOT NULL")
        for sign, bound in ((">=", start), ("<", end)):
            if bound is not None:
                conditions.append(f"{name} {sign} ?")
                values.append(microseconds(name, bound))
    return conditions, values
