"""What every decision asks: which status the lifecycle leads to, and whether it is too late."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from attrs import evolve

from itilcore.actor import Actor
from itilcore.classification import Category
from itilcore.errors import ActionRefused, nearest
from itilcore.incident import (
    Cancelled,
    Closed,
    Event,
    Held,
    HoldReason,
    Incident,
    Phase,
    Resolved,
    Role,
    RoleAssumed,
    Status,
    StatusChanged,
)
from itilcore.policy import Book

from . import command as do

__all__ = [
    "action_word",
    "caught_up",
    "held",
    "moved",
    "refusal",
    "require_allowed",
    "require_open",
    "require_unresolved",
    "standing",
    "standing_of",
    "status_name",
    "target_of",
]

AnyCommand = TypeVar("AnyCommand", bound=do.Command)
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")


def status_name(incident: Incident) -> str | None:
    """The name of the status, ``None`` where there is none."""
    return None if incident.status is None else incident.status.name


def action_word(command: do.Command) -> str:
    """The action of the lifecycle, or the kind of the command, in small letters."""
    return _CAPITAL.sub(" ", type(command).__name__).lower()


def caught_up(incident: Incident, command: AnyCommand) -> AnyCommand:
    """*command*, no earlier than the last event of *incident*.

    Of what falls due by itself: whoever carries it out looked at the clock before, and what has
    happened since then counts.
    """
    latest = incident.facts.last_event_at
    return command if latest is None or latest <= command.at else evolve(command, at=latest)


def refusal(
    incident: Incident,
    command: do.Command,
    why: str = "",
    missing: Iterable[tuple[str, str]] = (),
) -> ActionRefused:
    """The error that says why *command* cannot be carried out, or what is missing for it."""
    return ActionRefused(
        incident.reference, action_word(command), status_name(incident), missing, why
    )


def require_allowed(incident: Incident, command: do.Command, events: Iterable[Event]) -> None:
    """Refuse *events* that nobody, or not who asks, may bring about, by whichever command.

    Whoever manages a major incident does not do the work of who resolves it; what is major is
    not cancelled, and no automation closes it.
    """
    by = command.by
    person = by.identifier if by is not None and by.is_person else None
    robot = by is not None and not by.is_person
    manages = any(pair == (Role.MAJOR_INCIDENT_MANAGER, person) for pair in incident.roles)
    for event in events:
        if manages and _is_work(incident, command, event):
            why = f"{person} is {Role.MAJOR_INCIDENT_MANAGER}: whoever manages it cannot resolve it"
            raise refusal(incident, command, why)
        if incident.is_major and isinstance(event, Cancelled):
            raise refusal(incident, command, "it is a major incident: let it be demoted first")
        if incident.is_major and robot and isinstance(event, Closed):
            raise refusal(incident, command, "a major incident is closed by a person")


def _is_work(incident: Incident, command: do.Command, event: Event) -> bool:
    """Whether *event* begins the work or says that it is done."""
    if isinstance(command, do.Start) or isinstance(event, Resolved):
        return True
    begins = isinstance(event, StatusChanged) and event.status.phase is Phase.ACTIVE
    # Who assigns or resumes it lets others work.
    return begins and isinstance(command, do.Move) and incident.phase is Phase.OPEN


def require_open(incident: Incident, command: do.Command) -> None:
    """Refuse what makes no sense for an incident that is over."""
    if incident.phase is not None and incident.phase.is_end:
        raise refusal(incident, command, "it is over")


def require_unresolved(incident: Incident, command: do.Command) -> None:
    """Refuse what is only for an incident that is not resolved yet."""
    if incident.phase is None or not incident.phase.is_unresolved:
        why = "only what is not resolved yet can be"
        raise refusal(incident, command, why)


def standing(
    book: Book, incident: Incident, command: do.Command, category: Category | None
) -> Category | None:
    """*category* as the book's taxonomy has it now; refused where it never had it."""
    taxonomy = book.triage.taxonomy
    if category is None or not taxonomy.nodes:
        return category
    found = taxonomy.resolve(category)
    if found.answer is None:
        near = nearest(str(category), list(map(str, taxonomy.standing)))
        why = f"{'; '.join(map(str, found.reasons))}; {near}"
        raise refusal(incident, command, why)
    return found.answer


def standing_of(
    book: Book, incident: Incident, by: Actor | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The roles that give *by* authority in *incident*, and their groups in the book.

    A role that somebody took on for themselves gives none, unless the book lets them appoint:
    nobody gets an authority by saying that they have it.  There are none of no person.
    """
    if by is None or not by.is_person:
        return (), ()
    who = by.identifier
    groups = tuple(group.name for group in book.directory.groups_of(who))
    held = [role for role, person in incident.roles if person == who]
    appoint = book.major.appoint
    if appoint is None or not appoint.includes(by, (), groups):
        given = {}
        for event in incident.timeline:
            if isinstance(event, RoleAssumed) and event.person == who:
                given[event.role] = event.by
        held = [role for role in held if given.get(role) != by]
    return tuple(role.name for role in held), groups


def target_of(
    book: Book,
    incident: Incident,
    command: do.Command,
    facts: Mapping[str, object],
    *,
    action: str = "",
    to: Status | None = None,
) -> Status:
    """The status that the lifecycle leads to; raises `ActionRefused` where it leads nowhere."""
    known = {**dict(book.facts(incident, command.at)), **facts}
    return book.lifecycle.step(incident, action or command.action, known, target=to).target


def moved(incident: Incident, command: do.Command, target: Status) -> list[Event]:
    """The event of another status; none where it stays as it is."""
    return [] if target == incident.status else [StatusChanged(command.at, target, by=command.by)]


def held(command: do.Command, target: Status, reason: object) -> Event:
    """The event of a hold, with its reason where there is one."""
    if isinstance(reason, HoldReason):
        return Held(command.at, reason, target, by=command.by)
    return StatusChanged(command.at, target, by=command.by)
