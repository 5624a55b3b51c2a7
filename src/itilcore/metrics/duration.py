"""Durations: from a first known instant to another, in hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any

from attrs import frozen

from itilcore.incident import Facts, Phase

from .estimate import mean_interval, quantile, quantile_interval
from .metric import Metric, Tally
from .population import CENSORING, MISSING_END, NEGATIVE, START_UNKNOWN
from .result import DurationResult
from .survival import kaplan_meier_median

__all__ = ["DurationMetric", "PhaseTime"]


def summary(seconds: list[float], censored: list[float]) -> dict[str, Any]:
    """The figures of durations in seconds, in hours.  Both lists are sorted in place."""
    seconds.sort()
    censored.sort()
    ordered = [value / 3600.0 for value in seconds]
    waiting = [value / 3600.0 for value in censored]
    mean, interval = mean_interval(ordered)
    return {
        "mean": mean,
        "interval": interval,
        "median": quantile(ordered, 0.5),
        "median_interval": quantile_interval(ordered, 0.5),
        "p90": quantile(ordered, 0.9),
        "p90_interval": quantile_interval(ordered, 0.9),
        "kaplan_meier_median": kaplan_meier_median(ordered, waiting),
        "censored": len(waiting),
    }


@frozen(kw_only=True)
class DurationMetric(Metric):
    """From the first known of ``start`` to the first known of ``end``, columns of `Facts`.

    ``missing`` names the rule that says why an end is not there.  The clock is the wall's.
    """

    start: tuple[str, ...]
    end: tuple[str, ...]
    missing: str

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _DurationTally(self, at)


class _DurationTally:
    def __init__(self, metric: DurationMetric, at: Callable[[], datetime | None]) -> None:
        self._metric = metric
        self._at = at
        self._starts = [attrgetter(name) for name in metric.start]
        self._ends = [attrgetter(name) for name in metric.end]
        self._missing = MISSING_END[metric.missing]
        self.population = 0
        self.seconds: list[float] = []
        self.running: list[datetime] = []
        self.excluded: dict[str, int] = {}
        self.rungs: tuple[dict[str, int], dict[str, int]] = ({}, {})

    def add(self, rows: list[Facts]) -> None:
        self.population += len(rows)
        starts = _ladder(self._starts, rows)
        ends = _ladder(self._ends, rows)
        if None in ends or None in starts:
            rows, starts, ends = self._known(rows, starts, ends)
        spent = [(end - start).total_seconds() for start, end in zip(starts, ends, strict=True)]
        if spent and min(spent) < 0:
            self._exclude(NEGATIVE, sum(1 for seconds in spent if seconds < 0))
            rows = [row for row, seconds in zip(rows, spent, strict=True) if seconds >= 0]
            spent = [seconds for seconds in spent if seconds >= 0]
        self.seconds += spent
        self._count_rungs(rows)

    def _known(self, rows: list[Facts], starts: list[Any], ends: list[Any]) -> tuple[Any, Any, Any]:
        """Only what has both; the others are excluded, and censored where they still run."""
        kept = []
        for row, start, end in zip(rows, starts, ends, strict=True):
            if end is None:
                reason = self._missing(row)
                self._exclude(reason)
                if start is not None and reason in CENSORING:
                    self.running.append(start)
            elif start is None:
                self._exclude(START_UNKNOWN)
            else:
                kept.append((row, start, end))
        return tuple(map(list, zip(*kept, strict=True))) if kept else ([], [], [])

    def _exclude(self, reason: str, count: int = 1) -> None:
        self.excluded[reason] = self.excluded.get(reason, 0) + count

    def _count_rungs(self, rows: list[Facts]) -> None:
        for names, getters, counts in (
            (self._metric.start, self._starts, self.rungs[0]),
            (self._metric.end, self._ends, self.rungs[1]),
        ):
            left = rows
            for name, get in zip(names, getters, strict=True):
                if not left:
                    break
                if name == names[-1]:
                    counts[name] = counts.get(name, 0) + len(left)
                    break
                without = [row for row in left if get(row) is None]
                counts[name] = counts.get(name, 0) + len(left) - len(without)
                left = without

    def merge(self, other: _DurationTally) -> None:
        self.population += other.population
        self.seconds += other.seconds
        self.running += other.running
        for reason, count in other.excluded.items():
            self._exclude(reason, count)
        for mine, theirs in zip(self.rungs, other.rungs, strict=True):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count

    def result(self, common: dict[str, Any]) -> DurationResult:
        at = self._at()
        waiting = [
            seconds
            for start in self.running
            if at is not None and (seconds := (at - start).total_seconds()) >= 0
        ]
        return DurationResult(
            **common,
            population=self.population,
            n=len(self.seconds),
            excluded=dict(sorted(self.excluded.items())),
            start_rungs=_rungs(self._metric.start, self.rungs[0]),
            end_rungs=_rungs(self._metric.end, self.rungs[1]),
            **summary(self.seconds, waiting),
        )


def _rungs(names: tuple[str, ...], counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((name, counts.get(name, 0)) for name in names)


def _ladder(getters: list[Callable[[Facts], Any]], rows: list[Facts]) -> list[Any]:
    """The first known of several columns, row by row."""
    values = list(map(getters[-1], rows))
    for get in reversed(getters[:-1]):
        values = [b if a is None else a for a, b in zip(map(get, rows), values, strict=True)]
    return values


@frozen(kw_only=True)
class PhaseTime(Metric):
    """The time that resolved incidents spent in one phase, all stays added up."""

    phase: Phase

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _PhaseTally(self.phase)


class _PhaseTally:
    def __init__(self, phase: Phase) -> None:
        self._seconds_in = attrgetter(f"{phase.value}_seconds")
        self._ended = phase is Phase.RESOLVED
        self.population = 0
        self.seconds: list[float] = []
        self.excluded: dict[str, int] = {}

    def add(self, rows: list[Facts]) -> None:
        self.population += len(rows)
        for row in rows:
            reason = self._reason(row)
            if reason is None:
                self.seconds.append(self._seconds_in(row))
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
        self.seconds += other.seconds
        for reason, count in other.excluded.items():
            self.excluded[reason] = self.excluded.get(reason, 0) + count

    def result(self, common: dict[str, Any]) -> DurationResult:
        return DurationResult(
            **common,
            population=self.population,
            n=len(self.seconds),
            excluded=dict(sorted(self.excluded.items())),
            **summary(self.seconds, []),
        )
