"""A generated desk whose every rate is known, and into which dishonesty can be planted."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from itilcore.calendars import BusinessCalendar
from itilcore.incident import (
    Held,
    HoldReason,
    Incident,
    Logged,
    Prioritised,
    Reopened,
    Resolved,
    Status,
    StatusChanged,
)
from itilcore.priority import Priority
from itilcore.sla import Agreement, Applies, Target, TargetKind

START = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = START + timedelta(days=120)
LEVELS = (Priority.P1, Priority.P2, Priority.P3, Priority.P4)
HOURS = (20.0, 30.0, 40.0, 50.0)
AGREEMENT = Agreement(
    "gold",
    [
        Target(
            TargetKind.RESOLUTION,
            timedelta(hours=hours),
            BusinessCalendar.always(),
            Applies(priorities=level.name),
        )
        for level, hours in zip(LEVELS, HOURS, strict=True)
    ],
)


def one(chance: random.Random, number: int, planted: str = "") -> Incident:
    """An incident: work without memory, holds, lowerings and reopenings at constant rates."""
    level = chance.randrange(3)
    whole = HOURS[level]
    work = chance.expovariate(1 / (0.8 * whole))
    lowered_at = chance.expovariate(0.15 / whole)
    held_at = []
    clock = chance.expovariate(1 / whole)
    while clock < work:
        held_at.append(clock)
        clock += chance.expovariate(1 / whole)
    late, gained = work > whole, None
    if planted == "resolved" and late and work < 1.4 * whole and chance.random() < 0.5:
        work = whole * chance.uniform(0.93, 1.0)
    if planted == "held" and late and chance.random() < 0.4:
        gained = whole * chance.uniform(0.92, 0.999)
        held_at = sorted([*held_at, gained])
    if planted == "lowered" and late and chance.random() < 0.5:
        lowered_at = min(lowered_at, work, whole * chance.uniform(0.95, 1.1))
    return Incident.replay(
        f"INC{number}", _events(chance, level, work, held_at, lowered_at, planted, gained)
    )


def _events(chance, level, work, held_at, lowered_at, planted, gained):
    def at(hours):
        return START + timedelta(hours=hours)

    told = [("held", each) for each in held_at] + [("lowered", lowered_at)]
    found = [Logged(START), Prioritised(START, priority=LEVELS[level])]
    waited = 0.0
    for what, clock in sorted(told, key=lambda each: each[1]):
        if clock >= work:
            break
        if what == "lowered":
            found.append(Prioritised(at(clock + waited), priority=LEVELS[level + 1]))
            continue
        found.append(Held(at(clock + waited), HoldReason.AWAITING_CALLER))
        waited += chance.expovariate(1 / 5)
        if chance.random() < 0.3 and clock != gained:  # some are resolved while they wait
            work = clock
            break
        found.append(StatusChanged(at(clock + waited), Status.IN_PROGRESS))
    found.append(Resolved(at(work + waited)))
    near = 0.9 * HOURS[level] <= work <= HOURS[level]
    if chance.random() < (0.6 if planted == "reopened" and near else 0.1):
        found.append(Reopened(at(work + waited + chance.uniform(1, 100))))
    return found


def desk(seed: int, incidents: int, planted: str = "") -> list[Incident]:
    """So many incidents of one seed."""
    chance = random.Random(seed)
    return [one(chance, number, planted) for number in range(incidents)]
