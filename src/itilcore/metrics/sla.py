"""SLA compliance: of the incidents with a verdict, the share whose clock was met."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import field, frozen

from itilcore.errors import Defect, EndlessSearch, InvalidInput, UnknownYear, nearest
from itilcore.incident import Facts, Incident
from itilcore.sla import Agreement, ClockState, Reading

from .estimate import ConfidenceInterval, mean_interval, quantile, wilson
from .metric import Metric, Tally
from .population import BEYOND
from .result import Result

__all__ = ["NO_TIMELINE", "SlaMetric", "SlaResult"]

NO_TIMELINE: Final = "no timeline: measure the incidents themselves"
_RUNNING: Final = "still running, in time"
_REASONS: Final = {
    ClockState.NOT_STARTED: "no target applies, or its clock has not started",
    ClockState.RUNNING: _RUNNING,
    ClockState.PAUSED: "paused, in time",
    ClockState.CANCELLED: "cancelled",
    ClockState.UNKNOWN: "the source does not say when it stopped",
}


@frozen(kw_only=True)
class SlaResult(Result):
    """How many were in time: ``value`` is ``met / n``, with its 95 % Wilson interval.

    ``n`` are those with a verdict in their last cycle: ``met``, ``breached`` and over, and
    ``running_late``, which are open and late already.  ``ever_value`` is the share of the
    same that were never late in any cycle or under any target; ``ever_breached`` counts the
    others.  ``at_risk`` are in time, run, and have passed a threshold.  ``breach_minutes`` is
    the working time past the target, over all that are late, with its mean, median and p90.
    """

    met: int = 0
    breached: int = 0
    running_late: int = 0
    value: float | None = None
    interval: ConfidenceInterval | None = None
    ever_breached: int = 0
    ever_value: float | None = None
    at_risk: int = 0
    breach_minutes: float | None = None
    mean_breach_minutes: float | None = None
    median_breach_minutes: float | None = None
    p90_breach_minutes: float | None = None

    def figures(self) -> dict[str, Any]:
        """The share with its interval, what it counts, and how late what is late is."""
        between = self.interval
        return {
            "value": self.value,
            "met": self.met,
            "breached": self.breached,
            "running_late": self.running_late,
            "interval": None if between is None else [between.low, between.high],
            "ever_breached": self.ever_breached,
            "ever_value": self.ever_value,
            "at_risk": self.at_risk,
            "breach_minutes": self.breach_minutes,
            "mean_breach_minutes": self.mean_breach_minutes,
            "median_breach_minutes": self.median_breach_minutes,
            "p90_breach_minutes": self.p90_breach_minutes,
        }


@frozen(kw_only=True)
class SlaMetric(Metric):
    """Compliance with one clock of an agreement.  Made by `of`; measured over incidents.

    A row of `Facts` has no timeline to run a clock on: it is left out, with that reason.
    """

    agreement: Agreement = field(repr=False)
    clock: str
    over: str = "incidents"

    @classmethod
    def of(cls, agreement: Agreement, clock: str) -> SlaMetric:
        """The metric for the clock named *clock*, such as ``"resolution"``.

        Raises `itilcore.errors.InvalidInput` for a clock that the agreement does not have.

        >>> from itilcore.calendars import BusinessCalendar
        >>> from itilcore.sla import Target, TargetKind
        >>> always = BusinessCalendar.always()
        >>> gold = Agreement("gold", [Target(TargetKind.RESOLUTION, timedelta(hours=4), always)])
        >>> SlaMetric.of(gold, "resolution").name
        'SLA_GOLD_RESOLUTION'
        """
        clocks = agreement.clocks
        if clock not in clocks:
            problem = f"{agreement.name} has no clock {clock!r}; {nearest(clock, clocks)}"
            raise InvalidInput("SLA metric", [Defect("clock", problem)])
        name = f"{agreement.kind.value}_{agreement.name}_{clock}"
        return cls(
            name="".join(c if c.isalnum() else "_" for c in name).upper(),
            definition=(
                f"{agreement.kind.value} {agreement.name}, {clock}: of the incidents whose clock "
                "has stopped or is late already, the share that was in time in its last cycle; "
                f"working time by the calendars of the targets, {agreement.conventions.name} "
                "conventions."
            ),
            unit="share",
            cohort="logged_at",
            needs=(("logged_at",), ("status",)),
            agreement=agreement,
            clock=clock,
        )

    @property
    def reads(self) -> tuple[str, ...]:
        """What the choice of the target and the conditions look at first."""
        return ("logged_at", "acknowledged_at", "resolved_at", "phase", "priority")

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _SlaTally(self, at)


class _SlaTally:
    def __init__(self, metric: SlaMetric, at: Callable[[], datetime | None]) -> None:
        self._metric = metric
        self._at = at
        self.population = 0
        self.met = 0
        self.breached = 0
        self.running_late = 0
        self.ever = 0
        self.at_risk = 0
        self.late: list[float] = []
        self.excluded: dict[str, int] = {}
        self.open: list[Incident] = []

    def add(self, rows: list[Any]) -> None:
        self.population += len(rows)
        for item in rows:
            if isinstance(item, Facts):
                self._exclude(NO_TIMELINE)
                continue
            last = item.facts.last_event_at
            if last is None:
                self.open.append(item)
                continue
            reading = self._read(item, last)
            if reading is None:
                continue
            if reading.state is ClockState.NOT_STARTED:
                self._exclude(_REASONS[reading.state])
            elif reading.stopped_at is None:
                # How it stands is known once the instant of the measurement is.
                self.open.append(item)
            else:
                self._count(reading)

    def _read(self, incident: Incident, at: datetime) -> Reading | None:
        """The reading, or one more that is left out: an old row of an export ends no report."""
        try:
            return self._metric.agreement.read(incident, at, clock=self._metric.clock)[0]
        except (UnknownYear, EndlessSearch):
            self._exclude(BEYOND)
            return None

    def _count(self, reading: Reading) -> None:
        if reading.state is ClockState.MET:
            self.met += 1
        elif reading.state is ClockState.BREACHED:
            self.breached += reading.stopped_at is not None
            self.running_late += reading.stopped_at is None
            minutes = -(reading.remaining or timedelta()) / timedelta(minutes=1)
            self.late.append(max(minutes, 0.0))
        else:
            self._exclude(_REASONS[reading.state])
            self.at_risk += reading.stopped_at is None and any(w.passed for w in reading.warnings)
            return
        self.ever += reading.ever_breached

    def _exclude(self, reason: str, count: int = 1) -> None:
        self.excluded[reason] = self.excluded.get(reason, 0) + count

    def merge(self, other: _SlaTally) -> None:
        for name in ("population", "met", "breached", "running_late", "ever", "at_risk"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.late += other.late
        self.open += other.open
        for reason, count in other.excluded.items():
            self._exclude(reason, count)

    def result(self, common: dict[str, Any]) -> SlaResult:
        at = self._at()
        whole = self._closed(at) if self.open else self
        n = whole.met + whole.breached + whole.running_late
        late = sorted(whole.late)
        return SlaResult(
            **common,
            population=self.population,
            n=n,
            excluded=dict(sorted(whole.excluded.items())),
            met=whole.met,
            breached=whole.breached,
            running_late=whole.running_late,
            value=whole.met / n if n else None,
            interval=wilson(whole.met, n),
            ever_breached=whole.ever,
            ever_value=(n - whole.ever) / n if n else None,
            at_risk=whole.at_risk,
            breach_minutes=sum(late) if n else None,
            mean_breach_minutes=mean_interval(late)[0],
            median_breach_minutes=quantile(late, 0.5),
            p90_breach_minutes=quantile(late, 0.9),
        )

    def _closed(self, at: datetime | None) -> _SlaTally:
        """The same with what is still open read at the instant of the measurement."""
        found = _SlaTally(self._metric, self._at)
        found.merge(self)
        found.open = []
        for incident in self.open:
            if at is None:
                found._exclude(_REASONS[ClockState.NOT_STARTED])
            elif (reading := found._read(incident, at)) is not None:
                found._count(reading)
        return found
