"""Business calendars: what is asked of them, and what they refuse."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from itilcore.calendars import BusinessCalendar, Holidays, Interval, WeeklyHours
from itilcore.errors import EndlessSearch, InvalidInput, NaiveInstant, UnknownYear

OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC", holidays=[date(2026, 1, 6)])
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)  # the 5th is a Monday


class TestDaylightSaving:
    def open_hours(self, hours: WeeklyHours, day: date, tz: str = "Europe/Berlin") -> list[str]:
        desk = BusinessCalendar.weekly(hours, tz)
        zone = ZoneInfo(tz)
        start = datetime(day.year, day.month, day.day, tzinfo=zone)
        end = (start.astimezone(UTC) + timedelta(hours=26)).astimezone(zone)
        found = [each for each in desk.intervals(start, end) if each.start.date() == day]
        return [f"{a.start:%H:%M%z}/{a.end:%H:%M%z}" for a in found]

    def test_an_opening_in_the_gap_is_at_its_end(self) -> None:
        spring = date(2026, 3, 29)
        assert self.open_hours("Sun 02:30-05:00", spring) == ["03:00+0200/05:00+0200"]
        assert self.open_hours("Sun 01:00-02:30", spring) == ["01:00+0100/03:00+0200"]
        assert self.open_hours("Sun 02:00-03:00", spring) == []

    def test_the_hour_that_comes_twice_is_open_twice(self) -> None:
        autumn = date(2026, 10, 25)
        assert self.open_hours("Sun 02:15-02:45", autumn) == [
            "02:15+0200/02:45+0200", "02:15+0100/02:45+0100",
        ]  # fmt: skip
        assert self.open_hours("Sun 02:00-03:00", autumn) == ["02:00+0200/03:00+0100"]
        assert self.open_hours("Sun 01:00-02:30", autumn) == [
            "01:00+0200/02:30+0200", "02:00+0100/02:30+0100",
        ]  # fmt: skip

    def test_half_an_hour_on_lord_howe(self) -> None:
        desk = BusinessCalendar.weekly("daily 00:00-24:00", "Australia/Lord_Howe")
        zone = desk.tz
        for day, length in ((date(2026, 10, 4), 23.5), (date(2026, 4, 5), 24.5)):
            start = datetime(day.year, day.month, day.day, tzinfo=zone)
            assert desk.elapsed(start, start + timedelta(days=1)) == length * HOUR

    def test_the_day_that_apia_skipped(self) -> None:
        desk = BusinessCalendar.weekly("daily 22:00-02:00", "Pacific/Apia")
        thursday = datetime(2011, 12, 29, 12, tzinfo=desk.tz)
        first, second = desk.intervals(thursday, thursday + timedelta(days=2, hours=12))[:2]
        # The tail of the 29th falls on the 30th, which was not; that of the 30th is there.
        assert (first.start.isoformat(), first.end.isoformat()) == (
            "2011-12-29T22:00:00-10:00", "2011-12-31T02:00:00+14:00",
        )  # fmt: skip
        assert second.start.isoformat() == "2011-12-31T22:00:00+14:00"
        office = BusinessCalendar.weekly("daily 09:00-17:00", "Pacific/Apia")
        due = office.add_days(thursday, 1)
        assert due.isoformat() == "2011-12-31T17:00:00+14:00"
        assert office.add_days(due, -1).isoformat() == "2011-12-29T17:00:00-10:00"


class TestDue:
    def test_at_the_closing_or_the_next_opening(self) -> None:
        assert OFFICE.add(at(5, 16), HOUR) == at(5, 17)
        assert OFFICE.add(at(5, 16), HOUR, due="next_open") == at(7, 9)
        assert OFFICE.add(at(5, 18), timedelta()) == at(5, 18)
        assert OFFICE.add(at(5, 18), timedelta(), due="next_open") == at(7, 9)
        assert OFFICE.add(at(5, 12), timedelta(), due="next_open") == at(5, 12)

    def test_subtracting_from_an_opening(self) -> None:
        assert OFFICE.subtract(at(7, 9), HOUR) == at(5, 16)
        assert OFFICE.subtract(at(7, 10), HOUR) == at(7, 9)
        assert OFFICE.add(at(7, 10), -HOUR, due="next_open") == at(7, 9)
        assert OFFICE.subtract(at(5, 16), -HOUR) == at(5, 17)
        assert OFFICE.subtract(at(6, 0), timedelta()) == at(6, 0)

    def test_the_zone_of_what_was_given(self) -> None:
        assert OFFICE.add(at(5, 16).astimezone(BERLIN), HOUR).tzinfo is BERLIN
        assert OFFICE.intervals(at(5, 0).astimezone(BERLIN), at(6, 0))[0].end.tzinfo is BERLIN


class TestPauses:
    HELD = (at(5, 10), at(5, 12))

    def test_time_in_them_does_not_count(self) -> None:
        assert OFFICE.elapsed(at(5, 9), at(5, 17), pauses=[self.HELD]) == 6 * HOUR
        assert OFFICE.add(at(5, 9), 2 * HOUR, pauses=[Interval(*self.HELD)]) == at(5, 13)
        assert OFFICE.subtract(at(5, 13), 2 * HOUR, pauses=[self.HELD]) == at(5, 9)
        assert OFFICE.add(at(5, 13), -2 * HOUR, pauses=iter([self.HELD])) == at(5, 9)

    def test_a_pause_is_a_closing(self) -> None:
        assert OFFICE.add(at(5, 9), HOUR, pauses=[self.HELD]) == at(5, 10)
        assert OFFICE.add(at(5, 9), HOUR, pauses=[self.HELD], due="next_open") == at(5, 12)
        assert OFFICE.next_close(at(5, 9), pauses=[self.HELD]) == at(5, 10)
        assert OFFICE.next_close(at(5, 10), pauses=[self.HELD]) == at(5, 17)
        assert OFFICE.next_open(at(5, 10), pauses=[self.HELD]) == at(5, 12)

    def test_the_next_closing(self) -> None:
        always, night = BusinessCalendar.always(), (at(5, 22), at(6, 3))
        assert always.next_close(at(5, 9), pauses=[night]) == at(5, 22)
        with pytest.raises(EndlessSearch):
            always.next_close(at(5, 23), pauses=[night])
        assert OFFICE.next_close(at(5, 9), pauses=[night]) == at(5, 17)
        assert OFFICE.next_close(at(5, 16), pauses=[(at(5, 17), at(8, 0))]) == at(5, 17)
        assert OFFICE.next_close(at(5, 17), pauses=[(at(5, 17), at(7, 10))]) == at(7, 17)

    def test_empty_and_overlapping_ones(self) -> None:
        pauses = [(at(5, 11), at(5, 12)), self.HELD, (at(5, 13), at(5, 13))]
        assert OFFICE.elapsed(at(5, 9), at(5, 17), pauses=pauses) == 6 * HOUR
        assert OFFICE.is_open(at(5, 13), pauses=pauses)
        assert not OFFICE.is_open(at(5, 11), pauses=pauses)


class TestBusinessDays:
    @pytest.mark.parametrize(
        ("start", "days", "snap", "found"),
        [
            (at(5, 12), 1, "end_of_day", at(7, 17)),
            (at(5, 12), 1, "clip_to_close", at(7, 12)),
            (at(5, 20), 1, "clip_to_close", at(7, 17)),
            (at(5, 7), 1, "clip_to_close", at(7, 7)),
            (at(5, 7), 1, "next_open", at(7, 9)),
            (at(5, 12), 1, "next_open", at(7, 12)),
            (at(5, 20), 1, "next_open", at(8, 9)),
            (at(5, 7), 1, "prev_open", at(5, 17)),
            (at(5, 20), 1, "prev_open", at(7, 17)),
            (at(5, 12), 1, "prev_open", at(7, 12)),
            (at(5, 12), 0, "end_of_day", at(5, 17)),
            (at(5, 20), 0, "end_of_day", at(5, 17)),
            (at(6, 12), 0, "end_of_day", at(7, 17)),
            (at(6, 12), 0, "clip_to_close", at(7, 12)),
            (at(10, 12), 1, "end_of_day", at(12, 17)),
            (at(7, 12), -1, "end_of_day", at(5, 17)),
            (at(10, 12), -1, "clip_to_close", at(9, 12)),
            (at(7, 12), -3, "next_open", at(1, 12)),
        ],
    )
    def test_snaps(self, start: datetime, days: int, snap: Any, found: datetime) -> None:
        assert OFFICE.add_days(start, days, snap=snap) == found

    def test_a_night_is_of_the_date_on_which_it_opens(self) -> None:
        night = BusinessCalendar.weekly("Mon-Fri 22:00-06:00", "UTC")
        assert night.add_days(at(5, 12), 1) == at(7, 6)
        assert night.add_days(at(9, 23), 0) == at(10, 6)
        assert night.add_days(at(10, 3), 0) == at(13, 6)  # Saturday opens no shift

    def test_pauses_move_what_lies_ahead(self) -> None:
        held = (at(5, 10), at(5, 12))
        assert OFFICE.add_days(at(5, 9), 1, pauses=[held]) == at(8, 11)
        assert OFFICE.add_days(at(5, 12), 1, pauses=[held]) == at(7, 17)
        assert OFFICE.add_days(at(7, 12), -1, pauses=[held]) == at(5, 17)
        over = [(at(5, 17), at(7, 9))]
        assert OFFICE.add_days(at(5, 9), 1, pauses=over) == at(7, 17)

    def test_dates_of_the_calendar(self) -> None:
        tokyo = OFFICE.in_zone("Asia/Tokyo")
        assert tokyo.add_days(at(7, 20), 0) == at(8, 8)  # it is the 8th there

    @pytest.mark.parametrize("days", [1.0, "1", None, True, 100_001, -100_001])
    def test_no_days(self, days: Any) -> None:
        with pytest.raises(InvalidInput, match="give a whole number of days"):
            OFFICE.add_days(at(5, 12), days)

    def test_no_snap(self) -> None:
        with pytest.raises(InvalidInput, match="give one of next_open, prev_open"):
            OFFICE.add_days(at(5, 12), 1, snap="noon")  # type: ignore[arg-type]  # on purpose

    def test_years_that_no_calendar_knows(self) -> None:
        first, last = (datetime(year, 1, 5, tzinfo=UTC) for year in (1601, 4000))
        early, late = (BusinessCalendar.weekly("Mon-Fri 09:00-17:00", "UTC") for _ in range(2))
        with pytest.raises(UnknownYear) as error:
            early.add_days(first, -1_000)
        assert (error.value.first, error.value.last) == (1600, 4000)
        with pytest.raises(UnknownYear):
            late.add_days(last, 1_000)

    def test_the_only_business_day(self) -> None:
        once = BusinessCalendar.weekly({}, "UTC", special_hours={"2026-01-05": "09:00-17:00"})
        assert once.add_days(at(1, 0), 1) == at(5, 17)
        for days in (0, 1, -2):
            with pytest.raises(EndlessSearch, match="not enough business days? between"):
                once.add_days(at(6, 0), days)


class TestSearchesWithoutEnd:
    def test_holidays_that_close_for_ever(self) -> None:
        every = [f"{d:%m-%d}" for d in (date(2028, 1, 1) + timedelta(n) for n in range(366))]
        never = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", "UTC", holidays=every)
        assert never.elapsed(at(1, 0), at(20, 0)) == timedelta()
        assert never.intervals(at(1, 0), at(20, 0)) == ()
        for ask in (
            lambda: never.next_open(at(5, 9)),
            lambda: never.next_close(at(5, 9)),
            lambda: never.add(at(5, 9), HOUR),
            lambda: never.subtract(at(5, 9), HOUR),
            lambda: never.add_days(at(5, 9), 1),
            lambda: never.table.previous_close(0),
        ):
            with pytest.raises(EndlessSearch):
                ask()
        assert never.add(at(5, 9), timedelta()) == at(5, 9)

    @pytest.mark.parametrize("duration", [timedelta.max, timedelta(days=999_999)])
    def test_longer_than_any_calendar(self, duration: timedelta) -> None:
        with pytest.raises(EndlessSearch):
            OFFICE.add(at(5, 9), duration)
        with pytest.raises(EndlessSearch):
            OFFICE.subtract(at(5, 9), duration)

    def test_a_calendar_that_closed_long_ago(self) -> None:
        short = BusinessCalendar.weekly({}, "UTC", special_hours={"2026-01-05": "09:00-17:00"})
        assert short.next_open(datetime(1890, 1, 1, tzinfo=UTC)) == at(5, 9)
        assert short.subtract(datetime(2200, 1, 1, tzinfo=UTC), HOUR) == at(5, 16)
        with pytest.raises(EndlessSearch):
            short.next_close(at(5, 17))

    def test_years_that_the_source_does_not_know(self) -> None:
        known = BusinessCalendar.weekly(
            "Mon-Fri 09:00-17:00", "UTC", holidays=Holidays.snapshot([], [2026])
        )
        for ask in (
            lambda: known.add(at(5, 9), timedelta(hours=3_000)),
            lambda: known.subtract(at(5, 9), timedelta(hours=30)),
            lambda: known.next_close(datetime(2026, 12, 31, 18, tzinfo=UTC)),
            lambda: known.add_days(at(5, 9), 300),
            lambda: known.add_days(at(5, 9), -5),
            lambda: known.elapsed(at(5, 9), datetime(2027, 1, 1, 1, tzinfo=UTC)),
            lambda: known.is_open(at(5, 9), pauses=[(at(5, 9), datetime(2027, 6, 1, tzinfo=UTC))]),
            lambda: known.is_holiday(date(2027, 1, 1)),
        ):
            with pytest.raises(UnknownYear):
                ask()
        assert known.elapsed(at(5, 9), datetime(2027, 1, 1, tzinfo=UTC)) == 259 * 8 * HOUR


class TestWrongCalls:
    @pytest.mark.parametrize(
        "ask",
        [
            lambda when: OFFICE.elapsed(when, at(5, 9)),
            lambda when: OFFICE.elapsed(at(5, 9), when),
            lambda when: OFFICE.add(when, HOUR),
            lambda when: OFFICE.subtract(when, HOUR),
            lambda when: OFFICE.is_open(when),
            lambda when: OFFICE.intervals(
                when, when + HOUR if isinstance(when, datetime) else when
            ),
            lambda when: OFFICE.next_open(when),
            lambda when: OFFICE.next_close(when),
            lambda when: OFFICE.add_days(when, 1),
            lambda when: OFFICE.explain(when),
        ],
    )
    def test_no_instants(self, ask: Any) -> None:
        with pytest.raises(NaiveInstant):
            ask(datetime(2026, 1, 5, 9))
        for wrong in ("2026-01-05T09:00Z", date(2026, 1, 5), None, 1767603600):
            with pytest.raises(InvalidInput, match="give a date-time with a UTC offset"):
                ask(wrong)
        for year in (1, 1599, 4001, 9999):
            with pytest.raises(UnknownYear):
                ask(datetime(year, 6, 1, tzinfo=UTC))

    @pytest.mark.parametrize("duration", [3600, "1h", None])
    def test_no_durations(self, duration: Any) -> None:
        for ask in (OFFICE.add, OFFICE.subtract):
            with pytest.raises(InvalidInput, match="give a timedelta"):
                ask(at(5, 9), duration)

    def test_no_due(self) -> None:
        with pytest.raises(InvalidInput, match="give 'close' or 'next_open'"):
            OFFICE.add(at(5, 9), HOUR, due="later")  # type: ignore[arg-type]  # on purpose


class TestValue:
    def test_the_table_is_no_part_of_it(self) -> None:
        fresh = BusinessCalendar.weekly(
            "Mon-Fri 09:00-17:00", tz="UTC", holidays=[date(2026, 1, 6)]
        )
        small = len(pickle.dumps(fresh))
        fresh.elapsed(at(5, 9), datetime(2036, 1, 1, tzinfo=UTC))
        assert len(pickle.dumps(fresh)) < small + 200
        assert fresh == OFFICE
        assert hash(fresh) == hash(OFFICE)
        for other in (pickle.loads(pickle.dumps(fresh)), copy.copy(fresh), copy.deepcopy(fresh)):
            assert other == OFFICE
            assert hash(other) == hash(OFFICE)
            assert other.elapsed(at(5, 9), at(5, 10)) == HOUR
        assert len({fresh, OFFICE, fresh.in_zone("Asia/Tokyo")}) == 2

    def test_versions_are_those_of_the_content(self) -> None:
        """A version is stored beside readings: the same hours keep theirs."""
        assert OFFICE.version == "calendar:b336bc3df441"
        other = BusinessCalendar.weekly({"tue-fri": "9:00-17:00", "mon": "9:00-17:00"}, "UTC", holidays=["2026-01-06"])  # fmt: skip
        assert other.version == OFFICE.version
        assert other == OFFICE
        assert OFFICE.in_zone("Europe/Berlin").version != OFFICE.version
        assert OFFICE.without_holidays().version != OFFICE.version

    def test_what_it_looks_like(self) -> None:
        assert repr(OFFICE) == "<BusinessCalendar Mon-Fri 09:00-17:00, UTC, with holidays>"
        assert repr(OFFICE.without_holidays()) == "<BusinessCalendar Mon-Fri 09:00-17:00, UTC>"

    def test_holidays(self) -> None:
        assert OFFICE.is_holiday(date(2026, 1, 6))
        assert not OFFICE.is_holiday(date(2026, 1, 7))
        assert OFFICE.without_holidays().is_open(at(6, 12))
        assert OFFICE.in_zone("Europe/Berlin").is_open(at(5, 8))
        with pytest.raises(InvalidInput):
            OFFICE.in_zone("Mars/Olympus")


def test_the_first_and_the_last_hours_that_python_has() -> None:
    east, west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
    for extreme in (datetime.min.replace(tzinfo=east), datetime.max.replace(tzinfo=west)):
        for ask in (OFFICE.is_open, OFFICE.next_open, OFFICE.next_close, OFFICE.explain):
            with pytest.raises(UnknownYear):
                ask(extreme)
        with pytest.raises(UnknownYear):
            OFFICE.elapsed(extreme, at(5, 9))


def test_whether_it_ever_opens() -> None:
    assert OFFICE.ever_opens
    every = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]
    closed = BusinessCalendar.weekly(
        "Mon-Fri 09:00-17:00", tz="UTC", holidays=Holidays.snapshot(every, [2026])
    )
    assert not closed.ever_opens
    assert not (OFFICE - OFFICE).ever_opens
    # One day of one year is enough, however far it is.
    assert BusinessCalendar.weekly(
        "", "UTC", special_hours={"3000-01-01": "09:00-17:00"}
    ).ever_opens


def test_a_date_and_its_special_hours_are_told_together() -> None:
    with pytest.raises(InvalidInput) as caught:
        BusinessCalendar.weekly("Mon 09:00-17:00", "UTC", special_hours={"2026-02-30": "x"})
    assert [str(each) for each in caught.value.defects] == [
        "special_hours[2026-02-30]: is '2026-02-30': give a date",
        "special_hours[2026-02-30][0]: is 'x': give an opening and a closing",
    ]


class TestBusinessDaysOfJoinedCalendars:
    """A shift is of the date on which it opens, whichever side it comes from."""

    nights = BusinessCalendar.weekly("Mon-Sun 22:00-06:00", tz="UTC")
    morning = BusinessCalendar.weekly("Mon 09:00-10:00", tz="UTC")
    always = BusinessCalendar.always()

    def test_the_order_of_the_sides_changes_nothing(self) -> None:
        start, end = at(12, 3), at(14, 6)
        for joined in (
            self.nights | self.morning,
            self.morning | self.nights,
            self.always & self.nights,
            self.nights & self.always,
        ):
            assert joined.add_days(start, 1) == end

    def test_a_night_is_one_day(self) -> None:
        once = BusinessCalendar.weekly("Tue 09:00-09:01", tz="Europe/Berlin")
        night = BusinessCalendar.weekly("Sun 21:00-05:00", tz="Europe/Berlin")
        start = at(10, 12)
        for joined in (once | night, night | once):
            assert joined.add_days(start, 1) == at(12, 4)
            assert joined.add_days(start, 2) == datetime(2026, 1, 13, 8, 1, tzinfo=UTC)

    def test_what_is_open_around_the_clock_ends_at_midnight(self) -> None:
        assert (self.always - self.morning).add_days(at(5, 12), 1) == at(7, 0)
        assert (self.morning | self.always).add_days(at(5, 12), 1) == at(7, 0)
