"""PagerDuty incidents with their log entries: how each stood after each entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from .flattening import text
from .form import BrokenDocument, DocumentForm
from .trail import moment, objects

__all__ = ["PAGERDUTY"]

Content = Mapping[str, Any]

_CUSTOM: Final = ("impact", "category", "subcategory", "source", "caller", "hold_reason")
"""Custom fields by their name; PagerDuty tells their present value only."""

_MOVES: Final = frozenset({"trigger", "assign", "reassign", "escalate", "delegate"})
_STATUSES: Final = {
    "trigger": "triggered",
    "unacknowledge": "triggered",
    "snooze": "snoozed",
    "resolve": "resolved",
    "reopen": "reopened",
}
_CHANGES: Final = {"priority_change": "priority", "urgency_change": "urgency"}
_FOLLOWED: Final = _MOVES | _STATUSES.keys() | _CHANGES.keys() | {"acknowledge"}
_USERS: Final = frozenset({"user", "user_reference"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS: Final = (
    "id", "incident_number", "title", "created_at", "entry", "type", "at", "agent", "status",
    "resolved_at", "priority", "urgency", "team", "assignee", "service", "escalation_policy",
    "channel", *_CUSTOM,
)  # fmt: skip


def _fits(content: Content) -> bool:
    return "incident_number" in content and (
        "log_entries" in content or isinstance(content.get("service"), dict)
    )


def _unroll(content: Content) -> list[dict[str, str]]:
    number = text(content.get("incident_number")).strip()
    if not number and not text(content.get("id")).strip():
        raise BrokenDocument("has neither incident_number nor id")
    _instant(content.get("created_at"), "created_at")
    entries = _entries(content)
    resolved = _resolved_at(content)
    state = _start(content, entries)
    state["resolved_at"] = resolved
    changed = {name: [e for e in entries if _kind(e) == kind] for kind, name in _CHANGES.items()}
    for name, found in changed.items():
        if found:
            state[name] = _told(found[0], f"old_{name}") or ""
    rows: list[dict[str, str]] = []
    for entry in entries:
        kind = _kind(entry)
        _take(state, kind, entry)
        if kind in _CHANGES:
            name = _CHANGES[kind]
            new = _told(entry, f"new_{name}")
            last = _level(content.get(name)) if entry is changed[name][-1] else ""
            state[name] = last if new is None else new
        agent = entry.get("agent")
        rows.append(
            {
                **state,
                "entry": text(entry.get("id")),
                "type": text(entry.get("type")),
                "at": text(entry.get("created_at")),
                "agent": _summary(agent) if _is_user(agent) else "",
            }
        )
    if content.get("status") == "resolved" and state["status"] != "resolved":
        if not resolved:
            raise BrokenDocument("is resolved, and neither its log nor resolved_at says when")
        last_row = {**state, "status": "resolved", "entry": "", "type": "", "agent": ""}
        rows.append({**last_row, "at": resolved})
    return rows


def _instant(value: object, what: str) -> datetime:
    found = moment(value, what)
    if found < _EPOCH:
        raise BrokenDocument(f"{what} lies before 1970")
    return found


def _resolved_at(content: Content) -> str:
    """``resolved_at``, empty where it lies before 1970: so says a tool that means "not yet"."""
    value = content.get("resolved_at")
    if value is None or value == "":
        return ""
    return "" if moment(value, "resolved_at") < _EPOCH else text(value)


def _entries(content: Content) -> list[Content]:
    """The entries that are followed, oldest first, each once."""
    log = content.get("log_entries")
    if log is None:
        raise BrokenDocument("has no log_entries: put those of /incidents/{id}/log_entries there")
    if isinstance(log, dict):
        # The page as the interface returns it.
        more, log = log.get("more"), log.get("log_entries")
        if more is True:
            raise BrokenDocument("its log is cut off: there are more log entries")
    found = [
        (_instant(entry.get("created_at"), f"log_entries[{index}].created_at"), entry)
        for index, entry in enumerate(objects(log, "log_entries"))
    ]
    # The interface lists the newest first; entries of one instant stand in that order too.
    if found and found[0][0] >= found[-1][0]:
        found.reverse()
    seen: set[str] = set()
    kept: list[Content] = []
    for _, entry in sorted(found, key=lambda pair: pair[0]):
        key = text(entry.get("id"))
        if _kind(entry) in _FOLLOWED and not (key and key in seen):
            seen.add(key)
            kept.append(entry)
    if not any(_kind(entry) == "trigger" for entry in kept):
        raise BrokenDocument("its log is cut off: it has no trigger_log_entry")
    return kept


def _kind(entry: Content) -> str:
    return text(entry.get("type")).removesuffix("_reference").removesuffix("_log_entry")


def _start(content: Content, entries: list[Content]) -> dict[str, str]:
    """The state before the first entry: what entries tell begins empty."""
    moved = [entry for entry in entries if _kind(entry) in _MOVES]
    assigned = [a.get("assignee") for a in _dicts(content.get("assignments"))]
    trigger = next(entry for entry in entries if _kind(entry) == "trigger")
    channel = trigger.get("channel")
    custom = {text(field.get("name")): field for field in _dicts(content.get("custom_fields"))}
    return {
        **dict.fromkeys(_COLUMNS, ""),
        **{name: text(content.get(name)) for name in ("id", "incident_number", "created_at")},
        "title": text(content.get("title")),
        "status": "triggered",
        "priority": _level(content.get("priority")),
        "urgency": _level(content.get("urgency")),
        "team": "" if any(map(_team, moved)) else _first(content.get("teams")),
        "assignee": "" if any(map(_assignee, moved)) else _first(assigned),
        "service": _summary(content.get("service")),
        "escalation_policy": _summary(content.get("escalation_policy")),
        "channel": text(channel.get("type")) if isinstance(channel, dict) else "",
        **{name: _value(custom[name]) for name in _CUSTOM if name in custom},
    }


def _take(state: dict[str, str], kind: str, entry: Content) -> None:
    """What an entry of *kind* says about the status, the team and the assignee."""
    if kind == "acknowledge":
        by_user = _is_user(entry.get("agent"))
        state["status"] = "acknowledged" if by_user else "acknowledged by service"
    state["status"] = _STATUSES.get(kind, state["status"])
    if kind in _MOVES:
        state["team"] = _team(entry) or state["team"]
        state["assignee"] = _assignee(entry) or state["assignee"]


def _is_user(agent: object) -> bool:
    return isinstance(agent, dict) and text(agent.get("type")) in _USERS


def _dicts(value: object) -> list[Content]:
    return [i for i in value if isinstance(i, dict)] if isinstance(value, list) else []


def _summary(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    found = (text(value.get(key)).strip() for key in ("summary", "name", "id"))
    return next((name for name in found if name), "")


def _first(value: object) -> str:
    return next((name for item in _dicts(value) if (name := _summary(item))), "")


def _team(entry: Content) -> str:
    return _first(entry.get("teams"))


def _assignee(entry: Content) -> str:
    return _first(entry.get("assignees"))


def _level(value: object) -> str:
    return value if isinstance(value, str) else _summary(value)


def _told(entry: Content, key: str) -> str | None:
    """What a change says it led from or to; ``None`` where it does not."""
    channel = entry.get("channel")
    return _level(channel[key]) if isinstance(channel, dict) and key in channel else None


def _value(field: Content) -> str:
    value = field.get("value")
    return ", ".join(map(text, value)) if isinstance(value, list) else text(value)


PAGERDUTY: Final = DocumentForm("pagerduty", _COLUMNS, _fits, _unroll)
"""Incidents of PagerDuty, each with its log entries under ``log_entries``."""
