"""What the library is measured against: the least work that gives the same answer."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from itilcore.incident import Incident, Phase
from itilcore.metrics import kaplan_meier_median, mean_interval, quantile, quantile_interval, wilson


def dict_reader(path: Path) -> int:
    """A bare pass of csv.DictReader over the export."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            name = next(n for n in archive.namelist() if not n.startswith("__MACOSX"))
            with archive.open(name) as raw:
                packed = io.TextIOWrapper(raw, encoding="utf-8", newline="")
                return sum(1 for _ in csv.DictReader(packed))
    with path.open(encoding="utf-8", newline="") as text:
        return sum(1 for _ in csv.DictReader(text))


class _Group:
    def __init__(self) -> None:
        self.resolve: list[float] = []
        self.acknowledge: list[float] = []
        self.left: dict[tuple[str, str], int] = {}
        self.once = self.not_once = self.reopened = self.held = 0

    def leave(self, metric: str, reason: str) -> None:
        key = (metric, reason)
        self.left[key] = self.left.get(key, 0) + 1


def _figures(group: _Group) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, seconds in (("MTTR", group.resolve), ("MTTA", group.acknowledge)):
        ordered = sorted(seconds)
        ordered = [value / 3600.0 for value in ordered]
        found[name] = (
            mean_interval(ordered),
            quantile(ordered, 0.5),
            quantile_interval(ordered, 0.5),
            quantile(ordered, 0.9),
            quantile_interval(ordered, 0.9),
            kaplan_meier_median(ordered, []),
        )
    for name, yes, no in (
        ("FCR_PROXY", group.once, group.not_once),
        ("REOPEN_RATE", group.reopened, group.held),
    ):
        found[name] = (yes / (yes + no) if yes + no else None, wilson(yes, yes + no))
    return found


def four_by_hand(incidents: Iterable[Incident]) -> dict[str, dict[str, Any]]:
    """The four figures by priority in one hand-written pass: what a good colleague would write."""
    groups: dict[str, _Group] = {}
    whole = _Group()
    latest = None
    for incident in incidents:
        facts = incident.facts
        seen = facts.last_event_at
        if seen is not None and (latest is None or seen > latest):
            latest = seen
        key = "(none)" if facts.priority is None else facts.priority.name
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group()
        start = facts.impact_started_at
        if start is None:
            start = facts.detected_at
            if start is None:
                start = facts.logged_at
        end = facts.resolved_at
        if end is None:
            group.leave("MTTR", "open" if facts.phase is None else facts.phase.value)
        elif start is None:
            group.leave("MTTR", "start unknown")
        else:
            seconds = (end - start).total_seconds()
            if seconds >= 0:
                group.resolve.append(seconds)
            else:
                group.leave("MTTR", "negative")
        taken = facts.acknowledged_at
        if taken is None:
            group.leave("MTTA", "resolved" if facts.phase is Phase.CLOSED else "open")
        elif facts.logged_at is None:
            group.leave("MTTA", "start unknown")
        else:
            seconds = (taken - facts.logged_at).total_seconds()
            if seconds >= 0:
                group.acknowledge.append(seconds)
            else:
                group.leave("MTTA", "negative")
        if facts.first_resolved_at is None:
            group.leave("FCR_PROXY", "open")
            group.leave("REOPEN_RATE", "open")
            continue
        if facts.reassignments is None or facts.reopenings is None:
            group.leave("FCR_PROXY", "unknown")
        elif facts.reassignments or facts.reopenings:
            group.not_once += 1
        else:
            group.once += 1
        if facts.reopenings is None:
            group.leave("REOPEN_RATE", "unknown")
        elif facts.reopenings:
            group.reopened += 1
        else:
            group.held += 1
    for group in groups.values():
        whole.resolve += group.resolve
        whole.acknowledge += group.acknowledge
        whole.once += group.once
        whole.not_once += group.not_once
        whole.reopened += group.reopened
        whole.held += group.held
    return {"all": _figures(whole), **{key: _figures(group) for key, group in groups.items()}}
