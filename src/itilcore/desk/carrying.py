"""Carrying out: from a command to what is stored, as a flow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attrs import evolve

from itilcore.errors import (
    CorruptEvent,
    Defect,
    IdempotencyKeyReused,
    InvalidInput,
    UnknownIncident,
    VersionConflict,
    blank_defects,
)
from itilcore.incident import Incident
from itilcore.policy import Book
from itilcore.repositories import Commit, Committed

from .asking import caught_up
from .command import Command, LogIncident
from .deciding import LEAVES, decide, offered
from .flow import Call, Flow
from .outcome import Outcome

__all__ = ["carried_out", "looked_at_again"]

MOST_ATTEMPTS: Final = 30
"""With so many writers on one incident at once each of them gets its turn."""


def carried_out(
    book: Book,
    command: Command,
    *,
    key: str | None = None,
    expected_version: int | None = None,
    attempts: int = MOST_ATTEMPTS,
    catching_up: bool = False,
) -> Flow[Outcome]:
    """Decide on *command* and store what follows.

    Where somebody else wrote in between it is decided anew on what is there then, *attempts*
    times in all; with *expected_version* it is not, because the caller has seen that version
    and no other.  A *key* that was stored before brings back what was done then; a command
    that changes nothing stores its key all the same, so that it is not carried out later.
    With *catching_up* it is carried out no earlier than what has happened by then.
    """
    defects = [] if key is None else blank_defects("key", key)
    if not isinstance(command, Command):
        defects.append(Defect("command", f"is {command!r}: it must be a command"))
    if isinstance(command, LogIncident) and expected_version not in (None, 0):
        problem = f"is {expected_version!r}: an incident that is logged has none yet"
        defects.append(Defect("expected_version", problem))
    if defects:
        raise InvalidInput(type(command).__name__, defects)
    while True:
        if key is not None:
            for known in (key, _of_nothing(key, command)):
                earlier: Committed | None = yield Call("committed", (known,))
                if earlier is not None:
                    return (yield from _repeated(book, command, key, earlier))
        incident: Incident | None = None
        if not isinstance(command, LogIncident):
            incident = yield Call("get", (command.reference,))
            assert incident is not None
            if expected_version is not None and incident.version != expected_version:
                raise VersionConflict(command.reference, expected_version, incident.version)
            if catching_up:
                command = caught_up(incident, command)
        outcome = decide(book, incident, command)
        if not outcome.events and key is None:
            return outcome
        commit = Commit.of(
            outcome.incident,
            outcome.events,
            notifications=outcome.notifications,
            idempotency_key=key if outcome.events or key is None else _of_nothing(key, command),
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
        return evolve(outcome, offers=(yield from _unresolved(outcome.offers)))


def _of_nothing(key: str, command: Command) -> str:
    """The key under which it is kept that *command* changed nothing: another one still may."""
    return f"{key}:nothing:{type(command).__name__}"


def _repeated(book: Book, command: Command, key: str, earlier: Committed) -> Flow[Outcome]:
    if earlier.reference != command.reference:
        raise IdempotencyKeyReused(key, command.reference, earlier.reference)
    incident: Incident = yield Call("get", (command.reference,))
    events = incident.timeline.events[earlier.before : earlier.version]
    kinds = LEAVES.get(type(command), ())
    if events and kinds and not any(isinstance(event, kinds) for event in events):
        done = " and ".join(type(event).__name__ for event in events)
        raise IdempotencyKeyReused(key, command.reference, f"{earlier.reference} ({done})")
    return Outcome(
        incident=incident,
        events=events,
        notifications=earlier.notifications,
        look_again_at=book.look_again_at(incident, command.at),
        offers=(yield from _unresolved(offered(incident, events))),
        repeated=True,
    )


def _unresolved(references: Iterable[str]) -> Flow[tuple[str, ...]]:
    """Those that are there and not resolved yet: the same could be done to them."""
    found = []
    for reference in references:
        try:
            child: Incident = yield Call("get", (reference,))
        except (UnknownIncident, CorruptEvent):
            continue
        if child.phase is None or child.phase.is_unresolved:
            found.append(reference)
    return tuple(found)


def looked_at_again(book: Book, incident: Incident, at: datetime) -> Flow[None]:
    """Store when to look at *incident* again, and nothing else."""
    commit = Commit.of(incident, (), look_again_at=book.look_again_at(incident, at))
    yield Call("commit", (commit,))
