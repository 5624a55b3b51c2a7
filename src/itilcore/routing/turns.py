"""Turns: stretches of whole days by the wall clock of a zone, numbered from 0."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from attrs import frozen

from itilcore.calendars import resolve_local
from itilcore.errors import Defect, InvalidInput, UnknownYear

__all__ = ["Turns", "require_known", "turn_defects"]

_YEARS: Final = (1600, 4000)
"""The years that business calendars know."""

_END: Final = datetime(_YEARS[1] + 1, 1, 1, tzinfo=UTC)

_MOST_DAYS: Final = 100_000
_SECOND: Final = timedelta(seconds=1)


def _first_shown(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the clock of *zone* shows *wall* or later, in UTC.

    A time that comes twice is the first of the two, one that a gap skips is the gap's end.
    """
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return first
    # In a gap it is the other way round, and the clock jumps between the two.
    low, high = second, first
    while high - low > _SECOND:
        middle = low + (high - low) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            low = middle
        else:
            high = middle
    return high


@frozen
class Turns:
    """Turns of ``turn_days`` days, the first on the date ``first``, each from ``handover`` on.

    >>> turns = Turns(date(2026, 3, 28), time(2, 30), "Europe/Berlin", 1)
    >>> turns.begins(0).isoformat(), turns.begins(1).isoformat()  # 02:30 and 03:00
    ('2026-03-28T01:30:00+00:00', '2026-03-29T01:00:00+00:00')
    """

    first: date
    handover: time
    tz: str
    turn_days: int

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone whose wall clock counts."""
        return ZoneInfo(self.tz)

    @cached_property
    def start(self) -> datetime:
        """When the first turn begins, in UTC."""
        return self.begins(0)

    def date_of(self, turn: int) -> date:
        """The date on which a turn begins, by the clock of the zone."""
        return self.first + timedelta(days=turn * self.turn_days)

    def begins(self, turn: int) -> datetime:
        """When a turn begins, in UTC."""
        return _first_shown(datetime.combine(self.date_of(turn), self.handover), self.zone)

    def on(self, when: date) -> int:
        """The turn that begins on a date on which one does."""
        return (when - self.first).days // self.turn_days

    def at(self, moment: datetime) -> int:
        """The turn at a moment that is not before the first: the last that has begun."""
        local = moment.astimezone(self.zone)
        days = local.toordinal() - self.first.toordinal()
        if not local.fold:
            turn, day = divmod(days, self.turn_days)
            return turn if day or local.time() >= self.handover else turn - 1
        # The clock was put back, by a day at most: it may show less than when the turn began.
        turn = (days + 1) // self.turn_days
        while self.begins(turn) > moment:
            turn -= 1
        return turn


def require_known(at: datetime, *, edge: bool = False) -> None:
    """Raise `itilcore.errors.UnknownYear` after the years that are known.

    With *edge* their very end is known as well.

    >>> require_known(datetime(4001, 1, 1, tzinfo=UTC), edge=True)
    >>> require_known(datetime(4001, 1, 1, tzinfo=UTC))
    Traceback (most recent call last):
    itilcore.errors.UnknownYear: 4001 is outside the years 1600 to 4000 that the calendar knows
    """
    if at > _END or (at == _END and not edge):
        raise UnknownYear(at.year, *_YEARS)


def turn_defects(
    first: object, handover: object, tz: object, turn_days: object
) -> Iterator[Defect]:
    """Why there are no such turns.

    >>> print(*turn_defects(date(2026, 1, 5), time(9), "Europe/Berlin", 0))
    turn_days: is 0: give a whole number of days from 1 to 100,000
    """
    if type(first) is not date or not _YEARS[0] <= first.year <= _YEARS[1]:
        problem = f"give a date of the years {_YEARS[0]} to {_YEARS[1]}"
        yield Defect("first", f"is {first!r:.60}: {problem}")
    if type(handover) is not time or handover.tzinfo is not None or handover.microsecond:
        problem = "give a time of day to the second, without a zone"
        yield Defect("handover", f"is {handover!r:.60}: {problem}")
    if not isinstance(tz, str):
        yield Defect("tz", f"is {tz!r:.60}: give a name such as 'Europe/Berlin'")
    else:
        try:
            resolve_local(datetime(2000, 1, 1), tz)  # noqa: DTZ001 - a wall-clock time is meant
        except InvalidInput as error:
            yield from (Defect("tz", each.problem) for each in error.defects)
    if type(turn_days) is not int or not 1 <= turn_days <= _MOST_DAYS:
        problem = f"give a whole number of days from 1 to {_MOST_DAYS:,}"
        yield Defect("turn_days", f"is {turn_days!r:.60}: {problem}")
