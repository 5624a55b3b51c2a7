"""Deciding on escalations: by hand, and a step of the rules while it is due."""

from __future__ import annotations

from itilcore.errors import nearest
from itilcore.incident import Escalated, Event, Incident
from itilcore.policy import Book

from . import command as do
from .asking import caught_up, refusal, require_unresolved

__all__ = ["escalated"]

_MOST_TOLD = 20


def escalated(book: Book, incident: Incident, command: do.Escalate) -> list[Event]:
    """Somebody hears of it who can do more; nobody is assigned."""
    if command.step is not None:
        return _step_taken(book, incident, command)
    require_unresolved(incident, command)
    directory = book.directory
    known = [group.name for group in directory.groups]
    known += [person.identifier for person in directory.people]
    if known and command.to not in known:
        near = nearest(command.to, known[:_MOST_TOLD])
        raise refusal(incident, command, f"there is no group and no person {command.to!r}; {near}")
    found = Escalated(command.at, command.kind, command.to, command.reason, by=command.by)
    return [found]


def _step_taken(book: Book, incident: Incident, command: do.Escalate) -> list[Event]:
    """The event of a step; none where it was taken before.

    The rules are asked again, at the last event at the earliest: what has been stopped since the
    agenda was read, or would be heard in quiet hours by now, is refused.
    """
    command = caught_up(incident, command)
    wanted = (command.rule, command.step)
    for event in incident.timeline:
        if isinstance(event, Escalated) and (event.rule, event.step) == wanted:
            return []
    for step in book.escalations(incident, command.at).steps:
        if (step.rule, step.step) == wanted:
            return [
                Escalated(
                    command.at,
                    step.kind,
                    step.to,
                    command.reason or step.why,
                    rule=step.rule,
                    step=step.step,
                    policy=step.policy,
                    fired_under=step.version,
                    by=command.by,
                )
            ]
    raise refusal(incident, command, f"step {command.step} of {command.rule} is not due")
