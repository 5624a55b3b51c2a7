"""What would have been raised: against a desk that looks all the time, and by hand."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.escalation import EscalationPolicy, TriggerKind, escalations_raised
from itilcore.incident import Incident, Logged, Prioritised, Resolved
from itilcore.policy import Book, loads, starter
from itilcore.priority import Priority
from itilcore.sla import Agreement, Target, TargetKind

from .scenes import (
    DIRECTORY,
    GOLD,
    HOUR,
    MINUTE,
    NINE,
    ROTA,
    book,
    incident,
    life,
    lives,
    rule,
    several_rules,
)
from .test_laws import Played

K = TriggerKind


def raised(rules, found, **more):
    return escalations_raised(found, EscalationPolicy(rules), GOLD, DIRECTORY, [ROTA], **more)


def told(found) -> list[tuple[str, str | None, int, tuple[str, ...]]]:
    return [(row.rule, row.priority, row.steps, row.references) for row in found.rows]


@given(several_rules(), lives, st.integers(0, 900))
def test_it_is_what_a_desk_does_that_looks_all_the_time(rules, steps, more):
    """The desk acts on every step, and only writes down that it did: nobody does anything."""
    pending = life(steps)
    until = pending[-1].at + more * MINUTE
    played = Played(book(*rules))
    expected: dict[tuple[str, str | None], int] = {}

    while pending:
        now = pending[0].at
        together = [event for event in pending if event.at == now]
        del pending[: len(together)]
        played.happens(*together)
        # What falls due at the very instant of an event comes after it.
        end = pending[0].at if pending else until + timedelta(microseconds=1)
        while now is not None and now < end:
            before = len(played.fired)
            played.look(now)
            known = played.store.get("INC1").priority
            for _, _, step, _ in played.fired[before:]:
                where = (step.rule, None if known is None else known.name)
                expected[where] = expected.get(where, 0) + 1
            now = played.desk.agenda(now).look_again_at
    found = raised(rules, [Incident.replay("INC1", life(steps))], at=until)
    assert {(row.rule, row.priority): row.steps for row in found.rows} == expected
    assert all(row.references == ("INC1",) for row in found.rows)
    assert found.steps == sum(expected.values())


@given(several_rules(), st.lists(lives, max_size=4), st.data())
def test_each_rule_and_each_incident_counts_by_itself(rules, many, data):
    every = [Incident.replay(f"INC{n}", life(steps)) for n, steps in enumerate(many)]
    until = NINE + data.draw(st.integers(0, 3_000)) * MINUTE
    together = raised(rules, every, at=until)
    apart = [raised(each, [one], at=until) for each in rules for one in every]
    assert together.steps == sum(each.steps for each in apart)
    assert together.incidents == len(every)
    assert set(together.references()) == {ref for each in apart for ref in each.references()}
    assert sum(together.by_rule.values()) == sum(together.by_priority.values()) == together.steps
    assert raised(rules, [each.as_of(until) for each in every], at=until) == together
    assert raised(rules, reversed(every), at=until).by_rule == together.by_rule
    later = raised(rules, every, at=until + HOUR)
    assert all(later.by_rule[name] >= count for name, count in together.by_rule.items())


def test_what_came_due_while_it_was_so_counts_once_at_the_priority_of_then():
    near = rule("near", K.PERCENT_OF_TARGET, percent=75, after=timedelta(), clocks="resolution")
    again = rule("untaken", repeat_every=HOUR, most=3)
    one = incident((10, "p3"), (60, "p1"), (30, "ack"), (90, "resolve"))
    assert told(raised([near, again], [one])) == [
        ("near", "P1", 1, ("INC1",)),
        ("untaken", "P1", 1, ("INC1",)),
        ("untaken", "P3", 1, ("INC1",)),
    ]
    unknown = incident((20, "note"), (1, "resolve"))
    found = raised([again, near], [renamed(one), unknown])
    assert told(found)[1:] == [
        ("untaken", "P1", 1, ("INC2",)),
        ("untaken", "P3", 1, ("INC2",)),
        ("untaken", None, 1, ("INC1",)),
    ]
    assert found.by_priority == {"P1": 2, "P3": 1, None: 1}
    assert found.by_rule == {"near": 1, "untaken": 3}
    assert found.references("untaken") == ("INC2", "INC1")
    assert found.references("nothing") == ()
    assert str(found).splitlines() == [
        "4 steps for 2 of 2 incidents",
        "near, P1: 1 step, 1 incident",
        "untaken, P1: 1 step, 1 incident",
        "untaken, P3: 1 step, 1 incident",
        "untaken, no priority: 1 step, 1 incident",
    ]
    assert json.loads(json.dumps(found.to_dict()))["rows"][3] == {
        "rule": "untaken",
        "priority": None,
        "steps": 1,
        "incidents": ["INC1"],
    }


def renamed(found: Incident) -> Incident:
    return Incident.replay("INC2", found.timeline.events)


def test_at_the_instant_of_an_event_the_event_comes_first():
    given_rule = rule("untaken")  # 15 minutes
    assert told(raised(given_rule, [incident((15, "ack"))])) == []
    assert raised(given_rule, [incident((16, "ack"))]).steps == 1
    late = rule("late", K.BREACH, clocks="response", after=timedelta())
    assert raised(late, [incident((60, "ack"), (5, "note"))]).steps == 0
    assert raised(late, [incident((61, "ack"), (5, "note"))]).steps == 1


def test_what_was_written_down_late_counts_where_it_happened():
    backwards = [
        Logged(NINE), Resolved(NINE + 2 * HOUR), Prioritised(NINE + MINUTE, priority=Priority.P2),
    ]  # fmt: skip
    found = raised(rule("untaken"), [Incident.replay("INC1", backwards)])
    assert told(found) == [("untaken", "P2", 1, ("INC1",))]


def test_until_when():
    given_rule = rule("untaken", repeat_every=HOUR, most=10)
    old, new = incident(), Incident.replay("INC2", [Logged(NINE + 3 * HOUR)])
    found = raised(given_rule, [old, new])
    assert (found.at, found.steps) == (NINE + 3 * HOUR, 3)
    assert raised(given_rule, iter([old, new]), at=NINE + 4 * HOUR).steps == 5
    # Before there was anything nothing was raised; without events there is no instant either.
    assert raised(given_rule, [old, new], at=NINE - HOUR).steps == 0
    empty = raised(given_rule, [Incident.replay("INC3", [])])
    assert (empty.incidents, empty.at, empty.to_dict()["at"]) == (1, None, None)
    with pytest.raises(InvalidInput) as caught:
        escalations_raised([old], None, ["gold", GOLD])
    assert [str(each) for each in caught.value.defects] == [
        "policy: is None: give an EscalationPolicy",
        "agreements[0]: is 'gold': give an Agreement",
    ]
    with pytest.raises(NaiveInstant):
        raised(given_rule, [old], at=NINE.replace(tzinfo=None))


def test_what_cannot_be_told_is_said_of_how_many():
    known = BusinessCalendar.weekly(
        "Mon 09:00-10:00", "UTC", holidays=Holidays.snapshot([NINE.date()], [2026])
    )
    far = Agreement("far", [Target(TargetKind.RESOLUTION, 100 * HOUR, known)])
    late = rule("late", K.BREACH, after=timedelta())
    found = escalations_raised(
        [incident(), incident((5, "note"))], EscalationPolicy(late), (far, GOLD)
    )
    ((why, count),) = found.untold
    assert (why[:17], count) == ("far, resolution: ", 2)
    assert str(found).splitlines()[-1].startswith("cannot be told of 2: far, resolution: ")
    assert [name for name, _ in found.agreements] == ["far", "gold"]
    always = rule("never", quiet=BusinessCalendar.always())
    ((why, count),) = raised(always, [incident()]).untold
    assert (why[:18], count) == ("escalation never: ", 1)


def test_the_default_is_asked_for_and_names_nobody():
    default = EscalationPolicy.default()
    assert Book().escalation.rules == ()
    assert loads(starter()).escalation.rules == ()
    assert {str(each.to) for each in default.rules} == {"manager", "next tier"}
    assert all(not each.applies.groups and not each.applies.services for each in default.rules)
    assert evolve(loads(starter()), escalation=default).escalation_findings() == ()
    assert EscalationPolicy.default() == default
