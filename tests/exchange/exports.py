"""Small exports, written by hand."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

HEADER = (
    "number,incident_state,sys_updated_at,opened_at,priority,impact,urgency,"
    "assignment_group,assigned_to,reassignment_count"
)


def log(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def row(
    number: str = "INC1",
    state: str = "New",
    at: str = "5/1/2026 09:00",
    opened: str = "5/1/2026 09:00",
    group: str = "Desk",
    assignee: str = "?",
    count: str = "0",
    priority: str = "3 - Moderate",
) -> str:
    levels = f"{priority},2 - Medium,2 - Medium"
    return f"{number},{state},{at},{opened},{levels},{group},{assignee},{count}"


LIFE = log(
    row(),
    row(state="Active", at="5/1/2026 09:10", assignee="ada"),
    row(state="Awaiting User Info", at="5/1/2026 09:30", assignee="ada"),
    row(state="Active", at="5/1/2026 10:30", assignee="ada"),
    row(state="Resolved", at="5/1/2026 11:00", group="Network", assignee="bob", count="1"),
    row(state="Active", at="6/1/2026 11:00", group="Network", assignee="bob", count="1"),
    row(state="Resolved", at="6/1/2026 12:00", group="Network", assignee="bob", count="1"),
    row(state="Closed", at="11/1/2026 12:00", group="Network", assignee="bob", count="1"),
    row(number="INC2", at="7/1/2026 08:00", opened="7/1/2026 08:00"),
)


def put(folder: Path, text: str | bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def zipped(folder: Path, *members: tuple[str, bytes], name: str = "export.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members:
            archive.writestr(member, content)
    return path


def gzipped(folder: Path, content: bytes, name: str = "export.csv.gz") -> Path:
    return put(folder, gzip.compress(content, mtime=0), name)
