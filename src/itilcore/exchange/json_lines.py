"""Timelines as JSON lines: one incident a line, exactly as it is, both ways."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, TextIO

from itilcore.codec import dumps, loads
from itilcore.errors import Defect, InvalidInput, UnreadableSource
from itilcore.incident import Incident

__all__ = ["read_json_lines", "write_json_lines"]

LONGEST_LINE: Final = 16_777_216
"""Bytes in a line; a longer one is refused."""

MOST_DEFECTS: Final = 1_000


def write_json_lines(incidents: Iterable[Incident], out: TextIO) -> int:
    """Write *incidents* to *out*, one a line in the codec's form; how many they were.

    >>> import io
    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Logged
    >>> out = io.StringIO()
    >>> write_json_lines([Incident.replay("INC1", [Logged(datetime(2026, 1, 5, tzinfo=UTC))])], out)
    1
    >>> print(out.getvalue().strip())
    {"reference":"INC1","events":[{"event":"logged","at":"2026-01-05T00:00:00+00:00"}]}
    """
    count = 0
    for count, incident in enumerate(incidents, 1):  # noqa: B007  # it is the result
        out.write(dumps(incident) + "\n")
    return count


def read_json_lines(path: str | Path) -> list[Incident]:
    """The incidents of a file that `write_json_lines` wrote (UTF-8); blank lines are skipped.

    Raises `itilcore.errors.UnreadableSource` where it cannot be opened, and
    `itilcore.errors.InvalidInput` with every defect (at most 1,000) and its line.
    """
    path = Path(path)
    found: list[Incident] = []
    defects: list[Defect] = []
    try:
        with path.open("rb") as lines:
            number = 0
            while line := lines.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    defects.append(Defect(f"line {number}", f"has over {LONGEST_LINE:,} bytes"))
                    break
                if not line.strip():
                    continue
                try:
                    found.append(loads(Incident, line.strip()))
                except InvalidInput as error:
                    for defect in error.defects:
                        place = defect.path.removeprefix("line 1, ")
                        where = f"line {number}: {place}" if place else f"line {number}"
                        defects.append(Defect(where, defect.problem))
                if len(defects) >= MOST_DEFECTS:
                    break
    except OSError as error:
        raise UnreadableSource(str(path), f"cannot be opened: {error.strerror}") from None
    if defects:
        raise InvalidInput(path.name, defects[:MOST_DEFECTS])
    return found
