"""What may be done next, and why not: options and steps agree, and asking changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import ActionRefused, InvalidInput
from itilcore.incident import (
    REQUIREMENTS,
    Assigned,
    Closed,
    Confirmed,
    Event,
    Held,
    HoldReason,
    Incident,
    Lifecycle,
    Logged,
    Phase,
    Reopened,
    Resolved,
    Status,
    StatusChanged,
    Transition,
)

from .strategies import MONDAY

HOUR = timedelta(hours=1)
ITIL = Lifecycle.itil()
PRESETS = ("itil", "servicenow", "jira")


def incident(*events: Event) -> Incident:
    return Incident.replay("INC1", [Logged(MONDAY), *events])


def option(of: Incident, action: str, facts: dict[str, object] | None = None) -> Any:
    return next(each for each in ITIL.options(of, facts or {}) if each.action == action)


def test_what_is_allowed_comes_first_then_what_lacks_a_fact_then_the_rest():
    found = ITIL.options(incident(), {"group": "Network"})
    assert [(each.action, each.allowed) for each in found[:4]] == [
        ("assign", True),
        ("start", True),
        ("resolve", False),
        ("cancel", False),
    ]
    assert [need.name for need in found[2].missing] == [
        "resolution_kind",
        "resolution_code",
        "notes",
    ]
    assert str(found[3]) == "cancel -> CANCELLED: needs reason: why"
    closing = next(each for each in found if each.action == "close")
    assert (closing.allowed, closing.missing) == (False, ())
    assert closing.why == "that is for RESOLVED"
    assert str(closing) == "close -> CLOSED: that is for RESOLVED"


def test_a_fact_that_follows_from_the_incident_need_not_be_said():
    assigned = incident(Assigned(MONDAY, group="Network", assignee="ada"))
    assert option(assigned, "assign").allowed
    needs_person = Lifecycle(
        [Transition(Status.NEW, "finish", Status.CLOSED, ("assignee",))], Status.NEW
    )
    assert needs_person.step(assigned, "finish").target == Status.CLOSED
    with pytest.raises(ActionRefused, match="assignee: the person who works on it"):
        needs_person.step(incident(), "finish")


@pytest.mark.parametrize("nothing", [None, False, "", "  \n"])
def test_nothing_is_no_fact(nothing: object):
    assert not option(incident(), "cancel", {"reason": nothing}).allowed
    assert option(incident(), "cancel", {"reason": "x"}).allowed


def test_closing_needs_a_confirmation_or_the_time_without_objection():
    resolved = incident(Resolved(MONDAY))
    (lack,) = option(resolved, "close").missing
    assert lack.name == "confirmed|auto_close_due"
    assert lack.text == (
        "the requester agrees that it is resolved, or the time for objections has passed"
    )
    assert option(resolved, "close", {"auto_close_due": True}).allowed
    confirmed = resolved.record(Confirmed(MONDAY))
    assert confirmed.is_confirmed
    assert option(confirmed, "close").allowed
    again = confirmed.record(Reopened(MONDAY), Resolved(MONDAY))
    assert not again.is_confirmed
    assert not option(again, "close").allowed
    assert not confirmed.record(Resolved(MONDAY)).is_confirmed


def test_of_several_rows_the_first_that_is_met_counts_or_the_one_asked_for():
    resolved = incident(Resolved(MONDAY))
    facts = {"reason": "still slow", "within_reopening_window": True}
    assert ITIL.step(resolved, "reopen", facts).target == Status.IN_PROGRESS
    assert ITIL.step(resolved, "reopen", facts, target=Status.ASSIGNED).target == Status.ASSIGNED
    with pytest.raises(ActionRefused, match="it does not lead to NEW"):
        ITIL.step(resolved, "reopen", facts, target=Status.NEW)
    with pytest.raises(ActionRefused) as caught:
        ITIL.step(resolved, "reopen", {"reason": "still slow"})
    assert caught.value.missing == (
        ("within_reopening_window", REQUIREMENTS["within_reopening_window"]),
    )
    assert "log a new incident that is linked to it" in str(caught.value)


def test_an_action_that_nobody_has_leads_to_the_nearest():
    with pytest.raises(ActionRefused, match="there is no such action; did you mean 'resolve'"):
        ITIL.step(incident(), "reslove")


def test_a_status_that_no_row_knows_goes_on_like_the_first_of_its_phase():
    for status in (Status.unknown("-100"), None, Status("Todo", Phase.OPEN)):
        strange = Incident.replay("INC1", [Logged(MONDAY, status=status)])
        assert ITIL.step(strange, "start").target == Status.IN_PROGRESS
        allowed = [each.action for each in ITIL.options(strange) if each.allowed]
        assert allowed == [each.action for each in ITIL.options(incident()) if each.allowed]
    waiting = Incident.replay("INC1", [Logged(MONDAY, status=Status("Parked", Phase.WAITING))])
    assert ITIL.step(waiting, "resume").target == Status.IN_PROGRESS
    with pytest.raises(ActionRefused, match="INC1 is Parked: cannot close: that is for RESOLVED"):
        ITIL.step(waiting, "close")


def test_a_name_of_the_teams_own_is_told_as_it_is():
    own = Lifecycle(
        [Transition(Status.NEW, "finish", Status.CLOSED, ("board_approval",))], Status.NEW
    )
    (found,) = own.options(incident())
    assert str(found) == "finish -> CLOSED: needs board_approval: board approval"


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_verified_and_draw_themselves(name: str):
    found = Lifecycle.named(name)
    assert found.mermaid().startswith("stateDiagram-v2")
    phases = {status.phase for status in found.statuses}
    assert phases == set(Phase) - {Phase.UNKNOWN}
    assert {each for row in found.transitions for n in row.requires for each in n.split("|")} <= (
        set(REQUIREMENTS)
    )
    actions = {row.action for row in found.transitions}
    assert {"assign", "start", "hold", "resume", "resolve", "reopen", "close", "cancel"} <= actions


def test_what_is_closed_stays_closed_in_servicenow():
    assert not any(row.source.phase is Phase.CLOSED for row in Lifecycle.servicenow().transitions)


def test_another_name_leads_to_the_nearest():
    with pytest.raises(InvalidInput, match="there is none named 'jria'; did you mean 'jira'"):
        Lifecycle.named("jria")


FACTS = {
    "group": "Network",
    "hold_reason": HoldReason.AWAITING_CALLER,
    "resolution_kind": "fix",
    "resolution_code": "x",
    "notes": "y",
    "reason": "z",
    "confirmed": True,
    "within_reopening_window": True,
}


def event_of(row: Transition) -> Event:
    """What the action of *row* does."""
    match row.target.phase:
        case Phase.WAITING:
            return Held(MONDAY, HoldReason.AWAITING_CALLER, row.target)
        case Phase.RESOLVED:
            return Resolved(MONDAY, status=row.target)
        case Phase.CLOSED:
            return Closed(MONDAY, status=row.target)
        case _:
            return StatusChanged(MONDAY, row.target)


@given(st.sampled_from(PRESETS), st.lists(st.integers(0, 10), max_size=12), st.data())
def test_a_step_is_taken_exactly_where_an_option_allows_it(
    name: str, choices: list[int], data: st.DataObject
):
    lifecycle = Lifecycle.named(name)
    now = Incident.replay("INC1", [Logged(MONDAY, status=lifecycle.initial)])
    facts = data.draw(
        st.sets(st.sampled_from(sorted(FACTS))).map(lambda n: {k: FACTS[k] for k in n})
    )
    for choice in choices:
        before = now.timeline
        options = lifecycle.options(now, facts)
        assert now.timeline is before
        assert len({(each.action, each.target) for each in options}) == len(options)
        for each in options:
            if each.allowed:
                row = lifecycle.step(now, each.action, facts, target=each.target)
                assert (row.action, row.target) == (each.action, each.target)
                continue
            with pytest.raises(ActionRefused) as refused:
                lifecycle.step(now, each.action, facts, target=each.target)
            assert [n for n, _ in refused.value.missing] == [need.name for need in each.missing]
            assert refused.value.why == each.why
        allowed = [each for each in lifecycle.options(now, FACTS) if each.allowed]
        if not allowed:
            assert now.phase is not None
            assert now.phase.is_end
            break
        taken = allowed[choice % len(allowed)]
        row = lifecycle.step(now, taken.action, FACTS, target=taken.target)
        now = now.record(event_of(row))
        assert now.status == row.target
    assert not [
        each for each in lifecycle.audit(now.timeline) if each.what != "time runs backwards"
    ]
