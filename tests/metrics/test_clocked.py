"""Durations in working time and without holds, against a count by the minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.incident import (
    Acknowledged,
    Detected,
    Held,
    HoldReason,
    ImpactStarted,
    Incident,
    Logged,
    Phase,
    Resolved,
    Status,
    StatusChanged,
    stays,
)
from itilcore.metrics import MTTA, MTTR
from tests.incident.strategies import timelines

FRIDAY = datetime(2026, 1, 2, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
BOTH = MTTR.in_working_time(OFFICE).minus_hold()


def story(*events: object) -> Incident:
    return Incident.replay("INC1", [Logged(FRIDAY), *events])  # type: ignore[list-item]  # events


WEEKEND = story(
    Acknowledged(FRIDAY + timedelta(hours=66)),  # Monday 10:00
    Held(FRIDAY + timedelta(hours=67), HoldReason.AWAITING_CALLER),
    StatusChanged(FRIDAY + timedelta(hours=69), Status.IN_PROGRESS),
    Resolved(FRIDAY + timedelta(hours=70)),  # Monday 14:00
)


def test_nights_and_weekends_do_not_count() -> None:
    assert MTTR.measure([WEEKEND]).mean == 70
    assert MTTR.in_working_time(OFFICE).measure([WEEKEND]).mean == 1 + 5
    assert MTTR.in_working_time(OFFICE).measure([WEEKEND.facts]).mean == 6
    assert MTTA.in_working_time(OFFICE).measure([WEEKEND]).mean == 2


def test_holds_do_not_count() -> None:
    assert MTTR.minus_hold().measure([WEEKEND]).mean == 68
    assert BOTH.measure([WEEKEND]).mean == 4


def test_definitions_and_names_say_so() -> None:
    assert BOTH.name == "MTTR_WORKING_MINUS_HOLD"
    assert "working time" in BOTH.definition
    assert BOTH.definition.endswith("time on hold left out.")
    assert MTTR.in_working_time(OFFICE, "OFFICE").name == "MTTR_OFFICE"


def test_rows_do_not_show_holds() -> None:
    result = MTTR.minus_hold().measure([WEEKEND.facts, WEEKEND.facts])
    assert dict(result.excluded) == {"holds unknown: measure the incidents themselves": 2}
    mixed = MTTR.minus_hold().measure([WEEKEND, evolve(WEEKEND.facts)])
    assert (mixed.n, mixed.population) == (1, 2)


def test_what_still_runs_is_taken_in_by_the_same_clock() -> None:
    running = story()
    held = story(Held(FRIDAY + HOUR / 2, HoldReason.AWAITING_CALLER))
    at = FRIDAY + timedelta(hours=66)
    short = story(Resolved(FRIDAY + HOUR / 4))
    for metric, incident in (
        (MTTR.in_working_time(OFFICE), running),
        (BOTH, running),
        (BOTH, held),
    ):
        result = metric.measure([incident, short], at=at)
        assert (result.n, result.censored) == (1, 1)
        assert result.kaplan_meier_median == 0.25


def test_backwards_is_left_out_whatever_the_clock_shows() -> None:
    odd = Incident.replay("INC1", [Logged(FRIDAY + 4 * HOUR), Resolved(FRIDAY + 3 * HOUR)])
    assert OFFICE.elapsed(FRIDAY + 4 * HOUR, FRIDAY + 3 * HOUR) == timedelta()
    result = MTTR.in_working_time(OFFICE).measure([odd])
    assert dict(result.excluded) == {"ends before it starts": 1}


@given(timelines())
def test_a_count_by_the_minute(events: object) -> None:
    incident = Incident.replay("INC1", events)  # type: ignore[arg-type]  # a timeline
    result = BOTH.measure([incident])
    facts = incident.facts
    start = facts.impact_started_at or facts.detected_at or facts.logged_at
    if not result.n:
        return
    assert start is not None
    assert facts.resolved_at is not None
    minutes = 0
    at = start
    held = [
        (stay.start, stay.end)
        for stay in stays(incident.timeline)
        if stay.status.phase is Phase.WAITING
    ]
    while at < facts.resolved_at:
        working = at.weekday() < 5 and 9 <= at.hour < 17
        paused = any(a <= at and (b is None or at < b) for a, b in held)
        minutes += working and not paused
        at += timedelta(minutes=1)
    assert result.mean == pytest.approx(minutes / 60)


@given(st.lists(timelines(), max_size=5))
def test_groups_add_up(found: list[object]) -> None:
    incidents = [Incident.replay(f"{n}", events) for n, events in enumerate(found)]  # type: ignore[arg-type]  # timelines
    parts, whole = BOTH.measure(incidents, by="priority"), BOTH.measure(incidents)
    assert (parts.n, parts.excluded, parts.censored) == (whole.n, whole.excluded, whole.censored)
    assert parts.mean == pytest.approx(whole.mean)
    assert parts.kaplan_meier_median == pytest.approx(whole.kaplan_meier_median)


def test_the_clocks_order() -> None:
    wall, working = MTTR.measure([WEEKEND]).mean, BOTH.measure([WEEKEND]).mean
    assert working <= wall


def test_what_a_calendar_cannot_tell_is_left_out_and_counted() -> None:
    known = BusinessCalendar.weekly(
        "Mon-Fri 09:00-17:00", tz="UTC", holidays=Holidays.snapshot([], [2026])
    )
    old = datetime(2020, 1, 6, 10, tzinfo=UTC)
    before = [Logged(old), Resolved(old + HOUR)]
    early = Incident.replay("INC2", [ImpactStarted(old), Detected(old), *before])
    result = MTTR.in_working_time(known).measure([WEEKEND, Incident.replay("INC1", before), early])
    assert (result.population, result.n, result.mean) == (3, 1, 6)
    assert dict(result.excluded) == {
        "outside the years that its calendar knows, or without open time": 2
    }
    assert [count for _, count in result.start_rungs] == [0, 0, 1]
    assert result.end_rungs[0][1] == 1
    still = MTTR.in_working_time(known).measure(
        [WEEKEND, Incident.replay("INC1", before[:1])], at=datetime(2026, 2, 1, tzinfo=UTC)
    )
    assert (still.n, still.censored) == (1, 0)
