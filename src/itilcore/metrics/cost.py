"""What downtime costs: minutes times the cost per minute of the service."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Facts, Incident, Phase, SeverityDeclared, in_utc

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
    instant of the measurement.  Of an incident with its timeline each minute costs what it
    does at the severity of that time, before the first declaration at that one; of a row of
    `itilcore.incident.Facts` all do at the severity that was declared last, the only one it
    knows.  Minutes at a severity that has no cost are ``unpriced``; an incident that has none
    but these is left out.  Raises
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
        "(else the resolution that held), times what that time costs, by service and by the "
        "severity at the time; of rows without their timelines, by the last severity."
    )
    unit: str = "cost"
    cohort: str = "logged_at"
    needs: tuple[tuple[str, ...], ...] = (("service",), ("restored_at", "resolved_at"))
    over: str = "incidents"

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


class _Span(NamedTuple):
    """A stretch of downtime of one severity: what it costs, or why that is not known."""

    key: _Key | str
    start: datetime
    end: datetime | None


class _CostTally:
    def __init__(self, metric: DowntimeCost, at: Callable[[], datetime | None]) -> None:
        self._rates = dict(metric.rates)
        self._rows = metric.rows
        self._at = at
        self.population = 0
        self.excluded: dict[str, int] = {}
        self.ended = 0
        self.seconds: dict[_Key, list[float]] = {}
        self.unpriced: list[float] = []
        self.running: list[list[_Span]] = []

    def add(self, rows: list[Facts] | list[Incident]) -> None:
        self.population += len(rows)
        for row in rows:
            reason = self._take(row)
            if reason is not None:
                self.excluded[reason] = self.excluded.get(reason, 0) + 1

    def _take(self, item: Facts | Incident) -> str | None:
        row = item.facts if isinstance(item, Incident) else item
        keys = [(since, self._key(row.service, name)) for since, name in _severities(item)]
        if all(isinstance(key, str) for _, key in keys):
            return str(keys[-1][1])
        start = row.impact_started_at or row.detected_at or row.logged_at
        if start is None:
            return START_UNKNOWN
        end = row.restored_at or row.resolved_at
        if end is None and row.phase is not None and not row.phase.is_unresolved:
            return "cancelled" if row.phase is Phase.CANCELLED else no_resolution(row)
        if end is not None and end < start:
            return NEGATIVE
        spans = _parted(keys, start, end)
        if all(isinstance(span.key, str) for span in spans):
            return str(spans[-1].key)
        if end is None:
            self.running.append(spans)
        else:
            self.ended += 1
            for span in spans:
                _spend(span, end, self.seconds, self.unpriced)
        return None

    def _key(self, service: str | None, severity: str | None) -> _Key | str:
        """What a minute costs of a service at a severity, or why that is not known."""
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
        self.ended += other.ended
        self.running += other.running
        self.unpriced += other.unpriced
        for reason, count in other.excluded.items():
            self.excluded[reason] = self.excluded.get(reason, 0) + count
        for key, seconds in other.seconds.items():
            self.seconds.setdefault(key, []).extend(seconds)

    def result(self, common: dict[str, Any]) -> CostResult:
        at = self._at()
        spent = {key: list(seconds) for key, seconds in self.seconds.items()}
        unpriced = list(self.unpriced)
        for spans in self.running:
            for span in spans:
                _spend(span, span.start if at is None else at, spent, unpriced)
        minutes = {key: math.fsum(seconds) / 60.0 for key, seconds in spent.items()}
        costs = {key: key.per_minute * spent for key, spent in minutes.items()}
        return CostResult(
            **common,
            population=self.population,
            n=self.ended + len(self.running),
            excluded=dict(sorted(self.excluded.items())),
            cost=math.fsum(costs.values()) if costs else None,
            minutes=math.fsum(minutes.values()) if minutes else None,
            unpriced=math.fsum(unpriced) / 60.0 if minutes else None,
            ongoing=len(self.running),
            services=_added((key.service, cost) for key, cost in costs.items()),
            severities=_added((key.severity, cost) for key, cost in costs.items()),
            parts=tuple(
                sorted(
                    (canonical(key.service), canonical(key.severity), minutes[key], cost)
                    for key, cost in costs.items()
                )
            ),
        )


def _spend(
    span: _Span, until: datetime, spent: dict[_Key, list[float]], unpriced: list[float]
) -> None:
    """Count the seconds of *span*, which goes on to *until* where it has not ended."""
    seconds = max(((until if span.end is None else span.end) - span.start).total_seconds(), 0.0)
    if isinstance(span.key, str):
        unpriced.append(seconds)
    else:
        spent.setdefault(span.key, []).append(seconds)


def _severities(item: Facts | Incident) -> list[tuple[datetime | None, str | None]]:
    """The severities of an incident, each with the instant from which it holds.

    The first holds from the beginning: it was that bad before somebody said so.  A row knows
    the last alone; so it is where the row says another one than the events do.
    """
    row = item.facts if isinstance(item, Incident) else item
    last = None if row.severity is None else row.severity.name
    if not isinstance(item, Incident) or last is None:
        return [(None, last)]
    declared = sorted(
        (
            (in_utc(event.at), event.severity.name)
            for event in item.timeline.events
            if isinstance(event, SeverityDeclared)
        ),
        key=itemgetter(0),
    )
    if not declared or declared[-1][1] != last:
        return [(None, last)]
    return [(None, declared[0][1]), *declared[1:]]


def _parted(
    keys: list[tuple[datetime | None, _Key | str]], start: datetime, end: datetime | None
) -> list[_Span]:
    """The time from *start* to *end* by what it costs; of no time, what it cost at its end."""
    found: list[_Span] = []
    ends: list[datetime | None] = [*(since for since, _ in keys[1:]), None]
    for (since, key), until in zip(keys, ends, strict=True):
        begins = start if since is None else max(since, start)
        over = end if until is None else until if end is None else min(until, end)
        if over is None or begins < over:
            found.append(_Span(key, begins, over))
    return found or [_Span(keys[-1][1], start, end)]


def _added(costs: Iterable[tuple[str | None, float]]) -> tuple[tuple[str, float], ...]:
    """The costs of each name, added up."""
    found: dict[str, list[float]] = {}
    for name, cost in costs:
        found.setdefault(canonical(name), []).append(cost)
    return tuple((name, math.fsum(found[name])) for name in sorted(found))
