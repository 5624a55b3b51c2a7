"""Rhythms, against a walk through the minutes; none where instants come evenly."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import isclose
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itilcore.calendars import Interval
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.problems.rhythm import Period, rhythms
from itilcore.problems.wall_clock import EPOCH, micros, pieces
from tests.problems.exact import drawn, most_by_chance, survival

ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu")
START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY, WEEK = (
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(weeks=1),
)


def evenly(chance: random.Random, count: int, days: int, start: datetime = START):
    return [start + timedelta(seconds=chance.randrange(days * 86_400)) for _ in range(count)]


def places(at: datetime, zone: ZoneInfo, events: list[datetime]):
    """Every phase that an instant is in, with the occasion, from its wall clock."""
    local = at.astimezone(zone)
    yield (Period.WEEKLY, local.weekday(), local.hour), (local.date(), local.hour)
    yield (Period.DAILY, local.hour), (local.date(), local.hour)
    yield (Period.MONTHLY, local.day), local.date()
    later = [local.date() + number * DAY for number in range(1, 31)]
    rest = [day for day in later if day.month == local.month]
    if not rest:
        yield (Period.MONTHLY, -1), local.date()
    if local.weekday() < 5 and all(day.weekday() >= 5 for day in rest):
        yield (Period.MONTHLY, "working"), local.date()
    nth = sum((local.date() - number * 7 * DAY).month == local.month for number in range(5))
    if nth < 5:
        yield (Period.MONTHLY, local.weekday(), nth), local.date()
    before = [event for event in events if event <= at]
    if before and at - max(before) < 48 * HOUR:
        yield (Period.AFTER, (at - max(before)) // HOUR), max(before)


def named(rhythm) -> tuple:
    if rhythm.nth == -1:
        return rhythm.period, "working"
    numbers = (rhythm.weekday, rhythm.hour, rhythm.day, rhythm.nth, rhythm.lag)
    return (rhythm.period, *(each for each in numbers if each is not None))


@settings(max_examples=20)
@given(
    st.sampled_from(ZONES),
    st.sampled_from([START, datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)]),
    st.integers(1, 12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 3)), min_size=4, max_size=25),
    st.lists(st.integers(-60, 12 * 24), max_size=3),
)
def test_the_first_rhythm_is_that_of_a_walk_through_the_minutes(
    name: str, start: datetime, days: int, given_ones, patches: list[int]
) -> None:
    zone = ZoneInfo(name)
    end = start + days * DAY
    events = sorted(start + hours * HOUR for hours in patches)
    instants = [start + day * DAY + 5 * HOUR + quarter * 15 * MINUTE for day, quarter in given_ones]
    within = [at for at in instants if at < end]
    minutes: Counter = Counter()
    for minute in range(days * 24 * 60):
        minutes.update(phase for phase, _ in places(start + minute * MINUTE, zone, events))
    occasions: dict = {}
    for at in within:
        for phase, occasion in places(at, zone, events):
            occasions.setdefault(phase, Counter())[occasion] += 1
    chances = {}
    for phase, counts in occasions.items():
        if len(counts) >= 3:
            most, share = max(counts.values()), Fraction(minutes[phase], days * 24 * 60)
            chances[phase] = survival(counts.total() - most, len(within) - most, share)
    level = 0.2
    best = {phase: p for phase, p in chances.items() if p * len(minutes) <= level}
    found = rhythms(instants, name, level, after=events, during=Interval(start, end))
    assert bool(found) is bool(best)
    if found:
        first = found[0]
        assert isclose(first.chance, min(best.values()), rel_tol=1e-9)
        assert isclose(best[named(first)], first.chance, rel_tol=1e-9)
        assert isclose(first.adjusted_chance, first.chance * len(minutes), rel_tol=1e-9)
        counts = occasions[named(first)]
        assert (first.count, first.watched) == (counts.total(), len(within))
        assert first.occasions == len(counts) <= first.possible
        assert isclose(first.expected, minutes[named(first)] / (days * 24 * 60))
        fits = [at for at in within if named(first) in dict(places(at, zone, events))]
        assert list(first.instants) == sorted(fits)


@settings(max_examples=25)
@given(
    st.sampled_from(ZONES),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 2)), min_size=3, max_size=25),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 9)), max_size=25),
)
def test_set_apart_from_others_the_first_rhythm_is_that_of_counts(name, mine, theirs) -> None:
    zone, start = ZoneInfo(name), datetime(2026, 3, 26, tzinfo=UTC)
    instants, others = (
        [start + day * DAY + 5 * HOUR + quarter * 30 * MINUTE for day, quarter in each]
        for each in (mine, theirs)
    )
    every: Counter = Counter()
    occasions: dict = {}
    for at in (*instants, *others):
        every.update(phase for phase, _ in places(at, zone, []))
    for at in instants:
        for phase, occasion in places(at, zone, []):
            occasions.setdefault(phase, Counter())[occasion] += 1
    chances = {}
    for phase, counts in occasions.items():
        if (
            len(counts) >= 3
            and counts.total() * (len(mine) + len(theirs)) > len(mine) * every[phase]
        ):
            most = max(counts.values())
            numbers = (counts.total(), len(mine), every[phase], len(mine) + len(theirs))
            chances[phase] = drawn(*(number - most for number in numbers))
    level = 0.9
    best = {phase: p for phase, p in chances.items() if p * len(every) <= level}
    found = rhythms(instants, name, level, others=others)
    assert bool(found) is bool(best)
    if found:
        first = found[0]
        assert isclose(first.chance, min(best.values()), rel_tol=1e-9)
        assert isclose(best[named(first)], first.chance, rel_tol=1e-9)
        assert isclose(first.adjusted_chance, first.chance * len(every), rel_tol=1e-9)
        assert isclose(first.expected, every[named(first)] / (len(mine) + len(theirs)))


@pytest.mark.parametrize("name", ZONES)
def test_pieces_cover_the_span_and_change_with_the_wall_clock(name: str) -> None:
    zone = ZoneInfo(name)
    start, end = micros(START) + 1, micros(datetime(2026, 12, 1, 7, 13, tzinfo=UTC))
    found = list(pieces(zone, start, end, []))
    assert found[0][0] == start and found[-1][1] == end
    assert all(one[1] == other[0] for one, other in zip(found, found[1:], strict=False))
    for since, until, hour, lag, event in found:
        assert since < until and (lag, event) == (-1, -1)
        for at in (since, until - 1):
            local = (EPOCH + timedelta(microseconds=at)).astimezone(zone)
            day = date(1970, 1, 1).toordinal() + hour // 24
            assert (local.toordinal(), local.hour) == (day, hour % 24)
    assert list(pieces(zone, start, start, [])) == []


def test_an_hour_that_comes_twice_lasts_two_and_one_left_out_none() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    lasted: Counter = Counter()
    for day in (datetime(2026, 3, 29), datetime(2026, 10, 25)):
        start, end = (micros(at.replace(tzinfo=berlin)) for at in (day, day + DAY))
        for since, until, hour, *_ in pieces(berlin, start, end, []):
            lasted[day.month, hour % 24] += (until - since) // 3_600_000_000
    assert lasted[3, 2] == 0 and lasted[10, 2] == 2
    assert lasted.total() == 23 + 25


def weekly(count: int, zone: ZoneInfo | None = None) -> list[datetime]:
    monday = datetime(2026, 1, 5, 9, 20, tzinfo=zone or UTC)
    return [monday + n * WEEK for n in range(count)]


def test_a_weekly_rhythm_keeps_its_hour_over_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    instants = weekly(26, berlin)
    (found,) = rhythms(instants, berlin)
    assert named(found) == (Period.WEEKLY, 0, 9)
    assert found.phase == "Monday 09:00"
    assert list(found.instants) == instants
    assert {at.hour for at in found.instants} == {9}
    hours = {each.hour for each in rhythms(instants, "UTC")}
    assert hours == {7, 8}  # by a clock without summer time it is torn in two


PLANTED = {
    "weekly": (lambda chance: [at for at in weekly(13) for _ in range(2)], (Period.WEEKLY, 0, 9)),
    "daily": (
        lambda chance: [START + n * DAY + 3.4 * HOUR for n in range(0, 90, 2)],
        (Period.DAILY, 3),
    ),
    "monthly": (
        lambda chance: [
            datetime(2026, month, 25, chance.randrange(24), tzinfo=UTC)
            for month in range(1, 7)
            for _ in range(8)
        ],
        (Period.MONTHLY, 25),
    ),
}


def months(pick) -> list[datetime]:
    """Of each of 24 months the day that *pick* chooses of its days, at any hour of it."""
    chance, found = random.Random(8), []
    for number in range(24):
        first = datetime(2025 + number // 12, number % 12 + 1, 1, tzinfo=UTC)
        days = [first + n * DAY for n in range(31) if (first + n * DAY).month == first.month]
        found.append(pick(days) + chance.random() * DAY)
    return found


@pytest.mark.parametrize(
    ("pick", "wanted", "said"),
    [
        (lambda days: days[-1], (Period.MONTHLY, -1), "last day"),
        (
            lambda days: [day for day in days if day.weekday() < 5][-1],
            (Period.MONTHLY, "working"),
            "last working day",
        ),
        (
            lambda days: [day for day in days if day.weekday() == 1][1],
            (Period.MONTHLY, 1, 2),
            "second Tuesday",
        ),
        (lambda days: days[30 if len(days) > 30 else 12], (Period.MONTHLY, 31), "day 31"),
    ],
)
def test_days_of_a_month_that_have_no_number_of_their_own(pick, wanted, said: str) -> None:
    noise = evenly(random.Random(9), 24, 730, datetime(2025, 1, 1, tzinfo=UTC))
    first, *_ = rhythms([*months(pick), *noise], "UTC")
    assert (named(first), first.phase) == (wanted, said)


def test_the_end_of_the_month_is_one_rhythm() -> None:
    (found,) = rhythms(months(lambda days: days[-1]), "UTC")
    assert (found.count, found.occasions, found.day, found.nth) == (22, 22, -1, None)


@pytest.mark.parametrize("noise", [0, 60, 240])
@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_rhythm_is_found_in_noise_and_is_the_only_one(kind: str, noise: int) -> None:
    plant, wanted = PLANTED[kind]
    hits = 0
    for seed in range(5):
        chance = random.Random(seed)
        found = rhythms([*plant(chance), *evenly(chance, noise, 180)], "UTC")
        hits += [named(each) for each in found] == [wanted]
    assert hits == 5


def test_a_rhythm_below_the_noise_is_not_found() -> None:
    chance = random.Random(4)
    assert rhythms([*weekly(5), *evenly(chance, 3000, 180)], "UTC") == ()


@pytest.mark.parametrize("noise", [0, 100])
def test_what_follows_patches_is_found_by_its_lag(noise: int) -> None:
    chance = random.Random(5)
    patches = evenly(chance, 15, 180)
    late = [patch + 3 * HOUR + chance.random() * HOUR for patch in patches]
    given_ones = [*late, *evenly(chance, noise, 180)]
    assert rhythms(given_ones, "UTC") == ()
    (found,) = rhythms(given_ones, "UTC", after=reversed(patches))
    assert named(found) == (Period.AFTER, 3)
    assert found.phase == "3 to 4 hours after"
    assert set(late) <= set(found.instants)
    assert found.possible == 15


def test_two_rhythms_are_two() -> None:
    monthly = PLANTED["monthly"][0](random.Random(3))
    found = rhythms([*weekly(26), *weekly(26), *monthly], "UTC")
    assert {named(each) for each in found} == {(Period.WEEKLY, 0, 9), (Period.MONTHLY, 25)}


def test_one_bad_morning_is_no_rhythm() -> None:
    chance = random.Random(6)
    noise = evenly(chance, 100, 180)
    assert rhythms([*noise, *weekly(1) * 500], "UTC") == ()
    assert rhythms(weekly(2) * 500, "UTC") == ()


def test_instants_without_rhythm_give_none_more_often_than_the_level_says() -> None:
    runs, alarms = 300, 0
    for seed in range(runs):
        chance = random.Random(seed)
        given_ones = evenly(chance, chance.choice((10, 40, 200)), 20)
        alarms += bool(rhythms(given_ones, "Europe/Berlin", 0.05, after=evenly(chance, 3, 20)))
    assert alarms <= most_by_chance(runs, Fraction(1, 20))


def in_office_hours(chance: random.Random, count: int, days: int) -> list[datetime]:
    """More by day than at night, and in the middle of the day the most."""
    return [
        START + chance.randrange(days) * DAY + min(chance.gauss(12, 3) % 24, 23.99) * HOUR
        for _ in range(count)
    ]


def test_the_working_day_of_all_sets_nobody_apart() -> None:
    runs, alarms, alone = 40, 0, 0
    for seed in range(runs):
        chance = random.Random(seed)
        mine = in_office_hours(chance, 200, 25)
        alone += bool(rhythms(mine, "UTC", 0.05))
        others = in_office_hours(chance, 1500, 25)
        alarms += bool(rhythms(mine, "UTC", 0.05, others=others))
    assert alone >= runs - 2
    assert alarms <= most_by_chance(runs, Fraction(1, 20))


def test_what_is_set_apart_from_the_working_day_of_all_is_found() -> None:
    chance = random.Random(9)
    mine = [*weekly(26), *in_office_hours(chance, 60, 180)]
    (found,) = rhythms(mine, "UTC", others=in_office_hours(chance, 2000, 180))
    assert named(found) == (Period.WEEKLY, 0, 9)
    assert rhythms([], "UTC", others=weekly(9)) == rhythms([], "UTC", others=[]) == ()
    assert rhythms(weekly(9), "UTC", others=()) == ()  # they are all that there is


@given(st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_neither_order_nor_zone_of_the_instants_means_anything(chance) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    given_ones = [*weekly(20, berlin), *evenly(random.Random(7), 50, 140)]
    found = rhythms(given_ones, berlin)
    moved = [at.astimezone(ZoneInfo(chance.choice(ZONES))) for at in given_ones]
    chance.shuffle(moved)
    assert rhythms(iter(moved), "Europe/Berlin") == found != ()


def test_a_stricter_level_never_reports_more() -> None:
    given_ones = [*weekly(20), *weekly(20), *evenly(random.Random(8), 200, 140)]
    before = rhythms(given_ones, "UTC", 0.9)
    for level in (0.1, 0.01, 1e-9, 1e-90):
        found = rhythms(given_ones, "UTC", level)
        assert found == before[: len(found)]
        before = found
    assert before == ()


def test_the_strength_is_the_share_over_the_share_expected() -> None:
    (found,) = rhythms(weekly(10), "UTC", during=Interval(START, START + 10 * WEEK))
    assert (found.count, found.watched, found.occasions, found.possible) == (10, 10, 10, 10)
    assert isclose(found.strength, 168)
    assert str(found).startswith(
        "weekly, Monday 09:00: 10 of 10, 168 times as many as expected, on 10 of 10 occasions"
    )


def test_what_lies_outside_the_time_watched_does_not_count() -> None:
    during = Interval(START, START + 10 * WEEK)
    inside = rhythms(weekly(10), "UTC", during=during)
    assert rhythms(weekly(30), "UTC", during=during) == inside
    assert rhythms(weekly(30), "UTC", during=Interval(START, START)) == ()


@pytest.mark.parametrize("count", range(6))
def test_few_instants_have_no_rhythm_of_their_own(count: int) -> None:
    assert rhythms([START] * count, "UTC") == ()
    assert rhythms([START + n * MINUTE for n in range(count)], "UTC") == ()


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ({"level": 0, "during": 3}, ["level", "during"]),
        ({"level": True}, ["level"]),
        ({"level": None}, ["level"]),
        ({"instants": 3}, ["instants"]),
        ({"instants": "abc"}, ["instants"]),
        ({"instants": [3]}, ["instants"]),
        ({"after": [None]}, ["after"]),
        ({"others": [None]}, ["others"]),
        ({"others": 0}, ["others"]),
        ({"instants": [START - 20_000 * DAY, START]}, ["instants"]),
        (
            {"instants": [datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 9, tzinfo=UTC)]},
            ["instants"],
        ),
        ({"instants": [datetime(9999, 12, 31, 23, tzinfo=UTC)] * 5}, ["instants"]),
        ({"tz": "Nowhere"}, [""]),
        ({"tz": 3}, [""]),
    ],
)
def test_wrong_arguments_are_told_with_their_places(arguments, paths: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        rhythms(**{"instants": [], "tz": "UTC", **arguments})
    assert [each.path for each in caught.value.defects] == paths


def test_instants_need_an_offset() -> None:
    with pytest.raises(NaiveInstant):
        rhythms([datetime(2026, 1, 1)], "UTC")
