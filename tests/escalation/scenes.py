"""People, rotas, calendars, promises and random rules that the tests share."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.calendars import BusinessCalendar
from itilcore.escalation import (
    EscalationPolicy,
    EscalationRule,
    EscalationScope,
    Recipient,
    RecipientKind,
    Stop,
    Trigger,
    TriggerKind,
)
from itilcore.incident import (
    Acknowledged,
    Assigned,
    Classified,
    Closed,
    DiagnosticStep,
    EscalationKind,
    Event,
    HandedOff,
    HandOffNotes,
    Held,
    HoldReason,
    Incident,
    Logged,
    MajorIncidentMarked,
    MajorState,
    Noted,
    Prioritised,
    Reopened,
    Resolved,
    SeverityDeclared,
    StakeholdersUpdated,
    Status,
    StatusChanged,
    VendorAnswered,
    VendorEngaged,
    WorkaroundFound,
)
from itilcore.policy import Book, Closing
from itilcore.priority import Impact, Priority, Severity
from itilcore.routing import Directory, Person, Rota, SupportGroup
from itilcore.sla import Agreement, Target, TargetKind, Threshold

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ADA = Actor.person("ada")
ROBOT = Actor.automation("monitoring")
OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
NIGHT = BusinessCalendar.weekly("Mon-Sun 22:00-06:00", tz="UTC")
LUNCH = BusinessCalendar.weekly("Mon-Sun 12:00-13:00", tz="UTC")
DIRECTORY = Directory(
    [
        Person(identifier="ada", manager="bo", skills="vpn"),
        Person(identifier="bo", manager="cy"),
        Person(identifier="cy"),
        Person(identifier="vip", is_vip=True),
    ],
    [
        SupportGroup(name="Desk", tier=1, members="ada"),
        SupportGroup(name="Mail", tier=2, members="bo", services="mail"),
        SupportGroup(name="Network", tier=2, members="bo", skills="bgp", categories="Network"),
        SupportGroup(name="Experts", tier=3, members="cy"),
    ],
)
ROTA = Rota(name="Duty", people=["ada", "bo"], first=date(2026, 1, 5), tz="UTC", turn_days=1)
GOLD = Agreement(
    "gold",
    [
        Target(TargetKind.RESPONSE, HOUR, BusinessCalendar.always()),
        Target(TargetKind.RESOLUTION, 4 * HOUR, OFFICE, warn=[Threshold.percent(50)]),
    ],
)

DAY = Agreement(
    "a day",  # of which both targets of an incident that is logged at nine end at a closing
    [
        Target(
            TargetKind.RESPONSE, 3 * HOUR, BusinessCalendar.weekly("Mon-Fri 09:00-12:00", tz="UTC")
        ),
        Target(TargetKind.RESOLUTION, 8 * HOUR, OFFICE, warn=[Threshold.percent(100)]),
    ],
)
promises = st.sampled_from([GOLD, DAY])


def rule(name: str = "rule", kind: TriggerKind = TriggerKind.NO_ACKNOWLEDGEMENT, **given):
    """A rule with what the test does not care about filled in."""
    counted = {
        each: given.pop(each)
        for each in ("percent", "count", "tier", "skills", "clocks")
        if each in given
    }
    to = given.pop("to", "person ada")
    escalation = EscalationKind.FUNCTIONAL if str(to) == "next tier" else EscalationKind.HIERARCHIC
    filled = {"after": 15 * MINUTE, "kind": escalation, "to": to, **given}
    return EscalationRule(name=name, trigger=Trigger(kind, **counted), **filled)


def book(*rules: EscalationRule, promised: Agreement = GOLD) -> Book:
    return Book(
        agreements=(promised,),
        directory=DIRECTORY,
        rotas=(ROTA,),
        closing=Closing(after=None),
        notifications=(),
        escalation=EscalationPolicy(rules),
    )


_NOTES = HandOffNotes(summary="x", steps=[DiagnosticStep("restart")])
_WORDS = {
    "ack": lambda at: Acknowledged(at, by=ADA),
    "desk": lambda at: Assigned(at, "Desk", "ada", 1, by=ROBOT),
    "mail": lambda at: Assigned(at, "Mail", None, 2, by=ADA),
    "network": lambda at: Assigned(at, "Network", "bo", by=ADA),
    "exhausted": lambda at: HandedOff(at, "Network", details=_NOTES, by=ADA),
    "classify": lambda at: Classified(at, service="mail", by=ADA),
    "p1": lambda at: Prioritised(at, Impact.HIGH, priority=Priority.P1, by=ADA),
    "p3": lambda at: Prioritised(at, Impact.LOW, priority=Priority.P3, by=ROBOT),
    "start": lambda at: StatusChanged(at, Status.IN_PROGRESS, by=ADA),
    "hold": lambda at: Held(at, HoldReason.AWAITING_CALLER, by=ADA),
    "vendor": lambda at: Held(at, HoldReason.AWAITING_VENDOR, by=ROBOT),
    "ask": lambda at: VendorEngaged(at, "Acme", by=ADA),
    "other": lambda at: VendorEngaged(at, "Zeta", by=ADA),
    "answer": lambda at: VendorAnswered(at, "Acme", delivered=False),
    "deliver": lambda at: VendorAnswered(at, "Acme"),
    "close": lambda at: Closed(at, by=ADA),
    "sev1": lambda at: SeverityDeclared(at, Severity.SEV1, by=ADA),
    "major": lambda at: MajorIncidentMarked(at, MajorState.PROMOTED, "x", by=ADA),
    "word": lambda at: StakeholdersUpdated(at, "users", at + 20 * MINUTE, by=ADA),
    "note": lambda at: Noted(at, "x", by=ADA),
    "robot": lambda at: Noted(at, "x", by=ROBOT),
    "workaround": lambda at: WorkaroundFound(at, "reboot", by=ADA),
    "resolve": lambda at: Resolved(at, by=ADA),
    "reopen": lambda at: Reopened(at, by=ADA),
}


def event(word: str, at: datetime) -> Event:
    return _WORDS[word](at)


def life(steps, requester: str = "vip") -> list[Event]:
    """Events by pairs of minutes to wait and a word, after it was logged at nine."""
    now = NINE
    events: list[Event] = [Logged(NINE, "Mail is slow", requester, by=ROBOT)]
    for wait, word in steps:
        now += wait * MINUTE
        events.append(event(word, now))
    return events


def incident(*steps) -> Incident:
    return Incident.replay("INC1", life(steps))


_COUNTED = {
    TriggerKind.PERCENT_OF_TARGET: {"percent": 75},
    TriggerKind.REASSIGNMENTS: {"count": 2},
    TriggerKind.REOPENINGS: {"count": 1},
    TriggerKind.AUTHORITY_EXCEEDED: {"tier": 2},
    TriggerKind.EXPERTISE_NEEDED: {"skills": ["bgp"]},
}
_SPANS = st.sampled_from([1, 5, 15, 60, 240]).map(lambda minutes: minutes * MINUTE)
_NAMED = st.sampled_from(["person cy", "group Experts", "rota Duty"]).map(Recipient.parse)


@st.composite
def rules(draw, name: str = "rule", kinds=tuple(TriggerKind)):
    kind = draw(st.sampled_from(kinds))
    functional = draw(st.booleans())
    unnamed = Recipient(RecipientKind.NEXT_TIER if functional else RecipientKind.MANAGER)
    most = draw(st.integers(1, 4))
    return EscalationRule(
        name=name,
        trigger=Trigger(kind, **_COUNTED.get(kind, {})),
        kind=EscalationKind.FUNCTIONAL if functional else EscalationKind.HIERARCHIC,
        to=draw(st.just(unnamed) | _NAMED),
        after=draw(_SPANS),
        calendar=draw(st.sampled_from([None, None, OFFICE])),
        quiet=draw(st.sampled_from([None, NIGHT, LUNCH])),
        repeat_every=draw(_SPANS) if most > 1 else None,
        most=most,
        applies=draw(
            st.sampled_from([EscalationScope(), EscalationScope(priorities=["P1", "P2"])])
        ),
        stops=draw(st.lists(st.sampled_from(Stop), unique=True, max_size=2)),
    )


@st.composite
def several_rules(draw, kinds=tuple(TriggerKind)):
    count = draw(st.integers(1, 4))
    return [draw(rules(f"rule {index}", kinds)) for index in range(count)]


words = st.sampled_from(sorted(_WORDS))
lives = st.lists(st.tuples(st.integers(0, 300), words), max_size=7)
