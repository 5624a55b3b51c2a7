"""Declaring how bad it is: by those who may, on the evidence that the book asks for."""

from __future__ import annotations

from itilcore.errors import nearest
from itilcore.incident import Event, Incident, SeverityDeclared
from itilcore.policy import Book

from . import command as do
from .asking import refusal, require_open, standing_of

__all__ = ["declared"]


def declared(book: Book, incident: Incident, command: do.DeclareSeverity) -> list[Event]:
    """The event of a severity, with its evidence; none where it was the last one declared.

    Refused with all that is missing: the authority of whoever declares it, which comes from
    their name, their roles in the incident and their groups in the book, and the evidence.  An
    override is kept in a field of its own, and told in the evidence.  To lower a severity takes
    whoever may declare it.
    """
    require_open(incident, command)
    severity, by = command.severity, command.by
    if severity not in book.severity.scale:
        scale = [str(each) for each in book.severity.scale]
        why = f"{severity!r} is no severity of the book; {nearest(str(severity), scale)}"
        raise refusal(incident, command, why)
    roles, groups = standing_of(book, incident, by)
    found = book.declarations.judge(
        severity,
        by,
        dict(command.evidence),
        roles=roles,
        groups=groups,
        override=command.override,
        current=incident.severity,
    ).answer
    if not found.is_accepted:
        raise refusal(incident, command, missing=found.missing)
    event = SeverityDeclared(
        command.at, severity, found.text or None, override=found.override_text, by=by
    )
    last = next(
        (each for each in reversed(incident.timeline.events) if isinstance(each, SeverityDeclared)),
        None,
    )
    kept = (severity, event.evidence, event.override)
    same = last is not None and (last.severity, last.evidence, last.override) == kept
    return [] if same else [event]
