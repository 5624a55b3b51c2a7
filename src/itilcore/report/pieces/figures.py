"""The pieces that show the figures: the four, by priority, by month, and their distribution."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from itilcore.incident import Facts
from itilcore.metrics import MTTR, DurationResult, Result, ShareResult, SlaResult, measure_all

from .piece import FEW, Column, Piece

__all__: list[str] = []

MAIN: Final = ("MTTR", "MTTA", "FCR", "FCR_PROXY", "REOPEN_RATE")
EDGES: Final = (0.0, 1 / 60, 1 / 6, 0.5, 1.0, 4.0, 8.0, 24.0, 72.0, 168.0, 720.0, 2160.0, 8760.0)
"""Hours at which the bins of the distribution begin: nothing, a minute, ... a year."""
_MOST_MONTHS: Final = 60
_MOST_PRIORITIES: Final = 12


def few_of(groups: Iterable[tuple[str, Result]]) -> frozenset[str]:
    """The groups that rest on few incidents."""
    return frozenset(key for key, result in groups if 0 < result.n < FEW)


def _figure(result: Result) -> tuple[Any, ...]:
    if isinstance(result, DurationResult):
        interval = result.interval
        low = None if interval is None else max(interval.low, 0.0)
        high = None if interval is None else interval.high
        return (result.mean, low, high, result.median, result.p90)
    assert isinstance(result, ShareResult | SlaResult)
    between = result.interval
    found = (
        result.value,
        None if between is None else between.low,
        None if between is None else between.high,
    )
    if isinstance(result, SlaResult):
        late = result.median_breach_minutes
        counts = (result.met, result.breached, result.running_late, result.at_risk)
        return (*found, *counts, result.ever_value, None if late is None else late / 60)
    return found


_SLA_COLUMNS: Final = (
    Column("met", "count"),
    Column("breached", "count"),
    Column("running late", "count"),
    Column("at risk", "count"),
    Column("never late", "share"),
    Column("median time late", "hours"),
)


def by_group(result: Result, by: str) -> Piece:
    """One of the figures, group by group."""
    unit = "hours" if isinstance(result, DurationResult) else "share"
    names = ["mean", "95 % from", "95 % to", "median", "p90"]
    if unit == "share":
        names = ["share", "95 % from", "95 % to"]
    columns = (
        Column(by),
        Column("n", "count"),
        *(Column(name, unit) for name in names),
        *(_SLA_COLUMNS if isinstance(result, SlaResult) else ()),
        Column("left out", "count"),
    )
    groups = result.groups[:_MOST_PRIORITIES]
    hidden = len(result.groups) - len(groups)
    reading = {
        "hours": (
            "The left dot is the median: half took less. The right dot is the p90: one in ten "
            "took longer. The scale is logarithmic: each line is several times the one before."
        ),
        "share": "Each dot is the share; the bar shows where the true share lies, 19 times in 20.",
    }[unit]
    if hidden > 0:
        reading += f" {hidden:,} more groups are not shown."
    rows = [(key, found.n, *_figure(found), found.population - found.n) for key, found in groups]
    drawn = any(row[2] is not None for row in rows)
    return Piece(
        key=f"{result.name.lower().replace('_', '-')}-by-{by}",
        title=f"{result.name} by {by}",
        reading=reading,
        columns=columns,
        rows=rows,
        drawing=("spread" if unit == "hours" else "interval") if drawn else None,
        unknown=None if drawn else _why(result),
        few=few_of(groups),
    )


def _why(result: Result) -> str:
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in result.excluded)
    return f"No incident counts ({reasons or 'there is none'})."


def trend(facts: list[Facts]) -> Piece:
    """The time to resolve by the month of the resolution."""
    by_month = measure_all((MTTR,), facts, by="resolved_at")["MTTR"]
    months = [(key, found) for key, found in by_month.groups if found.n]
    shown = months[-_MOST_MONTHS:]
    reading = (
        "Each month holds the incidents resolved in it. Lower is faster; when the p90 rises and "
        "the median does not, it is the long cases that grow."
    )
    if len(months) > len(shown):
        reading += f" The last {len(shown)} of {len(months)} months are shown."
    return Piece(
        key="trend",
        title="Time to resolve by month",
        reading=reading,
        columns=(
            Column("month"),
            Column("n", "count"),
            Column("median", "hours"),
            Column("p90", "hours"),
        ),
        rows=[(key, found.n, found.median, found.p90) for key, found in shown],
        drawing="trend" if shown else None,
        unknown=None if shown else _why(by_month),
        few=few_of(shown),
    )


def distribution(facts: list[Facts]) -> Piece:
    """How the times to resolve are spread, in bins that grow."""
    bins: Counter[int] = Counter()
    for row in facts:
        start = row.impact_started_at or row.detected_at or row.logged_at
        if start is None or row.resolved_at is None:
            continue
        spent = (row.resolved_at - start).total_seconds() / 3600
        if spent >= 0:
            bins[bisect_right(EDGES, spent) - 1] += 1
    total = sum(bins.values())
    rows = [(_bin(i), bins[i], bins[i] / total) for i in range(len(EDGES))] if total else []
    while rows and not rows[-1][1]:
        rows.pop()
    return Piece(
        key="distribution",
        title="How long incidents take",
        reading=(
            "Each bar is a span of time, each several times as long as the one before. A hump on "
            "the left and a tail on the right is usual: the mean lies far right of the middle."
        ),
        columns=(Column("time to resolve"), Column("incidents", "count"), Column("share", "share")),
        rows=rows,
        drawing="columns" if rows else None,
        unknown=None if rows else "No incident has both a start and a resolution.",
    )


_EDGE_NAMES: Final = (
    "0", "1 min", "10 min", "30 min", "1 h", "4 h", "8 h", "1 d", "3 d", "7 d", "30 d", "90 d",
    "1 y",
)  # fmt: skip


def _bin(place: int) -> str:
    if place == 0:
        return "under 1 min"
    if place == len(EDGES) - 1:
        return "1 y and more"
    return f"{_EDGE_NAMES[place]} to {_EDGE_NAMES[place + 1]}"
