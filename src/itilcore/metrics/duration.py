"""Durations: from a first known instant to another, in hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import compress
from operator import attrgetter
from typing import Any, Final

from attrs import evolve, field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.incident import Facts, Phase

from .estimate import mean_interval, quantile, quantile_interval
from .metric import Metric, Tally
from .population import BEYOND, CENSORING, MISSING_END, MISSING_END_READS, NEGATIVE, START_UNKNOWN
from .result import DurationResult
from .survival import kaplan_meier_median

__all__ = ["DurationMetric", "PhaseTime"]


def summary(spent: list[float], censored: list[float]) -> dict[str, Any]:
    """The figures of durations in hours.  Both lists are sorted in place."""
    spent.sort()
    censored.sort()
    mean, interval = mean_interval(spent)
    return {
        "mean": mean,
        "interval": interval,
        "median": quantile(spent, 0.5),
        "median_interval": quantile_interval(spent, 0.5),
        "p90": quantile(spent, 0.9),
        "p90_interval": quantile_interval(spent, 0.9),
        "kaplan_meier_median": kaplan_meier_median(spent, censored),
        "censored": len(censored),
    }


@frozen(kw_only=True)
class DurationMetric(Metric):
    """From the first known of ``start`` to the first known of ``end``, columns of `Facts`.

    ``missing`` names the rule that says why an end is not there.  The clock is the wall's,
    unless `in_working_time` or `minus_hold` made it another.
    """

    start: tuple[str, ...]
    end: tuple[str, ...]
    missing: str
    calendar: BusinessCalendar | None = field(default=None, repr=False)
    holds_count: bool = True

    def in_working_time(self, calendar: BusinessCalendar, name: str = "WORKING") -> DurationMetric:
        """The same counted in open time of *calendar*, under a name that ends in *name*.

        >>> from itilcore.metrics import MTTR
        >>> MTTR.in_working_time(BusinessCalendar.always()).name
        'MTTR_WORKING'
        """
        words = f"hours of working time ({calendar!r})"
        return evolve(
            self,
            name=f"{self.name}_{name}",
            definition=self.definition.replace("hours of wall-clock time", words),
            calendar=calendar,
        )

    def minus_hold(self) -> DurationMetric:
        """The same without the time on hold: measured over incidents, whose timelines show it.

        >>> from itilcore.metrics import MTTR
        >>> MTTR.minus_hold().name
        'MTTR_MINUS_HOLD'
        """
        return evolve(
            self,
            name=f"{self.name}_MINUS_HOLD",
            definition=f"{self.definition.rstrip('.')}, time on hold left out.",
            holds_count=False,
            over="incidents",
        )

    @property
    def reads(self) -> tuple[str, ...]:
        """The instants, in the order of the ladders, and what says why one is missing."""
        return tuple(dict.fromkeys((*self.start, *self.end, *MISSING_END_READS[self.missing])))

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        if self.calendar is None and self.holds_count:
            return DurationTally(self, at)
        from .clocked import ClockedTally

        return ClockedTally(self, at)


UNTOLD: Final = -2.0
"""In place of the hours that a calendar cannot tell."""


class DurationTally:
    """Durations by the clock on the wall."""

    def __init__(self, metric: DurationMetric, at: Callable[[], datetime | None]) -> None:
        self._metric = metric
        self._at = at
        self._starts = [attrgetter(name) for name in metric.start]
        self._ends = [attrgetter(name) for name in metric.end]
        self._missing = MISSING_END[metric.missing]
        self.population = 0
        self.spent: list[float] = []
        self.running: list[datetime] = []
        self.excluded: dict[str, int] = {}
        self.rungs: tuple[dict[str, int], dict[str, int]] = ({}, {})

    def add(self, rows: list[Facts]) -> None:
        self.population += len(rows)
        starts = [list(map(get, rows)) for get in self._starts]
        ends = [list(map(get, rows)) for get in self._ends]
        start, end = _first_known(starts), _first_known(ends)
        spent = self.hours(start, end)
        if len(spent) < len(rows):
            self._exclude_unknown(rows, start, end)
        known = spent
        if spent and min(spent) < 0:
            spent = [hours for hours in known if hours >= 0]
            untold = known.count(UNTOLD)
            self.exclude(BEYOND, untold)
            self.exclude(NEGATIVE, len(known) - len(spent) - untold)
        self.spent += spent
        for names, columns, counts in (
            (self._metric.start, starts, self.rungs[0]),
            (self._metric.end, ends, self.rungs[1]),
        ):
            if all(column.count(None) == len(column) for column in columns[:-1]):
                counts[names[-1]] = counts.get(names[-1], 0) + len(spent)
            else:
                lasted = iter(known)
                counted = [
                    a is not None and b is not None and next(lasted) >= 0
                    for a, b in zip(start, end, strict=True)
                ]
                _count_rungs(names, [list(compress(c, counted)) for c in columns], counts)

    def hours(self, starts: list[Any], ends: list[Any]) -> list[float]:
        """How long each lasted of which both are known; less than nothing where it cannot be."""
        return [
            (end - start).total_seconds() / 3600.0
            for start, end in zip(starts, ends, strict=True)
            if start is not None and end is not None
        ]

    def _exclude_unknown(self, rows: list[Facts], starts: list[Any], ends: list[Any]) -> None:
        """Say why, and keep the start of those that still run."""
        unknown = [
            (row, start, end)
            for row, start, end in zip(rows, starts, ends, strict=True)
            if start is None or end is None
        ]
        for row, start, end in unknown:
            if end is None:
                reason = self._missing(row)
                self.exclude(reason)
                if start is not None and reason in CENSORING:
                    self.still_runs(row, start)
            else:
                self.exclude(START_UNKNOWN)

    def still_runs(self, _row: Facts, start: datetime) -> None:
        """Keep what says how long it has lasted."""
        self.running.append(start)

    def lasted(self, at: datetime) -> list[float]:
        """How long those that still run have lasted."""
        return [(at - start).total_seconds() / 3600.0 for start in self.running]

    def exclude(self, reason: str, count: int = 1) -> None:
        if count:
            self.excluded[reason] = self.excluded.get(reason, 0) + count

    def merge(self, other: DurationTally) -> None:
        self.population += other.population
        self.spent += other.spent
        self.running += other.running
        for reason, count in other.excluded.items():
            self.exclude(reason, count)
        for mine, theirs in zip(self.rungs, other.rungs, strict=True):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count

    def result(self, common: dict[str, Any]) -> DurationResult:
        at = self._at()
        running = [] if at is None else [hours for hours in self.lasted(at) if hours >= 0]
        return DurationResult(
            **common,
            population=self.population,
            n=len(self.spent),
            excluded=dict(sorted(self.excluded.items())),
            start_rungs=_rungs(self._metric.start, self.rungs[0]),
            end_rungs=_rungs(self._metric.end, self.rungs[1]),
            **summary(self.spent, running),
        )


def _rungs(names: tuple[str, ...], counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((name, counts.get(name, 0)) for name in names)


def _first_known(columns: list[list[Any]]) -> list[Any]:
    """The first known of several columns, row by row."""
    values = columns[-1]
    for column in reversed(columns[:-1]):
        unknown = column.count(None)
        if not unknown:
            values = column
        elif unknown < len(column):
            values = [b if a is None else a for a, b in zip(column, values, strict=True)]
    return values


def _count_rungs(names: tuple[str, ...], columns: list[list[Any]], counts: dict[str, int]) -> None:
    """Count, where every row has a value, which column it came from."""
    *before, last = names
    for place, name in enumerate(before):
        left = len(columns[place])
        unknown = columns[place].count(None)
        counts[name] = counts.get(name, 0) + left - unknown
        if unknown < left:
            rest = [value is None for value in columns[place]]
            columns = [list(compress(column, rest)) for column in columns]
    counts[last] = counts.get(last, 0) + len(columns[-1])


@frozen(kw_only=True)
class PhaseTime(Metric):
    """The time that resolved incidents spent in one phase, all stays added up."""

    phase: Phase

    @property
    def reads(self) -> tuple[str, ...]:
        """The phase it ended in, and the seconds in each."""
        spent = ("open", "active", "waiting", "resolved", "unknown")
        own = f"{self.phase.value}_seconds"
        return tuple(dict.fromkeys((own, "phase", *(f"{name}_seconds" for name in spent))))

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _PhaseTally(self.phase)


class _PhaseTally:
    def __init__(self, phase: Phase) -> None:
        self._seconds_in = attrgetter(f"{phase.value}_seconds")
        self._ended = phase is Phase.RESOLVED
        self.population = 0
        self.spent: list[float] = []
        self.excluded: dict[str, int] = {}

    def add(self, rows: list[Facts]) -> None:
        self.population += len(rows)
        for row in rows:
            reason = self._reason(row)
            if reason is None:
                self.spent.append(self._seconds_in(row) / 3600.0)
            else:
                self.excluded[reason] = self.excluded.get(reason, 0) + 1

    def _reason(self, row: Facts) -> str | None:
        if self._ended and (row.phase is None or not row.phase.is_end):
            return "not closed yet"
        if not self._ended and (row.phase is None or row.phase.is_unresolved):
            return "not resolved yet"
        known = row.open_seconds + row.active_seconds + row.waiting_seconds + row.resolved_seconds
        if not known and row.unknown_seconds:
            return "statuses before the end unknown"
        return None

    def merge(self, other: _PhaseTally) -> None:
        self.population += other.population
        self.spent += other.spent
        for reason, count in other.excluded.items():
            self.excluded[reason] = self.excluded.get(reason, 0) + count

    def result(self, common: dict[str, Any]) -> DurationResult:
        return DurationResult(
            **common,
            population=self.population,
            n=len(self.spent),
            excluded=dict(sorted(self.excluded.items())),
            **summary(self.spent, []),
        )
