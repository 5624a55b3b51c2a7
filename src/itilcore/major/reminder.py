"""Reminders: who is told that a word to the stakeholders is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from itilcore.communications import Notification
from itilcore.incident import Announced, AnnouncementKind, Event, Incident, Role
from itilcore.routing import Rota
from itilcore.sla import BEYOND

from .rules import MajorIncidentRules

__all__ = ["remind"]


def remind(
    rules: MajorIncidentRules,
    before: Incident,
    events: Iterable[Event],
    rotas: Iterable[Rota] = (),
) -> tuple[Notification, ...]:
    """What is said of the overdue updates among *events*, by which *before* goes on, and to whom.

    To whoever speaks for the incident: the communications lead, else the manager; where it has
    neither, to its group, else to its assignee, else to everybody on duty for one of *rotas*;
    without any to the communications lead, whom the deliverer knows.

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
        since = f"{event.instant:%Y-%m-%d %H:%M} {event.instant:%Z}"
        found += [
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
            for audience, recipient in _whom(rules, before, rotas, event.at)
        ]
    return tuple(found)


def _whom(
    rules: MajorIncidentRules, incident: Incident, rotas: Iterable[Rota], at: datetime
) -> list[tuple[str, str | None]]:
    """Audiences and recipients: one, or everybody on duty."""
    speaker = rules.speaker(incident)
    if speaker is not None:
        return [speaker]
    if incident.group is not None:
        return [("group", incident.group)]
    if incident.assignee is not None:
        return [("assignee", incident.assignee)]
    on_duty: dict[str, str] = {}
    for rota in rotas:
        try:
            person = rota.who(at)
        except BEYOND:
            continue  # what one rota cannot tell is no reason to ask no other
        if person is not None:
            on_duty.setdefault(person, f"on duty for {rota.name}")
    if on_duty:
        return [(audience, person) for person, audience in on_duty.items()]
    return [(Role.COMMUNICATIONS_LEAD.name, None)]
