"""Estimates from a sample of durations or a count, each with its confidence interval.

Pure functions over plain floats in whatever unit the caller uses.  Where a function takes
``ordered`` it expects the values ascending and does not check it: the caller sorts once
and asks many questions.  Values are finite.  Over nothing an estimate is ``None``, never 0.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate
from random import Random

from attrs import frozen

from itilcore.errors import Defect, InvalidInput

__all__ = [
    "ConfidenceInterval",
    "bootstrap_interval",
    "mean_interval",
    "normal_critical",
    "quantile",
    "quantile_interval",
    "student_t_critical",
    "wilson",
]

# Beyond this many degrees of freedom four terms of the expansion about the normal are
# exact to 1e-12 for levels up to 0.999 (and to 1e-9 for any level a float can hold).
_LARGE_DF = 1000

# A binomial probability this far below the highest one adds nothing to a double.
_NEGLIGIBLE = 1e-22

# A tail that equals its bound exactly must not fail it by the last bits of a sum.
_TAIL_SLACK = 1.0 + 1e-12


@frozen
class ConfidenceInterval:
    """From ``low`` to ``high``, both included, at confidence ``level`` (0.95 is 95 %).

    ``low`` and ``high`` are in the unit of what was estimated; ``method`` is how the interval
    was found: ``"Student t"``, ``"order statistics"``, ``"Wilson"`` or ``"bootstrap"``.
    Raises `InvalidInput` if ``low`` is above ``high``, either is not a number, or ``level``
    is not between 0 and 1.

    >>> 4.2 in ConfidenceInterval(3.5, 6.0, 0.95, "Student t")
    True
    """

    low: float
    high: float
    level: float
    method: str

    def __attrs_post_init__(self) -> None:
        defects = _level_defects(self.level)
        if not self.low <= self.high:
            defects.append(Defect("low", f"is {self.low}, which is not at or below {self.high}"))
        _refuse("the confidence interval", defects)

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def quantile(ordered: Sequence[float], q: float) -> float | None:
    """The *q* quantile of ascending values by linear interpolation; ``None`` over nothing.

    Type 7 of Hyndman and Fan, "Sample quantiles in statistical packages" (The American
    Statistician 50, 1996): with h = (n - 1) q counted from 0, the value at h, interpolated
    between its two neighbours.  0 gives the smallest value, 1 the largest.  Raises
    `InvalidInput` if *q* is outside 0 to 1.

    >>> quantile([1.0, 2.0, 4.0, 8.0], 0.5)
    3.0
    >>> quantile([], 0.5) is None
    True
    """
    _refuse("the quantile", _share_defects(q))
    return _interpolate(ordered, q) if len(ordered) else None


def mean_interval(
    values: Sequence[float], level: float = 0.95
) -> tuple[float | None, ConfidenceInterval | None]:
    """The mean and its Student t interval; the order of *values* does not matter.

    The mean is the exact sum, rounded once, over n; the variance (n - 1 in the divisor) comes
    from a second pass over the deviations.  The interval, mean +- t s / sqrt(n) ("Student",
    "The probable error of a mean", Biometrika 6, 1908), needs two values: below that it is
    ``None``, and over nothing the mean is too.  Raises `InvalidInput` for a level that is
    not between 0 and 1.

    >>> mean, interval = mean_interval([1.0, 2.0, 3.0])
    >>> print(f"{mean} ({interval.low:.4f} to {interval.high:.4f})")
    2.0 (-0.4841 to 4.4841)
    >>> mean_interval([7.0])
    (7.0, None)
    """
    _refuse("the mean interval", _level_defects(level))
    n = len(values)
    if n == 0:
        return None, None
    mean = math.fsum(values) / n
    if n == 1:
        return mean, None
    # The distance to (mean, mean, ...) is the root of the sum of squared deviations, found
    # in C, scaled and with compensation: as sound as fsum over the squares, four times faster.
    error = math.dist(values, (mean,) * n) / math.sqrt(n * (n - 1))
    margin = student_t_critical(level, n - 1) * error
    return mean, ConfidenceInterval(mean - margin, mean + margin, level, "Student t")


def quantile_interval(
    ordered: Sequence[float], q: float, level: float = 0.95
) -> ConfidenceInterval | None:
    """An interval for the *q* quantile that assumes no distribution, from ascending values.

    Its ends are the order statistics X(l) and X(u), ranks counted from 1, with B ~ Bin(n, q)
    and alpha = 1 - level: l is the largest rank with P(B <= l - 1) <= alpha / 2, and u the
    smallest with P(B <= u - 1) >= 1 - alpha / 2.  The chance that it covers the quantile is at
    least *level*, each side missing with at most alpha / 2.  ``None`` where no such pair
    exists: too few values, or *q* of 0 or 1.  Source: Conover, "Practical Nonparametric
    Statistics" (3rd ed., 1999), section 3.2; Hahn and Meeker, "Statistical Intervals" (1991),
    section 5.2.

    Binomial probabilities are exact up to rounding for every n; there is no normal
    approximation.  A tail within 1e-12 (relative) of alpha / 2 counts as equal to it.  The
    work grows with sqrt(n).  Raises `InvalidInput` for *q* outside 0 to 1 or a level that is
    not between 0 and 1.

    >>> quantile_interval([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.5)
    ConfidenceInterval(low=1.0, high=6.0, level=0.95, method='order statistics')
    >>> quantile_interval([1.0, 2.0, 3.0, 4.0, 5.0], 0.5) is None
    True
    """
    _refuse("the quantile interval", _share_defects(q) + _level_defects(level))
    ranks = _ranks(len(ordered), q, level)
    if ranks is None:
        return None
    low, high = ranks
    return ConfidenceInterval(ordered[low - 1], ordered[high - 1], level, "order statistics")


def wilson(successes: int, n: int, level: float = 0.95) -> ConfidenceInterval | None:
    """The score interval for a share, *successes* of *n*; ``None`` when *n* is 0.

    Wilson, "Probable inference, the law of succession, and statistical inference" (Journal of
    the American Statistical Association 22, 1927), without continuity correction.  No success
    gives a low of exactly 0, no failure a high of exactly 1.  Raises `InvalidInput` for counts
    that are negative or contradict each other, or a level that is not between 0 and 1.

    >>> share = wilson(8, 10)
    >>> print(f"{share.low:.4f} to {share.high:.4f}")
    0.4902 to 0.9433
    """
    defects = _level_defects(level)
    if n < 0:
        defects.append(Defect("n", f"is {n}, which is negative"))
    if not 0 <= successes <= max(n, 0):
        defects.append(Defect("successes", f"is {successes}, which is not between 0 and n"))
    _refuse("the Wilson interval", defects)
    if n == 0:
        return None
    z = normal_critical(level)
    centre = successes + z * z / 2
    margin = z * math.sqrt(successes * (n - successes) / n + z * z / 4)
    low = max(0.0, (centre - margin) / (n + z * z)) if successes else 0.0
    high = min(1.0, (centre + margin) / (n + z * z)) if successes < n else 1.0
    return ConfidenceInterval(low, high, level, "Wilson")


def bootstrap_interval(
    values: Sequence[float],
    statistic: Callable[[list[float]], float],
    seed: int,
    resamples: int = 1000,
    level: float = 0.95,
) -> ConfidenceInterval | None:
    """The percentile bootstrap interval of any *statistic* of *values*.

    *statistic* gets each resample, n values drawn with replacement, in the order drawn (sort
    it if the statistic needs that).  The ends are the alpha / 2 and 1 - alpha / 2 quantiles
    (type 7) of what it returned: Efron and Tibshirani, "An Introduction to the Bootstrap"
    (1993), chapter 13.  The same values in the same order and the same *seed* give the same
    interval.  The work is *resamples* times n.  ``None`` below two values.  Raises
    `InvalidInput` for a seed that is no integer, fewer than one resample, or a level that is
    not between 0 and 1.

    >>> interval = bootstrap_interval([1.0, 2.0, 3.0, 4.0], max, seed=7)
    >>> interval.high
    4.0
    """
    defects = _level_defects(level)
    if not isinstance(seed, int):  # pyright: ignore[reportUnnecessaryIsInstance]  # None is chance
        defects.append(Defect("seed", f"is {seed!r}, which is not an integer"))
    if resamples < 1:
        defects.append(Defect("resamples", f"is {resamples}, which is below 1"))
    _refuse("the bootstrap interval", defects)
    n = len(values)
    if n < 2:
        return None
    random = Random(seed)  # noqa: S311  # a seed's chance, not a secret's
    found = sorted(statistic(random.choices(values, k=n)) for _ in range(resamples))
    low, high = (_interpolate(found, share) for share in ((1 - level) / 2, (1 + level) / 2))
    return ConfidenceInterval(low, high, level, "bootstrap")


@lru_cache(maxsize=256)
def normal_critical(level: float) -> float:
    """The z with P(-z <= Z <= z) = *level* for a standard normal Z.

    Raises `InvalidInput` for a level that is not between 0 and 1.

    >>> round(normal_critical(0.95), 10)
    1.9599639845
    """
    _refuse("the critical value", _level_defects(level))

    def step(z: float) -> float:
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return (math.erfc(z / math.sqrt(2)) - (1 - level)) / (2 * density)

    return _climb(0.0, step)


@lru_cache(maxsize=4096)
def student_t_critical(level: float, df: int) -> float:
    """The t with P(-t <= T <= t) = *level* for a Student T with *df* degrees of freedom.

    Right to 1e-9 (relative) from level 0.01 on.  Up to 1000 degrees of freedom by Newton's
    method on the incomplete beta function, beyond by the expansion about the normal of
    Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 26.7.5.
    Raises `InvalidInput` for *df* below 1 or a level that is not between 0 and 1.

    >>> round(student_t_critical(0.95, 10), 10)
    2.228138852
    """
    defects = _level_defects(level)
    if df < 1:
        defects.append(Defect("df", f"is {df}, which is below 1"))
    _refuse("the critical value", defects)
    z = normal_critical(level)
    if df > _LARGE_DF:
        s = z * z
        return z + z / df * (
            (s + 1) / 4
            + ((5 * s + 16) * s + 3) / 96 / df
            + (((3 * s + 19) * s + 17) * s - 15) / 384 / df**2
            + ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92160 / df**3
        )
    # The constant of the density: a ratio of gamma functions.
    ratio = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(math.pi)

    def step(t: float) -> float:
        kernel = math.exp(-df / 2 * math.log1p(t * t / df))
        spread = math.sqrt(df + t * t)
        if t * t > 3:  # where the fraction for this tail converges fast; else its complement
            tail = ratio * kernel * t / spread * _beta_fraction(df / 2, 0.5, df / spread**2)
        else:
            tail = 1 - ratio * kernel * t / spread * _beta_fraction(0.5, df / 2, (t / spread) ** 2)
        return (tail - (1 - level)) / (2 * ratio * kernel / spread)

    # The tails of T are heavier than those of Z, so z lies at or below the answer.
    return _climb(z, step)


def _interpolate(ordered: Sequence[float], q: float) -> float:
    position = (len(ordered) - 1) * q
    index = int(position)
    fraction = position - index
    below = ordered[index]
    if fraction == 0.0:
        return below
    above = ordered[index + 1]
    # Rounding must not carry the result past the neighbour: quantiles never fall as q rises.
    return min(below + (above - below) * fraction, above)


def _climb(start: float, step: Callable[[float], float]) -> float:
    # Newton's method from below on a tail probability.  It is convex and falling, so each
    # step stays below the root: the first that does not rise is rounding, and the end.
    while (higher := start + step(start)) > start:
        start = higher
    return start


def _beta_fraction(a: float, b: float, x: float) -> float:
    # I_x(a, b) * B(a, b) / (x^a (1 - x)^b), for x below about (a + 1) / (a + b + 2): the
    # continued fraction of DLMF 8.17.22, evaluated forwards by Lentz's method.
    d = 1 / (1 - (a + b) * x / (a + 1))
    c, m, change, value = 1.0, 0, 0.0, d / a
    while abs(change - 1) > 1e-14:
        m += 1
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / (1 + even * d), 1 + even / c
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / (1 + odd * d), 1 + odd / c
        change = d * c
        value *= change
    return value


@lru_cache(maxsize=4096)
def _ranks(n: int, q: float, level: float) -> tuple[int, int] | None:
    # The ranks (l, u) of quantile_interval.  Binomial weights relative to the highest, walked
    # down and up from it until they add nothing: about 20 sqrt(n q (1 - q)) of them, found
    # with products and quotients only, so that every machine gets the same ranks.
    if n == 0 or not 0.0 < q < 1.0:
        return None
    odds = q / (1 - q)
    mode = min(int((n + 1) * q), n)
    weights = [1.0]
    first = mode
    while first > 0 and weights[-1] > _NEGLIGIBLE:
        weights.append(weights[-1] * first / ((n - first + 1) * odds))
        first -= 1
    weights.reverse()
    last = mode
    while last < n and weights[-1] > _NEGLIGIBLE:
        weights.append(weights[-1] * (n - last) / (last + 1) * odds)
        last += 1
    from_below = list(accumulate(weights))
    from_above = list(accumulate(reversed(weights)))
    bound = (1 - level) / 2 * from_below[-1] * _TAIL_SLACK
    low = first + bisect_right(from_below, bound)
    high = last + 1 - bisect_right(from_above, bound)
    return (low, high) if low >= 1 and high <= n else None


def _level_defects(level: float) -> list[Defect]:
    if 0.0 < level < 1.0:
        return []
    return [Defect("level", f"is {level}, which is not between 0 and 1")]


def _share_defects(q: float) -> list[Defect]:
    if 0.0 <= q <= 1.0:
        return []
    return [Defect("q", f"is {q}, which is not from 0 to 1")]


def _refuse(subject: str, defects: list[Defect]) -> None:
    if defects:
        raise InvalidInput(subject, defects)
