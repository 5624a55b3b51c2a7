"""Incidents and their figures: replaying, measuring, looking up, and bytes."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.floors import four_by_hand
from benchmarks.timing import Row, paired, row
from itilcore.incident import (
    Acknowledged,
    Assigned,
    Closed,
    Facts,
    Incident,
    Logged,
    Prioritised,
    Resolved,
    Status,
    StatusChanged,
)
from itilcore.metrics import FCR_PROXY, MTTA, MTTR, REOPEN_RATE, measure_all
from itilcore.priority import Impact, Priority, PriorityMatrix, Urgency


def many(count: int) -> list[Incident]:
    """Folded incidents of six events each, spread over priorities and outcomes."""
    start = datetime(2026, 1, 5, tzinfo=UTC)
    minute = timedelta(minutes=1)
    levels = list(zip(Impact.default_scale(), Urgency.default_scale(), strict=True))
    priorities = Priority.default_scale()
    found = []
    gc.disable()  # it would look through all that is made, again and again
    for i in range(count):
        at = start + (i % 500_000) * minute
        impact, urgency = levels[i % 3]
        events: list[Any] = [
            Logged(at),
            Prioritised(at, impact, urgency, priorities[i % 5]),
            Assigned(at + minute, "Desk"),
        ]
        if i % 11:
            events.append(Acknowledged(at + (i % 97) * minute))
        if i % 4 == 0:
            events.append(Assigned(at + 5 * minute, "Network"))
        if i % 13:
            events.append(Resolved(at + (7 + i * 7919 % 10_007) * minute))
            if i % 50 == 0:
                later = at + 20_000 * minute
                events.append(StatusChanged(later, Status.IN_PROGRESS))
                events.append(Resolved(later + minute))
            events.append(Closed(at + 30_000 * minute))
        found.append(Incident.replay(f"INC{i}", events))
    gc.enable()
    return found


def measuring(incidents: list[Incident], runs: int) -> Row:
    """The four by priority over folded incidents against a hand-written single pass."""
    metrics = (MTTR, MTTA, FCR_PROXY, REOPEN_RATE)
    ours, floor = paired(
        lambda: measure_all(metrics, incidents, by="priority"),
        lambda: four_by_hand(incidents),
        runs,
        collecting=True,
    )
    return row(f"measure_all of four by priority, {len(incidents):,} incidents", ours, floor, 1.2)


def folding(runs: int) -> Row:
    """Replaying six events against making the same events and a tuple of them."""
    at = datetime(2026, 1, 5, tzinfo=UTC)

    def events() -> tuple[Any, ...]:
        return (Logged(at), Assigned(at, "Desk"), Acknowledged(at),
                StatusChanged(at, Status.IN_PROGRESS), Resolved(at), Closed(at))  # fmt: skip

    ours, floor = paired(
        lambda: [Incident.replay("INC", events()) for _ in range(20_000)],
        lambda: [events() for _ in range(20_000)],
        runs,
        collecting=True,
    )
    return row("replay of six events over making them", ours, floor)


def looking_up(runs: int) -> Row:
    """An explained priority against a dict on a pair."""
    matrix = PriorityMatrix.itil()
    plain = {(impact, urgency): priority for impact, urgency, priority in matrix.cells}
    impact, urgency = Impact.HIGH, Urgency.LOW
    ours, floor = paired(
        lambda: [matrix.assess(impact, urgency) for _ in range(200_000)],
        lambda: [plain[impact, urgency] for _ in range(200_000)],
        runs,
        collecting=True,
    )
    return row("explained priority over a dict look-up", ours, floor)


def sizes() -> list[Row]:
    """Bytes of an incident of six events, of an event and of a row of facts."""

    def bytes_each(make: Callable[[], list[object]], count: int) -> float:
        gc.collect()
        tracemalloc.start()
        kept = make()
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        del kept
        return size / count

    at = datetime(2026, 1, 5, tzinfo=UTC)
    n = 20_000
    found = [
        ("bytes per incident", bytes_each(lambda: list(many(n)), n)),
        ("bytes per event", bytes_each(lambda: [Acknowledged(at) for _ in range(n)], n)),
        ("bytes per Facts row", bytes_each(lambda: [Facts(reference="INC") for _ in range(n)], n)),
    ]
    return [row(name, size) for name, size in found]


def all_of(quick: bool) -> Iterable[Row]:
    """Replaying, looking up, bytes; and the four figures over many incidents."""
    runs = 1 if quick else 5
    yield folding(runs)
    yield looking_up(runs)
    yield from sizes()
    yield measuring(many(10_000 if quick else 1_000_000), min(runs, 3))
