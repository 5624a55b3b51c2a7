"""SLA compliance: what counts, what is late, what is left out and why."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.errors import InvalidInput
from itilcore.incident import (
    Asserted,
    Cancelled,
    Held,
    HoldReason,
    Incident,
    Logged,
    Prioritised,
    Reopened,
    Resolved,
    Status,
    StatusChanged,
)
from itilcore.metrics import SlaMetric, measure_all
from itilcore.metrics.population import BEYOND
from itilcore.metrics.sla import NO_TIMELINE
from itilcore.priority import Priority
from itilcore.sla import (
    Agreement,
    AgreementKind,
    Applies,
    ClockState,
    Target,
    TargetKind,
    Threshold,
)
from tests.incident.strategies import timelines

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = BusinessCalendar.always()
GOLD = Agreement(
    "gold",
    [
        Target(TargetKind.RESPONSE, HOUR, ALWAYS),
        Target(TargetKind.RESOLUTION, 4 * HOUR, ALWAYS, warn=[Threshold.percent(50)]),
    ],
)
RESOLUTION = SlaMetric.of(GOLD, "resolution")


def after(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def incident(reference: str, *events: Any) -> Incident:
    return Incident.replay(reference, [Logged(MONDAY), *events])


MET = incident("met", Resolved(after(4)))
BREACHED = incident("breached", Resolved(after(5)))
OPEN = incident("open")
HELD = incident("held", Held(after(1), HoldReason.AWAITING_CALLER))
CANCELLED = incident("cancelled", Cancelled(after(1)))
AGAIN = incident("again", Resolved(after(5)), Reopened(after(6)), Resolved(after(6.5)))
ALL = [MET, BREACHED, OPEN, HELD, CANCELLED, AGAIN]


def test_met_breached_and_what_is_left_out() -> None:
    result = RESOLUTION.measure(ALL, at=after(3))
    assert (result.n, result.population) == (0, 6)
    assert dict(result.excluded) == {
        "still running, in time": 4,
        "paused, in time": 1,
        "cancelled": 1,
    }
    assert (result.value, result.breach_minutes, result.at_risk) == (None, None, 4)


def test_what_is_open_and_late_already_counts() -> None:
    result = RESOLUTION.measure(ALL, at=after(7))
    assert (result.met, result.breached, result.running_late, result.n) == (1, 2, 1, 4)
    assert result.value == 0.25
    assert (result.ever_breached, result.ever_value) == (3, 0.25)
    # Late by one hour, by three while it is open, and by half an hour over the two cycles.
    assert result.breach_minutes == 60 + 180 + 90
    assert result.median_breach_minutes == 90
    assert dict(result.excluded) == {"paused, in time": 1, "cancelled": 1}


def test_without_an_instant_the_latest_of_the_source_counts() -> None:
    late = incident("late", Resolved(after(100)))
    assert RESOLUTION.measure([OPEN, late]).running_late == 1
    assert RESOLUTION.measure([OPEN]).n == 0


def test_a_new_cycle_forgets_and_ever_does_not() -> None:
    from itilcore.sla import Conventions

    jira = Agreement("jira", GOLD.targets, Conventions.jira())
    result = SlaMetric.of(jira, "resolution").measure([AGAIN])
    assert (result.met, result.ever_breached, result.value, result.ever_value) == (1, 1, 1.0, 0.0)


def test_rows_without_a_timeline_are_left_out() -> None:
    result = RESOLUTION.measure([MET.facts, BREACHED.facts])
    assert dict(result.excluded) == {NO_TIMELINE: 2}
    assert result.population == 2


def test_an_incident_without_events_has_no_clock() -> None:
    result = RESOLUTION.measure([Incident.replay("none", [])])
    assert dict(result.excluded) == {"no target applies, or its clock has not started": 1}


def test_where_no_target_applies_it_says_so() -> None:
    only = Agreement("p1", [Target(TargetKind.RESOLUTION, HOUR, ALWAYS, Applies(priorities="P1"))])
    p1 = incident("p1", Prioritised(MONDAY, priority=Priority.P1), Resolved(after(0.5)))
    result = SlaMetric.of(only, "resolution").measure([p1, MET], by="priority")
    assert result["P1"].value == 1.0
    assert dict(result["(none)"].excluded) == {"no target applies, or its clock has not started": 1}
    assert result.population == 2


def test_where_the_source_is_silent_it_is_unknown() -> None:
    silent = incident("silent", Asserted(MONDAY, {"resolved_at": None}), Resolved(after(1)))
    result = RESOLUTION.measure([silent])
    assert dict(result.excluded) == {"the source does not say when it stopped": 1}


def test_the_clock_must_be_there() -> None:
    with pytest.raises(InvalidInput, match="did you mean 'resolution'"):
        SlaMetric.of(GOLD, "resolutions")


def test_names_say_the_kind() -> None:
    ola = Agreement("net-work", GOLD.targets, kind=AgreementKind.OLA)
    assert SlaMetric.of(ola, "response").name == "OLA_NET_WORK_RESPONSE"
    assert "priority" in RESOLUTION.reads


def test_figures_as_json_are_complete() -> None:
    result = RESOLUTION.measure(ALL, by="status", at=after(7))
    figures = result.to_dict()
    assert figures["running_late"] == 1
    assert figures["interval"] == [result.interval.low, result.interval.high]
    assert sum(group["n"] for group in figures["by"].values()) == figures["n"]
    assert RESOLUTION.measure([]).to_dict()["interval"] is None


incidents = st.lists(timelines(), max_size=6).map(
    lambda found: [Incident.replay(f"INC{n}", events) for n, events in enumerate(found)]
)


@given(incidents, st.integers(0, 5_000))
def test_it_counts_what_the_readings_say(found: list[Incident], minutes: int) -> None:
    at = MONDAY + timedelta(minutes=minutes)
    result = RESOLUTION.measure(found, at=at)
    states: Counter[ClockState] = Counter()
    for each in found:
        if any(event.at <= at for event in each.timeline):
            states[GOLD.read(each, at, clock="resolution")[0].state] += 1
    assert (result.met, result.breached + result.running_late) == (
        states[ClockState.MET],
        states[ClockState.BREACHED],
    )
    assert result.n + sum(count for _, count in result.excluded) == result.population
    assert result.population == states.total()


@given(incidents)
def test_groups_add_up(found: list[Incident]) -> None:
    whole = RESOLUTION.measure(found)
    parts = RESOLUTION.measure(found, by="priority")
    counts = ("n", "met", "breached", "running_late", "ever_breached", "at_risk", "excluded")
    for name in counts:
        assert getattr(parts, name) == getattr(whole, name)
    assert parts.breach_minutes == pytest.approx(whole.breach_minutes)
    assert sum(group.n for _, group in parts) == whole.n


@given(incidents)
def test_one_pass_with_others_is_the_same(found: list[Incident]) -> None:
    from itilcore.metrics import MTTR

    together = measure_all((MTTR, RESOLUTION), iter(found))
    assert together["MTTR"] == MTTR.measure(found)
    assert together[RESOLUTION.name] == RESOLUTION.measure(found)


def test_events_after_the_instant_do_not_exist() -> None:
    later = incident("later", StatusChanged(after(2), Status.IN_PROGRESS), Resolved(after(9)))
    assert RESOLUTION.measure([later], at=after(3)).at_risk == 1
    assert RESOLUTION.measure([later], at=after(5)).running_late == 1
    assert RESOLUTION.measure([later], at=after(10)).breached == 1


def test_what_a_calendar_cannot_tell_is_left_out_and_counted() -> None:
    known = BusinessCalendar.weekly(
        "Mon-Sun 00:00-24:00", tz="UTC", holidays=Holidays.snapshot([], [2026])
    )
    metric = SlaMetric.of(
        Agreement("gold", [Target(TargetKind.RESOLUTION, 4 * HOUR, known)]), "resolution"
    )
    old = datetime(2020, 1, 6, 10, tzinfo=UTC)
    past = Incident.replay("INC1", [Logged(old), Resolved(old + HOUR)])
    result = metric.measure([MET, past, OPEN], at=datetime(2027, 2, 1, tzinfo=UTC))
    assert (result.population, result.n, result.value) == (3, 1, 1.0)
    assert dict(result.excluded) == {BEYOND: 2}
