"""What the commands share: reading options, errors as messages, whole files or none."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast
from zoneinfo import ZoneInfo

import click

from itilcore.errors import InvalidInput, ItilcoreError, UnreadableSource, UnwritableOutput
from itilcore.exchange import Reading
from itilcore.report import plain

if TYPE_CHECKING:
    from itilcore.policy import Book

__all__: list[str] = []

F = TypeVar("F", bound=Callable[..., Any])
_LONG = 8_000_000

at_option = click.option(
    "--at", "at_text", metavar="INSTANT", help="ISO 8601: later events do not exist."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
policy_option = click.option(
    "--policy",
    type=click.Path(path_type=Path),
    help="A policy book (TOML): what was promised, and by which calendars.",
)


def export_options(command: F) -> F:
    """The argument and the options of every command that reads an export."""
    for option in reversed(
        (
            click.argument("export", type=click.Path(path_type=Path)),
            click.option("--mapping", help="A TOML file, or the name of a built-in mapping."),
            click.option(
                "--tz",
                "zone",
                help="IANA zone of times that carry no offset, such as Europe/London.",
            ),
            click.option(
                "--encoding",
                default="utf-8-sig",
                show_default="utf-8",
                help="Encoding of the file.",
            ),
        )
    ):
        command = option(command)
    return command


def print_json(found: object) -> None:
    """Print one JSON object."""
    click.echo(json.dumps(found, indent=2, ensure_ascii=True, allow_nan=False))


def book_of(path: Path | None) -> Book | None:
    """The policy book that was asked for."""
    if path is None:
        return None
    from itilcore.policy import load

    return load(path)


def refuse_nothing(reading: Reading) -> None:
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


def instant(text: str | None, zone: str | None) -> datetime | None:
    """The instant that ``--at`` says."""
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
def clear_errors() -> Generator[None]:
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


def watched_by_a_person() -> bool:
    """Whether standard error is a terminal."""
    return sys.stderr.isatty()


@contextmanager
def progress(export: Path) -> Generator[Callable[[int, int | None], None] | None]:
    """A bar on standard error, for long input that a person waits for."""
    try:
        long = export.stat().st_size > _LONG
    except OSError:
        long = False
    if not (watched_by_a_person() and long):
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def turns_shown() -> Generator[Callable[[int, int], None] | None]:
    """A bar on standard error for a person who waits for a month to be played."""
    if not watched_by_a_person():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("playing", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def write(path: Path, into: Callable[[BinaryIO], object], source: Path) -> None:
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
