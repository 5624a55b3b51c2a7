"""Who gets it, who hands it on, who plays which part: through both desks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.calendars import BusinessCalendar
from itilcore.classification import Category
from itilcore.desk import Desk, assigning
from itilcore.errors import ActionRefused, InvalidInput
from itilcore.incident import (
    Assigned,
    DiagnosticStep,
    HandOffNotes,
    HoldReason,
    Logged,
    ResolutionKind,
    Role,
    RoleAssumed,
    StepOutcome,
    role_conflict,
)
from itilcore.major import MajorIncidentRules
from itilcore.policy import Book
from itilcore.priority import Authority, DeclarationRule, DeclarationRules, Severity
from itilcore.repositories import Commit
from itilcore.routing import (
    Directory,
    HandOffRule,
    HandOffRules,
    Person,
    RoleRules,
    RoutingRule,
    RoutingRules,
    SupportGroup,
)
from itilcore.stores import MemoryStore

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA = Actor.person("ada")
OFFICE = BusinessCalendar.weekly("Mon-Fri 08:00-18:00", tz="UTC")
NETWORK = SupportGroup(
    name="Network", tier=2, members=["bob", "cy"], skills=["vpn"], hours=OFFICE, capacity=4
)
PEOPLE = Directory(
    [
        Person(identifier="ada", tier=1),
        Person(identifier="bob", tier=2, skills=["vpn"], capacity=2),
        Person(identifier="cy", tier=2, skills=["vpn"], capacity=1),
        Person(identifier="mia"),
    ],
    [SupportGroup(name="Desk", tier=1, members=["ada"]), NETWORK],
)
BOOK = Book(
    directory=PEOPLE,
    routing=RoutingRules(
        [
            RoutingRule(name="vpn", group="Network", categories="Network", skills="vpn"),
            RoutingRule(name="vendor", group="Vendor", services="print"),
        ]
    ),
    hand_offs=HandOffRules([HandOffRule(requires=["summary", "steps"])]),
)
NOTES = HandOffNotes(summary="No VPN", steps=DiagnosticStep("restart", StepOutcome.NO_CHANGE))


def test_the_next_one_goes_to_whom_has_room(make, store):
    desk = make(store, BOOK)
    for number in range(1, 5):
        desk.log(f"INC{number}", at=NINE, title="x", category=Category("Network", "VPN"))
    given_to = [desk.assign_next(f"INC{number}", at=NINE) for number in range(1, 5)]
    assert [each.incident.assignee for each in given_to] == ["bob", "cy", "bob", None]
    assert [each.incident.group for each in given_to] == ["Network"] * 4
    assert [each.incident.facts.tier for each in given_to] == [2] * 4
    first = given_to[0]
    assert any("this is the first that fits" in str(each) for each in first.reasons)
    assert "bob has 0 of 2" in first.incident.timeline[-2].reason
    desk.start("INC2", at=NINE)
    desk.resolve("INC2", at=NINE, kind=ResolutionKind.FIX, code="x", notes="x")
    again = desk.assign_next("INC4", at=NINE + 10 * HOUR, key="k")
    assert (again.incident.group, again.incident.assignee) == ("Network", "cy")
    assert str(again.reasons[-1]) == "Network is closed until 2026-01-06 08:00+00:00"
    repeated = desk.assign_next("INC4", at=NINE + 10 * HOUR, key="k")
    assert (repeated.repeated, repeated.reasons) == (True, ())


def test_loads_are_counted_page_by_page(make, store, monkeypatch):
    monkeypatch.setattr(assigning, "_PAGE", 1)
    desk = make(store, BOOK)
    for number in range(4):
        desk.log(f"INC{number}", at=NINE, title="x", category=Category("Network"))
    assigned = [desk.assign_next(f"INC{number}", at=NINE).incident.assignee for number in range(4)]
    assert assigned == ["bob", "cy", "bob", None]


def test_what_no_rule_fits_is_told_with_the_nearest(make, store):
    desk = make(store, BOOK)
    desk.log("INC1", at=NINE, title="x", category=Category("Mail"))
    with pytest.raises(
        ActionRefused, match="cannot assign next: not to Network: category Mail does not lie"
    ) as caught:
        desk.assign_next("INC1", at=NINE)
    assert caught.value.action == "assign next"
    with pytest.raises(ActionRefused, match="there are no rules"):
        make(store).assign_next("INC1", at=NINE)


def test_a_group_that_has_it_keeps_it_unless_it_is_routed_again(make, store):
    desk = make(store, BOOK)
    desk.log("INC1", at=NINE, title="x", category=Category("Network"))
    desk.assign("INC1", at=NINE, group="Desk")
    kept = desk.assign_next("INC1", at=NINE)
    assert (kept.incident.group, kept.incident.assignee) == ("Desk", "ada")
    assert kept.incident.facts.tier == 1
    moved = desk.assign_next("INC1", at=NINE, again=True)
    assert (moved.incident.group, moved.incident.assignee) == ("Network", "bob")


def test_a_group_without_people_gets_it_as_a_group(make, store):
    book = Book(routing=RoutingRules([RoutingRule(name="all", group="Somebody")]))
    desk = make(store, book)
    desk.log("INC1", at=NINE, title="x")
    found = desk.assign_next("INC1", at=NINE).incident
    assert (found.group, found.assignee, found.facts.tier) == ("Somebody", None, None)
    empty = Book(
        routing=RoutingRules([RoutingRule(name="all", group="Empty")]),
        directory=Directory([], [SupportGroup(name="Empty")]),
    )
    desk = make(store, empty)
    desk.log("INC2", at=NINE, title="x")
    assert desk.assign_next("INC2", at=NINE).incident.group == "Empty"


def test_a_hand_off_needs_what_the_book_says(make, store):
    desk = make(store, BOOK)
    desk.log("INC1", at=NINE, title="x")
    desk.assign("INC1", at=NINE, group="Desk", assignee="ada")
    with pytest.raises(
        ActionRefused, match="cannot hand off: needs summary: .*; steps: "
    ) as caught:
        desk.hand_off("INC1", at=NINE, group="Network", by=ADA)
    assert [name for name, _ in caught.value.missing] == ["summary", "steps"]
    done = desk.hand_off("INC1", at=NINE, group="Network", by=ADA, details=NOTES)
    assert (done.incident.group, done.incident.assignee) == ("Network", None)
    assert (done.incident.facts.tier, done.incident.facts.hand_offs) == (2, 1)
    assert [each.audience for each in done.notifications] == ["group"]
    assert desk.get("INC1").timeline[-1].details == NOTES
    with pytest.raises(ActionRefused, match="Network has it already"):
        desk.hand_off("INC1", at=NINE, group="Network", details=NOTES)
    with pytest.raises(ActionRefused, match="there is no group 'Netwrok'; did you mean 'Network'"):
        desk.hand_off("INC1", at=NINE, group="Netwrok", details=NOTES)
    with pytest.raises(ActionRefused, match="there is no person 'boob'; did you mean 'bob'"):
        desk.assign("INC1", at=NINE, assignee="boob")
    with pytest.raises(InvalidInput, match="details: is 'x': it must be of HandOffNotes"):
        desk.hand_off("INC1", at=NINE, group="Desk", details="x")


def test_whoever_resolves_it_cannot_manage_it(make, store):
    desk, manager = make(store, BOOK), Role.MAJOR_INCIDENT_MANAGER
    desk.log("INC1", at=NINE, title="x", requester="eve")
    desk.assign("INC1", at=NINE, group="Network", assignee="bob", tier=2)
    with pytest.raises(ActionRefused, match="bob is major incident manager and tier 2 resolver"):
        desk.assume_role("INC1", at=NINE, role=manager, person="bob")
    desk.assume_role("INC1", at=NINE, role=manager, person="mia")
    assert desk.assume_role("INC1", at=NINE, role=manager, person="mia").events == ()
    with pytest.raises(ActionRefused, match="whoever resolves it cannot manage it"):
        desk.assign("INC1", at=NINE, assignee="mia")
    with pytest.raises(ActionRefused, match="whoever resolves it cannot manage it"):
        desk.hand_off("INC1", at=NINE, group="Desk", assignee="mia", details=NOTES)
    with pytest.raises(ActionRefused, match="mia is major incident manager already"):
        desk.assume_role("INC1", at=NINE, role=manager, person="ada")
    done = desk.assume_role("INC1", at=NINE + HOUR, role=manager, person="ada", replacing=True)
    assert [type(each).__name__ for each in done.events] == ["RoleRenounced", "RoleAssumed"]
    for person in ("mia", "cy"):
        desk.assume_role("INC1", at=NINE, role=Role.SCRIBE, person=person)
    desk.renounce_role("INC1", at=NINE + HOUR, role=Role.SCRIBE, person="mia")
    assert desk.renounce_role("INC1", at=NINE, role=Role.SCRIBE, person="mia").events == ()
    assert desk.get("INC1").roles == (
        (Role.REQUESTER, "eve"),
        (Role.TIER_2_RESOLVER, "bob"),
        (manager, "ada"),
        (Role.SCRIBE, "cy"),
    )
    (mia,) = (
        each
        for each in desk.get("INC1").role_spells
        if each.person == "mia" and each.role == manager
    )
    assert (mia.start, mia.end) == (NINE, NINE + HOUR)
    assert mia.holds(NINE)
    assert not mia.holds(NINE + HOUR)


def test_a_team_keeps_other_roles_apart(make, store):
    rules = RoleRules(single="scribe", apart=[("requester", "resolver")])
    desk = make(store, Book(roles=rules))
    desk.log("INC1", at=NINE, title="x", requester="eve")
    with pytest.raises(ActionRefused, match="eve is requester and resolver: the roles are kept"):
        desk.assign("INC1", at=NINE, group="Desk", assignee="eve")
    desk.assume_role("INC1", at=NINE, role=Role.SCRIBE, person="eve")
    with pytest.raises(ActionRefused, match="cannot assume role: eve is scribe already"):
        desk.assume_role("INC1", at=NINE, role=Role.SCRIBE, person="bob")


steps = st.lists(
    st.tuples(
        st.sampled_from(["assign", "unassign", "hand_off", "assume", "renounce", "hold", "resume"]),
        st.sampled_from(["ada", "bob", "mia"]),
        st.sampled_from([Role.MAJOR_INCIDENT_MANAGER, Role.SCRIBE, Role.TIER_2_RESOLVER]),
        st.booleans(),
        st.integers(0, 9),
    ),
    max_size=12,
)


@given(steps)
def test_no_walk_makes_one_person_manager_and_resolver(walk):
    desk = Desk(MemoryStore())
    desk.log("INC1", at=NINE, title="x")
    notes = HandOffNotes(summary="x", steps=DiagnosticStep("x"), next_step="x")
    for number, (word, person, role, replacing, minutes) in enumerate(walk):
        group, at = f"group {number}", NINE + timedelta(minutes=minutes)  # some are told late
        try:
            match word:
                case "assign":
                    desk.assign("INC1", at=at, group=group, assignee=person)
                    desk.start("INC1", at=at)
                case "unassign":
                    desk.unassign("INC1", at=at)
                case "hand_off":
                    desk.hand_off("INC1", at=at, group=group, assignee=person, details=notes)
                case "assume":
                    desk.assume_role("INC1", at=at, role=role, person=person, replacing=replacing)
                case "hold":
                    desk.hold("INC1", at=at, reason=HoldReason.AWAITING_VENDOR)
                case "resume":
                    desk.resume("INC1", at=at)
                case _:
                    desk.renounce_role("INC1", at=at, role=role, person=person)
        except ActionRefused:
            pass
        incident = desk.get("INC1")
        for minute in range(11):  # at every time, by what is known now
            when = NINE + timedelta(minutes=minute)
            now = [each for each in incident.role_spells if each.holds(when)]
            managers = {s.person for s in now if s.role == Role.MAJOR_INCIDENT_MANAGER}
            resolvers = {s.person for s in now if "resolver" in s.role.name}
            assert len(managers) <= 1
            assert not managers & resolvers
        lasting = {who for what, who in incident.roles if what == Role.MAJOR_INCIDENT_MANAGER}
        assert incident.assignee not in lasting


def test_a_history_that_came_with_a_conflict_goes_on(make, store):
    manages = RoleAssumed(NINE, Role.MAJOR_INCIDENT_MANAGER, "ada")
    events = [Logged(NINE, "x"), Assigned(NINE, "Desk", "ada"), manages]
    store.commit(Commit(reference="INC1", expected_version=0, events=events))
    desk = make(store)
    assert "ada is major incident manager" in role_conflict(desk.get("INC1").role_spells)
    assert desk.assume_role("INC1", at=NINE + HOUR, role=Role.SCRIBE, person="bob").events
    desk.renounce_role("INC1", at=NINE + HOUR, role=Role.MAJOR_INCIDENT_MANAGER, person="ada")
    with pytest.raises(ActionRefused, match="ada is major incident manager and resolver"):
        desk.assume_role("INC1", at=NINE + 2 * HOUR, role=Role.MAJOR_INCIDENT_MANAGER, person="ada")


def test_what_somebody_has_is_left_alone(make, store):
    desk = make(store, BOOK)
    for number in (1, 2):
        desk.log(f"INC{number}", at=NINE, title="x", category=Category("Network"))
    desk.assign("INC1", at=NINE, group="Network", assignee="mia")  # who is no member
    desk.start("INC1", at=NINE)
    kept = desk.assign_next("INC1", at=NINE + HOUR)
    assert (kept.events, kept.incident.assignee) == ((), "mia")
    assert [str(each) for each in kept.reasons] == ["it is assigned to mia, and stays there"]
    assert kept.incident.status.name == "IN_PROGRESS"
    desk.classify("INC1", at=NINE, category=Category("Mail"))
    with pytest.raises(ActionRefused, match="not to Network"):
        desk.assign_next("INC1", at=NINE, again=True)
    desk.assign("INC2", at=NINE, group="Desk", assignee="ada")
    desk.start("INC2", at=NINE)
    with pytest.raises(ActionRefused, match="it is being worked on: hand it off to Network"):
        desk.assign_next("INC2", at=NINE, again=True)


def test_what_waits_for_a_group_keeps_the_demands_of_its_rule(make, store):
    directory = Directory(
        [
            Person(identifier="ana", capacity=3),
            Person(identifier="bob", capacity=1, skills=["vpn"]),
        ],
        [SupportGroup(name="Net", tier=2, members=["ana", "bob"])],
    )
    rules = [
        RoutingRule(name="vpn", group="Net", categories="VPN", skills="vpn", tier=3),
        RoutingRule(name="all", group="Net"),
    ]
    desk = make(store, Book(directory=directory, routing=RoutingRules(rules)))
    for number in (1, 2):
        desk.log(f"INC{number}", at=NINE, title="x", category=Category("VPN"))
    first = desk.assign_next("INC1", at=NINE).incident
    assert (first.assignee, first.facts.tier) == ("bob", 3)
    assert desk.assign_next("INC2", at=NINE).incident.assignee is None
    waiting = desk.assign_next("INC2", at=NINE + HOUR)
    assert waiting.incident.assignee is None
    assert "ana lacks vpn" in [str(each) for each in waiting.reasons]
    # Another rule, and the tier of the group.
    desk.log("INC3", at=NINE, title="x")
    third = desk.assign_next("INC3", at=NINE).incident
    assert (third.assignee, third.facts.tier) == ("ana", 2)


def test_whoever_manages_it_is_passed_over(make, store):
    desk = make(store, BOOK)
    desk.log("INC1", at=NINE, title="x", category=Category("Network"))
    desk.assume_role("INC1", at=NINE, role=Role.MAJOR_INCIDENT_MANAGER, person="bob")
    found = desk.assign_next("INC1", at=NINE)
    assert found.incident.assignee == "cy"
    assert any("bob is major incident manager" in str(each) for each in found.reasons)


def test_a_group_brings_its_tier_however_it_gets_it(make, store):
    desk = make(store, BOOK)
    desk.log("INC1", at=NINE, title="x")
    assert desk.assign("INC1", at=NINE, group="Network").incident.facts.tier == 2
    assert desk.assign("INC1", at=NINE, assignee="bob").incident.facts.tier == 2
    assert desk.assign("INC1", at=NINE, group="Desk", tier=3).incident.facts.tier == 3


def test_the_role_of_an_assignment_is_not_given_back(make, store):
    desk = make(store, BOOK)
    desk.log("INC1", at=NINE, title="x")
    desk.assign("INC1", at=NINE, group="Network", assignee="bob")
    with pytest.raises(ActionRefused, match="bob is assigned, and tier 2 resolver for as long"):
        desk.renounce_role("INC1", at=NINE, role=Role.TIER_2_RESOLVER, person="bob")
    desk.assume_role("INC1", at=NINE, role=Role.TIER_2_RESOLVER, person="cy")
    assert desk.renounce_role("INC1", at=NINE, role=Role.TIER_2_RESOLVER, person="cy").events


def test_a_refused_hand_off_says_what_is_missing_and_not_what_is_there(make, store):
    rules = HandOffRules(
        [
            HandOffRule(requires="exhausted", scripts="reboot"),
            HandOffRule(categories="Network", requires="exhausted", scripts="ping"),
        ]
    )
    desk = make(store, Book(hand_offs=rules))
    desk.log("INC1", at=NINE, title="x", category=Category("Network"))
    desk.assign("INC1", at=NINE, group="Desk")
    notes = HandOffNotes(steps=DiagnosticStep("ping", StepOutcome.NO_CHANGE))
    with pytest.raises(ActionRefused) as caught:
        desk.hand_off("INC1", at=NINE, group="Other", details=notes)
    ((name, text),) = caught.value.missing
    assert name == "exhausted"
    assert "reboot" in text


MIA, LOUD = Actor.person("mia"), Actor.person("loud")
MANAGER = Role.MAJOR_INCIDENT_MANAGER
FIX = {"kind": ResolutionKind.FIX, "code": "x", "notes": "x"}


def test_whoever_manages_it_does_not_resolve_it(make, store):
    desk = make(store)
    desk.log("INC1", at=NINE, title="x")
    desk.assume_role("INC1", at=NINE, role=MANAGER, person="mia")
    for work in (
        lambda: desk.start("INC1", at=NINE, by=MIA),
        lambda: desk.resolve("INC1", at=NINE, by=MIA, **FIX),
    ):
        with pytest.raises(ActionRefused, match="mia is major incident manager: whoever manages"):
            work()
    desk.start("INC1", at=NINE, by=ADA)
    assert desk.resolve("INC1", at=NINE, by=ADA, **FIX).incident.resolution is not None


def test_an_action_of_the_teams_own_gets_round_no_rule_of_a_major_incident(make, store):
    desk = make(store, Book())
    desk.log("INC1", at=NINE, title="x")
    desk.assume_role("INC1", at=NINE, role=MANAGER, person="mia")
    desk.promote_major("INC1", at=NINE, reason="x", by=MIA)
    fix = {"resolution_kind": "fix", "resolution_code": "x", "notes": "x"}
    whoever = "mia is major incident manager: whoever manages it cannot resolve it"

    def refused(match, **asked):
        before = desk.get("INC1")
        with pytest.raises(ActionRefused, match=match):
            desk.move("INC1", at=NINE, **asked)
        assert desk.get("INC1") == before

    refused(whoever, take="start", by=MIA)
    refused("let it be demoted first", take="cancel", by=ADA, facts={"reason": "x"})
    desk.move("INC1", at=NINE, take="start", by=ADA)
    # Who manages it may let others go on with it.
    desk.move("INC1", at=NINE, take="hold", by=ADA, facts={"hold_reason": "AWAITING_VENDOR"})
    assert desk.move("INC1", at=NINE, take="resume", by=MIA).events
    refused(whoever, take="resolve", by=MIA, facts=fix)
    desk.move("INC1", at=NINE, take="resolve", by=ADA, facts=fix)
    desk.confirm("INC1", at=NINE)
    robot = Actor.automation("nightly")
    refused("a major incident is closed by a person", take="close", by=robot)
    assert desk.move("INC1", at=NINE, take="close", by=MIA).events


def test_an_action_that_names_a_group_takes_on_its_tier(make, store):
    desk = make(store, BOOK)
    desk.log("INC1", at=NINE, title="x")
    moved = desk.move("INC1", at=NINE, take="assign", facts={"group": "Network"})
    assert (moved.incident.group, moved.incident.facts.tier) == ("Network", 2)


def test_nobody_has_authority_by_saying_so(make, store):
    rules = DeclarationRules(
        [DeclarationRule(severity=Severity.SEV1, who=Authority(roles=MANAGER.name))]
    )
    desk = make(store, Book(declarations=rules))
    desk.log("INC1", at=NINE, title="x")
    desk.assume_role("INC1", at=NINE, role=MANAGER, person="loud", by=LOUD)
    with pytest.raises(ActionRefused, match="authority"):
        desk.declare_severity("INC1", at=NINE, severity=Severity.SEV1, by=LOUD)
    with pytest.raises(ActionRefused, match="loud has no authority"):
        desk.promote_major("INC1", at=NINE, reason="x", by=LOUD)
    desk.assume_role("INC1", at=NINE, role=MANAGER, person="mia", replacing=True, by=LOUD)
    assert desk.declare_severity("INC1", at=NINE, severity=Severity.SEV1, by=MIA).events


def test_a_book_says_who_appoints_a_manager(make, store):
    directory = Directory(
        [Person(identifier="mia"), Person(identifier="bo"), Person(identifier="loud")],
        [SupportGroup(name="Duty managers", members="mia")],
    )
    major = MajorIncidentRules(appoint=Authority(groups="Duty managers"))
    desk = make(store, Book(directory=directory, major=major))
    desk.log("INC1", at=NINE, title="x")
    for by in (LOUD, None, Actor.automation("mia")):
        with pytest.raises(ActionRefused, match="who (may|has): groups Duty managers"):
            desk.assume_role("INC1", at=NINE, role=MANAGER, person="loud", by=by)
    # A duty manager may take it on for herself, and has the authority.
    desk.assume_role("INC1", at=NINE, role=MANAGER, person="mia", by=MIA)
    desk.propose_major("INC1", at=NINE, reason="x", by=MIA)
    assert desk.promote_major("INC1", at=NINE, reason="x", by=MIA).events
    with pytest.raises(ActionRefused, match="loud has no authority"):
        desk.assume_role("INC1", at=NINE, role=MANAGER, person="loud", by=LOUD, replacing=True)
    # Whoever has the role hands it on.
    handed = desk.assume_role("INC1", at=NINE, role=MANAGER, person="bo", by=MIA, replacing=True)
    assert (MANAGER, "bo") in handed.incident.roles
    with pytest.raises(ActionRefused, match="it is a major incident: let it be demoted first"):
        desk.cancel("INC1", at=NINE, reason="x", by=LOUD)
    assert desk.demote_major("INC1", at=NINE, reason="x", by=Actor.person("bo")).events
    assert desk.cancel("INC1", at=NINE, reason="x", by=LOUD).events
