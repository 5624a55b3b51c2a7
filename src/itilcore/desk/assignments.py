"""Deciding who gets it and who plays which part."""

from __future__ import annotations

from typing import Final

from itilcore.errors import nearest
from itilcore.incident import (
    Assigned,
    Event,
    HandedOff,
    Incident,
    Role,
    RoleAssumed,
    RoleRenounced,
)
from itilcore.policy import Book

from . import command as do
from .asking import moved, refusal, require_open, standing_of, target_of

__all__ = ["assigned", "assumed", "handed_off", "renounced", "unassigned"]


_MOST_TOLD: Final = 20


def assigned(book: Book, incident: Incident, command: do.Assign) -> list[Event]:
    """Who has it now, and the status that follows."""
    target = target_of(book, incident, command, {"group": command.group})
    group = command.group or incident.group
    tier = command.tier
    if tier is None:
        tier = incident.facts.tier if group == incident.group else tier_of(book, group)
    wanted = (group, command.assignee, tier)
    if target == incident.status and wanted == (
        incident.group,
        incident.assignee,
        incident.facts.tier,
    ):
        return []
    _known(book, incident, command, wanted[0], command.assignee)
    found: list[Event] = [Assigned(command.at, *wanted, reason=command.because, by=command.by)]
    return found + moved(incident, command, target)


def _known(
    book: Book, incident: Incident, command: do.Command, group: str | None, person: str | None
) -> None:
    """Refuse whom the book's directory does not know; one that is empty knows everybody."""
    directory = book.directory
    if group is not None and directory.groups and directory.group(group) is None:
        near = nearest(group, [each.name for each in directory.groups[:_MOST_TOLD]])
        raise refusal(incident, command, f"there is no group {group!r}; {near}")
    if person is not None and directory.people and directory.person(person) is None:
        near = nearest(person, [each.identifier for each in directory.people[:_MOST_TOLD]])
        raise refusal(incident, command, f"there is no person {person!r}; {near}")


def tier_of(book: Book, name: str | None) -> int | None:
    group = None if name is None else book.directory.group(name)
    return None if group is None else group.tier


def handed_off(book: Book, incident: Incident, command: do.HandOff) -> list[Event]:
    """Another group has it, with what the book says that it needs."""
    target = target_of(book, incident, command, {"group": command.group})
    if command.group == incident.group:
        why = f"{command.group} has it already"
        raise refusal(incident, command, why)
    _known(book, incident, command, command.group, command.assignee)
    category = book.filed(incident).category
    complete = book.hand_offs.check(command.details, category)
    if not complete.answer:
        lacking = book.hand_offs.missing(command.details, category)
        texts: dict[object, str] = {}
        for each in complete.reasons:  # what is missing comes first
            texts.setdefault(dict(each.inputs)["requirement"], each.text)
        needs = [(name, texts[name]) for name in lacking]
        raise refusal(incident, command, missing=needs)
    tier = tier_of(book, command.group) if command.tier is None else command.tier
    found: list[Event] = [
        HandedOff(
            command.at,
            command.group,
            command.assignee,
            tier,
            command.notes,
            command.details,
            by=command.by,
        )
    ]
    return found + moved(incident, command, target)


def assumed(book: Book, incident: Incident, command: do.AssumeRole) -> list[Event]:
    """A role is taken on; of the manager there is one."""
    require_open(incident, command)
    _known(book, incident, command, None, command.person)
    holders = [person for role, person in incident.roles if role == command.role]
    if command.person in holders:
        return []
    if book.roles.is_single(command.role) and holders and not command.replacing:
        why = f"{holders[0]} is {command.role} already: let it be renounced, or replace them"
        raise refusal(incident, command, why)
    if command.role == Role.MAJOR_INCIDENT_MANAGER:
        _appointed(book, incident, command, holders)
    found: list[Event] = []
    if command.replacing:
        found += [
            RoleRenounced(command.at, command.role, person, by=command.by) for person in holders
        ]
    return [*found, RoleAssumed(command.at, command.role, command.person, by=command.by)]


def _appointed(book: Book, incident: Incident, command: do.AssumeRole, holders: list[str]) -> None:
    """Refuse to make somebody manager whom the book does not let appoint one.

    Whoever has the role may hand it on.
    """
    appoint, by = book.major.appoint, command.by
    if appoint is None or (by is not None and by.is_person and by.identifier in holders):
        return
    if why := appoint.refusal(by, *standing_of(book, incident, by)):
        raise refusal(incident, command, why)


def renounced(_book: Book, incident: Incident, command: do.RenounceRole) -> list[Event]:
    """A role is given back; that of whoever is assigned goes with the assignment."""
    if command.role.resolves and command.person == incident.assignee:
        why = f"{command.person} is assigned, and {command.role} for as long: assign another"
        raise refusal(incident, command, why)
    if (command.role, command.person) not in incident.roles:
        return []
    return [RoleRenounced(command.at, command.role, command.person, by=command.by)]


def unassigned(book: Book, incident: Incident, command: do.Unassign) -> list[Event]:
    """Nobody has it any more."""
    target = target_of(book, incident, command, {})
    return [Assigned(command.at, by=command.by), *moved(incident, command, target)]
