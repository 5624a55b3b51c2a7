"""Major incidents through both desks: marks, updates in cadence, no closing by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.communications import Audiences, Cadences
from itilcore.desk import Announce, Close, Desk, PromoteMajor, ProposeMajor, UpdateStakeholders
from itilcore.errors import ActionRefused, InvalidInput
from itilcore.escalation import EscalationPolicy, EscalationRule, Trigger, TriggerKind
from itilcore.incident import (
    AnnouncementKind,
    Assigned,
    DiagnosticStep,
    EscalationKind,
    Event,
    HandOffNotes,
    Incident,
    Logged,
    MajorIncidentMarked,
    MajorState,
    Phase,
    ResolutionKind,
    Resolved,
    Role,
    SeverityDeclared,
)
from itilcore.intake import Criticality, Service, ServiceCatalogue
from itilcore.major import CandidateRule, MajorIncidentRules
from itilcore.policy import Book, DueKind
from itilcore.priority import Authority, Severity
from itilcore.repositories import Commit
from itilcore.routing import Rota
from itilcore.stores import MemoryStore

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MIA, ADA = Actor.person("mia"), Actor.person("ada")
FIX: dict[str, Any] = {"kind": ResolutionKind.FIX, "code": "x", "notes": "x"}
CRITICAL = CandidateRule(name="a critical service", criticalities=Criticality.CRITICAL)
BOOK = Book(
    major=MajorIncidentRules(
        promote=Authority(people="mia", roles=Role.MAJOR_INCIDENT_MANAGER.name), candidates=CRITICAL
    ),
    services=ServiceCatalogue([Service(name="payroll", criticality=Criticality.CRITICAL)]),
)
UNKNOWN = BusinessCalendar.weekly(
    "Mon-Sun 00:00-24:00", tz="UTC", holidays=Holidays.snapshot([date(2025, 12, 25)], [2025])
)
SAID: dict[str, Any] = {
    "impacted": "Payroll",
    "affected": "everybody",
    "progress": "it is being restored",
    "workaround": "none yet",
    "follow": "the status page",
    "technical": "disk 3 is full",
}


def after(minutes: int) -> datetime:
    return NINE + minutes * MINUTE


def declare(store, severity: Severity, at: datetime) -> None:
    happens(store, SeverityDeclared(at, severity))


def happens(store, event: Event) -> None:
    incident, at = store.get("INC1"), event.at
    later = incident.record(event)
    store.commit(Commit.of(later, (event,), look_again_at=BOOK.look_again_at(later, at)))


def begun(make, store, book: Book = BOOK):
    desk = make(store, book)
    desk.log("INC1", at=NINE, title="No payroll", requester="eve", service="payroll")
    return desk


def test_it_is_proposed_promoted_and_demoted_by_whom_may(make, store):
    desk = begun(make, store)
    done = desk.propose_major("INC1", at=NINE, by=ADA)
    assert done.incident.major_state is MajorState.PROPOSED
    assert done.events[0].reason == "the criticality of the service is critical"
    assert desk.propose_major("INC1", at=NINE, by=ADA).events == ()
    with pytest.raises(
        ActionRefused, match="ada has no authority for it; who has: people mia; roles major"
    ):
        desk.promote_major("INC1", at=NINE, by=ADA, reason="x")
    with pytest.raises(ActionRefused, match="cannot promote major: nobody is said to do it"):
        desk.promote_major("INC1", at=NINE, reason="x")
    promoted = desk.promote_major("INC1", at=NINE, by=MIA, reason="payroll runs today", key="k")
    assert promoted.incident.is_major
    assert [str(each) for each in promoted.reasons] == [
        "nobody is major incident manager yet",
        "nobody is communications lead yet",
        "nobody is scribe yet",
        "nobody is resolver yet",
        "no severity is declared: updates as changes occur, in no rhythm",
    ]
    again = desk.promote_major("INC1", at=NINE, by=MIA, reason="payroll runs today", key="k")
    assert again.repeated
    with pytest.raises(ActionRefused, match="it is a major incident already"):
        desk.propose_major("INC1", at=NINE, by=ADA)
    with pytest.raises(ActionRefused, match="it is not proposed"):
        desk.reject_major("INC1", at=NINE, by=MIA, reason="x")
    demoted = desk.demote_major("INC1", at=after(5), by=MIA, reason="the run is over")
    assert (demoted.incident.is_major, demoted.reasons) == (False, ())
    with pytest.raises(ActionRefused, match="it cannot be|it is not proposed"):
        desk.reject_major("INC1", at=after(5), by=MIA, reason="x")
    desk.propose_major("INC1", at=after(6), reason="again")
    rejected = desk.reject_major("INC1", at=after(7), by=MIA, reason="two users")
    assert rejected.incident.major_state is MajorState.REJECTED
    with pytest.raises(ActionRefused, match="it is no major incident"):
        desk.demote_major("INC1", at=after(8), by=MIA, reason="x")
    desk.cancel("INC1", at=after(9), reason="a drill")
    with pytest.raises(ActionRefused, match="it is over"):
        desk.promote_major("INC1", at=after(9), by=MIA, reason="x")


def test_a_proposal_without_a_reason_needs_a_rule_that_has_one(make, store):
    desk = make(store, BOOK)
    desk.log("INC1", at=NINE, title="A mouse")
    with pytest.raises(ActionRefused, match="needs reason: why it is proposed"):
        desk.propose_major("INC1", at=NINE)
    with pytest.raises(InvalidInput, match="reason: is ' '"):
        ProposeMajor(reference="INC1", at=NINE, reason=" ")
    with pytest.raises(InvalidInput, match="reason: is None"):
        PromoteMajor(reference="INC1", at=NINE)
    with pytest.raises(InvalidInput, match=r"audiences\[0\]: is ' '"):
        UpdateStakeholders(reference="INC1", at=NINE, audiences=" ")


def test_a_promotion_says_nothing_where_nothing_is_lacking(make, store):
    desk = begun(make, store, Book(major=MajorIncidentRules.small_team()))
    declare(store, Severity.SEV1, NINE)
    desk.assign("INC1", at=NINE, group="Desk", assignee="bo")
    desk.assume_role("INC1", at=NINE, role=Role.MAJOR_INCIDENT_MANAGER, person="mia")
    done = desk.promote_major("INC1", at=NINE, by=MIA, reason="payroll")
    assert done.reasons == ()
    declare(store, Severity.SEV3, NINE)
    desk.demote_major("INC1", at=NINE, by=MIA, reason="x")
    done = desk.promote_major("INC1", at=NINE, by=MIA, reason="payroll")
    assert [str(each) for each in done.reasons] == ["SEV3: updates as changes occur, in no rhythm"]


def test_an_update_lacks_nothing_or_is_refused_with_all_of_it(make, store):
    desk = begun(make, store)
    declare(store, Severity.SEV1, NINE)
    with pytest.raises(ActionRefused) as caught:
        desk.update_stakeholders("INC1", at=NINE, audiences=["user", "board"], impacted=" ")
    assert [name for name, _ in caught.value.missing] == [
        "audiences", "audiences", "impacted", "affected", "progress", "workaround", "follow",
        "next_update_at",
    ]  # fmt: skip
    assert "there is no audience 'user'; did you mean 'users'?" in str(caught.value)
    for at, why in ((NINE, "is not after this update"), (after(31), "is too late; SEV1: every")):
        with pytest.raises(ActionRefused, match=why):
            desk.update_stakeholders("INC1", at=NINE, **SAID, next_update_at=at)
    done = desk.update_stakeholders("INC1", at=after(10), by=MIA, **SAID, next_update_at=after(30))
    assert [event.audience for event in done.events] == ["users", "executives", "support"]
    assert [each.audience for each in done.notifications] == ["users", "executives", "support"]
    assert ["disk 3" in each.text for each in done.notifications] == [False, False, True]
    assert done.look_again_at == after(30) + timedelta(microseconds=1)
    desk.resolve("INC1", at=after(20), **FIX)
    last = desk.update_stakeholders("INC1", at=after(25), audiences="users", **SAID)
    assert "this is the last one" in last.notifications[0].text
    assert BOOK.cadences.next_update(last.incident, after(500)).due_at is None
    longer = desk.update_stakeholders("INC1", at=after(26), **SAID, next_update_at=after(500))
    assert longer.events[0].next_update_at == after(500)


def test_a_book_without_audiences_tells_whom_it_is_told(make, store):
    desk = begun(make, store, Book(audiences=Audiences(), cadences=Cadences()))
    with pytest.raises(ActionRefused, match="whom to tell: the book has no audiences"):
        desk.update_stakeholders("INC1", at=NINE, **SAID, next_update_at=after(5))
    done = desk.update_stakeholders(
        "INC1", at=NINE, audiences="anybody", **SAID, next_update_at=after(5)
    )
    assert [each.audience for each in done.notifications] == ["anybody"]
    assert "disk 3" not in done.notifications[0].text


@pytest.mark.parametrize(
    ("role", "told"),
    [
        (Role.COMMUNICATIONS_LEAD, ("communications lead", "mia")),
        (Role.MAJOR_INCIDENT_MANAGER, ("major incident manager", "mia")),
        (Role.SCRIBE, ("communications lead", None)),
        (None, ("group", "Desk")),
    ],
)
def test_an_overdue_update_is_told_once_to_whom_speaks_for_it(make, store, role, told):
    desk = begun(make, store)
    if role is None:
        desk.assign("INC1", at=NINE, group="Desk")
    else:
        desk.assume_role("INC1", at=NINE, role=role, person="mia")
    declare(store, Severity.SEV1, NINE)
    assert desk.agenda(after(30)).items == ()
    (item,) = desk.agenda(after(31)).items
    assert (item.kind, item.instant) == (DueKind.UPDATE, after(30))
    done = desk.act(item, at=after(31))
    (said,) = done.notifications
    assert (said.audience, said.recipient) == told
    assert said.subject == "INC1: an update is overdue since 2026-01-05 09:30 UTC"
    assert desk.act(item, at=after(32)).repeated
    assert desk.agenda(after(200)).items == ()
    desk.update_stakeholders("INC1", at=after(40), **SAID, next_update_at=after(60))
    (again,) = desk.agenda(after(61)).items
    assert again.identifier != item.identifier
    found = BOOK.cadences.expected(desk.get("INC1"), after(61))
    assert [each.outcome.value for each in found] == ["late", "never came"]


@pytest.mark.parametrize(
    ("assignee", "minutes", "told"),
    [
        ("bo", 31, [("assignee", "bo")]),
        (None, 31, [("on duty for Mail", "ada"), ("on duty for Network", "cy")]),
        # Of the next turn nothing is known, or nobody is on duty.
        (None, 24 * 60, [("on duty for Mail", "ada")]),
    ],
)
def test_of_what_nobody_leads_somebody_hears_all_the_same(make, store, assignee, minutes, told):
    def rota(name: str, *people: str, **more) -> Rota:
        return Rota(name=name, people=people, first=date(2026, 1, 5), tz="UTC", turn_days=1, **more)

    one_day = BusinessCalendar.weekly(
        "Mon-Sun 00:00-24:00", tz="UTC", holidays=Holidays.snapshot([date(2026, 1, 6)], [2026])
    )
    book = evolve(
        BOOK,
        rotas=(
            rota("Mail", "ada"),
            rota("Mail again", "ada"),
            rota("Network", "cy", cover=one_day),
            rota("Unknown", "dee", cover=UNKNOWN),
        ),
    )
    desk = begun(make, store, book)
    if assignee is not None:
        happens(store, Assigned(NINE, assignee=assignee))  # as an import may leave it
    declare(store, Severity.SEV1, NINE)
    (item,) = desk.agenda(after(minutes)).items
    done = desk.act(item, at=after(minutes))
    assert [(each.audience, each.recipient) for each in done.notifications] == told
    assert len({each.identifier for each in done.notifications}) == len(told)


def test_an_item_that_was_read_before_there_was_word_is_told_no_more(make, store):
    desk = begun(make, store)
    declare(store, Severity.SEV1, NINE)
    (item,) = desk.agenda(after(31)).items
    desk.update_stakeholders("INC1", at=after(35), by=MIA, **SAID, next_update_at=after(55))
    late = desk.act(item, at=after(36))
    assert (late.events, late.notifications) == ((), ())
    (other,) = desk.agenda(after(56)).items
    desk.cancel("INC1", at=after(57), reason="a drill")
    assert desk.act(other, at=after(58)).notifications == ()
    by_hand = Announce(
        reference="INC1", at=after(58), what=AnnouncementKind.UPDATE, clock="update",
        agreement="cadence", instant=after(55),
    )  # fmt: skip
    with pytest.raises(ActionRefused, match="no update is overdue since 2026-01-05 09:55 UTC"):
        desk.do(by_hand)


def test_the_last_instant_brings_no_item():
    end = datetime.max.replace(tzinfo=UTC)
    bad = Incident.replay("INC1", [Logged(end), SeverityDeclared(end, Severity.SEV1)])
    assert BOOK.due(bad, end).items == ()


def test_a_major_incident_does_not_close_by_itself(make, store):
    desk = begun(make, store)
    desk.acknowledge("INC1", at=NINE)
    desk.resolve("INC1", at=NINE, **FIX)
    (item,) = desk.agenda(after(20_000)).items
    assert item.kind is DueKind.AUTO_CLOSE
    desk.promote_major("INC1", at=after(1), by=MIA, reason="payroll")
    assert desk.agenda(after(20_000)).items == ()
    assert desk.act(item, at=after(20_000)).events == ()  # found before it was promoted
    desk.confirm("INC1", at=after(20_001))
    robot = Close(reference="INC1", at=after(20_002), by=Actor.automation("nightly"))
    with pytest.raises(ActionRefused, match="a major incident is closed by a person"):
        desk.do(robot)
    closed = desk.close("INC1", at=after(20_003), by=MIA)
    assert closed.incident.phase is Phase.CLOSED


@given(st.lists(st.sampled_from(list(MajorState)), max_size=4), st.integers(0, 30_000))
def test_no_agenda_closes_what_is_major(states, minutes):
    events = [Logged(NINE), Resolved(NINE)]
    events += [MajorIncidentMarked(NINE, state, "x") for state in states]
    incident = Incident.replay("INC1", events)
    items = [item.kind for item in BOOK.due(incident, after(minutes)).items]
    due = BOOK.facts(incident, after(minutes))["auto_close_due"]
    assert (DueKind.AUTO_CLOSE in items) is due
    if incident.is_major:
        assert not due
    else:
        assert due is (after(minutes) >= datetime(2026, 1, 9, tzinfo=UTC))


words = st.sampled_from(
    ["assign", "unassign", "hand_off", "assume", "renounce", "propose", "promote", "reject", "demote",
     "update", "act", "escalate", "engage", "answer"]
)  # fmt: skip
SILENT = [
    EscalationRule(
        name="untaken", trigger=Trigger(TriggerKind.NO_ACKNOWLEDGEMENT), after=20 * MINUTE,
        kind=EscalationKind.HIERARCHIC, to="manager", repeat_every=30 * MINUTE, most=5,
    ),
    EscalationRule(
        name="silent", trigger=Trigger(TriggerKind.VENDOR_SILENT), after=45 * MINUTE,
        kind=EscalationKind.HIERARCHIC, to="person mia",
    ),
]  # fmt: skip
steps = st.lists(
    st.tuples(
        words,
        st.sampled_from(["ada", "mia", "bo"]),
        st.sampled_from([Role.MAJOR_INCIDENT_MANAGER, Role.COMMUNICATIONS_LEAD, Role.RESOLVER]),
        st.booleans(),
        st.integers(0, 40),
    ),
    max_size=14,
)


@given(steps)
def test_over_any_walk_no_manager_resolves_and_none_is_promoted_without_authority(walk):
    store = MemoryStore()
    desk = begun(Desk, store, evolve(BOOK, escalation=EscalationPolicy(SILENT), notifications=()))
    declare(store, Severity.SEV2, NINE)
    notes = HandOffNotes(summary="x", steps=DiagnosticStep("x"), next_step="x")
    now = NINE
    for number, (word, person, role, yes, wait) in enumerate(walk):
        now += wait * MINUTE
        by = Actor.person(person)
        before = desk.get("INC1")
        manager = {who for what, who in before.roles if what == Role.MAJOR_INCIDENT_MANAGER}
        try:
            match word:
                case "assign":
                    desk.assign("INC1", at=now, group=f"g{number}", assignee=person)
                case "hand_off":
                    desk.hand_off(
                        "INC1", at=now, group=f"g{number}", assignee=person, details=notes
                    )
                case "assume":
                    desk.assume_role("INC1", at=now, role=role, person=person, replacing=yes)
                case "renounce":
                    desk.renounce_role("INC1", at=now, role=role, person=person)
                case "unassign":
                    desk.unassign("INC1", at=now)
                case "escalate":
                    kind = EscalationKind.HIERARCHIC if yes else EscalationKind.FUNCTIONAL
                    desk.escalate("INC1", at=now, kind=kind, to=person, by=by)
                case "engage":
                    desk.engage_vendor("INC1", at=now, vendor="Acme", by=by)
                case "answer":
                    desk.vendor_answered("INC1", at=now, vendor="Acme", delivered=yes, by=by)
                case "update":
                    due = now + 10 * MINUTE if yes else None
                    desk.update_stakeholders("INC1", at=now, **SAID, next_update_at=due)
                    assert yes  # without its next time it is always refused
                case "act":
                    for item in desk.agenda(now).items:
                        assert len(desk.act(item, at=now).notifications) == 1
                        assert desk.act(item, at=now).repeated
                    assert desk.agenda(now).items == ()
                case _:
                    getattr(desk, f"{word}_major")("INC1", at=now, by=by, reason="x")
                    assert word == "propose" or person in manager | {"mia"}
        except ActionRefused:
            continue
        incident = desk.get("INC1")
        managers = {who for what, who in incident.roles if what == Role.MAJOR_INCIDENT_MANAGER}
        resolvers = {who for what, who in incident.roles if "resolver" in what.name}
        assert len(managers) <= 1
        assert not managers & (resolvers | {incident.assignee})
        # Nor was anybody both at any time in between, by what is known now.
        for spell in incident.role_spells:
            there = [each for each in incident.role_spells if each.holds(spell.start)]
            both = {each.person for each in there if each.role == Role.MAJOR_INCIDENT_MANAGER}
            assert not both & {each.person for each in there if "resolver" in each.role.name}


def test_an_update_says_who_told_it(make, store):
    desk = begun(make, store)
    declare(store, Severity.SEV1, NINE)
    done = desk.update_stakeholders(
        "INC1",
        at=NINE,
        by=MIA,
        impacted="Mail",
        affected="all",
        progress="restarting",
        workaround="none",
        follow="status page",
        next_update_at=NINE + timedelta(minutes=20),
    )
    assert {event.by for event in done.events} == {MIA}
