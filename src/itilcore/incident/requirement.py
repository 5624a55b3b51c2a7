"""Requirements: the facts that an action needs, by name, and what each of them is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from .record import Incident

__all__ = ["REQUIREMENTS", "Requirement", "missing"]


@frozen
class Requirement:
    """A fact that an action needs: its ``name`` in the rows, and a ``text`` for people."""

    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


REQUIREMENTS: Final = {
    "assignee": "the person who works on it",
    "auto_close_due": "the time for objections has passed",
    "confirmed": "the requester agrees that it is resolved",
    "group": "the support group that takes it",
    "hold_reason": "why work stops",
    "notes": "what was done",
    "reason": "why",
    "resolution_code": "the code of the resolution",
    "resolution_kind": "whether it is a fix or a workaround",
    "within_reopening_window": (
        "the time in which it may be reopened; later log a new incident that is linked to it"
    ),
}
"""What the names in the rows of the built-in lifecycles mean; a team's own names need no entry."""


def _there(value: object) -> bool:
    if value is None or value is False:
        return False
    return not isinstance(value, str) or bool(value.strip())


def _own(name: str, incident: Incident) -> object:
    """What follows from the incident itself."""
    match name:
        case "group":
            return incident.group
        case "assignee":
            return incident.assignee
        case "confirmed":
            return incident.is_confirmed
        case _:
            return None


def missing(
    requires: tuple[str, ...], incident: Incident, facts: Mapping[str, object]
) -> tuple[Requirement, ...]:
    """The requirements that neither *facts* nor the incident itself meet.

    A name such as ``"confirmed|auto_close_due"`` is met by either.  ``None``, false and a blank
    text are no fact.
    """
    found = []
    for name in requires:
        ways = name.split("|")
        if not any(_there(facts.get(way)) or _there(_own(way, incident)) for way in ways):
            text = ", or ".join(REQUIREMENTS.get(way, way.replace("_", " ")) for way in ways)
            found.append(Requirement(name, text))
    return tuple(found)
