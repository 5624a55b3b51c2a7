"""Two calendars as one."""

from __future__ import annotations

import operator
import pickle
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.errors import InvalidCalendar, UnknownYear

BERLIN = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", "Europe/Berlin", holidays=["2026-01-06"])
INDIA = BusinessCalendar.weekly("Mon-Sat 09:00-18:00", "Asia/Kolkata", holidays=["2026-01-26"])
JOININGS = [operator.and_, operator.or_, operator.sub]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)  # the 5th is a Monday


def times(calendar: BusinessCalendar, day: int) -> list[str]:
    return [
        f"{a.start:%H:%M}-{a.end:%H:%M}" for a in calendar.intervals(at(day, 0), at(day + 1, 0))
    ]


def test_both_either_and_one_without_the_other() -> None:
    assert times(BERLIN & INDIA, 5) == ["08:00-12:30"]
    assert times(BERLIN | INDIA, 5) == ["03:30-16:00"]
    assert times(BERLIN - INDIA, 5) == ["12:30-16:00"]
    assert times(INDIA - BERLIN, 5) == ["03:30-08:00"]
    assert times(BERLIN & INDIA, 6) == []
    assert times(BERLIN | INDIA, 6) == ["03:30-12:30"]


def test_business_days_are_those_of_the_left() -> None:
    assert (BERLIN | INDIA).add_days(at(9, 12), 1) == at(10, 12, 30)  # Saturday, India alone
    assert (BERLIN & INDIA).add_days(at(9, 12), 1) == at(12, 12, 30)
    assert (BERLIN - INDIA).add_days(at(9, 12), 1) == at(12, 16)
    assert (BERLIN & INDIA).add_days(at(9, 12), -4) == at(2, 12, 30)  # not on the holiday


@pytest.mark.parametrize(
    ("join", "hour", "answer", "told"),
    [
        (operator.and_, 9, True, 2),
        (operator.and_, 4, False, 1),
        (operator.and_, 14, False, 1),
        (operator.and_, 20, False, 2),
        (operator.or_, 9, True, 2),
        (operator.or_, 4, True, 1),
        (operator.or_, 20, False, 2),
        (operator.sub, 9, False, 2),
        (operator.sub, 4, False, 1),
        (operator.sub, 14, True, 2),
    ],
)
def test_why(join: Any, hour: int, answer: bool, told: int) -> None:
    calendar = join(BERLIN, INDIA)
    decision = calendar.explain(at(5, hour))
    assert decision.answer is answer is calendar.is_open(at(5, hour))
    assert len(decision.reasons) == told


def test_a_value() -> None:
    both = (BERLIN & INDIA) | BusinessCalendar.weekly("Sun 10:00-12:00", "UTC")
    assert pickle.loads(pickle.dumps(both)) == both
    assert hash(both) == hash(pickle.loads(pickle.dumps(both)))
    assert both.version != (BERLIN & INDIA).version
    assert (BERLIN & INDIA).version != (INDIA & BERLIN).version
    assert repr(BERLIN & INDIA) == f"({BERLIN!r} & {INDIA!r})"
    assert both.tz.key == "Europe/Berlin"
    assert both.is_holiday(date(2026, 1, 6))
    assert not both.is_holiday(date(2026, 1, 26))
    assert times(both.without_holidays(), 6) == ["08:00-12:30"]
    assert times(both.in_zone("UTC"), 5) == ["09:00-17:00"]


def test_the_years_that_both_know() -> None:
    def known(*years: int) -> BusinessCalendar:
        return BusinessCalendar.weekly(
            "Mon 09:00-17:00", "UTC", holidays=Holidays.snapshot([], years)
        )

    both = known(2025, 2026) | known(2026, 2027)
    assert both.is_open(at(5, 12))
    for year in (2025, 2027):
        with pytest.raises(UnknownYear):
            both.is_open(datetime(year, 6, 1, tzinfo=UTC))
    for join in JOININGS:
        with pytest.raises(InvalidCalendar, match="know no year in common"):
            join(known(2025), known(2026))


@pytest.mark.parametrize("join", JOININGS)
def test_only_calendars_are_joined(join: Any) -> None:
    for other in (None, "Mon 09:00-17:00", timedelta(1)):
        with pytest.raises(TypeError):
            join(BERLIN, other)


def test_dates_named_by_either_are_looked_for() -> None:
    once = BusinessCalendar.weekly({}, "UTC", special_hours={"2226-01-05": "09:00-17:00"})
    assert (once & BusinessCalendar.always()).next_open(at(5, 0)).year == 2226
    assert (BusinessCalendar.always() & once).next_open(at(5, 0)).year == 2226
    assert BusinessCalendar.always() & BusinessCalendar.always() == (
        BusinessCalendar.always() & BusinessCalendar.always()
    )
