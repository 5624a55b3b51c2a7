"""Resolved, reopened, closed: what held, and how often it did not (decisions 13 and 20)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.incident import Facts, Incident, Phase, Resolved, Status, StatusChanged, Timeline

from .strategies import MONDAY, STRANGE, showing, statuses, timelines

NEW, ACTIVE, HOLD = Status.NEW, Status.IN_PROGRESS, Status.ON_HOLD
RESOLVED, CLOSED, CANCELLED = Status.RESOLVED, Status.CLOSED, Status.CANCELLED


def after(hours: int) -> datetime:
    return MONDAY + timedelta(hours=hours)


def facts_of(*history: Status) -> Facts:
    """The facts of an incident that was in each status for an hour."""
    events = [StatusChanged(after(hour), status) for hour, status in enumerate(history)]
    return Incident.replay("INC1", events).facts


def naive(history: list[tuple[datetime, Phase]]) -> dict[str, object]:
    """The same figures from the pairs alone, by looking at the whole instead of folding."""
    after_what = [Phase.UNKNOWN, *(phase for _, phase in history)]
    seen = [
        (at, phase, before)
        for (at, phase), before in zip(history, after_what, strict=False)
        if phase is not Phase.UNKNOWN
    ]
    reopened = [now[0] for last, now in pairwise(seen) if is_over(last[1]) and not is_over(now[1])]
    stretch = list(reversed(list(takewhile(lambda step: is_over(step[1]), reversed(seen)))))
    resolved = [at for at, phase, _ in seen if phase is Phase.RESOLVED]
    held = [at for at, phase, _ in stretch if phase is Phase.RESOLVED]
    ends = list(takewhile(lambda step: step[1] is not Phase.RESOLVED, reversed(stretch)))
    return {
        "reopenings": len(reopened),
        "first_reopened_at": reopened[0] if reopened else None,
        "resolved_at": held[0] if held else None,
        "first_resolved_at": resolved[0] if resolved else None,
        "was_resolved": bool(resolved),
        "closed_at": ends[-1][0] if ends else None,
        "closed_unresolved": bool(ends) and ends[-1][2].is_unresolved,
    }


def is_over(phase: Phase) -> bool:
    return phase in {Phase.RESOLVED, Phase.CLOSED, Phase.CANCELLED}


@given(timelines(showing(statuses), backwards=True))
def test_the_fold_agrees_with_a_look_at_the_whole(timeline: Timeline) -> None:
    history: list[tuple[datetime, Phase]] = []
    for event in timeline:
        at, phase = event.at.astimezone(UTC), event.status.phase  # type: ignore[attr-defined]  # all show one
        if isinstance(event, Resolved) and phase is Phase.CLOSED:
            # Resolved straight into a closed status: both at once.
            history.append((at, Phase.RESOLVED))
        history.append((at, phase))
    facts = Incident.replay("INC1", timeline).facts
    assert {name: getattr(facts, name) for name in naive([])} == naive(history)


@given(st.lists(statuses, max_size=8))
def test_what_rests_on_the_trail_says_so(history: list[Status]) -> None:
    facts = facts_of(*history)
    assert facts.resolved_by == ("trail" if facts.resolved_at else None)


def test_a_plain_life_is_never_reopened() -> None:
    facts = facts_of(NEW, ACTIVE, RESOLVED, CLOSED)
    assert (facts.reopenings, facts.first_reopened_at) == (0, None)
    assert (facts.first_resolved_at, facts.resolved_at) == (after(2), after(2))
    assert (facts.closed_at, facts.was_resolved) == (after(3), True)


def test_the_last_resolved_that_held_counts() -> None:
    facts = facts_of(NEW, RESOLVED, ACTIVE, RESOLVED, CLOSED)
    assert (facts.first_resolved_at, facts.resolved_at) == (after(1), after(3))
    assert (facts.reopenings, facts.first_reopened_at) == (1, after(2))


def test_while_it_is_reopened_nothing_held() -> None:
    facts = facts_of(NEW, RESOLVED, ACTIVE)
    assert (facts.resolved_at, facts.resolved_by) == (None, None)
    assert (facts.first_resolved_at, facts.was_resolved) == (after(1), True)


def test_resolved_said_twice_is_one_resolution() -> None:
    assert facts_of(NEW, RESOLVED, RESOLVED, CLOSED).resolved_at == after(1)


@pytest.mark.parametrize("between", [CLOSED, STRANGE])
def test_what_lies_between_hides_no_reopening(between: Status) -> None:
    facts = facts_of(NEW, RESOLVED, between, ACTIVE, RESOLVED)
    assert (facts.reopenings, facts.first_reopened_at) == (1, after(3))
    assert (facts.first_resolved_at, facts.resolved_at) == (after(1), after(4))


def test_an_unknown_status_alone_is_no_reopening() -> None:
    facts = facts_of(NEW, RESOLVED, STRANGE, RESOLVED)
    assert (facts.reopenings, facts.resolved_at) == (0, after(1))


def test_an_unknown_status_alone_is_no_second_end() -> None:
    assert facts_of(NEW, RESOLVED, CLOSED, STRANGE, CLOSED).closed_at == after(2)


def test_moving_between_unresolved_statuses_is_no_second_reopening() -> None:
    assert facts_of(NEW, RESOLVED, ACTIVE, HOLD, ACTIVE).reopenings == 1


def test_reopened_then_closed_without_resolving_never_held() -> None:
    facts = facts_of(NEW, RESOLVED, ACTIVE, CLOSED)
    assert (facts.resolved_at, facts.resolved_by) == (None, None)
    assert (facts.first_resolved_at, facts.closed_at) == (after(1), after(3))


def test_closed_without_resolving_is_not_resolved() -> None:
    facts = facts_of(NEW, CLOSED)
    assert (facts.resolved_at, facts.was_resolved, facts.closed_at) == (None, False, after(1))
    assert facts.closed_unresolved


@pytest.mark.parametrize("before", [RESOLVED, STRANGE])
def test_closed_from_elsewhere_is_not_known_to_be_unresolved(before: Status) -> None:
    assert not facts_of(NEW, before, CLOSED).closed_unresolved
    assert not facts_of(CLOSED).closed_unresolved


def test_reopening_a_closed_incident_counts() -> None:
    facts = facts_of(NEW, CLOSED, ACTIVE)
    assert (facts.reopenings, facts.closed_at) == (1, None)


def test_back_from_closed_to_resolved_is_no_longer_closed() -> None:
    facts = facts_of(NEW, RESOLVED, CLOSED, RESOLVED)
    assert (facts.closed_at, facts.resolved_at, facts.reopenings) == (None, after(1), 0)
    late = facts_of(NEW, CLOSED, RESOLVED)
    assert (late.closed_at, late.closed_unresolved, late.resolved_at) == (None, False, after(2))


def test_cancelled_is_an_end() -> None:
    facts = facts_of(NEW, CANCELLED)
    assert (facts.closed_at, facts.was_resolved) == (after(1), False)
