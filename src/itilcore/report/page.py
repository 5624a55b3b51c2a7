"""The report as one page of HTML that opens anywhere: no script, no network, all texts escaped."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from itilcore.metrics import DurationResult, Result, ShareResult, SlaResult

from .build import Report
from .charts import svg
from .honest import HEADING, honest_html
from .pieces import Piece
from .shell import FOOTER, head, scrolled, words
from .text import hours, plain, share

__all__ = ["page"]

_FEW: Final = 30
_REJECTED: Final = 100
_MOST: Final = 40
_TEXT: Final = 120
_MOST_COLUMNS: Final = 9
"""A table of more needs the whole width of a printed page."""
_FIGURES: Final = ("MTTR", "MTTA", "FCR", "FCR_PROXY", "REOPEN_RATE")


def page(report: Report) -> str:
    """The page of *report*, which must have been built with its pieces.

    Raises `itilcore.errors.MissingExtra` where Altair or vl-convert is not installed.
    """
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    name = plain(str(report.source["name"]), _TEXT)
    yield from head(f"Incidents: {name}")
    yield '<a class="skip" href="#figures">Skip to the figures</a>'
    yield f"<header>\n<h1>Incidents: <bdi>{escape(name)}</bdi></h1>"
    yield f'<p class="about">{escape(_about(report))}</p>'
    yield _contents(report)
    yield "</header>\n<main>"
    yield from _main_figures(report)
    yield from _pieces(report)
    yield from _sections(report)
    if report.honesty is not None:
        yield _head("honesty")
        yield from honest_html(report.honesty)
        yield "</section>"
    yield from _record(report)
    yield "</main>\n<footer><p>Made by itilcore. Every figure says what it counts; the same"
    yield "figures, unrounded, are in the report's JSON.</p></footer>\n" + FOOTER


def _about(report: Report) -> str:
    source = report.source
    parts = [f"{report.incidents:,} incidents in {source['rows']:,} rows"]
    parts.append(f"read as {source['mapping']}, times in {source['zone'] or 'their own offsets'}")
    if report.at is not None:
        parts.append(f"as of {report.at:%Y-%m-%d %H:%M} UTC")
    if report.rejected_count:
        parts.append(f"{report.rejected_count:,} rows rejected")
    return "; ".join(parts) + "."


_SECTIONS: Final = (
    ("figures", "The figures"),
    ("charts", "Over time, by group, in detail"),
    ("book", "By the policy book"),
    ("honesty", HEADING),
    ("lifecycle", "Where histories leave the lifecycle"),
    ("grade", "What this source can answer"),
    ("rejected", "Rejected rows"),
)


def _contents(report: Report) -> str:
    absent = {"rejected"} if not report.rejected_count else set()
    if not report.sections:
        absent.add("book")
    if report.honesty is None:
        absent.add("honesty")
    items = "".join(
        f'<li><a href="#{key}">{escape(title)}</a></li>'
        for key, title in _SECTIONS
        if key not in absent
    )
    return f'<nav aria-label="Contents"><ul>{items}</ul></nav>'


def _head(key: str) -> str:
    return f'<section aria-labelledby="{key}">\n<h2 id="{key}">{dict(_SECTIONS)[key]}</h2>'


def _main_figures(report: Report) -> Iterator[str]:
    yield _head("figures")
    yield '<div class="grid cards">'
    for result in report.results:
        if result.name in _FIGURES or isinstance(result, SlaResult):
            yield _card(result)
    yield "</div>\n</section>"


def _card(result: Result) -> str:
    few = ' <span class="few">small sample</span>' if 0 < result.n < _FEW else ""
    left = ", ".join(f"{count:,} {reason}" for reason, count in result.excluded) or "none"
    return (
        f'<article class="card">\n<h3>{escape(result.name)}</h3>\n'
        f'<p class="big">{escape(_headline(result))}</p>\n'
        f"<p>{escape(_beside(result))}{few}</p>\n"
        f"<p>{escape(result.definition)}</p>\n"
        f'<p class="left">Counted: {result.n:,} of {result.population:,}. '
        f"Left out: {escape(left)}.</p>\n</article>"
    )


def _headline(result: Result) -> str:
    if isinstance(result, DurationResult):
        return "unknown" if result.mean is None else hours(result.mean)
    assert isinstance(result, ShareResult | SlaResult)
    return "unknown" if result.value is None else share(result.value)


def _beside(result: Result) -> str:
    if isinstance(result, DurationResult):
        if result.mean is None:
            return "The source does not tell."
        interval = result.interval
        between = (
            ""
            if interval is None
            else f" (95 %: {hours(max(interval.low, 0.0))} to {hours(interval.high)})"
        )
        return (
            f"Mean{between}. Median {hours(result.median)}, p90 {hours(result.p90)}; "
            f"median with the open ones {hours(result.kaplan_meier_median)}."
        )
    assert isinstance(result, ShareResult | SlaResult)
    if result.value is None:
        return "The source does not tell."
    wide = result.interval
    between = "" if wide is None else f" (95 %: {share(wide.low)} to {share(wide.high)})"
    if isinstance(result, SlaResult):
        late = result.median_breach_minutes
        by = "" if late is None else f", half of the late ones by more than {hours(late / 60)}"
        return (
            f"{result.met:,} of {result.n:,} in time{between}: {result.breached:,} breached, "
            f"{result.running_late:,} open and late already{by}. "
            f"{result.at_risk:,} at risk now; {share(result.ever_value)} were never late."
        )
    return f"{result.count:,} of {result.n:,}{between}."


def _pieces(report: Report) -> Iterator[str]:
    yield _head("charts")
    yield '<div class="grid">'
    for piece in report.pieces:
        yield _piece(piece)
    yield "</div>\n</section>"


def _piece(piece: Piece) -> str:
    wide = " wide" if len(piece.columns) > _MOST_COLUMNS else ""
    title = f'<article class="card{wide}">\n<h3>{escape(piece.title)}</h3>\n'
    if piece.unknown is not None:
        return f"{title}<p>{escape(piece.unknown)}</p>\n</article>"
    image = base64.b64encode(svg(piece).encode()).decode()
    few = '<p><span class="few">few</span> marks fewer than 30 incidents.</p>\n'
    return (
        f'{title}<figure>\n<img alt="{escape(piece.said())}" '
        f'src="data:image/svg+xml;base64,{image}">\n'
        f'<figcaption class="reading">{escape(piece.reading)}</figcaption>\n</figure>\n'
        f"{few if piece.few else ''}<details>\n<summary>The numbers</summary>\n"
        f"{scrolled(piece.title, piece.table_html(piece.title))}\n</details>\n</article>"
    )


def _sections(report: Report) -> Iterator[str]:
    if not report.sections:
        return
    yield _head("book")
    for section in report.sections:
        for each in section.tables:
            rows = [tuple(plain(cell, 300) for cell in row) for row in each.rows]
            yield (
                _words(each.caption, each.heads, rows)
                if rows
                else (f"<p>{escape(each.caption)}: nothing.</p>")
            )
            if each.note:
                yield f'<p class="left">{escape(plain(each.note, 300))}</p>'
    yield "</section>"


def _words(caption: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return scrolled(caption, words(caption, head, rows))


def _record(report: Report) -> Iterator[str]:
    yield _head("lifecycle")
    moves = [(plain(what, _TEXT), f"{count:,}") for what, count in report.deviations[:_MOST]]
    if report.backwards:
        moves.append(("time runs backwards", f"{report.backwards:,}"))
    if moves:
        yield _words("Moves that the lifecycle does not have", ("move", "times"), moves)
    else:
        yield "<p>Nowhere.</p>"
    unknown = [
        (column, plain(text, _TEXT), f"{count:,}")
        for column, counts in report.unmapped
        for text, count in counts[:10]
    ]
    if unknown:
        names = ("column", "text", "times")
        yield _words("Texts that no rule of the mapping knows", names, unknown)
    yield "</section>"
    yield _head("grade")
    yield f"<p>{escape(report.grade.advice)}</p>"
    supports = [(s.metric, s.level, plain(s.why or "", 300)) for s in report.grade.supports]
    yield _words("Which figures the source supports", ("figure", "supported", "why"), supports)
    yield "</section>"
    if report.rejected_count:
        yield _head("rejected")
        yield f"<p>{report.rejected_count:,} rows could not be used.</p>"
        rows = [
            (str(r.line), r.column or "-", plain(r.value or "-", _TEXT), plain(r.reason, 300))
            for r in report.rejected[:_REJECTED]
        ]
        heads = ("line", "column", "text", "why")
        yield _words(f"The first {len(rows):,} of them", heads, rows)
        yield "</section>"
