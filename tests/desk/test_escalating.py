"""Escalations by hand and by the agenda, over both desks and stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from itilcore.actor import Actor
from itilcore.desk import Escalate
from itilcore.errors import ActionRefused, IdempotencyKeyReused, InvalidInput
from itilcore.incident import Escalated, EscalationKind, ResolutionKind
from itilcore.policy import DueKind, loads

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ADA = Actor.person("ada")
BOOK = loads(
    """
    notifications = []
    [calendars.lunch]
    hours = "Mon-Sun 12:00-13:00"
    [people.ada]
    manager = "bo"
    [people.bo]
    [groups.Network]
    members = ["ada"]
    [rotas.Duty]
    people = ["ada", "bo"]
    first = 2026-01-04
    turn_days = 1
    handover = 10:00:00
    [[escalation]]
    name = "nobody took it"
    trigger = "no acknowledgement"
    after = "15m"
    kind = "hierarchic"
    to = "rota Duty"
    quiet = "lunch"
    repeat_every = "1h"
    most = 4
    """
)
UP = EscalationKind.HIERARCHIC


@pytest.fixture
def desk(make, store):
    made = make(store, BOOK)
    made.log("INC1", at=NINE, title="Mail is slow\nvery", requester="eve")
    return made


def test_by_hand(desk, store):
    done = desk.escalate(
        "INC1", at=NINE, kind=EscalationKind.FUNCTIONAL, to="Network", reason="routes", by=ADA
    )
    assert done.events == (Escalated(NINE, EscalationKind.FUNCTIONAL, "Network", "routes", by=ADA),)
    (told,) = done.notifications
    assert (told.recipient, told.subject, told.text) == (
        "Network",
        "INC1 is escalated to Network: Mail is slow very",
        "routes",
    )
    assert store.pending() == (told,)
    assert (done.incident.group, done.incident.facts.escalations) == (None, 1)
    again = desk.escalate("INC1", at=NINE, kind=UP, to="bo", key="k")
    assert desk.escalate("INC1", at=NINE + HOUR, kind=UP, to="bo", key="k").events == again.events
    with pytest.raises(IdempotencyKeyReused):
        desk.acknowledge("INC1", at=NINE, key="k")


def test_what_by_hand_is_refused(desk):
    with pytest.raises(ActionRefused, match="no group and no person 'Netwrok'; did you mean"):
        desk.escalate("INC1", at=NINE, kind=UP, to="Netwrok")
    desk.start("INC1", at=NINE)
    desk.resolve("INC1", at=NINE, kind=ResolutionKind.FIX, code="x", notes="x")
    with pytest.raises(ActionRefused, match="not resolved yet"):
        desk.escalate("INC1", at=NINE, kind=UP, to="bo")
    with pytest.raises(InvalidInput) as caught:
        Escalate(reference="INC1", at=NINE, kind="up", to=" ", step="x")
    assert [each.path for each in caught.value.defects] == ["kind", "to", "rule"]
    with pytest.raises(InvalidInput, match="step: is missing"):
        Escalate(reference="INC1", at=NINE, kind=UP, to="bo", rule="x")


def test_anybody_is_known_where_the_book_knows_nobody(make, store):
    desk = make(store)
    desk.log("INC1", at=NINE, title="x")
    assert len(desk.escalate("INC1", at=NINE, kind=UP, to="whoever").events) == 1


def test_the_agenda_plays_what_was_simulated(desk, store):
    simulated = BOOK.simulate(store.get("INC1"), NINE)
    expected = [("ada", 15), ("bo", 75), ("bo", 135), ("bo", 240)]
    assert [(each.step.to, (each.at - NINE) / MINUTE) for each in simulated.steps] == expected
    at, told = NINE, []
    while (agenda := desk.agenda(at)).items or agenda.look_again_at is not None:
        for item in agenda.items:
            (event,) = desk.act(item, at=at).events
            told.append((event.to, (at - NINE) / MINUTE))
            assert event.policy == event.fired_under == BOOK.escalation.version
            assert event.by == Actor.automation("agenda")
            assert "nobody has acknowledged it" in event.reason
        at = desk.agenda(at).look_again_at or at
    assert told == expected
    assert [each.recipient for each in store.pending()] == ["ada", "bo", "bo", "bo"]
    assert {each.rule for each in store.pending()} == {"nobody took it"}


def test_twice_does_nothing_twice(desk, store):
    at = NINE + 20 * MINUTE
    (item,) = desk.agenda(at).items
    assert item.kind is DueKind.ESCALATION
    first, second = desk.act(item, at=at), desk.act(item, at=at + MINUTE)
    assert (second.repeated, second.events) == (True, first.events)
    assert len(store.pending()) == 1
    # Nor under another key.
    step = item.step
    command = Escalate(
        reference="INC1", at=at, kind=step.kind, to=step.to, rule=step.rule, step=step.step
    )
    assert desk.do(command, key="another").events == ()
    assert desk.do(command).events == ()


def test_an_agenda_that_was_read_long_ago(desk):
    (item,) = desk.agenda(NINE + 20 * MINUTE).items
    # In quiet hours nobody is woken; at their end it is told.
    lunch = desk.act(item, at=NINE + 190 * MINUTE)
    assert (lunch.events, lunch.look_again_at) == ((), NINE + 4 * HOUR)
    assert desk.agenda(NINE + 190 * MINUTE).items == ()
    assert len(desk.act(item, at=NINE + 4 * HOUR).events) == 1
    # After its stop nobody is told at all.
    (second, third, _) = desk.agenda(NINE + 4 * HOUR).items
    desk.acknowledge("INC1", at=NINE + 4 * HOUR)
    assert desk.act(second, at=NINE + 5 * HOUR).events == ()
    with pytest.raises(ActionRefused, match="is not due"):
        desk.do(
            Escalate(
                reference="INC1",
                at=NINE + 5 * HOUR,
                kind=UP,
                to="bo",
                rule=third.step.rule,
                step=third.step.step,
            )
        )
    assert desk.agenda(NINE + 9 * HOUR).items == ()


def test_a_step_is_found_among_others(desk):
    items = desk.agenda(NINE + 2 * HOUR).items
    assert len(items) == 2
    (event,) = desk.act(items[1], at=NINE + 2 * HOUR).events
    assert event.step == items[1].step.step
    assert desk.agenda(NINE + 2 * HOUR).items == items[:1]


def test_whoever_was_on_duty_when_it_came_hears_it(desk):
    """However late somebody looks: the turn changed at ten."""
    items = desk.agenda(NINE + 3 * 24 * HOUR).items
    told = [desk.act(item, at=NINE + 3 * 24 * HOUR).events[0].to for item in items]
    assert told == ["ada", "bo", "bo", "bo"]


def test_a_chain_that_goes_on_under_another_book_names_both(make, store):
    """The rules of today say who hears the step, and the event says that it was they."""
    rules = """
        notifications = []
        [people.mia]
        [people.bo]
        [[escalation]]
        name = "nobody took it"
        trigger = "no acknowledgement"
        kind = "hierarchic"
        most = 5
        """
    before = loads(rules + 'to = "person mia"\nafter = "10m"\nrepeat_every = "10m"')
    since = loads(rules + 'to = "person bo"\nafter = "20m"\nrepeat_every = "20m"')
    desk = make(store, before)
    desk.log("INC1", at=NINE, title="x")
    for item in desk.agenda(NINE + 20 * MINUTE).items:
        desk.act(item, at=NINE + 20 * MINUTE)
    later = make(store, since)
    at = NINE + 2 * HOUR
    for item in later.agenda(at).items:
        later.act(item, at=at)
    steps = [event for event in later.get("INC1").timeline if isinstance(event, Escalated)]
    old, new = before.escalation.version, since.escalation.version
    assert [(e.to, e.policy, e.fired_under) for e in steps] == [
        ("mia", old, old),
        ("mia", old, old),
        ("bo", old, new),
        ("bo", old, new),
        ("bo", old, new),
    ]
    assert f"the chain started under {old}, the rules are {new} now" in steps[-1].reason
