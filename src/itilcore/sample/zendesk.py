"""Writing histories as Zendesk tickets with their metric events and audits."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, TextIO

from .history import History, Step

__all__ = ["write_zendesk"]

_FIELDS: Final = {
    "Exact priority": 360001,
    "Impact": 360002,
    "Urgency": 360003,
    "Category": 360004,
    "Subcategory": 360005,
    "Service": 360006,
    "Source": 360007,
    "Hold reason": 360008,
}
_TICKET_FIELDS: Final = [{"id": key, "title": title} for title, key in _FIELDS.items()]
_STATUSES: Final = {"stray": "open", "active": "open", "resolved": "solved", "closed": "closed"}
_PRIORITIES: Final = {1: "urgent", 2: "high", 3: "normal", 4: "low", 5: "low"}
_LEVELS: Final = {1: "High", 2: "Medium", 3: "Low"}
_CHANNELS: Final = {"Monitoring": "api", "Email": "email", "Phone": "voice"}
_CALLER: Final = "Awaiting User Info"
_STOPS: Final[dict[str, dict[str, str]]] = {
    "agent_work_time": {"pending": "pause", "hold": "pause"},
    "requester_wait_time": {"pending": "pause"},
    "resolution_time": {},
}


def _at(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _id(name: str) -> int:
    """An id that is the same wherever *name* comes up."""
    return 360_000_000_000 + zlib.crc32(name.encode())


def _named(names: Iterable[str]) -> list[dict[str, Any]]:
    return [{"id": _id(name), "name": name} for name in dict.fromkeys(names)]


def _status(step: Step) -> str:
    if step.status == "hold":
        return "pending" if step.hold == _CALLER else "hold"
    # A ticket that is assigned is open: Zendesk sees to that.
    return _STATUSES.get(step.status, "new" if step.assignee is None else "open")


def _standard(step: Step) -> dict[str, str | int | None]:
    return {
        "status": _status(step),
        "priority": _PRIORITIES[step.priority],
        "type": "incident",
        "group_id": _id(step.group),
        "assignee_id": None if step.assignee is None else _id(step.assignee),
    }


def _custom(history: History, step: Step) -> dict[int, str | None]:
    """The custom fields after *step*, by their id."""
    reason = step.hold.capitalize() if step.hold and step.hold != _CALLER else None
    values = (f"P{step.priority}", _LEVELS[step.impact], _LEVELS[step.urgency], history.category,
              history.subcategory, history.item, history.channel, reason)  # fmt: skip
    return dict(zip(_FIELDS.values(), values, strict=True))


def _audits(history: History, number: int) -> list[dict[str, Any]]:
    """What each step changed, oldest first; values are texts, as in real audits."""
    found: list[dict[str, Any]] = []
    before: dict[str, str | None] = {}
    for count, step in enumerate(history.steps):
        values = [*_standard(step).items(), *_custom(history, step).items()]
        after = {str(name): None if v is None else str(v) for name, v in values}
        kind = "Change" if count else "Create"
        events = [
            {"id": 1000 * number + 20 * count + place, "type": kind, "field_name": name,
             "value": after[name], **({"previous_value": before[name]} if count else {})}
            for place, name in enumerate(after)
            if not count or before[name] != after[name]
        ]  # fmt: skip
        author = -1 if step.actor == "system" else _id(step.actor)
        key = 100 * number + count
        found.append(
            {"id": key, "ticket_id": number, "created_at": _at(step.at), "author_id": author,
             "events": events}
        )  # fmt: skip
        before = after
    return found


def _metric_events(history: History, number: int) -> list[dict[str, Any]]:
    """The clocks that every ticket has, whether or not it has an SLA."""
    found: list[tuple[datetime, str, int, str]] = []
    for metric, stops in _STOPS.items():
        instance, running = 1, ""
        for step in history.steps:
            status = _status(step)
            kind = "fulfill" if status in {"solved", "closed"} else stops.get(status, "activate")
            if kind != running:
                instance += running == "fulfill"
                found.append((step.at, metric, instance, kind))
                running = kind
    return [
        {"id": 1000 * number + place, "ticket_id": number, "metric": metric,
         "instance_id": instance, "type": kind, "time": _at(at)}
        for place, (at, metric, instance, kind) in enumerate(sorted(found, key=lambda e: e[0]))
    ]  # fmt: skip


def _metric_set(history: History) -> dict[str, Any]:
    assigned: list[datetime] = []
    moved: list[datetime] = []
    holder, status = None, ""
    for step in history.steps:
        if step.assignee not in {None, holder}:
            holder = step.assignee
            assigned.append(step.at)
        if _status(step) != status:
            status = _status(step)
            moved.append(step.at)
    solved = history.resolution
    return {
        "initially_assigned_at": _at(assigned[0]) if assigned else None,
        "assigned_at": _at(assigned[-1]) if assigned else None,
        "solved_at": _at(solved.at) if solved else None,
        "status_updated_at": _at(moved[-1]),
        "assignee_stations": len(assigned),
        "group_stations": history.reassignments + 1,
        "reopens": history.reopenings,
    }


def _ticket(history: History, number: int, with_audits: bool) -> dict[str, Any]:
    last = history.steps[-1]
    people = [history.requester, *(n for s in history.steps for n in (s.actor, s.assignee) if n)]
    ticket = {
        "id": number,
        "external_id": history.reference,
        "subject": history.title,
        "created_at": _at(history.logged_at),
        "updated_at": _at(last.at),
        **_standard(last),
        "requester_id": _id(history.requester),
        "via": {"channel": _CHANNELS.get(history.channel, "web")},
        "custom_fields": [{"id": k, "value": v} for k, v in _custom(history, last).items()],
        "ticket_fields": _TICKET_FIELDS,
        "groups": _named(step.group for step in history.steps),
        "users": _named(people),
        "metric_set": _metric_set(history),
        "metric_events": _metric_events(history, number),
    }
    return {**ticket, "audits": _audits(history, number)} if with_audits else ticket


def write_zendesk(histories: Iterable[History], out: TextIO, *, audits: bool = True) -> None:
    """Write *histories* to *out* as a page of Zendesk tickets, each with ``metric_events``.

    With *audits* each ticket has its ``audits`` too.  Waiting for the caller is pending, any
    other hold is hold; Zendesk has four priorities, so a custom field has the exact one of
    five; impact, urgency, category, service, source and hold reason are custom fields.
    """
    out.write('{"tickets": [')
    count = 0
    for count, history in enumerate(histories, 1):
        out.write((",\n" if count > 1 else "\n") + json.dumps(_ticket(history, count, audits)))
    out.write(f'\n], "next_page": null, "count": {count}, "end_of_stream": true}}\n')
