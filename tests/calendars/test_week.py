"""Weekly hours, as texts and as mappings."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from itilcore.calendars import BusinessCalendar, Shift
from itilcore.errors import InvalidCalendar


def text(given: Any) -> str:
    """The hours as a calendar writes them."""
    return repr(BusinessCalendar.weekly(given, tz="UTC"))[18:-6]


def defects(given: Any) -> list[str]:
    with pytest.raises(InvalidCalendar) as error:
        BusinessCalendar.weekly(given, tz="UTC")
    return [str(defect) for defect in error.value.defects]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("Mon-Fri 09:00-17:00", "Mon-Fri 09:00-17:00"),
        ("Fri-Mon 9:00-17:00", "Mon, Fri-Sun 09:00-17:00"),
        ("Sat, sunday 10:00-14:00; MON 10:00-14:00;", "Mon, Sat-Sun 10:00-14:00"),
        ("Tues – Thurs 08:00–12:00", "Tue-Thu 08:00-12:00"),
        ("daily 22:00-06:00", "Mon-Sun 22:00-06:00"),
        ("Everyday 00:00-24:00", "Mon-Sun 00:00-24:00"),
        ("Mon 09:00-12:00; Mon 13:00-17:00", "Mon 09:00-12:00, 13:00-17:00"),
        ("Mon-Fri 09:00-17:00; Sat closed", "Mon-Fri 09:00-17:00"),
        ({"mon": "09:00-17:00", "Friday": [(time(9), "17:00")]}, "Mon, Fri 09:00-17:00"),
        ({"mon-fri": [Shift(0, 3600)], "sun": "closed"}, "Mon-Fri 00:00-01:00"),
    ],
)
def test_weeks(given: Any, found: str) -> None:
    assert text(given) == found
    assert text(found) == found  # what is written is read again


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("Mon", ["hours[0]: 'Mon' is not like 'Mon-Fri 09:00-17:00'"]),
        ("09:00-17:00", ["hours[0]: '09:00-17:00' is not like 'Mon-Fri 09:00-17:00'"]),
        ("Mondey 09:00-17:00", ["hours[0]: 'Mondey' is no weekday; did you mean 'Monday'?"]),
        ("Xyz 09:00-17:00; Mon 9-17", ["hours[0]: 'Xyz' is no weekday; there are Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday", "hours[1][0]: '9' is no time of day: give HH:MM", "hours[1][0]: '17' is no time of day: give HH:MM"]),
        ("Mon-Wed-Fri 09:00-17:00", ["hours[0]: 'Mon-Wed-Fri' is no range of days"]),
        ("Mon 09:00-17:00, 16:00-18:00", ["hours[0]: 09:00-17:00 and 16:00-18:00 overlap"]),
        ("Mon-Fri 09:00-17:00; Fri 16:00-18:00", ["hours: Fri 09:00-17:00 and Fri 16:00-18:00 overlap"]),
        ("Mon 22:00-06:00; Tue 05:00-09:00", ["hours: Mon 22:00-06:00 and Tue 05:00-09:00 overlap"]),
        ("Sun 22:00-06:00; Mon 05:00-09:00", ["hours: Sun 22:00-06:00 and Mon 05:00-09:00 overlap"]),
        ({"mon": "17:00-16:00-15:00", 5: "09:00-17:00"}, ["hours.mon[0]: is '17:00-16:00-15:00': give an opening and a closing", "hours.5: '5' is no weekday; there are Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"]),
        ({"mon": None}, ["hours.mon: is None: give a text or pairs of times"]),
        (None, ["hours: is None: give a text, or the hours by weekday"]),
        ("M" * 10_001, ["hours: is longer than 10,000 characters"]),
        ("", ["hours: never open: give some hours"]),
        ({}, ["hours: never open: give some hours"]),
        ("Mon-Sun closed", ["hours: never open: give some hours"]),
    ],
)  # fmt: skip
def test_no_weeks(given: Any, found: list[str]) -> None:
    assert defects(given) == found


def test_one_shift_of_a_day_may_end_where_it_starts_a_day_later() -> None:
    assert text("Sun 09:00-09:00") == "Sun 09:00-09:00"
    assert text("daily 09:00-09:00") == "Mon-Sun 09:00-09:00"


def test_a_week_that_touches_itself() -> None:
    assert text("Sun 22:00-06:00; Mon 06:00-14:00") == "Mon 06:00-14:00; Sun 22:00-06:00"


def test_reversed_hours_are_a_night() -> None:
    """Nothing tells a slip from a night, so the reading is the documented one."""
    assert text("Mon 17:00-09:00") == "Mon 17:00-09:00"
