"""The phases that rhythms keep to, and how many instants and how much of all is in each."""

from __future__ import annotations

from collections import Counter
from datetime import date
from enum import Enum
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


_WEEKLY, _DAILY, _MONTHLY, _AFTER = 0, 168, 192, 223  # where the phases of each period begin
PHASES: Final = _AFTER + MOST_LAG


def places(hour: int, lag: int, event: int) -> tuple[Place, ...]:
    """The phases that an hour of the wall clock is in, and which occasion of each it is."""
    day, of_day = divmod(hour, 24)
    of_month = date.fromordinal(day + _FIRST_DAY).day
    shared = (
        (_WEEKLY + (day + 3) % 7 * 24 + of_day, hour),  # 1970 began on a Thursday
        (_DAILY + of_day, hour),
        (_MONTHLY + of_month - 1, day),
    )
    return shared if lag < 0 else (*shared, (_AFTER + lag, event))


def named(phase: int) -> dict[str, Any]:
    """The period, the phase in words and in numbers."""
    if phase < _DAILY:
        day, hour = divmod(phase, 24)
        words = f"{_DAYS[day]} {hour:02}:00"
        return {"period": Period.WEEKLY, "phase": words, "weekday": day, "hour": hour}
    if phase < _MONTHLY:
        hour = phase - _DAILY
        return {"period": Period.DAILY, "phase": f"{hour:02}:00", "hour": hour}
    if phase < _AFTER:
        day = phase - _MONTHLY + 1
        return {"period": Period.MONTHLY, "phase": f"day {day}", "day": day}
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
