"""Timelines that itilcore wrote as JSON lines, as what a report or an explanation is built on."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from itilcore.errors import UnknownReference
from itilcore.exchange import read_json_lines
from itilcore.incident import Incident

__all__: list[str] = []

_BEGINNING: Final = re.compile(rb'\s*\{"reference":"(?:[^"\\]|\\.)*","events":\[', re.DOTALL)
_LONGEST: Final = 65_536


def timelines_of(export: Path) -> list[Incident] | None:
    """The incidents of a file that ``itilcore export`` wrote; ``None`` for any other file."""
    try:
        with export.open("rb") as file:
            beginning = file.read(_LONGEST)
    except OSError:
        return None  # whoever reads exports says why
    return read_json_lines(export) if _BEGINNING.match(beginning) else None


def one_of(incidents: list[Incident], reference: str, name: str) -> Incident:
    """The incident of that reference, or an error with those that come closest."""
    for incident in incidents:
        if incident.reference == reference:
            return incident
    near = get_close_matches(reference, [each.reference for each in incidents])
    raise UnknownReference(name, reference, near)
