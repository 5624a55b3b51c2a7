"""Kaplan-Meier: what durations are like when some cases have not ended yet.

A median over ended cases alone leaves out the ones still open, which are the long ones.
Here an *event* is a duration seen to its end and a *censored* duration one that was still
running when last seen.  Source: Kaplan and Meier, "Nonparametric estimation from incomplete
observations" (Journal of the American Statistical Association 53, 1958).

Ties: at equal time events come before censorings, so a case censored at t is still at risk
at t.  Flat: where the curve stands level at the height asked for, the answer is the midpoint
of that level stretch.  Without censoring the median is then the plain sample median.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence

from attrs import frozen

from itilcore.errors import Defect, InvalidInput

__all__ = ["SurvivalCurve", "kaplan_meier", "kaplan_meier_median"]

# Survival this close to a height counts as equal to it: the root of the machine epsilon, as
# R's survfit has it.  Products of ratios are rounded; up to some 30 million cases the
# steps of an uncensored curve are wider than this.
_EQUAL = 2.0**-26


@frozen
class SurvivalCurve:
    """The share of cases still running beyond each time: a falling step function.

    The four tuples run together, one entry for each distinct time at which events happened,
    ascending: ``times`` (the unit of the durations), ``survival`` just after that time (a share),
    ``at_risk`` just before it and ``events`` at it (counts of cases).  ``seen_until`` is the
    longest duration, censored ones included; ``None`` over nothing.  Raises `InvalidInput` if
    the tuples differ in length.

    >>> curve = kaplan_meier([1.0, 2.0, 4.0], [3.0])
    >>> curve.times, curve.survival, curve.at_risk, curve.events
    ((1.0, 2.0, 4.0), (0.75, 0.5, 0.0), (4, 3, 1), (1, 1, 1))
    """

    times: tuple[float, ...]
    survival: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    seen_until: float | None

    def __attrs_post_init__(self) -> None:
        steps = len(self.times)
        columns = (("survival", self.survival), ("at_risk", self.at_risk), ("events", self.events))
        defects = [
            Defect(name, f"has {len(column)} entries where times has {steps}")
            for name, column in columns
            if len(column) != steps
        ]
        if defects:
            raise InvalidInput("the survival curve", defects)

    def survival_at(self, t: float) -> float | None:
        """The share of cases that last longer than *t*: 1.0 before the first event.

        ``None`` where nothing is known: beyond ``seen_until`` when the curve has not reached 0
        by then, and over nothing.

        >>> curve = kaplan_meier([1.0, 2.0], [3.0, 3.0])
        >>> curve.survival_at(0.5), curve.survival_at(2.0), curve.survival_at(9.0)
        (1.0, 0.5, None)
        """
        if self.seen_until is None:
            return None
        steps = bisect_right(self.times, t)
        share = self.survival[steps - 1] if steps else 1.0
        return share if t <= self.seen_until or share == 0.0 else None

    def quantile(self, p: float) -> float | None:
        """The time by which a share *p* of the cases have ended; ``None`` if it never comes.

        The first time at which survival is at or below 1 - *p*.  If survival equals 1 - *p*
        there (within 2**-26, about 1.5e-8) and falls again later, the midpoint between that
        time and the next fall: the rule of R's ``survfit``.  Raises `InvalidInput` if *p* is
        not between 0 and 1.

        >>> kaplan_meier([1.0, 2.0, 4.0], [3.0]).quantile(0.25)
        1.5
        """
        if not 0.0 < p < 1.0:
            problem = f"is {p}, which is not between 0 and 1"
            raise InvalidInput("the survival quantile", [Defect("p", problem)])
        height = 1.0 - p
        # Survival never rises, so its negative ascends; first step below height + tolerance.
        step = bisect_right(self.survival, -(height + _EQUAL), key=lambda share: -share)
        if step == len(self.times):
            return None
        time = self.times[step]
        level = abs(self.survival[step] - height) < _EQUAL
        if level and step + 1 < len(self.times):
            return _midpoint(time, self.times[step + 1])
        return time

    def median(self) -> float | None:
        """The time by which half of the cases have ended, or ``None``: ``quantile(0.5)``.

        >>> kaplan_meier([1.0, 2.0, 4.0], [3.0]).median()
        3.0
        >>> kaplan_meier([1.0], [2.0, 3.0]).median() is None
        True
        """
        return self.quantile(0.5)


def kaplan_meier(durations: Sequence[float], censored: Sequence[float]) -> SurvivalCurve:
    """The survival curve of *durations* that ended and *censored* ones, in one unit, any order.

    Raises `InvalidInput` naming every duration that is not finite.

    >>> kaplan_meier([2.0, 2.0, 5.0], [2.0]).survival
    (0.5, 0.0)
    """
    _require_finite(durations, censored)
    ordered, ends = sorted(durations), sorted(censored)
    events = Counter(ordered)
    remaining = len(ordered) + len(ends)
    gone = 0
    # Between two censorings the factors telescope: survival is start * left / run, which
    # leaves no rounding to gather (and k / n exactly while nothing was censored).
    start, share, run = 1.0, 1.0, remaining
    survival: list[float] = []
    at_risk: list[int] = []
    for time, count in events.items():
        before = bisect_left(ends, time, gone)
        if before > gone:
            remaining -= before - gone
            gone, start, run = before, share, remaining
        at_risk.append(remaining)
        remaining -= count
        share = start * (remaining / run)
        survival.append(share)
    longest = max(ordered[-1:] + ends[-1:], default=None)
    return SurvivalCurve(
        times=tuple(events),
        survival=tuple(survival),
        at_risk=tuple(at_risk),
        events=tuple(events.values()),
        seen_until=longest,
    )


def kaplan_meier_median(
    ordered_events: Sequence[float], ordered_censored: Sequence[float]
) -> float | None:
    """The median of the survival curve, without the curve: both sequences are ascending.

    The same as ``kaplan_meier(ordered_events, ordered_censored).median()``.  Without censoring
    it reads the middle of the sequence; with it, it looks once at each stretch between two
    censorings and stops at the median.  Order and finiteness are the caller's to keep.

    >>> kaplan_meier_median([1.0, 2.0, 4.0, 9.0], [])
    3.0
    >>> kaplan_meier_median([1.0, 2.0, 4.0], [3.0])
    3.0
    >>> kaplan_meier_median([1.0], [2.0, 3.0]) is None
    True
    """
    events, ends = ordered_events, ordered_censored
    n = len(events)
    if n and not len(ends):
        return _midpoint(events[(n - 1) // 2], events[n // 2])
    start, done, gone = 1.0, 0, 0
    while done < n:
        # One stretch: the events from here up to the next censoring that takes a case away.
        gone = bisect_left(ends, events[done], gone)
        stop = bisect_right(events, ends[gone], done) if gone < len(ends) else n
        run = n - done + len(ends) - gone
        share = start * ((run - (stop - done)) / run)
        if share < 0.5 + _EQUAL:
            return _median_in(events, done, stop, start, run)
        start, done = share, stop
    return None


def _median_in(events: Sequence[float], done: int, stop: int, start: float, run: int) -> float:
    # The median lies in this stretch: survival after m of its events is start * (run - m) / run.
    def share(m: int) -> float:
        return start * ((run - m) / run)

    m = bisect_left(range(stop - done), True, key=lambda m: share(m) < 0.5 + _EQUAL)
    time = events[done + m - 1]
    after = bisect_right(events, time, done + m, stop)
    if abs(share(after - done) - 0.5) < _EQUAL and after < len(events):
        return _midpoint(time, events[after])
    return time


def _midpoint(low: float, high: float) -> float:
    # The arithmetic of estimate.quantile, so that the two agree to the last bit.
    return low + (high - low) * 0.5


def _require_finite(durations: Sequence[float], censored: Sequence[float]) -> None:
    defects = [
        Defect(f"{name}[{index}]", f"is {value}, which is not finite")
        for name, values in (("durations", durations), ("censored", censored))
        if not all(map(math.isfinite, values))  # the whole check, for all but bad input
        for index, value in enumerate(values)
        if not math.isfinite(value)
    ]
    if defects:
        raise InvalidInput("the durations", defects)
