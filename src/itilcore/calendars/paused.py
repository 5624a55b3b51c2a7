"""A table with pauses taken out: the same questions, answered by the table beneath."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime

from .instant import micros
from .interval import Interval, as_intervals
from .spans import Spans, joined, without
from .table import Table

__all__ = ["Paused", "Pauses"]

Pauses = Iterable[Interval | tuple[datetime, datetime]]
"""Intervals, or pairs of instants, in any order; they may overlap."""


class Paused:
    """The open time of a table outside pauses.

    ``_counts[i]`` is the open and unpaused time up to pause ``i``, ``_paused[i]`` the open
    time inside the pauses before it.
    """

    __slots__ = ("_counts", "_paused", "_pauses", "_table")

    def __init__(self, table: Table, pauses: Pauses) -> None:
        self._table = table
        self._pauses = joined(
            sorted(
                (micros("start", pause.start), micros("end", pause.end))
                for pause in as_intervals("pauses", pauses)
                if pause
            )
        )
        for pause in self._pauses:  # a table that has grown keeps its counts
            table.count(pause[0])
            table.count(pause[1])
        self._counts: list[int] = []
        self._paused: list[int] = [0]
        for start, end in self._pauses:
            opened = table.count(start)
            self._counts.append(opened - self._paused[-1])
            self._paused.append(self._paused[-1] + table.count(end) - opened)

    def count(self, at: int) -> int:
        """The open and unpaused time up to *at*."""
        place = bisect_right(self._pauses, (at, at)) - 1
        if place >= 0 and at <= self._pauses[place][1]:
            return self._counts[place]
        return self._table.count(at) - self._paused[place + 1]

    def soonest(self, count: int, since: int) -> int:
        """As of the table."""
        place = bisect_left(self._counts, count)
        return self._table.soonest(count + self._paused[place], since)

    def latest(self, count: int, since: int) -> int:
        """As of the table."""
        place = bisect_right(self._counts, count)
        return self._table.latest(count + self._paused[place], since)

    def _pause(self, at: int) -> tuple[int, int] | None:
        place = bisect_right(self._pauses, at, key=lambda pause: pause[0]) - 1
        return self._pauses[place] if place >= 0 and at < self._pauses[place][1] else None

    def is_open(self, at: int) -> bool:
        """Whether *at* is open and in no pause."""
        return self._table.is_open(at) and self._pause(at) is None

    def next_open(self, at: int) -> int:
        """The first open instant from *at* on."""
        return at if self.is_open(at) else self.latest(self.count(at), at)

    def next_close(self, at: int) -> int:
        """The first instant after *at* at which open time ends: by a closing or a pause."""
        opened = self.next_open(at)
        place = bisect_right(self._pauses, opened, key=lambda pause: pause[0])
        if place < len(self._pauses):
            # An end of the table's is looked for only where no pause comes first.
            first = self._pauses[place][0]
            spans = self._table.spans(opened, first)
            return min(first, spans[0][1])
        return self._table.next_close(opened)

    def spans(self, low: int, high: int) -> Spans:
        """The open and unpaused time between two instants."""
        return without(self._table.spans(low, high), self._pauses)
