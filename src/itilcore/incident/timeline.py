"""The timeline of an incident: its events, in the order in which they were appended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import field, frozen

from itilcore.errors import require_aware

from .events import Event
from .instant import in_utc

__all__ = ["Timeline"]


def _in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(events)


@frozen
class Timeline:
    """Events in append order, which is never re-sorted: ``at`` may run backwards.

    Folds use the order, durations use ``at``.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Acknowledged, Logged
    >>> logged = Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))
    >>> timeline = Timeline().append(logged, Acknowledged(datetime(2026, 1, 5, 10, tzinfo=UTC)))
    >>> len(timeline), timeline[0] is logged
    (2, True)
    """

    events: tuple[Event, ...] = field(default=(), converter=_in_order)

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    def __getitem__(self, index: int) -> Event:
        return self.events[index]

    def append(self, *events: Event) -> Timeline:
        """A timeline with *events* added at the end; this one stays as it is.

        >>> from datetime import UTC, datetime
        >>> from itilcore.incident import Restored
        >>> len(Timeline().append(Restored(datetime(2026, 1, 5, tzinfo=UTC))))
        1
        """
        return Timeline(self.events + events)

    def until(self, at: datetime | None, known_at: datetime | None = None) -> Timeline:
        """The events that happened by *at* and, where *known_at* is given, were recorded by then.

        Both bounds are inclusive; ``None`` is no bound.  Raises
        `itilcore.errors.NaiveInstant` for a bound without a UTC offset.

        >>> from datetime import UTC, datetime
        >>> from itilcore.incident import Restored
        >>> noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
        >>> late = Restored(noon, recorded_at=datetime(2026, 1, 6, tzinfo=UTC))
        >>> len(Timeline([late]).until(noon)), len(Timeline([late]).until(noon, known_at=noon))
        (1, 0)
        """
        kept: Iterable[Event] = self.events
        if at is not None:
            limit = in_utc(require_aware("at", at))
            kept = [event for event in kept if event.at <= limit]
        if known_at is not None:
            known = in_utc(require_aware("known_at", known_at))
            kept = [event for event in kept if event.known_at <= known]
        return Timeline(kept)
