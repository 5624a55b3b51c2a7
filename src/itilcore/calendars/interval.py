"""Intervals: from an instant up to, not including, another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput

from .instant import micros

__all__ = ["Interval", "as_intervals", "merged"]


def _key(value: datetime) -> int:
    # Datetimes of one zone compare by the wall clock, which an autumn night shows twice.
    return micros("interval", value)


@frozen
class Interval:
    """From ``start`` up to, not including, ``end``: two instants with a UTC offset.

    ``&`` is what two have in common (``None`` if nothing), ``|`` their union and ``-`` what
    of the one is not in the other, both as a tuple of none to two intervals.  Intervals are
    equal when their instants are, whatever the zones.  An interval without length is empty
    and false.  Raises `itilcore.errors.NaiveInstant`, and `itilcore.errors.InvalidInput`
    where it ends before it starts.

    >>> from datetime import UTC
    >>> nine, ten, noon, one = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12, 13))
    >>> Interval(nine, noon) & Interval(ten, one) == Interval(ten, noon)
    True
    >>> print(*(Interval(nine, one) - Interval(ten, noon)), sep=", ")
    2026-01-05T09:00:00+00:00/2026-01-05T10:00:00+00:00,
    2026-01-05T12:00:00+00:00/2026-01-05T13:00:00+00:00
    """

    start: datetime = field(eq=_key)
    end: datetime = field(eq=_key)

    def __attrs_post_init__(self) -> None:
        if micros("end", self.end) < micros("start", self.start):
            raise InvalidInput("interval", [Defect("", f"ends before it starts: {self}")])

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"

    def __bool__(self) -> bool:
        return _key(self.start) < _key(self.end)

    def __contains__(self, at: datetime) -> bool:
        return _key(self.start) <= micros("at", at) < _key(self.end)

    def __and__(self, other: Interval) -> Interval | None:
        start = max(self.start, other.start, key=_key)
        end = min(self.end, other.end, key=_key)
        return Interval(start, end) if _key(start) < _key(end) else None

    def __or__(self, other: Interval) -> tuple[Interval, ...]:
        return merged((self, other))

    def __sub__(self, other: Interval) -> tuple[Interval, ...]:
        if self & other is None:
            return (self,) if self else ()
        parts = []
        if _key(self.start) < _key(other.start):
            parts.append(Interval(self.start, other.start))
        if _key(other.end) < _key(self.end):
            parts.append(Interval(other.end, self.end))
        return tuple(parts)

    @property
    def duration(self) -> timedelta:
        """How long it is, by the instants.

        >>> from datetime import UTC
        >>> Interval(datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)).duration
        datetime.timedelta(days=1)
        """
        return timedelta(microseconds=_key(self.end) - _key(self.start))


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The union of *intervals*: ascending, apart from each other, none empty.

    >>> from datetime import UTC
    >>> nine, ten, noon = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12))
    >>> merged([Interval(ten, noon), Interval(nine, ten)]) == (Interval(nine, noon),)
    True
    """
    found: list[Interval] = []
    for interval in sorted(filter(None, intervals), key=lambda each: _key(each.start)):
        if found and _key(interval.start) <= _key(found[-1].end):
            if _key(interval.end) > _key(found[-1].end):
                found[-1] = Interval(found[-1].start, interval.end)
        else:
            found.append(interval)
    return tuple(found)


def as_intervals(
    name: str, given: Iterable[Interval | tuple[datetime, datetime]]
) -> tuple[Interval, ...]:
    """*given* as intervals; pairs of instants do as well.

    Raises `itilcore.errors.InvalidInput` with each that is none, by its place under *name*.
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidInput(name, [Defect("", f"is {given!r:.60}: give several intervals")])
    found: list[Interval] = []
    defects: list[Defect] = []
    for index, item in enumerate(given):
        try:
            found.append(item if isinstance(item, Interval) else Interval(*item))
        except InvalidInput as error:
            defects += [Defect(f"{name}[{index}]", defect.problem) for defect in error.defects]
        except (TypeError, ValueError):
            problem = f"is {item!r:.60}: give an interval, or its start and its end"
            defects.append(Defect(f"{name}[{index}]", problem))
    if defects:
        raise InvalidInput(name, defects)
    return tuple(found)
