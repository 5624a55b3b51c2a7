"""Probabilities as fractions, by the sums that define them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb


def survival(successes: int, trials: int, share: Fraction) -> Fraction:
    """The probability of so many successes or more."""
    terms = (
        comb(trials, k) * share**k * (1 - share) ** (trials - k)
        for k in range(max(successes, 0), trials + 1)
    )
    return sum(terms, Fraction(0))


def drawn(successes: int, draws: int, good: int, every: int) -> Fraction:
    """The probability of so many successes or more, drawn without putting back."""
    ways = (
        comb(good, k) * comb(every - good, draws - k)
        for k in range(max(successes, 0), min(draws, good) + 1)
    )
    return Fraction(sum(ways), comb(every, draws))


def corrected(chances: Sequence[Fraction]) -> list[Fraction]:
    """The corrected values of Benjamini and Hochberg, each from all of them."""
    many = len(chances)
    found = []
    for chance in chances:
        bounds = [
            Fraction(many) * other / sum(1 for each in chances if each <= other)
            for other in chances
            if other >= chance
        ]
        found.append(min([Fraction(1), *bounds]))
    return found


def most_by_chance(trials: int, share: Fraction, doubt: Fraction = Fraction(1, 1000)) -> int:
    """The number that is exceeded with a probability of at most *doubt*."""
    below, number = Fraction(0), -1
    while 1 - below > doubt:
        number += 1
        below += comb(trials, number) * share**number * (1 - share) ** (trials - number)
    return number
