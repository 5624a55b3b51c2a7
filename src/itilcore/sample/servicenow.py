"""Writing histories in ServiceNow's two shapes: the audit log and the incident table."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, TextIO

from .history import History, Step

__all__ = ["write_servicenow", "write_servicenow_table"]

_LOG: Final = (
    "number", "incident_state", "active", "reassignment_count", "reopen_count", "sys_mod_count",
    "made_sla", "caller_id", "opened_by", "opened_at", "sys_created_by", "sys_created_at",
    "sys_updated_by", "sys_updated_at", "contact_type", "location", "category", "subcategory",
    "u_symptom", "cmdb_ci", "impact", "urgency", "priority", "assignment_group", "assigned_to",
    "knowledge", "u_priority_confirmation", "notify", "problem_id", "rfc", "vendor", "caused_by",
    "closed_code", "resolved_by", "resolved_at", "closed_at",
)  # fmt: skip
_TABLE: Final = (
    "number", "state", "hold_reason", "impact", "urgency", "priority", "opened_at", "resolved_at",
    "closed_at", "assignment_group", "assigned_to", "reopen_count", "reassignment_count",
    "contact_type", "close_code", "category", "subcategory", "cmdb_ci", "business_service",
    "caller_id", "short_description", "active",
)  # fmt: skip
_STATES: Final = {
    "new": ("New", "1"),
    "active": ("Active", "2"),
    "resolved": ("Resolved", "6"),
    "closed": ("Closed", "7"),
    "stray": ("-100", "-100"),
}
_HOLDS: Final = {
    "Awaiting User Info": "Awaiting Caller",
    "Awaiting Vendor": "Awaiting Vendor",
    "Awaiting Problem": "Awaiting Problem",
    "Awaiting Evidence": "Awaiting Evidence",
}
_LEVELS: Final = {1: "1 - High", 2: "2 - Medium", 3: "3 - Low"}
_PRIORITIES: Final = {
    1: "1 - Critical",
    2: "2 - High",
    3: "3 - Moderate",
    4: "4 - Low",
    5: "5 - Planning",
}
_PROMISED_DAYS: Final = {1: 5.5, 2: 6.0, 3: 8.0, 4: 11.0, 5: 16.0}
"""What made_sla compares with: days from opening to closing, the five of auto-close included."""


def _local(at: datetime | None) -> str:
    return "?" if at is None else f"{at.day}/{at.month}/{at.year} {at.hour:02d}:{at.minute:02d}"


def _iso(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"


def write_servicenow(histories: Iterable[History], out: TextIO) -> None:
    """Write *histories* to *out* as a ServiceNow audit log in CSV, one row per update.

    Times are UTC in the form ``d/m/yyyy HH:MM``; ``?`` stands for what is missing.  As in the
    real thing, ``resolved_at``, ``closed_at`` and ``closed_code`` repeat the final value on
    every row.  Open *out* with ``newline=""``.
    """
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_LOG)
    for history in histories:
        resolved, closed = history.resolution, history.closing
        reassigned = reopened = 0
        before: Step | None = None
        for count, step in enumerate(history.steps):
            if before is not None:
                reassigned += step.group != before.group
                done = before.status in {"resolved", "closed"}
                reopened += done and step.status in {"new", "active", "hold"}
            before = step
            state = step.hold or _STATES[step.status][0]
            rows.writerow(
                (
                    history.reference,
                    state,
                    "false" if step.status == "closed" else "true",
                    reassigned,
                    reopened,
                    count,
                    "true" if kept_promise(history) else "false",
                    history.requester,
                    "Opened by 1",
                    _local(history.logged_at),
                    "Created by 1",
                    _local(history.logged_at),
                    step.actor,
                    _local(step.at),
                    history.channel,
                    history.site,
                    history.category,
                    history.subcategory,
                    "?",
                    history.item or "?",
                    _LEVELS[step.impact],
                    _LEVELS[step.urgency],
                    _PRIORITIES[step.priority],
                    step.group,
                    step.assignee or "?",
                    "false",
                    "false",
                    "Do Not Notify",
                    "?",
                    "?",
                    "?",
                    "?",
                    history.close_code if closed else "?",
                    resolved.actor if resolved else "?",
                    _local(resolved.at if resolved else None),
                    _local(closed.at if closed else None),
                )
            )


def kept_promise(history: History) -> bool:
    """Whether *history* ended, or stands so far, within the days promised for its priority."""
    last = history.closing or history.steps[-1]
    promised = timedelta(days=_PROMISED_DAYS[last.priority])
    return last.at - history.logged_at <= promised


def write_servicenow_table(histories: Iterable[History], out: TextIO) -> None:
    """Write *histories* to *out* as ServiceNow's incident table in CSV, one row per incident.

    Times are UTC in the form ``yyyy-mm-dd HH:MM:SS``; what is missing is empty.
    """
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_TABLE)
    for history in histories:
        last = history.steps[-1]
        resolved, closed = history.resolution, history.closing
        rows.writerow(
            (
                history.reference,
                "3" if last.hold else _STATES[last.status][1],
                _HOLDS[last.hold] if last.hold else "",
                _LEVELS[last.impact],
                _LEVELS[last.urgency],
                _PRIORITIES[last.priority],
                _iso(history.logged_at),
                _iso(resolved.at if resolved else None),
                _iso(closed.at if closed else None),
                last.group,
                last.assignee or "",
                history.reopenings,
                history.reassignments,
                history.channel,
                history.close_code if closed else "",
                history.category,
                history.subcategory,
                history.item or "",
                history.service,
                history.requester,
                history.title,
                "false" if last.status == "closed" else "true",
            )
        )
