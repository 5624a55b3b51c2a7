"""What recurs, against counts by hand and tails as fractions; nothing where chance alone works."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import Interval
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.problems.recurrence import Occurrence, recurrences
from tests.problems.exact import corrected, most_by_chance, survival

START = datetime(2026, 1, 1, tzinfo=UTC)
CHANGE = START + timedelta(days=90)
END = CHANGE + timedelta(days=30)
USUAL, RECENT = Interval(START, CHANGE), Interval(CHANGE, END)
SHARE = Fraction(1, 4)
HOUR = timedelta(hours=1)

few = st.sampled_from("abc")
keys = st.dictionaries(st.sampled_from(["item", "site"]), few, max_size=2)
raw = st.tuples(
    st.integers(-50, 124 * 24), keys, st.sampled_from([None, None, None, "PRB1", "PRB2"])
)


def made(rows) -> list[Occurrence]:
    return [
        Occurrence(f"INC{number}", START + hours * HOUR, given_keys, problem)
        for number, (hours, given_keys, problem) in enumerate(rows)
    ]


def burst(count: int, at: datetime, step: timedelta = HOUR, **more) -> list[Occurrence]:
    name = more.pop("name", "INC")
    return [
        Occurrence(
            f"{name}{n}", at + n * step, more.get("keys", {"item": "a"}), more.get("problem")
        )
        for n in range(count)
    ]


@given(st.lists(raw, max_size=60), st.sampled_from([0.001, 0.05, 0.5, 0.99]))
def test_candidates_are_those_of_counts_by_hand(rows, level: float) -> None:
    fix = 100 * 24
    counts: dict[tuple[str, str], list[int]] = {}
    members: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for number, (hours, given_keys, problem) in enumerate(rows):
        if problem == "PRB2" or (problem == "PRB1" and hours <= fix):
            continue
        for key in given_keys.items():
            if 0 <= hours < 90 * 24:
                counts.setdefault(key, [0, 0])[1] += 1
            elif 90 * 24 <= hours < 120 * 24:
                counts.setdefault(key, [0, 0])[0] += 1
                members.setdefault(key, []).append((hours, f"INC{number}"))
    tested = sorted(counts)
    chances = [survival(counts[key][0], sum(counts[key]), SHARE) for key in tested]
    wanted = {
        key: (chance, value)
        for key, chance, value in zip(tested, chances, corrected(chances), strict=True)
        if value <= Fraction(level)
    }
    fixed = {"PRB1": START + fix * HOUR}
    found = recurrences(made(rows), RECENT, (START, CHANGE), level, fixed=fixed)
    assert {(each.dimension, each.value) for each in found} == set(wanted)
    assert [each.chance for each in found] == sorted(each.chance for each in found)
    for each in found:
        key = (each.dimension, each.value)
        assert [each.recent, each.usual] == counts[key]
        assert isclose(each.chance, wanted[key][0], rel_tol=1e-9)
        assert isclose(each.adjusted_chance, wanted[key][1], rel_tol=1e-9)
        assert isclose(each.recent_rate * 30, each.recent)
        assert isclose(each.usual_rate * 90, each.usual)
        if each.usual:
            assert isclose(each.ratio, 3 * each.recent / each.usual)
        else:
            assert each.ratio is None
        assert list(each.references) == [name for _, name in sorted(members[key])]


@given(st.lists(raw, max_size=60), st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_zone_of_what_is_given_means_anything(rows, chance) -> None:
    given_ones = made(rows)
    found = recurrences(given_ones, RECENT, USUAL, 0.5)
    zone = timezone(timedelta(hours=9))
    moved = [
        Occurrence(
            each.reference, each.at.astimezone(zone), dict(reversed(each.keys)), each.problem
        )
        for each in given_ones
    ]
    chance.shuffle(moved)
    assert recurrences(iter(moved), RECENT, USUAL, 0.5) == found


@given(st.lists(raw, max_size=60))
def test_a_stricter_level_never_reports_more(rows) -> None:
    given_ones = made(rows)
    before = None
    for level in (0.9, 0.3, 0.05, 0.001):
        found = recurrences(given_ones, RECENT, USUAL, level)
        if before is not None:
            assert found == before[: len(found)]
        before = found


def even(chance: random.Random, count: int, start: datetime, end: datetime, name: str):
    """Evenly from start to end, over twenty items and five sites."""
    seconds = int((end - start).total_seconds())
    return [
        Occurrence(
            f"{name}{number}",
            start + timedelta(seconds=chance.randrange(seconds)),
            {"item": f"i{chance.randrange(20)}", "site": f"s{chance.randrange(5)}"},
        )
        for number in range(count)
    ]


def test_chance_alone_is_reported_no_more_often_than_the_level_says() -> None:
    runs, alarms = 300, 0
    for seed in range(runs):
        chance = random.Random(seed)
        count = chance.choice((50, 150, 300))
        alarms += bool(recurrences(even(chance, count, START, END, "INC"), RECENT, USUAL))
    assert alarms <= most_by_chance(runs, Fraction(1, 20))


@pytest.mark.parametrize(
    ("noise", "planted", "wanted"),
    [(0, 8, 40), (200, 15, 38), (1000, 40, 38), (1000, 3, 0)],
)
def test_what_is_planted_is_found_where_it_stands_out_of_the_noise(
    noise: int, planted: int, wanted: int
) -> None:
    found = 0
    for seed in range(40):
        chance = random.Random(seed)
        given_ones = even(chance, noise, START, END, "INC")
        for number in range(planted):
            at = CHANGE + timedelta(seconds=chance.randrange(30 * 86_400))
            given_ones.append(Occurrence(f"NEW{number}", at, {"item": "i7"}))
        named = [each.value for each in recurrences(given_ones, RECENT, USUAL)]
        found += "i7" in named
    assert found >= wanted
    if not wanted:
        assert found <= 8  # three among thirteen or so do not stand out


def test_linking_a_problem_starts_the_count_anew() -> None:
    assert recurrences(burst(9, CHANGE), RECENT, USUAL)[0].recent == 9
    linked = burst(9, CHANGE, problem="PRB1")
    assert recurrences(linked, RECENT, USUAL) == ()
    again = burst(6, CHANGE + timedelta(days=9), name="NEW")
    (candidate,) = recurrences([*linked, *again], RECENT, USUAL)
    assert candidate.references == tuple(f"NEW{n}" for n in range(6))
    assert not any("returned" in reason for reason in candidate.reasons)


def test_what_comes_after_the_fix_of_its_problem_has_returned() -> None:
    linked = burst(9, CHANGE, problem="PRB1")
    (candidate,) = recurrences(linked, RECENT, USUAL, fixed={"PRB1": CHANGE + 2 * HOUR})
    assert candidate.references == tuple(f"INC{n}" for n in range(3, 9))  # after, not at, the fix
    assert candidate.reasons[-1] == "returned after the fix of PRB1: 6 of them"
    assert recurrences(linked, RECENT, USUAL, fixed={"PRB2": START}) == ()


def test_reasons_say_the_counts_and_the_chance() -> None:
    given_ones = [*burst(9, CHANGE), *burst(3, START, name="OLD")]
    (candidate,) = recurrences(given_ones, RECENT, USUAL)
    assert candidate.reasons[0] == (
        "9 in the recent 30 days, 1 expected from 3 in the usual 90 days: 9 times"
    )
    assert candidate.reasons[1].endswith("after correction for 1 value")
    given_ones += burst(1, START, name="MORE", keys={"site": "x"})
    assert recurrences(given_ones, RECENT, USUAL)[0].reasons[1].endswith("for 2 values")


def test_nothing_recurs_among_nothing() -> None:
    assert recurrences((), RECENT, USUAL) == ()
    assert recurrences(burst(9, END), RECENT, USUAL) == ()


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ({"recent": 3, "usual": (START,)}, ["recent", "usual"]),
        ({"recent": (END, CHANGE)}, ["recent"]),
        ({"recent": (1, 2)}, ["recent"]),
        ({"recent": (CHANGE, CHANGE)}, ["recent"]),
        ({"recent": (CHANGE - HOUR, END)}, ["usual"]),
        ({"level": 0}, ["level"]),
        ({"level": True}, ["level"]),
        ({"level": "x"}, ["level"]),
        ({"level": float("nan")}, ["level"]),
        ({"fixed": [1]}, ["fixed"]),
        ({"fixed": {"PRB1": 3}}, ["fixed['PRB1']"]),
        ({"occurrences": 7}, ["occurrences"]),
        ({"occurrences": ["x", None]}, ["occurrences[0]", "occurrences[1]"]),
        ({"occurrences": [*burst(2, START), *burst(1, END)]}, ["occurrences"]),
        ({"occurrences": ["x"] * 99}, [f"occurrences[{n}]" for n in range(10)]),
    ],
)
def test_wrong_arguments_are_told_with_their_places(arguments, paths: list[str]) -> None:
    given_ones = {"occurrences": [], "recent": RECENT, "usual": USUAL, **arguments}
    with pytest.raises(InvalidInput) as caught:
        recurrences(**given_ones)
    assert [each.path for each in caught.value.defects] == paths


def test_instants_need_an_offset() -> None:
    naive = datetime(2026, 1, 1)
    with pytest.raises(NaiveInstant):
        Occurrence("INC1", naive)
    with pytest.raises(NaiveInstant):
        recurrences((), (naive, END), USUAL)
    with pytest.raises(NaiveInstant):
        recurrences((), RECENT, USUAL, fixed={"PRB1": naive})


@pytest.mark.parametrize(
    ("reference", "at", "given_keys", "problem", "paths"),
    [
        (" ", START, {}, " ", ["reference", "problem"]),
        ("INC1", "now", {}, None, ["at"]),
        ("INC1", START, None, None, ["keys"]),
        ("INC1", START, {"a": 1, 2: "b"}, None, ["keys"]),
        ("INC1", START, "ab", None, ["keys[0]", "keys[1]"]),
        ("INC1", START, {"a": 1, " ": "b"}, None, ["keys[0]", "a"]),
        ("INC1", START, [("a", "b"), ("a", "c")], None, ["keys[1]"]),
    ],
)
def test_an_occurrence_tells_all_that_is_wrong_with_it(
    reference, at, given_keys, problem, paths: list[str]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        Occurrence(reference, at, given_keys, problem)
    assert [each.path for each in caught.value.defects] == paths


def test_an_occurrence_is_a_value() -> None:
    one = Occurrence("INC1", START, {"b": "2", "a": "1"})
    assert one == Occurrence("INC1", START, [("a", "1"), ("b", "2")])
    assert len({one, Occurrence("INC1", START, {"a": "1", "b": "2"})}) == 1
