"""``itilcore report`` and ``itilcore demo``."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from itilcore.errors import ScatteredIncident
from itilcore.exchange import read
from itilcore.metrics import STANDARD, Metric
from itilcore.report import Report, build, page, show

from .shell import (
    at_option,
    book_of,
    clear_errors,
    export_options,
    instant,
    json_option,
    policy_option,
    print_json,
    progress,
    refuse_nothing,
    write,
)

if TYPE_CHECKING:
    from itilcore.policy import Book

__all__: list[str] = []

html_option = click.option(
    "--html", type=click.Path(path_type=Path), help="Write the report as a page here."
)


def _metrics(book: Book | None) -> tuple[Metric, ...]:
    return STANDARD if book is None else (*STANDARD, *book.metrics())


@click.command()
@json_option
@html_option
@click.option("--seed", default=1, show_default=True, help="What the generated desk starts from.")
def demo(as_json: bool, html: Path | None, seed: int) -> None:
    """Report on a generated service desk, with the starter policy book: nothing to configure."""
    from itilcore.policy import loads, starter
    from itilcore.sample import generate, write_servicenow

    with tempfile.TemporaryDirectory(prefix="itilcore-") as folder:
        path = Path(folder) / "demo.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            write_servicenow(generate(seed=seed), out)
        with clear_errors():
            book = loads(starter(), name="starter")
            found = build(read(path, zone="UTC"), metrics=_metrics(book), pieces=html is not None)
            _output(found, as_json, html, path)


@click.command()
@export_options
@click.option(
    "--by", default="priority", show_default=True, help="The column of Facts that groups."
)
@policy_option
@at_option
@json_option
@html_option
def report(
    export: Path,
    mapping: str | None,
    zone: str | None,
    encoding: str,
    by: str,
    policy: Path | None,
    at_text: str | None,
    as_json: bool,
    html: Path | None,
) -> None:
    """Report on EXPORT: CSV, JSON or JSON lines, plain, zipped or gzipped.

    With --policy also on what was promised.  With --html it is written as one page that opens
    anywhere, and not printed.

    Exit status: 0 for a report (rejected rows are listed in it), 1 for an export, a mapping or
    a policy book that cannot be used, 2 for a wrong call.
    """
    at = instant(at_text, zone)

    def once(book: Book | None, scattered: bool) -> Report:
        with progress(export) as shown:
            reading = read(
                export,
                mapping,
                zone=zone,
                encoding=encoding,
                scattered=scattered,
                progress=shown,
            )
            with closing(reading):
                found = build(
                    reading, by=by, at=at, metrics=_metrics(book), pieces=html is not None
                )
        refuse_nothing(reading)
        return found

    with clear_errors():
        book = book_of(policy)
        try:
            found = once(book, scattered=False)
        except ScatteredIncident:
            # Only a reader that holds all rows can tell; it reads again, through a file.
            found = once(book, scattered=True)
        _output(found, as_json, html, export)


def _output(found: Report, as_json: bool, html: Path | None, source: Path) -> None:
    if html is not None:
        text = page(found).encode()
        write(html, lambda file: file.write(text), source)
        click.echo(f"itilcore: wrote {html}", err=True)
    if as_json:
        print_json(found.to_dict())
    elif html is None:
        show(found)
