"""The store in memory: the reference that the others are held against."""

from __future__ import annotations

from bisect import insort
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from types import TracebackType
from typing import Self

from attrs import define, evolve

from itilcore.communications import Notification
from itilcore.errors import (
    IdempotencyKeyReused,
    UnknownIncident,
    UnknownPolicy,
    VersionConflict,
)
from itilcore.incident import Incident
from itilcore.repositories import Commit, Committed, IncidentState, Page, Query

from .columns import checked_limit, cursor, instant, microseconds, optional_microseconds, position
from .given import closed, commit_given, identifiers_given, query_given, text_given

__all__ = ["MemoryStore"]


@define(eq=False)
class _Row:
    sequence: int
    incident: Incident
    state: IncidentState
    look_again_at: int | None


class MemoryStore:
    """All three ports in the memory of one process, for tests and for trying things out.

    It keeps values, which nobody can change, and may be used by many threads.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged
    >>> store = MemoryStore()
    >>> logged = Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))
    >>> store.commit(Commit(reference="INC1", expected_version=0, events=[logged])).version
    1
    >>> store.get("INC1").timeline[0] == logged
    True
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._rows: dict[str, _Row] = {}
        self._waiting: list[tuple[int, int, str]] = []  # by look_again_at and sequence
        self._commits: dict[str, Committed] = {}
        self._outbox: dict[str, Notification] = {}
        self._delivered: set[str] = set()
        self._policies: dict[str, str] = {}
        self._latest: str | None = None
        self._closed = False

    def close(self) -> None:
        """End the store.  One that is closed answers nothing any more."""
        with self._lock:
            self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _open(self) -> Generator[None]:
        with self._lock:
            if self._closed:
                raise closed()
            yield

    def commit(self, commit: Commit) -> Committed:
        """See `itilcore.repositories.IncidentRepository.commit`."""
        # What could be refused is refused before anything is changed.
        commit_given(commit)
        look_again_at = optional_microseconds("look_again_at", commit.look_again_at)
        for event in commit.events:
            microseconds("at", event.at)
            optional_microseconds("recorded_at", event.recorded_at)
        with self._open():
            key, reference = commit.idempotency_key, commit.reference
            if key is not None and key in self._commits:
                earlier = self._commits[key]
                if earlier.reference != reference:
                    raise IdempotencyKeyReused(key, reference, earlier.reference)
                return evolve(earlier, repeated=True)
            row = self._rows.get(reference)
            version = 0 if row is None else row.incident.version
            if version != commit.expected_version:
                raise VersionConflict(reference, commit.expected_version, version)
            before = Incident.replay(reference, ()) if row is None else row.incident
            incident = before.record(*commit.events)
            state = commit.state or IncidentState.of(incident)
            if row is None:
                row = _Row(len(self._rows) + 1, incident, state, None)
                self._rows[reference] = row
            if row.look_again_at is not None:
                self._waiting.remove((row.look_again_at, row.sequence, reference))
            row.incident, row.state, row.look_again_at = incident, state, look_again_at
            if look_again_at is not None:
                insort(self._waiting, (look_again_at, row.sequence, reference))
            told = tuple(
                {
                    each.identifier: each
                    for each in reversed(commit.notifications)
                    if each.identifier not in self._outbox
                }.values()
            )[::-1]
            self._outbox.update({each.identifier: each for each in told})
            done = Committed(reference, version, incident.version, told)
            if key is not None:
                self._commits[key] = done
            return done

    def get(self, reference: str) -> Incident:
        """See `itilcore.repositories.IncidentRepository.get`."""
        with self._open():
            if text_given("reference", reference) not in self._rows:
                raise UnknownIncident(reference)
            return self._rows[reference].incident

    def find(self, query: Query, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.IncidentRepository.find`."""
        query_given(query)
        checked_limit(limit)
        start = 0 if after is None else position(after, 1)[0]
        with self._open():
            # Dictionaries keep the order of creation.
            fitting = (
                row for row in self._rows.values() if row.sequence > start and query.fits(row.state)
            )
            found = [row for row, _ in zip(fitting, range(limit + 1), strict=False)]
        more = len(found) > limit
        shown = found[:limit]
        return Page(
            tuple(row.incident for row in shown), cursor([shown[-1].sequence]) if more else None
        )

    def due(self, until: datetime, *, limit: int = 100, after: str | None = None) -> Page:
        """See `itilcore.repositories.IncidentRepository.due`."""
        checked_limit(limit)
        last = microseconds("until", until)
        start = None if after is None else position(after, 2)
        found: list[tuple[int, int, Incident]] = []
        with self._open():
            for at, sequence, reference in self._waiting:
                if at > last or len(found) > limit:
                    break
                if start is None or (at, sequence) > start:
                    found.append((at, sequence, self._rows[reference].incident))
        more = len(found) > limit
        shown = found[:limit]
        return Page(
            tuple(incident for _, _, incident in shown), cursor(shown[-1][:2]) if more else None
        )

    def next_due(self, after: datetime) -> datetime | None:
        """See `itilcore.repositories.IncidentRepository.next_due`."""
        last = microseconds("after", after)
        with self._open():
            return next((instant(at) for at, _, _ in self._waiting if at > last), None)

    def committed(self, key: str) -> Committed | None:
        """See `itilcore.repositories.IncidentRepository.committed`."""
        with self._open():
            return self._commits.get(text_given("key", key))

    def pending(self, *, limit: int = 100) -> tuple[Notification, ...]:
        """See `itilcore.repositories.Outbox.pending`."""
        checked_limit(limit)
        with self._open():
            waiting = (
                each
                for identifier, each in self._outbox.items()
                if identifier not in self._delivered
            )
            return tuple(each for each, _ in zip(waiting, range(limit), strict=False))

    def delivered(self, identifiers: Iterable[str]) -> int:
        """See `itilcore.repositories.Outbox.delivered`."""
        known = identifiers_given(identifiers)
        with self._open():
            new = (set(known) & self._outbox.keys()) - self._delivered
            self._delivered |= new
            return len(new)

    def save_policy(self, version: str, text: str) -> None:
        """See `itilcore.repositories.PolicyRepository.save_policy`."""
        text_given("version", version)
        text_given("text", text)
        with self._open():
            if self._policies.setdefault(version, text) != text:
                raise VersionConflict("the policy book", version, "another text of that version")
            self._latest = version

    def policy(self, version: str | None = None) -> str:
        """See `itilcore.repositories.PolicyRepository.policy`."""
        with self._open():
            wanted = self._latest if version is None else text_given("version", version)
            if wanted is None or wanted not in self._policies:
                raise UnknownPolicy(version)
            return self._policies[wanted]

    def policy_versions(self) -> tuple[str, ...]:
        """See `itilcore.repositories.PolicyRepository.policy_versions`."""
        with self._open():
            return tuple(self._policies)
