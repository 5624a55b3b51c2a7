"""Deciding the actions of a team's own lifecycle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from itilcore.errors import Defect, InvalidInput
from itilcore.incident import (
    Acknowledged,
    Assigned,
    Cancelled,
    Closed,
    Event,
    HoldReason,
    Incident,
    Noted,
    Phase,
    Reopened,
    ResolutionKind,
    Resolved,
    Status,
)
from itilcore.policy import Book

from . import command as do
from .asking import held, moved, target_of
from .assignments import tier_of

__all__ = ["taken"]


def taken(book: Book, incident: Incident, command: do.Move) -> list[Event]:
    """What an action of the team's own makes happen, and the facts that it was given."""
    facts = _typed(command.facts)
    target = target_of(book, incident, command, facts, action=command.take, to=command.to)
    found = _assigned_on_the_way(book, incident, command, facts)
    if target.phase is Phase.ACTIVE and incident.facts.acknowledged_at is None:
        found.append(Acknowledged(command.at, by=command.by))  # starting work is taking it on
    found += _arrived(incident, command, target, facts)
    told = [name for name in facts if name not in _TYPES]
    return found + [Noted(command.at, f"{name}: {facts[name]}", by=command.by) for name in told]


_TYPES: Final[Mapping[str, tuple[type, Callable[[str], object]]]] = {
    "assignee": (str, str),
    "group": (str, str),
    "hold_reason": (HoldReason, HoldReason),
    "notes": (str, str),
    "reason": (str, str),
    "resolution_code": (str, str),
    "resolution_kind": (ResolutionKind, ResolutionKind),
}
"""What the facts are that an event holds, and how they are made of a text.  Others are noted."""


_WORDS: Final[Mapping[type, str]] = {
    str: "a text",
    HoldReason: "a HoldReason",
    ResolutionKind: "fix or workaround",
}


def _typed(given: Iterable[tuple[str, object]]) -> dict[str, Any]:
    """Facts as events hold them: a reason to hold may be given by its name, and so on."""
    found: dict[str, Any] = {}
    defects = []
    for name, value in given:
        kind, make = _TYPES.get(name, (object, str))
        try:
            found[name] = make(value) if isinstance(value, str) and kind is not object else value
        except (ValueError, InvalidInput):  # a blank reason, a kind that is none
            found[name] = None
        if value is not None and not isinstance(found[name], kind):
            defects.append(Defect(f"facts.{name}", f"is {value!r:.60}: give {_WORDS[kind]}"))
    if defects:
        raise InvalidInput("Move", defects)
    return found


def _assigned_on_the_way(
    book: Book, incident: Incident, command: do.Move, facts: Mapping[str, Any]
) -> list[Event]:
    group = facts.get("group") or incident.group
    assignee = facts.get("assignee") or (incident.assignee if group == incident.group else None)
    if (group, assignee) == (incident.group, incident.assignee):
        return []
    tier = incident.facts.tier if group == incident.group else tier_of(book, group)
    return [Assigned(command.at, group, assignee, tier, by=command.by)]


def _arrived(
    incident: Incident, command: do.Move, target: Status, facts: Mapping[str, Any]
) -> list[Event]:
    """The event that says where *command* led."""
    phase, was = target.phase, incident.phase
    why = facts.get("reason")
    if phase is Phase.WAITING:
        return [held(command, target, facts.get("hold_reason"))]
    if phase is Phase.RESOLVED and was is not Phase.RESOLVED:
        kind, code = facts.get("resolution_kind"), facts.get("resolution_code")
        return [Resolved(command.at, kind, code, facts.get("notes"), target, by=command.by)]
    if phase is Phase.CANCELLED:
        return [Cancelled(command.at, why, target, by=command.by)]
    if phase is Phase.CLOSED:
        return [Closed(command.at, None, target, by=command.by)]
    if was in (Phase.RESOLVED, Phase.CLOSED) and phase.is_unresolved:
        return [Reopened(command.at, why, target, by=command.by)]
    return moved(incident, command, target)
