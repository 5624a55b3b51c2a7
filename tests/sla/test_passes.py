"""When a part of a target has elapsed, and when it is late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar
from itilcore.incident import Asserted, Phase
from itilcore.sla import (
    Agreement,
    BusinessDays,
    ClockState,
    Condition,
    Conditions,
    Conventions,
    Target,
    TargetKind,
)

from .stories import ALWAYS, HOUR, MINUTE, NINE, at, event, story

OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
TICK = timedelta(microseconds=1)


def passes(text: str, minutes: float, percent: float, within=4 * HOUR, calendar=ALWAYS):
    agreement = Agreement("x", [Target(TargetKind.RESOLUTION, within, calendar)])
    (reading,) = agreement.read(story(text), at(minutes))
    found = reading.passes(percent)
    return None if found is None else (found - NINE) / timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "minutes", "percent", "expected"),
    [
        ("0 log", 10, 50, 120),
        ("0 log", 200, 50, 120),
        ("0 log", 10, 150, 360),
        ("0 log, 30 hold, 90 resume", 95, 50, 180),
        ("0 log, 30 hold", 95, 50, None),  # nobody knows how long it waits
        ("0 log, 130 hold", 140, 50, 120),
        ("0 log, 30 resolve", 95, 50, None),
        ("0 log, 130 resolve", 195, 50, 120),
    ],
)
def test_when_a_part_has_elapsed(text, minutes, percent, expected):
    assert passes(text, minutes, percent) == expected


def test_business_days_are_the_working_time_in_them():
    assert passes("0 log", 10, 50, BusinessDays(1), OFFICE) == 8 * 60
    assert passes("0 log", 10, 100, BusinessDays(1), OFFICE) == 32 * 60


def test_a_clock_that_has_not_started_passes_nothing():
    agreement = Agreement("x", [Target(TargetKind.RESOLUTION, HOUR, ALWAYS)])
    (reading,) = agreement.read([], NINE)
    assert reading.passes(50) is None
    assert reading.late_from is None


def late_from(text: str, minutes: float, within=8 * HOUR, calendar=OFFICE, **conventions):
    target = Target(TargetKind.RESOLUTION, within, calendar)
    agreement = Agreement("x", [target], Conventions(**conventions))
    (reading,) = agreement.read(story(text), at(minutes))
    return reading.late_from


@pytest.mark.parametrize(
    ("text", "minutes", "expected"),
    [
        ("0 log", 10, 24 * 60),  # due at the closing of Monday
        ("0 log", 481, 24 * 60),
        ("0 log", 9_000, 24 * 60),
        ("0 log, 30 hold, 40 resume", 95, 24 * 60 + 10),
        ("0 log, 30 hold", 95, None),  # nobody knows how long it waits
        ("0 log, 30 resolve", 95, None),
        ("0 log, 1500 resolve", 1600, 24 * 60),
        ("0 log, 480 hold, 500 resume", 600, 24 * 60),
    ],
)
def test_when_it_is_late(text, minutes, expected):
    for due in ("close", "next_open"):
        found = late_from(text, minutes, due=due)
        assert found == (None if expected is None else at(expected) + TICK)


def test_business_days_are_late_after_their_last_closing():
    assert late_from("0 log", 10, BusinessDays(1)) == at(32 * 60) + TICK


WORDS = st.sampled_from(["hold", "resume", "note", "resolve", "reopen"])


@given(
    st.lists(st.tuples(st.integers(0, 400), WORDS), max_size=6),
    st.integers(0, 2_000),
    st.sampled_from([2 * HOUR, 4 * HOUR, 8 * HOUR, BusinessDays(1)]),
    st.sampled_from([OFFICE, ALWAYS]),
    st.sampled_from(["close", "next_open"]),
)
def test_it_is_late_from_that_instant_on_and_not_before(steps, wait, within, calendar, due):
    now, events = NINE, [event("log", NINE)]
    for gap, word in steps:
        now += gap * MINUTE
        events.append(event(word, now))
    target = Target(TargetKind.RESOLUTION, within, calendar)
    agreement = Agreement("x", [target], Conventions(due=due))

    def read(moment):
        return agreement.read(events, moment)[0]

    seen = read(now + wait * MINUTE)
    late = seen.late_from
    if seen.breached:
        assert late is not None
        assert late <= seen.at
    if late is None:
        assert not read(now + timedelta(days=400)).breached
    elif late > now:
        assert read(late).breached
        assert not read(late - TICK).breached


def test_a_clock_that_waits_is_not_said_to_run_because_its_end_is_claimed():
    own = Conditions.response(pause=[Condition(phases=Phase.WAITING)])
    agreement = Agreement("x", [Target(TargetKind.RESPONSE, HOUR, ALWAYS, conditions=own)])
    claim = Asserted(NINE, {"acknowledged_at": at(900)})
    (reading,) = agreement.read([claim, *story("0 log, 30 hold").timeline], at(60))
    assert (reading.state, reading.late_from) == (ClockState.PAUSED, None)
    (reading,) = agreement.read([claim, *story("0 log, 30 ack").timeline], at(60))
    assert reading.stopped_at == at(30)
