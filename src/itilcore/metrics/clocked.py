"""Durations by another clock than the wall's: working time, and time on hold left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from itilcore.calendars import BusinessCalendar
from itilcore.errors import UnknownYear
from itilcore.incident import Facts, Incident, Phase, stays

from .duration import UNTOLD, DurationMetric, DurationTally

__all__ = ["ClockedTally", "holds"]

_HOUR = timedelta(hours=1)
Hold = tuple[datetime, datetime | None]


def holds(incident: Incident) -> tuple[Hold, ...]:
    """The stays on hold of *incident*, as pairs of instants; ``None`` ends one that lasts."""
    return tuple(
        (stay.start, stay.end)
        for stay in stays(incident.timeline)
        if stay.status.phase is Phase.WAITING
    )


def _until(held: tuple[Hold, ...], until: datetime) -> list[tuple[datetime, datetime]]:
    pairs = [(start, until if end is None else end) for start, end in held]
    return [(start, end) for start, end in pairs if start < end]


class ClockedTally(DurationTally):
    """The same as `DurationTally` by the clock of its metric.

    A row without a timeline is left out where holds are: they are not known.
    """

    def __init__(self, metric: DurationMetric, at: Callable[[], datetime | None]) -> None:
        super().__init__(metric, at)
        self._calendar = metric.calendar or BusinessCalendar.always()
        self._holds_count = metric.holds_count
        self._held: list[tuple[Hold, ...]] = []
        self._running: list[tuple[datetime, tuple[Hold, ...]]] = []
        self._by_row: dict[int, tuple[Hold, ...]] = {}

    def add(self, rows: list[Any]) -> None:
        """Take rows in, or incidents where holds are left out."""
        if self._holds_count:
            self._held = [()] * len(rows)
            super().add(rows)
            return
        known = [item for item in rows if isinstance(item, Incident)]
        facts_only = len(rows) - len(known)
        if facts_only:
            self.population += facts_only
            self.exclude("holds unknown: measure the incidents themselves", facts_only)
        if known:
            self._held = [holds(incident) for incident in known]
            facts = [incident.facts for incident in known]
            self._by_row = {id(row): held for row, held in zip(facts, self._held, strict=True)}
            super().add(facts)

    def hours(self, starts: list[Any], ends: list[Any]) -> list[float]:
        """How long each lasted of which both are known, by the clock."""
        found = []
        for start, end, held in zip(starts, ends, self._held, strict=True):
            if start is None or end is None:
                continue
            if end < start:
                found.append(-1.0)  # backwards, whatever the clock shows
            else:
                found.append(self._elapsed(start, end, held))
        return found

    def _elapsed(self, start: datetime, end: datetime, held: tuple[Hold, ...]) -> float:
        """The hours by the clock: an old row of an export ends no report."""
        try:
            return self._calendar.elapsed(start, end, pauses=_until(held, end)) / _HOUR
        except UnknownYear:
            return UNTOLD

    def still_runs(self, row: Facts, start: datetime) -> None:
        """Keep its start and its holds."""
        self._running.append((start, self._by_row.get(id(row), ())))

    def lasted(self, at: datetime) -> list[float]:
        """How long those that still run have lasted, by the clock."""
        return [self._elapsed(start, at, held) for start, held in self._running if start <= at]

    def merge(self, other: Any) -> None:
        """Take in what another gathered."""
        super().merge(other)
        self._running += other._running
