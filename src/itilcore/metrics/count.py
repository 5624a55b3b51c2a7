"""Counts per incident, the backlog, and one total as a share of another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any

from attrs import frozen

from itilcore.incident import Facts, Phase

from .estimate import mean_interval, quantile
from .metric import Metric, Tally
from .population import NEGATIVE, START_UNKNOWN, no_acknowledgement, no_resolution
from .result import BacklogResult, CountResult, RatioResult

__all__ = ["BacklogMetric", "CountMetric", "RatioMetric"]


class _Excluding:
    """What the tallies of this module share: a population and what was left out of it."""

    def __init__(self) -> None:
        self.population = 0
        self.excluded: dict[str, int] = {}

    def exclude(self, reason: str, count: int = 1) -> None:
        self.excluded[reason] = self.excluded.get(reason, 0) + count

    def merge_counts(self, other: _Excluding) -> None:
        self.population += other.population
        for reason, count in other.excluded.items():
            self.exclude(reason, count)

    def counted(self, common: dict[str, Any], n: int) -> dict[str, Any]:
        return {
            **common,
            "population": self.population,
            "n": n,
            "excluded": dict(sorted(self.excluded.items())),
        }


@frozen(kw_only=True)
class CountMetric(Metric):
    """How often something happened to an incident: ``column`` of `Facts`, a count."""

    column: str
    unknown: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The column that counts."""
        return (self.column,)

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _CountTally(self)


class _CountTally(_Excluding):
    def __init__(self, metric: CountMetric) -> None:
        super().__init__()
        self._unknown = metric.unknown
        self._get = attrgetter(metric.column)
        self.counts: dict[int, int] = {}

    def add(self, rows: list[Facts]) -> None:
        self.population += len(rows)
        for value in map(self._get, rows):
            if value is None:
                self.exclude(self._unknown)
            else:
                self.counts[value] = self.counts.get(value, 0) + 1

    def merge(self, other: _CountTally) -> None:
        self.merge_counts(other)
        for value, count in other.counts.items():
            self.counts[value] = self.counts.get(value, 0) + count

    def result(self, common: dict[str, Any]) -> CountResult:
        ordered: list[float] = []
        for value in sorted(self.counts):
            ordered += [float(value)] * self.counts[value]
        mean, interval = mean_interval(ordered)
        return CountResult(
            **self.counted(common, len(ordered)),
            total=sum(value * count for value, count in self.counts.items()) if ordered else None,
            mean=mean,
            interval=interval,
            median=quantile(ordered, 0.5),
            p90=quantile(ordered, 0.9),
            most=max(self.counts) if self.counts else None,
        )


@frozen(kw_only=True)
class BacklogMetric(Metric):
    """How many incidents are unresolved at the instant of the measurement, and how old."""

    @property
    def reads(self) -> tuple[str, ...]:
        """What says that it is unresolved, and since when it is there."""
        return ("phase", "logged_at", "resolved_at")

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _BacklogTally(at)


class _BacklogTally(_Excluding):
    def __init__(self, at: Callable[[], datetime | None]) -> None:
        super().__init__()
        self._at = at
        self.logged: list[datetime | None] = []

    def add(self, rows: list[Facts]) -> None:
        self.population += len(rows)
        for row in rows:
            phase = row.phase
            if phase is Phase.CANCELLED:
                self.exclude("cancelled")
            elif phase is Phase.CLOSED:
                self.exclude("closed")
            elif phase is Phase.RESOLVED or row.resolved_at is not None:
                self.exclude("resolved")
            else:
                self.logged.append(row.logged_at)

    def merge(self, other: _BacklogTally) -> None:
        self.merge_counts(other)
        self.logged += other.logged

    def result(self, common: dict[str, Any]) -> BacklogResult:
        at = self._at()
        ages = sorted(
            (at - logged).total_seconds() / 3600.0
            for logged in self.logged
            if logged is not None and at is not None
        )
        return BacklogResult(
            **self.counted(common, len(self.logged)),
            mean_age=mean_interval(ages)[0],
            median_age=quantile(ages, 0.5),
            p90_age=quantile(ages, 0.9),
            oldest_age=ages[-1] if ages else None,
        )


@frozen(kw_only=True)
class RatioMetric(Metric):
    """The time to acknowledge as a share of the time to resolve: totals over totals."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The three instants, and what says why one is missing."""
        instants = ("logged_at", "acknowledged_at", "resolved_at")
        return (*instants, "phase", "closed_unresolved", "acknowledgement_known")

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _RatioTally()


class _RatioTally(_Excluding):
    def __init__(self) -> None:
        super().__init__()
        self.part: list[float] = []
        self.whole: list[float] = []

    def add(self, rows: list[Facts]) -> None:
        self.population += len(rows)
        for row in rows:
            logged, taken, resolved = row.logged_at, row.acknowledged_at, row.resolved_at
            if resolved is None:
                self.exclude(no_resolution(row))
            elif taken is None:
                self.exclude(no_acknowledgement(row))
            elif logged is None:
                self.exclude(START_UNKNOWN)
            elif taken < logged or resolved < taken:
                self.exclude(NEGATIVE)
            else:
                self.part.append((taken - logged).total_seconds())
                self.whole.append((resolved - logged).total_seconds())

    def merge(self, other: _RatioTally) -> None:
        self.merge_counts(other)
        self.part += other.part
        self.whole += other.whole

    def result(self, common: dict[str, Any]) -> RatioResult:
        part, whole = sum(self.part), sum(self.whole)
        return RatioResult(
            **self.counted(common, len(self.part)),
            part=part / 3600.0 if self.part else None,
            whole=whole / 3600.0 if self.part else None,
            value=part / whole if whole else None,
        )
