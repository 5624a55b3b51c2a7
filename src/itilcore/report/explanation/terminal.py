"""An explanation in a terminal: events down the page, each lane a column beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from itilcore.errors import MissingExtra
from itilcore.incident import LANES
from itilcore.report.sheet import Sheet
from itilcore.report.text import hours, plain

from .explaining import Explanation, instant_text

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["rows", "show_explanation"]

HEADS = ("instant", "since", "event", *(name.removesuffix("_reason") for name in LANES))


def show_explanation(found: Explanation, console: Console | None = None) -> None:
    """Print *found*.  Texts from the source are made harmless first.

    Raises `itilcore.errors.MissingExtra` where rich is not installed.
    """
    try:
        from rich.console import Console
    except ImportError:
        raise MissingExtra("rich", "cli") from None
    out = console or Console(highlight=False)
    for part in _parts(found):
        out.print(part, markup=False, highlight=False)


def about(found: Explanation) -> str:
    """As of when, and in which zone the instants are."""
    as_of = "no events" if found.at is None else f"as of {instant_text(found.at)}"
    return f"{len(found.events):,} events, {as_of}; instants in {found.zone}"


def rows(found: Explanation) -> Iterator[tuple[str, ...]]:
    """For each event its instant, the time since the first, the event, and what it changed.

    A lane that it did not change goes on as ``|``, or stays empty where nothing is known; ``-``
    ends it.
    """
    now: dict[str, str | None] = {}
    for event in found.events:
        since = (event.at - found.events[0].at).total_seconds() / 3600
        now.update(event.changed)
        lanes = (
            plain(event.changed[name] or "-", 40)
            if name in event.changed
            else "|" * (now.get(name) is not None)
            for name in LANES
        )
        odd = f" [{plain('; '.join(event.deviations), 120)}]" if event.deviations else ""
        shown = f"-{hours(-since)}" if since < 0 else hours(since)
        yield instant_text(event.at), shown, event.kind + odd, *lanes


def details(found: Explanation) -> Iterator[tuple[str, str, str]]:
    """For each event that says more its instant, kind, and words; who acted and when told."""
    for event in found.events:
        who = "" if event.by is None else f"by {plain(event.by)}"
        late = event.recorded_at
        told = "" if late is None else f"recorded {instant_text(late)}"
        said = "; ".join(part for part in (event.said, who, told) if part)
        if said:
            yield instant_text(event.at), event.kind, said


def counts(found: Explanation) -> Iterator[tuple[str, str, str]]:
    """For each metric its name, what it counted, and why."""
    for counted in found.counted:
        yield counted.name, counted.said, counted.why(instant_text)


def _parts(found: Explanation) -> Iterator[RenderableType]:
    title = "" if found.title is None else f": {plain(found.title, 120)}"
    yield plain(found.reference, 120) + title
    yield about(found)
    yield ""
    for caption, heads, lines in (
        ("What happened", HEADS, rows(found)),
        ("In detail", ("instant", "event", "what it says"), details(found)),
        ("What each metric counted, and why", ("metric", "counted", "because of"), counts(found)),
    ):
        sheet = Sheet(caption, *heads, words=True)
        shown = list(lines)
        for line in shown:
            sheet.add(*line)
        if shown:
            yield sheet
