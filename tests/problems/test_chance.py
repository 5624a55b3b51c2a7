"""Tails and corrections, against sums of fractions."""

from __future__ import annotations

from fractions import Fraction
from math import exp, inf, isclose, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.problems.chance import adjusted, log_drawn, log_survival
from tests.problems.exact import corrected, drawn, survival

shares = st.fractions(Fraction(1, 500), Fraction(499, 500), max_denominator=500)


@given(st.integers(0, 60), st.integers(-2, 63), shares)
def test_a_tail_is_the_sum_of_its_terms(trials: int, successes: int, share: Fraction) -> None:
    exact = survival(successes, trials, share)
    found = log_survival(successes, trials, float(share))
    assert found <= 0
    assert isclose(exp(found), float(exact), rel_tol=1e-10, abs_tol=0.0)


@pytest.mark.parametrize(
    ("successes", "trials", "share"),
    [(30, 700, Fraction(1, 50)), (3, 900, Fraction(1, 168)), (700, 900, Fraction(1, 24))],
)
def test_a_tail_of_many_trials_is_as_exact(successes: int, trials: int, share: Fraction) -> None:
    exact = survival(successes, trials, share)
    logarithm = log(exact.numerator) - log(exact.denominator)
    assert isclose(log_survival(successes, trials, float(share)), logarithm, rel_tol=1e-10)


def test_a_tail_of_a_million_trials_is_that_of_the_normal_distribution() -> None:
    trials, share = 1_000_000, 1 / 24
    deviation = sqrt(trials * share * (1 - share))
    places = (1.0, 2.0, 4.0)
    for place, normal in zip(places, (0.158655, 0.0227501, 3.16712e-5), strict=True):
        successes = round(trials * share + place * deviation + 0.5)
        assert isclose(exp(log_survival(successes, trials, share)), normal, rel_tol=0.07)
    below = round(trials * share - 2 * deviation + 0.5)
    assert isclose(exp(log_survival(below, trials, share)), 0.97725, rel_tol=1e-3)


@given(st.integers(0, 40), st.data())
def test_a_tail_without_putting_back_is_the_sum_of_its_terms(every: int, data) -> None:
    draws, good = (data.draw(st.integers(0, every)) for _ in range(2))
    successes = data.draw(st.integers(-1, every + 1))
    exact = drawn(successes, draws, good, every)
    found = exp(log_drawn(successes, draws, good, every))
    assert isclose(found, float(exact), rel_tol=1e-10, abs_tol=0.0)


@pytest.mark.parametrize("numbers", [(30, 400, 900, 24_000), (24, 300, 9_000, 24_000)])
def test_a_tail_of_many_draws_is_as_exact(numbers: tuple[int, int, int, int]) -> None:
    exact = drawn(*numbers)
    logarithm = log(exact.numerator) - log(exact.denominator)
    assert isclose(log_drawn(*numbers), logarithm, rel_tol=1e-9, abs_tol=1e-12)


def test_the_edges_of_a_tail() -> None:
    assert log_survival(0, 0, 0.5) == log_survival(-1, 5, 0.0) == 0.0
    assert log_survival(1, 0, 0.5) == log_survival(6, 5, 1.0) == -inf
    assert log_survival(1, 5, 0.0) == -inf
    assert log_survival(5, 5, 1.0) == 0.0


@given(st.lists(st.fractions(0, 1, max_denominator=200), max_size=12))
def test_corrections_are_those_of_the_definition(chances: list[Fraction]) -> None:
    found = adjusted([float(each) for each in chances])
    for value, exact in zip(found, corrected(chances), strict=True):
        assert isclose(value, float(exact), rel_tol=1e-12)


@given(st.lists(st.floats(0, 1), max_size=20), st.randoms(use_true_random=False))
def test_corrections_keep_the_order_and_only_raise(chances: list[float], chance) -> None:
    found = adjusted(chances)
    assert all(raw <= value <= 1 for raw, value in zip(chances, found, strict=True))
    pairs = sorted(zip(chances, found, strict=True))
    assert all(one[1] <= other[1] for one, other in zip(pairs, pairs[1:], strict=False))
    places = list(range(len(chances)))
    chance.shuffle(places)
    assert adjusted([chances[place] for place in places]) == tuple(found[place] for place in places)
