"""The laws of business calendars, and the count by the minute."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar, Interval
from itilcore.errors import EndlessSearch

from .oracle import MINUTE, Settings, minutes, runs
from .strategies import ZONES, calendars, cases, durations, instants, made, pauses, settings

Case = tuple[Settings, BusinessCalendar, datetime]
NOTHING = timedelta()
DAYS = st.integers(0, 4_000).map(lambda m: m * MINUTE)


def utc(at: datetime) -> datetime:
    """The same instant where comparing is right: in a repeated hour Python compares wall clocks."""
    return at.astimezone(UTC)


def spans(found: tuple[Interval, ...]) -> list[tuple[datetime, datetime]]:
    return [(utc(each.start), utc(each.end)) for each in found]


@given(cases(), DAYS)
def test_it_counts_what_a_count_by_the_minute_counts(case: Case, length: timedelta) -> None:
    oracle, calendar, at = case
    end = at + length
    opened = [oracle.is_open(minute) for minute in minutes(at, end)]
    length = end.astimezone(UTC) - at.astimezone(UTC)
    assert calendar.elapsed(at, end) == sum(opened) * MINUTE
    assert calendar.elapsed(end, at) == -sum(opened) * MINUTE
    assert spans(calendar.intervals(at, end)) == runs(opened, at)
    assert [calendar.is_open(minute) for minute in minutes(at, end)[::37]] == opened[::37]


@given(cases())
def test_the_next_edges_are_those_of_the_count(case: Case) -> None:
    oracle, calendar, at = case
    opened = [oracle.is_open(minute) for minute in minutes(at, at + timedelta(days=3))]
    if True in opened:
        first = opened.index(True)
        start = at.astimezone(UTC) + first * MINUTE
        assert utc(calendar.next_open(at)) == start
        if False in opened[first:]:
            last = opened.index(False, first)
            assert utc(calendar.next_close(at)) == utc(at) + last * MINUTE


@given(cases(), st.data(), DAYS)
def test_pauses_are_minutes_taken_out(case: Case, data: st.DataObject, length: timedelta) -> None:
    oracle, calendar, at = case
    held = data.draw(pauses(at))
    end = at.astimezone(UTC) + length

    def unpaused(minute: datetime) -> bool:
        return oracle.is_open(minute) and not any(a <= minute < b for a, b in held)

    opened = [unpaused(minute) for minute in minutes(at, end)]
    assert calendar.elapsed(at, end, pauses=held) == sum(opened) * MINUTE
    assert spans(calendar.intervals(at, end, pauses=held)) == runs(opened, at)
    assert [calendar.is_open(m, pauses=held) for m in minutes(at, end)[::37]] == opened[::37]
    if True in opened:
        first = opened.index(True)
        assert utc(calendar.next_open(at, pauses=held)) == utc(at) + first * MINUTE
        if False in opened[first:]:
            last = opened.index(False, first)
            assert utc(calendar.next_close(at, pauses=held)) == utc(at) + last * MINUTE


@given(cases(), st.data(), durations)
def test_adding_with_pauses(case: Case, data: st.DataObject, amount: timedelta) -> None:
    _, calendar, at = case
    held = data.draw(pauses(at))
    try:
        plain, due = calendar.add(at, amount), calendar.add(at, amount, pauses=held)
        later = calendar.add(at, amount, due="next_open", pauses=held)
        back = calendar.subtract(due, amount, pauses=held)
    except EndlessSearch:
        return
    assert utc(due) >= utc(plain)  # a pause never makes a target due earlier
    assert calendar.elapsed(at, due, pauses=held) == amount
    assert calendar.elapsed(at, later, pauses=held) == amount
    assert calendar.is_open(later, pauses=held)
    assert utc(later) >= utc(due)
    assert calendar.elapsed(back, due, pauses=held) == amount
    if amount:
        moment = utc(due) - timedelta(microseconds=1)
        assert calendar.elapsed(at, moment, pauses=held) < amount
        after = back.astimezone(UTC) + timedelta(microseconds=1)
        assert calendar.elapsed(after, due, pauses=held) < amount


@given(calendars(), instants, instants, instants)
def test_elapsed_adds_up(calendar: BusinessCalendar, a: datetime, b: datetime, c: datetime) -> None:
    assert calendar.elapsed(a, b) + calendar.elapsed(b, c) == calendar.elapsed(a, c)
    assert calendar.elapsed(a, b) == -calendar.elapsed(b, a)
    assert abs(calendar.elapsed(a, b)) <= abs(b.astimezone(UTC) - a.astimezone(UTC))


@given(calendars(), instants, durations, durations)
def test_add_and_subtract(
    calendar: BusinessCalendar, at: datetime, amount: timedelta, more: timedelta
) -> None:
    due = calendar.add(at, amount)
    assert calendar.elapsed(at, due) == amount
    assert due.tzinfo == at.tzinfo
    assert utc(calendar.add(at, amount + more)) >= utc(due)
    assert utc(calendar.add(utc(at) + more, amount)) >= utc(due)
    back = calendar.subtract(due, amount)
    assert calendar.elapsed(back, due) == amount
    assert calendar.elapsed(back, at) == NOTHING
    if calendar.is_open(at):
        assert utc(back) == utc(at)
    assert utc(calendar.add(at, -amount)) == utc(calendar.subtract(at, amount))
    assert utc(calendar.subtract(at, -amount)) == utc(due)
    assert calendar.add(at, NOTHING) is at is calendar.subtract(at, NOTHING)


@given(calendars(), instants, durations)
def test_the_next_opening_by_name(
    calendar: BusinessCalendar, at: datetime, amount: timedelta
) -> None:
    close, opening = calendar.add(at, amount), calendar.add(at, amount, due="next_open")
    assert calendar.is_open(opening)
    assert utc(opening) == utc(calendar.next_open(close))
    assert calendar.elapsed(at, opening) == amount


@given(calendars(), instants)
def test_edges(calendar: BusinessCalendar, at: datetime) -> None:
    opening = calendar.next_open(at)
    try:
        closing = calendar.next_close(at)
    except EndlessSearch:  # it never closes: a year of it is open
        year = timedelta(days=366)
        assert calendar.elapsed(opening, utc(opening) + year) == year
        return
    assert calendar.is_open(opening)
    assert calendar.elapsed(at, opening) == NOTHING
    assert not calendar.is_open(closing)
    assert calendar.is_open(utc(closing) - timedelta(microseconds=1))
    assert (utc(opening) == utc(at)) is calendar.is_open(at)
    assert utc(opening) < utc(closing)


@given(calendars(), st.lists(instants, min_size=2, max_size=6), durations)
def test_the_order_of_questions_changes_no_answer(
    calendar: BusinessCalendar, asked: list[datetime], amount: timedelta
) -> None:
    fresh = pickle.loads(pickle.dumps(calendar))
    assert fresh == calendar
    assert hash(fresh) == hash(calendar)
    assert fresh.version == calendar.version

    def answers(of: BusinessCalendar, at: datetime) -> tuple[object, ...]:
        return (
            of.is_open(at),
            utc(of.add(at, amount)),
            of.elapsed(at, asked[0]),
            utc(of.next_open(at)),
        )

    forwards = [answers(calendar, at) for at in asked]
    backwards = [answers(fresh, at) for at in reversed(asked)]
    assert forwards == backwards[::-1]


@given(cases(), st.sampled_from(ZONES))
def test_it_does_not_matter_in_which_zone_an_instant_is_given(case: Case, zone: str) -> None:
    _, calendar, at = case
    other = at.astimezone(ZoneInfo(zone))
    assert calendar.is_open(at) is calendar.is_open(other)
    assert utc(calendar.next_open(at)) == utc(calendar.next_open(other))
    assert calendar.next_open(other).tzinfo == other.tzinfo


@given(cases())
def test_explaining_says_the_same(case: Case) -> None:
    _, calendar, at = case
    decision = calendar.explain(at)
    assert decision.answer is calendar.is_open(at)
    assert decision.reasons
    assert decision.version == calendar.version


@given(st.data(), cases())
def test_algebra_is_that_of_sets_of_minutes(data: st.DataObject, case: Case) -> None:
    one, left, at = case
    two = data.draw(settings(at.astimezone(UTC)))
    right = made(two)
    end = utc(at) + timedelta(days=2)
    every = minutes(at, end)
    lefts, rights = [one.is_open(m) for m in every], [two.is_open(m) for m in every]
    pairs = list(zip(lefts, rights, strict=True))
    for combined, expected in (
        (left & right, [a and b for a, b in pairs]),
        (left | right, [a or b for a, b in pairs]),
        (left - right, [a and not b for a, b in pairs]),
    ):
        assert spans(combined.intervals(at, end)) == runs(expected, at)
        assert combined.tz == left.tz
        for minute, is_open in list(zip(every, expected, strict=True))[::97]:
            assert combined.explain(minute).answer is is_open


@given(cases(), st.integers(-8, 8))
def test_business_days_by_the_date(case: Case, days: int) -> None:
    oracle, calendar, at = case
    try:
        due = calendar.add_days(at, days, snap="end_of_day")
    except EndlessSearch:
        return
    zone = calendar.tz

    def opens(day: datetime) -> list[datetime]:
        """The open minutes of the shifts that open on a date, by their wall-clock times."""
        found = []
        for first, last in oracle.shifts(day.date()):
            length = last - first if last > first else last - first + 1440
            start, end = day + first * MINUTE, day + (first + length) * MINUTE
            around = minutes(
                day.replace(tzinfo=UTC) - timedelta(days=2),
                day.replace(tzinfo=UTC) + timedelta(days=4),
            )
            found += [
                m
                for m in around
                if start <= m.astimezone(zone).replace(tzinfo=None) < end and oracle.is_open(m)
            ]
        return found

    day = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    left, step = abs(days), -1 if days < 0 else 1
    found = opens(day) if not left else []
    while left or not found:
        day += step * timedelta(days=1)
        found = opens(day)
        left -= bool(found) and left > 0
    assert utc(due) == max(found) + MINUTE
