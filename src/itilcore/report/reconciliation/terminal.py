"""A reconciliation in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from itilcore.errors import MissingExtra
from itilcore.report.sheet import Sheet
from itilcore.report.text import hours, plain, share

from .reconciling import Reconciliation

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["show_reconciliation"]

_ROWS: Final = 10


def show_reconciliation(found: Reconciliation, console: Console | None = None) -> None:
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


def _parts(found: Reconciliation) -> Iterator[RenderableType]:
    what = f"{plain(found.column)} beside the {found.clock} clock of {plain(found.agreement)}"
    agree = share(found.agreeing / found.compared) if found.compared else "-"
    yield f"{what}: {found.agreeing:,} of {found.compared:,} agree ({agree})"
    left = ", ".join(f"{count:,} {reason}" for reason, count in found.left_out) or "none"
    yield f"Not compared: {left}."
    if not found.disagreements:
        return
    yield _explained(found)
    table = Sheet("The largest disagreements", "incident", "recorded", "our clock", "difference")
    for each in found.disagreements[:_ROWS]:
        spent = None if each.difference is None else each.difference.total_seconds() / 3600
        sign = "-" if spent is not None and spent < 0 else ""
        length = sign + hours(None if spent is None else abs(spent))
        table.add(plain(each.reference), plain(each.theirs), each.ours, length)
    yield table


def _explained(found: Reconciliation) -> RenderableType:
    title = (
        f"Conventions that would explain disagreements ({found.sampled:,} of them in a sample of "
        f"{found.sample:,} incidents)"
    )
    table = Sheet(title, "convention", "if it were", "explains", "of them", "breaks")
    for each in found.explained[:_ROWS]:
        of = share(each.explains / found.sampled)
        table.add(each.convention, each.name, f"{each.explains:,}", of, f"{each.breaks:,}")
    if not found.explained:
        table.add("none of those tried")
    return table
