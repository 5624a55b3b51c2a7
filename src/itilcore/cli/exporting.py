"""``itilcore export``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Final, TextIO

import click

from itilcore.errors import ScatteredIncident
from itilcore.exchange import (
    read,
    write_facts_csv,
    write_facts_parquet,
    write_json_lines,
    write_xes,
)
from itilcore.incident import Incident

from .shell import clear_errors, export_options, refuse_nothing, write

__all__: list[str] = []


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


@click.command()
@export_options
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--to", type=click.Choice(sorted(_FORMATS)), help="Else the ending of OUT tells.")
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
    writing = _FORMATS[to][1]

    def once(scattered: bool) -> None:
        with closing(
            read(export, mapping, zone=zone, encoding=encoding, scattered=scattered)
        ) as reading:
            count = 0

            def into(file: BinaryIO) -> None:
                nonlocal count
                count = writing(reading, file)
                refuse_nothing(reading)

            write(out, into, export)
        rejected = f"; {reading.rejected_count:,} rows rejected" if reading.rejected_count else ""
        click.echo(f"itilcore: wrote {count:,} incidents to {out}{rejected}", err=True)

    with clear_errors():
        try:
            once(scattered=False)
        except ScatteredIncident:
            once(scattered=True)
