"""The pieces about the work: where time goes, the backlog, what comes back, who is busy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from itilcore.incident import Facts
from itilcore.metrics import MTTR, GroupTime, VendorReliability, measure_all

from .figures import few_of
from .piece import FEW, Column, Piece

__all__: list[str] = []

_MOST: Final = 10
_MOST_MONTHS: Final = 60
_AGES: Final = (
    ("under 1 day", 1),
    ("1 to 7 days", 7),
    ("7 to 30 days", 30),
    ("30 to 90 days", 90),
    ("90 days and more", 10**6),
)


def where_time_goes(facts: list[Facts], hold_seconds: dict[str, float]) -> Piece:
    """What the resolved incidents spent their time on, all added up."""
    resolved = [row for row in facts if row.resolved_at is not None]
    waits = [
        (row.acknowledged_at - row.logged_at).total_seconds()
        for row in resolved
        if row.acknowledged_at is not None and row.logged_at is not None
    ]
    held = sorted(hold_seconds.items(), key=lambda item: -item[1])
    spent = {
        "open, nobody works on it": sum(row.open_seconds for row in resolved),
        "being worked on": sum(row.active_seconds for row in resolved),
        **{f"on hold: {name}": seconds for name, seconds in held[:_MOST]},
        "on hold: other reasons": sum(seconds for _, seconds in held[_MOST:]),
        "status not shown": sum(row.unknown_seconds for row in resolved),
    }
    total = sum(spent.values())
    rows = [
        (name, seconds / 3600, seconds / total) for name, seconds in spent.items() if seconds > 0
    ]
    reading = (
        "All hours of wall-clock time of the resolved incidents from logging on, nights and "
        "weekends included, the time after a resolution left out. What is on hold waits for "
        "somebody outside the desk."
    )
    if waits:
        share = sum(waits) / len(waits) / 3600
        reading += (
            f" Of it {len(waits):,} incidents waited {share:,.1f} hours each, on average, for "
            "their acknowledgement."
        )
    return Piece(
        key="where-time-goes",
        title="Where the time goes",
        reading=reading,
        columns=(Column("what"), Column("hours", "count"), Column("share", "share")),
        rows=[(name, round(hours), share) for name, hours, share in rows],
        drawing="shares" if rows else None,
        unknown=None if rows else "The source does not show how long incidents were in a status.",
    )


def _ended(row: Facts) -> datetime | None:
    ends = [end for end in (row.resolved_at, row.closed_at) if end is not None]
    return min(ends) if ends else None


def backlog(facts: list[Facts], at: datetime | None) -> Piece:
    """How many incidents were unresolved at the end of each month."""
    changes: Counter[str] = Counter()
    for row in facts:
        if row.logged_at is not None:
            changes[f"{row.logged_at:%Y-%m}"] += 1
            end = _ended(row)
            if end is not None:
                changes[f"{max(end, row.logged_at):%Y-%m}"] -= 1
    rows: list[tuple[str, int]] = []
    left = 0
    for month, change in sorted(changes.items()):
        left += change
        rows.append((month, left))
    rows = _every_month(rows)[-_MOST_MONTHS:]
    until = "" if at is None else f" The last one ends at {at:%Y-%m-%d %H:%M} UTC."
    return Piece(
        key="backlog",
        title="Unresolved incidents at the end of each month",
        reading=(
            "A line that climbs means that more comes in than is resolved. An incident that was "
            f"reopened counts as unresolved throughout.{until}"
        ),
        columns=(Column("month"), Column("unresolved", "count")),
        rows=rows,
        drawing="line" if rows else None,
        unknown=None if rows else "The source does not say when incidents were logged.",
    )


def _every_month(rows: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The months between two are as the one before."""
    found = rows[:1]
    for (month, count), (until, after) in pairwise(rows):
        year, number = map(int, month.split("-"))
        while True:
            year, number = (year, number + 1) if number < 12 else (year + 1, 1)
            if (here := f"{year:04d}-{number:02d}") == until:
                found.append((until, after))
                break
            found.append((here, count))
    return found


def ageing(facts: list[Facts], at: datetime | None) -> Piece:
    """How old the unresolved incidents are."""
    ages: Counter[str] = Counter()
    for row in facts:
        if at is not None and row.logged_at is not None and _ended(row) is None:
            age = at - row.logged_at
            ages[next(name for name, days in _AGES if age < timedelta(days=days))] += 1
    rows = [(name, ages[name]) for name, _ in _AGES] if ages else []
    return Piece(
        key="ageing",
        title="Age of what is unresolved",
        reading="Counted from logging to the end of the data. Old ones at the bottom need a look.",
        columns=(Column("age"), Column("incidents", "count")),
        rows=rows,
        drawing="bars" if rows else None,
        unknown=None if rows else "Nothing is unresolved.",
    )


