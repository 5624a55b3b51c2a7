"""Which shifts a date has and why: the order of rules, tails, edges of what is known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from itilcore.calendars import BusinessCalendar, Closure, Holidays, SpecialHours
from itilcore.errors import EndlessSearch, UnknownYear

MONDAY = date(2026, 6, 1)
NAMED: Any = {
    "closures": [Closure("2026-06-01T12:00", "2026-06-01T13:00", "fire drill")],
    "special_hours": {MONDAY: SpecialHours("10:00-14:00", name="open day", over_holidays=True)},
    "holidays": {MONDAY: "Founders' Day"},
    "seasons": [("06-01", "08-31", "Mon 08:00-12:00")],
}


def at(hour: int, day: int = 1, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def desk(*names: str, **more: Any) -> BusinessCalendar:
    given = {name: NAMED[name] for name in names} | more
    return BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC", **given)


def why(calendar: BusinessCalendar, when: datetime) -> tuple[bool, str, str]:
    decision = calendar.explain(when)
    assert decision.answer is calendar.is_open(when)
    (reason,) = decision.reasons
    return decision.answer, reason.rule, str(reason)


def test_each_rule_beats_the_next() -> None:
    names = ["closures", "special_hours", "holidays", "seasons"]
    assert why(desk(*names), at(12)) == (False, "closure", "Mon 2026-06-01 12:00:00 lies in fire drill, 2026-06-01 12:00:00 to 2026-06-01 13:00:00")  # fmt: skip
    assert why(desk(*names[1:]), at(12)) == (True, "special hours", "Mon 2026-06-01 12:00:00 lies in 10:00-14:00 (open day)")  # fmt: skip
    assert why(desk(*names[2:]), at(10)) == (False, "holiday", "Mon 2026-06-01 is a holiday: Founders' Day")  # fmt: skip
    assert why(desk(*names[3:]), at(8)) == (True, "season", "Mon 2026-06-01 08:00:00 lies in 08:00-12:00")  # fmt: skip
    assert why(desk(), at(8)) == (False, "weekly hours", "Mon 2026-06-01 08:00:00 lies outside 09:00-17:00")  # fmt: skip


def test_a_holiday_beats_special_hours_that_do_not_say_otherwise() -> None:
    special = {MONDAY: "10:00-14:00"}
    assert why(desk("holidays", special_hours=special), at(11))[:2] == (False, "holiday")
    assert why(desk("seasons", special_hours=special), at(11))[:2] == (True, "special hours")
    assert why(desk("seasons", special_hours={MONDAY: "closed"}), at(11)) == (
        False, "special hours", "Mon 2026-06-01 has no hours",
    )  # fmt: skip


def test_a_closure_at_another_time_explains_nothing() -> None:
    assert why(desk("closures"), at(13)) == (True, "weekly hours", "Mon 2026-06-01 13:00:00 lies in 09:00-17:00")  # fmt: skip
    assert why(desk("closures"), at(11))[:2] == (True, "weekly hours")


def test_a_tail_goes_with_the_date_on_which_its_shift_opens() -> None:
    night = BusinessCalendar.weekly("daily 22:00-06:00", "UTC", holidays=[MONDAY])
    assert why(night, at(2)) == (True, "weekly hours", "Mon 2026-06-01 02:00:00 lies in 22:00-06:00 of Sun 2026-05-31")  # fmt: skip
    assert not night.is_open(at(23))
    assert not night.is_open(at(2, 2))  # the tail of the holiday
    assert night.is_open(at(23, 2))


def test_a_tail_reaches_over_the_edge_of_a_season_and_not_into_a_closure() -> None:
    nights = BusinessCalendar.weekly(
        "daily 22:00-06:00",
        "UTC",
        seasons=[("06-01", "06-30", "daily 09:00-12:00")],
        closures=[(datetime(2026, 6, 1, 3), datetime(2026, 6, 1, 4))],
    )
    assert nights.intervals(at(0), at(0, 2))[0].end == at(3)
    assert [str(each.start)[11:16] for each in nights.intervals(at(0), at(0, 2))] == [
        "00:00", "04:00", "09:00",
    ]  # fmt: skip
    assert nights.elapsed(datetime(2026, 6, 30, tzinfo=UTC), datetime(2026, 7, 2, tzinfo=UTC)) == (
        timedelta(hours=5)
    )


def test_a_tail_and_the_special_hours_of_the_next_date_are_one_stretch() -> None:
    both = BusinessCalendar.weekly("Sun 22:00-06:00", "UTC", special_hours={MONDAY: "05:00-09:00"})
    assert both.elapsed(at(0), at(12)) == timedelta(hours=9)
    assert len(both.intervals(at(0), at(12))) == 1


def test_round_the_clock_by_shifts_of_24_hours() -> None:
    always = BusinessCalendar.weekly("daily 09:00-09:00", "UTC")
    assert always.elapsed(at(0), at(0, 30)) == timedelta(days=29)
    with pytest.raises(EndlessSearch):
        always.next_close(at(0))
    # A holiday takes away the 24 hours that open on it, not the date.
    but = BusinessCalendar.weekly("daily 09:00-09:00", "UTC", holidays=[MONDAY])
    assert [but.is_open(at(8)), but.is_open(at(9)), but.is_open(at(8, 2)), but.is_open(at(9, 2))] == [
        True, False, False, True,
    ]  # fmt: skip


def test_a_night_reaches_into_no_year_that_is_not_known() -> None:
    """Whether the night before is worked, only the year before could tell."""
    known = Holidays.snapshot([], [2026])
    night = BusinessCalendar.weekly("daily 22:00-06:00", "UTC", holidays=known)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for hours in (0, 5):
        with pytest.raises(UnknownYear):
            night.is_open(start + timedelta(hours=hours))
        with pytest.raises(UnknownYear):
            night.explain(start + timedelta(hours=hours))
    assert why(night, start + timedelta(hours=6))[:2] == (False, "weekly hours")
    assert night.elapsed(start + timedelta(hours=6), datetime(2027, 1, 1, tzinfo=UTC)) == (
        timedelta(hours=365 * 8 - 6)
    )
    with pytest.raises(UnknownYear):
        night.is_open(datetime(2027, 1, 1, tzinfo=UTC))


def test_special_hours_of_the_night_before_the_known_years() -> None:
    known = Holidays.snapshot([], [2026])
    eve = date(2025, 12, 31)
    party = BusinessCalendar.weekly(
        "Mon-Fri 09:00-17:00", "UTC", holidays=known, special_hours={eve: "22:00-03:00"}
    )
    with pytest.raises(UnknownYear):
        party.is_open(datetime(2026, 1, 1, 2, tzinfo=UTC))
    assert not party.is_open(datetime(2026, 1, 1, 3, tzinfo=UTC))


def test_a_snapshot_cut_at_the_years_that_any_calendar_knows() -> None:
    first = Holidays((), (), (1500, 1700))
    desk = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", "UTC", holidays=first)
    assert desk.is_open(datetime(1600, 1, 3, 12, tzinfo=UTC))
    with pytest.raises(UnknownYear):
        desk.is_open(datetime(1599, 12, 31, 23, tzinfo=UTC))
