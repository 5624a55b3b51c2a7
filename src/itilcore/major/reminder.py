"""Reminders: who is told that a word to the stakeholders is overdue."""

from __future__ import annotations

from collections.abc import Iterable

from itilcore.communications import Notification
from itilcore.incident import Announced, AnnouncementKind, Event, Incident, Role

from .rules import MajorIncidentRules

__all__ = ["remind"]


def remind(
    rules: MajorIncidentRules, before: Incident, events: Iterable[Event]
) -> tuple[Notification, ...]:
    """What is said of the overdue updates among *events*, by which *before* goes on, and to whom.

    To whoever speaks for the incident: the communications lead, else the manager; where it has
    neither, to its group; without one to the communications lead, whom the deliverer knows.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> overdue = Announced(nine, AnnouncementKind.UPDATE, "update", "cadence", nine)
    >>> (said,) = remind(MajorIncidentRules(), Incident.replay("INC1", []), [overdue])
    >>> said.audience, said.subject
    ('communications lead', 'INC1: an update is overdue since 2026-01-05 09:00 UTC')
    """
    found = []
    for number, event in enumerate(events, before.version + 1):
        if not isinstance(event, Announced) or event.what is not AnnouncementKind.UPDATE:
            continue
        audience, recipient = _whom(rules, before)
        since = f"{event.instant:%Y-%m-%d %H:%M} {event.instant:%Z}"
        found.append(
            Notification(
                identifier=f"{before.reference}:{number}:overdue update:{audience}",
                reference=before.reference,
                rule="overdue update",
                audience=audience,
                recipient=recipient,
                at=event.at,
                # A subject is one line, whatever the reference holds.
                subject=f"{' '.join(before.reference.split())}: an update is overdue since {since}",
                text=before.title or "",
            )
        )
    return tuple(found)


def _whom(rules: MajorIncidentRules, incident: Incident) -> tuple[str, str | None]:
    speaker = rules.speaker(incident)
    if speaker is not None:
        return speaker
    if incident.group is not None:
        return "group", incident.group
    return Role.COMMUNICATIONS_LEAD.name, None
