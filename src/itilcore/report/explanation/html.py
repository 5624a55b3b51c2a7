"""An explanation as a page: lanes on one axis of time, then the events and the figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Final

from itilcore.incident import LANES, Span
from itilcore.report.shell import FOOTER, head, scrolled, words
from itilcore.report.text import hours, plain

from .explaining import Explanation, instant_text
from .terminal import about, tables

__all__ = ["body", "explanation_page"]

_TEXT: Final = 120
_NAMES: Final = {"hold_reason": "on hold for"}


def explanation_page(found: Explanation) -> str:
    """*found* as one page that opens anywhere: no script, no network, all texts escaped."""
    name = plain(found.reference, _TEXT)
    lines = [*head(f"Incident {name}"), '<main class="one">', *body(found), "</main>"]
    lines.append("<footer><p>Made by itilcore.</p></footer>\n" + FOOTER)
    return "\n".join(lines) + "\n"


def body(found: Explanation) -> Iterator[str]:
    """What stands in the page."""
    title = "" if found.title is None else f": {plain(found.title, _TEXT)}"
    yield f"<h1><bdi>{escape(plain(found.reference, _TEXT) + title)}</bdi></h1>"
    yield f'<p class="about">{escape(about(found))}.</p>'
    yield "<h2>Lanes</h2>"
    yield from _lanes(found)
    for caption, heads, lines in tables(found):
        yield f"<h2>{caption}</h2>"
        yield scrolled(caption, words(caption, heads, lines))


def _lanes(found: Explanation) -> Iterator[str]:
    if not found.events or found.at is None:
        yield "<p>There are no events.</p>"
        return
    start = min(event.at for event in found.events)
    end = max(found.at, *(event.at for event in found.events))
    whole = (end - start).total_seconds()
    for name in LANES:
        shown = [span for span in found.lanes[name] if span.value is not None]
        label = _NAMES.get(name, name)
        yield f'<div class="lane"><h3>{escape(label)}</h3>'
        if shown:
            items = "".join(_span(span, start, end, whole) for span in shown)
            yield f'<ol aria-label="{escape(label)}, in the order of the record">{items}</ol>'
        else:
            yield '<p class="left">nothing known</p>'
        yield "</div>"
    yield (
        f'<p class="axis"><span>{escape(instant_text(start))}</span>'
        f"<span>{escape(instant_text(end))}</span></p>"
    )


def _span(span: Span, start: datetime, end: datetime, whole: float) -> str:
    until = end if span.end is None else span.end
    lasted = (until - span.start).total_seconds()
    left = (span.start - start).total_seconds() / whole * 100 if whole else 0.0
    # Where the record runs backwards there is nothing to draw; the table tells of it.
    width = max(lasted, 0.0) / whole * 100 if whole else 100.0
    words = escape(f"{plain(str(span.value), _TEXT)}, {hours(max(lasted, 0.0) / 3600)}")
    return f'<li style="left:{left:.4f}%;width:{width:.4f}%" title="{words}">{words}</li>'
