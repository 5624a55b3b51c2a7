"""Writing histories as an XES event log, as process mining tools read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TextIO
from xml.sax.saxutils import quoteattr

from .history import History, Step
from .servicenow import kept_promise

__all__ = ["write_xes_log"]

_LEVELS: Final = {1: "High", 2: "Medium", 3: "Low"}
_STATES: Final = {
    "active": ("Accepted", "In Progress"),
    "resolved": ("Completed", "Resolved"),
    "closed": ("Completed", "Closed"),
    "stray": ("Unmatched", "Unmatched"),
}
_WAITS: Final = {
    "Awaiting User Info": "Wait - User",
    "Awaiting Vendor": "Wait - Vendor",
    "Awaiting Problem": "Wait - Problem",
    "Awaiting Evidence": "Wait - Evidence",
}
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <global scope="trace">
    <string key="concept:name" value="UNKNOWN"/>
  </global>
  <string key="concept:name" value="Generated desk"/>
"""


def _state(step: Step) -> tuple[str, str]:
    if step.status == "hold":
        return "Accepted", _WAITS.get(step.hold or "", "Wait")
    if step.status == "new":
        return ("Accepted", "Assigned") if step.assignee else ("Queued", "Awaiting Assignment")
    return _STATES[step.status]


_Value = str | datetime | bool | None


def _attribute(key: str, value: str | datetime | bool | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<boolean key="{key}" value="{"true" if value else "false"}"/>'
    if isinstance(value, datetime):
        return f'<date key="{key}" value="{value:%Y-%m-%dT%H:%M:%S}.000+00:00"/>'
    return f'<string key="{key}" value={quoteattr(value)}/>'


def write_xes_log(histories: Iterable[History], out: TextIO) -> None:
    """Write *histories* to *out* as an XES event log, one event per update.

    ``concept:name`` and ``lifecycle:transition`` are the status and what it is about, in the
    words of the incident log of the BPI Challenge 2013.
    """
    out.write(_HEAD)
    for history in histories:
        trace: dict[str, _Value] = {
            "concept:name": history.reference,
            "opened_at": history.logged_at,
            "title": history.title,
            "category": history.category,
            "subcategory": history.subcategory,
            "channel": history.channel,
            "requester": history.requester,
            "product": history.item,
            "sla_met": kept_promise(history),
        }
        out.write("  <trace>\n")
        out.writelines(f"    {text}\n" for k, v in trace.items() if (text := _attribute(k, v)))
        for step in history.steps:
            name, transition = _state(step)
            event: dict[str, _Value] = {
                "concept:name": name,
                "lifecycle:transition": transition,
                "time:timestamp": step.at,
                "org:group": step.group,
                "org:resource": step.assignee,
                "priority": f"P{step.priority}",
                "impact": _LEVELS[step.impact],
                "urgency": _LEVELS[step.urgency],
            }
            out.write(f"    <event>{''.join(_attribute(k, v) for k, v in event.items())}</event>\n")
        out.write("  </trace>\n")
    out.write("</log>\n")
