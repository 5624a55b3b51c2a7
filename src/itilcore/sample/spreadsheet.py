"""Writing histories as a desk's own spreadsheet, with column names as people choose them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Final, TextIO

from .history import History, Step

__all__ = ["write_spreadsheet"]

_COLUMNS: Final = (
    "Ticket ID", "Title", "Opened", "Status", "Priority", "Category", "Service", "Team", "Owner",
    "Requester", "Source", "First response", "Resolved", "Closed", "Reopened", "Reassigned",
)  # fmt: skip
_STATUSES: Final = {
    "new": "Open",
    "active": "In progress",
    "hold": "On hold",
    "resolved": "Resolved",
    "closed": "Closed",
}


def _at(step: Step | None) -> str:
    return "" if step is None else f"{step.at:%Y-%m-%d %H:%M}"


def write_spreadsheet(histories: Iterable[History], out: TextIO) -> None:
    """Write *histories* to *out* as CSV, one row per incident, times in UTC to the minute.

    What is missing is empty.  Open *out* with ``newline=""``.
    """
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for history in histories:
        last = history.steps[-1]
        rows.writerow(
            (
                history.reference,
                history.title,
                f"{history.logged_at:%Y-%m-%d %H:%M}",
                _STATUSES.get(last.status, "?"),
                f"P{last.priority}",
                history.category,
                history.service,
                last.group,
                last.assignee or "",
                history.requester,
                history.channel,
                _at(history.acknowledgement),
                _at(history.resolution),
                _at(history.closing),
                history.reopenings,
                history.reassignments,
            )
        )
