"""An awaited store as one that answers, so that one contract serves both."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import datetime
from threading import Thread
from typing import Any, TypeVar

from itilcore.communications import Notification
from itilcore.incident import Incident
from itilcore.repositories import AsyncStore, Commit, Committed, Page, Query

__all__ = ["Blocking"]

T = TypeVar("T")


class Blocking:
    """A store that answers, over an `itilcore.repositories.AsyncStore` in a loop of its own.

    *make* is awaited in that loop and gives the store; *end*, where it is given, is awaited
    with it at `close`.  May be used by many threads.

    >>> from itilcore.stores import MemoryStore, Threaded
    >>> async def make() -> Threaded:
    ...     return Threaded(MemoryStore())
    >>> store = Blocking(make)
    >>> store.policy_versions()
    ()
    >>> store.close()
    """

    def __init__(
        self,
        make: Callable[[], Awaitable[AsyncStore]],
        end: Callable[[Any], Awaitable[object]] | None = None,
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="blocking-store", daemon=True)
        self._thread.start()
        self._end = end

        async def made() -> AsyncStore:
            return await make()

        try:
            self._store = self._waited(made())
        except BaseException:
            self._stop()
            raise

    def _waited(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def close(self) -> None:
        """End the store and its loop."""

        async def ended() -> None:
            if self._end is not None:
                await self._end(self._store)

        self._waited(ended())
        self._stop()

    def commit(self, commit: Commit) -> Committed:
        """See `itilcore.repositories.IncidentRepository.commit`."""
        return self._waited(self._store.commit(commit))

    def get(self, reference: str) -> Incident:
        """See `itilcore.repositories.IncidentRepository.get`."""
        return self._waited(self._store.get(reference))

    def find(self, query: Query, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.IncidentRepository.find`."""
        return self._waited(self._store.find(query, limit=limit, after=after))

    def due(self, until: datetime, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.IncidentRepository.due`."""
        return self._waited(self._store.due(until, limit=limit, after=after))

    def next_due(self, after: datetime) -> datetime | None:
        """See `itilcore.repositories.IncidentRepository.next_due`."""
        return self._waited(self._store.next_due(after))

    def committed(self, key: str) -> Committed | None:
        """See `itilcore.repositories.IncidentRepository.committed`."""
        return self._waited(self._store.committed(key))

    def pending(self, *, limit: int = 100) -> tuple[Notification, ...]:
        """See `itilcore.repositories.Outbox.pending`."""
        return self._waited(self._store.pending(limit=limit))

    def delivered(self, identifiers: Iterable[str]) -> int:
        """See `itilcore.repositories.Outbox.delivered`."""
        return self._waited(self._store.delivered(tuple(identifiers)))

    def save_policy(self, version: str, text: str) -> None:
        """See `itilcore.repositories.PolicyRepository.save_policy`."""
        self._waited(self._store.save_policy(version, text))

    def policy(self, version: str | None = None) -> str:
        """See `itilcore.repositories.PolicyRepository.policy`."""
        return self._waited(self._store.policy(version))

    def policy_versions(self) -> tuple[str, ...]:
        """See `itilcore.repositories.PolicyRepository.policy_versions`."""
        return self._waited(self._store.policy_versions())
