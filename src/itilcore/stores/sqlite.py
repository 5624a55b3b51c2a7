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
from typing import Any, Self

from attrs import evolve

from itilcore.communications import Notification
from itilcore.errors import (
    CorruptEvent,
    IdempotencyKeyReused,
    UnknownPolicy,
    VersionConflict,
)
from itilcore.incident import Incident
from itilcore.repositories import Commit, Committed, Page, Query

from .columns import (
    LAST,
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
from .given import (
    closed,
    commit_given,
    identifiers_given,
    path_of,
    patience,
    query_given,
    text_given,
)
from .rows import event_rows, notification_rows
from .settings import LATEST, absent
from .sqlite_statements import (
    committed_under,
    failures,
    fitting,
    histories,
    incident,
    new_to_outbox,
    policy_text,
    put_incident,
    setting,
    state_after,
    up_to_date,
    version_of,
    waiting,
    write_ahead,
)

__all__ = ["SqliteStore"]


class SqliteStore:
    """All three ports in a file of SQLite at *path*; ``":memory:"`` goes with the store.

    The file is in write-ahead mode: readers and a writer pass each other, writers wait up to
    ``busy_timeout`` seconds.  It may be used by many threads, which take turns, by many
    processes, and after a fork.  The tables are those of `SqlAlchemyStore` without a prefix:
    either opens the file of the other.  Raises `itilcore.errors.NewerSchema` for a file of a
    later itilcore, `itilcore.errors.StorageFailure` for one that cannot be used, and
    `itilcore.errors.InvalidInput` for what is no path; an older file is brought up to date.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged
    >>> logged = Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))
    >>> with SqliteStore(":memory:") as store:
    ...     done = store.commit(Commit(reference="INC1", expected_version=0, events=[logged]))
    ...     done.version, store.get("INC1").timeline[0] == logged
    (1, True)
    """

    def __init__(self, path: str | bytes | Path, *, busy_timeout: float = 5.0) -> None:
        self._path = path_of(path)
        self._patience = patience(busy_timeout)
        self._lock = RLock()
        self._closed = False
        self._owner = os.getpid()
        with failures():
            self._connection = self._connected()
        try:
            with self._writing() as on:
                up_to_date(on)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file.  A store that is closed answers nothing any more."""
        with self._lock:
            self._closed = True
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
            write_ahead(made)
            made.execute("PRAGMA synchronous = FULL")
        except BaseException:
            made.close()
            raise
        return made

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        with self._lock, failures():
            if self._closed:
                raise closed()
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
        events = event_rows(commit_given(commit))
        look_again_at = optional_microseconds("look_again_at", commit.look_again_at)
        key, reference = commit.idempotency_key, commit.reference
        with self._writing() as on:
            if key is not None and (earlier := committed_under(on, key)) is not None:
                if earlier.reference != reference:
                    raise IdempotencyKeyReused(key, reference, earlier.reference)
                return evolve(earlier, repeated=True)
            version = version_of(on, reference) or 0
            if version != commit.expected_version:
                raise VersionConflict(reference, commit.expected_version, version)
            columns = state_columns(state_after(on, commit), commit.look_again_at)
            put_incident(on, commit, {**columns, "look_again_at": look_again_at})
            on.executemany(
                "INSERT INTO events (reference, sequence, at, recorded_at, event) "
                "VALUES (:reference, :sequence, :at, :recorded_at, :event)",
                events,
            )
            told = new_to_outbox(on, commit.notifications)
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
            return incident(on, text_given("reference", reference))

    def find(self, query: Query, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.IncidentRepository.find`."""
        conditions, values = fitting(query_given(query))
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
            found = histories(on, [(row[0], row[1]) for row in shown])
        return Page(
            tuple(each for each in found if isinstance(each, Incident)),
            cursor(shown[-1][2:]) if len(rows) > limit else None,
            tuple(each for each in found if isinstance(each, CorruptEvent)),
        )

    def next_due(self, after: datetime) -> datetime | None:
        """See `itilcore.repositories.IncidentRepository.next_due`."""
        # What is no number is later than every number to SQLite.
        sql = (
            "SELECT min(look_again_at) FROM incidents WHERE look_again_at > ? "
            "AND look_again_at <= ?"
        )
        values = (microseconds("after", after), LAST)
        with self._reading() as on:
            (found,) = on.execute(sql, values).fetchone()
        return None if found is None else instant(found)

    def committed(self, key: str) -> Committed | None:
        """See `itilcore.repositories.IncidentRepository.committed`."""
        with self._reading() as on:
            return committed_under(on, text_given("key", key))

    def pending(self, *, limit: int = 100) -> tuple[Notification, ...]:
        """See `itilcore.repositories.Outbox.pending`."""
        checked_limit(limit)
        with self._reading() as on:
            return waiting(on, limit)

    def delivered(self, identifiers: Iterable[str]) -> int:
        """See `itilcore.repositories.Outbox.delivered`."""
        names = [(escaped(each),) for each in identifiers_given(identifiers)]
        sql = "UPDATE notifications SET delivered = 1 WHERE identifier = ? AND delivered = 0"
        with self._writing() as on:
            return sum(on.execute(sql, name).rowcount for name in names)

    def save_policy(self, version: str, text: str) -> None:
        """See `itilcore.repositories.PolicyRepository.save_policy`."""
        name, body = escaped(text_given("version", version)), escaped(text_given("text", text))
        with self._writing() as on:
            stored = policy_text(on, name)
            if stored is None:
                on.execute("INSERT INTO policies (version, text) VALUES (?, ?)", (name, body))
            elif stored != body:
                raise VersionConflict("the policy book", version, "another text of that version")
            latest = "UPDATE itilcore_settings SET text = ? WHERE name = ?"
            if not on.execute(latest, (name, LATEST)).rowcount:
                raise absent(LATEST)

    def policy(self, version: str | None = None) -> str:
        """See `itilcore.repositories.PolicyRepository.policy`."""
        with self._reading() as on:
            if version is None:
                name = setting(on, "text", LATEST)
            else:
                name = escaped(text_given("version", version))
            text = None if name is None else policy_text(on, name)
        if text is None:
            raise UnknownPolicy(version)
        return unescaped(text)

    def policy_versions(self) -> tuple[str, ...]:
        """See `itilcore.repositories.PolicyRepository.policy_versions`."""
        with self._reading() as on:
            rows = on.execute("SELECT version FROM policies ORDER BY sequence").fetchall()
        return tuple(unescaped(version) for (version,) in rows)
