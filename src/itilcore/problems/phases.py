"""The phases that rhythms keep to, and how many instants and how much of all is in each."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import date
from enum import Enum
from functools import lru_cache
from math import inf
from typing import Any, Final

from attrs import define, field

from .chance import log_drawn, log_survival
from .wall_clock import MOST_LAG

__all__ = ["LEAST_OCCASIONS", "PHASES", "Part", "Period", "Place", "Tally", "named", "places"]

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LEAST_OCCASIONS: Final = 3
"""A rhythm has at least three beats: two of anything are always some period apart."""
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()

Place = tuple[int, int]
"""A phase, and which occasion of it."""
Part = tuple[int, int, int, int, tuple[Place, ...]]
"""From when to when, in microseconds; how many instants, how much of the whole, and where."""


class Period(Enum):
    """What a rhythm keeps coming back to.

    >>> Period("weekly").name
    'WEEKLY'
    """

    WEEKLY = "weekly"
    DAILY = "daily"
    MONTHLY = "monthly"
    AFTER = "after"


_NTH: Final = ("first", "second", "third", "fourth")
_WORKING: Final = 5  # so many days of a week, from Monday on
_WEEKLY, _DAILY, _MONTHLY = 0, 168, 192  # where the phases of each period begin
_LAST, _LAST_WORKING, _NTH_WEEKDAY = 223, 224, 225  # which are monthly too
_AFTER: Final = _NTH_WEEKDAY + 7 * len(_NTH)
PHASES: Final = _AFTER + MOST_LAG


def places(hour: int, lag: int, event: int) -> tuple[Place, ...]:
    """The phases that an hour of the wall clock is in, and which occasion of each it is."""
    day, of_day = divmod(hour, 24)
    shared = (
        (_WEEKLY + (day + 3) % 7 * 24 + of_day, hour),  # 1970 began on a Thursday
        (_DAILY + of_day, hour),
        *_monthly(day),
    )
    return shared if lag < 0 else (*shared, (_AFTER + lag, event))


@lru_cache(maxsize=64)  # all hours of a day ask for the same
def _monthly(day: int) -> tuple[Place, ...]:
    """What a day is of its month: its number, the last one, and the how many-eth weekday."""
    on = date.fromordinal(day + _FIRST_DAY)
    weekday = on.weekday()
    found = [(_MONTHLY + on.day - 1, day)]
    last = monthrange(on.year, on.month)[1]
    if on.day == last:
        found.append((_LAST, day))
    # It is the last one where the month ends before the next: on a Friday that is three days on.
    if weekday < _WORKING and on.day + (3 if weekday == _WORKING - 1 else 1) > last:
        found.append((_LAST_WORKING, day))
    nth = (on.day - 1) // 7
    if nth < len(_NTH):
        found.append((_NTH_WEEKDAY + 7 * nth + weekday, day))
    return tuple(found)


def named(phase: int) -> dict[str, Any]:
    """The period, the phase in words and in numbers."""
    if phase < _DAILY:
        day, hour = divmod(phase, 24)
        words = f"{_DAYS[day]} {hour:02}:00"
        return {"period": Period.WEEKLY, "phase": words, "weekday": day, "hour": hour}
    if phase < _MONTHLY:
        hour = phase - _DAILY
        return {"period": Period.DAILY, "phase": f"{hour:02}:00", "hour": hour}
    if phase < _LAST:
        day = phase - _MONTHLY + 1
        return {"period": Period.MONTHLY, "phase": f"day {day}", "day": day}
    if phase == _LAST:
        return {"period": Period.MONTHLY, "phase": "last day", "day": -1}
    if phase == _LAST_WORKING:
        return {"period": Period.MONTHLY, "phase": "last working day", "nth": -1}
    if phase < _AFTER:
        nth, day = divmod(phase - _NTH_WEEKDAY, 7)
        words = f"{_NTH[nth]} {_DAYS[day]}"
        return {"period": Period.MONTHLY, "phase": words, "weekday": day, "nth": nth + 1}
    lag = phase - _AFTER
    words = f"{lag} to {lag + 1} hours after"
    return {"period": Period.AFTER, "phase": words, "lag": lag}


@define
class Tally:
    """How many instants and how much of the whole each phase has, of what is not taken out yet.

    The whole is the time watched, or where the instants are ``drawn`` from others the number
    of all of them.
    """

    drawn: bool
    left: int = 0
    whole: int = 0
    counts: list[int] = field(factory=lambda: [0] * PHASES)
    weights: list[int] = field(factory=lambda: [0] * PHASES)
    by_occasion: list[Counter[int]] = field(factory=lambda: [Counter() for _ in range(PHASES)])
    members: list[list[int]] = field(factory=lambda: [[] for _ in range(PHASES)])
    parts: list[Part] = field(factory=list)
    gone: set[int] = field(factory=set)

    def take(self, part: Part) -> None:
        """Count a part of the time in all phases that it is in."""
        _, _, count, weight, found = part
        self.left += count
        self.whole += weight
        for phase, occasion in found:
            self.weights[phase] += weight
            self.members[phase].append(len(self.parts))
            if count:
                self.counts[phase] += count
                self.by_occasion[phase][occasion] += count
        self.parts.append(part)

    def remove(self, phase: int) -> list[Part]:
        """Take out all that is left of a phase: which parts those were."""
        numbers = [number for number in self.members[phase] if number not in self.gone]
        self.gone.update(numbers)
        found = [self.parts[number] for number in numbers]
        for _, _, count, weight, where in found:
            self.left -= count
            self.whole -= weight
            for other, occasion in where:
                self.weights[other] -= weight
                if count:
                    self.counts[other] -= count
                    self.by_occasion[other][occasion] -= count
        return found

    def occasions(self, phase: int) -> list[int]:
        """How many instants each occasion of a phase has that has any."""
        return [count for count in self.by_occasion[phase].values() if count]

    def log_chance(self, phase: int, limit: float) -> float:
        """The logarithm of the p-value of a phase; anything above *limit* where it is above."""
        if self.counts[phase] * self.whole <= self.left * self.weights[phase]:
            return inf  # as many as expected
        if self._tail(phase, 0) > limit:
            return inf
        full = self.occasions(phase)
        return self._tail(phase, max(full)) if len(full) >= LEAST_OCCASIONS else inf

    def _tail(self, phase: int, without: int) -> float:
        count, left = self.counts[phase] - without, self.left - without
        weight = self.weights[phase]
        if self.drawn:
            return log_drawn(count, left, weight - without, self.whole - without)
        return log_survival(count, left, weight / self.whole)
