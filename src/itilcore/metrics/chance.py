"""Chance: how likely a count is when nothing but chance made it, exactly and without tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["Chances", "binomial", "holm", "hypergeometric", "middle", "together"]

_NOTHING: Final = 1e-30
"""A probability below this, at either end of a distribution, is left out."""


class Chances:
    """The probabilities of the counts from ``first`` on, as a list.

    >>> Chances(0, [0.25, 0.5, 0.25]).mean
    1.0
    """

    __slots__ = ("first", "shares")

    def __init__(self, first: int, shares: Sequence[float]) -> None:
        self.first = first
        self.shares = list(shares)

    @property
    def mean(self) -> float:
        """The count to be expected."""
        return math.fsum(share * count for count, share in enumerate(self.shares, self.first))

    def at_least(self, count: int) -> float:
        """How likely *count* or more is.

        >>> Chances(0, [0.25, 0.5, 0.25]).at_least(1)
        0.75
        """
        above = self.shares[max(count - self.first, 0) :]
        return min(math.fsum(above), 1.0)


def _from_logs(first: int, logs: Sequence[float]) -> Chances:
    """The distribution whose terms are proportional to the exponentials of *logs*."""
    most = max(logs)
    terms = [math.exp(log - most) for log in logs]
    whole = math.fsum(terms)
    shares = [term / whole for term in terms]
    low, high = 0, len(shares)
    while shares[low] < _NOTHING:
        low += 1
    while shares[high - 1] < _NOTHING:
        high -= 1
    return Chances(first + low, shares[low:high])


def _log_ways(chosen: int, of: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(chosen + 1) - math.lgamma(of - chosen + 1)


def binomial(trials: int, share: float) -> Chances:
    """How many of so many *trials* succeed, each with *share*.

    >>> round(binomial(2, 0.5).at_least(2), 12)
    0.25
    """
    if share <= 0.0:
        return Chances(0, [1.0])
    if share >= 1.0:
        return Chances(trials, [1.0])
    hit, miss = math.log(share), math.log1p(-share)
    return _from_logs(
        0, [_log_ways(n, trials) + n * hit + (trials - n) * miss for n in range(trials + 1)]
    )


def hypergeometric(draws: int, good: int, every: int) -> Chances:
    """How many of the *good* ones are among so many *draws* from *every* one, none put back.

    >>> round(hypergeometric(2, 2, 4).at_least(2), 12)  # one pair of six
    0.166666666667
    """
    low, high = max(draws + good - every, 0), min(draws, good)
    return _from_logs(
        low,
        [_log_ways(n, good) + _log_ways(draws - n, every - good) for n in range(low, high + 1)],
    )


def middle(before: int, within: int, after: int) -> Chances:
    """The count in the middle one of three stretches of equal width, given the other counts.

    Where a density rises or falls by one factor from each stretch to the next, the total and
    the balance of the ends say all about its height and that factor, and given these two the
    middle count has a distribution that depends on neither: terms of 1 / (a! b! c!).

    >>> round(middle(1, 0, 1).at_least(2), 12)  # (1, 0, 1) or (0, 2, 0): 1 to 1/2
    0.333333333333
    """
    counts = [
        (before + n, within - 2 * n, after + n) for n in range(-min(before, after), within // 2 + 1)
    ]
    # Every second count is impossible: the total and the balance of the ends are kept.
    logs = {b: -sum(math.lgamma(n + 1) for n in (a, b, c)) for a, b, c in counts}
    low, high = min(logs), max(logs)
    return _from_logs(low, [logs.get(n, -math.inf) for n in range(low, high + 1)])


def together(parts: Iterable[Chances]) -> Chances:
    """The sum of counts that do not depend on each other.

    >>> together([Chances(0, [0.5, 0.5]), Chances(1, [0.5, 0.5])]).shares
    [0.25, 0.5, 0.25]
    """
    first, shares = 0, [1.0]
    for part in parts:
        long, short = sorted((shares, part.shares), key=len, reverse=True)
        found = [0.0] * (len(long) + len(short) - 1)
        for place, share in enumerate(short):
            for other, also in enumerate(long, place):
                found[other] += share * also
        first, shares = first + part.first, found
    return Chances(first, shares)


def holm(chances: Sequence[float | None]) -> tuple[float | None, ...]:
    """The p-values *chances* corrected by Holm, each in its place; what is ``None`` stays so.

    The chance that any of them is at most a level, where nothing but chance is at work, is then
    at most that level, whatever they have to do with each other: Holm, "A simple sequentially
    rejective multiple test procedure" (Scandinavian Journal of Statistics 6, 1979).

    >>> holm([0.01, None, 0.04, 0.03])
    (0.03, None, 0.06, 0.06)
    """
    known = sorted((chance, place) for place, chance in enumerate(chances) if chance is not None)
    found: list[float | None] = [None] * len(chances)
    least = 0.0
    for rank, (chance, place) in enumerate(known):
        least = max(least, min(chance * (len(known) - rank), 1.0))
        found[place] = least
    return tuple(found)
