"""When a part of a target has elapsed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from itilcore.calendars import BusinessCalendar
from itilcore.sla import Agreement, BusinessDays, Target, TargetKind

from .stories import ALWAYS, HOUR, NINE, at, story

OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")


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
