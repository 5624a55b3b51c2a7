"""Compliance with the cadence: of the incidents with updates due, those with each in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import field, frozen

from itilcore.communications import Cadences, UpdateOutcome
from itilcore.incident import Facts, Incident

from .estimate import ConfidenceInterval, quantile, wilson
from .metric import Metric, Tally
from .result import Result
from .sla import NO_TIMELINE

__all__ = ["CadenceMetric", "CadenceResult"]

_NOTHING_DUE: Final = "no update was due"


@frozen(kw_only=True)
class CadenceResult(Result):
    """How many kept it: ``value`` is ``kept / n``, with its 95 % Wilson interval.

    ``n`` are the incidents of which an update was due, ``kept`` those where each came in time.
    ``updates`` are those that were due over all of them, ``in_time``, ``late`` and ``never``
    what became of them, and ``update_value`` is ``in_time / updates``; the median and p90 of
    how late those that were late came, or are.
    """

    kept: int = 0
    value: float | None = None
    interval: ConfidenceInterval | None = None
    updates: int = 0
    in_time: int = 0
    late: int = 0
    never: int = 0
    update_value: float | None = None
    median_late_minutes: float | None = None
    p90_late_minutes: float | None = None

    def figures(self) -> dict[str, Any]:
        """The share with its interval, and what became of the updates."""
        between = self.interval
        return {
            "value": self.value,
            "kept": self.kept,
            "interval": None if between is None else [between.low, between.high],
            "updates": self.updates,
            "in_time": self.in_time,
            "late": self.late,
            "never": self.never,
            "update_value": self.update_value,
            "median_late_minutes": self.median_late_minutes,
            "p90_late_minutes": self.p90_late_minutes,
        }


@frozen(kw_only=True)
class CadenceMetric(Metric):
    """How well the cadence of updates was kept.  Made by `of`; measured over incidents.

    A row of `Facts` does not hold who was told when: it is left out, with that reason.
    """

    cadences: Cadences = field(repr=False)
    over: str = "incidents"

    @classmethod
    def of(cls, cadences: Cadences) -> CadenceMetric:
        """The metric for *cadences*.

        >>> CadenceMetric.of(Cadences.default()).name
        'CADENCE_COMPLIANCE'
        """
        rows = "; ".join(map(str, cadences)) or "no severity has a rhythm"
        return cls(
            name="CADENCE_COMPLIANCE",
            definition=(
                "Of the incidents of which an update to stakeholders was due, the share where "
                f"each came in time; {rows}, or sooner where that was promised."
            ),
            unit="share",
            cohort="logged_at",
            needs=(("logged_at",), ("severity",)),
            cadences=cadences,
        )

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _CadenceTally(self, at)


class _CadenceTally:
    def __init__(self, metric: CadenceMetric, at: Callable[[], datetime | None]) -> None:
        self._metric = metric
        self._at = at
        self.population = 0
        self.excluded: Counter[str] = Counter()
        self.told: list[Incident] = []

    def add(self, rows: list[Any]) -> None:
        self.population += len(rows)
        for item in rows:
            if isinstance(item, Facts):
                self.excluded[NO_TIMELINE] += 1
                continue
            last = item.facts.last_event_at
            if last is None or not self._metric.cadences.expected(item, last):
                self.excluded[_NOTHING_DUE] += 1
            else:
                # What became of the last one is known once the instant of the measurement is.
                self.told.append(item)

    def merge(self, other: _CadenceTally) -> None:
        self.population += other.population
        self.excluded += other.excluded
        self.told += other.told

    def result(self, common: dict[str, Any]) -> CadenceResult:
        at = self._at()
        excluded = Counter(self.excluded)
        outcomes: Counter[UpdateOutcome] = Counter()
        late: list[float] = []
        n = kept = 0
        for incident in self.told:
            assert at is not None  # an incident with an event has an instant
            due = [
                each for each in self._metric.cadences.expected(incident, at) if each.outcome.counts
            ]
            if not due:
                excluded[_NOTHING_DUE] += 1
                continue
            n += 1
            kept += all(each.outcome is UpdateOutcome.IN_TIME for each in due)
            outcomes.update(each.outcome for each in due)
            late += [each.late / timedelta(minutes=1) for each in due if each.late]
        late.sort()
        updates = outcomes.total()
        in_time = outcomes[UpdateOutcome.IN_TIME]
        return CadenceResult(
            **common,
            population=self.population,
            n=n,
            excluded=dict(sorted(excluded.items())),
            kept=kept,
            value=kept / n if n else None,
            interval=wilson(kept, n),
            updates=updates,
            in_time=in_time,
            late=outcomes[UpdateOutcome.LATE],
            never=outcomes[UpdateOutcome.NEVER],
            update_value=in_time / updates if updates else None,
            median_late_minutes=quantile(late, 0.5),
            p90_late_minutes=quantile(late, 0.9),
        )
