"""``python -m benchmarks``: each of our times as a ratio to a floor of the same run."""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.floors import dict_reader, four_by_hand
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
from itilcore.sample import generate, write_servicenow

Row = dict[str, Any]


def paired(
    ours: Callable[[], object], floor: Callable[[], object], runs: int
) -> tuple[float, float]:
    """Median seconds of both, run in turn, so that a machine that slows down slows both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for measured, kept in zip((ours, floor), times, strict=True):
            gc.collect()
            start = time.perf_counter()
            measured()
            kept.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def row(name: str, ours: float, floor: float | None, goal: float | None) -> Row:
    ratio = None if floor is None else ours / floor
    return {"name": name, "ours": ours, "floor": floor, "ratio": ratio, "goal": goal,
            "peer": None, "peer_ratio": None}  # fmt: skip


def _command(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )


def report_on_an_export(export: Path, runs: int) -> Row:
    """`report --json` as a whole process against a bare pass over its rows.

    Ours includes the start of the interpreter and the imports; the floor does not.
    """
    report = ("-m", "itilcore.cli", "report", str(export), "--tz", "UTC", "--json")
    ours, floor = paired(lambda: _command(*report), lambda: dict_reader(export), runs)
    return row("report --json over csv.DictReader", ours, floor, 5.0)


def many(count: int) -> list[Incident]:
    """Folded incidents of six events each, spread over priorities and outcomes."""
    start = datetime(2026, 1, 5, tzinfo=UTC)
    minute = timedelta(minutes=1)
    levels = list(zip(Impact.default_scale(), Urgency.default_scale(), strict=True))
    priorities = Priority.default_scale()
    found = []
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
    return found


def measuring(incidents: list[Incident], runs: int) -> Row:
    """The four by priority over folded incidents against a hand-written single pass."""
    metrics = (MTTR, MTTA, FCR_PROXY, REOPEN_RATE)
    ours, floor = paired(
        lambda: measure_all(metrics, incidents, by="priority"),
        lambda: four_by_hand(incidents),
        runs,
    )
    return row(f"measure_all of four by priority, {len(incidents):,} incidents", ours, floor, 1.2)


def importing(runs: int) -> Row:
    """`import itilcore` against importing attrs and cattrs, interpreter start taken off."""

    def seconds(code: str) -> float:
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            _command("-c", code)
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    bare = seconds("pass")
    ours = max(seconds("import itilcore") - bare, 1e-4)
    floor = max(seconds("import attrs, cattrs") - bare, 1e-4)
    return row("import itilcore over import attrs, cattrs", ours, floor, 2.0)


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
    )
    return row("replay of six events over making them", ours, floor, None)


def looking_up(runs: int) -> Row:
    """An explained priority against a dict on a pair."""
    matrix = PriorityMatrix.itil()
    plain = {(impact, urgency): priority for impact, urgency, priority in matrix.cells}
    impact, urgency = Impact.HIGH, Urgency.LOW
    ours, floor = paired(
        lambda: [matrix.assess(impact, urgency) for _ in range(200_000)],
        lambda: [plain[impact, urgency] for _ in range(200_000)],
        runs,
    )
    return row("explained priority over a dict look-up", ours, floor, None)


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
    return [row(name, size, None, None) for name, size in found]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print a list of rows as JSON")
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run at all?")
    parser.add_argument(
        "--export",
        type=Path,
        default=os.environ.get("ITILCORE_AUDIT_LOG"),
        help="a ServiceNow audit log to report on; a generated one without it",
    )
    options = parser.parse_args()
    runs = 1 if options.quick else 5
    with tempfile.TemporaryDirectory() as folder:
        export = None if options.export is None or options.quick else Path(options.export)
        if export is None:
            export = Path(folder) / "generated.csv"
            with export.open("w", encoding="utf-8", newline="") as out:
                write_servicenow(generate(seed=1, incidents=500 if options.quick else 20_000), out)
        rows = [report_on_an_export(export, runs)]
    rows.append(importing(3 if options.quick else 15))
    rows.append(folding(runs))
    rows.append(looking_up(runs))
    rows += sizes()
    rows.append(measuring(many(10_000 if options.quick else 1_000_000), runs))
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    for found in rows:
        floor = "" if found["floor"] is None else f"  floor {found['floor']:.4g}"
        ratio = "" if found["ratio"] is None else f"  ratio {found['ratio']:.2f}"
        goal = "" if found["goal"] is None else f"  goal {found['goal']:.2f}"
        print(f"{found['name']}: {found['ours']:.4g}{floor}{ratio}{goal}")


if __name__ == "__main__":
    main()
