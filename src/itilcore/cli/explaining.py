"""``itilcore explain``."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import click

from itilcore.errors import UnknownReference
from itilcore.exchange import RejectedRow, read
from itilcore.metrics import STANDARD
from itilcore.report import explain as explain_incident
from itilcore.report import explanation_page, plain, show_explanation

from .shell import (
    at_option,
    book_of,
    clear_errors,
    export_options,
    instant,
    json_option,
    policy_option,
    print_json,
    write,
)
from .timelines import one_of, timelines_of

__all__: list[str] = []


@click.command()
@export_options
@click.argument("reference")
@policy_option
@at_option
@json_option
@click.option("--html", type=click.Path(path_type=Path), help="Write it as a page here.")
def explain(
    export: Path,
    mapping: str | None,
    zone: str | None,
    encoding: str,
    reference: str,
    policy: Path | None,
    at_text: str | None,
    as_json: bool,
    html: Path | None,
) -> None:
    """Explain the incident REFERENCE of EXPORT: its lanes, its events, and what each metric
    counted for it and why; with --policy how its clocks stand, what they counted, and what the
    book says that it is, what is missing and who should get it.

    Without --at it is explained as of its own last event.
    """
    at = instant(at_text, zone)
    with clear_errors():
        book = book_of(policy)
        timelines = timelines_of(export) if mapping is None else None
        rejected: Iterable[RejectedRow] = ()
        source_zone = None
        if timelines is not None:
            incident = one_of(timelines, reference, export.name)
        else:
            reading = read(export, mapping, zone=zone, encoding=encoding, only=reference)
            with closing(reading):
                found_there = next(iter(reading), None)
            if found_there is None:
                raise UnknownReference(reading.name, reference, reading.near)
            incident = found_there
            rejected, source_zone = reading.rejected, reading.mapping.zone
        found = explain_incident(
            incident,
            at=at,
            zone=zone or source_zone or "UTC",
            metrics=STANDARD if book is None else (*STANDARD, *book.metrics()),
            agreements=() if book is None else book.agreements,
            book=book,
        )
        if html is not None:
            text = explanation_page(found)
            write(html, lambda file: file.write(text.encode()), export)
            click.echo(f"itilcore: wrote {html}", err=True)
        if as_json:
            print_json(found.to_dict())
        elif html is None:
            show_explanation(found)
        for row in rejected:
            line = f"line {row.line}: {plain(row.reason, 300)}"
            click.echo(f"itilcore: a row was rejected: {line}", err=True)
