"""The store over an engine that answers."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from itilcore.communications import Notification
from itilcore.incident import Incident
from itilcore.repositories import Commit, Committed, Page, Query
from itilcore.stores.given import closed, identifiers_given, patience, refused

from . import reading, writing
from .access import Access
from .engines import checked, engine_of
from .tables import Tables, tables
from .transactions import failures

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

__all__ = ["SqlAlchemyStore"]

T = TypeVar("T")


class SqlAlchemyStore:
    """A store over SQLAlchemy, in SQLite or PostgreSQL.

    The ``engine`` is yours: its pool, its options, its end.  The tables get ``prefix`` before
    their names and lie in ``schema`` where one is named, so that they fit beside others;
    `create_schema` makes them and brings older ones up to date, and has to be called once
    before anything else.  In SQLite a write takes the lock for writing at once and waits up to
    ``busy_timeout`` seconds for it, and the file is put into write-ahead mode.  A store may
    be used by many threads, as its engine may be; after a fork, dispose the engine first.
    PostgreSQL cannot index what is longer than some 2,600 bytes: a reference, key, identifier,
    group or status of that length is an `itilcore.errors.StorageFailure` there.

    Raises `itilcore.errors.InvalidInput` for what is no engine or one that is awaited, for an
    engine that shares one connection of SQLite among threads, or that commits each statement
    by itself, and
    `itilcore.errors.NewerSchema` for a database of a later version.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Logged
    >>> logged = Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))
    >>> with SqlAlchemyStore.open("sqlite://") as store:
    ...     done = store.commit(Commit(reference="INC1", expected_version=0, events=[logged]))
    ...     done.version, store.get("INC1").timeline[0] == logged
    (1, True)
    """

    def __init__(
        self,
        engine: Engine,
        *,
        prefix: str = "",
        schema: str | None = None,
        busy_timeout: float = 5.0,
    ) -> None:
        checked(engine)
        self._engine = engine
        self._access = Access(tables(prefix, schema), patience(busy_timeout))
        self._given: Connection | None = None
        self._owns = False
        self._closed = False

    @classmethod
    def open(
        cls,
        url: str | URL,
        *,
        prefix: str = "",
        schema: str | None = None,
        busy_timeout: float = 5.0,
    ) -> Self:
        """A store at *url* with an engine of its own and its schema in place.

        Such as ``"sqlite:///desk.db"``, ``"sqlite://"`` for one in memory, or
        ``"postgresql+psycopg://user@host/name"``.  `close` ends the engine as well.  Raises
        `itilcore.errors.MissingExtra` without SQLAlchemy, and `itilcore.errors.InvalidInput`
        for what is no address, for one whose driver is awaited, and for one whose driver is not
        installed.
        """
        store = cls(engine_of(url), prefix=prefix, schema=schema, busy_timeout=busy_timeout)
        store._owns = True
        try:
            store.create_schema()
        except BaseException:
            store.close()
            raise
        return store

    def over(self, connection: Connection) -> Self:
        """This store within the transaction of *connection*, which is yours to commit.

        What is committed here becomes part of it, and is taken back with it; what is refused
        here leaves the rest of it as it was.  Keep it short: others who create incidents or
        change the same ones wait for its end.  Raises `itilcore.errors.InvalidInput` for what
        is no connection.
        """
        from sqlalchemy import Connection

        if not isinstance(connection, Connection):
            raise refused("connection", connection, "a Connection of SQLAlchemy")
        inside = copy(self)
        inside._access = self._access.inside()
        inside._given = connection
        inside._owns = False
        return inside

    def create_schema(self) -> None:
        """Make the tables, or bring those of an earlier version up to date; else do nothing.

        Raises `itilcore.errors.NewerSchema` for a database of a later version.
        """
        with self._connected() as connection:
            self._access.create(connection)

    def close(self) -> None:
        """End the store, which answers nothing any more, and the engine that `open` made.

        An engine that was given is left as it is.
        """
        self._closed = True
        if self._owns:
            self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def commit(self, commit: Commit) -> Committed:
        """See `itilcore.repositories.IncidentRepository.commit`.

        Where the connection is lost while the database commits, nobody can tell whether it
        did: with an idempotency key, commit again.
        """
        return self._write(lambda on, tables: writing.commit(on, tables, commit))

    def get(self, reference: str) -> Incident:
        """See `itilcore.repositories.IncidentRepository.get`."""
        return self._read(lambda on, tables: reading.get(on, tables, reference))

    def find(self, query: Query, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.IncidentRepository.find`."""
        return self._read(lambda on, tables: reading.find(on, tables, query, limit, after))

    def due(self, until: datetime, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.IncidentRepository.due`."""
        return self._read(lambda on, tables: reading.due(on, tables, until, limit, after))

    def next_due(self, after: datetime) -> datetime | None:
        """See `itilcore.repositories.IncidentRepository.next_due`."""
        return self._read(lambda on, tables: reading.next_due(on, tables, after))

    def committed(self, key: str) -> Committed | None:
        """See `itilcore.repositories.IncidentRepository.committed`."""
        return self._read(lambda on, tables: reading.committed(on, tables, key))

    def pending(self, *, limit: int = 100) -> tuple[Notification, ...]:
        """See `itilcore.repositories.Outbox.pending`."""
        return self._read(lambda on, tables: reading.pending(on, tables, limit))

    def delivered(self, identifiers: Iterable[str]) -> int:
        """See `itilcore.repositories.Outbox.delivered`."""
        known = identifiers_given(identifiers)
        return self._write(lambda on, tables: writing.delivered(on, tables, known))

    def save_policy(self, version: str, text: str) -> None:
        """See `itilcore.repositories.PolicyRepository.save_policy`."""
        self._write(lambda on, tables: writing.save_policy(on, tables, version, text))

    def policy(self, version: str | None = None) -> str:
        """See `itilcore.repositories.PolicyRepository.policy`."""
        return self._read(lambda on, tables: reading.policy(on, tables, version))

    def policy_versions(self) -> tuple[str, ...]:
        """See `itilcore.repositories.PolicyRepository.policy_versions`."""
        return self._read(reading.policy_versions)

    def _read(self, work: Callable[[Connection, Tables], T]) -> T:
        with self._connected() as connection:
            return self._access.read(connection, work)

    def _write(self, work: Callable[[Connection, Tables], T]) -> T:
        with self._connected() as connection:
            return self._access.write(connection, work)

    @contextmanager
    def _connected(self) -> Generator[Connection]:
        if self._closed:
            raise closed()
        with failures():
            if self._given is not None:
                yield self._given
                return
            with self._engine.connect() as connection:
                yield connection
