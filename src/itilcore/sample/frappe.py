"""Writing histories as Frappe Helpdesk gives its tickets: the REST interface's JSON, and CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, TextIO

from .history import History, Step

__all__ = ["write_frappe", "write_frappe_list"]

_STATUSES: Final = {"hold": "Replied", "resolved": "Resolved", "closed": "Closed"}
_PRIORITIES: Final = {1: "Urgent", 2: "High", 3: "Medium", 4: "Low", 5: "Very Low"}
_LABELS: Final = {
    "name": "ID",
    "subject": "Subject",
    "raised_by": "Raised By (Email)",
    "status": "Status",
    "priority": "Priority",
    "ticket_type": "Ticket Type",
    "agent_group": "Team",
    "_assign": "Assigned To",
    "creation": "Created On",
    "modified": "Last Updated On",
    "opening_date": "Opening Date",
    "opening_time": "Opening Time",
    "first_responded_on": "First Responded On",
    "resolution_date": "Resolution Date",
}


def _at(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


def _step(step: Step | None) -> str | None:
    return None if step is None else _at(step.at)


def _ticket(number: int, history: History) -> dict[str, Any]:
    last = history.steps[-1]
    return {
        "name": number,
        "subject": history.title,
        "raised_by": history.requester,
        "status": _STATUSES.get(last.status, "Open"),
        "priority": _PRIORITIES[last.priority],
        "ticket_type": history.category,
        "agent_group": last.group,
        "_assign": json.dumps([last.assignee]) if last.assignee else None,
        "creation": _at(history.logged_at),
        "modified": _at(last.at),
        "opening_date": f"{history.logged_at:%Y-%m-%d}",
        "opening_time": f"{history.logged_at:%H:%M:%S.%f}",
        "first_responded_on": _step(history.acknowledgement),
        "resolution_date": _step(history.resolution),
    }


def write_frappe(histories: Iterable[History], out: TextIO) -> None:
    """Write *histories* to *out* as the page that ``GET /api/resource/HD Ticket`` returns.

    Times are naive, in UTC; what is missing is ``null``.  The desk has five priorities and
    Frappe four by default; the fifth is called "Very Low".
    """
    separator = '{"data": ['
    for number, history in enumerate(histories, 1):
        out.write(f"{separator}\n{json.dumps(_ticket(number, history))}")
        separator = ","
    out.write("]}\n" if separator == "," else '{"data": []}\n')


def write_frappe_list(histories: Iterable[History], out: TextIO) -> None:
    """Write *histories* to *out* as Frappe exports a list: CSV with labels in its header.

    Open *out* with ``newline=""``.
    """
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_LABELS.values())
    for number, history in enumerate(histories, 1):
        rows.writerow(_ticket(number, history).values())
