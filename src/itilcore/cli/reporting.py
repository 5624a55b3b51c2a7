"""``itilcore report`` and ``itilcore demo``."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from itilcore import __version__
from itilcore.errors import ScatteredIncident
from itilcore.exchange import read
from itilcore.metrics import STANDARD, Metric
from itilcore.report import AtHand, Report, ReportSource, build, page, show

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
    turns_shown,
    write,
)
from .timelines import timelines_of

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
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    help="The file of SQLite to play in; one in the application folder without it.",
)
def demo(as_json: bool, html: Path | None, seed: int, store: Path | None) -> None:
    """Play a month of a service desk and report on it: nothing to configure.

    A generated month goes through the desk command by command, by the starter policy book,
    into a store of SQLite, which stays.  A run that was cut off goes on where it was.  After the
    report it shows a week of a desk in tiers, 30 people in 8 groups at 3 sites, and the outage
    of a payroll, hour by hour.
    """
    from itilcore.desk import Desk
    from itilcore.policy import loads, starter
    from itilcore.stores import SqliteStore

    from .play import PLAYED, play, stored

    with clear_errors():
        book = loads(starter(), name="starter")
        path = _own_file(f"{seed}-{book.version[5:]}-{PLAYED}") if store is None else store
        with closing(SqliteStore(path)) as opened:
            with turns_shown() as shown:
                every, before = play(Desk(opened, book), seed, shown)
            how = f"{before:,} of them before" if before else "from the beginning"
            click.echo(f"itilcore: played {every:,} turns of a month, {how}, in {path}", err=True)
            found = build(
                AtHand("demo", stored(opened)),
                metrics=_metrics(book),
                book=book,
                pieces=html is not None,
            )
        _output(found, as_json, html, path)
        if not as_json and html is None:
            _show_tiered()
            _show_sev1()


def _show_tiered() -> None:
    """A week of a desk in tiers, by a book of its own, in memory."""
    from itilcore.desk import Desk
    from itilcore.policy import loads
    from itilcore.sample import TIERED_BOOK, tiered_week
    from itilcore.stores import MemoryStore

    from .tiered import lines, play_week

    book = loads(TIERED_BOOK, name="tiered desk")
    week = play_week(Desk(MemoryStore(), book), list(tiered_week()))
    click.echo()
    for line in lines(book, week):
        click.echo(line)


def _show_sev1() -> None:
    """A payroll that fails on payday, by a book of its own, in a store of SQLite in memory."""
    from itilcore.desk import Desk
    from itilcore.policy import loads
    from itilcore.sample import SEV1_BOOK
    from itilcore.stores import SqliteStore

    from .sev1 import play_sev1
    from .sev1_lines import lines

    with closing(SqliteStore(":memory:")) as opened:
        day = play_sev1(Desk(opened, loads(SEV1_BOOK, name="payday")))
    click.echo()
    for line in lines(day):
        click.echo(line)


def _own_file(played: str) -> Path:
    """Where a demo plays: in the user's application folder, or where that cannot be, apart."""
    name = f"demo-{__version__}-{played}.db"
    folder = Path(click.get_app_dir("itilcore"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder / name
    except OSError:
        return Path(tempfile.mkdtemp(prefix="itilcore-")) / name


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
    """Report on EXPORT: CSV, JSON or JSON lines, plain, zipped or gzipped; or timelines that
    itilcore export wrote as JSON lines.

    With --policy also on what was promised.  With --html it is written as one page that opens
    anywhere, and not printed.

    Exit status: 0 for a report (rejected rows are listed in it), 1 for an export, a mapping or
    a policy book that cannot be used, 2 for a wrong call.
    """
    at = instant(at_text, zone)

    def built(source: ReportSource, book: Book | None) -> Report:
        return build(
            source,
            by=by,
            at=at,
            metrics=_metrics(book),
            book=book,
            pieces=html is not None,
        )

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
                found = built(reading, book)
        refuse_nothing(reading)
        return found

    with clear_errors():
        book = book_of(policy)
        timelines = timelines_of(export) if mapping is None else None
        try:
            if timelines is not None:
                found = built(AtHand(export.name, timelines), book)
            else:
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
