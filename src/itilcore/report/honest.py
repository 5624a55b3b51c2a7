"""The honesty checks as people look at them: what was found, and what to ask."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Final

from itilcore.metrics import HonestyCheck, HonestyReport

from .sheet import Sheet
from .shell import scrolled, words
from .text import plain

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["HEADING", "honest", "honest_html"]

HEADING: Final = "What happens near the targets"
_MOST: Final = 10
_NAMES: Final = ("check", "found", "of", "by chance", "p, corrected")
_WHY: Final = (
    "A check that stands out is a question to the team and proves nothing: what happens near a "
    "target may have an honest reason."
)


def _row(check: HonestyCheck) -> tuple[str, ...]:
    if check.expected is None or check.adjusted is None:
        return (check.name, "-", f"no {check.unit}", "-", "-")
    p = "below 0.0001" if check.adjusted < 0.0001 else f"{check.adjusted:.4f}"
    of = f"{check.opportunities:,} {check.unit}"
    return (check.name, f"{check.count:,}", of, f"{check.expected:,.1f}", p)


def _which(check: HonestyCheck) -> str:
    """The first incidents of *check* by reference, and how many more there are."""
    shown = ", ".join(plain(reference, 40) for reference in check.incidents[:_MOST])
    more = len(check.incidents) - _MOST
    return f"{shown} and {more:,} more" if more > 0 else shown


def _asked(found: HonestyReport) -> Iterator[tuple[str, str]]:
    """Each question, with the incidents that it is about."""
    for check in found.checks:
        if check.question is not None:
            yield check.question, _which(check)


def honest(found: HonestyReport) -> Iterator[RenderableType]:
    """The parts for a terminal."""
    table = Sheet(f"{HEADING} (shortly before: {found.shortly})", *_NAMES)
    for check in found.checks:
        table.add(*_row(check))
    yield table
    for question, which in _asked(found):
        yield f"  {question}"
        yield f"    {which}"
    yield f"  {_WHY if found.questions else 'Nothing stands out from chance.'}"


def honest_html(found: HonestyReport) -> Iterator[str]:
    """The lines of a page; all texts escaped."""
    yield f"<p>Shortly before the target is {escape(found.shortly)}.</p>"
    rows = [_row(check) for check in found.checks]
    caption = "How often what eases a target happens near it"
    yield scrolled(caption, words(caption, _NAMES, rows))
    for question, which in _asked(found):
        yield f"<p>{escape(question)}</p>\n<p>{escape(which)}</p>"
    yield f"<p>{escape(_WHY if found.questions else 'Nothing stands out from chance.')}</p>"
    names = ("check", "what it counts", "test", "what that assumes")
    told = [(c.name, c.definition, c.test, c.assumes) for c in found.checks]
    yield scrolled("What the checks rest on", words("What the checks rest on", names, told))
