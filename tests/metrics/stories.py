"""Stories for the oracle, and the same as incidents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from itilcore.incident import (
    Acknowledged,
    Assigned,
    Cancelled,
    Closed,
    Contacted,
    Detected,
    Direction,
    HandedOff,
    Held,
    HoldReason,
    ImpactStarted,
    Incident,
    Logged,
    Prioritised,
    Reopened,
    Resolved,
    Restored,
    Status,
    StatusChanged,
)
from itilcore.priority import Priority

from .oracle import Story

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
GROUPS = ("Desk", "Network", None)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def event(minute: int, what: str, extra: Any) -> Any:
    when = at(minute)
    made = {
        "logged": lambda: Logged(when, channel="phone"),
        "impact": lambda: ImpactStarted(when),
        "detected": lambda: Detected(when, source="monitoring"),
        "acknowledged": lambda: Acknowledged(when),
        "assigned": lambda: Assigned(when, extra, None, 1 if extra == "Desk" else 2),
        "handed off": lambda: HandedOff(when, extra or "Desk", None, 2),
        "contacted": lambda: Contacted(when, Direction.INBOUND),
        "started": lambda: StatusChanged(when, Status.IN_PROGRESS),
        "held": lambda: Held(when, HoldReason.AWAITING_CALLER),
        "resolved": lambda: Resolved(when),
        "restored": lambda: Restored(when),
        "reopened": lambda: Reopened(when),
        "closed": lambda: Closed(when),
        "cancelled": lambda: Cancelled(when),
        "priority": lambda: Prioritised(when, priority=extra),
    }
    return made[what]()


def incident(number: int, story: Story) -> Incident:
    return Incident.replay(f"INC{number}", [event(*step) for step in story])


def incidents(stories: list[Story]) -> list[Incident]:
    return [incident(number, story) for number, story in enumerate(stories)]


_EARLY = st.lists(st.sampled_from(["impact", "detected"]), max_size=2, unique=True)
_LATER = st.sampled_from(
    ["acknowledged", "assigned", "handed off", "contacted", "started", "held", "resolved",
     "resolved", "reopened", "closed", "cancelled", "restored", "priority"]
)  # fmt: skip


@st.composite
def stories(draw: st.DrawFn) -> Story:
    minute = draw(st.integers(0, 20_000))
    steps: Story = []
    for what in sorted(draw(_EARLY), reverse=True):
        steps.append((minute, what, None))
        minute += draw(st.integers(0, 90))
    steps.append((minute, "logged", None))
    for what in draw(st.lists(_LATER, max_size=9)):
        minute += draw(st.integers(0, 6_000))
        extra: Any = None
        if what == "assigned":
            extra = draw(st.sampled_from(GROUPS))
        elif what == "handed off":
            extra = draw(st.sampled_from(GROUPS[:2]))
        elif what == "priority":
            extra = draw(st.sampled_from([None, *Priority.default_scale()]))
        steps.append((minute, what, extra))
    return steps


desks = st.lists(stories(), max_size=12)
