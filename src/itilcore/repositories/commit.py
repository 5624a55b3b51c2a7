"""Commits: the one way in which anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen

from itilcore.communications import Notification
from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.incident import Event, Incident

from .state import IncidentState

__all__ = ["Commit", "Committed"]


def _events(given: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(given)


def _notifications(given: Iterable[Notification]) -> tuple[Notification, ...]:
    return tuple(given)


@frozen(kw_only=True)
class Commit:
    """Events and notifications that are stored together or not at all.

    ``expected_version`` is the number of events that the writer has seen; 0 creates the
    incident.  ``look_again_at`` replaces the one stored, ``None`` included.  ``state`` is
    what the incident is after the events, for a store to keep in columns: one that is not
    given is folded by the store; `of` gives it.  A commit without events only says when to
    look again, and what to tell; it leaves the version as it is.  Raises
    `itilcore.errors.InvalidInput` for a blank reference or key, a negative version, and a
    commit without events of an incident that is not there yet.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Logged
    >>> logged = Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))
    >>> Commit(reference="INC1", expected_version=0, events=[logged]).version
    1
    """

    reference: str
    expected_version: int
    events: tuple[Event, ...] = field(converter=_events)
    notifications: tuple[Notification, ...] = field(default=(), converter=_notifications)
    idempotency_key: str | None = None
    look_again_at: datetime | None = None
    state: IncidentState | None = field(default=None, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("reference", self.reference)
        if self.idempotency_key is not None:
            defects += blank_defects("idempotency_key", self.idempotency_key)
        if type(self.expected_version) is not int or self.expected_version < 0:
            problem = f"is {self.expected_version!r}: give how many events have been seen"
            defects.append(Defect("expected_version", problem))
        if not self.events and self.expected_version == 0:
            defects.append(Defect("events", "are none, and the incident is not there yet"))
        if defects:
            raise InvalidInput("commit", defects)
        if self.look_again_at is not None:
            require_aware("look_again_at", self.look_again_at)

    @classmethod
    def of(
        cls,
        after: Incident,
        events: Iterable[Event],
        *,
        notifications: Iterable[Notification] = (),
        idempotency_key: str | None = None,
        look_again_at: datetime | None = None,
    ) -> Commit:
        """The commit that brings an incident to where *after* is; *events* are its last ones.

        >>> from datetime import UTC, datetime
        >>> from itilcore.incident import Logged
        >>> incident = Incident.replay("INC1", [Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))])
        >>> Commit.of(incident, incident.timeline).expected_version
        0
        """
        appended = tuple(events)
        return cls(
            reference=after.reference,
            expected_version=after.version - len(appended),
            events=appended,
            notifications=notifications,
            idempotency_key=idempotency_key,
            look_again_at=look_again_at,
            state=IncidentState.of(after),
        )

    @property
    def version(self) -> int:
        """The version of the incident after it."""
        return self.expected_version + len(self.events)


@frozen
class Committed:
    """What a commit stored: the incident went from version ``before`` to ``version``.

    ``repeated`` says that its idempotency key had been stored before and nothing was now.
    """

    reference: str
    before: int
    version: int
    notifications: tuple[Notification, ...] = ()
    repeated: bool = False
