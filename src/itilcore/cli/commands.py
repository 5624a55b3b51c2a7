"""The commands, on click."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Final, TextIO, cast
from zoneinfo import ZoneInfo

import click

from itilcore import __version__
from itilcore.errors import (
    InvalidInput,
    ItilcoreError,
    ScatteredIncident,
    UnknownReference,
    UnreadableSource,
    UnwritableOutput,
)
from itilcore.exchange import (
    Reading,
    read,
    write_facts_csv,
    write_facts_parquet,
    write_json_lines,
    write_xes,
)
from itilcore.incident import Incident, Lifecycle
from itilcore.report import (
    Report,
    build,
    explanation_page,
    page,
    plain,
    show,
    show_explanation,
)
from itilcore.report import explain as explain_incident

__all__: list[str] = []

_LONG = 8_000_000


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="itilcore")
def cli() -> None:
    """Figures and rules for incident management that say what they count."""


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the report as a page here.")
@click.option("--seed", default=1, show_default=True, help="What the generated desk starts from.")
def demo(as_json: bool, html: Path | None, seed: int) -> None:
    """Report on a generated service desk: nothing to configure."""
    from itilcore.sample import generate, write_servicenow

    with tempfile.TemporaryDirectory(prefix="itilcore-") as folder:
        path = Path(folder) / "demo.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            write_servicenow(generate(seed=seed), out)
        with _clear_errors():
            found = build(read(path, zone="UTC"), pieces=html is not None)
            _output(found, as_json, html, path)


@cli.command()
@click.argument("export", type=click.Path(path_type=Path))
@click.option("--mapping", help="A TOML file, or the name of a built-in mapping.")
@click.option(
    "--tz", "zone", help="IANA zone of times that carry no offset, such as Europe/London."
)
@click.option(
    "--by", default="priority", show_default=True, help="The column of Facts that groups."
)
@click.option("--at", "at_text", metavar="INSTANT", help="ISO 8601: later events do not exist.")
@click.option("--encoding", default="utf-8-sig", show_default="utf-8", help="Encoding of the file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the report as a page here.")
def report(
    export: Path,
    mapping: str | None,
    zone: str | None,
    by: str,
    at_text: str | None,
    encoding: str,
    as_json: bool,
    html: Path | None,
) -> None:
    """Report on EXPORT: CSV, JSON or JSON lines, plain, zipped or gzipped.

    With --html it is written as one page that opens anywhere, and not printed.

    Exit status: 0 for a report (rejected rows are listed in it), 1 for an export or a mapping
    that cannot be used, 2 for a wrong call.
    """
    at = _instant(at_text, zone)

    def once(scattered: bool) -> Report:
        with _progress(export) as progress:
            reading = read(
                export,
                mapping,
                zone=zone,
                encoding=encoding,
                scattered=scattered,
                progress=progress,
            )
            with closing(reading):
                found = build(reading, by=by, at=at, pieces=html is not None)
        _refuse_nothing(reading)
        return found

    with _clear_errors():
        try:
            found = once(scattered=False)
        except ScatteredIncident:
            # Only a reader that holds all rows can tell; it reads again, through a file.
            found = once(scattered=True)
        _output(found, as_json, html, export)


def _as_text(
    write: Callable[[Iterable[Incident], TextIO], int],
) -> Callable[[Iterable[Incident], BinaryIO], int]:
    """Let a writer of texts write bytes: UTF-8, with the ends of lines that it chose."""

    def into(incidents: Iterable[Incident], out: BinaryIO) -> int:
        text = TextIOWrapper(out, encoding="utf-8", newline="")
        try:
            return write(incidents, text)
        finally:
            text.detach()

    return into


_FORMATS: Final[dict[str, tuple[str, Callable[[Iterable[Incident], BinaryIO], int]]]] = {
    "facts-csv": (".csv", _as_text(write_facts_csv)),
    "facts-parquet": (".parquet", write_facts_parquet),
    "json-lines": (".jsonl", _as_text(write_json_lines)),
    "xes": (".xes", _as_text(write_xes)),
}


@cli.command()
@click.argument("export", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--to", type=click.Choice(sorted(_FORMATS)), help="Else the ending of OUT tells.")
@click.option("--mapping", help="A TOML file, or the name of a built-in mapping.")
@click.option("--tz", "zone", help="IANA zone of times that carry no offset.")
@click.option("--encoding", default="utf-8-sig", show_default="utf-8", help="Encoding of the file.")
def export(
    export: Path, out: Path, to: str | None, mapping: str | None, zone: str | None, encoding: str
) -> None:
    """Write the incidents of EXPORT to OUT.

    Facts as CSV or Parquet, or timelines as JSON lines or XES.
    """
    if to is None:
        to = next((name for name, (ending, _) in _FORMATS.items() if out.suffix == ending), None)
        if to is None:
            endings = ", ".join(ending for ending, _ in _FORMATS.values())
            raise click.BadParameter(f"ends in none of {endings}: name --to", param_hint="OUT")
    write = _FORMATS[to][1]

    def once(scattered: bool) -> None:
        with closing(
            read(export, mapping, zone=zone, encoding=encoding, scattered=scattered)
        ) as reading:
            count = 0

            def into(file: BinaryIO) -> None:
                nonlocal count
                count = write(reading, file)
                _refuse_nothing(reading)

            _write(out, into, export)
        rejected = f"; {reading.rejected_count:,} rows rejected" if reading.rejected_count else ""
        click.echo(f"itilcore: wrote {count:,} incidents to {out}{rejected}", err=True)

    with _clear_errors():
        try:
            once(scattered=False)
        except ScatteredIncident:
            once(scattered=True)


@cli.command()
@click.argument("export", type=click.Path(path_type=Path))
@click.argument("reference")
@click.option("--mapping", help="A TOML file, or the name of a built-in mapping.")
@click.option("--tz", "zone", help="IANA zone of times that carry no offset; shown in it too.")
@click.option("--at", "at_text", metavar="INSTANT", help="ISO 8601: later events do not exist.")
@click.option("--encoding", default="utf-8-sig", show_default="utf-8", help="Encoding of the file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--html", type=click.Path(path_type=Path), help="Write it as a page here.")
def explain(
    export: Path,
    reference: str,
    mapping: str | None,
    zone: str | None,
    at_text: str | None,
    encoding: str,
    as_json: bool,
    html: Path | None,
) -> None:
    """Explain the incident REFERENCE of EXPORT: its lanes, its events, and what each metric
    counted for it and why.

    Without --at it is explained as of its own last event.
    """
    at = _instant(at_text, zone)
    with _clear_errors():
        reading = read(export, mapping, zone=zone, encoding=encoding, only=reference)
        with closing(reading):
            incident = next(iter(reading), None)
        if incident is None:
            raise UnknownReference(reading.name, reference, reading.near)
        found = explain_incident(incident, at=at, zone=zone or reading.mapping.zone or "UTC")
        if html is not None:
            text = explanation_page(found)
            _write(html, lambda file: file.write(text.encode()), export)
            click.echo(f"itilcore: wrote {html}", err=True)
        if as_json:
            click.echo(json.dumps(found.to_dict(), indent=2, ensure_ascii=True, allow_nan=False))
        elif html is None:
            show_explanation(found)
        for row in reading.rejected:
            line = f"line {row.line}: {plain(row.reason, 300)}"
            click.echo(f"itilcore: a row was rejected: {line}", err=True)


@cli.command()
def lifecycle() -> None:
    """Print the lifecycle in force as the text of a Mermaid diagram."""
    click.echo(Lifecycle.default().mermaid(), nl=False)


def _refuse_nothing(reading: Reading) -> None:
    """An export of which no row can be used is no export."""
    if reading.rejected_count and not reading.incidents:
        first = reading.rejected[0]
        shown = "" if first.value is None else f" {plain(first.value)!r}"
        raise UnreadableSource(
            reading.name,
            f"none of its {reading.rejected_count:,} rows can be used; the first: "
            f"{first.column or 'the row'}{shown} {first.reason}",
            first.line,
        )


def _instant(text: str | None, zone: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no ISO 8601 instant", param_hint="--at") from None
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    if zone is None:
        raise click.BadParameter(
            f"{text!r} has no UTC offset: add one such as +00:00, or --tz", param_hint="--at"
        )
    try:
        return at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(f"{zone!r} is no IANA time zone", param_hint="--tz") from None


@contextmanager
def _clear_errors() -> Generator[None]:
    """An error of ours is a message and exit status 1, never a traceback."""
    try:
        yield
    except ItilcoreError as error:
        lines = [plain(line, 2_000) for line in str(error).splitlines()]
        click.echo("itilcore: " + "\n".join(lines), err=True)
        raise SystemExit(_status(error)) from None


def _status(error: ItilcoreError) -> int:
    # A wrong --by is a wrong call, not a bad export.
    return 2 if isinstance(error, InvalidInput) and error.subject == "grouping" else 1


def _watched_by_a_person() -> bool:
    return sys.stderr.isatty()


@contextmanager
def _progress(export: Path) -> Generator[Callable[[int, int | None], None] | None]:
    """A bar on standard error, for long input that a person waits for."""
    try:
        long = export.stat().st_size > _LONG
    except OSError:
        long = False
    if not (_watched_by_a_person() and long):
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _output(found: Report, as_json: bool, html: Path | None, source: Path) -> None:
    if html is not None:
        text = page(found).encode()
        _write(html, lambda file: file.write(text), source)
        click.echo(f"itilcore: wrote {html}", err=True)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=2, ensure_ascii=True, allow_nan=False))
    elif html is None:
        show(found)


def _write(path: Path, into: Callable[[BinaryIO], object], source: Path) -> None:
    """Let *into* write the file at *path*: whole or not at all, never over the *source*."""
    try:
        if path.exists() and source.exists() and path.samefile(source):
            raise UnwritableOutput(str(path), "is the export itself")
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as out:
            beside = Path(out.name)
            try:
                into(cast("BinaryIO", out))
            except BaseException:
                beside.unlink()
                raise
        beside.chmod(0o644)
        beside.replace(path)
    except OSError as error:
        raise UnwritableOutput(str(path), f"cannot be written: {error.strerror}") from None
