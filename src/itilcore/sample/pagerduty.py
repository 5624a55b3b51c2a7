"""Writing histories as PagerDuty incidents with their log entries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, TextIO

from .history import History, Step

__all__ = ["write_pagerduty"]

_LEVELS: Final = {1: "High", 2: "Medium", 3: "Low"}
_CHANNELS: Final = {"Monitoring": "api", "Email": "email", "Phone": "phone"}
_SERVICE: Final = {"id": "PSERV01", "type": "service_reference", "summary": "Service desk"}


def _at(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _reference(kind: str, name: str) -> dict[str, str]:
    return {
        "id": "P" + name.upper().replace(" ", ""),
        "type": f"{kind}_reference",
        "summary": name,
    }


def _agent(step: Step) -> dict[str, str]:
    return _SERVICE if step.actor == "system" else _reference("user", step.actor)


def _urgency(step: Step) -> str:
    return "high" if step.urgency == 1 else "low"


def _priority(step: Step) -> dict[str, str]:
    return {**_reference("priority", f"P{step.priority}"), "name": f"P{step.priority}"}


def _moved(before: Step | None, step: Step) -> list[dict[str, Any]]:
    """What PagerDuty logs when *step* follows *before*, oldest first, without ids."""
    found: list[dict[str, Any]] = []

    def add(kind: str, **more: object) -> None:
        teams = [_reference("team", step.group)]
        found.append({"type": f"{kind}_log_entry", "agent": _agent(step), "teams": teams, **more})

    done = {"resolved", "closed"}
    was = None if before is None else before.status
    if before is not None and was in done and step.status not in done:
        add("reopen", channel={"type": "website"})
    if before is None or (before.group, before.assignee) != (step.group, step.assignee):
        assignees = [_reference("user", step.assignee)] if step.assignee else []
        if before is not None or assignees:
            add("assign", assignees=assignees, channel={"type": "website"})
    if before is not None and before.priority != step.priority:
        ends = {"old_priority": _priority(before), "new_priority": _priority(step)}
        add("priority_change", channel={"type": "website", **ends})
    if before is not None and _urgency(before) != _urgency(step):
        changed = {"old_urgency": _urgency(before), "new_urgency": _urgency(step)}
        add("urgency_change", channel={"type": "website", **changed})
    taken = step.assignee is not None and (before is None or before.assignee is None)
    if step.status == "hold":
        add("snooze", channel={"type": "website"})
    elif step.status in done:
        if was not in done:
            add("resolve", channel={"type": "website"})
    elif taken or was in done or was == "hold":
        user = _reference("user", step.assignee or step.actor)
        add("acknowledge", agent=user, channel={"type": "mobile"})
    return found


def _log(history: History, number: int) -> list[dict[str, Any]]:
    """The log entries, newest first, as PagerDuty lists them."""
    trigger = {
        "type": "trigger_log_entry",
        "agent": _SERVICE,
        "teams": [_reference("team", history.steps[0].group)],
        "channel": {"type": _CHANNELS.get(history.channel, "web_trigger")},
    }
    found = [{**trigger, "created_at": _at(history.logged_at)}]
    before: Step | None = None
    for step in history.steps:
        found += [{**entry, "created_at": _at(step.at)} for entry in _moved(before, step)]
        before = step
    for count, entry in enumerate(found):
        entry["id"] = f"R{number:06}{count:03}"
    return found[::-1]


def _incident(history: History, number: int) -> dict[str, Any]:
    last = history.steps[-1]
    log = _log(history, number)
    states = {"resolve": "resolved", "acknowledge": "acknowledged", "snooze": "acknowledged",
              "trigger": "triggered", "reopen": "triggered"}  # fmt: skip
    kinds = (str(entry["type"]).removesuffix("_log_entry") for entry in log)
    status = next(states[kind] for kind in kinds if kind in states)
    resolved = next((e for e in log if e["type"] == "resolve_log_entry"), None)
    custom = {
        "impact": _LEVELS[last.impact],
        "category": history.category,
        "subcategory": history.subcategory,
        "source": history.channel,
        "caller": history.requester,
    }
    return {
        "id": f"Q{number:08}",
        "type": "incident",
        "incident_number": number,
        "title": history.title,
        "created_at": _at(history.logged_at),
        "status": status,
        "urgency": _urgency(last),
        "priority": _priority(last),
        "service": _reference("service", history.service),
        "escalation_policy": _reference("escalation_policy", "Default"),
        "teams": [_reference("team", last.group)],
        "assignments": [
            {"at": _at(last.at), "assignee": _reference("user", name)}
            for name in (last.assignee,)
            if name is not None and status != "resolved"
        ],
        "custom_fields": [
            {"id": f"PF{place}", "name": name, "type": "field_value", "value": value}
            for place, (name, value) in enumerate(custom.items())
        ],
        "resolved_at": resolved["created_at"] if resolved and status == "resolved" else None,
        "log_entries": log,
    }


def write_pagerduty(histories: Iterable[History], out: TextIO) -> None:
    """Write *histories* to *out* as a page of PagerDuty incidents, each with ``log_entries``.

    Log entries are newest first.  On hold is snoozed, since PagerDuty knows no hold; it does
    not close, so closing is left out; impact, category, source and caller are custom fields.
    """
    out.write('{"incidents": [')
    out.writelines(
        (",\n" if number > 1 else "\n") + json.dumps(_incident(history, number))
        for number, history in enumerate(histories, 1)
    )
    out.write('\n], "offset": 0, "limit": 100, "total": null, "more": false}\n')