def counted(facts: list[Facts], name: str, title: str, reading: str) -> Piece:
    """How many incidents have how many of what column *name* of `Facts` counts."""
    counts: Counter[int] = Counter(
        min(count, 5) for row in facts if (count := getattr(row, name)) is not None
    )
    total = sum(counts.values())
    rows = [
        ("5 and more" if count == 5 else f"{count:,}", counts[count], counts[count] / total)
        for count in range(max(counts, default=-1) + 1)
    ]
    return Piece(
        key=name,
        title=title,
        reading=reading,
        columns=(Column(name), Column("incidents", "count"), Column("share", "share")),
        rows=rows,
        drawing="columns" if rows else None,
        unknown=None if rows else f"The source does not say: {name} are unknown.",
    )


def with_groups(groups: Sequence[GroupTime]) -> Piece:
    """How long incidents were with each group while they were unresolved."""
    known = [each for each in groups if each.group is not None]
    rows = [
        (each.group, round(each.seconds / 3_600), each.incidents, each.visits, each.mean / 3_600)
        for each in known[:_MOST]
    ]
    others = known[_MOST:]
    if others:
        hours, incidents, visits = (
            sum(each.seconds for each in others) / 3_600,
            sum(each.incidents for each in others),
            sum(each.visits for each in others),
        )
        rows.append((f"{len(others):,} others", round(hours), incidents, visits, hours / incidents))
    return Piece(
        key="time-with-groups",
        title="Time with each group",
        reading=(
            "All hours of wall-clock time for which unresolved incidents were with a group. More "
            "visits than incidents means that some came back."
        ),
        columns=(
            Column("group"),
            Column("hours", "count"),
            Column("incidents", "count"),
            Column("visits", "count"),
            Column("each", "hours"),
        ),
        rows=rows,
        drawing="bars" if rows else None,
        unknown=None if rows else "The source does not say which group had an incident.",
    )


def with_vendors(vendors: Sequence[VendorReliability]) -> Piece:
    """How long incidents waited for vendors, and how often these kept what they promise."""
    top = vendors[:_MOST]
    rows: list[tuple[object, ...]] = [
        (
            each.vendor,
            round(each.waits.total / 3_600),
            each.engagements,
            each.still_open,
            each.answered_in_time.value,
            each.delivered_in_time.value,
            None if each.waits.median is None else each.waits.median / 3_600,
        )
        for each in top
    ]
    others = vendors[_MOST:]
    if others:
        total = sum(each.waits.total for each in others) / 3_600
        engagements = sum(each.engagements for each in others)
        still_open = sum(each.still_open for each in others)
        name = f"{len(others):,} others"
        rows.append((name, round(total), engagements, still_open, None, None, None))
    return Piece(
        key="waiting-for-vendors",
        title="Waiting for vendors",
        reading=(
            "All hours of wall-clock time for which incidents waited for what a vendor was asked "
            "for, what is still open included. Shares are of the engagements that can be judged "
            "by what the vendor promises; the median is of those that ended with a delivery."
        ),
        columns=(
            Column("vendor"),
            Column("hours", "count"),
            Column("engagements", "count"),
            Column("open", "count"),
            Column("answered in time", "share"),
            Column("delivered in time", "share"),
            Column("median wait", "hours"),
        ),
        rows=rows,
        drawing="bars",
        few=frozenset(each.vendor for each in top if each.engagements < FEW),
    )


def busiest(facts: list[Facts], name: str, title: str) -> Piece:
    """The groups of column *name* with the most incidents."""
    found = measure_all((MTTR,), facts, by=name)["MTTR"].groups
    known = sorted(found, key=lambda item: (-item[1].population, item[0]))
    top = [item for item in known if item[0] != "(none)"][:_MOST]
    others = [item for item in known if item not in top]
    rows = [(key, result.population, result.n, result.median) for key, result in top]
    if others:
        population = sum(result.population for _, result in others)
        n = sum(result.n for _, result in others)
        rows.append((f"{len(others):,} others", population, n, None))
    return Piece(
        key=f"busiest-{name}",
        title=title,
        reading=(
            "The most incidents first. Many is not slow: the table has the median time to resolve "
            "beside the number."
        ),
        columns=(
            Column(name),
            Column("incidents", "count"),
            Column("resolved", "count"),
            Column("median time to resolve", "hours"),
        ),
        rows=rows if top else [],
        drawing="bars" if top else None,
        unknown=None if top else f"The source does not say: {name} is unknown.",
        few=few_of(top),
    )
