"""The synchronous ports.  `itilcore.repositories.asynchronous` has the same, awaited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, runtime_checkable

from itilcore.communications import Notification
from itilcore.incident import Incident

from .commit import Commit, Committed
from .query import Page, Query

__all__ = ["IncidentRepository", "Outbox", "PolicyRepository", "Store"]


@runtime_checkable
class IncidentRepository(Protocol):
    """Incidents as append-only histories.

    What is returned is never shared with the store.  References are compared exactly: two
    that differ only in case are two; what is no text is `itilcore.errors.InvalidInput`.
    Whatever the storage itself has to say (a full disk, a lost connection, a file that cannot
    be written) is raised as `itilcore.errors.StorageFailure`, and then nothing was stored.
    """

    def commit(self, commit: Commit) -> Committed:
        """Append the events and notifications of *commit*, all of them or none.

        The incident is created where ``expected_version`` is 0.  Raises
        `itilcore.errors.VersionConflict` where its version is another one, and stores
        nothing.  A commit whose ``idempotency_key`` was stored before stores nothing either:
        the earlier `Committed` comes back with ``repeated`` set, or
        `itilcore.errors.IdempotencyKeyReused` is raised where the earlier commit was of
        another incident.  The key is looked at before the version.
        """
        ...

    def get(self, reference: str) -> Incident:
        """The incident, folded from all of its events.

        Raises `itilcore.errors.UnknownIncident` where there is none, and
        `itilcore.errors.CorruptEvent` where a stored event cannot be read.
        """
        ...

    def find(self, query: Query, *, limit: int = 100, after: str | None = None) -> Page:
        """At most *limit* of the incidents that fit, in the order in which they were created.

        *after* is the ``next`` of the page before.  An incident created in between comes
        last: none is left out and none comes twice.  What cannot be read stands in
        ``unreadable`` of the page, and the others are there.
        """
        ...

    def due(self, until: datetime, *, limit: int = 100, after: str | None = None) -> Page:
        """The incidents whose ``look_again_at`` is *until* or earlier, the earliest first.

        Takes time in proportion to what is due, not to what is stored.
        """
        ...

    def next_due(self, after: datetime) -> datetime | None:
        """The first instant later than *after* at which an incident is to be looked at again.

        ``None`` where there is none.
        """
        ...

    def committed(self, key: str) -> Committed | None:
        """What the commit with this idempotency key stored; ``None`` where there was none.

        Of its notifications those that can be read, as `Outbox.pending` gives them.
        """
        ...


@runtime_checkable
class Outbox(Protocol):
    """Notifications that were committed with their events and wait to be delivered."""

    def pending(self, *, limit: int = 100) -> tuple[Notification, ...]:
        """At most *limit* notifications that are not marked, in the order of their commits.

        One that cannot be read holds up no other: it is left out.  Raises
        `itilcore.errors.CorruptNotification` for the first of them where there is nothing else.
        """
        ...

    def delivered(self, identifiers: Iterable[str]) -> int:
        """Mark notifications as delivered; how many were not marked before.

        One that was never stored counts as none.  A caller marks after delivering, so that a
        crash in between delivers twice, under the same identifier, and never not at all.
        """
        ...


@runtime_checkable
class PolicyRepository(Protocol):
    """Policy books as texts, by content version; never changed, never removed."""

    def save_policy(self, version: str, text: str) -> None:
        """Keep *text* under *version*, and make it the latest.

        Saving the same text again only makes it the latest.  Raises
        `itilcore.errors.VersionConflict` where another text has that version.
        """
        ...

    def policy(self, version: str | None = None) -> str:
        """The text of a version, or of the latest.  Raises `itilcore.errors.UnknownPolicy`."""
        ...

    def policy_versions(self) -> tuple[str, ...]:
        """Every version, the one that was first saved first."""
        ...


@runtime_checkable
class Store(IncidentRepository, Outbox, PolicyRepository, Protocol):
    """All three ports over one database."""
