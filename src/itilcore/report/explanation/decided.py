"""What a policy book decides about one incident: what it is, what is missing, who should get it."""

from __future__ import annotations

from typing import Any

from itilcore.decision import Decision
from itilcore.incident import Incident
from itilcore.intake import ticket_of
from itilcore.major import MajorFacts
from itilcore.policy import Book
from itilcore.routing import RoutingQuestion

__all__ = ["Decided", "decided_by"]

Decided = tuple[str, Decision[Any]]
"""The name of what was decided, and the decision."""


def decided_by(book: Book, incident: Incident) -> tuple[Decided, ...]:
    """The decisions of *book* about *incident* as it is, by name.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Logged
    >>> logged = Logged(datetime(2026, 1, 5, tzinfo=UTC), "My account is locked")
    >>> [name for name, _ in decided_by(Book(), Incident.replay("INC1", [logged]))]
    ['kind', 'disruption', 'category', 'vague', 'completeness', 'major incident candidate']
    """
    known = tuple(service.name for service in book.services.services)
    ticket, answers = ticket_of(incident), dict(incident.answers)
    triage = book.triage.triage(ticket, answers, known=known, filed=incident.kind)
    found: list[Decided] = list(triage.decisions)
    if book.routing.rules:
        route = book.routing.route(RoutingQuestion.of(incident, book.directory))
        found.append(("route", route))
    major = book.major.assess(incident, MajorFacts.of(incident, book.services, book.directory))
    found.append(("major incident candidate", major))
    return tuple(found)
