"""What each command does to an incident, and what is refused, with what is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from itilcore import desk as do
from itilcore.actor import Actor
from itilcore.calendars import BusinessCalendar
from itilcore.classification import Category, TicketKind
from itilcore.desk import Outcome, decide
from itilcore.errors import ActionRefused, InvalidInput, NaiveInstant
from itilcore.incident import (
    AnnouncementKind,
    Direction,
    HoldReason,
    Incident,
    Lifecycle,
    LinkKind,
    Phase,
    ResolutionKind,
    Status,
    Transition,
)
from itilcore.policy import Book
from itilcore.priority import Impact, Priority, Urgency
from itilcore.sla import Agreement, Target, TargetKind

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA = Actor.person("ada")
BOOK = Book()
FIX = {"kind": ResolutionKind.FIX, "code": "restarted", "notes": "Restarted the relay."}


def names(outcome: Outcome) -> list[str]:
    return [type(event).__name__ for event in outcome.events]


def logged(book: Book = BOOK, **more) -> Incident:
    fields = {"title": "Mail is slow", "requester": "ada", **more}
    return decide(book, None, do.LogIncident(reference="INC1", at=NINE, by=ADA, **fields)).incident


def after(
    incident: Incident, command_kind, /, book: Book = BOOK, hours: float = 0, **fields
) -> Outcome:
    command = command_kind(reference="INC1", at=NINE + hours * HOUR, by=ADA, **fields)
    return decide(book, incident, command)


def refused(
    incident: Incident | None, command_kind, /, book: Book = BOOK, hours: float = 0, **fields
) -> ActionRefused:
    command = command_kind(reference="INC1", at=NINE + hours * HOUR, **fields)
    with pytest.raises(ActionRefused) as caught:
        decide(book, incident, command)
    return caught.value


def test_logging_says_everything_in_the_order_in_which_it_happened():
    log = do.LogIncident(
        reference="INC1",
        at=NINE,
        by=ADA,
        title="Mail is slow",
        requester="ada",
        text="Since this morning.",
        category=Category("Mail"),
        service="mail",
        impact=Impact.HIGH,
        urgency=Urgency.HIGH,
        impact_started_at=NINE - 2 * HOUR,
        detected_at=NINE - HOUR,
        links=[(LinkKind.PARENT, "INC0")],
    )
    outcome = decide(BOOK, None, log)
    assert names(outcome) == [
        "ImpactStarted", "Detected", "Logged", "Classified", "Prioritised", "Noted", "Linked",
        "PolicyAdopted",
    ]  # fmt: skip
    incident = outcome.incident
    assert (incident.priority, incident.service) == (Priority.P1, "mail")
    assert incident.facts.backwards == 0
    assert incident.facts.detection_source == "self-service"
    assert all(event.by == ADA for event in outcome.events)
    assert [each.recipient for each in outcome.notifications] == ["ada"]
    half = decide(
        BOOK, None, do.LogIncident(reference="INC1", at=NINE, title="x", impact=Impact.LOW)
    )
    assert (half.incident.impact, half.incident.priority) == (Impact.LOW, None)
    bare = do.LogIncident(reference="INC1", at=NINE, title="x", kind=None, text=" ")
    assert names(decide(BOOK, None, bare)) == ["Logged", "PolicyAdopted"]


def test_what_is_logged_is_not_logged_again_and_what_is_not_is_not_changed():
    assert "it is logged already" in str(refused(logged(), do.LogIncident, title="x"))
    assert str(refused(None, do.Start)) == "INC1 has no status: cannot start: it is not logged yet"
    assert "cannot note" in str(refused(None, do.Note, text="x"))


def test_classifying_keeps_what_is_not_said():
    mail = after(logged(), do.Classify, category=Category("Mail"), service="mail").incident
    assert mail.kind is TicketKind.INCIDENT
    again = after(mail, do.Classify, kind=TicketKind.PROBLEM)
    assert (again.incident.kind, again.incident.service) == (TicketKind.PROBLEM, "mail")
    assert after(mail, do.Classify, service="mail").events == ()


def test_prioritising_by_the_matrix_or_against_it():
    missing = refused(logged(), do.Prioritise, impact=Impact.HIGH)
    assert [name for name, _ in missing.missing] == ["urgency"]
    high = after(logged(), do.Prioritise, impact=Impact.HIGH, urgency=Urgency.HIGH).incident
    assert (high.priority, high.computed_priority) == (Priority.P1, None)
    lower = after(
        high, do.Prioritise, priority=Priority.P3, reason="there is a workaround"
    ).incident
    assert (lower.priority, lower.computed_priority) == (Priority.P3, Priority.P1)
    assert lower.override_reason == "there is a workaround"
    back = after(lower, do.Prioritise, urgency=Urgency.HIGH).incident
    assert (back.priority, back.computed_priority) == (Priority.P1, None)
    assert after(high, do.Prioritise, priority=Priority.P1, reason="same").events == ()
    only = after(logged(), do.Prioritise, priority=Priority.P2, reason="the boss").incident
    assert (only.priority, only.computed_priority) == (Priority.P2, None)
    with pytest.raises(InvalidInput, match="reason: is None"):
        do.Prioritise(reference="INC1", at=NINE, priority=Priority.P1)


def test_starting_work_acknowledges_once():
    started = after(logged(), do.Start)
    assert names(started) == ["Acknowledged", "StatusChanged"]
    taken = after(logged(), do.Acknowledge)
    assert names(taken) == ["Acknowledged"]
    assert after(taken.incident, do.Acknowledge).events == ()
    assert names(after(taken.incident, do.Start)) == ["StatusChanged"]


def test_assigning_needs_a_group_which_it_may_have():
    (lack,) = refused(logged(), do.Assign, assignee="bob").missing
    assert lack[0] == "group"
    network = after(logged(), do.Assign, group="Network")
    assert names(network) == ["Assigned", "StatusChanged"]
    assert [each.recipient for each in network.notifications] == ["Network"]
    bob = after(network.incident, do.Assign, assignee="bob")
    assert names(bob) == ["Assigned"]
    assert (bob.incident.group, bob.incident.assignee) == ("Network", "bob")
    assert after(bob.incident, do.Assign, group="Network", assignee="bob").events == ()
    nobody = after(bob.incident, do.Unassign)
    assert names(nobody) == ["Assigned", "StatusChanged"]
    assert (nobody.incident.group, nobody.incident.status) == (None, Status.NEW)


def test_holding_needs_a_reason_and_another_one_is_another_hold():
    started = after(logged(), do.Start).incident
    assert [name for name, _ in refused(started, do.Hold).missing] == ["hold_reason"]
    held = after(started, do.Hold, reason=HoldReason.AWAITING_CALLER)
    assert held.incident.hold_reason is HoldReason.AWAITING_CALLER
    assert after(held.incident, do.Hold, reason=HoldReason.AWAITING_CALLER).events == ()
    other = after(held.incident, do.Hold, reason=HoldReason.AWAITING_VENDOR)
    assert names(other) == ["Held"]
    assert after(other.incident, do.Resume).incident.status == Status.IN_PROGRESS
    assert "that is for ON_HOLD" in str(refused(started, do.Resume))


def test_resolving_says_how():
    started = after(logged(), do.Start).incident
    assert [name for name, _ in refused(started, do.Resolve, code="x").missing] == [
        "resolution_kind",
        "notes",
    ]
    done = after(started, do.Resolve, **FIX)
    assert done.incident.phase is Phase.RESOLVED
    assert [each.rule for each in done.notifications] == ["resolved"]
    assert done.offers == ()


def test_a_parents_resolution_offers_its_children():
    parent = logged(links=[(LinkKind.CHILD, "INC2"), (LinkKind.PROBLEM, "PRB1")])
    assert after(parent, do.Resolve, **FIX).offers == ("INC2",)


def test_closing_needs_the_requesters_word_or_the_time_without_an_objection():
    done = after(logged(), do.Resolve, **FIX).incident
    assert [name for name, _ in refused(done, do.Close).missing] == ["confirmed|auto_close_due"]
    closes_at = BOOK.closing.closes_at(done)
    assert closes_at is not None
    days = (closes_at - NINE) / HOUR
    assert refused(done, do.Close, hours=days - 0.1)
    assert after(done, do.Close, hours=days).incident.phase is Phase.CLOSED
    confirmed = after(done, do.Confirm).incident
    assert after(confirmed, do.Confirm).events == ()
    closed = after(
        confirmed, do.Close, code="x", summary="s", cause="c", steps=["a", "b"], knowledge="KB1"
    )
    (event,) = closed.events
    assert (event.summary, event.steps, event.knowledge) == ("s", ("a", "b"), "KB1")
    assert "there is no resolution to confirm" in str(refused(logged(), do.Confirm))
    assert closed.look_again_at is None


def test_an_objection_stops_the_closing():
    done = after(logged(), do.Resolve, **FIX).incident
    objected = after(done, do.Contact, direction=Direction.INBOUND).incident
    assert BOOK.closing.closes_at(objected) is None
    assert refused(objected, do.Close, hours=1_000)
    answered = after(objected, do.Confirm).incident
    assert BOOK.closing.closes_at(answered) is not None


def test_reopening_within_its_window():
    done = after(logged(), do.Resolve, **FIX).incident
    assert [name for name, _ in refused(done, do.Reopen).missing] == ["reason"]
    again = after(done, do.Reopen, reason="still slow", hours=24)
    assert again.incident.status == Status.IN_PROGRESS
    assigned = after(done, do.Reopen, reason="still slow", to=Status.ASSIGNED)
    assert assigned.incident.status == Status.ASSIGNED
    late = refused(done, do.Reopen, reason="still slow", hours=24 * 8)
    assert [name for name, _ in late.missing] == ["within_reopening_window"]
    assert "log a new incident that is linked to it" in str(late)


def test_cancelling_needs_a_reason_and_ends_it():
    assert [name for name, _ in refused(logged(), do.Cancel).missing] == ["reason"]
    over = after(logged(), do.Cancel, reason="a mistake").incident
    assert over.phase is Phase.CANCELLED
    for kind, fields in (
        (do.Classify, {"service": "mail"}),
        (do.Prioritise, {"impact": Impact.LOW, "urgency": Urgency.LOW}),
        (do.RecordWorkaround, {"text": "x"}),
        (do.Restore, {}),
    ):
        assert "it is over" in str(refused(over, kind, **fields))
    assert "only what is not resolved yet" in str(refused(over, do.Acknowledge))


def test_what_changes_no_status():
    incident = logged()
    assert names(after(incident, do.Note, text="x")) == ["Noted"]
    assert names(after(incident, do.Contact, direction=Direction.OUTBOUND, channel="phone")) == [
        "Contacted"
    ]
    assert names(after(incident, do.RecordWorkaround, text="use the other")) == ["WorkaroundFound"]
    restored = after(incident, do.Restore)
    assert names(restored) == ["Restored"]
    assert after(restored.incident, do.Restore).events == ()


def test_links():
    linked = after(logged(), do.Link, kind=LinkKind.PROBLEM, other="PRB1").incident
    assert linked.links == ((LinkKind.PROBLEM, "PRB1"),)
    assert after(linked, do.Link, kind=LinkKind.PROBLEM, other="PRB1").events == ()
    parent = after(linked, do.Link, kind=LinkKind.PARENT, other="INC2").incident
    with pytest.raises(InvalidInput, match="is its parent already: it cannot be its child too"):
        after(parent, do.Link, kind=LinkKind.CHILD, other="INC2")


def test_an_announcement_is_made_once():
    target = Target(TargetKind.RESOLUTION, HOUR, BusinessCalendar.always())
    book = Book(agreements=(Agreement("gold", target),))
    fields = {
        "what": AnnouncementKind.BREACH, "clock": "resolution", "agreement": "gold",
        "instant": NINE + HOUR,
    }  # fmt: skip
    error = refused(logged(book), do.Announce, book=book, hours=1, **fields)
    due = "there is no breach of gold, resolution due since 2026-01-05 10:00 UTC"
    assert error.why == due  # at that very instant it is not late yet
    said = after(logged(book), do.Announce, book=book, hours=2, **fields)
    assert names(said) == ["Announced"]
    assert after(said.incident, do.Announce, hours=3, **fields).events == ()


OWN = {
    name: Status(name, phase)
    for name, phase in (
        ("Todo", Phase.OPEN),
        ("Doing", Phase.ACTIVE),
        ("Parked", Phase.WAITING),
        ("With QA", Phase.ACTIVE),
        ("Fixed", Phase.RESOLVED),
        ("Shipped", Phase.CLOSED),
        ("Dropped", Phase.CANCELLED),
    )
}
BOARD = Book(
    lifecycle=Lifecycle(
        [
            Transition(OWN[source], action, OWN[target], requires)
            for source, action, target, requires in (
                ("Todo", "pull", "Doing", ()),
                ("Doing", "park", "Parked", ()),
                ("Parked", "park", "Parked", ()),
                ("Parked", "pull", "Doing", ()),
                ("Doing", "check", "With QA", ()),
                ("With QA", "check", "With QA", ()),
                ("With QA", "pass", "Fixed", ("resolution_kind",)),
                ("Fixed", "ship", "Shipped", ()),
                ("Fixed", "reject", "Doing", ("reason",)),
                ("Todo", "drop", "Dropped", ("reason",)),
            )
        ],
        OWN["Todo"],
    )
)


def test_a_teams_own_statuses_and_actions():
    incident = logged(BOARD)
    assert incident.status == OWN["Todo"]
    incident = after(incident, do.Move, BOARD, take="pull").incident
    parked = after(incident, do.Move, BOARD, take="park", facts={"hold_reason": HoldReason("X")})
    assert names(parked) == ["Held"]
    assert names(after(incident, do.Move, BOARD, take="park")) == ["StatusChanged"]
    assert names(after(incident, do.Move, BOARD, take="park", facts={"hold_reason": "X"})) == [
        "Held"
    ]
    incident = after(parked.incident, do.Move, BOARD, take="pull").incident
    incident = after(incident, do.Move, BOARD, take="check").incident
    assert after(incident, do.Move, BOARD, take="check").events == ()
    wrong = {"resolution_kind": "fxi", "notes": 3, "hold_reason": " ", "group": 3, "own": 3}
    with pytest.raises(InvalidInput) as caught:
        after(incident, do.Move, BOARD, take="pass", facts=wrong)
    assert [each.path.partition(".")[2] for each in caught.value.defects] == [
        "resolution_kind",
        "notes",
        "hold_reason",
        "group",
    ]
    told = {"group": "Net", "assignee": "bob", "ticket": "V-17", "checked": True}
    told["resolution_kind"] = "workaround"
    moved = after(incident, do.Move, BOARD, take="pass", facts=told)
    assert names(moved) == ["Assigned", "Resolved", "Noted", "Noted"]
    assert (moved.incident.group, moved.incident.assignee) == ("Net", "bob")
    assert [each.text for each in moved.events[2:]] == ["ticket: V-17", "checked: True"]
    facts = {"resolution_kind": "fix", "notes": None}
    fixed = after(incident, do.Move, BOARD, take="pass", facts=facts)
    assert names(fixed) == ["Resolved"]
    assert fixed.incident.resolution is not None
    assert (fixed.incident.resolution.kind, fixed.incident.resolution.notes) == (
        ResolutionKind.FIX,
        None,
    )
    assert names(after(fixed.incident, do.Move, BOARD, take="ship")) == ["Closed"]
    rejected = after(fixed.incident, do.Move, BOARD, take="reject", facts={"reason": "no"})
    assert names(rejected) == ["Reopened"]
    assert rejected.events[0].reason == "no"
    assert names(after(logged(BOARD), do.Move, BOARD, take="drop", facts={"reason": "x"})) == [
        "Cancelled"
    ]
    assert "there is no such action; did you mean 'pull'" in str(
        refused(logged(BOARD), do.Move, BOARD, take="pul")
    )


def test_a_hold_without_a_reason_where_the_lifecycle_asks_for_none():
    free = Book(
        lifecycle=Lifecycle(
            [
                Transition(OWN["Todo"], "hold", OWN["Parked"]),
                Transition(OWN["Parked"], "close", OWN["Shipped"]),
            ],
            OWN["Todo"],
        )
    )
    assert names(after(logged(free), do.Hold, free)) == ["StatusChanged"]


@pytest.mark.parametrize(
    ("kind", "fields", "problem"),
    [
        (do.Note, {"reference": " ", "text": "x"}, "reference: is ' '"),
        (do.Note, {"text": " "}, "text: is ' '"),
        (do.Note, {"text": "x" * 2_000_001}, "text: has 2,000,001 characters: at most 2,000,000"),
        (do.RecordWorkaround, {"text": ""}, "text: is ''"),
        (do.Move, {"take": ""}, "take: is ''"),
        (do.LogIncident, {"title": ""}, "title: is ''"),
        (do.LogIncident, {"title": "x", "channel": ""}, "channel: is ''"),
        (
            do.LogIncident,
            {"title": "x", "links": [(LinkKind.PARENT, "INC1")]},
            "links[0]: is the incident itself",
        ),
        (do.Link, {"kind": LinkKind.RELATED, "other": "INC1"}, "other: is the incident itself"),
        (do.Link, {"kind": LinkKind.RELATED, "other": ""}, "other: is ''"),
    ],
)
def test_a_command_that_can_never_be_carried_out(kind, fields, problem):
    with pytest.raises(InvalidInput) as caught:
        kind(**{"reference": "INC1", "at": NINE, **fields})
    assert problem in str(caught.value)


def test_an_instant_carries_an_offset():
    naive = NINE.replace(tzinfo=None)
    for fields in ({"at": naive}, {"at": NINE, "detected_at": naive}):
        with pytest.raises(NaiveInstant):
            do.LogIncident(reference="INC1", title="x", **fields)
    assert do.Close(reference="INC1", at=NINE, steps="one").steps == ("one",)


def test_a_configuration_item_is_logged_kept_changed_and_taken_away():
    bare = do.LogIncident(reference="INC1", at=NINE, title="x", kind=None, configuration_item="db1")
    found = decide(BOOK, None, bare)
    assert names(found) == ["Logged", "Classified", "PolicyAdopted"]
    assert found.incident.configuration_item == "db1"
    blank = do.LogIncident(reference="INC1", at=NINE, title="x", kind=None, configuration_item="")
    assert names(decide(BOOK, None, blank)) == ["Logged", "PolicyAdopted"]
    kept = after(found.incident, do.Classify, service="mail").incident
    assert (kept.service, kept.configuration_item) == ("mail", "db1")
    assert after(kept, do.Classify, configuration_item="db1").events == ()
    other = after(kept, do.Classify, configuration_item="db2").incident
    assert (other.service, other.configuration_item) == ("mail", "db2")
    gone = after(other, do.Classify, configuration_item="").incident
    assert (gone.service, gone.configuration_item) == ("mail", None)
    assert after(gone, do.Classify, configuration_item="").events == ()
    with pytest.raises(InvalidInput, match="configuration_item: is 5: it must be a text"):
        do.Classify(reference="INC1", at=NINE, configuration_item=5)


def test_answers_are_logged_right_after_the_incident_and_told_once():
    log = do.LogIncident(
        reference="INC1", at=NINE, by=ADA, title="x", answers={"start": "nine", "device": "PC 7"}
    )
    found = decide(BOOK, None, log)
    assert names(found) == ["Logged", "Answered", "Classified", "PolicyAdopted"]
    assert found.events[1].by == ADA
    assert found.incident.answers == (("device", "PC 7"), ("start", "nine"))
    assert after(found.incident, do.Answer, answers={"start": "nine"}).events == ()
    later = after(found.incident, do.Answer, answers={"start": "ten", "device": "PC 7"})
    assert names(later) == ["Answered"]
    assert later.incident.answers == (("device", "PC 7"), ("start", "ten"))
    over = after(later.incident, do.Cancel, reason="a mistake").incident
    assert names(after(over, do.Answer, answers={"start": "noon"})) == ["Answered"]


@pytest.mark.parametrize(
    ("answers", "defect"),
    [
        ({}, "answers: are none: give at least one"),
        (None, "answers: is None: it must be a text that is not blank"),
        ("ab", "answers: has 'a': give a name and a text"),
        ({"a": 5}, "answers.a: is 5: give a text"),
        ([("a", "x"), ("a", "y")], "answers.a: stands twice"),
        ({"a": "x" * 2_000_001}, "answers.a: has 2,000,001 characters: 2,000,000 are the most"),
    ],
)
def test_what_are_no_answers_is_refused(answers, defect):
    with pytest.raises(InvalidInput) as caught:
        do.Answer(reference="INC1", at=NINE, answers=answers)
    assert str(caught.value.defects[0]).startswith(defect)
    if answers == {}:
        assert do.LogIncident(reference="INC1", at=NINE, title="x", answers=answers).answers == ()
    else:
        with pytest.raises(InvalidInput, match="answers"):
            do.LogIncident(reference="INC1", at=NINE, title="x", answers=answers)
