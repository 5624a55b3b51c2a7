"""How likely chance alone does it: exact binomial tails, and corrections for many tests."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, lgamma, log, log1p

__all__ = ["adjusted", "log_drawn", "log_survival"]

_NOTHING = 1e-18
"""A term of a sum that is smaller than this, against the sum, changes no digit of it."""


def _log_term(successes: int, trials: int, share: float) -> float:
    """The logarithm of the probability of just so many successes."""
    ways = lgamma(trials + 1) - lgamma(successes + 1) - lgamma(trials - successes + 1)
    return ways + successes * log(share) + (trials - successes) * log1p(-share)


def _sum_up(successes: int, trials: int, share: float) -> float:
    """The terms from so many successes upward, as multiples of the first."""
    odds = share / (1.0 - share)
    term = total = 1.0
    for count in range(successes, trials):
        term *= (trials - count) / (count + 1) * odds
        total += term
        if term < _NOTHING * total:
            break
    return total


def log_survival(successes: int, trials: int, share: float) -> float:
    """The logarithm of the probability of *successes* or more in *trials*, each with *share*.

    The terms of the binomial distribution themselves are summed, from the side where they
    fall, until what is left changes no digit: exact up to rounding, at the cost of some
    multiples of the standard deviation, however many trials there are.

    >>> round(exp(log_survival(2, 2, 0.5)), 12)
    0.25
    """
    if successes <= 0:
        return 0.0
    if successes > trials or share <= 0.0:
        return -inf
    if share >= 1.0:
        return 0.0
    if successes > trials * share:
        total = log(_sum_up(successes, trials, share))
        return min(total + _log_term(successes, trials, share), 0.0)
    # Fewer successes than expected are as many failures more than expected.
    failures = trials - successes + 1
    total = log(_sum_up(failures, trials, 1.0 - share))
    below = exp(min(total + _log_term(failures, trials, 1.0 - share), 0.0))
    return log1p(-below) if below < 1.0 else -inf


def _log_ways(chosen: int, of: int) -> float:
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def _log_drawn_up(successes: int, draws: int, good: int, every: int) -> float:
    """The logarithm of the sum of the terms from so many successes upward."""
    term = total = 1.0
    for count in range(successes, min(draws, good)):
        bad_left = every - good - draws + count + 1
        term *= (good - count) * (draws - count) / ((count + 1) * bad_left)
        total += term
        if term < _NOTHING * total:
            break
    first = _log_ways(successes, good) + _log_ways(draws - successes, every - good)
    return min(log(total) + first - _log_ways(draws, every), 0.0)


def log_drawn(successes: int, draws: int, good: int, every: int) -> float:
    """The logarithm of the probability of *successes* or more among so many *draws*.

    They are drawn without putting back from *every*, of which *good* are successes: the
    hypergeometric distribution, summed as in `log_survival`.

    >>> round(exp(log_drawn(2, 2, 2, 4)), 12)  # one pair of six
    0.166666666667
    """
    if successes <= max(draws + good - every, 0):
        return 0.0
    if successes > min(draws, good):
        return -inf
    if successes * every > draws * good:
        return _log_drawn_up(successes, draws, good, every)
    below = exp(_log_drawn_up(draws - successes + 1, draws, every - good, every))
    return log1p(-below) if below < 1.0 else -inf


def adjusted(chances: Sequence[float]) -> tuple[float, ...]:
    """The p-values *chances* corrected by Benjamini and Hochberg, each in its place.

    Of all that is reported because its corrected value is at most a level, the share that
    chance alone would have done is at most that level on average, for tests that are
    independent or rise and fall together.  The corrected value of the one of rank ``i`` among
    ``m`` is the least of ``m * p / j`` over its own rank and all later ranks ``j``.

    >>> adjusted([0.01, 0.04, 0.03])
    (0.03, 0.04, 0.04)
    """
    many = len(chances)
    found = [1.0] * many
    least = 1.0
    order = sorted(range(many), key=lambda place: chances[place])
    for rank in range(many, 0, -1):
        place = order[rank - 1]
        # The quotient first: at the last rank it is 1, and no value sinks by rounding.
        least = min(least, chances[place] * (many / rank))
        found[place] = least
    return tuple(found)
