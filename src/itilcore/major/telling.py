"""Telling: each event as a sentence for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from itilcore.incident import (
    Acknowledged,
    Announced,
    AnnouncementKind,
    Answered,
    Asserted,
    Assigned,
    Cancelled,
    Classified,
    Closed,
    Confirmed,
    Contacted,
    Detected,
    Direction,
    Escalated,
    Event,
    HandedOff,
    Held,
    ImpactStarted,
    Linked,
    Logged,
    MajorIncidentMarked,
    Noted,
    Observed,
    PolicyAdopted,
    Prioritised,
    Reopened,
    Resolved,
    Restored,
    RoleAssumed,
    RoleRenounced,
    SeverityDeclared,
    StakeholdersUpdated,
    StatusChanged,
    VendorAnswered,
    VendorEngaged,
    WorkaroundFound,
)

__all__ = ["said_of"]

MOST_TEXT: Final = 500
"""Characters of what somebody typed that one sentence holds."""


def _typed(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"


def _with(head: str, *parts: tuple[str, Any]) -> str:
    """*head* and those of *parts* that are there: ``", by "`` and who, say."""
    return head + "".join(f"{word}{_typed(str(value))}" for word, value in parts if value)


def _logged(e: Logged) -> str:
    return _with("logged", (": ", e.title), (", for ", e.requester), (", by ", e.channel))


def _classified(e: Classified) -> str:
    kind = None if e.kind is None else e.kind.value
    return _with("classified", (" as ", kind), (", ", e.category), (", service ", e.service))


def _prioritised(e: Prioritised) -> str:
    return _with(
        f"priority {e.priority or 'not known'}",
        (", impact ", e.impact),
        (", urgency ", e.urgency),
        (", computed ", e.computed),
        (": ", e.reason),
    )


def _assigned(e: Assigned) -> str:
    if e.group is None and e.assignee is None:
        return "assigned to nobody"
    return _with("assigned", (" to ", e.group), (", ", e.assignee), (": ", e.reason))


def _held(e: StatusChanged | Held) -> str:
    return _with(f"status {e.status}", (": ", e.hold_reason))


def _handed_off(e: HandedOff) -> str:
    return _with(
        "handed off", (" to ", e.group), (", ", e.assignee), (": ", e.notes), (": ", e.details)
    )


def _contacted(e: Contacted) -> str:
    who = "the requester got in touch"
    head = who if e.direction is Direction.INBOUND else "the requester was contacted"
    return _with(head, (", by ", e.channel))


def _resolved(e: Resolved) -> str:
    kind = None if e.kind is None else e.kind.value
    return _with("resolved", (" by a ", kind), (", code ", e.code), (": ", e.notes))


def _closed(e: Closed) -> str:
    parts = (("; ", e.summary), ("; cause: ", e.cause), ("; article ", e.knowledge))
    return _with("closed", (", code ", e.code), *parts)


def _told(e: StakeholdersUpdated) -> str:
    at = None if e.next_update_at is None else f"{e.next_update_at:%Y-%m-%d %H:%M} "
    zone = None if e.next_update_at is None else f"{e.next_update_at:%Z}"
    return _with(f"told {_typed(e.audience)}", (": ", e.progress), ("; next at ", at), ("", zone))


_MARKS: Final = {
    "proposed": "proposed as a major incident",
    "promoted": "promoted to a major incident",
    "rejected": "rejected as a major incident",
    "demoted": "no longer a major incident",
}


def _announced(e: Announced) -> str:
    if e.what is AnnouncementKind.UPDATE:
        return f"an update was overdue since {e.instant:%Y-%m-%d %H:%M} {e.instant:%Z}"
    what = "is late" if e.what is AnnouncementKind.BREACH else f"has passed {e.threshold}"
    return f"{_typed(e.clock)} of {_typed(e.agreement)} {what}"


def _answered(e: Answered) -> str:
    return _with(
        "the requester answered", (" ", "; ".join(f"{n}: {text}" for n, text in e.answers))
    )


def _vendor_answered(e: VendorAnswered) -> str:
    how = "delivered" if e.delivered else "answered"
    return _with(f"vendor {_typed(e.vendor)} {how}", (": ", e.note))


def _observed(e: Observed) -> str:
    return _with(
        "seen",
        (" in status ", e.status),
        (", group ", e.group),
        (", assignee ", e.assignee),
        (", priority ", e.priority),
    )


_SAID: Final[dict[type[Event], Callable[[Any], str]]] = {
    Logged: _logged,
    ImpactStarted: lambda _: "the service began to suffer",
    Detected: lambda e: _with("detected", (" by ", e.source)),
    Classified: _classified,
    Prioritised: _prioritised,
    SeverityDeclared: lambda e: _with(
        f"severity {e.severity}" + " by override" * (e.override is not None), (": ", e.evidence)
    ),
    Acknowledged: lambda _: "acknowledged",
    Assigned: _assigned,
    StatusChanged: _held,
    Held: _held,
    Escalated: lambda e: _with(f"{e.kind.value} escalation", (" to ", e.to), (": ", e.reason)),
    HandedOff: _handed_off,
    RoleAssumed: lambda e: f"{_typed(e.person)} is {_typed(e.role.name)}",
    RoleRenounced: lambda e: f"{_typed(e.person)} is {_typed(e.role.name)} no more",
    Contacted: _contacted,
    Answered: _answered,
    VendorEngaged: lambda e: _with(f"vendor {_typed(e.vendor)} asked", (", ticket ", e.ticket)),
    VendorAnswered: _vendor_answered,
    WorkaroundFound: lambda e: _with("workaround", (": ", e.text)),
    Resolved: _resolved,
    Restored: lambda _: "the service works again",
    Confirmed: lambda _: "the requester agrees that it is resolved",
    Reopened: lambda e: _with("reopened", (": ", e.reason)),
    Closed: _closed,
    Cancelled: lambda e: _with("cancelled", (": ", e.reason)),
    Linked: lambda e: f"linked: {e.kind.value} {_typed(e.reference)}",
    StakeholdersUpdated: _told,
    MajorIncidentMarked: lambda e: _with(_MARKS[e.state.value], (": ", e.reason)),
    Noted: lambda e: _with("note", (": ", e.text)),
    PolicyAdopted: lambda e: f"rules of {_typed(e.subject)}: {_typed(e.version)}",
    Announced: _announced,
    Observed: _observed,
    Asserted: lambda e: _with("the source claims", (" ", ", ".join(name for name, _ in e.claims))),
}


def said_of(event: Event) -> str:
    """*event* as a sentence, what somebody typed as they typed it; bounded in length.

    >>> from datetime import UTC, datetime
    >>> said_of(Noted(datetime(2026, 1, 5, tzinfo=UTC), "called back"))
    'note: called back'
    """
    say = _SAID.get(type(event))
    # A kind that came later than this table is told by its name.
    return type(event).__name__ if say is None else say(event)
