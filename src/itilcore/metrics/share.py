"""Shares: of the incidents that count, how many meet a criterion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve, frozen

from itilcore.incident import Facts

from .estimate import wilson
from .metric import Metric, Tally
from .population import CRITERIA, CRITERIA_READ, MISSING_END_READS, WINDOW_READS, no_resolution
from .result import MixResult, ShareResult

__all__ = ["MixMetric", "ShareMetric"]


@frozen(kw_only=True)
class ShareMetric(Metric):
    """The share of incidents that meet ``criterion``, by its name.

    With ``of_resolved`` only those count that were resolved at least once; the others are
    excluded.  ``window`` bounds the time after the first resolution in which a reopening counts.
    """

    criterion: str
    of_resolved: bool = True
    window: timedelta | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """What the criterion reads, and what says whether it was resolved."""
        resolved = ("first_resolved_at", *MISSING_END_READS["resolution"])
        own = CRITERIA_READ[self.criterion]
        if self.window is None:
            own = tuple(name for name in own if name not in WINDOW_READS)
        return tuple(dict.fromkeys((*own, *(resolved if self.of_resolved else ()))))

    def within(self, window: timedelta) -> ShareMetric:
        """The same share, counting only reopenings within *window* of the first resolution.

        >>> from itilcore.metrics import REOPEN_RATE
        >>> REOPEN_RATE.within(timedelta(days=7)).name
        'REOPEN_RATE_WITHIN_7_DAYS'
        """
        days = f"{window / timedelta(days=1):g}"
        return evolve(
            self,
            name=f"{self.name}_WITHIN_{days}_DAYS",
            definition=f"{self.definition.rstrip('.')}, within {days} days of that resolution.",
            window=window,
        )

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _ShareTally(self, at)


class _ShareTally:
    def __init__(self, metric: ShareMetric, at: Callable[[], datetime | None]) -> None:
        self._metric = metric
        self._at = at
        self._criterion = CRITERIA[metric.criterion]
        self.population = 0
        self.met = 0
        self.unmet = 0
        self.excluded: dict[str, int] = {}
        self.waiting: list[datetime] = []

    def add(self, rows: list[Facts]) -> None:
        self.population += len(rows)
        criterion, window = self._criterion, self._metric.window
        if self._metric.of_resolved:
            unresolved = [row for row in rows if row.first_resolved_at is None]
            if unresolved:
                for row in unresolved:
                    self._exclude(no_resolution(row))
                rows = [row for row in rows if row.first_resolved_at is not None]
        verdicts = [criterion(row, window) for row in rows]
        met, unmet = verdicts.count(True), verdicts.count(False)
        self.met += met
        self.unmet += unmet
        if met + unmet < len(rows):
            for verdict in verdicts:
                if isinstance(verdict, str):
                    self._exclude(verdict)
        if window is not None:
            self.waiting += [
                row.first_resolved_at
                for row, verdict in zip(rows, verdicts, strict=True)
                if not row.reopenings
                and row.first_resolved_at is not None
                and not isinstance(verdict, str)
            ]

    def _exclude(self, reason: str, count: int = 1) -> None:
        self.excluded[reason] = self.excluded.get(reason, 0) + count

    def merge(self, other: _ShareTally) -> None:
        self.population += other.population
        self.met += other.met
        self.unmet += other.unmet
        self.waiting += other.waiting
        for reason, count in other.excluded.items():
            self._exclude(reason, count)

    def result(self, common: dict[str, Any]) -> ShareResult:
        n = self.met + self.unmet
        window, at = self._metric.window, self._at()
        pending: int | None = None
        if window is not None and at is not None:
            pending = sum(1 for resolved_at in self.waiting if at - resolved_at < window)
        return ShareResult(
            **common,
            population=self.population,
            n=n,
            excluded=dict(sorted(self.excluded.items())),
            count=self.met,
            value=self.met / n if n else None,
            interval=wilson(self.met, n),
            pending=pending,
        )


@frozen(kw_only=True)
class MixMetric(Metric):
    """How the incidents spread over the values of ``column``."""

    column: str
    unknown: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The column that spreads."""
        return (self.column,)

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _MixTally(self)


class _MixTally:
    def __init__(self, metric: MixMetric) -> None:
        self._metric = metric
        self.counts: dict[str, int] = {}
        self.unknown = 0

    def add(self, rows: list[Facts]) -> None:
        column = self._metric.column
        for row in rows:
            value = getattr(row, column)
            if value is None:
                self.unknown += 1
            else:
                key = str(value)
                self.counts[key] = self.counts.get(key, 0) + 1

    def merge(self, other: _MixTally) -> None:
        self.unknown += other.unknown
        for key, count in other.counts.items():
            self.counts[key] = self.counts.get(key, 0) + count

    def result(self, common: dict[str, Any]) -> MixResult:
        n = sum(self.counts.values())
        return MixResult(
            **common,
            population=n + self.unknown,
            n=n,
            excluded={self._metric.unknown: self.unknown},
            counts=tuple(sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))),
        )
