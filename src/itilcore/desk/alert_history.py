"""What the store and an incident tell of the alerts of one fingerprint.

The incidents of a fingerprint are numbered by the keys under which they were logged: of two
alerts that would log the next one at once, one does, and the other finds it there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from itilcore.actor import Actor
from itilcore.errors import CorruptEvent
from itilcore.incident import Incident, Noted, Reopened, in_utc
from itilcore.intake import AlertDraft
from itilcore.repositories import Committed

from .flow import Call, Flow

__all__ = [
    "AGAIN",
    "ENDED",
    "FLAPS",
    "MONITORING",
    "STILL",
    "alert_key",
    "changes_of",
    "latest_of",
    "logged_at",
    "over_at",
    "readable",
]

MONITORING: Final = Actor.automation("monitoring")
ENDED: Final = "The alert resolved at "
AGAIN: Final = "The alert fires again, since "
STILL: Final = "The alert still fires, since "
FLAPS: Final = "It flaps: "


def alert_key(draft: AlertDraft, *parts: object) -> str:
    """A key of the fingerprint, which another source may have as well."""
    return ":".join(map(str, ("alert", repr(draft.source), repr(draft.fingerprint), *parts)))


def latest_of(draft: AlertDraft) -> Flow[tuple[int, Incident | None]]:
    """How many incidents of the fingerprint were logged, and the latest where it is readable."""
    low, high = 0, 1
    latest: Committed | None = None
    # Doubled until there is none, then halved: few questions, however many there were.
    while True:
        logged: Committed | None = yield Call("committed", (alert_key(draft, high),))
        if logged is None:
            break
        low, high, latest = high, 2 * high, logged
    while high - low > 1:
        middle = (low + high) // 2
        logged = yield Call("committed", (alert_key(draft, middle),))
        if logged is None:
            high = middle
        else:
            low, latest = middle, logged
    return low, (yield from readable(latest))


def readable(told: Committed | None) -> Flow[Incident | None]:
    """The incident of a commit; one that cannot be read takes nothing any more, like none."""
    if told is None:
        return None
    try:
        incident: Incident = yield Call("get", (told.reference,))
    except CorruptEvent:
        return None  # an alert is not lost for that
    return incident


def logged_at(incident: Incident) -> datetime:
    """From when on its window counts."""
    logged = incident.facts.logged_at
    assert logged is not None  # the desk logs each before all else
    return logged


def over_at(incident: Incident) -> datetime | None:
    """When it was resolved, closed or cancelled; ``None`` while it is open."""
    if incident.phase is None or incident.phase.is_unresolved:
        return None
    facts = incident.facts
    return facts.resolved_at or facts.closed_at or facts.last_event_at


def changes_of(incident: Incident) -> tuple[list[datetime], bool]:
    """When the alert of *incident* ended and fired in turn, and whether flapping was told."""
    changes: list[datetime] = []
    said = False
    for event in incident.timeline:
        if event.by != MONITORING or not isinstance(event, Noted | Reopened):
            continue
        text = (event.text if isinstance(event, Noted) else event.reason) or ""
        fires = text.startswith((AGAIN, STILL))
        if (fires and len(changes) % 2) or (text.startswith(ENDED) and not len(changes) % 2):
            changes.append(in_utc(event.at))
        said = said or f" {FLAPS}" in text
    return changes, said
