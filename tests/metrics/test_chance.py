"""Chance, against whole numbers and fractions, and against what enumeration gives."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.metrics.chance import (
    Chances,
    binomial,
    holm,
    hypergeometric,
    middle,
    together,
)

few = st.integers(0, 12)


def near(found, truth):
    assert found == pytest.approx(float(truth), rel=1e-9, abs=1e-12)


@given(few, few, st.fractions(0, 1, max_denominator=20))
def test_binomial_tails_are_those_of_fractions(trials, least, share):
    found = binomial(trials, float(share))
    ways = [
        math.comb(trials, n) * share**n * (1 - share) ** (trials - n) for n in range(trials + 1)
    ]
    near(found.at_least(least), sum(ways[least:], Fraction()))
    near(found.mean, trials * share)


@given(few, few, few, few)
def test_hypergeometric_tails_are_those_of_whole_numbers(draws, good, bad, least):
    every = good + bad
    draws = min(draws, every)
    found = hypergeometric(draws, good, every)
    ways = [math.comb(good, n) * math.comb(bad, draws - n) for n in range(draws + 1)]
    near(found.at_least(least), Fraction(sum(ways[least:]), math.comb(every, draws)))


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_the_middle_is_what_sequences_show(before, within, after):
    """Of all ways to put every one into three stretches, with the same balance of the ends."""
    every = before + within + after
    shown = [
        places.count(1)
        for places in product(range(3), repeat=min(every, 8))
        if every <= 8 and places.count(0) - places.count(2) == before - after
    ]
    if not shown:
        return
    found = middle(before, within, after)
    near(found.mean, Fraction(sum(shown), len(shown)))
    more = sum(1 for each in shown if each >= within)
    near(found.at_least(within), Fraction(more, len(shown)))


@given(st.lists(st.tuples(st.integers(0, 4), st.fractions(0, 1, max_denominator=9)), max_size=3))
def test_sums_are_those_of_every_case(parts):
    found = together(binomial(trials, float(share)) for trials, share in parts)
    shares = [share for trials, share in parts for _ in range(trials)]
    truth = {n: Fraction() for n in range(len(shares) + 1)}
    for hits in product((True, False), repeat=len(shares)):
        chance = Fraction(1)
        for hit, share in zip(hits, shares, strict=True):
            chance *= share if hit else 1 - share
        truth[sum(hits)] += chance
    for least in range(len(shares) + 2):
        near(found.at_least(least), sum(n for count, n in truth.items() if count >= least))


def test_many_and_rare_are_no_trouble():
    rare = binomial(20_000, 1e-3)
    assert len(rare.shares) < 200
    near(rare.mean, 20)
    assert rare.at_least(0) == 1.0
    assert 0 < rare.at_least(70) < 1e-15
    assert rare.at_least(5_000) == 0.0
    assert Chances(3, [1.0]).at_least(4) == 0.0
    assert middle(2_000, 2_500, 1_500).at_least(2_500) < 1e-6


@given(st.lists(st.none() | st.floats(0, 1), max_size=6))
def test_holm_is_the_step_down_of_the_book(chances):
    found = holm(chances)
    known = sorted(each for each in chances if each is not None)
    for chance, adjusted in zip(chances, found, strict=True):
        if chance is None:
            assert adjusted is None
            continue
        # It is rejected at a level where all that are smaller are, each at its own share of it.
        steps = [(len(known) - i) * p for i, p in enumerate(known) if p <= chance]
        ties = known.count(chance)
        if ties == 1:
            assert adjusted == min(1.0, max(steps))
        assert chance <= adjusted <= 1.0
