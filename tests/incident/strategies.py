"""Strategies for the laws of the incident: zones, statuses, events, timelines, lifecycles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve
from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.classification import Category, TicketKind
from itilcore.incident import (
    STANDARD_STATUSES,
    Acknowledged,
    Answered,
    Asserted,
    Assigned,
    Cancelled,
    Classified,
    Closed,
    Confirmed,
    Contacted,
    Detected,
    Direction,
    Escalated,
    EscalationKind,
    Event,
    HandedOff,
    Held,
    HoldReason,
    ImpactStarted,
    Incident,
    Linked,
    LinkKind,
    Logged,
    MajorIncidentMarked,
    MajorState,
    Noted,
    Observed,
    Phase,
    PolicyAdopted,
    Prioritised,
    Reopened,
    ResolutionKind,
    Resolved,
    Restored,
    SeverityDeclared,
    StakeholdersUpdated,
    Status,
    StatusChanged,
    Timeline,
    Transition,
    VendorAnswered,
    VendorEngaged,
    WorkaroundFound,
)
from itilcore.priority import Impact, Priority, Severity, Urgency

Maker = Callable[[datetime], Event]

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
SPRING = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 25, 0, tzinfo=UTC)
ZONES = (
    UTC,
    timezone(timedelta(hours=5, minutes=30)),
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York"),
)
WITH_VENDOR = Status("WITH_VENDOR", Phase.WAITING)
STRANGE = Status.unknown("-100")

starts = st.sampled_from([MONDAY, SPRING, AUTUMN])
zones = st.sampled_from(ZONES)
statuses = st.sampled_from([*STANDARD_STATUSES, WITH_VENDOR, STRANGE])
living = st.sampled_from([s for s in STANDARD_STATUSES if not s.phase.is_end] + [STRANGE])
hold_reasons = st.sampled_from([HoldReason.AWAITING_CALLER, HoldReason("AWAITING_PARTS")])
words = st.sampled_from(["desk", "network", "database"])
vendors = st.sampled_from(["Acme", "Globex"])
tiers = st.sampled_from([None, 1, 2])
instants = st.builds(
    lambda start, minutes, zone: (start + timedelta(minutes=minutes)).astimezone(zone),
    starts,
    st.integers(-120, 600),
    zones,
)


claims = st.fixed_dictionaries(
    {},
    optional={
        "impact_started_at": st.none() | instants,
        "detected_at": st.none() | instants,
        "acknowledged_at": st.none() | instants,
        "resolved_at": st.none() | instants,
        "closed_at": st.none() | instants,
        "interactions": st.none() | st.integers(0, 5),
        "hand_offs": st.none() | st.integers(0, 5),
        "reassignments": st.none() | st.integers(0, 5),
        "reopenings": st.none() | st.integers(0, 5),
        "sla_met": st.none() | st.booleans(),
    },
)


def making(
    event: Callable[..., Event], /, **fields: st.SearchStrategy[Any]
) -> st.SearchStrategy[Maker]:
    """Events of one kind, still without their instant."""
    return st.builds(lambda values: partial(event, **values), st.fixed_dictionaries(fields))


def showing(shown: st.SearchStrategy[Status]) -> st.SearchStrategy[Maker]:
    """Events that say a status, each by any of the kinds that can."""
    return st.one_of(
        making(StatusChanged, status=shown, hold_reason=st.none() | hold_reasons),
        making(Held, status=shown, hold_reason=hold_reasons),
        making(Resolved, status=shown, kind=st.sampled_from(ResolutionKind), code=words),
        making(Reopened, status=shown, reason=st.none() | words),
        making(Closed, status=shown, code=st.none() | words),
        making(Cancelled, status=shown, reason=st.none() | words),
        making(
            Observed,
            status=shown,
            hold_reason=st.none() | hold_reasons,
            priority=st.none() | st.sampled_from(Priority.default_scale()),
            group=st.none() | words,
            tier=tiers,
        ),
    )


vendor_makers: st.SearchStrategy[Maker] = st.one_of(
    making(
        VendorEngaged,
        vendor=vendors,
        ticket=st.none() | words,
        status_link=st.none() | st.just("https://status.example/1"),
        workaround=st.none() | words,
    ),
    making(VendorAnswered, vendor=vendors, delivered=st.booleans(), note=st.none() | words),
)


quiet_makers: st.SearchStrategy[Maker] = st.one_of(
    making(ImpactStarted),
    making(Detected, source=st.none() | words),
    making(
        Classified,
        kind=st.none() | st.sampled_from(TicketKind),
        category=st.none()
        | st.lists(words, min_size=1, max_size=2).map(lambda names: Category(*names)),
        service=st.none() | words,
        configuration_item=st.none() | st.just("") | words,
    ),
    making(
        Prioritised,
        impact=st.none() | st.sampled_from(Impact.default_scale()),
        urgency=st.none() | st.sampled_from(Urgency.default_scale()),
        priority=st.none() | st.sampled_from(Priority.default_scale()),
    ),
    making(
        SeverityDeclared,
        severity=st.sampled_from(Severity.default_scale()),
        evidence=st.none() | words,
        override=st.none() | words,
    ),
    making(Acknowledged),
    making(Assigned, group=st.none() | words, assignee=st.none() | words, tier=tiers),
    making(
        Escalated,
        kind=st.sampled_from(EscalationKind),
        to=words,
        rule=st.none() | words,
        step=st.none() | words,
        policy=st.none() | words,
    ),
    making(HandedOff, group=words, tier=tiers),
    vendor_makers,
    making(Contacted, direction=st.sampled_from(Direction), channel=st.none() | words),
    making(Answered, answers=st.dictionaries(words, st.text(max_size=5), max_size=3)),
    making(WorkaroundFound, text=words),
    making(Restored),
    making(Confirmed),
    making(Linked, kind=st.sampled_from(LinkKind), reference=words),
    making(
        StakeholdersUpdated,
        audience=words,
        next_update_at=st.none() | instants,
        progress=st.none() | words,
    ),
    making(MajorIncidentMarked, state=st.sampled_from(MajorState), reason=st.none() | words),
    making(Noted, text=words),
    making(PolicyAdopted, subject=words, version=words),
    making(
        Observed,
        group=st.none() | words,
        assignee=st.none() | words,
        configuration_item=st.none() | words,
    ),
)
"""Events that leave the status as it is."""


def logging(shown: st.SearchStrategy[Status]) -> st.SearchStrategy[Maker]:
    channels = st.sampled_from([None, "phone", "monitoring"])
    return making(Logged, status=st.none() | shown, channel=channels, title=st.none() | words)


makers = st.one_of(
    logging(statuses), showing(statuses), quiet_makers, making(Asserted, claims=claims)
)
actors = st.builds(Actor.person, words) | st.builds(Actor.automation, words)


@st.composite
def timelines(
    draw: st.DrawFn,
    of: st.SearchStrategy[Maker] = makers,
    *,
    first: st.SearchStrategy[Maker] | None = None,
    backwards: bool = False,
    longest_gap: int = 600,
) -> Timeline:
    """Timelines whose gaps are whole minutes; ``at`` never runs back unless told so."""
    chosen = [draw(first)] if first is not None else []
    chosen += draw(st.lists(of, max_size=10))
    at, events = draw(starts), list[Event]()
    gaps = st.integers(-longest_gap if backwards else 0, longest_gap)
    for make in chosen:
        at += timedelta(minutes=draw(gaps))
        event = make(at.astimezone(draw(zones)))
        late = draw(st.none() | st.integers(-60, 600))
        if late is not None:
            event = recorded(event, at + timedelta(minutes=late), draw(actors))
        events.append(event)
    return Timeline(events)


def recorded(event: Event, at: datetime, by: Actor) -> Event:
    return evolve(event, recorded_at=at, by=by)


incidents = st.builds(Incident.replay, st.just("INC1"), timelines(backwards=True))
orderly_incidents = st.builds(Incident.replay, st.just("INC1"), timelines())


@st.composite
def transitions(draw: st.DrawFn, names: tuple[Status, ...]) -> list[Transition]:
    """Any rows between *names*: most of them make no lifecycle."""
    status = st.sampled_from(names)
    row = st.builds(Transition, status, st.sampled_from(["go", "turn"]), status)
    return draw(st.lists(row, max_size=9))
