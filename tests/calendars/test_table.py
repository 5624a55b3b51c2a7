"""The table that answers: how it grows, and where it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.errors import EndlessSearch, UnknownYear

HOUR = timedelta(hours=1)


def desk(hours: str = "Mon-Fri 09:00-17:00", *years: int) -> BusinessCalendar:
    known = Holidays.snapshot([], years) if years else ()
    return BusinessCalendar.weekly(hours, "UTC", holidays=known)


def year(number: int) -> datetime:
    return datetime(number, 1, 1, tzinfo=UTC)


def test_years_are_added_on_either_side_as_they_are_asked_for() -> None:
    calendar, other = desk(), desk()
    assert calendar.table.starts == []
    later = calendar.elapsed(year(2030), year(2031))
    assert calendar.table.first == 2030
    earlier = calendar.elapsed(year(2020), year(2021))
    assert calendar.table.first == 2020
    assert other.elapsed(year(2020), year(2021)) == earlier
    assert (
        other.elapsed(year(2030), year(2031)) == later == calendar.elapsed(year(2030), year(2031))
    )


def test_an_interval_over_new_year_is_one() -> None:
    for calendar in (desk("daily 22:00-06:00"), desk("daily 22:00-06:00")):
        calendar.is_open(year(2026))
        calendar.is_open(year(2025))
        calendar.is_open(year(2027))
        for number in (2026, 2027):
            start = year(number) - 12 * HOUR
            (night,) = calendar.intervals(start, start + 20 * HOUR)
            assert night.duration == 8 * HOUR
            assert calendar.next_close(start) == year(number) + 6 * HOUR


def test_pauses_over_years_that_the_table_has_not_seen() -> None:
    calendar = desk()
    held = [(year(2020), year(2024))]
    whole = desk().elapsed(year(2019), year(2026))
    assert calendar.elapsed(year(2019), year(2026), pauses=held) == (
        whole - desk().elapsed(year(2020), year(2024))
    )
    assert [each.start.year for each in calendar.intervals(year(2019), year(2026), pauses=held)][
        -1
    ] == 2025


def test_the_ends_of_what_any_calendar_knows() -> None:
    with pytest.raises(EndlessSearch):
        desk("daily 00:00-24:00").next_close(year(3999))
    with pytest.raises(EndlessSearch):
        desk().add(year(4000), timedelta(hours=3_000))
    with pytest.raises(EndlessSearch):
        desk().subtract(year(1601), timedelta(hours=3_000))
    with pytest.raises(EndlessSearch):
        desk().subtract(year(1601), timedelta(days=800))
    assert desk().elapsed(year(4000), year(4001)) == 260 * 8 * HOUR
    with pytest.raises(UnknownYear):
        desk().is_open(year(4001))


def test_where_the_known_years_end_is_no_closing() -> None:
    always = desk("daily 00:00-24:00", 2026)
    december = datetime(2026, 12, 31, 12, tzinfo=UTC)
    with pytest.raises(UnknownYear):
        always.next_close(december)
    assert always.add(december, 12 * HOUR) == year(2027)
    with pytest.raises(UnknownYear):
        always.add(december, 12 * HOUR, due="next_open")
