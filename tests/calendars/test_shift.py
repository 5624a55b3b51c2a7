"""Shifts, and the hours of one date."""

from __future__ import annotations

from datetime import UTC, time
from typing import Any

import pytest

from itilcore.calendars import Shift, SpecialHours
from itilcore.errors import InvalidInput


def hours(given: Any) -> list[str]:
    return [str(shift) for shift in SpecialHours(given).hours]


def defects(given: Any) -> list[str]:
    with pytest.raises(InvalidInput) as error:
        SpecialHours(given)
    return [str(defect) for defect in error.value.defects]


@pytest.mark.parametrize(
    ("opens", "closes", "length"),
    [
        ("09:00", "17:30", 8.5),
        ("9:00", "09:00:30", 30 / 3600),
        ("22:00", "06:00", 8),
        ("09:00", "09:00", 24),
        ("00:00", "24:00", 24),
        ("00:00", "00:00", 24),
        ("22:00", "24:00", 2),
        (time(9), time(17, 30), 8.5),
    ],
)
def test_how_long_a_shift_is(opens: Any, closes: Any, length: float) -> None:
    shift = Shift.between(opens, closes)
    assert (shift.closes - shift.opens) / 3600 == length


def test_midnight_at_the_end_is_written_one_way() -> None:
    assert Shift.between("22:00", "00:00") == Shift.between("22:00", "24:00")
    assert str(Shift.between("22:00", "00:00")) == "22:00-24:00"


@pytest.mark.parametrize(
    ("opens", "closes", "found"),
    [
        ("24:00", "06:00", ["opens: nothing opens at 24:00: say 00:00 of the next day"]),
        ("09:60", "25:00", ["opens: '09:60' is no time of day", "closes: '25:00' is no time of day"]),
        ("nine", "09:00:60", ["opens: 'nine' is no time of day: give HH:MM", "closes: '09:00:60' is no time of day"]),
        (9, None, ["opens: 9 is no time of day: give HH:MM", "closes: None is no time of day: give HH:MM"]),
        (time(9, tzinfo=UTC), time(9, 0, 0, 1), ["opens: 09:00:00+00:00 must be a time to the second, without a zone", "closes: 09:00:00.000001 must be a time to the second, without a zone"]),
        ("24:00:01", "٠٩:00", ["opens: '24:00:01' is no time of day", "closes: '٠٩:00' is no time of day: give HH:MM"]),
    ],
)  # fmt: skip
def test_no_times_of_day(opens: Any, closes: Any, found: list[str]) -> None:
    with pytest.raises(InvalidInput) as error:
        Shift.between(opens, closes)
    assert [str(defect) for defect in error.value.defects] == found


@pytest.mark.parametrize(
    ("opens", "closes"),
    [(-1, 5), (86_400, 86_500), (5, 5), (5, 4), (0, 86_401), (0.5, 7), ("09:00", "17:00")],
)
def test_seconds_that_make_no_shift(opens: Any, closes: Any) -> None:
    with pytest.raises(InvalidInput, match="must open within its date"):
        Shift(opens, closes)


def test_the_hours_of_a_date_in_every_form() -> None:
    expected = ["09:00-12:00", "13:00-17:30"]
    assert hours("13:00-17:30, 09:00-12:00") == expected
    assert hours("9:00 – 12:00,13:00–17:30") == expected
    assert hours([("09:00", "12:00"), ["13:00", "17:30"]]) == expected
    assert hours([Shift.between("13:00", "17:30"), (time(9), time(12))]) == expected
    assert hours(iter([("09:00", "12:00"), ("13:00", "17:30")])) == expected
    given: tuple[Any, ...] = ("", " closed ", "Closed", [], ())
    for closed in given:
        assert hours(closed) == []


def test_shifts_may_touch_and_not_overlap() -> None:
    assert hours("09:00-12:00, 12:00-17:00") == ["09:00-12:00", "12:00-17:00"]
    assert defects("09:00-12:00, 11:59-17:00") == ["09:00-12:00 and 11:59-17:00 overlap"]
    assert defects("22:00-06:00, 23:00-24:00") == ["22:00-06:00 and 23:00-24:00 overlap"]
    assert defects("09:00-17:00, 09:00-17:00") == ["09:00-17:00 and 09:00-17:00 overlap"]


def test_every_part_that_is_no_shift() -> None:
    assert defects("09:00, 13:00-25:00, 1-2-3") == [
        "[0]: is '09:00': give an opening and a closing",
        "[1]: '25:00' is no time of day",
        "[2]: is ' 1-2-3': give an opening and a closing",
    ]
    assert defects([("09:00",), 5]) == [
        "[0]: is ('09:00',): give an opening and a closing",
        "[1]: is 5: give an opening and a closing",
    ]
    assert defects(5) == ["is 5: give a text or pairs of times"]
    assert defects("9" * 10_001) == ["is longer than 10,000 characters"]
