"""The open time of a calendar as a table: prefix sums over spans, a bisection an answer.

Years are added as questions touch them.  ``before[i]`` is the open time up to the start of
span ``i``, ``reached[i]`` up to its end, both counted from a fixed instant, so that a table
that grows to the left keeps its counts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Final

from itilcore.errors import EndlessSearch, UnknownYear

from .instant import EPOCH, FIRST_YEAR, LAST_YEAR, datetime_like, year_start
from .rules import Known
from .spans import Spans

__all__ = ["Table"]

_OUTERMOST: Final = (year_start(1), year_start(10_000) - 1)

_PATIENCE: Final = 50
"""Years without open time after which a search gives up: a rule of a weekday in a leap year
comes back within 40."""


class Table:
    """What a calendar answers from; grows, and is never part of its value."""

    __slots__ = (
        "_explicit",
        "_year",
        "before",
        "ends",
        "first",
        "high",
        "known",
        "last",
        "low",
        "reached",
        "starts",
    )

    def __init__(
        self, year: Callable[[int], Spans], known: Known, explicit: tuple[int, int] | None
    ) -> None:
        self._year = year
        self.known = known
        self._explicit = explicit
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.before: list[int] = []
        self.reached: list[int] = []
        self.low = self.high = 0
        self.first = self.last = 0

    def cover(self, at: int, *, edge: bool = True) -> None:
        """Have the years up to that of *at*; with *edge* the very end of what is known does."""
        low, high = self.known
        if not (low <= at < high or (edge and at == high)):
            years = [_year_of(limit) for limit in (low, high - 1)]
            raise UnknownYear(_year_of(at), years[0], years[1])
        year = _year_of(min(at, high - 1))
        if not self.first:
            self.first, self.last = year, year - 1
            self.low = self.high = max(year_start(year), low)
        while self.last < year:
            self._append(self.last + 1)
        if year < self.first:
            self._prepend(year)

    def _append(self, year: int) -> None:
        low, high = self.known
        starts, ends, before, reached = self.starts, self.ends, self.before, self.reached
        total = reached[-1] if reached else 0
        for opens, closes in self._year(year):
            start, end = max(opens, low), min(closes, high)
            if start >= end:
                continue
            if ends and ends[-1] == start:
                ends[-1] = end
                total += end - start
                reached[-1] = total
                continue
            starts.append(start)
            ends.append(end)
            before.append(total)
            total += end - start
            reached.append(total)
        self.last = year
        self.high = min(year_start(year + 1), high)

    def _prepend(self, year: int) -> None:
        older = Table(self._year, self.known, self._explicit)
        older.first, older.last = year, year - 1
        while older.last < self.first - 1:
            older._append(older.last + 1)
        starts, ends = older.starts, older.ends
        if ends and self.starts and ends[-1] == self.starts[0]:
            ends[-1] = self.ends[0]
            del self.starts[0], self.ends[0]
        count = self.before[0] if self.before else 0
        opened = older.reached[-1] if older.reached else 0
        self.starts = starts + self.starts
        self.ends = ends + self.ends
        total = count - opened
        self.before, self.reached = [], []
        for start, end in zip(self.starts, self.ends, strict=True):
            self.before.append(total)
            total += end - start
            self.reached.append(total)
        self.first = year
        self.low = max(year_start(year), self.known[0])

    def count(self, at: int) -> int:
        """The open time up to *at*, from wherever the table counts."""
        if not self.low <= at < self.high:
            self.cover(at)
        place = bisect_right(self.starts, at) - 1
        if place < 0:
            return self.before[0] if self.before else 0
        end = self.ends[place]
        return self.reached[place] if at >= end else self.reached[place] - end + at

    def soonest(self, count: int, since: int) -> int:
        """The first instant by which the open time has reached *count*."""
        while not self.reached or self.reached[-1] < count:
            self._later(since, count)
        place = bisect_left(self.reached, count)
        return self.starts[place] + count - self.before[place]

    def latest(self, count: int, since: int) -> int:
        """The last instant at which the open time is no more than *count*: an open one."""
        while not self.reached or self.reached[-1] <= count:
            self._later(since, count)
        while self.before[0] > count:
            self._earlier(since, count)
        place = bisect_right(self.before, count) - 1
        return self.starts[place] + count - self.before[place]

    def is_open(self, at: int) -> bool:
        """Whether *at* is open."""
        if not self.low <= at < self.high:
            self.cover(at, edge=False)
        place = bisect_right(self.starts, at) - 1
        return place >= 0 and at < self.ends[place]

    def next_open(self, at: int) -> int:
        """The first open instant from *at* on."""
        return at if self.is_open(at) else self.latest(self.count(at), at)

    def next_close(self, at: int) -> int:
        """The first closing instant after *at*."""
        self.cover(at, edge=False)
        while True:
            place = bisect_right(self.ends, at)
            # What is open where the table ends may go on: nobody knows yet.
            if place < len(self.ends) and self.ends[place] < self.high:
                return self.ends[place]
            if self.last - _year_of(at) > _PATIENCE and place < len(self.ends):
                raise _endless("closing", at, self.high)
            self._later(at, self.reached[-1] if self.reached else 0)

    def previous_close(self, at: int) -> int:
        """The closing instant that is the last one before *at* or at it."""
        self.cover(at)
        while True:
            place = bisect_right(self.ends, at) - 1
            if place >= 0:
                return self.ends[place]
            self._earlier(at, self.before[0] if self.before else 0)

    def spans(self, low: int, high: int) -> Spans:
        """The open time between two instants, in its order."""
        for at in (low, high):
            if not self.low <= at < self.high:
                self.cover(at)
        first = bisect_right(self.ends, low)
        last = bisect_left(self.starts, high)
        return [
            (max(self.starts[place], low), min(self.ends[place], high))
            for place in range(first, last)
        ]

    def _later(self, since: int, count: int) -> None:
        """Have another year to the right; raises `EndlessSearch` where there is no hope."""
        known = self.known[1]
        if self.high >= known:
            if known < year_start(LAST_YEAR + 1):
                raise UnknownYear(self.last + 1, _year_of(self.known[0]), _year_of(known - 1))
            raise _endless("open time", since, self.high)
        reached = self.reached[-1] if self.reached else 0
        barren = self.last - _year_of(self.ends[-1] if self.ends else since)
        named = self._explicit[1] if self._explicit else self.first
        if barren > _PATIENCE and self.last >= named:
            raise _endless("open time", since, self.high)
        if count - reached > year_start(LAST_YEAR + 1) - self.high:
            raise _endless("open time", since, year_start(LAST_YEAR + 1) - 1)
        self._append(self.last + 1)

    def _earlier(self, since: int, count: int) -> None:
        """Have another year to the left; raises `EndlessSearch` where there is no hope."""
        known = self.known[0]
        if self.low <= known:
            if known > year_start(FIRST_YEAR):
                raise UnknownYear(self.first - 1, _year_of(known), _year_of(self.known[1] - 1))
            raise _endless("open time", self.low, since)
        barren = _year_of(self.starts[0] if self.starts else since) - self.first
        named = self._explicit[0] if self._explicit else self.last
        if barren > _PATIENCE and self.first <= named:
            raise _endless("open time", self.low, since)
        if (self.before[0] if self.before else 0) - count > self.low - year_start(FIRST_YEAR):
            raise _endless("open time", year_start(FIRST_YEAR), since)
        self._prepend(max(self.first - max(1, (self.last - self.first) // 2), FIRST_YEAR))


def _year_of(at: int) -> int:
    # The first and the last hours of local time lie beyond the years that UTC has.
    return datetime_like(min(max(at, _OUTERMOST[0]), _OUTERMOST[1]), EPOCH).year


def _endless(sought: str, since: int, until: int) -> EndlessSearch:
    return EndlessSearch(sought, datetime_like(since, EPOCH), datetime_like(until, EPOCH))
