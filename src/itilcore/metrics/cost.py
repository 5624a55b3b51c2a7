"""What downtime costs: minutes times the cost per minute of the service."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Facts, Phase

from .metric import Metric, Tally
from .population import NEGATIVE, START_UNKNOWN, no_resolution
from .result import CostResult

__all__ = ["DowntimeCost"]

Rates = tuple[tuple[str, float], ...]


def _rates(rates: Mapping[str, float] | Rates) -> Rates:
    return tuple(sorted(rates.items() if isinstance(rates, Mapping) else rates))


def _sound(_instance: object, _attribute: object, rates: Rates) -> None:
    defects = [
        Defect(f"rates.{service}", f"is {rate!r}: a cost per minute is a number of at least 0")
        for service, rate in rates
        if isinstance(rate, bool)
        or not isinstance(rate, int | float)
        or not (math.isfinite(rate) and rate >= 0)
    ]
    if defects:
        raise InvalidInput("downtime cost", defects)


@frozen(kw_only=True)
class DowntimeCost(Metric):
    """Downtime in minutes times ``rates``, the cost per minute of each service.

    Downtime runs from the start of the impact (else the detection, else the logging) to the
    restoration (else the resolution that held).  An incident that still runs counts up to the
    instant of the measurement.  Raises `itilcore.errors.InvalidInput` for a rate below 0.

    >>> from datetime import UTC, timedelta
    >>> from itilcore.incident import Incident, Classified, ImpactStarted, Logged, Restored
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> incident = Incident.replay("INC1", [
    ...     Logged(nine),
    ...     ImpactStarted(nine),
    ...     Classified(nine, service="Payroll"),
    ...     Restored(nine + timedelta(minutes=30)),
    ... ])
    >>> DowntimeCost(rates={"Payroll": 120}).measure([incident]).cost
    3600.0
    """

    rates: Rates = field(converter=_rates, validator=_sound)
    name: str = "DOWNTIME_COST"
    definition: str = (
        "Minutes from the start of the impact (else detection, else logging) to the restoration "
        "(else the resolution that held), times the cost per minute of the service."
    )
    unit: str = "cost"
    cohort: str = "logged_at"
    needs: tuple[tuple[str, ...], ...] = (("service",), ("restored_at", "resolved_at"))

    @property
    def reads(self) -> tuple[str, ...]:
        """The service, the instants, and what says why one is missing."""
        starts, ends = (
            ("impact_started_at", "detected_at", "logged_at"),
            ("restored_at", "resolved_at"),
        )
        return ("service", *starts, *ends, "phase", "closed_unresolved")

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _CostTally(self, at)


class _CostTally:
    def __init__(self, metric: DowntimeCost, at: Callable[[], datetime | None]) -> None:
        self._rates = dict(metric.rates)
        self._at = at
        self.population = 0
        self.excluded: dict[str, int] = {}
        self.seconds: dict[str, list[float]] = {}
        self.running: list[tuple[str, datetime]] = []

    def add(self, rows: list[Facts]) -> None:
        self.population += len(rows)
        for row in rows:
            reason = self._take(row)
            if reason is not None:
                self.excluded[reason] = self.excluded.get(reason, 0) + 1

    def _take(self, row: Facts) -> str | None:
        service = row.service
        if service is None:
            return "service unknown"
        if service not in self._rates:
            return "no cost per minute for the service"
        start = row.impact_started_at or row.detected_at or row.logged_at
        if start is None:
            return START_UNKNOWN
        end = row.restored_at or row.resolved_at
        if end is None:
            if row.phase is not None and not row.phase.is_unresolved:
                return "cancelled" if row.phase is Phase.CANCELLED else no_resolution(row)
            self.running.append((service, start))
        elif end < start:
            return NEGATIVE
        else:
            self.seconds.setdefault(service, []).append((end - start).total_seconds())
        return None

    def merge(self, other: _CostTally) -> None:
        self.population += other.population
        self.running += other.running
        for reason, count in other.excluded.items():
            self.excluded[reason] = self.excluded.get(reason, 0) + count
        for service, seconds in other.seconds.items():
            self.seconds.setdefault(service, []).extend(seconds)

    def result(self, common: dict[str, Any]) -> CostResult:
        at = self._at()
        spent = {service: list(seconds) for service, seconds in self.seconds.items()}
        for service, start in self.running:
            so_far = max((at - start).total_seconds(), 0.0) if at is not None else 0.0
            spent.setdefault(service, []).append(so_far)
        minutes = {service: math.fsum(seconds) / 60.0 for service, seconds in spent.items()}
        costs = {service: self._rates[service] * spent for service, spent in minutes.items()}
        return CostResult(
            **common,
            population=self.population,
            n=sum(map(len, spent.values())),
            excluded=dict(sorted(self.excluded.items())),
            cost=math.fsum(costs.values()) if costs else None,
            minutes=math.fsum(minutes.values()) if minutes else None,
            ongoing=len(self.running),
            services=tuple(sorted(costs.items())),
        )
