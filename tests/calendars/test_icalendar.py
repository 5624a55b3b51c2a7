"""Holidays from iCalendar files."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import pytest

from itilcore.calendars import BusinessCalendar, Holidays, icalendar
from itilcore.errors import InvalidInput, MissingExtra, UnknownYear

START = "DTSTART;VALUE=DATE:20260105"


def file(*events: tuple[str, ...]) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def days(*events: tuple[str, ...], years: Any = (2026,)) -> dict[str, str]:
    found = Holidays.icalendar(file(*events), years=years)
    return {when.isoformat()[5:]: name for when, name in found.dates}


def problem(*events: tuple[str, ...]) -> str:
    with pytest.raises(InvalidInput) as error:
        days(*events)
    (defect,) = error.value.defects
    return str(defect)


def test_all_day_events() -> None:
    assert days(
        (START, "SUMMARY:Works\\, \n  outing"),
        ("DTSTART;VALUE=DATE:20260401", "DTEND;VALUE=DATE:20260403"),
        ("DTSTART;VALUE=DATE:20260501", "DURATION:P2D", "SUMMARY:a", "SUMMARY:b"),
        ("DTSTART;VALUE=DATE:20260601", "DTEND:20260604T000000Z"),
        ("DTSTART;VALUE=DATE:20250105", "SUMMARY:last year"),
        ("DTSTART;VALUE=DATE:20251231", "DTEND;VALUE=DATE:20260103", "SUMMARY:turn"),
    ) == {
        "01-01": "turn",
        "01-02": "turn",
        "01-05": "Works, outing",
        "04-01": "holiday",
        "04-02": "holiday",
        "05-01": "a",
        "05-02": "a",
        "06-01": "holiday",
    }


def test_what_is_no_holiday() -> None:
    assert (
        days(
            ("DTSTART:20260105T100000Z", "DTEND:20260105T110000Z", "SUMMARY:meeting"),
            (START, "STATUS:CANCELLED"),
        )
        == {}
    )


def test_years_are_a_snapshot() -> None:
    found = Holidays.icalendar(file((START, "RRULE:FREQ=YEARLY")), years=[2026, 2028])
    assert found.years == (2026, 2028)
    assert [when.year for when, _ in found.dates] == [2026, 2027, 2028]
    with pytest.raises(UnknownYear):
        found.name_on(date(2029, 1, 5))


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["RRULE:FREQ=WEEKLY;COUNT=3"], ["01-05", "01-12", "01-19"]),
        (["RRULE:FREQ=WEEKLY;UNTIL=20260119"], ["01-05", "01-12", "01-19"]),
        (["RRULE:FREQ=WEEKLY;UNTIL=20260118T230000Z"], ["01-05", "01-12"]),
        (["RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"], ["01-05", "01-06", "01-12"]),
        (["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;VALUE=DATE:20260112,20260119"], ["01-05"]),
        (["RDATE;VALUE=DATE:20260201", "RDATE;VALUE=DATE:20260301,20250101"], ["01-05", "02-01", "03-01"]),
        (["RDATE:20260201T100000Z"], ["01-05"]),
        (["RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"], ["01-05", "05-25"]),
        (["RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"], ["01-05"]),
    ],
)  # fmt: skip
def test_events_that_repeat(lines: list[str], found: list[str]) -> None:
    assert list(days((START, *lines))) == found


def test_a_day_that_was_moved_or_called_off() -> None:
    weekly = (START, "UID:1", "SUMMARY:day off", "RRULE:FREQ=WEEKLY;COUNT=4")
    moved = (
        "DTSTART;VALUE=DATE:20260113",
        "UID:1",
        "RECURRENCE-ID;VALUE=DATE:20260112",
        "SUMMARY:moved",
    )
    called_off = (
        "DTSTART;VALUE=DATE:20260119",
        "UID:1",
        "RECURRENCE-ID;VALUE=DATE:20260119",
        "STATUS:CANCELLED",
    )
    expected = {"01-05": "day off", "01-13": "moved", "01-26": "day off"}
    assert days(weekly, moved, called_off) == expected
    assert days(called_off, moved, weekly) == expected
    other = ("DTSTART;VALUE=DATE:20260113", "RECURRENCE-ID;VALUE=DATE:20260112", "SUMMARY:x")
    assert "01-12" in days(weekly, other)  # of which event it does not say


def test_texts_and_bytes_with_a_mark_in_front() -> None:
    text = file((START,))
    for source in (text, "\ufeff" + text, text.encode(), b"\xef\xbb\xbf" + text.encode()):
        assert len(Holidays.icalendar(source, years=[2026]).dates) == 1
    assert len(Holidays.icalendar(text + text.replace("0105", "0106"), years=[2026]).dates) == 2


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["SUMMARY:x"], "has no DTSTART that can be read"),
        ([START, START], "has no DTSTART that can be read"),
        (["DTSTART:soon"], "has DTSTART that cannot be read"),
        ([START, "DTEND:late", "EXDATE:x"], "has DTEND and EXDATE that cannot be read"),
        ([START, "RECURRENCE-ID:x"], "has RECURRENCE-ID that cannot be read"),
        ([START, "RRULE:FREQ=NEVER"], "has RRULE that cannot be read"),
        ([START, "RRULE:COUNT=3"], "repeats by COUNT=3, by which whole days do not"),
        ([START, "RRULE:FREQ=SECONDLY"], "repeats by FREQ=SECONDLY, by which whole days do not"),
        ([START, "RRULE:FREQ=DAILY;BYHOUR=1,2"], "repeats by FREQ=DAILY;BYHOUR=1,2, by which whole days do not"),
        ([START, "RRULE:FREQ=DAILY;INTERVAL=0"], "repeats by FREQ=DAILY;INTERVAL=0, by which whole days do not"),
        ([START, "RRULE:FREQ=YEARLY;BYSETPOS=400"], "has a rule that cannot be read: bysetpos must be"),
        ([START, "DTEND;VALUE=DATE:20260105"], "lasts 0:00:00: give from one day to a year"),
        ([START, "DURATION:PT12H"], "lasts 12:00:00: give from one day to a year"),
        ([START, "DURATION:P9999D"], "lasts 9999 days, 0:00:00: give from one day to a year"),
    ],
)  # fmt: skip
def test_events_that_cannot_be_read(lines: list[str], found: str) -> None:
    assert problem((START,), tuple(lines)).startswith(f"event[1]: {found}")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("nonsense", "is no iCalendar: "),
        ("", "is no iCalendar: there is no whole VCALENDAR in it"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "is no iCalendar: there is no whole VCALENDAR"),
        (5, "is 5: give what the file holds"),
        ("x" * 5_000_001, "is longer than 5,000,000 bytes: no calendar of holidays"),
    ],
)
def test_files_that_are_none(source: Any, found: str) -> None:
    with pytest.raises(InvalidInput) as error:
        Holidays.icalendar(source, years=[2026])
    (defect,) = error.value.defects
    assert str(defect).startswith(found)


def test_more_than_any_calendar_of_holidays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icalendar, "MOST_DAYS", 30)
    assert problem((START, "RRULE:FREQ=DAILY")) == "makes more than 30 days"
    monkeypatch.setattr(icalendar, "MOST_RULES", 1)
    repeats = (START, "RRULE:FREQ=YEARLY")
    assert problem(repeats, repeats) == "has more than 1 events that repeat"


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(MissingExtra, match=r"itilcore\[ical\]"):
        Holidays.icalendar("", years=[2026])


def test_half_days_of_a_file() -> None:
    half = Holidays.icalendar(file(("DTSTART;VALUE=DATE:20261224", "SUMMARY:Eve")), years=[2026])
    desk = BusinessCalendar.weekly(
        "Mon-Fri 09:00-17:00", tz="UTC", special_hours=half.hours("09:00-12:00")
    )
    assert desk.rules.content["special_hours"] == [["2026-12-24", "09:00-12:00", False, "Eve"]]
