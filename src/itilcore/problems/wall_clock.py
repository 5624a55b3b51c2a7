"""The hours of a wall clock within a span of instants, and how long each really lasted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

__all__ = ["DAY", "EPOCH", "HOUR", "MOST_LAG", "Piece", "micros", "pieces"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
HOUR: Final = 3600 * SECOND
DAY: Final = 24 * HOUR
MOST_LAG: Final = 48
"""So many whole hours after an event are looked at."""

Piece = tuple[int, int, int, int, int]
"""From an instant up to another, in microseconds since 1970: the hour of the wall clock,
counted from its 1970, the whole hours since the last event or -1, and which event, or -1."""


def micros(at: datetime) -> int:
    """The instant *at* in microseconds since 1970.

    >>> micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def pieces(zone: tzinfo, start: int, end: int, events: Sequence[int]) -> Iterator[Piece]:
    """The span from *start* up to *end*, cut where an hour of the wall clock begins and where
    the hours since the last of *events* change, which are in order and each there once.

    An hour that a change to or from summer time shows twice has two pieces, one that it leaves
    out none.

    >>> [(until - since, hour, lag) for since, until, hour, lag, _ in
    ...     pieces(UTC, 0, 2 * HOUR, [HOUR // 2])] == [
    ...     (HOUR // 2, 0, -1), (HOUR // 2, 0, 0), (HOUR // 2, 1, 0), (HOUR // 2, 1, 1)]
    True
    """
    lags = _lags(events)
    here, upcoming = (-1, -1), next(lags, None)
    for since, until, offset in _offsets(zone, start, end):
        at = since
        while at < until:
            while upcoming is not None and upcoming[0] <= at:
                here, upcoming = upcoming[1:], next(lags, None)
            hour = (at + offset) // HOUR
            following = min(until, (hour + 1) * HOUR - offset)
            if upcoming is not None:
                following = min(following, upcoming[0])
            yield at, following, hour, *here
            at = following


def _lags(events: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Where the whole hours since the last event change, to how many, since which event."""
    for number, at in enumerate(events):
        last = number + 1 == len(events)
        for lag in range(MOST_LAG + 1):
            change = at + lag * HOUR
            if not last and change >= events[number + 1]:
                break
            yield (change, lag, number) if lag < MOST_LAG else (change, -1, -1)


def _offset(zone: tzinfo, at: int) -> int:
    local = (EPOCH + timedelta(microseconds=at)).astimezone(zone)
    return (local.utcoffset() or timedelta()) // timedelta(microseconds=1)


def _offsets(zone: tzinfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """From when to when which offset holds.

    The zone is asked once a day: none has changed its offset and changed it back in a day.
    """
    since, offset = start, _offset(zone, start)
    for at in range(start, end, DAY):
        later = min(at + DAY, end)
        after = _offset(zone, later)
        if after != offset:
            low, high = at // SECOND, -(-later // SECOND)
            while high - low > 1:
                middle = (low + high) // 2
                if _offset(zone, middle * SECOND) == offset:
                    low = middle
                else:
                    high = middle
            change = min(high * SECOND, end)
            yield since, change, offset
            since, offset = change, after
    if since < end:
        yield since, end, offset
