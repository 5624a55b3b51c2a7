"""Generating a desk: arrivals day by day, and what becomes of each."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from statistics import NormalDist
from typing import TypeVar

from .catalogue import (
    AGENTS,
    CLOSE_CODES,
    DAILY,
    FIRST_LINE,
    HOURS,
    LOCKOUT,
    ONBOARDING,
    OUTAGE,
    REQUESTERS,
    SITES,
    WEEKDAYS,
    WEEKLY,
    Scenario,
)
from .history import History, Step

__all__ = ["generate"]

T = TypeVar("T")
_NORMAL = NormalDist()
_MINUTE = timedelta(minutes=1)
_AUTO_CLOSE = timedelta(days=5)


def generate(
    seed: int = 1, *, incidents: int = 2_000, start: date = date(2026, 1, 5), weeks: int = 13
) -> Iterator[History]:
    """About *incidents* histories over *weeks* weeks from *start* on, in the order of logging.

    The same arguments give the same histories on every machine.  Nothing happens after the
    end of the last week: what is open then stays open.  One outage falls into the middle of
    the period, a server fails every Monday about 09:00.  Raises `ValueError` where
    *incidents* or *weeks* is below 1.

    >>> first = next(generate(seed=1, incidents=100))
    >>> first.reference, first.steps[0].status
    ('INC0000001', 'new')
    """
    if incidents < 1 or weeks < 1:
        raise ValueError("incidents and weeks must be at least 1")
    return _Desk(Random(seed), incidents, start, weeks).run()


@dataclass(slots=True)
class _Arrival:
    at: datetime
    scenario: Scenario
    parent: str | None = None


class _Desk:
    def __init__(self, chance: Random, incidents: int, start: date, weeks: int) -> None:
        self._chance = chance
        self._start = start
        self._days = weeks * 7
        self._end = datetime.combine(start + timedelta(days=self._days), time(), UTC)
        self._burst = min(20, incidents // 25)
        planted = weeks + self._burst * 3 // 2
        weight = sum(WEEKDAYS[(start + timedelta(days=d)).weekday()] for d in range(self._days))
        self._per_weight = max(incidents - planted, 0) / weight
        self._outage_day = self._days // 2
        self._count = 0
        self._carry = 0.0

    def run(self) -> Iterator[History]:
        for number in range(self._days):
            day = self._start + timedelta(days=number)
            arrivals = sorted(self._arrivals(day, number), key=lambda arrival: arrival.at)
            for arrival in arrivals:
                yield self._history(arrival)

    def _pick(self, rows: Sequence[tuple[T, float]]) -> T:
        ends = list(accumulate(weight for _, weight in rows))
        place = bisect_right(ends, self._chance.random() * ends[-1])
        return rows[min(place, len(rows) - 1)][0]

    def _one(self, items: Sequence[T]) -> T:
        return items[int(self._chance.random() * len(items))]

    def _happens(self, likely: float) -> bool:
        return self._chance.random() < likely

    def _spread(self, median: float, sigma: float) -> float:
        # Kept off 0 and 1, where the inverse of the normal distribution has no value.
        share = min(max(self._chance.random(), 1e-9), 1 - 1e-9)
        return median * math.exp(sigma * _NORMAL.inv_cdf(share))

    def _minutes(self, median: float, sigma: float) -> timedelta:
        return max(round(self._spread(median, sigma)), 1) * _MINUTE

    def _arrivals(self, day: date, number: int) -> Iterator[_Arrival]:
        wanted = self._per_weight * WEEKDAYS[day.weekday()] + self._carry
        count = int(wanted)
        self._carry = wanted - count
        weights = [(scenario, self._weight(scenario, day)) for scenario in DAILY]
        hours = list(enumerate(HOURS))
        for _ in range(count):
            hour = self._pick(hours)
            minute = int(self._chance.random() * 60)
            at = datetime.combine(day, time(hour, minute), UTC)
            yield _Arrival(at, self._pick(weights))
        if day.weekday() == 0:
            late = timedelta(minutes=int(self._chance.random() * 13))
            yield _Arrival(datetime.combine(day, time(8, 54), UTC) + late, WEEKLY)
        if number == self._outage_day:
            began = datetime.combine(day, time(10, 7), UTC)
            yield _Arrival(began, OUTAGE)
            for _ in range(self._burst + int(self._chance.random() * (self._burst + 1))):
                yield _Arrival(began + self._minutes(18.0, 0.6), OUTAGE, "outage")

    def _weight(self, scenario: Scenario, day: date) -> float:
        if scenario is ONBOARDING:
            return scenario.weight * (6.0 if day.day <= 4 else 0.5)
        if scenario is LOCKOUT:
            # Passwords expire on the first Monday of a month.
            expiry = day.weekday() == 0 and day.day <= 7
            return scenario.weight * (2.5 if expiry else 1.5 if day.weekday() == 0 else 1.0)
        return scenario.weight

    def _history(self, arrival: _Arrival) -> History:
        self._count += 1
        scenario = arrival.scenario
        reference = f"INC{self._count:07d}"
        category, sub, service, home = self._one(scenario.topics)
        outage_parent = None
        if scenario is OUTAGE:
            if arrival.parent is None:
                self._parent = reference
            else:
                outage_parent = self._parent
        main = scenario is OUTAGE and arrival.parent is None
        impact = 1 if main else self._pick(list(enumerate(scenario.impacts, 1)))
        urgency = 1 if main else self._pick(list(enumerate(scenario.urgencies, 1)))
        if scenario is OUTAGE and not main:
            impact = 3 if impact == 2 else 2
        title = self._one(scenario.titles).format(sub=sub.lower(), service=service)
        life = _Life(self, arrival.at, scenario, home, impact, urgency)
        item = "srv-report-01" if scenario is WEEKLY else None
        if item is None and self._happens(0.1):
            item = f"{service.lower().replace(' ', '-')}-{1 + int(self._chance.random() * 9)}"
        return History(
            reference=reference,
            scenario=scenario.name,
            logged_at=arrival.at,
            requester=f"Caller {1 + int(self._chance.random() ** 1.6 * REQUESTERS)}",
            channel=self._pick(scenario.channels),
            site=self._pick(SITES),
            category=category,
            subcategory=sub,
            service=service,
            item=item,
            title=title,
            close_code=self._pick(CLOSE_CODES),
            steps=life.steps(self._end, self._count),
            parent=outage_parent,
        )


class _Life:
    """What becomes of one incident, step by step."""

    def __init__(
        self, desk: _Desk, at: datetime, scenario: Scenario, home: str, impact: int, urgency: int
    ) -> None:
        self._desk = desk
        self._at = at
        self._scenario = scenario
        self._home = home
        self._found: list[Step] = []
        self._group = FIRST_LINE
        self._assignee: str | None = None
        self._impact, self._urgency = impact, urgency

    def _step(self, status: str, hold: str | None = None, actor: str | None = None) -> None:
        who = actor or self._assignee or "system"
        self._found.append(
            Step(self._at, status, hold, self._group, self._assignee, who, self._impact,
                 self._urgency)
        )  # fmt: skip

    def _assign(self, group: str) -> None:
        self._group = group
        self._assignee = self._desk._one(AGENTS[group])

    def steps(self, end: datetime, number: int) -> tuple[Step, ...]:
        """The steps that happen before *end*."""
        desk, scenario = self._desk, self._scenario
        if number % 701 == 0:
            # A ticket opened by mistake and closed without a word.
            self._step("new", actor="system")
            self._at += desk._minutes(30.0, 0.5)
            self._step("closed", actor="system")
            return self._before(end)
        if number % 5:
            self._step("new", actor="system")
            self._at += desk._minutes(14.0, 1.2)
        self._assign(FIRST_LINE)
        if number % 977 == 0:
            self._step("stray")
            self._at += desk._minutes(5.0, 0.3)
        urgent = {1: 0.15, 2: 0.4}.get(self._impact + self._urgency - 1, 1.0)
        work = desk._spread(scenario.median_hours * urgent, scenario.spread) * 60.0
        if not desk._happens(0.45 if scenario is LOCKOUT else 0.12):
            self._step("new")
            self._at += desk._minutes(9.0 * urgent, 1.1)
            self._step("active")
        else:
            self._step("new")
        self._work(work)
        self._finish()
        return self._before(end)

    def _work(self, minutes: float) -> None:
        desk, scenario = self._desk, self._scenario
        parts = 1
        if desk._happens(scenario.hand_off):
            self._at += desk._minutes(max(minutes * 0.2, 2.0), 0.4)
            self._assign(self._home)
            self._step("active")
            parts += 1
            if scenario.name == "vague complaint" and desk._happens(0.5):
                # Back and forth: nobody knows whose it is.
                for group in (FIRST_LINE, self._home):
                    self._at += desk._minutes(90.0, 0.8)
                    self._assign(group)
                    self._step("active")
        if desk._happens(0.015):
            self._at += desk._minutes(20.0, 0.5)
            self._urgency = max(self._urgency - 1, 1)
            self._step("active")
        if desk._happens(scenario.hold):
            self._at += desk._minutes(max(minutes * 0.3, 3.0), 0.4)
            self._step("hold", desk._one(scenario.holds))
            self._at += desk._minutes(26 * 60.0, 1.0)
            if desk._happens(0.6):
                self._step("active")
        self._at += max(round(minutes / parts), 1) * _MINUTE

    def _finish(self) -> None:
        desk = self._desk
        self._step("resolved")
        if desk._happens(0.022):
            late = desk._happens(0.12)
            # Auto-close would end it after five days: most objections come well before.
            self._at += desk._minutes(30 * 60.0 if not late else 80 * 60.0, 0.5)
            back = self._found[-1].at + _AUTO_CLOSE - _MINUTE
            self._at = min(self._at, back)
            self._step("active")
            self._at += desk._minutes(4 * 60.0, 1.0)
            self._step("resolved")
        self._at += _AUTO_CLOSE
        self._step("closed", actor="system")
        if desk._happens(0.0006):
            self._at += desk._minutes(48 * 60.0, 0.3)
            self._step("active")
            self._at += desk._minutes(3 * 60.0, 0.5)
            self._step("resolved")

    def _before(self, end: datetime) -> tuple[Step, ...]:
        return tuple(step for step in self._found if step.at < end)
