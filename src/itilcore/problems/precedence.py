"""Whether what recurs precedes recorded problems, more often than chance has it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import exp, inf, lgamma, log
from typing import Any, Final

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.given import several
from itilcore.incident import in_utc

__all__ = ["Precedence", "precedence"]

_SHOWN: Final = 10
"""So many defects are told at once."""

Row = tuple[int, int, int]
"""Of one value: how many looks, how many of them flagged, how many followed by a problem."""


@frozen(kw_only=True)
class Precedence:
    """What of the past a warning was worth: how often a problem followed it.

    In ``looks`` at the past, ``flagged`` times one of ``values`` values was flagged, and
    ``observed`` times of these a problem of the value followed; ``expected`` is how many it
    would be if the same number of looks at each value had been flagged by lot, ``chance`` the
    p-value: the probability of as many or more by lot.  ``needed`` is how many would have had a
    p-value of at most ``level``, ``None`` where even all could not; ``power`` is the probability
    of so many if flagging made the odds of a problem ``odds`` times what they are otherwise.

    >>> print(Precedence(looks=9, values=2, flagged=4, observed=2, expected=1.1, chance=0.3,
    ...     level=0.05, needed=4, odds=2.0, power=0.1))
    2 of 4 were followed by a problem, 1.1 expected by chance (p = 0.3)
    to be seen at 0.05 it takes 4; if the odds are 2 times as high, the chance of that is 10 %
    """

    looks: int
    values: int
    flagged: int
    observed: int
    expected: float
    chance: float
    level: float
    needed: int | None
    odds: float
    power: float

    def __str__(self) -> str:
        first = f"{self.observed} of {self.flagged} were followed by a problem"
        first += f", {self.expected:.3g} expected by chance (p = {self.chance:.2g})"
        if self.needed is None:
            return f"{first}\nto be seen at {self.level:g} there is not enough to look at"
        second = f"to be seen at {self.level:g} it takes {self.needed}; if the odds are"
        chance = f"{self.power * 100:.0f} %"
        return f"{first}\n{second} {self.odds:g} times as high, the chance of that is {chance}"


def precedence(
    flagged: Mapping[datetime, Iterable[str]],
    recorded: Iterable[tuple[datetime, str]],
    within: timedelta,
    *,
    odds: float = 2.0,
    level: float = 0.05,
) -> Precedence:
    """How often a problem was recorded *within* so long after a value was flagged.

    *flagged* has every instant at which the past was looked at, with the values that stood out
    by what was known then: none is an answer too, and such a look belongs here.  *recorded* are
    the problems: when the first record of each was made, and of which value.  One follows a look
    if it was made from its instant on and less than *within* later.

    The test is exact and within each value, so that a value with many problems, which is flagged
    often as well, proves nothing by that: of its looks those that were flagged are drawn by lot
    (hypergeometric), and the values add up.  The power is of the same test, for looks whose odds
    of a problem are *odds* times as high where they are flagged.  A lot knows no before and
    after: where problems and warnings of a value both come in spells, the p-value is too small.

    Raises `itilcore.errors.InvalidInput` for a *within* that is not longer than nothing, *odds*
    that are not more than 1, a *level* that does not lie between 0 and 1 and wrong types, and
    `itilcore.errors.NaiveInstant` for instants without a UTC offset.

    >>> from datetime import UTC
    >>> weeks = [datetime(2026, 1, 5, tzinfo=UTC) + timedelta(weeks=n) for n in range(8)]
    >>> flagged = {at: ["VPN"] if n in (2, 3, 6) else [] for n, at in enumerate(weeks)}
    >>> recorded = [(weeks[n] + timedelta(days=2), "VPN") for n in (2, 3, 6)]
    >>> found = precedence(flagged, recorded, timedelta(weeks=1))
    >>> found.observed, found.expected, round(found.chance * 56, 6)  # one choice of 56
    (3, 1.125, 1.0)
    """
    looks = _looks(flagged)
    found = _recorded(recorded)
    _check(within, odds, level)
    marks = sorted(looks)
    times: dict[str, list[datetime]] = {}
    for at, value in found:
        times.setdefault(value, []).append(at)
    often = Counter(value for values in looks.values() for value in values)
    rows: list[Row] = []
    observed = 0
    for value, count in often.items():
        followed = _followed(marks, times.get(value, []), within)
        rows.append((len(marks), count, len(followed)))
        observed += sum(value in looks[at] for at in followed)
    rows.sort()  # a sum of floats depends on the order
    by_lot, if_so = _sums(rows, 1.0), _sums(rows, odds)
    needed = next((n for n in range(len(by_lot)) if _tail(by_lot, n) <= level), None)
    return Precedence(
        looks=len(marks),
        values=len(often),
        flagged=often.total(),
        observed=observed,
        expected=sum(count * met / every for every, count, met in rows),
        chance=_tail(by_lot, observed),
        level=level,
        needed=needed,
        odds=odds,
        power=0.0 if needed is None else _tail(if_so, needed),
    )


def _looks(flagged: Any) -> dict[datetime, frozenset[str]]:
    if not isinstance(flagged, Mapping):
        problem = f"is {flagged!r:.60}: give values by the instant of a look"
        raise InvalidInput("precedence", [Defect("flagged", problem)])
    found = {
        in_utc(require_aware("flagged", at)): several(values) for at, values in flagged.items()
    }
    defects = [
        defect
        for at, values in found.items()
        for value in values
        for defect in blank_defects(f"flagged[{at.isoformat()}]", value)
    ]
    if defects:
        raise InvalidInput("precedence", defects[:_SHOWN])
    return {at: frozenset(values) for at, values in found.items()}


def _recorded(recorded: Any) -> list[tuple[datetime, str]]:
    given = several(recorded)
    defects: list[Defect] = []
    for index, each in enumerate(given):
        if not (isinstance(each, tuple) and len(each) == 2):
            problem = f"is {each!r:.60}: give an instant and a value"
            defects.append(Defect(f"recorded[{index}]", problem))
        else:
            defects += blank_defects(f"recorded[{index}]", each[1])
    if defects:
        raise InvalidInput("precedence", defects[:_SHOWN])
    return sorted((in_utc(require_aware("recorded", at)), value) for at, value in given)


def _check(within: Any, odds: Any, level: Any) -> None:
    defects: list[Defect] = []
    if not (isinstance(within, timedelta) and within > timedelta()):
        problem = f"is {within!r:.60}: give a timedelta of more than nothing"
        defects.append(Defect("within", problem))
    if type(odds) not in {int, float} or not 1 < odds < inf:
        defects.append(Defect("odds", f"is {odds!r:.60}: give a number above 1"))
    if type(level) not in {int, float} or not 0 < level < 1:
        defects.append(Defect("level", f"is {level!r:.60}: give a number between 0 and 1"))
    if defects:
        raise InvalidInput("precedence", defects)


def _followed(marks: list[datetime], times: list[datetime], within: timedelta) -> list[datetime]:
    """The looks that one of *times*, which are in order, follows."""
    found = []
    for mark in marks:
        place = bisect_left(times, mark)
        if place < len(times) and times[place] - mark < within:
            found.append(mark)
    return found


def _sums(rows: list[Row], odds: float) -> list[float]:
    """The probability of each number of flagged looks that are followed, over all values."""
    found = [1.0]
    for row in rows:
        one = _of_one(row, odds)
        added = [0.0] * (len(found) + len(one) - 1)
        for many, chance in enumerate(found):
            for more, other in enumerate(one):
                added[many + more] += chance * other
        found = added
    return found


def _of_one(row: Row, odds: float) -> list[float]:
    """The same for one value: hypergeometric, or Fisher's noncentral one where odds differ."""
    every, count, met = row
    least, most = max(0, count + met - every), min(count, met)
    logs = [
        _log_ways(met, n) + _log_ways(every - met, count - n) + n * log(odds)
        for n in range(least, most + 1)
    ]
    highest = max(logs)
    weights = [exp(each - highest) for each in logs]
    total = sum(weights)
    return [0.0] * least + [weight / total for weight in weights]


def _log_ways(of: int, chosen: int) -> float:
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def _tail(chances: list[float], least: int) -> float:
    """The probability of so many or more; certainty is 1, and no rounding makes it another."""
    if not any(chances[:least]):
        return 1.0
    return min(sum(reversed(chances[least:])), 1.0)
