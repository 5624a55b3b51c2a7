"""The book: all of a team's rules as one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.communications import Audiences, Cadences, NotificationRule, status_updates
from itilcore.decision import Decision
from itilcore.errors import ActionRefused, Defect, InvalidInput, require_aware
from itilcore.escalation import (
    EscalationFinding,
    EscalationOutlook,
    EscalationPolicy,
    Simulation,
    check_escalation,
    simulate,
)
from itilcore.incident import Incident, Lifecycle, Option, in_utc
from itilcore.intake import AlertRules, Criticality, ServiceCatalogue, TriageRules
from itilcore.major import MajorIncidentRules
from itilcore.metrics import MTTA, MTTR, CostRow, DowntimeCost, Metric, SlaMetric
from itilcore.priority import (
    Adjustments,
    Assessment,
    DeclarationRules,
    ImpactRules,
    PriorityMatrix,
    PriorityTable,
    SeverityRules,
    SituationFacts,
    UrgencyRules,
)
from itilcore.problems import ProblemRules
from itilcore.routing import (
    Directory,
    HandOffRules,
    RoleRules,
    Rota,
    RoutingRules,
    Vendors,
    on_duty_now,
)
from itilcore.sla import BEYOND, Agreement, Reading
from itilcore.version import content_version

from .closing import Closing
from .due import Outlook, outlook
from .filing import filed

__all__ = ["Book"]

_NO_FACTS: Final[Mapping[str, object]] = MappingProxyType({})


@frozen(kw_only=True)
class Book:
    """A team's rules: calendars by name, the priority matrix, what was promised, which status may
    follow which, when a resolved incident closes, who is told what; people, groups, services
    and vendors, who gets an incident, and what a hand-off needs; what a ticket is and what to
    ask about it, how alerts are read, and what counts as coming back; how bad it is, and who may
    declare that; how often there is word of it, what makes it a major one, and when it goes
    further.

    Without any arguments it holds the library's defaults, and promises nothing.  Made from a
    file by `itilcore.policy.load`.  ``name`` is no part of what it says: two books with the
    same rules are equal and have one ``version``.

    >>> Book().priority == PriorityMatrix.itil(), Book().agreements
    (True, ())
    """

    name: str = field(default="default", eq=False)
    calendars: tuple[tuple[str, BusinessCalendar], ...] = ()
    priority: PriorityMatrix | PriorityTable = field(factory=PriorityMatrix.itil)
    agreements: tuple[Agreement, ...] = ()
    lifecycle: Lifecycle = field(factory=Lifecycle.default)
    closing: Closing = field(factory=Closing)
    notifications: tuple[NotificationRule, ...] = field(factory=status_updates)
    directory: Directory = field(factory=Directory)
    services: ServiceCatalogue = field(factory=ServiceCatalogue)
    routing: RoutingRules = field(factory=RoutingRules)
    hand_offs: HandOffRules = field(factory=HandOffRules.default)
    rotas: tuple[Rota, ...] = ()
    roles: RoleRules = field(factory=RoleRules)
    triage: TriageRules = field(factory=TriageRules)
    alerts: AlertRules = field(factory=AlertRules)
    problems: ProblemRules = field(factory=ProblemRules)
    vendors: Vendors = field(factory=Vendors)
    impact: ImpactRules = field(factory=ImpactRules.default)
    urgency: UrgencyRules = field(factory=UrgencyRules.default)
    adjustments: Adjustments = field(factory=Adjustments.default)
    severity: SeverityRules = field(factory=SeverityRules.default)
    declarations: DeclarationRules = field(factory=DeclarationRules.default)
    cadences: Cadences = field(factory=Cadences.default)
    audiences: Audiences = field(factory=Audiences.default)
    major: MajorIncidentRules = field(factory=MajorIncidentRules)
    escalation: EscalationPolicy = field(factory=EscalationPolicy)
    costs: tuple[CostRow, ...] = ()

    @cached_property
    def version(self) -> str:
        """The content version: the same rules have the same."""
        return content_version(
            "book",
            {
                "calendars": {name: calendar.version for name, calendar in self.calendars},
                "priority": self.priority.version,
                "sla": [[each.name, each.version] for each in self.agreements],
                "lifecycle": self.lifecycle.version,
                "closing": self.closing.content,
                "notifications": [rule.content for rule in self.notifications],
                "directory": self.directory.version,
                "services": self.services.version,
                "routing": self.routing.version,
                "hand offs": self.hand_offs.version,
                "rotas": [rota.version for rota in self.rotas],
                "roles": self.roles.version,
                "triage": self.triage.version,
                "alerts": self.alerts.version,
                "problems": self.problems.version,
                "vendors": self.vendors.version,
                "impact": self.impact.version,
                "urgency": self.urgency.version,
                "adjustments": self.adjustments.version,
                "severity": self.severity.version,
                "declarations": self.declarations.version,
                "cadences": self.cadences.version,
                "audiences": self.audiences.version,
                "major": self.major.version,
                "escalation": self.escalation.version,
                "costs": [[each.per_hour, each.service, each.severity] for each in self.costs],
            },
        )

    def calendar(self, name: str) -> BusinessCalendar | None:
        """The calendar of that name, ``None`` where there is none."""
        return dict(self.calendars).get(name)

    def agreement(self, name: str) -> Agreement | None:
        """The agreement of that name, ``None`` where there is none."""
        return {each.name: each for each in self.agreements}.get(name)

    def assess(self, facts: SituationFacts) -> Decision[Assessment]:
        """Impact, urgency, priority and severity by what is known, with every reason.

        Whether the service is critical is taken from the catalogue where *facts* do not say it.
        Raises `itilcore.errors.InvalidInput` for facts that are none.

        >>> facts = SituationFacts(critical_service=True, service_down=True, work_halted=True)
        >>> print(Book().assess(facts).answer)
        P1, SEV2
        """
        if isinstance(facts, SituationFacts) and facts.critical_service is None:
            service = None if facts.service is None else self.services.service(facts.service)
            if service is not None:
                critical = service.criticality is Criticality.CRITICAL
                facts = evolve(facts, critical_service=critical)
        return Assessment.of(
            facts,
            self.impact,
            self.urgency,
            self.priority,
            adjustments=self.adjustments,
            severities=self.severity,
        )

    def filed(self, incident: Incident) -> Incident:
        """*incident* as the book knows it: categories that stand now, the tiers of its groups.

        >>> Book().filed(Incident.replay("INC1", [])).category is None
        True
        """
        return filed(incident, self.triage.taxonomy, self.directory)

    def read(self, incident: Incident, at: datetime) -> tuple[Reading, ...]:
        """How every clock of every agreement stands at *at*."""
        seen = self.filed(incident)
        return tuple(
            reading for agreement in self.agreements for reading in agreement.read(seen, at)
        )

    def on_duty(self, at: datetime) -> tuple[tuple[str, str], ...]:
        """Who is on duty at *at*: the name of each rota that has somebody, and who it is.

        >>> from datetime import UTC
        >>> Book().on_duty(datetime(2026, 1, 5, tzinfo=UTC))
        ()
        """
        return on_duty_now(self.rotas, at)

    def facts(self, incident: Incident, at: datetime) -> dict[str, bool]:
        """What the book knows of an incident at *at* that its lifecycle may require.

        >>> from datetime import UTC
        >>> sorted(Book().facts(Incident.replay("INC1", []), datetime(2026, 1, 5, tzinfo=UTC)))
        ['auto_close_due', 'within_reopening_window']
        """
        try:
            closes_at = self.closing.closes_at(incident)
        except BEYOND:
            closes_at = None  # what cannot be told is not due
        return {
            "auto_close_due": closes_at is not None and in_utc(closes_at) <= in_utc(at),
            "within_reopening_window": self.closing.may_be_reopened(incident, at),
        }

    def options(
        self, incident: Incident, at: datetime, facts: Mapping[str, object] = _NO_FACTS
    ) -> tuple[Option, ...]:
        """What may be done to *incident* at *at*, as `itilcore.incident.Lifecycle.options`."""
        require_aware("at", at)
        if not isinstance(facts, Mapping):
            problem = f"are {facts!r:.60}: give a mapping of names to what is known"
            raise InvalidInput("options", [Defect("facts", problem)])
        return self.lifecycle.options(incident, {**self.facts(incident, at), **facts})

    def due(self, incident: Incident, at: datetime) -> Outlook:
        """What has fallen due by *at*, and when to look again; nothing is done.

        What the calendars cannot tell, such as a target that ends after the years whose
        holidays are known, stands in ``untold``, and is looked at again a day later.

        >>> from datetime import UTC
        >>> monday = datetime(2026, 1, 5, 9, tzinfo=UTC)
        >>> from itilcore.incident import Logged, Resolved
        >>> done = Incident.replay("INC1", [Logged(monday), Resolved(monday)])
        >>> print(Book().due(done, monday).look_again_at)
        2026-01-09 00:00:00+00:00
        """
        require_aware("at", at)
        readings, untold = self._known_readings(incident, at)
        return outlook(
            incident,
            readings,
            self.closing,
            at,
            update=self.cadences.next_update(incident, at),
            untold=untold,
            refusal=lambda: self._close_refused(incident, at),
            escalation=self._escalation(incident, at, readings),
        )

    def _known_readings(self, incident: Incident, at: datetime) -> tuple[list[Reading], list[str]]:
        readings: list[Reading] = []
        untold: list[str] = []
        seen = self.filed(incident)
        for agreement in self.agreements:
            found, why = agreement.read_known(seen, at)
            readings += found
            untold += why
        return readings, untold

    def _escalation(
        self, incident: Incident, at: datetime, readings: list[Reading]
    ) -> EscalationOutlook:
        return self.escalation.outlook(incident, at, readings, self.directory, self.rotas)

    def escalations(self, incident: Incident, at: datetime) -> EscalationOutlook:
        """The escalation steps that are due for *incident* at *at*, and when to look again.

        >>> from datetime import UTC
        >>> Book().escalations(Incident.replay("INC1", []), datetime(2026, 1, 5, tzinfo=UTC)).steps
        ()
        """
        require_aware("at", at)
        return self._escalation(incident, at, self._known_readings(incident, at)[0])

    def simulate(self, incident: Incident, at: datetime, *, hours: float = 48) -> Simulation:
        """Who hears what of *incident* in the next *hours* if nobody acts.

        >>> from datetime import UTC
        >>> monday = datetime(2026, 1, 5, 9, tzinfo=UTC)
        >>> print(Book().simulate(Incident.replay("INC1", []), monday, hours=1))
        INC1: nobody hears anything from 2026-01-05 09:00 to 2026-01-05 10:00 UTC
        """
        return simulate(
            self.escalation,
            incident,
            at,
            hours=hours,
            agreements=self.agreements,
            directory=self.directory,
            rotas=self.rotas,
        )

    def escalation_findings(self, at: datetime | None = None) -> tuple[EscalationFinding, ...]:
        """What is amiss in the escalation rules; nothing where there are none.

        With *at* also that a rota has not begun by then.

        >>> Book().escalation_findings()
        ()
        """
        if not self.escalation.rules:
            return ()
        return check_escalation(
            self.escalation,
            self.directory,
            self.rotas,
            self.agreements,
            self.priority.priorities,
            at=at,
        )

    def _close_refused(self, incident: Incident, at: datetime) -> str:
        """Why the lifecycle does not let *incident* close by itself, nothing where it does."""
        try:
            self.lifecycle.step(incident, "close", self.facts(incident, at))
        except ActionRefused as error:
            return str(error)
        return ""

    def look_again_at(self, incident: Incident, at: datetime) -> datetime | None:
        """When something falls due for *incident*, `None` where nothing will, as of *at*.

        All of its events count: one that was written down late happened before others, and a
        clock that is read as of it would not know of them.

        >>> from datetime import UTC
        >>> from itilcore.incident import Logged, Noted, Resolved
        >>> eight, nine = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (8, 9))
        >>> late = Incident.replay("INC1", [Logged(eight), Resolved(nine), Noted(eight, "late")])
        >>> print(Book().look_again_at(late, eight))
        2026-01-09 00:00:00+00:00
        """
        latest = incident.facts.last_event_at
        known = require_aware("at", at) if latest is None else max(at, latest)
        return self.due(incident, known).look_again_at

    def metrics(self) -> tuple[Metric, ...]:
        """What can be measured by this book and not without it.

        Compliance with every clock; what downtime cost, where the book says; times to resolve and
        to acknowledge without holds, and by the working time of every calendar, with and without
        holds.

        >>> [metric.name for metric in Book().metrics()]
        ['MTTR_MINUS_HOLD', 'MTTA_MINUS_HOLD']
        """
        return tuple(self._metrics())

    def _metrics(self) -> Iterator[Metric]:
        for agreement in self.agreements:
            for clock in agreement.clocks:
                yield SlaMetric.of(agreement, clock)
        if self.costs:
            yield DowntimeCost(rows=self.costs)
        yield MTTR.minus_hold()
        yield MTTA.minus_hold()
        # Around the clock working time is the time on the wall, which MTTR itself counts.
        working_calendars = [
            (name, calendar)
            for name, calendar in self.calendars
            if calendar != BusinessCalendar.always(calendar.tz)
        ]
        several = len(working_calendars) > 1
        for name, calendar in working_calendars:
            suffix = "".join(c if c.isalnum() else "_" for c in name).upper()
            for metric in (MTTR, MTTA):
                working = metric.in_working_time(
                    calendar, f"WORKING_{suffix}" if several else "WORKING"
                )
                yield working
                yield working.minus_hold()
