"""``itilcore reconcile``."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click

from itilcore.errors import Defect, InvalidInput, ScatteredIncident, UnreadableSource, nearest
from itilcore.exchange import Reading, read
from itilcore.incident import Incident
from itilcore.policy import Book, load
from itilcore.report import Reconciliation, show_reconciliation
from itilcore.report import reconcile as compare
from itilcore.sla import Agreement

from .shell import (
    at_option,
    clear_errors,
    export_options,
    instant,
    json_option,
    print_json,
    progress,
    refuse_nothing,
)

__all__: list[str] = []

_MOST_SECONDS: Final = 10**9


@click.command()
@export_options
@click.option(
    "--policy",
    type=click.Path(path_type=Path),
    required=True,
    help="A policy book (TOML) with the agreement to compare with.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    required=True,
    help="A column of verdicts or durations, by its name in EXPORT.  May be given again.",
)
@click.option("--agreement", "name", help="The agreement; the first of the book without it.")
@click.option(
    "--clock", default="resolution", show_default=True, help="The clock of the agreement."
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds by which durations may differ and still agree.",
)
@at_option
@json_option
def reconcile(
    export: Path,
    mapping: str | None,
    zone: str | None,
    encoding: str,
    policy: Path,
    columns: tuple[str, ...],
    name: str | None,
    clock: str,
    tolerance: float,
    at_text: str | None,
    as_json: bool,
) -> None:
    """Compare a clock with what the tool itself recorded in a column of EXPORT.

    A verdict (true or false) is compared with how the clock ended, a duration with the working
    time that it counted.  Lists the disagreements, and the named conventions that would explain
    most of them.

    Exit status: 0 for a comparison, 1 for an export or a book that cannot be used, 2 for a
    wrong call.
    """
    at = instant(at_text, zone)
    if not tolerance <= _MOST_SECONDS:  # neither is NaN
        problem = f"{tolerance} is more than {_MOST_SECONDS:,} seconds, or no number"
        raise click.BadParameter(problem, param_hint="--tolerance")
    columns = tuple(dict.fromkeys(columns))

    def once(agreement: Agreement, scattered: bool) -> list[Reconciliation]:
        with progress(export) as shown:
            reading = read(
                export,
                mapping,
                zone=zone,
                encoding=encoding,
                scattered=scattered,
                progress=shown,
                keep=columns,
            )
            with closing(reading):
                incidents = list(reading)
        refuse_nothing(reading)
        return _compared(incidents, reading, columns, agreement, clock, at, tolerance)

    with clear_errors():
        agreement = _agreement(load(policy), name)
        if clock not in agreement.clocks:
            problem = f"{agreement.name} has no {clock!r}; {nearest(clock, agreement.clocks)}"
            raise click.BadParameter(problem, param_hint="--clock")
        try:
            found = once(agreement, scattered=False)
        except ScatteredIncident:
            found = once(agreement, scattered=True)
        if as_json:
            print_json({"columns": [each.to_dict() for each in found]})
        else:
            for each in found:
                show_reconciliation(each)


def _agreement(book: Book, name: str | None) -> Agreement:
    known = {each.name: each for each in book.agreements}
    if not known:
        raise InvalidInput(book.name, [Defect("sla", "promises nothing: there is no agreement")])
    if name is None:
        return book.agreements[0]
    if name not in known:
        problem = f"there is no {name!r}; {nearest(name, list(known))}"
        raise click.BadParameter(problem, param_hint="--agreement")
    return known[name]


def _compared(
    incidents: Iterable[Incident],
    reading: Reading,
    columns: tuple[str, ...],
    agreement: Agreement,
    clock: str,
    at: datetime | None,
    tolerance: float,
) -> list[Reconciliation]:
    found = []
    for column in columns:
        each = compare(
            incidents,
            reading.kept,
            column,
            agreement,
            clock=clock,
            at=at,
            tolerance=timedelta(seconds=tolerance),
        )
        if each.unreadable and not each.compared:
            texts = f"none of the {each.unreadable:,} texts in {column!r}"
            problem = f"{texts} is a verdict or a duration"
            raise UnreadableSource(reading.name, problem)
        found.append(each)
    return found
