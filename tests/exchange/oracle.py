"""The figures of an audit log from the csv module and statistics alone: nothing of the library."""

from __future__ import annotations

import csv
import io
import statistics
import zipfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

STATES = {"New": "NEW", "Active": "IN_PROGRESS", "Resolved": "RESOLVED", "Closed": "CLOSED"}
HOURS = timedelta(hours=1)


def when(text: str) -> datetime | None:
    return None if text == "?" else datetime.strptime(text, "%d/%m/%Y %H:%M")


def status(text: str) -> str:
    if text.startswith("Awaiting"):
        return "ON_HOLD"
    return STATES.get(text, f"UNKNOWN({text})")


def rows_of(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if not n.startswith("__MACOSX"))
        text = io.TextIOWrapper(archive.open(name), encoding="utf-8", newline="")
        return list(csv.DictReader(text))


def spread(values: list[float]) -> dict[str, Any]:
    deciles = statistics.quantiles(values, n=10, method="inclusive") if len(values) > 1 else values
    return {
        "n": len(values),
        "mean": statistics.fmean(values),
        "median": statistics.median(values),
        "p90": deciles[-1],
    }


def incident_of(rows: list[dict[str, str]]) -> dict[str, Any]:
    """What one incident shows, by looking at its rows."""
    states = [status(r["incident_state"]) for r in rows]
    ats = [when(r["sys_updated_at"]) for r in rows]
    pairs = list(zip(states, states[1:], strict=False))
    entries = [
        at
        for before, now, at in zip([None, *states], states, ats, strict=False)
        if now == "RESOLVED" and before != "RESOLVED"
    ]
    over = {"RESOLVED", "CLOSED"}
    again = [
        at
        for (a, b), at in zip(pairs, ats[1:], strict=True)
        if a in over and b not in over and not b.startswith("UNKNOWN")
    ]
    owners = [at for r, at in zip(rows, ats, strict=True) if r["assigned_to"] != "?"]
    last = rows[-1]
    return {
        "opened": when(rows[0]["opened_at"]),
        "entries": entries,
        "resolved_at": when(last["resolved_at"]),
        "acknowledged": owners[0] if owners else None,
        "again": again,
        # By the order of the rows: their times may run backwards.
        "held": bool(entries) and _held(states),
        "reopen_count": int(last["reopen_count"]),
        "reassignments": int(last["reassignment_count"]),
        "priority": "P" + last["priority"][0],
        "priorities": len({r["priority"] for r in rows}),
        "first": states[0],
        "moves": Counter(f"{a} -> {b}" for a, b in pairs if a != b),
        "made_sla": last["made_sla"] == "true",
        "stray": sum(s.startswith("UNKNOWN") for s in states),
    }


def _held(states: list[str]) -> bool:
    after = states[len(states) - 1 - states[::-1].index("RESOLVED") :]
    return all(s in {"RESOLVED", "CLOSED"} or s.startswith("UNKNOWN") for s in after)


def facts(rows: list[dict[str, str]]) -> dict[str, Any]:
    """Every figure that a report on the log must give."""
    by_number: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_number.setdefault(row["number"], []).append(row)
    found = [incident_of(group) for group in by_number.values()]
    resolved = [i for i in found if i["entries"]]
    columned = [i for i in found if i["resolved_at"]]
    waits = [
        (i["acknowledged"] - i["opened"]) / HOURS for i in found if i["acknowledged"] is not None
    ]
    moves: Counter[str] = Counter()
    for incident in found:
        moves.update(incident["moves"])

    def by_column(group: list[dict[str, Any]]) -> dict[str, Any]:
        return spread([(i["resolved_at"] - i["opened"]) / HOURS for i in group])

    return {
        "rows": len(rows),
        "incidents": len(found),
        "ever resolved": len(resolved),
        "trail": spread([(i["entries"][-1] - i["opened"]) / HOURS for i in resolved if i["held"]]),
        "first": spread([(i["entries"][0] - i["opened"]) / HOURS for i in resolved]),
        "column": by_column(columned),
        "column by priority": {
            p: by_column([i for i in columned if i["priority"] == p])
            for p in sorted({i["priority"] for i in columned})
        },
        "no column": len(found) - len(columned),
        "no column, but resolved": sum(not i["resolved_at"] and bool(i["entries"]) for i in found),
        "reopened": sum(i["reopen_count"] > 0 for i in found),
        "reopenings": sum(i["reopen_count"] for i in found),
        "reopened by trail": sum(bool(i["again"]) for i in found),
        "reopenings by trail": sum(len(i["again"]) for i in found),
        "reopened in 7 days": sum(
            bool(i["again"]) and i["again"][0] - i["entries"][0] <= timedelta(days=7)
            for i in resolved
        ),
        "never reassigned": sum(i["reassignments"] == 0 for i in found),
        "once": sum(i["reassignments"] == 0 and not i["again"] for i in found),
        "once of resolved": sum(i["reassignments"] == 0 and not i["again"] for i in resolved),
        "priority changed": sum(i["priorities"] > 1 for i in found),
        "acknowledged": len(waits),
        "acknowledged too early": sum(w < 0 for w in waits),
        "mtta": spread([w for w in waits if w >= 0]),
        "moves": dict(moves),
        "first seen": dict(Counter(i["first"] for i in found)),
        "made sla": sum(i["made_sla"] for i in found),
        "stray": sum(i["stray"] for i in found),
        "cells": {(r["impact"][0], r["urgency"][0]): r["priority"][0] for r in rows},
    }
