"""SLA clocks: readings a second, with and without the account, and where the time goes."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.calendars import office
from benchmarks.timing import Row, paired, row
from itilcore.calendars import BusinessCalendar
from itilcore.incident import (
    Acknowledged,
    Assigned,
    Held,
    HoldReason,
    Incident,
    Logged,
    Resolved,
    Status,
    StatusChanged,
)
from itilcore.sla import Agreement, Target, TargetKind

AT = datetime(2026, 12, 1, tzinfo=UTC)
WITHIN = {TargetKind.RESPONSE: timedelta(hours=1), TargetKind.RESOLUTION: timedelta(hours=8)}


def agreement(calendar: BusinessCalendar) -> Agreement:
    return Agreement("gold", [Target(kind, within, calendar) for kind, within in WITHIN.items()])


def stories(count: int) -> list[Incident]:
    """Incidents of six events, a hold among them, some of them late."""
    minute = timedelta(minutes=1)
    first = datetime(2026, 1, 5, 15, tzinfo=UTC)
    found = []
    for i in range(count):
        at = first + i % 40_000 * 7 * minute
        events = (
            Logged(at),
            Assigned(at + minute, "Desk"),
            Acknowledged(at + (5 + i % 90) * minute),
            Held(at + 120 * minute, HoldReason.AWAITING_CALLER),
            StatusChanged(at + (200 + i % 500) * minute, Status.IN_PROGRESS),
            Resolved(at + (700 + i % 3_000) * minute),
        )
        found.append(Incident.replay(f"INC{i}", events))
    return found


def by_hand(calendar: BusinessCalendar, incidents: list[Incident]) -> list[tuple[object, ...]]:
    """Due instant and open time of both clocks, from the six events as they are known to be."""
    found: list[tuple[object, ...]] = []
    for incident in incidents:
        logged, _, taken, held, resumed, resolved = incident.timeline.events
        pauses = [(held.at, resumed.at)]
        found.append(
            (
                calendar.add(logged.at, WITHIN[TargetKind.RESPONSE]),
                calendar.elapsed(logged.at, taken.at),
                calendar.add(logged.at, WITHIN[TargetKind.RESOLUTION], pauses=pauses),
                calendar.elapsed(logged.at, resolved.at, pauses=pauses),
            )
        )
    return found


def readings(quick: bool) -> Iterable[Row]:
    """Seconds an incident of six events under two targets, against the calendar's part of it."""
    calendar = office()
    promised, incidents = agreement(calendar), stories(200 if quick else 4_000)
    count, runs = len(incidents), 1 if quick else 9

    def without() -> None:
        for _ in promised.readings(incidents, AT):
            pass

    def accounted() -> None:
        for _, found in promised.readings(incidents, AT):
            for reading in found:
                _ = reading.account

    ours, floor = paired(without, lambda: by_hand(calendar, incidents), runs)
    yield row(f"both readings of an incident ({count / ours:,.0f}/s)", ours / count, floor / count)
    ours, floor = paired(accounted, without, runs)
    yield row(
        f"both with their accounts ({count / ours:,.0f}/s) over those without",
        ours / count,
        floor / count,
    )


def shares(count: int = 3_000) -> dict[str, float]:
    """Which share of the time of readings is spent in which module of the library."""
    promised, incidents = agreement(office()), stories(count)
    list(promised.readings(incidents, AT))
    profile = cProfile.Profile()
    profile.enable()
    for _ in promised.readings(incidents, AT):
        pass
    profile.disable()
    found: dict[str, float] = {}
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # it has, untyped
    for (file, _, _), (_, _, own, _, _) in stats.items():
        path = Path(file)
        name = f"{path.parent.name}/{path.stem}" if "itilcore" in path.parts else "Python itself"
        found[name] = found.get(name, 0.0) + own
    total = sum(found.values())
    ordered = sorted(found.items(), key=lambda pair: -pair[1])
    return {name: own / total for name, own in ordered}
