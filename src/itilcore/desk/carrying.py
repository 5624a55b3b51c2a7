"""Carrying out: from a command to what is stored, as a flow."""

from __future__ import annotations

from datetime import datetime

from itilcore.errors import (
    Defect,
    IdempotencyKeyReused,
    InvalidInput,
    VersionConflict,
    blank_defects,
)
from itilcore.incident import Incident
from itilcore.policy import Book
from itilcore.repositories import Commit, Committed

from .command import Command, LogIncident
from .deciding import decide
from .flow import Call, Flow
from .outcome import Outcome

__all__ = ["carried_out", "looked_at_again"]


def carried_out(
    book: Book,
    command: Command,
    *,
    key: str | None = None,
    expected_version: int | None = None,
    attempts: int = 3,
) -> Flow[Outcome]:
    """Decide on *command* and store what follows.

    Where somebody else wrote in between it is decided anew on what is there then, *attempts*
    times in all; with *expected_version* it is not, because the caller has seen that version
    and no other.  A *key* that was stored before brings back what was done then.
    """
    defects = [] if key is None else blank_defects("key", key)
    if not isinstance(command, Command):
        defects.append(Defect("command", f"is {command!r}: it must be a command"))
    if defects:
        raise InvalidInput(type(command).__name__, defects)
    while True:
        if key is not None:
            earlier: Committed | None = yield Call("committed", (key,))
            if earlier is not None:
                return (yield from _repeated(book, command, key, earlier))
        incident: Incident | None = None
        if not isinstance(command, LogIncident):
            incident = yield Call("get", (command.reference,))
            assert incident is not None
            if expected_version is not None and incident.version != expected_version:
                raise VersionConflict(command.reference, expected_version, incident.version)
        outcome = decide(book, incident, command)
        if not outcome.events:
            return outcome
        commit = Commit.of(
            outcome.incident,
            outcome.events,
            notifications=outcome.notifications,
            idempotency_key=key,
            look_again_at=outcome.look_again_at,
        )
        attempts -= 1
        try:
            stored: Committed = yield Call("commit", (commit,))
        except VersionConflict:
            if attempts < 1 or incident is None or expected_version is not None:
                raise
            continue
        if key is not None and stored.repeated:
            return (yield from _repeated(book, command, key, stored))
        return outcome


def _repeated(book: Book, command: Command, key: str, earlier: Committed) -> Flow[Outcome]:
    if earlier.reference != command.reference:
        raise IdempotencyKeyReused(key, command.reference, earlier.reference)
    incident: Incident = yield Call("get", (command.reference,))
    return Outcome(
        incident=incident,
        events=incident.timeline.events[earlier.before : earlier.version],
        notifications=earlier.notifications,
        look_again_at=book.due(incident, command.at).look_again_at,
        repeated=True,
    )


def looked_at_again(book: Book, incident: Incident, at: datetime) -> Flow[None]:
    """Store when to look at *incident* again, and nothing else."""
    commit = Commit.of(incident, (), look_again_at=book.due(incident, at).look_again_at)
    yield Call("commit", (commit,))
