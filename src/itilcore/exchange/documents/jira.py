"""Jira issues with their changelog: the values in force after each change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .flattening import text
from .form import BrokenDocument, Content, DocumentForm
from .trail import Change, in_order, moment, name_of, objects, starting

__all__ = ["JIRA"]

_STANDARD: Final = {"status": "status", "priority": "priority", "assignee": "assignee",
                    "issuetype": "issuetype", "Component": "components"}  # fmt: skip
"""Fields of every site: their name in a changelog and their key in ``fields``."""

_CUSTOM: Final = (
    "Assignment group",
    "Team",
    "Impact",
    "Urgency",
    "Pending reason",
    "Subcategory",
    "Affected services",
    "Affected asset",
    "Affected hardware",
    "Source",
)
"""Custom fields by their name; their key differs from site to site."""

_PROMISE: Final = "Time to resolution"
_TRACKED: Final = {name.casefold(): name for name in (*_STANDARD, *_CUSTOM)}
_COLUMNS: Final = (
    "key", "created", "changed", "history", "author", "summary", "reporter", *_STANDARD, *_CUSTOM,
    _PROMISE,
)  # fmt: skip


def _fits(content: Content) -> bool:
    return "key" in content and isinstance(content.get("fields"), dict)


def _unroll(content: Content) -> list[dict[str, str]]:
    key, fields = content.get("key"), content.get("fields")
    if not isinstance(key, str) or not key.strip():
        raise BrokenDocument("has no key")
    if not isinstance(fields, dict):
        raise BrokenDocument("has no fields")
    created = fields.get("created")
    moment(created, "fields.created")
    changes = in_order(_changes(content))
    keys = _keys(content)
    components = _Components(fields.get("components"))
    current = {name: name_of(fields.get(inner)) for name, inner in _STANDARD.items()}
    current |= {name: name_of(fields.get(keys.get(name, name))) for name in _CUSTOM}
    state = starting(current, changes)
    state["Component"] = components.before(changes)
    state |= {
        "key": key,
        "created": text(created),
        "summary": name_of(fields.get("summary")),
        "reporter": name_of(fields.get("reporter")),
        _PROMISE: _promise(fields.get(keys.get(_PROMISE, _PROMISE))),
    }
    rows = [{**state, "changed": text(created), "history": "", "author": state["reporter"]}]
    for change in changes:
        for name, before, after in change.items:
            state[name] = components.change(before, after) if name == "Component" else after
        rows.append({**state, "changed": change.at, "history": change.key, "author": change.who})
    return rows


def _changes(content: Content) -> list[Change]:
    """The changes of the fields that are followed; `BrokenDocument` where some are missing."""
    log = content.get("changelog")
    if log is None:
        raise BrokenDocument("has no changelog: export it with expand=changelog")
    if not isinstance(log, dict):
        raise BrokenDocument("changelog is no object")
    histories = objects(log.get("histories", log.get("values")), "changelog.histories")
    total = log.get("total")
    if isinstance(total, int) and total > len(histories):
        raise BrokenDocument(f"its changelog is cut off: {len(histories)} of {total} changes")
    if log.get("isLast") is False:
        raise BrokenDocument(f"its changelog is cut off after {len(histories)} changes")
    found: list[Change] = []
    for index, history in enumerate(histories):
        path = f"changelog.histories[{index}]"
        when = moment(history.get("created"), f"{path}.created")
        items = tuple(
            (name, name_of(item.get("fromString")), name_of(item.get("toString")))
            for item in objects(history.get("items"), f"{path}.items")
            if (name := _TRACKED.get(text(item.get("field")).casefold()))
        )
        if items:
            key, who = text(history.get("id")), name_of(history.get("author"))
            found.append(Change(text(history["created"]), when, key, who, items))
    return found


def _keys(content: Content) -> dict[str, str]:
    """The key of each custom field, as ``names`` or the changelog says it."""
    wanted = {name.casefold(): name for name in (*_CUSTOM, _PROMISE)}
    found: dict[str, str] = {}
    log: Any = content["changelog"]
    for history in log.get("histories", log.get("values")):
        for item in history["items"]:
            name, key = wanted.get(text(item.get("field")).casefold()), item.get("fieldId")
            if name and isinstance(key, str):
                found[name] = key
    names = content.get("names")
    for key, label in names.items() if isinstance(names, dict) else ():
        if name := wanted.get(text(label).casefold()):
            found[name] = key
    return found


class _Components:
    """The components of an issue: a changelog tells one added or one removed at a time."""

    def __init__(self, current: object) -> None:
        items: list[object] = current if isinstance(current, list) else []
        self._names = [name for item in items if (name := name_of(item))]

    def before(self, changes: list[Change]) -> str:
        """Go back to the time before *changes*."""
        for change in reversed(changes):
            for name, removed, added in reversed(change.items):
                if name == "Component":
                    self.change(added, removed)
        return ", ".join(self._names)

    def change(self, removed: str, added: str) -> str:
        """Take *removed* out and *added* in, either of which may be empty."""
        self._names = [name for name in self._names if name != removed]
        if added and added not in self._names:
            self._names.append(added)
        return ", ".join(self._names)


def _promise(value: object) -> str:
    """Whether the latest cycle of an SLA held: ``true``, ``false`` or unknown."""
    if not isinstance(value, Mapping):
        return ""
    done = value.get("completedCycles")
    running = value.get("ongoingCycle")
    latest = running if running is not None else done[-1] if isinstance(done, list) and done else {}
    breached = latest.get("breached") if isinstance(latest, dict) else None
    return text(not breached) if isinstance(breached, bool) else ""


JIRA: Final = DocumentForm("jira", _COLUMNS, _fits, _unroll)
"""Issues of Jira, Jira Service Management included, with ``expand=changelog``."""
