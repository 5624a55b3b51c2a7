"""The ports as coroutines: the promises are those of the synchronous ones, word for word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, runtime_checkable

from itilcore.communications import Notification
from itilcore.incident import Incident

from .commit import Commit, Committed
from .query import Page, Query

__all__ = ["AsyncIncidentRepository", "AsyncOutbox", "AsyncPolicyRepository", "AsyncStore"]


@runtime_checkable
class AsyncIncidentRepository(Protocol):
    """`itilcore.repositories.IncidentRepository`, awaited."""

    async def commit(self, commit: Commit) -> Committed:
        """As the synchronous one."""
        ...

    async def get(self, reference: str) -> Incident:
        """As the synchronous one."""
        ...

    async def find(self, query: Query, *, limit: int = 100, after: str | None = None) -> Page:
        """As the synchronous one."""
        ...

    async def due(self, until: datetime, *, limit: int = 100, after: str | None = None) -> Page:
        """As the synchronous one."""
        ...

    async def next_due(self, after: datetime) -> datetime | None:
        """As the synchronous one."""
        ...

    async def committed(self, key: str) -> Committed | None:
        """As the synchronous one."""
        ...


@runtime_checkable
class AsyncOutbox(Protocol):
    """`itilcore.repositories.Outbox`, awaited."""

    async def pending(self, *, limit: int = 100) -> tuple[Notification, ...]:
        """As the synchronous one."""
        ...

    async def delivered(self, identifiers: Iterable[str]) -> int:
        """As the synchronous one."""
        ...


@runtime_checkable
class AsyncPolicyRepository(Protocol):
    """`itilcore.repositories.PolicyRepository`, awaited."""

    async def save_policy(self, version: str, text: str) -> None:
        """As the synchronous one."""
        ...

    async def policy(self, version: str | None = None) -> str:
        """As the synchronous one."""
        ...

    async def policy_versions(self) -> tuple[str, ...]:
        """As the synchronous one."""
        ...


@runtime_checkable
class AsyncStore(AsyncIncidentRepository, AsyncOutbox, AsyncPolicyRepository, Protocol):
    """`itilcore.repositories.Store`, awaited."""
