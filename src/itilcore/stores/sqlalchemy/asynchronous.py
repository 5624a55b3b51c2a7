"""The store over an engine that is awaited."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
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
from .engines import async_engine_of, checked_awaited
from .tables import Tables, tables
from .transactions import failures

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

__all__ = ["AsyncSqlAlchemyStore"]

T = TypeVar("T")


class AsyncSqlAlchemyStore:
    """`SqlAlchemyStore` over an engine that is awaited: ``sqlite+aiosqlite``, ``psycopg``.

    It runs the same statements, and everything that is said there holds.

    >>> import asyncio
    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Logged
    >>> logged = Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))
    >>> async def version() -> int:
    ...     async with await AsyncSqlAlchemyStore.open("sqlite+aiosqlite://") as store:
    ...         await store.commit(Commit(reference="INC1", expected_version=0, events=[logged]))
    ...         return (await store.get("INC1")).version
    >>> asyncio.run(version())
    1
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        prefix: str = "",
        schema: str | None = None,
        busy_timeout: float = 5.0,
    ) -> None:
        checked_awaited(engine)
        self._engine = engine
        self._access = Access(tables(prefix, schema), patience(busy_timeout))
        self._given: AsyncConnection | None = None
        self._owns = False
        self._closed = False

    @classmethod
    async def open(
        cls,
        url: str | URL,
        *,
        prefix: str = "",
        schema: str | None = None,
        busy_timeout: float = 5.0,
    ) -> Self:
        """A store at *url* with an engine of its own and its schema in place.

        Such as ``"sqlite+aiosqlite:///desk.db"`` or ``"postgresql+psycopg://user@host/name"``.
        `close` ends the engine as well.  Raises `itilcore.errors.MissingExtra` without
        SQLAlchemy, and `itilcore.errors.InvalidInput` for what is no address, for one whose
        driver is not awaited, and for one whose driver is not installed.
        """
        store = cls(async_engine_of(url), prefix=prefix, schema=schema, busy_timeout=busy_timeout)
        store._owns = True
        try:
            await store.create_schema()
        except BaseException:
            await store.close()
            raise
        return store

    def over(self, connection: AsyncConnection) -> Self:
        """This store within the transaction of *connection*, which is yours to commit.

        What is committed here becomes part of it, and is taken back with it; what is refused
        here leaves the rest of it as it was.  Keep it short: others who create incidents or
        change the same ones wait for its end.  Raises `itilcore.errors.InvalidInput` for what
        is no connection that is awaited.
        """
        from sqlalchemy.ext.asyncio import AsyncConnection

        if not isinstance(connection, AsyncConnection):
            raise refused("connection", connection, "an AsyncConnection of SQLAlchemy")
        inside = copy(self)
        inside._access = self._access.inside()
        inside._given = connection
        inside._owns = False
        return inside

    async def create_schema(self) -> None:
        """Make the tables, or bring those of an earlier version up to date; else do nothing.

        Raises `itilcore.errors.NewerSchema` for a database of a later version.
        """
        async with self._connected() as connection:
            await connection.run_sync(self._access.create)

    async def close(self) -> None:
        """End the store, which answers nothing any more, and the engine that `open` made.

        An engine that was given is left as it is.
        """
        self._closed = True
        if self._owns:
            await self._engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def commit(self, commit: Commit) -> Committed:
        """See `itilcore.repositories.AsyncIncidentRepository.commit`.

        Where the connection is lost while the database commits, nobody can tell whether it
        did: with an idempotency key, commit again.
        """
        return await self._write(lambda on, tables: writing.commit(on, tables, commit))

    async def get(self, reference: str) -> Incident:
        """See `itilcore.repositories.AsyncIncidentRepository.get`."""
        return await self._read(lambda on, tables: reading.get(on, tables, reference))

    async def find(self, query: Query, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.AsyncIncidentRepository.find`."""
        return await self._read(lambda on, tables: reading.find(on, tables, query, limit, after))

    async def due(self, until: datetime, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.AsyncIncidentRepository.due`."""
        return await self._read(lambda on, tables: reading.due(on, tables, until, limit, after))

    async def next_due(self, after: datetime) -> datetime | None:
        """See `itilcore.repositories.AsyncIncidentRepository.next_due`."""
        return await self._read(lambda on, tables: reading.next_due(on, tables, after))

    async def committed(self, key: str) -> Committed | None:
        """See `itilcore.repositories.AsyncIncidentRepository.committed`."""
        return await self._read(lambda on, tables: reading.committed(on, tables, key))

    async def pending(self, *, limit: int = 100) -> tuple[Notification, ...]:
        """See `itilcore.repositories.AsyncOutbox.pending`."""
        return await self._read(lambda on, tables: reading.pending(on, tables, limit))

    async def delivered(self, identifiers: Iterable[str]) -> int:
        """See `itilcore.repositories.AsyncOutbox.delivered`."""
        known = identifiers_given(identifiers)
        return await self._write(lambda on, tables: writing.delivered(on, tables, known))

    async def save_policy(self, version: str, text: str) -> None:
        """See `itilcore.repositories.AsyncPolicyRepository.save_policy`."""
        await self._write(lambda on, tables: writing.save_policy(on, tables, version, text))

    async def policy(self, version: str | None = None) -> str:
        """See `itilcore.repositories.AsyncPolicyRepository.policy`."""
        return await self._read(lambda on, tables: reading.policy(on, tables, version))

    async def policy_versions(self) -> tuple[str, ...]:
        """See `itilcore.repositories.AsyncPolicyRepository.policy_versions`."""
        return await self._read(reading.policy_versions)

    async def _read(self, work: Callable[[Connection, Tables], T]) -> T:
        async with self._connected() as connection:
            return await connection.run_sync(self._access.read, work)

    async def _write(self, work: Callable[[Connection, Tables], T]) -> T:
        async with self._connected() as connection:
            return await connection.run_sync(self._access.write, work)

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[AsyncConnection]:
        if self._closed:
            raise closed()
        with failures():
            if self._given is not None:
                yield self._given
                return
            async with self._engine.connect() as connection:
                yield connection
