"""Alerts at the desk: what keeps firing is one incident, as the book's policy has it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from itilcore.actor import Actor
from itilcore.errors import ActionRefused, Defect, InvalidInput, blank_defects, require_aware
from itilcore.incident import Incident, Phase, in_utc
from itilcore.intake import AlertDraft, AlertStatus
from itilcore.policy import Book
from itilcore.repositories import Committed, Query

from .carrying import carried_out
from .command import Command, LogIncident, Note, Reopen
from .flow import Call, Flow
from .outcome import Outcome
from .triaging import found

__all__ = ["received"]

_UNRESOLVED: Final = tuple(phase for phase in Phase if phase.is_unresolved)
_BY: Final = Actor.automation("monitoring")


def received(book: Book, draft: Any, reference: str, at: datetime) -> Flow[Outcome | None]:
    """Take an alert in: on the incident that it belongs to, or as a new one of *reference*.

    ``None`` where it tells the end of something that is no open incident.
    """
    require_aware("at", at)
    defects = blank_defects("reference", reference)
    if not isinstance(draft, AlertDraft):
        defects.append(Defect("draft", f"is {draft!r:.60}: give an AlertDraft"))
    if defects:
        raise InvalidInput("alert", defects)
    # A webhook sends the same again as long as it fires: the key of each is its own.
    instant = draft.starts_at if draft.ends_at is None else draft.ends_at
    key = f"alert:{draft.fingerprint}:{draft.status.value}:{in_utc(instant).isoformat()}"
    earlier: Committed | None = yield Call("committed", (key,))
    if earlier is not None:
        known: Incident = yield Call("get", (earlier.reference,))
        look_again_at = book.look_again_at(known, at)
        return Outcome(incident=known, look_again_at=look_again_at, repeated=True)
    latest = yield from _latest(book, draft, at)
    command = _command(book, draft, latest, reference, at)
    if command is None:
        return None
    try:
        return (yield from carried_out(book, command, key=key))
    except ActionRefused:
        if not isinstance(command, Reopen):
            raise
    # What the lifecycle does not open again is another incident.
    return (yield from carried_out(book, _new(draft, reference, at), key=key))


def _mark(draft: AlertDraft) -> str:
    """By what an incident was detected: the same for all alerts of one fingerprint."""
    return f"{draft.source} {draft.fingerprint}"


def _latest(book: Book, draft: AlertDraft, at: datetime) -> Flow[Incident | None]:
    """The latest incident of the fingerprint that the alert may belong to."""
    if draft.status is AlertStatus.RESOLVED:
        query = Query(phase=_UNRESOLVED)  # its end belongs to it, however late
    else:
        window = book.problems.alerts.window
        query = Query(logged_at=(in_utc(at) - window, None))
    mark = _mark(draft)
    incidents = yield from found(query)
    mine = [each for each in incidents if each.facts.detection_source == mark]
    return max(mine, key=_logged, default=None)


def _logged(incident: Incident) -> datetime:
    logged = incident.facts.logged_at
    assert logged is not None  # the desk logs each before all else
    return logged


def _command(
    book: Book, draft: AlertDraft, latest: Incident | None, reference: str, at: datetime
) -> Command | None:
    if draft.status is AlertStatus.RESOLVED:
        if latest is None:
            return None
        ended = at if draft.ends_at is None else draft.ends_at
        text = f"The alert resolved at {in_utc(ended).isoformat()}."
        return Note(reference=latest.reference, at=at, by=_BY, text=text)
    again = f"The alert fires again, since {in_utc(draft.starts_at).isoformat()}."
    if latest is not None and latest.phase is not None:
        resolved = latest.facts.resolved_at
        if latest.phase.is_unresolved:
            return Note(reference=latest.reference, at=at, by=_BY, text=again)
        if (
            latest.phase is Phase.RESOLVED
            and resolved is not None
            and book.problems.alerts.reopens(resolved, at)
        ):
            return Reopen(reference=latest.reference, at=at, by=_BY, reason=again)
    return _new(draft, reference, at)


def _new(draft: AlertDraft, reference: str, at: datetime) -> LogIncident:
    details = draft.details
    return LogIncident(
        reference=reference,
        at=at,
        by=_BY,
        title=details["title"],
        text=details["text"],
        channel="monitoring",
        service=details["service"],
        impact=details["impact"],
        urgency=details["urgency"],
        impact_started_at=details["started_at"],
        detected_at=details["detected_at"],
        detected_by=_mark(draft),
    )
