"""Facts as CSV, for spreadsheets and data teams, and back again without a loss."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TextIO

from itilcore.errors import Defect, InvalidInput, UnreadableSource
from itilcore.incident import Facts, Incident

from .facts_columns import column_defects, facts_columns, facts_of, text_of, value_of

__all__ = ["read_facts_csv", "write_facts_csv"]

# What a spreadsheet may take for a formula, in full width too.
_FORMULA: Final = tuple("=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20")
MOST_DEFECTS: Final = 1_000


def write_facts_csv(source: Iterable[Incident] | Iterable[Facts], out: TextIO) -> int:
    """Write the facts of *source* to *out* as CSV, a row each; how many they were.

    The header holds the columns of `Facts`.  Instants are ISO 8601 in UTC, categories a path,
    levels and statuses their names (or JSON, where they are a team's own); an empty cell is
    ``None``.  A text that a spreadsheet could take for a formula gets an apostrophe in front,
    as does an empty one and one that begins with an apostrophe.  Open *out* with
    ``newline=""``.
    """
    # With both characters in the line's end, a cell that has either is quoted.
    rows = csv.writer(out, lineterminator="\r\n")
    names = tuple(facts_columns())
    rows.writerow(names)
    count = 0
    for count, facts in enumerate(facts_of(source), 1):  # noqa: B007  # it is the result
        rows.writerow([_cell(getattr(facts, name)) for name in names])
    return count


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    text = value if isinstance(value, str) else text_of(value)
    return text if isinstance(value, datetime) else _safe(text)


def _safe(text: str) -> str:
    return f"'{text}" if not text or text.startswith(_FORMULA) else text


def read_facts_csv(path: str | Path) -> list[Facts]:
    """The facts of a file that `write_facts_csv` wrote (UTF-8).

    Raises `itilcore.errors.UnreadableSource` for a file that cannot be used at all, and
    `itilcore.errors.InvalidInput` with every defect (at most 1,000), its line and column.
    """
    path = Path(path)
    found: list[Facts] = []
    defects: list[Defect] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for line, row in _rows(path.name, lines):
                if len(defects) >= MOST_DEFECTS:
                    break
                values: dict[str, Any] = {}
                for name, cell in row.items():
                    try:
                        values[name] = _value(facts_columns()[name].kind, cell)
                    except ValueError as error:
                        defects.append(Defect(f"line {line}: {name}", str(error)))
                if len(values) == len(row) and not values.get("reference"):
                    defects.append(Defect(f"line {line}: reference", "is missing"))
                elif len(values) == len(row):
                    found.append(Facts(**{k: v for k, v in values.items() if v is not None}))
    except OSError as error:
        raise UnreadableSource(str(path), f"cannot be opened: {error.strerror}") from None
    except (csv.Error, UnicodeError) as error:
        raise UnreadableSource(path.name, f"is no CSV in UTF-8: {error}") from None
    if defects:
        raise InvalidInput(path.name, defects[:MOST_DEFECTS])
    return found


def _rows(name: str, lines: TextIO) -> Iterator[tuple[int, dict[str, str]]]:
    rows = csv.reader(lines, strict=True)
    header = next(rows, [])
    if defects := column_defects(header, ["reference"]):
        raise InvalidInput(name, defects)
    line = rows.line_num + 1
    for cells in rows:
        if len(cells) != len(header):
            problem = f"has {len(cells)} cells, the header has {len(header)}"
            raise UnreadableSource(name, problem, line)
        yield line, dict(zip(header, cells, strict=True))
        line = rows.line_num + 1


def _value(kind: Any, cell: str) -> Any:
    if not cell:
        return None
    if kind is int or kind is float:
        return kind(cell)
    if kind is bool:
        if cell not in {"true", "false"}:
            raise ValueError(f"is {cell[:40]!r}, neither true nor false")
        return cell == "true"
    text = cell.removeprefix("'")
    return text if kind is str else value_of(kind, text)
