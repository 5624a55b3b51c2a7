"""Rotas: who is on duty and why, over nights that are short, long or left out; bad input."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from itilcore.calendars import BusinessCalendar, Interval
from itilcore.errors import InvalidInput, NaiveInstant, UnknownYear
from itilcore.routing.overrides import Override, Swap
from itilcore.routing.rota import Duty, Rota

MONDAY = date(2026, 1, 5)
HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")


def rota(**changed: object) -> Rota:
    given = {
        "name": "Triage",
        "people": ["ada", "bob", "cy"],
        "first": MONDAY,
        "tz": "UTC",
        "turn_days": 1,
    }
    return Rota(**(given | changed))


def utc(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


def edges(found: Rota, zone: str, start: datetime, end: datetime) -> list[tuple[str, str]]:
    """Whose duties begin when, by the wall clock of *zone*."""
    return [
        (duty.person, duty.start.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes"))
        for duty in found.duties(start, end)
    ]


def defects(**changed: object) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        rota(**changed)
    return [str(each) for each in caught.value.defects]


def test_people_take_turns_for_ever() -> None:
    weekly = rota(turn_days=7)
    assert [weekly.who(utc(day)) for day in (5, 11, 12, 19, 26)] == [
        "ada",
        "ada",
        "bob",
        "cy",
        "ada",
    ]
    far = datetime(4000, 12, 31, 12, tzinfo=UTC)
    days = (far.date() - MONDAY).days
    assert weekly.who(far) == ("ada", "bob", "cy")[days // 7 % 3]


def test_one_person_who_stands_twice_takes_two_turns() -> None:
    found = rota(people=("ada", "ada", "bob"))
    assert [found.who(utc(day)) for day in (5, 6, 7, 8)] == ["ada", "ada", "bob", "ada"]
    assert [duty.why for duty in found.duties(utc(5), utc(7, 0))] == ["turn 1", "turn 2"]
    assert rota(people="ada").who(utc(9)) == "ada"


def test_a_turn_begins_at_its_handover_and_ends_at_the_next() -> None:
    found = rota(handover=time(8, 30, 15))
    begins = datetime(2026, 1, 6, 8, 30, 15, tzinfo=UTC)
    assert found.who(begins - timedelta(microseconds=1)) == "ada"
    assert found.who(begins) == "bob"


def test_nobody_before_the_rota_starts() -> None:
    found = rota(tz="Europe/Berlin")
    for at in (datetime(1, 1, 1, tzinfo=UTC), utc(5, 7, 59)):
        decision = found.on_duty(at)
        assert decision.answer is None is found.who(at)
        assert [reason.rule for reason in decision.reasons] == ["start"]
    (reason,) = decision.reasons
    assert str(reason) == "the rota starts later: on 2026-01-05 at 09:00, in Europe/Berlin"
    assert found.who(utc(5, 8)) == "ada"
    assert found.duties(utc(1), utc(5, 8)) == ()
    assert found.duties(utc(1), utc(5, 9))[0].start == utc(5, 8)


def test_outside_the_cover_nobody_is_on_duty() -> None:
    found = rota(cover=OFFICE)
    evening = found.on_duty(utc(5, 20))
    assert evening.answer is None is found.who(utc(5, 20))
    assert [str(reason) for reason in evening.reasons] == [
        "outside its cover the rota has nobody on duty",
        "Mon 2026-01-05 20:00:00 lies outside 09:00-17:00",
    ]
    assert evening.version == found.version
    assert found.on_duty(utc(4)).reasons[0].rule == "start"
    assert [(duty.person, duty.start, duty.end) for duty in found.duties(utc(5), utc(7, 0))] == [
        ("ada", utc(5, 12), utc(5, 17)),
        ("bob", utc(6, 9), utc(6, 17)),
    ]


def test_an_override_takes_over_from_whoever_would_be_on_duty() -> None:
    night = Override("dan", utc(5, 22), utc(6, 10), "ada is ill")
    found = rota(overrides=night)
    decision = found.on_duty(utc(5, 23))
    assert decision.answer == "dan"
    assert [reason.rule for reason in decision.reasons] == ["turn", "override"]
    assert str(decision.reasons[0]).endswith("and is ada's")
    assert str(decision.reasons[1]).endswith(": ada is ill")
    assert found.duties(utc(5), utc(6)) == (
        Duty("Triage", "ada", utc(5), utc(5, 22), "turn 1"),
        Duty("Triage", "dan", utc(5, 22), utc(6, 10), "override: ada is ill"),
        Duty("Triage", "bob", utc(6, 10), utc(6), "turn 2"),
    )
    assert found.who(night.end) == "bob"


def test_an_override_where_nobody_would_be_on_duty_changes_nothing() -> None:
    found = rota(
        cover=OFFICE,
        overrides=[Override("dan", utc(4), utc(5, 11)), Override("eve", utc(5, 16), utc(6, 8))],
    )
    assert [
        (duty.person, duty.start, duty.end, duty.why) for duty in found.duties(utc(1), utc(6, 9))
    ] == [
        ("dan", utc(5, 9), utc(5, 11), "override"),
        ("ada", utc(5, 11), utc(5, 16), "turn 1"),
        ("eve", utc(5, 16), utc(5, 17), "override"),
    ]
    assert found.who(utc(5, 8)) is None is found.who(utc(5, 20))


def test_overrides_that_touch_are_two_duties() -> None:
    found = rota(
        overrides=[Override("eve", utc(5, 13), utc(5, 14)), Override("dan", utc(5, 12), utc(5, 13))]
    )
    assert [duty.person for duty in found.duties(utc(5, 12), utc(5, 14))] == ["dan", "eve"]


def test_a_swap_exchanges_two_turns() -> None:
    found = rota(swaps=Swap(date(2026, 1, 9), date(2026, 1, 7)))
    assert [found.who(utc(day)) for day in range(5, 11)] == ["ada", "bob", "bob", "ada", "cy", "cy"]
    assert [duty.why for duty in found.duties(utc(7), utc(8, 10))] == [
        "turn 3, swapped with turn 5",
        "turn 4",
    ]
    decision = found.on_duty(utc(7))
    assert decision.answer == "bob"
    assert [reason.inputs for reason in decision.reasons] == [
        (("date", "2026-01-07"), ("turn", 3)),
        (("date", "2026-01-09"), ("turn", 5)),
    ]


def test_a_turn_over_a_change_of_the_clock_is_an_hour_shorter_or_longer() -> None:
    found = rota(tz="Europe/Berlin", first=date(2026, 3, 28), handover=time(0))
    lengths = [
        duty.interval.duration / HOUR
        for duty in found.duties(utc(1), datetime(2026, 10, 27, 12, tzinfo=UTC))
    ]
    assert lengths[:3] == [24, 23, 24]
    assert lengths[211:213] == [25, 24]


@pytest.mark.parametrize(
    ("zone", "first", "handover", "begins"),
    [
        (
            "Europe/Berlin",
            date(2026, 3, 28),
            time(2, 30),
            ["28T02:30+01:00", "29T03:00+02:00", "30T02:30+02:00"],
        ),
        (
            "America/New_York",
            date(2026, 3, 7),
            time(2),
            ["07T02:00-05:00", "08T03:00-04:00", "09T02:00-04:00"],
        ),
        (
            "Australia/Lord_Howe",
            date(2026, 10, 3),
            time(2, 15),
            ["03T02:15+10:30", "04T02:30+11:00", "05T02:15+11:00"],
        ),
        # A time that comes twice is the first of the two.
        (
            "Europe/Berlin",
            date(2026, 10, 24),
            time(2, 30),
            ["24T02:30+02:00", "25T02:30+02:00", "26T02:30+01:00"],
        ),
        (
            "Australia/Lord_Howe",
            date(2026, 4, 4),
            time(1, 45),
            ["04T01:45+11:00", "05T01:45+11:00", "06T01:45+10:30"],
        ),
        # The 30th was left out: its turn begins as the 31st does, and has what is left of it.
        (
            "Pacific/Apia",
            date(2011, 12, 29),
            time(9),
            ["29T09:00-10:00", "31T00:00+14:00", "31T09:00+14:00"],
        ),
    ],
)
def test_a_handover_on_a_day_on_which_the_clock_is_changed(
    zone: str, first: date, handover: time, begins: list[str]
) -> None:
    found = rota(tz=zone, first=first, handover=handover)
    start = datetime.combine(first, time(0), UTC) - 24 * HOUR
    told = edges(found, zone, start, start + 7 * 24 * HOUR)[:3]
    assert told == [
        (person, f"{first:%Y-%m}-{text}")
        for person, text in zip(("ada", "bob", "cy"), begins, strict=True)
    ]
    for person, text in told:
        at = datetime.fromisoformat(text)
        assert found.who(at) == person != found.who(at - timedelta(microseconds=1))


def test_the_second_showing_of_an_hour_belongs_to_the_turn_that_began_in_the_first() -> None:
    found = rota(tz="Europe/Berlin", first=date(2026, 10, 24), handover=time(2, 30))
    again = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert found.who(again) == "bob"
    assert found.who(again.replace(fold=0)) == "ada"


def test_a_turn_may_begin_on_a_date_that_the_clock_then_leaves_again() -> None:
    # St. John's went from a minute past midnight back to a minute past eleven.
    zone = "America/St_Johns"
    found = rota(tz=zone, first=date(2006, 10, 28), handover=time(0))
    again = datetime(2006, 10, 28, 23, 30, fold=1, tzinfo=ZoneInfo(zone))
    assert found.who(again) == "bob"
    assert found.who(again.replace(fold=0)) == "ada"


def test_a_turn_of_a_date_that_was_left_out_is_lost_where_it_has_no_time() -> None:
    found = rota(tz="Pacific/Apia", first=date(2011, 12, 29), handover=time(0))
    start = datetime(2011, 12, 28, tzinfo=UTC)
    assert edges(found, "Pacific/Apia", start, start + 96 * HOUR) == [
        ("ada", "2011-12-29T00:00-10:00"),
        ("cy", "2011-12-31T00:00+14:00"),
        ("ada", "2012-01-01T00:00+14:00"),
    ]


def test_dates_that_came_twice() -> None:
    # Kwajalein went 23 hours back in 1969: what of 30 September had passed came again.
    zone = "Pacific/Kwajalein"
    found = rota(tz=zone, first=date(1969, 9, 28))
    start = datetime(1969, 9, 27, tzinfo=UTC)
    told = [
        (duty.person, duty.interval.duration / HOUR)
        for duty in found.duties(start, start + 150 * HOUR)
    ]
    assert told[:4] == [("ada", 24), ("bob", 24), ("cy", 47), ("ada", 24)]
    for duty in found.duties(start, start + 150 * HOUR):
        hours = int(duty.interval.duration / HOUR)
        assert {found.who(duty.start + hour * HOUR) for hour in range(hours)} == {duty.person}


def test_the_sun_is_followed_by_covers_in_several_zones() -> None:
    east, west = (
        rota(
            name=zone,
            people=person,
            tz=zone,
            cover=BusinessCalendar.weekly("Mon-Sun 08:00-20:00", tz=zone),
        )
        for zone, person in (("Asia/Tokyo", "kei"), ("America/Sao_Paulo", "ana"))
    )
    both = [each.who(utc(8, hour)) for hour in range(24) for each in (east, west)]
    assert sum(person is not None for person in both) == 24


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "UTC"])
def test_the_zone_of_a_question_means_nothing(zone: str) -> None:
    found = rota(overrides=[Override("dan", utc(6), utc(7))], cover=OFFICE)
    start, end = (utc(day).astimezone(ZoneInfo(zone)) for day in (5, 9))
    assert found.duties(start, end) == found.duties(utc(5), utc(9))
    assert found.on_duty(start) == found.on_duty(utc(5))
    assert all(duty.start.tzinfo is UTC is duty.end.tzinfo for duty in found.duties(start, end))


def test_the_order_of_overrides_and_swaps_means_nothing() -> None:
    zone = ZoneInfo("Asia/Tokyo")
    overrides = [Override("dan", utc(5), utc(6)), Override("eve", utc(8), utc(9))]
    moved = [Override("dan", utc(5).astimezone(zone), utc(6).astimezone(zone)), overrides[1]]
    swaps = [Swap(date(2026, 1, 5), date(2026, 1, 9)), Swap(date(2026, 1, 6), date(2026, 1, 7))]
    one = rota(overrides=overrides, swaps=swaps)
    other = rota(overrides=moved[::-1], swaps=swaps[::-1])
    assert one == other
    assert hash(one) == hash(other)
    assert one.version == other.version


def test_what_it_is_made_of_makes_its_version() -> None:
    found = rota(
        cover=OFFICE,
        overrides=Override("dan", utc(5), utc(6)),
        swaps=Swap(date(2026, 1, 6), date(2026, 1, 5)),
    )
    assert found.content == {
        "name": "Triage",
        "people": ["ada", "bob", "cy"],
        "first": "2026-01-05",
        "handover": "09:00:00",
        "tz": "UTC",
        "turn_days": 1,
        "cover": OFFICE.version,
        "overrides": [
            {
                "person": "dan",
                "start": "2026-01-05T12:00:00+00:00",
                "end": "2026-01-06T12:00:00+00:00",
                "reason": None,
            }
        ],
        "swaps": [["2026-01-05", "2026-01-06"]],
    }
    changes = [
        {"name": "On-call"},
        {"people": ["bob", "ada", "cy"]},
        {"first": date(2026, 1, 6)},
        {"handover": time(10)},
        {"tz": "Europe/Berlin"},
        {"turn_days": 2},
        {"cover": OFFICE},
        {"overrides": Override("dan", utc(5), utc(6))},
        {"swaps": Swap(date(2026, 1, 6), date(2026, 1, 5))},
    ]
    versions = {rota(**each).version for each in changes} | {rota().version}
    assert len(versions) == len(changes) + 1
    assert rota().content["cover"] is None


def test_a_rota_goes_through_pickle() -> None:
    found = rota(overrides=Override("dan", utc(5), utc(6)))
    found.who(utc(5))
    assert pickle.loads(pickle.dumps(found)) == found


def test_swapping_is_refused_like_a_swap_that_is_given() -> None:
    found = rota().swapped(date(2026, 1, 5), date(2026, 1, 6))
    with pytest.raises(InvalidInput, match="the turn of 2026-01-06 is swapped 2 times"):
        found.swapped(date(2026, 1, 6), date(2026, 1, 7))
    with pytest.raises(InvalidInput, match="no turn begins on 2026-01-04"):
        found.swapped(date(2026, 1, 4), date(2026, 1, 7))


def test_every_defect_at_once() -> None:
    assert defects(
        name=" ", people=[], first="2026-01-05", tz="Mars/Olympus", turn_days=0, handover="09:00",
        cover="always", overrides=[1], swaps=["x"],
    ) == [
        "name: is ' ': it must be a text that is not blank",
        "people: is empty: give at least one person",
        "cover: is 'always': give a BusinessCalendar, or None",
        "first: is '2026-01-05': give a date of the years 1600 to 4000",
        "handover: is '09:00': give a time of day to the second, without a zone",
        "tz: 'Mars/Olympus' is no time zone of the database",
        "turn_days: is 0: give a whole number of days from 1 to 100,000",
        "overrides[0]: is 1: give an Override",
        "swaps[0]: is 'x': give a Swap",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("people", ["ada", " "]),
        ("people", None),
        ("first", datetime(2026, 1, 5)),
        ("first", date(1599, 12, 31)),
        ("first", date(4001, 1, 1)),
        ("tz", None),
        ("tz", ""),
        ("tz", "x" * 200),
        ("turn_days", True),
        ("turn_days", 1.5),
        ("turn_days", 100_001),
        ("handover", time(9, tzinfo=UTC)),
        ("handover", time(9, 0, 0, 1)),
        ("overrides", None),
        ("swaps", 3),
    ],
)
def test_each_defect(name: str, value: object) -> None:
    (defect,) = defects(**{name: value})
    assert defect.startswith(name)


def test_overrides_must_not_overlap() -> None:
    long, within, beside = (
        Override(*each)
        for each in (("dan", utc(5), utc(9)), ("eve", utc(6), utc(7)), ("fay", utc(8), utc(10)))
    )
    assert [each.split(":")[0] for each in defects(overrides=[beside, within, long])] == [
        "overrides[1]",
        "overrides[0]",
    ]
    assert defects(overrides=[long, beside]) == [f"overrides[1]: {beside}, while {long}"]
    same = Override("eve", utc(5), utc(6))
    assert len(defects(overrides=[same, same])) == 1


def test_swaps_must_be_of_turns_and_of_each_once() -> None:
    one, two, three = (date(2026, 1, day) for day in (5, 12, 19))
    assert defects(
        turn_days=7,
        swaps=[Swap(one, two), Swap(date(2026, 1, 20), date(2025, 12, 29)), Swap(two, three)],
    ) == [
        "swaps[1]: no turn begins on 2025-12-29",
        "swaps[1]: no turn begins on 2026-01-20",
        "swaps: the turn of 2026-01-12 is swapped 2 times",
    ]
    with pytest.raises(InvalidInput, match="a turn is not swapped with itself"):
        Swap(one, one)
    with pytest.raises(InvalidInput, match="2 defects"):
        Swap("2026-01-05", datetime(2026, 1, 5))
    assert str(Swap(two, one)) == "2026-01-05 with 2026-01-12"


def test_an_override_is_checked_at_birth() -> None:
    with pytest.raises(InvalidInput) as caught:
        Override("", utc(6), utc(5), " ")
    assert [each.path for each in caught.value.defects] == ["person", "end", "reason"]
    with pytest.raises(InvalidInput, match="not after the start"):
        Override("dan", utc(6), utc(6))
    with pytest.raises(InvalidInput, match="2 defects"):
        Override("dan", "noon", None)
    with pytest.raises(NaiveInstant):
        Override("dan", datetime(2026, 1, 5), utc(6))
    # Over the autumn night an end may come first by the wall clock.
    berlin = ZoneInfo("Europe/Berlin")
    night = Override(
        "dan",
        datetime(2026, 10, 25, 2, 50, tzinfo=berlin),
        datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=berlin),
    )
    assert Interval(night.start, night.end).duration == timedelta(minutes=20)


def test_questions_that_are_none() -> None:
    found = rota()
    for ask in (
        found.who,
        found.on_duty,
        lambda at: found.duties(at, utc(9)),
        lambda at: found.duties(utc(5), at),
    ):
        with pytest.raises(NaiveInstant):
            ask(datetime(2026, 1, 5))
        with pytest.raises(InvalidInput):
            ask("noon")


def test_the_years_that_are_known() -> None:
    found = rota(first=date(4000, 12, 1), turn_days=100_000)
    end = datetime(4001, 1, 1, tzinfo=UTC)
    assert found.who(end - HOUR) == "ada"
    assert found.duties(utc(1), end)[-1].end == end
    for ask in (found.who, found.on_duty, lambda at: found.duties(utc(5), at + HOUR)):
        with pytest.raises(UnknownYear):
            ask(end)
    early = rota(
        first=date(1600, 1, 1),
        tz="America/New_York",
        turn_days=100_000,
        cover=BusinessCalendar.always(),
    )
    assert early.who(datetime(1600, 1, 2, tzinfo=UTC)) == "ada"
    assert early.who(datetime(1, 1, 1, tzinfo=UTC)) is None
    assert found.duties(end, utc(1)) == ()
