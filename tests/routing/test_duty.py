"""Several rotas side by side: gaps, double bookings, absences; bad input."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar, Interval
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.routing.duty import (
    Absence,
    DoubleBooking,
    absences_on_duty,
    double_bookings,
    gaps,
    on_duty_now,
    rotas_by_name,
)
from itilcore.routing.overrides import Override
from itilcore.routing.rota import Duty, Rota

HOUR = timedelta(hours=1)
MORNING = BusinessCalendar.weekly("Mon-Fri 08:00-12:00", tz="UTC")
AFTERNOON = BusinessCalendar.weekly("Mon-Fri 12:00-16:00", tz="UTC")
OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")


def utc(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def rota(name: str, *people: str, **more: object) -> Rota:
    given = {"first": date(2026, 1, 5), "tz": "UTC", "turn_days": 1}
    return Rota(name=name, people=people, **(given | more))


DESK = rota("Desk", "ada", "bob", cover=MORNING)
MAIL = rota("Mail", "bob", "ada", cover=AFTERNOON)


def test_who_is_on_duty_now_by_the_names_of_the_rotas() -> None:
    web = rota("Web", "cy")
    assert on_duty_now([web, MAIL, DESK], utc(6, 10)) == (("Desk", "bob"), ("Web", "cy"))
    assert on_duty_now(web, utc(6, 10)) == (("Web", "cy"),)
    assert on_duty_now(iter([web]), utc(4)) == ()
    assert on_duty_now([], utc(6)) == ()


def test_gaps_are_what_is_wanted_and_nobody_has() -> None:
    assert gaps([MAIL, DESK], OFFICE, utc(6), utc(8)) == (
        Interval(utc(6, 16), utc(6, 17)),
        Interval(utc(7, 16), utc(7, 17)),
    )
    assert gaps([MAIL, DESK], None, utc(6, 6), utc(6, 20)) == (
        Interval(utc(6, 6), utc(6, 8)),
        Interval(utc(6, 16), utc(6, 20)),
    )
    assert gaps([DESK, MAIL], MORNING, utc(6), utc(10)) == ()


def test_without_rotas_all_that_is_wanted_is_a_gap() -> None:
    assert gaps([], OFFICE, utc(6), utc(8)) == OFFICE.intervals(utc(6), utc(8))
    assert gaps([], None, utc(6), utc(8)) == (Interval(utc(6), utc(8)),)
    assert gaps([], None, utc(8), utc(6)) == gaps(DESK, OFFICE, utc(6), utc(6)) == ()


def test_before_a_rota_starts_there_is_a_gap() -> None:
    assert gaps(rota("Web", "cy"), None, utc(5), utc(7)) == (Interval(utc(5), utc(5, 9)),)


def test_one_duty_may_reach_over_several_hours_that_are_wanted() -> None:
    always = rota("Web", "cy", turn_days=7, overrides=[Override("dan", utc(6, 10), utc(6, 11))])
    assert gaps(always, OFFICE | MORNING, utc(6), utc(16)) == ()
    split = BusinessCalendar.weekly("Mon-Fri 09:00-10:00, 11:00-12:00", tz="UTC")
    assert gaps(rota("Web", "cy", cover=split), OFFICE, utc(6), utc(7)) == (
        Interval(utc(6, 10), utc(6, 11)),
        Interval(utc(6, 12), utc(6, 17)),
    )


def test_what_comes_back_is_in_utc_whatever_the_zone_of_the_question() -> None:
    start, end = (utc(day).astimezone(ZoneInfo("Asia/Tokyo")) for day in (6, 8))
    found = gaps(DESK, OFFICE, start, end)
    assert found == gaps(DESK, OFFICE, utc(6), utc(8))
    assert all(at.tzinfo is UTC for each in found for at in (each.start, each.end))


def test_somebody_on_duty_for_two_rotas_at_once() -> None:
    one = rota("Desk", "ada", "bob")
    two = rota("Mail", "ada", cover=OFFICE)
    assert double_bookings([two, one], utc(5), utc(9)) == (
        DoubleBooking("ada", ("Desk", "Mail"), Interval(utc(5, 9), utc(5, 17))),
        DoubleBooking("ada", ("Desk", "Mail"), Interval(utc(7, 9), utc(7, 17))),
    )
    assert double_bookings([DESK, MAIL], utc(5), utc(9)) == ()
    assert double_bookings(one, utc(5), utc(9)) == ()


def test_where_a_third_comes_in_another_double_booking_begins() -> None:
    hours = {"A": "08:00-14:00", "B": "10:00-16:00", "C": "12:00-13:00"}
    several = [
        rota(
            name,
            "ada",
            first=date(2026, 1, 4),
            cover=BusinessCalendar.weekly(f"Mon {span}", tz="UTC"),
        )
        for name, span in hours.items()
    ]
    assert [
        (str(each.interval.start.hour), *each.rotas)
        for each in double_bookings(several, utc(5), utc(6))
    ] == [
        ("10", "A", "B"),
        ("12", "A", "B", "C"),
        ("13", "A", "B"),
    ]


def test_a_double_booking_goes_on_over_a_handover_to_the_same_person() -> None:
    several = [rota("A", "ada"), rota("B", "ada", turn_days=2)]
    (found,) = double_bookings(several, utc(5), utc(12))
    assert found.interval == Interval(utc(5, 9), utc(12))


def test_two_people_booked_twice_from_one_instant_come_by_their_names() -> None:
    several = [
        rota(name, person)
        for name, person in (("A", "bob"), ("B", "bob"), ("C", "ada"), ("D", "ada"))
    ]
    assert [each.person for each in double_bookings(several, utc(5), utc(6))] == ["ada", "bob"]


def test_duties_in_an_absence() -> None:
    away = [Absence("ada", utc(5, 11), utc(7, 10)), Absence("cy", utc(1), utc(30))]
    assert absences_on_duty([MAIL, DESK], away, utc(1), utc(30)) == (
        Duty("Desk", "ada", utc(5, 11), utc(5, 12), "turn 1"),
        Duty("Desk", "ada", utc(6, 8), utc(6, 9), "turn 1"),
        Duty("Mail", "ada", utc(6, 12), utc(6, 16), "turn 2"),
        Duty("Desk", "ada", utc(7, 9), utc(7, 10), "turn 3"),
    )
    assert absences_on_duty(DESK, [], utc(1), utc(30)) == ()
    assert absences_on_duty(DESK, away, utc(5, 11), utc(5, 11)) == ()


def test_before_the_handover_of_the_morning_the_turn_is_that_of_the_day_before() -> None:
    away = Absence("ada", utc(5), utc(6, 12))
    assert [duty.end for duty in absences_on_duty(DESK, [away], utc(5), utc(8))] == [
        utc(5, 12),
        utc(6, 9),
    ]


def test_absences_that_overlap_or_touch_count_as_one() -> None:
    web = rota("Web", "ada", turn_days=7)
    away = [
        Absence("ada", utc(7), utc(8)),
        Absence("ada", utc(6), utc(7)),
        Absence("ada", utc(6), utc(6, 12)),
        Absence("ada", utc(9), utc(10)),
    ]
    for order in (away, away[::-1]):
        assert [
            (duty.start, duty.end) for duty in absences_on_duty(web, order, utc(5), utc(30))
        ] == [
            (utc(6), utc(8)),
            (utc(9), utc(10)),
        ]


@given(
    st.lists(
        st.tuples(st.sampled_from(["ada", "bob", "cy"]), st.integers(0, 150), st.integers(1, 60)),
        max_size=6,
    ),
    st.integers(0, 170),
    st.integers(0, 170),
)
def test_duties_in_absences_are_those_of_each_hour(
    away: list[tuple[str, int, int]], one: int, two: int
) -> None:
    low, high = sorted((one, two))
    rotas = [MAIL, DESK, rota("Web", "cy", "ada")]
    absences = [
        Absence(who, utc(4) + at * HOUR, utc(4) + (at + length) * HOUR) for who, at, length in away
    ]
    found = absences_on_duty(rotas, absences, utc(4) + low * HOUR, utc(4) + high * HOUR)
    for hour in range(low, high):
        at = utc(4) + hour * HOUR
        expected = [
            (name, person)
            for name, person in on_duty_now(rotas, at)
            if any(
                who == person and begins <= hour < begins + length for who, begins, length in away
            )
        ]
        assert sorted((d.rota, d.person) for d in found if d.start <= at < d.end) == expected
    assert [(duty.start, duty.rota) for duty in found] == sorted(
        (duty.start, duty.rota) for duty in found
    )


def test_an_absence_is_checked_at_birth_and_kept_in_utc() -> None:
    with pytest.raises(InvalidInput, match="2 defects"):
        Absence(" ", utc(6), utc(6))
    with pytest.raises(NaiveInstant):
        Absence("ada", utc(6), datetime(2026, 1, 7))
    tokyo = ZoneInfo("Asia/Tokyo")
    assert Absence("ada", utc(6).astimezone(tokyo), utc(7)) == Absence("ada", utc(6), utc(7))


ASKS = [
    lambda rotas: on_duty_now(rotas, utc(6)),
    lambda rotas: gaps(rotas, None, utc(6), utc(7)),
    lambda rotas: double_bookings(rotas, utc(6), utc(7)),
    lambda rotas: absences_on_duty(rotas, [], utc(6), utc(7)),
    rotas_by_name,
]


@pytest.mark.parametrize("ask", ASKS)
def test_what_is_no_rota_is_told_by_its_place(ask: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        ask([DESK, "Mail", 3])
    assert [str(each) for each in caught.value.defects] == [
        "rotas[1]: is 'Mail': give a Rota",
        "rotas[2]: is 3: give a Rota",
    ]
    with pytest.raises(InvalidInput):
        ask(None)
    with pytest.raises(InvalidInput, match="rotas: 'Desk' is the name of 2 of them"):
        ask([DESK, MAIL, rota("Desk", "cy")])


def test_bad_questions() -> None:
    naive = datetime(2026, 1, 6)
    asks = [
        lambda at: on_duty_now([], at),
        lambda at: gaps([], None, at, utc(7)),
        lambda at: double_bookings([], utc(6), at),
        lambda at: absences_on_duty([], [], at, utc(7)),
    ]
    for ask in asks:
        with pytest.raises(NaiveInstant):
            ask(naive)
        with pytest.raises(InvalidInput):
            ask("noon")
    with pytest.raises(InvalidInput, match="cover: is 'always'"):
        gaps([], "always", utc(6), utc(7))
    with pytest.raises(InvalidInput, match=r"absences\[0\]: is 'ada': give an Absence"):
        absences_on_duty([], ["ada"], utc(6), utc(7))
    with pytest.raises(InvalidInput, match=r"absences\[0\]: is None"):
        absences_on_duty([], None, utc(6), utc(7))
