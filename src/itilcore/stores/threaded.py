"""A store that answers, awaited: its calls run in other threads."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable
from datetime import datetime

from itilcore.communications import Notification
from itilcore.incident import Incident
from itilcore.repositories import Commit, Committed, Page, Query, Store

from .given import identifiers_given

__all__ = ["Threaded"]


class Threaded:
    """Any store that may be used by many threads, as one that is awaited.

    >>> import asyncio
    >>> from itilcore.stores import MemoryStore
    >>> asyncio.run(Threaded(MemoryStore()).policy_versions())
    ()
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    async def commit(self, commit: Commit) -> Committed:
        """See `itilcore.repositories.AsyncIncidentRepository.commit`."""
        return await to_thread(self.store.commit, commit)

    async def get(self, reference: str) -> Incident:
        """See `itilcore.repositories.AsyncIncidentRepository.get`."""
        return await to_thread(self.store.get, reference)

    async def find(self, query: Query, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.AsyncIncidentRepository.find`."""
        return await to_thread(self.store.find, query, limit=limit, after=after)

    async def due(self, until: datetime, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.AsyncIncidentRepository.due`."""
        return await to_thread(self.store.due, until, limit=limit, after=after)

    async def next_due(self, after: datetime) -> datetime | None:
        """See `itilcore.repositories.AsyncIncidentRepository.next_due`."""
        return await to_thread(self.store.next_due, after)

    async def committed(self, key: str) -> Committed | None:
        """See `itilcore.repositories.AsyncIncidentRepository.committed`."""
        return await to_thread(self.store.committed, key)

    async def pending(self, *, limit: int = 100) -> tuple[Notification, ...]:
        """See `itilcore.repositories.AsyncOutbox.pending`."""
        return await to_thread(self.store.pending, limit=limit)

    async def delivered(self, identifiers: Iterable[str]) -> int:
        """See `itilcore.repositories.AsyncOutbox.delivered`."""
        return await to_thread(self.store.delivered, identifiers_given(identifiers))

    async def save_policy(self, version: str, text: str) -> None:
        """See `itilcore.repositories.AsyncPolicyRepository.save_policy`."""
        await to_thread(self.store.save_policy, version, text)

    async def policy(self, version: str | None = None) -> str:
        """See `itilcore.repositories.AsyncPolicyRepository.policy`."""
        return await to_thread(self.store.policy, version)

    async def policy_versions(self) -> tuple[str, ...]:
        """See `itilcore.repositories.AsyncPolicyRepository.policy_versions`."""
        return await to_thread(self.store.policy_versions)
