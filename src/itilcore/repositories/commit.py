"""Commits: the one way in which anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from attrs import field, frozen

from itilcore.communications import Notification
from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.incident import Event, Incident, event_defects, field_defects

from .state import IncidentState

__all__ = ["Commit", "Committed"]


LONGEST_NAME: Final = 1_000
"""The most characters of a reference or a key: PostgreSQL's indexes hold no longer ones."""


def _events(given: Iterable[Event]) -> tuple[Event, ...]:
    made: tuple[Event, ...] = _listed(given)
    return made


def _notifications(given: Iterable[Notification]) -> tuple[Notification, ...]:
    made: tuple[Notification, ...] = _listed(given)
    return made


def _listed(given: Any) -> Any:
    # What is none is refused together with all else.
    return tuple(given) if isinstance(given, Iterable) else given


@frozen(kw_only=True)
class Commit:
    """Events and notifications that are stored together or not at all.

    ``expected_version`` is the number of events that the writer has seen; 0 creates the
    incident.  ``look_again_at`` replaces the one stored, ``None`` included.  ``state`` is
    what the incident is after the events, for a store to keep in columns: one that is not
    given is folded by the store; `of` gives it.  A commit without events only says when to
    look again, and what to tell; it leaves the version as it is.

    Raises `itilcore.errors.InvalidInput` for a blank reference or key and for one of more than
    1,000 characters, a negative version, a commit without events of an incident that is not
    there yet, and for events and notifications that could not be read again, such as one with
    a number for a text: see `itilcore.incident.event_defects`.

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
        defects = _name_defects("reference", self.reference)
        if self.idempotency_key is not None:
            defects += _name_defects("idempotency_key", self.idempotency_key)
        if type(self.expected_version) is not int or self.expected_version < 0:
            problem = f"is {self.expected_version!r}: give how many events have been seen"
            defects.append(Defect("expected_version", problem))
        if self.events == () and self.expected_version == 0:
            defects.append(Defect("events", "are none, and the incident is not there yet"))
        defects += _each("events", self.events, event_defects)
        defects += _each("notifications", self.notifications, _notification_defects)
        if not isinstance(self.state, IncidentState | None):
            defects.append(Defect("state", f"is {self.state!r:.60}: give an IncidentState"))
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
        if not isinstance(after, Incident):
            raise InvalidInput("commit", [Defect("after", f"is {after!r:.60}: give an Incident")])
        appended = _events(events)
        if not isinstance(appended, tuple):
            raise InvalidInput("commit", _each("events", appended, event_defects))
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


def _name_defects(path: str, name: str) -> list[Defect]:
    defects = blank_defects(path, name)
    if not defects and len(name) > LONGEST_NAME:
        problem = f"has {len(name):,} characters: {LONGEST_NAME:,} are the most that can be kept"
        defects.append(Defect(path, problem))
    return defects


def _each(
    name: str, given: tuple[object, ...], defects_of: Callable[[object], list[Defect]]
) -> list[Defect]:
    """The defects of each that is *given*, with the place of each in their paths."""
    if not isinstance(given, tuple):
        return [Defect(name, f"is {given!r:.60}: give a list")]
    return [
        Defect(".".join(filter(None, (f"{name}[{index}]", defect.path))), defect.problem)
        for index, each in enumerate(given)
        for defect in defects_of(each)
    ]


def _notification_defects(given: object) -> list[Defect]:
    if type(given) is not Notification:
        return [Defect("", f"is {given!r:.60}: it must be a Notification")]
    return field_defects(given)


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
