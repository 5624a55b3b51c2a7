"""Notices: what whoever an incident is escalated to is told."""

from __future__ import annotations

from collections.abc import Iterable

from itilcore.communications import Notification
from itilcore.incident import Escalated, Event, Incident

__all__ = ["escalation_notices"]

_AUDIENCE = "escalation"
_MOST_TITLE = 200
_MOST_REASON = 10_000


def escalation_notices(before: Incident, events: Iterable[Event]) -> tuple[Notification, ...]:
    """A notification for each escalation among *events*, by which *before* goes on.

    Its identifier is made of the reference and of the step, or of the version that the event
    made where no rule did it: the same escalation is told under the same identifier.  The
    recipient is whom the event names.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import EscalationKind, Logged
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> new = Incident.replay("INC1", [Logged(nine, "Mail is slow")])
    >>> up = Escalated(nine, EscalationKind.HIERARCHIC, "ada", "breach is near")
    >>> (said,) = escalation_notices(new, [up])
    >>> said.identifier, said.recipient, said.subject
    ('INC1:2:escalated', 'ada', 'INC1 is escalated to ada: Mail is slow')
    """
    found = []
    incident = before
    for event in events:
        incident = incident.record(event)
        if not isinstance(event, Escalated):
            continue
        told = f"{incident.reference} is escalated to {event.to}"
        title = (incident.title or "")[:_MOST_TITLE]
        if event.step is None:
            identifier = f"{incident.reference}:{incident.version}:escalated"
        else:
            identifier = f"{incident.reference}:escalated:{event.rule}:{event.step}"
        found.append(
            Notification(
                identifier=identifier,
                reference=incident.reference,
                rule=event.rule or "escalated",
                audience=_AUDIENCE,
                recipient=event.to,
                at=event.at,
                # A subject is one line, whatever a user typed as the title.
                subject=" ".join((f"{told}: {title}" if title else told).split()),
                text=(event.reason or "")[:_MOST_REASON],
            )
        )
    return tuple(found)
