"""Timelines by a line of text: minutes after nine o'clock, and what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from itilcore.actor import Actor
from itilcore.calendars import BusinessCalendar
from itilcore.incident import (
    Acknowledged,
    Asserted,
    Assigned,
    Cancelled,
    Classified,
    Closed,
    Contacted,
    Direction,
    Event,
    Held,
    HoldReason,
    Incident,
    Logged,
    Noted,
    Observed,
    Prioritised,
    Reopened,
    Resolved,
    StakeholdersUpdated,
    Status,
    StatusChanged,
)
from itilcore.priority import Priority

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
ALWAYS = BusinessCalendar.always()
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ADA = Actor.person("ada")


def at(minutes: float) -> datetime:
    return NINE + minutes * MINUTE


def event(word: str, when: datetime) -> Event:
    """One word, perhaps with ``:`` and an argument."""
    name, _, what = word.partition(":")
    match name:
        case "log":
            return Logged(when, requester=what or None)
        case "ack":
            return Acknowledged(when, by=ADA)
        case "start" | "resume":
            return StatusChanged(when, Status.IN_PROGRESS)
        case "hold":
            return Held(when, HoldReason(what or "AWAITING_CALLER"))
        case "resolve":
            return Resolved(when)
        case "close":
            return Closed(when)
        case "cancel":
            return Cancelled(when)
        case "reopen":
            return Reopened(when)
        case "note":
            return Noted(when, "a note")
        case "in":
            return Contacted(when, Direction.INBOUND)
        case "out":
            return Contacted(when, Direction.OUTBOUND)
        case "tell":
            return StakeholdersUpdated(when, "everybody")
        case "group":
            return Assigned(when, group=what or None)
        case "person":
            return Assigned(when, group="Desk", assignee=what)
        case "service":
            return Classified(when, service=what)
        case "see":
            return Observed(when, status=getattr(Status, what))
        case "silent":
            return Asserted(when, {what: None})
        case _:
            return Prioritised(when, priority=Priority(name, int(name[1:])))


def story(text: str) -> Incident:
    """``"0 log, 0 P2, 30 hold:VENDOR, 90 resume"``."""
    events = []
    for part in text.split(","):
        minutes, word = part.split()
        events.append(event(word, at(float(minutes))))
    return Incident.replay("INC1", events)
