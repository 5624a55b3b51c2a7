"""Whole processes: a report on an export, and what an import costs."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from benchmarks.floors import dict_reader
from benchmarks.timing import Row, command, paired, row
from itilcore.sample import generate, write_servicenow


def report_on_an_export(export: Path, runs: int) -> Row:
    """`report --json` as a whole process against a bare pass over its rows.

    Ours includes the start of the interpreter and the imports; the floor does not.
    """
    report = ("-m", "itilcore.cli", "report", str(export), "--tz", "UTC", "--json")
    ours, floor = paired(
        lambda: command(*report), lambda: dict_reader(export), runs, collecting=True
    )
    return row("report --json over csv.DictReader", ours, floor, 5.0)


def importing(runs: int) -> Row:
    """`import itilcore` against importing attrs and cattrs, interpreter start taken off."""

    def seconds(code: str) -> float:
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            command("-c", code)
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    bare = seconds("pass")
    ours = max(seconds("import itilcore") - bare, 1e-4)
    floor = max(seconds("import attrs, cattrs") - bare, 1e-4)
    return row("import itilcore over import attrs, cattrs", ours, floor, 2.0)


def all_of(quick: bool) -> Iterable[Row]:
    """A report on the audit log that ITILCORE_AUDIT_LOG names, or on a generated one."""
    given = os.environ.get("ITILCORE_AUDIT_LOG")
    runs = 1 if quick else 5
    if given and not quick:
        yield report_on_an_export(Path(given), runs)
    else:
        with tempfile.TemporaryDirectory() as folder:
            export = Path(folder) / "generated.csv"
            with export.open("w", encoding="utf-8", newline="") as out:
                write_servicenow(generate(seed=1, incidents=500 if quick else 20_000), out)
            yield report_on_an_export(export, runs)
    yield importing(3 if quick else 15)
