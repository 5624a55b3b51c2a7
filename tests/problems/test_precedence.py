"""Whether warnings precede problems, against every choice by lot, and fractions."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from itertools import combinations, product
from math import comb, isclose
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.problems import precedence

START = datetime(2026, 1, 5, tzinfo=UTC)
WEEK = timedelta(weeks=1)
MINUTE = timedelta(minutes=1)


def weeks(count: int) -> list[datetime]:
    return [START + number * WEEK for number in range(count)]


def asked(count: int, flagged: dict[str, set[int]], met: dict[str, set[int]], **more):
    """Flagged and followed weeks by value."""
    marks = weeks(count)
    looks = {at: [v for v in flagged if n in flagged[v]] for n, at in enumerate(marks)}
    recorded = [(marks[n] + 3 * WEEK / 7, value) for value in met for n in met[value]]
    return precedence(looks, recorded, WEEK, **more)


some = st.sets(st.integers(0, 5), max_size=6)
values = st.dictionaries(st.sampled_from("abc"), some, max_size=3)


@given(values, values, st.sampled_from([1.5, 2.0, 7]), st.sampled_from([0.05, 0.3, 0.9]))
def test_it_is_the_share_of_all_choices_by_lot(flagged, met, odds, level) -> None:
    found = asked(6, flagged, met, odds=odds, level=level)
    named = {value: chosen for value, chosen in flagged.items() if chosen}
    hits = sum(len(chosen & met.get(value, set())) for value, chosen in named.items())
    lots: Counter[int] = Counter()
    ways = [list(combinations(range(6), len(chosen))) for chosen in named.values()]
    wanted = [met.get(value, set()) for value in named]
    by_value = [
        Counter(len(set(way) & theirs) for way in each)
        for each, theirs in zip(ways, wanted, strict=True)
    ]
    so: dict[int, Fraction] = {}
    for choice in product(*(each.items() for each in by_value)):
        many = sum(number for number, _ in choice)
        weight, chance = 1, Fraction(1)
        for (number, count), counts in zip(choice, by_value, strict=True):
            weight *= count
            whole = sum(c * Fraction(odds) ** n for n, c in counts.items())
            chance *= count * Fraction(odds) ** number / whole
        lots[many] += weight
        so[many] = so.get(many, Fraction(0)) + chance
    total = lots.total()
    tails = {n: Fraction(sum(c for m, c in lots.items() if m >= n), total) for n in range(20)}
    possible = [n for n in sorted(lots) if tails[n] <= Fraction(level)]
    needed = possible[0] if possible else None
    assert (found.looks, found.values) == (6, len(named))
    assert (found.flagged, found.observed) == (sum(map(len, named.values())), hits)
    assert isclose(found.expected, sum(n * c for n, c in lots.items()) / total, abs_tol=1e-12)
    assert isclose(found.chance, tails[hits], rel_tol=1e-9)
    if not any(isclose(tail, level, rel_tol=1e-9) for tail in tails.values()):
        assert found.needed == needed
        power = sum(c for m, c in so.items() if needed is not None and m >= needed)
        assert isclose(found.power, power, rel_tol=1e-9, abs_tol=1e-12)


def test_power_is_how_often_a_planted_effect_is_seen() -> None:
    flagged = {value: set(range(0, 20, 4)) for value in "abcdef"}
    met = {value: set(range(8)) for value in "abcdef"}
    found = asked(20, flagged, met, odds=4.0)
    assert found.needed is not None
    # Drawn week by week, kept where as many weeks are met as were: what the test is given.
    chance, runs, seen = Random(5), 2_000, 0
    weights = [comb(8, n) * comb(12, 5 - n) * 4.0**n for n in range(6)]
    for _ in range(runs):
        hits = sum(chance.choices(range(6), weights=weights, k=6))
        seen += hits >= found.needed
    assert abs(seen / runs - found.power) < 0.04


def test_without_effect_it_is_seen_no_more_often_than_the_level_says() -> None:
    chance, runs, alarms = Random(3), 400, 0
    for _ in range(runs):
        flagged = {v: set(chance.sample(range(12), 4)) for v in "abcd"}
        met = {v: set(chance.sample(range(12), 5)) for v in "abcd"}
        alarms += asked(12, flagged, met).chance <= 0.05
    assert alarms <= 0.05 * runs + 3 * (runs * 0.05 * 0.95) ** 0.5


def test_a_value_that_always_has_problems_proves_nothing() -> None:
    found = asked(8, {"a": set(range(8))}, {"a": set(range(8))})
    assert (found.observed, found.expected, found.chance) == (8, 8.0, 1.0)
    assert (found.needed, found.power) == (None, 0.0)
    assert str(found).endswith("to be seen at 0.05 there is not enough to look at")


def test_over_nothing_there_is_nothing_to_see() -> None:
    for found in (precedence({}, [], WEEK), asked(9, {}, {"a": {1}})):
        assert (found.flagged, found.observed, found.expected) == (0, 0, 0.0)
        assert (found.chance, found.needed, found.power) == (1.0, None, 0.0)


def test_a_problem_follows_from_the_look_on_and_within() -> None:
    def observed(at: datetime) -> int:
        return precedence({START: ["a"]}, [(at, "a")], WEEK).observed

    assert observed(START) == observed(START + WEEK - MINUTE) == 1
    assert observed(START - MINUTE) == observed(START + WEEK) == 0
    assert precedence({START: ["a"]}, [(START, "b")], WEEK).observed == 0


@given(values, values, st.randoms(use_true_random=False))
def test_neither_order_nor_zone_nor_repetition_means_anything(flagged, met, chance) -> None:
    zone = timezone(timedelta(hours=-7))
    marks = weeks(6)
    looks = [(at, [v for v in flagged if n in flagged[v]]) for n, at in enumerate(marks)]
    recorded = [(marks[n] + MINUTE, value) for value in met for n in met[value]]
    found = precedence(dict(looks), recorded, WEEK)
    chance.shuffle(looks)
    recorded += recorded
    chance.shuffle(recorded)
    moved = {at.astimezone(zone): values[::-1] * 2 for at, values in looks}
    assert precedence(moved, iter(recorded), WEEK) == found


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ({"flagged": 3}, ["flagged"]),
        ({"flagged": {START: [" ", 4]}}, [f"flagged[{START.isoformat()}]"] * 2),
        ({"flagged": {START: [""] * 99}}, [f"flagged[{START.isoformat()}]"] * 10),
        ({"recorded": 3}, ["recorded[0]"]),
        ({"recorded": [(START, ""), START]}, ["recorded[0]", "recorded[1]"]),
        ({"recorded": [None] * 99}, [f"recorded[{n}]" for n in range(10)]),
        ({"within": 7, "odds": 1, "level": 1}, ["within", "odds", "level"]),
        ({"within": timedelta(), "odds": True, "level": True}, ["within", "odds", "level"]),
        ({"odds": float("nan"), "level": float("nan")}, ["odds", "level"]),
        ({"odds": float("inf"), "level": "x"}, ["odds", "level"]),
    ],
)
def test_wrong_arguments_are_told_with_their_places(arguments, paths: list[str]) -> None:
    wanted = {"flagged": {}, "recorded": [], "within": WEEK, **arguments}
    with pytest.raises(InvalidInput) as caught:
        precedence(**wanted)
    assert [each.path for each in caught.value.defects] == paths


def test_instants_have_an_offset() -> None:
    plain = START.replace(tzinfo=None)
    with pytest.raises(NaiveInstant):
        precedence({plain: []}, [], WEEK)
    with pytest.raises(NaiveInstant):
        precedence({}, [(plain, "a")], WEEK)
