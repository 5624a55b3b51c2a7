"""The timeline of an incident: its events, in the order in which they were appended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NoReturn

from attrs.exceptions import FrozenInstanceError

from itilcore.errors import require_aware

from .events import Event
from .instant import in_utc

__all__ = ["Timeline"]


class Timeline:
    """Events in append order, which is never re-sorted: ``at`` may run backwards.

    Folds use the order, durations use ``at``.  A value: appending makes another one, which
    shares what was there, at a cost that does not grow with the length.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Acknowledged, Logged
    >>> logged = Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))
    >>> timeline = Timeline().append(logged, Acknowledged(datetime(2026, 1, 5, 10, tzinfo=UTC)))
    >>> len(timeline), timeline[0] is logged
    (2, True)
    """

    __slots__ = ("_added", "_before", "_events", "_length")

    _added: tuple[Event, ...]
    _before: Timeline | None
    _events: tuple[Event, ...] | None
    _length: int

    def __init__(self, events: Iterable[Event] = ()) -> None:
        found = tuple(events)
        _set(self, "_events", found)
        _set(self, "_before", None)
        _set(self, "_added", ())
        _set(self, "_length", len(found))

    @property
    def events(self) -> tuple[Event, ...]:
        """The events as a tuple, made when it is first asked for."""
        if self._events is None:
            parts: list[tuple[Event, ...]] = []
            at = self
            # Read in this order: another thread sets `_events` before it drops `_before`.
            before, known = at._before, at._events
            while known is None:
                assert before is not None  # without one before it the events are known
                parts.append(at._added)
                at = before
                before, known = at._before, at._events
            found = known + tuple(event for part in reversed(parts) for event in part)
            _set(self, "_events", found)
            _set(self, "_before", None)
        assert self._events is not None
        return self._events

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError

    def __reduce__(self) -> tuple[type[Timeline], tuple[tuple[Event, ...]]]:
        return (Timeline, (self.events,))

    def __repr__(self) -> str:
        return f"Timeline(events={self.events!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Timeline):
            return NotImplemented
        return self._length == other._length and self.events == other.events

    def __hash__(self) -> int:
        return hash((Timeline, self.events))

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> Event:
        return self.events[index]

    def append(self, *events: Event) -> Timeline:
        """A timeline with *events* added at the end; this one stays as it is.

        >>> from datetime import UTC, datetime
        >>> from itilcore.incident import Restored
        >>> len(Timeline().append(Restored(datetime(2026, 1, 5, tzinfo=UTC))))
        1
        """
        found = Timeline.__new__(Timeline)
        _set(found, "_events", None)
        _set(found, "_before", self)
        _set(found, "_added", events)
        _set(found, "_length", self._length + len(events))
        return found

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


_set = object.__setattr__
