"""The report in a terminal: the grade of the data first, then figures with what they count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from itilcore.errors import MissingExtra
from itilcore.metrics import (
    BacklogResult,
    CostResult,
    CountResult,
    DurationResult,
    MixResult,
    RatioResult,
    Result,
    ShareResult,
    SlaResult,
)

from .build import Report
from .honest import honest
from .sheet import Sheet
from .text import hours, plain, share

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["show"]

_MAIN = ("MTTR", "MTTA", "FCR", "FCR_PROXY", "REOPEN_RATE")
_FEW = 30
_MOST_GROUPS = 40


def show(report: Report, console: Console | None = None) -> None:
    """Print *report*.  Texts from the source are made harmless first.

    Raises `itilcore.errors.MissingExtra` where rich is not installed.
    """
    try:
        from rich.console import Console
    except ImportError:
        raise MissingExtra("rich", "cli") from None
    out = console or Console(highlight=False)
    for part in _parts(report):
        out.print(part, markup=False, highlight=False)


def _parts(report: Report) -> Iterator[RenderableType]:
    source = report.source
    yield (
        f"{plain(source['name'])}: {report.incidents:,} incidents in {source['rows']:,} rows, "
        f"read as {source['mapping']} ({source['zone'] or 'offsets of the source'})"
    )
    if report.at is not None:
        yield f"As of {report.at.isoformat(sep=' ', timespec='minutes')}"
    if report.rejected_count:
        yield f"{report.rejected_count:,} rows rejected (listed at the end)"
    yield ""
    yield from _grade(report)
    for result in report.results:
        if result.name in _MAIN or isinstance(result, SlaResult):
            yield ""
            yield from _result(result, report.by)
    yield ""
    yield _others(report)
    yield ""
    yield from _groups(report)
    yield from _sections(report)
    yield from _vendors(report)
    if report.honesty is not None:
        yield from honest(report.honesty)
    yield from _record(report)


def _grade(report: Report) -> Iterator[RenderableType]:
    levels: dict[str, list[str]] = {}
    for support in report.grade.supports:
        why = "" if support.level == "supported" else f" ({support.why})"
        levels.setdefault(support.level, []).append(support.metric + why)
    yield "What this source can answer"
    for level in ("supported", "partly", "not supported"):
        if level in levels:
            joint = ", " if level == "supported" else "; "
            yield f"  {level}: {joint.join(levels[level])}"
    yield f"  {report.grade.advice}"


def _rows(result: Result) -> list[tuple[str, Result]]:
    return [("all", result), *result.groups[:_MOST_GROUPS]]


def _result(result: Result, by: str) -> Iterator[RenderableType]:
    yield f"{result.name}: {result.definition}"
    if isinstance(result, DurationResult):
        names: tuple[str, ...] = (
            "n",
            "mean",
            "95 %",
            "median",
            "p90",
            "median with open",
            "left out",
        )
    elif isinstance(result, SlaResult):
        names = ("n", "met", "breached", "late now", "at risk", "share", "left out")
    else:
        names = ("n", "count", "share", "95 %", "left out")
    table = Sheet("", by, *names)
    for key, group in _rows(result):
        table.add(plain(key), _n(group.n), *_cells(group), f"{group.population - group.n:,}")
    more = len(result.groups) - _MOST_GROUPS
    if more > 0:
        table.add(f"… {more:,} more")
    yield table
    if isinstance(result, SlaResult):
        yield _how_late(result)
    yield f"Left out: {_excluded(result)}."


def _cells(result: Result) -> list[str]:
    if isinstance(result, DurationResult):
        figures = (result.median, result.p90, result.kaplan_meier_median)
        return [hours(result.mean), _between(result), *map(hours, figures)]
    if isinstance(result, SlaResult):
        counts = (result.met, result.breached, result.running_late, result.at_risk)
        return [*(f"{count:,}" for count in counts), share(result.value)]
    assert isinstance(result, ShareResult)
    return [f"{result.count:,}", share(result.value), _wide(result)]


def _wide(result: ShareResult | SlaResult) -> str:
    between = result.interval
    return "-" if between is None else f"{share(between.low)} to {share(between.high)}"


def _how_late(result: SlaResult) -> str:
    """What the table of a clock has no room for."""
    minutes = (result.median_breach_minutes, result.p90_breach_minutes)
    median, p90 = (None if each is None else each / 60 for each in minutes)
    return (
        f"95 % of the share: {_wide(result)}; never late in any cycle or under any target: "
        f"{share(result.ever_value)}.  "
        f"What is late is so by {hours(median)} (median), {hours(p90)} (p90)."
    )


def _n(n: int) -> str:
    return f"{n:,}{' (few)' if 0 < n < _FEW else ''}"


def _between(result: DurationResult) -> str:
    interval = result.interval
    return "-" if interval is None else f"{hours(max(interval.low, 0.0))} to {hours(interval.high)}"


def _excluded(result: Result) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in result.excluded) or "none"


def _others(report: Report) -> RenderableType:
    table = Sheet("Further figures, over all", "metric", "n", "figure", "left out")
    for result in report.results:
        if result.name not in _MAIN and not isinstance(result, SlaResult):
            table.add(result.name, _n(result.n), _figure(result), _excluded(result))
    return table


def _groups(report: Report) -> Iterator[RenderableType]:
    known = [each for each in report.groups if each.group is not None]
    if known:
        title = "Time with each group, while unresolved"
        table = Sheet(title, "group", "incidents", "visits", "all", "each")
        for each in known[:_MOST_GROUPS]:
            table.add(
                plain(each.group or "", 40),
                f"{each.incidents:,}",
                f"{each.visits:,}",
                hours(each.seconds / 3_600),
                hours(each.mean / 3_600),
            )
        yield table
        yield ""


def _sections(report: Report) -> Iterator[RenderableType]:
    for section in report.sections:
        for each in section.tables:
            if each.rows:
                table = Sheet(each.caption, *each.heads, words=True)
                for row in each.rows:
                    table.add(*(plain(cell, 160) for cell in row))
                yield table
            else:
                yield f"{each.caption}: nothing"
            if each.note:
                yield plain(each.note, 300)
            yield ""


def _vendors(report: Report) -> Iterator[RenderableType]:
    if report.vendors:
        title = "Vendors that incidents waited for"
        names = ("asked", "delivered", "open", "answered in time", "delivered in time")
        table = Sheet(title, "vendor", *names, "mean wait", "median")
        for each in report.vendors[:_MOST_GROUPS]:
            waits = each.waits
            table.add(
                plain(each.vendor, 40),
                _n(each.engagements),
                f"{each.delivered:,}",
                f"{each.still_open:,}",
                str(each.answered_in_time),
                str(each.delivered_in_time),
                hours(None if waits.mean is None else waits.mean / 3_600),
                hours(None if waits.median is None else waits.median / 3_600),
            )
        more = len(report.vendors) - _MOST_GROUPS
        if more > 0:
            table.add(f"… {more:,} more")
        yield table
        yield ""


def _figure(result: Result) -> str:
    match result:
        case DurationResult():
            return f"mean {hours(result.mean)}, median {hours(result.median)}"
        case ShareResult():
            return f"{result.count:,} = {share(result.value)}"
        case CountResult(total=None):
            return "-"
        case CountResult():
            return f"{result.total:,} in all, {result.mean:.2f} each, {result.most} at most"
        case BacklogResult():
            return f"{result.n:,}, median age {hours(result.median_age)}"
        case RatioResult():
            return share(result.value)
        case MixResult():
            parts = [f"{plain(name, 24)} {share(value)}" for name, value in result.shares.items()]
            return ", ".join(parts[:6]) or "-"
        case CostResult(cost=float(cost), minutes=float(minutes)):
            return f"{cost:,.2f} for {hours(minutes / 60)}"
        case _:
            return "-"


def _record(report: Report) -> Iterator[RenderableType]:
    if report.deviations or report.backwards:
        table = Sheet("Where histories leave the lifecycle", "what", "times")
        for what, count in report.deviations[:_MOST_GROUPS]:
            table.add(plain(what), f"{count:,}")
        if report.backwards:
            table.add("time runs backwards", f"{report.backwards:,}")
        yield table
    if report.unmapped:
        table = Sheet("Texts that no rule of the mapping knows", "column", "text", "times")
        for name, counts in report.unmapped:
            for text, count in counts[:10]:
                table.add(name, plain(text), f"{count:,}")
        yield table
    matrix = report.matrix
    if matrix.cells:
        cells = ", ".join(f"{cell} = {priority}" for cell, priority in matrix.cells)
        yield f"Priority matrix as used (impact x urgency): {plain(cells, 400)}"
        yield (
            f"  never seen: {plain(', '.join(matrix.unseen), 400) or 'none'}; "
            f"prioritised otherwise than most of their cell: {matrix.contradictions:,}"
        )
    if report.rejected_count:
        table = Sheet(f"Rejected rows: {report.rejected_count:,}", "line", "column", "text", "why")
        for row in report.rejected[:10]:
            table.add(
                str(row.line), plain(row.column or "-"), plain(row.value or "-"), plain(row.reason)
            )
        yield table
