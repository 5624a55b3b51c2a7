"""Values to try a store with: an event of every kind, and texts that stores choke on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from itilcore.actor import Actor
from itilcore.classification import Category, TicketKind
from itilcore.communications import Notification
from itilcore.incident import (
    Acknowledged,
    Announced,
    AnnouncementKind,
    Answered,
    Asserted,
    Assigned,
    Cancelled,
    Classified,
    Closed,
    Confirmed,
    Contacted,
    Detected,
    DiagnosticStep,
    Direction,
    Escalated,
    EscalationKind,
    Event,
    HandedOff,
    HandOffNotes,
    Held,
    HoldReason,
    ImpactStarted,
    Linked,
    LinkKind,
    Logged,
    MajorIncidentMarked,
    MajorState,
    Noted,
    Observed,
    PolicyAdopted,
    Prioritised,
    Reopened,
    ResolutionKind,
    Resolved,
    Restored,
    Role,
    RoleAssumed,
    RoleRenounced,
    SeverityDeclared,
    StakeholdersUpdated,
    Status,
    StatusChanged,
    StepOutcome,
    VendorAnswered,
    VendorEngaged,
    WorkaroundFound,
)
from itilcore.priority import Impact, Priority, Severity, Urgency

__all__ = ["HOSTILE", "NINE", "every_event", "notification"]

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
_ADA = Actor.person("ada")

HOSTILE = (
    "'; DROP TABLE incidents; --",
    '"x" OR 1=1',
    "a\x00b",
    "half \ud83d of a pair",
    "\x1a0000",
    "%_\\",
    "😀 \u202e ß",
    "line\r\nbreak\u2028",
    " edge ",
)
"""Texts that a store has to give back as they were."""


def every_event(at: datetime = NINE) -> tuple[Event, ...]:
    """An event of every kind, each a minute after the one before; the first logs it.

    >>> len(every_event()) > 25
    True
    """
    made: list[Event] = [
        Logged(at, "Mail is slow", "ada", "phone", by=_ADA),
        ImpactStarted(at - timedelta(hours=1), recorded_at=at),
        Detected(at, source="monitoring"),
        Classified(
            at, TicketKind.INCIDENT, Category("Network", "VPN"), "mail", configuration_item="db1"
        ),
        Prioritised(at, Impact.HIGH, Urgency.LOW, Priority.P1, Priority.P3, "the boss"),
        SeverityDeclared(
            at, Severity("Sev1", 1), evidence="payroll", override="without authority: no time"
        ),
        Acknowledged(at, by=_ADA),
        Assigned(at, "Network", "ada", 2),
        StatusChanged(at, Status.IN_PROGRESS),
        Held(at, HoldReason("AWAITING_PARTS")),
        Escalated(
            at,
            EscalationKind.FUNCTIONAL,
            "Network",
            "skills",
            rule="a",
            step="b",
            policy="c",
            fired_under="d",
        ),
        HandedOff(at, "Servers", "bob", 3, "tried everything"),
        HandedOff(
            at,
            "Network",
            details=HandOffNotes(
                summary="No route",
                steps=[DiagnosticStep("ping", StepOutcome.NOT_POSSIBLE, "no shell")],
                device={"os": "Linux"},
                user={"site": "Porto"},
                evidence=["log 7"],
                environment="production",
                next_step="trace the route",
            ),
        ),
        RoleAssumed(at, Role.MAJOR_INCIDENT_MANAGER, "ada"),
        RoleRenounced(at, Role("translator"), "bob"),
        VendorEngaged(at, "Acme", "A-7", "https://status.example/A-7", "use the other line"),
        VendorAnswered(at, "Acme", delivered=False, note="being looked at"),
        Contacted(at, Direction.OUTBOUND, "phone"),
        Answered(at, {"device": "PC 7", "symptoms": "It hums"}, by=_ADA),
        WorkaroundFound(at, "use the other one"),
        Resolved(at, ResolutionKind.FIX, "x", "y"),
        Restored(at),
        Confirmed(at),
        Reopened(at, "again"),
        Linked(at, LinkKind.PROBLEM, "PRB1"),
        StakeholdersUpdated(at, "staff", at + timedelta(hours=1)),
        StakeholdersUpdated(
            at,
            "leads",
            impacted="payroll",
            affected="all",
            progress="looking",
            workaround="none",
            follow="the page",
            technical="disk full",
        ),
        MajorIncidentMarked(at, MajorState.PROPOSED, "payroll is down"),
        Noted(at, "a note", by=Actor.automation("bot")),
        PolicyAdopted(at, "book", "book:1"),
        Announced(at, AnnouncementKind.WARNING, "resolution", "gold", at, "75 %"),
        Observed(at, status=Status.unknown("-100"), group="Desk", configuration_item="db2"),
        Asserted(at, {"reassignments": 3, "sla_met": None, "resolved_at": at}),
        Cancelled(at, "mistake"),
        Closed(at, "code", summary="s", cause="c", steps=("a", "b"), knowledge="KB1"),
    ]
    return tuple(made)


def notification(identifier: str = "INC1:1:a:b", reference: str = "INC1") -> Notification:
    """A notification under that identifier.

    >>> notification().audience
    'staff'
    """
    return Notification(
        identifier=identifier,
        reference=reference,
        rule="a",
        audience="staff",
        recipient="ada",
        at=NINE,
        subject="s",
        text="t",
    )
