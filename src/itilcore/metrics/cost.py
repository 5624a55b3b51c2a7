"""What downtime costs: minutes times the cost per minute of the service."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Facts, Phase

from .cost_row import CostRow, sound
from .grouping import canonical
from .metric import Metric, Tally
from .population import NEGATIVE, START_UNKNOWN, no_resolution
from .result import CostResult

__all__ = ["DowntimeCost"]

_NO_RATE: Final = "no cost per minute for the service"
Rates = tuple[tuple[str, float], ...]


def _rates(rates: Mapping[str, float] | Rates) -> Rates:
    return tuple(sorted(rates.items() if isinstance(rates, Mapping) else rates))


def _sound(_instance: object, _attribute: object, rates: Rates) -> None:
    defects = [
        Defect(f"rates.{service}", f"is {rate!r}: a cost per minute is a number of at least 0")
        for service, rate in rates
        if not sound(rate)
    ]
    if defects:
        raise InvalidInput("downtime cost", defects)


def _rows(given: Any) -> tuple[Any, ...]:
    if isinstance(given, CostRow | str) or not isinstance(given, Iterable):
        return (given,)
    return tuple(given)


def _all_rows(_instance: object, _attribute: object, rows: tuple[Any, ...]) -> None:
    defects = [
        Defect(f"rows[{index}]", f"is {row!r:.60}: give a CostRow")
        for index, row in enumerate(rows)
        if not isinstance(row, CostRow)
    ]
    if defects:
        raise InvalidInput("downtime cost", defects)


@frozen(kw_only=True)
class DowntimeCost(Metric):
    """Downtime times what it costs: by ``rows``, the first that fits, else by ``rates``.

    A row is the cost of an hour by service and severity; ``rates`` are the costs of a minute of
    each service.

    Downtime runs from the start of the impact (else the detection, else the logging) to the
    restoration (else the resolution that held).  An incident that still runs counts up to the
    instant of the measurement.  The severity is the one that was declared last.  Raises
    `itilcore.errors.InvalidInput` for a rate below 0 and for rows that are none.

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
    >>> DowntimeCost(rows=[CostRow(90, severity="SEV1"), CostRow(30)]).measure([incident]).cost
    15.0
    """

    rates: Rates = field(default=(), converter=_rates, validator=_sound)
    rows: tuple[CostRow, ...] = field(default=(), converter=_rows, validator=_all_rows)
    name: str = "DOWNTIME_COST"
    definition: str = (
        "Minutes from the start of the impact (else detection, else logging) to the restoration "
        "(else the resolution that held), times what that time costs, by service and severity."
    )
    unit: str = "cost"
    cohort: str = "logged_at"
    needs: tuple[tuple[str, ...], ...] = (("service",), ("restored_at", "resolved_at"))

    @property
    def reads(self) -> tuple[str, ...]:
        """Service and severity, the instants, and what says why one is missing."""
        starts, ends = (
            ("impact_started_at", "detected_at", "logged_at"),
            ("restored_at", "resolved_at"),
        )
        priced = ("service", "severity") if self.rows else ("service",)
        return (*priced, *starts, *ends, "phase", "closed_unresolved")

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _CostTally(self, at)


class _Key(NamedTuple):
    service: str | None
    severity: str | None
    per_minute: float


class _CostTally:
    def __init__(self, metric: DowntimeCost, at: Callable[[], datetime | None]) -> None:
        self._rates = dict(metric.rates)
        self._rows = metric.rows
        self._at = at
        self.population = 0
        self.excluded: dict[str, int] = {}
        self.seconds: dict[_Key, list[float]] = {}
        self.running: list[tuple[_Key, datetime]] = []

    def add(self, rows: list[Facts]) -> None:
        self.population += len(rows)
        for row in rows:
            reason = self._take(row)
            if reason is not None:
                self.excluded[reason] = self.excluded.get(reason, 0) + 1

    def _take(self, row: Facts) -> str | None:
        key = self._key(row)
        if isinstance(key, str):
            return key
        start = row.impact_started_at or row.detected_at or row.logged_at
        if start is None:
            return START_UNKNOWN
        end = row.restored_at or row.resolved_at
        if end is None:
            if row.phase is not None and not row.phase.is_unresolved:
                return "cancelled" if row.phase is Phase.CANCELLED else no_resolution(row)
            self.running.append((key, start))
        elif end < start:
            return NEGATIVE
        else:
            self.seconds.setdefault(key, []).append((end - start).total_seconds())
        return None

    def _key(self, row: Facts) -> _Key | str:
        """What a minute costs of the incident, or why that is not known."""
        service = row.service
        severity = None if row.severity is None else row.severity.name
        for each in self._rows:
            if each.fits(service, severity):
                return _Key(service, severity, each.per_hour / 60.0)
        if service in self._rates:
            return _Key(service, severity, self._rates[service])
        if service is None and (self._rates or any(each.service for each in self._rows)):
            return "service unknown"
        if severity is None and any(each.fits(service, each.severity) for each in self._rows):
            return "severity unknown"
        return "no cost for its service and severity" if self._rows else _NO_RATE

    def merge(self, other: _CostTally) -> None:
        self.population += other.population
        self.running += other.running
        for reason, count in other.excluded.items():
            self.excluded[reason] = self.excluded.get(reason, 0) + count
        for key, seconds in other.seconds.items():
            self.seconds.setdefault(key, []).extend(seconds)

    def result(self, common: dict[str, Any]) -> CostResult:
        at = self._at()
        spent = {key: list(seconds) for key, seconds in self.seconds.items()}
        for key, start in self.running:
            so_far = max((at - start).total_seconds(), 0.0) if at is not None else 0.0
            spent.setdefault(key, []).append(so_far)
        minutes = {key: math.fsum(seconds) / 60.0 for key, seconds in spent.items()}
        costs = {key: key.per_minute * spent for key, spent in minutes.items()}
        return CostResult(
            **common,
            population=self.population,
            n=sum(map(len, spent.values())),
            excluded=dict(sorted(self.excluded.items())),
            cost=math.fsum(costs.values()) if costs else None,
            minutes=math.fsum(minutes.values()) if minutes else None,
            ongoing=len(self.running),
            services=_added((key.service, cost) for key, cost in costs.items()),
            severities=_added((key.severity, cost) for key, cost in costs.items()),
        )


def _added(costs: Iterable[tuple[str | None, float]]) -> tuple[tuple[str, float], ...]:
    """The costs of each name, added up."""
    found: dict[str, list[float]] = {}
    for name, cost in costs:
        found.setdefault(canonical(name), []).append(cost)
    return tuple((name, math.fsum(found[name])) for name in sorted(found))
