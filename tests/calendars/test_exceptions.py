"""What departs from the week."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from itilcore.calendars import BusinessCalendar, Closure, Season, SpecialHours, YearlyRule
from itilcore.errors import InvalidCalendar, InvalidInput

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 31)


def defects(**given: Any) -> list[str]:
    with pytest.raises(InvalidCalendar) as error:
        BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC", **given)
    return [str(defect) for defect in error.value.defects]


def covered(season: Season, *days: tuple[int, int, int]) -> list[bool]:
    return [season.covers(date(*day)) for day in days]


def test_a_dated_season() -> None:
    for start, end in ((JUNE, JULY), ("2026-06-01", "2026-07-31")):
        season = Season(start, end, "Mon 09:00-12:00")
        assert covered(season, (2026, 5, 31), (2026, 6, 1), (2026, 7, 31), (2026, 8, 1)) == [
            False, True, True, False,
        ]  # fmt: skip
        assert covered(season, (2025, 6, 15), (2027, 6, 15)) == [False, False]
    assert covered(Season(JUNE, JUNE, "Mon 09:00-12:00"), (2026, 6, 1)) == [True]


def test_a_season_over_the_end_of_the_year() -> None:
    season = Season(YearlyRule("11-01"), "02-28", "Sat 09:00-12:00")
    assert covered(
        season, (2026, 10, 31), (2026, 11, 1), (2026, 12, 31), (2027, 2, 28), (2027, 3, 1)
    ) == [False, True, True, True, False]


def test_the_29th_of_february_as_an_edge() -> None:
    until = Season("12-01", "02-29", "Sat 09:00-12:00")
    assert covered(until, (2026, 12, 5), (2027, 2, 28), (2027, 3, 1)) == [True, True, False]
    assert covered(until, (2028, 2, 29), (2028, 3, 1)) == [True, False]
    since = Season("02-29", "03-31", "Sat 09:00-12:00")
    assert covered(since, (2027, 2, 28), (2027, 3, 1), (2028, 2, 29)) == [False, True, True]


def test_a_season_counted_from_easter() -> None:
    lent = Season("easter-120", "easter", "Sat 09:00-12:00")  # from December on
    assert covered(lent, (2026, 12, 10), (2026, 4, 5), (2026, 4, 6), (2025, 12, 7)) == [
        True, True, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [
        (JUNE, "07-31", "must start and end both on dates, or both on days of every year"),
        (JULY, JUNE, "ends on 2026-06-01, before it starts"),
        ("5th Mon of May", "07-31", "5th mon of may is not there every year"),
        ("summer", "07-31", "'summer' is no day of the year"),
        (None, JULY, "is None: give a date"),
        (datetime(2026, 6, 1), JULY, "give a date"),
    ],
)
def test_no_seasons(start: Any, end: Any, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        Season(start, end, "Mon 09:00-12:00")


def test_closures_in_every_form() -> None:
    start, end = datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 15)
    assert Closure(start, end) == Closure("2026-03-02T12:00", "2026-03-02 15:00:00", "closure")
    assert Closure("2026-12-24", "2027-01-02").start == datetime(2026, 12, 24)


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [
        (datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 12), "ends at 2026-03-02T12:00:00, not after it starts"),
        (datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 11), "not after it starts"),
        (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3), "without a zone"),
        (datetime(2026, 3, 2), datetime(2026, 3, 3, 0, 0, 0, 1), "to the second"),
        ("noon", datetime(2026, 3, 3), "is 'noon': give a date and a time of day"),
        (date(2026, 3, 2), datetime(2026, 3, 3), "give a date and a time of day"),
    ],
)  # fmt: skip
def test_no_closures(start: Any, end: Any, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        Closure(start, end)


def test_every_defect_at_once_by_its_place() -> None:
    assert defects(
        special_hours={"2026-13-01": "09:00-10:00", JUNE: "10-11", JULY: SpecialHours("closed")},
        closures=[("noon", "late"), (1,), 5, Closure(datetime(2026, 3, 2), datetime(2026, 3, 3))],
        seasons=[(JULY, JUNE, "Mon 09:00-12:00"), ("06-01", "07-31", "Mon 9-12")],
        holidays=["13-25"],
    ) == [
        "holidays[0]: '13-25' is no day of the year: month must be in 1..12",
        "special_hours[2026-13-01]: is '2026-13-01': give a date",
        "special_hours[2026-06-01][0]: '10' is no time of day: give HH:MM",
        "special_hours[2026-06-01][0]: '11' is no time of day: give HH:MM",
        "closures[0].start: is 'noon': give a date and a time of day",
        "closures[0].end: is 'late': give a date and a time of day",
        "closures[1]: is (1,)",
        "closures[2]: is 5",
        "seasons[0]: ends on 2026-06-01, before it starts",
        "seasons[1].hours[0][0]: '9' is no time of day: give HH:MM",
        "seasons[1].hours[0][0]: '12' is no time of day: give HH:MM",
    ]


def test_one_is_not_several() -> None:
    assert defects(closures="2026-03-02", seasons=5, special_hours=None) == [
        "special_hours: is None: give several of them",
        "closures: is '2026-03-02': give several of them",
        "seasons: is 5: give several of them",
    ]
    assert defects(special_hours=[(JUNE, "09:00-10:00")]) == [
        "special_hours[0]: is (datetime.date(2026, 6, 1), '09:00-10:00')"
    ]


def test_one_date_twice() -> None:
    assert defects(special_hours={JUNE: "09:00-10:00", "2026-06-01": "11:00-12:00"}) == [
        "special_hours[2026-06-01]: has hours already"
    ]
