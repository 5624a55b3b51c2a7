"""Kaplan-Meier: a published example, laws, and a brute-force oracle in fractions."""

from __future__ import annotations

import math
import pickle
import random
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput
from itilcore.metrics.estimate import quantile
from itilcore.metrics.survival import SurvivalCurve, kaplan_meier, kaplan_meier_median

# Few distinct values, so that events and censorings tie; and any values.
ties = st.lists(st.integers(0, 12).map(float), max_size=30)
spread = st.lists(st.floats(0, 1e9), max_size=40)
samples = ties | spread
TOLERANCE = Fraction(1, 2**26)

# Freireich et al. (Blood 21, 1963): weeks of remission of 42 children with leukaemia.
SIX_MP = [6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0]
SIX_MP_CENSORED = [6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def survival_oracle(events: list[float], censored: list[float]) -> dict[float, Fraction]:
    """The product over event times of (1 - d / r), every case counted anew at each."""
    share, steps = Fraction(1), {}
    for time in sorted(set(events)):
        at_risk = sum(x >= time for x in events) + sum(x >= time for x in censored)
        share *= 1 - Fraction(events.count(time), at_risk)
        steps[time] = share
    return steps


def quantile_oracle(events: list[float], censored: list[float], p: float) -> float | None:
    height = 1 - Fraction(p)
    steps = survival_oracle(events, censored)
    reached = [time for time, share in steps.items() if share < height + TOLERANCE]
    if not reached:
        return None
    if abs(steps[reached[0]] - height) < TOLERANCE and len(reached) > 1:
        return float((Fraction(reached[0]) + Fraction(reached[1])) / 2)
    return reached[0]


class TestPublishedExample:
    curve = kaplan_meier(SIX_MP, SIX_MP_CENSORED)

    def test_survival(self) -> None:
        assert self.curve.times == (6, 7, 10, 13, 16, 22, 23)
        printed = (0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448)
        assert self.curve.survival == pytest.approx(printed, abs=5e-4)
        assert self.curve.at_risk == (21, 17, 15, 12, 11, 7, 6)
        assert self.curve.events == (3, 1, 1, 1, 1, 1, 1)

    def test_medians(self) -> None:
        assert self.curve.median() == 23
        assert kaplan_meier_median(SIX_MP, SIX_MP_CENSORED) == 23
        assert kaplan_meier(PLACEBO, []).median() == 8

    def test_quartiles(self) -> None:
        assert self.curve.quantile(0.25) == 13
        assert self.curve.quantile(0.75) is None

    def test_between_and_beyond(self) -> None:
        assert self.curve.survival_at(0) == 1
        assert self.curve.survival_at(6) == self.curve.survival_at(6.9) == self.curve.survival[0]
        assert self.curve.survival_at(35) == self.curve.survival[-1]
        assert self.curve.survival_at(35.1) is None


class TestEdges:
    def test_nothing(self) -> None:
        curve = kaplan_meier([], [])
        assert curve == SurvivalCurve((), (), (), (), None)
        assert curve.median() is None
        assert curve.survival_at(1) is None
        assert kaplan_meier_median([], []) is None

    def test_only_censored(self) -> None:
        curve = kaplan_meier([], [2.0, 1.0])
        assert (curve.median(), curve.survival_at(2), curve.survival_at(3)) == (None, 1.0, None)
        assert kaplan_meier_median([], [1.0, 2.0]) is None

    def test_events_come_before_censorings_at_one_time(self) -> None:
        assert kaplan_meier([2.0, 3.0], [2.0]).at_risk == (3, 1)

    def test_a_curve_that_reached_zero_stays_there(self) -> None:
        assert kaplan_meier([1.0, 2.0], []).survival_at(99) == 0.0

    def test_level_at_one_half_to_the_end(self) -> None:
        assert kaplan_meier([1.0], [5.0]).median() == 1.0
        assert kaplan_meier_median([1.0], [5.0]) == 1.0

    @pytest.mark.parametrize(
        ("first", "lost", "then", "share"),
        [
            (6, 9, 7, 0.5000000000000001),  # 27/33 * 11/18
            (2, 11, 5, 0.49999999999999994),  # 22/24 * 6/11
        ],
    )
    def test_level_at_one_half_but_for_rounding(
        self, first: int, lost: int, then: int, share: float
    ) -> None:
        # Some events, some censorings, some events down to one half, then one at 20.
        events = [float(i) for i in range(1, first + then + 1)] + [20.0]
        remaining = (33 if first == 6 else 24) - len(events) - lost
        censored = [first + 0.5] * lost + [30.0] * remaining
        curve = kaplan_meier(events, censored)
        assert curve.survival[-2] == share
        assert curve.median() == (first + then + 20) / 2
        assert kaplan_meier_median(events, censored) == (first + then + 20) / 2

    @pytest.mark.parametrize(
        ("events", "censored", "median"),
        [
            ([1.0, 2.0, 4.0], [3.0], 3.0),  # 2/4, level until 4
            ([1.0, 3.0, 7.0], [2.0, 8.0, 9.0], 7.0),  # 5/6, 5/6 * 3/4, 5/6 * 2/4
            ([1.0, 3.0, 3.0, 8.0, 9.0], [2.0], 3.0),  # 5/6, 5/6 * 2/4
            ([1.0, 3.0, 3.0, 8.0, 9.0, 9.0], [2.0, 2.0], 8.0),  # 7/8, 7/8 * 3/5, 7/8 * 2/5
        ],
    )
    def test_medians_worked_by_hand(
        self, events: list[float], censored: list[float], median: float
    ) -> None:
        assert kaplan_meier(events, censored).median() == median
        assert kaplan_meier_median(events, censored) == median

    def test_order_of_input_does_not_matter(self) -> None:
        assert kaplan_meier([3.0, 1.0], [4.0, 2.0]) == kaplan_meier((1.0, 3.0), (2.0, 4.0))

    def test_is_a_plain_value(self) -> None:
        curve = kaplan_meier([1.0], [2.0])
        assert curve == pickle.loads(pickle.dumps(curve))
        assert len({curve, kaplan_meier([1.0], [2.0])}) == 1

    def test_refuses_what_is_not_finite(self) -> None:
        with pytest.raises(InvalidInput) as error:
            kaplan_meier([1.0, math.nan, math.inf], [-math.inf])
        assert [d.path for d in error.value.defects] == [
            "durations[1]",
            "durations[2]",
            "censored[0]",
        ]

    @pytest.mark.parametrize("p", [0.0, 1.0, -1.0, math.nan])
    def test_refuses_what_is_no_share(self, p: float) -> None:
        with pytest.raises(InvalidInput) as error:
            kaplan_meier([1.0], []).quantile(p)
        assert [d.path for d in error.value.defects] == ["p"]

    def test_refuses_tuples_of_different_length(self) -> None:
        with pytest.raises(InvalidInput) as error:
            SurvivalCurve((1.0,), (0.5, 0.2), (2,), (), 1.0)
        assert [d.path for d in error.value.defects] == ["survival", "events"]


class TestLaws:
    @given(samples)
    @example([1.0, 2.0])
    @example([float(i) for i in range(49)])
    def test_without_censoring_the_median_is_the_median(self, events: list[float]) -> None:
        ordered = sorted(events)
        assert kaplan_meier(events, []).median() == quantile(ordered, 0.5)
        assert kaplan_meier_median(ordered, []) == quantile(ordered, 0.5)

    @pytest.mark.parametrize("n", [99_999, 100_000])
    def test_without_censoring_also_for_many(self, n: int) -> None:
        ordered = [i / 7 for i in range(n)]
        assert kaplan_meier(ordered, []).median() == quantile(ordered, 0.5)

    @given(samples, samples)
    def test_against_fractions(self, events: list[float], censored: list[float]) -> None:
        curve = kaplan_meier(events, censored)
        steps = survival_oracle(events, censored)
        assert curve.times == tuple(steps)
        assert curve.survival == pytest.approx([float(s) for s in steps.values()], abs=1e-14)
        assert sum(curve.events) == len(events)

    @given(samples, samples, st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]))
    def test_quantiles_against_fractions(
        self, events: list[float], censored: list[float], p: float
    ) -> None:
        expected = quantile_oracle(events, censored, p)
        found = kaplan_meier(events, censored).quantile(p)
        assert (
            found == pytest.approx(expected, rel=1e-15) if expected is not None else found is None
        )

    @given(samples, samples)
    @example([1.0, 2.0, 4.0], [3.0])
    @example([1.0, 3.0, 3.0, 8.0], [2.0, 2.0, 5.0, 5.0, 5.0])
    @example([1.0, 1.0, 4.0, 5.0], [1.0, 4.0])
    def test_the_quick_median_is_the_median_of_the_curve(
        self, events: list[float], censored: list[float]
    ) -> None:
        quick = kaplan_meier_median(sorted(events), sorted(censored))
        assert quick == kaplan_meier(events, censored).median()

    @given(st.integers(1, 400), st.integers(0, 400), st.integers())
    def test_the_quick_median_for_hundreds(self, n: int, lost: int, seed: int) -> None:
        draw = random.Random(seed).randrange
        events = sorted(float(draw(500)) for _ in range(n))
        censored = sorted(float(draw(500)) for _ in range(lost))
        assert kaplan_meier_median(events, censored) == kaplan_meier(events, censored).median()

    @given(samples, samples)
    def test_falls_from_one_to_zero_at_most(
        self, events: list[float], censored: list[float]
    ) -> None:
        survival = (1.0, *kaplan_meier(events, censored).survival)
        assert all(1.0 >= high > low >= 0.0 for high, low in pairwise(survival))

    @given(samples, samples, st.lists(st.integers(0, 12).map(float), min_size=1, max_size=9))
    def test_more_censored_cases_never_lower_survival(
        self, events: list[float], censored: list[float], more: list[float]
    ) -> None:
        before = kaplan_meier(events, censored)
        after = kaplan_meier(events, censored + more)
        assert all(b <= a + 1e-12 for b, a in zip(before.survival, after.survival, strict=True))

    @given(ties, ties, st.integers(1, 1000))
    def test_another_unit_scales_the_times_only(
        self, events: list[float], censored: list[float], factor: int
    ) -> None:
        curve = kaplan_meier(events, censored)
        scaled = kaplan_meier([x * factor for x in events], [x * factor for x in censored])
        assert scaled.survival == curve.survival
        assert scaled.times == tuple(time * factor for time in curve.times)
        median = curve.median()
        assert scaled.median() == (None if median is None else median * factor)
        for time, share in zip(curve.times, curve.survival, strict=True):
            assert scaled.survival_at(time * factor) == share
