"""Days of every year."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from itilcore.calendars import YearlyRule
from itilcore.errors import InvalidInput, UnknownYear


@pytest.mark.parametrize(
    ("text", "normal", "year", "month", "day"),
    [
        ("12-25", "12-25", 2026, 12, 25),
        ("02-29", "02-29", 2028, 2, 29),
        ("easter", "easter", 2026, 4, 5),
        (" EASTER  +  1", "easter+1", 2026, 4, 6),
        ("easter-02", "easter-2", 2026, 4, 3),
        ("easter+0", "easter", 2027, 3, 28),
        ("orthodox easter", "orthodox easter", 2026, 4, 12),
        ("Orthodox Easter+50", "orthodox easter+50", 2026, 6, 1),
        ("4th Thursday of November", "4th thu of nov", 2026, 11, 26),
        ("last Mon in May", "last mon of may", 2026, 5, 25),
        ("1st mon september", "1st mon of sep", 2026, 9, 7),
        ("5th Fri of Jan", "5th fri of jan", 2026, 1, 30),
        ("last Sun of Feb", "last sun of feb", 2026, 2, 22),
    ],
)
def test_days(text: str, normal: str, year: int, month: int, day: int) -> None:
    rule = YearlyRule(text)
    assert str(rule) == rule.text == normal
    assert rule == YearlyRule(normal)
    assert rule.on(year) == date(year, month, day)


def test_a_day_counted_from_easter_may_leave_its_year() -> None:
    assert YearlyRule("easter-100").on(2026) == date(2025, 12, 26)


@pytest.mark.parametrize(
    ("text", "year"), [("02-29", 2026), ("02-29", 2100), ("5th Mon of Jan", 2026)]
)
def test_days_that_are_not_there_every_year(text: str, year: int) -> None:
    assert YearlyRule(text).on(year) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("13-25", "month must be in 1..12"),
        ("02-30", "day "),
        ("easter+251", "is further from Easter than a year goes"),
        ("easter-999", "is further from Easter than a year goes"),
        ("0th Mon of May", "give MM-DD, easter"),
        ("last Mon of Mayhem", "'mayhem' is no month"),
        ("last Mon of Ma", "'ma' is no month"),
        ("last Moonday of May", "'moonday' is no weekday"),
        ("", "give MM-DD, easter"),
        ("2026-12-25T00:00", "give MM-DD, easter"),
        (None, "give MM-DD, easter"),
        (1225, "give MM-DD, easter"),
    ],
)
def test_no_days(text: Any, problem: str) -> None:
    with pytest.raises(InvalidInput) as error:
        YearlyRule(text)
    (defect,) = error.value.defects
    assert defect.problem.startswith(f"{text!r} is no day of the year: {problem}")


def test_what_is_wrong_is_told_in_short() -> None:
    with pytest.raises(InvalidInput) as error:
        YearlyRule("x" * 100_000)
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("year", [0, 1582, 4100, 10_000])
def test_years_for_which_no_easter_is_reckoned(year: int) -> None:
    for text in ("easter", "12-25", "last Mon of May"):
        with pytest.raises(UnknownYear) as error:
            YearlyRule(text).on(year)
        assert (error.value.first, error.value.last) == (1583, 4099)


def test_rules_have_an_order() -> None:
    assert YearlyRule("12-25") < YearlyRule("easter")
