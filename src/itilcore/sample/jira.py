"""Writing histories as Jira Service Management issues with their changelog."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, TextIO

from .history import History, Step
from .servicenow import kept_promise

__all__ = ["write_jira"]

_NAMES: Final = {
    "customfield_10041": "Impact",
    "customfield_10042": "Urgency",
    "customfield_10043": "Pending reason",
    "customfield_10044": "Affected services",
    "customfield_10045": "Source",
    "customfield_10050": "Assignment group",
    "customfield_10061": "Subcategory",
    "customfield_10070": "Time to resolution",
}
_KEYS: Final = {name: key for key, name in _NAMES.items()}
_STATUSES: Final = {
    "new": ("Open", "To Do"),
    "active": ("Work in progress", "In Progress"),
    "hold": ("Pending", "In Progress"),
    "resolved": ("Resolved", "Done"),
    "closed": ("Closed", "Done"),
    "stray": ("Imported", "To Do"),
}
_PRIORITIES: Final = {1: "Highest", 2: "High", 3: "Medium", 4: "Low", 5: "Lowest"}
_LEVELS: Final = {1: "High", 2: "Medium", 3: "Low"}
_PENDING: Final = {
    "Awaiting User Info": "More info required",
    "Awaiting Vendor": "Waiting on vendor",
    "Awaiting Problem": "Pending on problem",
    "Awaiting Evidence": "Waiting on evidence",
}


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000+0000"


def _person(name: str | None) -> dict[str, str] | None:
    return None if name is None else {"accountId": _account(name), "displayName": name}


def _account(name: str) -> str:
    return "557058:" + name.lower().replace(" ", "-")


def _values(step: Step) -> dict[str, str | None]:
    """What an issue stands at after *step*, by the names that a changelog uses."""
    return {
        "status": _STATUSES[step.status][0],
        "priority": _PRIORITIES[step.priority],
        "assignee": step.assignee,
        "Impact": _LEVELS[step.impact],
        "Urgency": _LEVELS[step.urgency],
        "Pending reason": _PENDING[step.hold] if step.hold else None,
        "Assignment group": step.group,
    }


def _item(name: str, before: str | None, after: str | None) -> dict[str, Any]:
    custom = name in _KEYS
    account = name == "assignee"
    return {
        "field": name,
        "fieldtype": "custom" if custom else "jira",
        "fieldId": _KEYS[name] if custom else name,
        "from": _account(before) if account and before else None,
        "fromString": before,
        "to": _account(after) if account and after else None,
        "toString": after,
    }


def _histories(history: History, number: int) -> list[dict[str, Any]]:
    """The changes, newest first, as ``expand=changelog`` returns them."""
    found = []
    for count, (earlier, step) in enumerate(zip(history.steps, history.steps[1:], strict=False)):
        before, after = _values(earlier), _values(step)
        items = [
            _item(name, before[name], after[name]) for name in after if before[name] != after[name]
        ]
        found.append(
            {
                "id": str(100_000 + 100 * number + count),
                "author": _person(step.actor),
                "created": _time(step.at),
                "items": items,
            }
        )
    return found[::-1]


def _promise(history: History) -> dict[str, Any]:
    last = history.steps[-1]
    cycle = {"startTime": {"iso8601": _time(history.logged_at)}, "breached": True}
    cycle["breached"] = not kept_promise(history)
    done = last.status == "closed"
    if done:
        cycle["stopTime"] = {"iso8601": _time(last.at)}
    return {
        "id": "1",
        "name": "Time to resolution",
        "completedCycles": [cycle] if done else [],
        **({} if done else {"ongoingCycle": cycle}),
    }


def _option(value: str | None) -> dict[str, str] | None:
    return None if value is None else {"value": value}


def _issue(history: History, number: int) -> dict[str, Any]:
    last = history.steps[-1]
    now = _values(last)
    done = last.status in {"resolved", "closed"}
    resolved = [step.at for step in history.steps if step.status == "resolved"]
    changes = _histories(history, number)
    fields = {
        "summary": history.title,
        "issuetype": {"name": "[System] Incident", "subtask": False},
        "project": {"key": "INC", "name": "Service desk", "projectTypeKey": "service_desk"},
        "status": {"name": now["status"], "statusCategory": {"name": _STATUSES[last.status][1]}},
        "priority": {"name": now["priority"]},
        "assignee": _person(last.assignee),
        "reporter": _person(history.requester),
        "components": [{"name": history.category}],
        "created": _time(history.logged_at),
        "updated": _time(last.at),
        "resolution": {"name": history.close_code} if done else None,
        "resolutiondate": _time(resolved[-1]) if done and resolved else None,
        _KEYS["Impact"]: _option(now["Impact"]),
        _KEYS["Urgency"]: _option(now["Urgency"]),
        _KEYS["Pending reason"]: _option(now["Pending reason"]),
        _KEYS["Affected services"]: [{"name": history.item}] if history.item else [],
        _KEYS["Source"]: _option(history.channel),
        _KEYS["Assignment group"]: {"name": last.group},
        _KEYS["Subcategory"]: _option(history.subcategory),
        _KEYS["Time to resolution"]: _promise(history),
    }
    return {
        "id": str(10_000 + number),
        "key": f"INC-{number}",
        "names": _NAMES,
        "fields": fields,
        "changelog": {
            "startAt": 0,
            "maxResults": len(changes),
            "total": len(changes),
            "histories": changes,
        },
    }


def write_jira(histories: Iterable[History], out: TextIO) -> None:
    """Write *histories* to *out* as Jira issues with ``expand=changelog,names``, one a line.

    The changelog is newest first, times are UTC as ``2026-01-05T09:00:00.000+0000``.
    """
    out.writelines(
        json.dumps(_issue(history, number)) + "\n" for number, history in enumerate(histories, 1)
    )
