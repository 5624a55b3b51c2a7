"""Agreements: which target an incident has, and how its clocks stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property
from typing import Any, Final

from attrs import evolve, field, frozen

from itilcore.decision import Decision, Reason
from itilcore.errors import (
    Defect,
    EndlessSearch,
    InvalidInput,
    UnknownYear,
    name_defects,
    nearest,
    require_aware,
)
from itilcore.incident import Event, Incident, Phase, Timeline, in_utc
from itilcore.version import content_version

from .clock import Clock, Cycle, Run
from .conventions import Conventions, TargetKind
from .reading import ClockState, Reading, reading_of
from .situation import Situation
from .target import Target

__all__ = ["BEYOND", "Agreement", "AgreementKind"]


class AgreementKind(Enum):
    """With whom it is: SLA with a customer, OLA inside the organisation, UC with a supplier."""

    SLA = "SLA"
    OLA = "OLA"
    UC = "UC"


BEYOND: Final = (UnknownYear, EndlessSearch)
"""What a calendar raises that cannot tell."""


def _targets(given: Any) -> tuple[Any, ...]:
    if isinstance(given, Target | str) or not isinstance(given, Iterable):
        return (given,)
    return tuple(given)


@frozen
class Agreement:
    """Targets under one name: of each clock the first that applies, as conventions say.

    Targets of one ``name`` (by default their kind) share a clock; the first of them that fits
    the incident, as it stands, is its target.  Raises `itilcore.errors.InvalidInput` for an
    agreement without targets, and for targets of one clock that differ in kind.

    >>> from datetime import UTC, datetime, timedelta
    >>> from itilcore.calendars import BusinessCalendar
    >>> from itilcore.incident import Held, HoldReason, Incident, Logged
    >>> office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
    >>> gold = Agreement(
    ...     "gold", [Target(TargetKind.RESOLUTION, timedelta(hours=4), office)]
    ... )
    >>> nine, ten, noon = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12))
    >>> incident = Incident.replay("INC1", [Logged(nine), Held(ten, HoldReason.AWAITING_CALLER)])
    >>> reading, = gold.read(incident, noon)
    >>> print(reading.explain())
    resolution within 4 h for every incident: paused
      chosen: resolution is the first target that fits: every incident
      due 2026-01-05 15:00 UTC
      elapsed 1:00:00, remaining 3:00:00
      2026-01-05 09:00 to 2026-01-05 10:00  counts          1:00:00  Mon 2026-01-05 09:00:00 ...
      2026-01-05 10:00 to 2026-01-05 12:00                  2:00:00  on hold: AWAITING_CALLER
    """

    name: str
    targets: tuple[Target, ...] = field(converter=_targets)
    conventions: Conventions = field(factory=Conventions)
    kind: AgreementKind = AgreementKind.SLA

    def __attrs_post_init__(self) -> None:
        defects = name_defects("name", self.name)
        if not isinstance(self.conventions, Conventions):
            problem = f"is {self.conventions!r}: give Conventions, such as Conventions.named(...)"
            defects.append(Defect("conventions", problem))
        if not isinstance(self.kind, AgreementKind):
            defects.append(Defect("kind", f"is {self.kind!r}: give an AgreementKind"))
        kinds: dict[str, TargetKind] = {}
        if not self.targets:
            defects.append(Defect("targets", "are none"))
        for index, target in enumerate(self.targets):
            if not isinstance(target, Target):
                defects.append(Defect(f"targets[{index}]", f"is {target!r}: give a Target"))
                continue
            if kinds.setdefault(target.name, target.kind) is not target.kind:
                problem = f"shares the clock {target.name!r} with a {kinds[target.name].value}"
                defects.append(Defect(f"targets[{index}].kind", problem))
        if defects:
            raise InvalidInput("agreement", defects)

    @cached_property
    def version(self) -> str:
        """The content version: the same promises under the same conventions have the same."""
        content = {
            "kind": self.kind.value,
            "targets": [target.content for target in self.targets],
            "conventions": self.conventions.content,
        }
        return content_version("agreement", content)

    @cached_property
    def _clocks(self) -> dict[str, tuple[Target, ...]]:
        found: dict[str, list[Target]] = {}
        for target in self.targets:
            found.setdefault(target.name, []).append(target)
        return {name: tuple(targets) for name, targets in found.items()}

    @property
    def clocks(self) -> tuple[str, ...]:
        """The names of the clocks, in the order of the targets."""
        return tuple(self._clocks)

    def choose(
        self, incident: Incident, *, customer: str | None = None
    ) -> dict[str, Decision[Target | None]]:
        """The target of each clock for *incident* as it stands, with the reason.

        *customer* is whom ``customers`` are compared with: the requester where it is not given.
        """
        now = Situation()
        for event in incident.timeline:
            now.take(event)
        return {
            name: Decision(*self._chosen(targets, now, customer), self.version)
            for name, targets in self._clocks.items()
        }

    def _chosen(
        self, targets: tuple[Target, ...], now: Situation, customer: str | None
    ) -> tuple[Target | None, tuple[Reason, ...]]:
        target = _fitting(targets, now, customer)
        if target is not None:
            text = f"{target.name} is the first target that fits: {target.applies}"
            return target, (Reason("agreement", text, {"agreement": self.name}),)
        text = f"none of {len(targets)} targets fits: {'; '.join(str(t.applies) for t in targets)}"
        return None, (Reason("agreement", text, {"agreement": self.name}),)

    def read(
        self,
        incident: Incident | Iterable[Event],
        at: datetime,
        *,
        known_at: datetime | None = None,
        customer: str | None = None,
        clock: str | None = None,
    ) -> tuple[Reading, ...]:
        """How each clock stands at *at*: events after it do not exist.

        With *known_at* neither do events recorded after that; with *clock* only the clock of
        that name is read.  Raises `itilcore.errors.InvalidInput` for a name that no clock has,
        `itilcore.errors.NaiveInstant` for an instant without a UTC offset, and what the
        calendars of the targets raise.
        """
        if clock is not None and clock not in self._clocks:
            problem = f"{self.name} has no clock {clock!r}; {nearest(clock, self.clocks)}"
            raise InvalidInput("reading", [Defect("clock", problem)])
        instant = in_utc(require_aware("at", at))
        timeline = incident.timeline if isinstance(incident, Incident) else _events(incident)
        if known_at is not None or any(event.at > instant for event in timeline.events):
            timeline = timeline.until(instant, known_at)
        clocks = [
            (name, targets, Clock(targets[0], self.conventions))
            for name, targets in self._clocks.items()
            if clock is None or name == clock
        ]
        now = Situation()
        for event in timeline.events:
            now.take(event)
            moment = in_utc(event.at)
            for _, targets, each in clocks:
                each.take(moment, now, _fitting(targets, now, customer))
        return tuple(
            self._reading(name, targets, each, now, instant, customer)
            for name, targets, each in clocks
        )

    def _reading(
        self,
        name: str,
        targets: tuple[Target, ...],
        clock: Clock,
        now: Situation,
        at: datetime,
        customer: str | None,
    ) -> Reading:
        common: dict[str, Any] = {
            "name": name,
            "agreement": self.name,
            "agreement_version": self.version,
        }
        cycle, earlier = clock.cycle(), tuple(clock.finished)
        if cycle is None and earlier:
            cycle, earlier = earlier[-1], earlier[:-1]
        fitting, reasons = self._chosen(targets, now, customer)
        if cycle is None:
            return Reading(state=ClockState.NOT_STARTED, at=at, chosen=reasons, **common)
        if cycle.target != fitting and (fitting is not None or cycle.run is Run.STOPPED):
            kept = f"{name} keeps the target it was measured by: {cycle.target.applies}"
            reasons = (Reason("agreement", kept, {"agreement": self.name}),)
        known, cycle = _as_claimed(cycle, now, at)
        if not known:
            return Reading(
                state=ClockState.UNKNOWN,
                at=at,
                target=cycle.target,
                chosen=reasons,
                started_at=cycle.start,
                **common,
            )
        return reading_of(cycle, earlier, self.conventions, at, chosen=reasons, **common)

    def read_known(
        self, incident: Incident, at: datetime
    ) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
        """What `read` gives of the clocks whose calendars can tell, and why of the others.

        A calendar cannot where a target ends after the last year whose holidays it knows, or is
        longer than all of its open time: no reason to lose the other clocks.  Where *at* lies
        after these years, a clock that could be told on their last day is given as of then, too.
        """
        try:
            return self.read(incident, at), ()
        except BEYOND:
            pass
        found: list[Reading] = []
        untold: list[str] = []
        for clock in self.clocks:
            try:
                found += self.read(incident, at, clock=clock)
            except BEYOND as error:
                untold.append(f"{self.name}, {clock}: {error}")
                found += self._until_known(incident, at, clock, error)
        return tuple(found), tuple(untold)

    def _until_known(
        self, incident: Incident, at: datetime, clock: str, error: Exception
    ) -> tuple[Reading, ...]:
        """The clock as it stood on the last day of the years that are known; perhaps nothing."""
        if not isinstance(error, UnknownYear) or in_utc(at).year <= error.last:
            return ()
        try:
            found = self.read(incident, datetime(error.last, 12, 31, tzinfo=UTC), clock=clock)
        except BEYOND:
            return ()
        return tuple(reading for reading in found if reading.started_at is not None)

    def readings(
        self, incidents: Iterable[Incident], at: datetime, *, known_at: datetime | None = None
    ) -> Iterator[tuple[Incident, tuple[Reading, ...]]]:
        """Each of *incidents* with its readings at *at*, one at a time."""
        for incident in incidents:
            yield incident, self.read(incident, at, known_at=known_at)


def _events(given: Iterable[Event]) -> Timeline:
    try:
        found = Timeline(given)
    except TypeError:
        found = None
    if found is None or not all(isinstance(event, Event) for event in found):
        problem = f"is {given!r:.60}: give an incident, or its events"
        raise InvalidInput("reading", [Defect("incident", problem)])
    return found


def _fitting(targets: tuple[Target, ...], now: Situation, customer: str | None) -> Target | None:
    for target in targets:
        if target.applies.fits(now, customer):
            return target
    return None


def _as_claimed(cycle: Cycle, now: Situation, at: datetime) -> tuple[bool, Cycle]:
    """The run with the end that the source claims, and whether its end is known at all.

    As for `Facts`: a claimed acknowledgement or resolution outweighs what the trail shows,
    unless the trail shows the incident open again; where the source is silent nothing is
    known.
    """
    fold = now.fold
    if cycle.target.kind is TargetKind.RESPONSE:
        name = "acknowledged_at"
        told = now.acknowledged or now.responded
    elif cycle.target.kind is TargetKind.RESOLUTION:
        name = "resolved_at"
        told = fold.phase is not None and fold.phase.is_unresolved
    else:
        return _in_order(cycle)
    if told or name not in now.claims:
        return _in_order(cycle)
    claimed = now.claims[name]
    if isinstance(claimed, datetime):
        end = in_utc(claimed)
        if end > at:  # what waits until then does wait
            goes_on = cycle.end is None
            return True, cycle if goes_on else evolve(cycle, end=None, run=Run.RUNNING)
        return _in_order(evolve(cycle, end=end, run=Run.STOPPED))
    running = cycle.target.kind is TargetKind.RESOLUTION and cycle.end is None
    return running or fold.phase is Phase.CANCELLED, cycle


def _in_order(cycle: Cycle) -> tuple[bool, Cycle]:
    return cycle.end is None or cycle.end >= cycle.start, cycle
