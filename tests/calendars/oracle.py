"""An oracle that counts minute by minute, from the plain settings and not from the library.

An instant is open exactly when its wall-clock time lies in a shift of its date, or in the tail
of a shift of the calendar day before, and in no closure.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
Minutes = tuple[int, int]
"""Opening and closing in minutes after midnight; a closing that is not later is the next day's."""


@frozen
class Settings:
    """What makes a calendar, as plain values."""

    tz: str
    week: tuple[tuple[Minutes, ...], ...]
    holidays: frozenset[date] = frozenset()
    yearly: tuple[tuple[int, int], ...] = ()
    special: tuple[tuple[date, tuple[tuple[Minutes, ...], bool]], ...] = ()
    closures: tuple[tuple[datetime, datetime], ...] = ()
    seasons: tuple[
        tuple[tuple[int, int], tuple[int, int], tuple[tuple[Minutes, ...], ...]], ...
    ] = ()
    _zone: Any = field(init=False, eq=False, repr=False)
    _days: dict[date, tuple[Minutes, ...]] = field(init=False, factory=dict, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_zone", ZoneInfo(self.tz))

    def shifts(self, day: date) -> tuple[Minutes, ...]:
        """The shifts that open on a date."""
        if day not in self._days:
            self._days[day] = self._shifts(day)
        return self._days[day]

    def _shifts(self, day: date) -> tuple[Minutes, ...]:
        special = dict(self.special).get(day)
        holiday = day in self.holidays or (day.month, day.day) in self.yearly
        if special is not None and special[1]:
            return special[0]
        if holiday:
            return ()
        if special is not None:
            return special[0]
        for first, last, week in self.seasons:
            here = (day.month, day.day)
            inside = first <= here <= last if first <= last else here >= first or here <= last
            if inside:
                return week[day.weekday()]
        return self.week[day.weekday()]

    def is_open(self, at: datetime) -> bool:
        """Whether the instant *at* is open."""
        wall = at.astimezone(self._zone).replace(tzinfo=None)
        if any(start <= wall < end for start, end in self.closures):
            return False
        for day in (wall.date(), wall.date() - DAY):
            midnight = datetime.combine(day, datetime.min.time())
            for opens, closes in self.shifts(day):
                length = closes - opens if closes > opens else closes - opens + 1440
                start = midnight + opens * MINUTE
                if start <= wall < start + length * MINUTE:
                    return True
        return False


def minutes(start: datetime, end: datetime) -> list[datetime]:
    """The minutes from *start* up to *end*, in UTC."""
    at, found = start.astimezone(UTC), []
    until = end.astimezone(UTC)
    while at < until:
        found.append(at)
        at += MINUTE
    return found


def runs(opened: list[bool], start: datetime) -> list[tuple[datetime, datetime]]:
    """The stretches of minutes that are open, from *start* on."""
    found: list[tuple[datetime, datetime]] = []
    at = start.astimezone(UTC)
    for is_open in opened:
        if is_open and found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + MINUTE)
        elif is_open:
            found.append((at, at + MINUTE))
        at += MINUTE
    return found
