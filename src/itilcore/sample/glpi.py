"""Writing histories as GLPI gives its tickets: the REST interface's JSON, and the list in CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final, TextIO

from .history import History, Step

__all__ = ["write_glpi", "write_glpi_list"]

_STATUSES: Final = {
    "New": 1,
    "Processing (assigned)": 2,
    "Processing (planned)": 3,
    "Pending": 4,
    "Solved": 5,
    "Closed": 6,
}
_LEVELS: Final = {1: "Very low", 2: "Low", 3: "Medium", 4: "High", 5: "Very high"}
_LIST: Final = (
    "ID", "Title", "Status", "Type", "Opening date", "Last update", "Priority", "Urgency",
    "Impact", "Requester - Requester", "Assigned to - Technician",
    "Assigned to - Technician group", "Category", "Request source", "Location",
    "Take into account date", "Resolution date", "Closing date",
)  # fmt: skip


def _at(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%d %H:%M:%S}"


def _status(step: Step) -> str:
    if step.status == "hold":
        return "Pending"
    started = "Processing (planned)" if step.assignee else "Processing (assigned)"
    names = {"resolved": "Solved", "closed": "Closed", "active": started}
    return names.get(step.status, "New")


def _when(step: Step | None) -> datetime | None:
    return None if step is None else step.at


def write_glpi(histories: Iterable[History], out: TextIO) -> None:
    """Write *histories* to *out* as the array of tickets that ``GET /Ticket`` returns.

    Names stand in place of identifiers, as with ``expand_dropdowns=true``.  Times are naive, in
    UTC; what is missing is ``null``.
    """
    separator = "["
    for number, history in enumerate(histories, 1):
        last = history.steps[-1]
        resolved, closed = _when(history.resolution), _when(history.closing)
        taken = _when(history.acknowledgement)
        ticket = {
            "id": number,
            "entities_id": "Root entity",
            "name": history.title,
            "date": _at(history.logged_at),
            "closedate": _at(closed),
            "solvedate": _at(resolved),
            "takeintoaccountdate": _at(taken),
            "date_mod": _at(last.at),
            "status": _STATUSES[_status(last)],
            "users_id_recipient": history.requester,
            "requesttypes_id": history.channel,
            "urgency": 5 - last.urgency,
            "impact": 5 - last.impact,
            "priority": 6 - last.priority,
            "itilcategories_id": f"{history.category} > {history.subcategory}",
            "type": 1,
            "solve_delay_stat": _seconds(history.logged_at, resolved),
            "close_delay_stat": _seconds(history.logged_at, closed),
            "takeintoaccount_delay_stat": _seconds(history.logged_at, taken),
            "waiting_duration": 0,
            "groups_id_assign": last.group,
            "users_id_assign": last.assignee,
            "is_deleted": 0,
        }
        out.write(f"{separator}\n{json.dumps(ticket)}")
        separator = ","
    out.write("[]\n" if separator == "[" else "\n]\n")


def _seconds(start: datetime, end: datetime | None) -> int:
    return 0 if end is None else int((end - start).total_seconds())


def write_glpi_list(histories: Iterable[History], out: TextIO) -> None:
    """Write *histories* to *out* as GLPI exports its list of tickets: CSV with semicolons.

    Times are naive, in UTC, to the minute; what is missing is empty.  Open *out* with
    ``newline=""``.
    """
    rows = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(_LIST)
    for number, history in enumerate(histories, 1):
        last = history.steps[-1]
        ends = (history.acknowledgement, history.resolution, history.closing)
        rows.writerow(
            (
                number,
                history.title,
                _status(last),
                "Incident",
                f"{history.logged_at:%Y-%m-%d %H:%M}",
                f"{last.at:%Y-%m-%d %H:%M}",
                _LEVELS[6 - last.priority],
                _LEVELS[5 - last.urgency],
                _LEVELS[5 - last.impact],
                history.requester,
                last.assignee or "",
                last.group,
                f"{history.category} > {history.subcategory}",
                history.channel,
                history.site,
                *("" if step is None else f"{step.at:%Y-%m-%d %H:%M}" for step in ends),
            )
        )
