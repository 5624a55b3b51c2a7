"""Deciding: what a command does to an incident, as a pure function of both and of the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from itilcore.communications import notify
from itilcore.errors import ActionRefused, Defect, InvalidInput, nearest
from itilcore.incident import (
    Acknowledged,
    Announced,
    Assigned,
    Cancelled,
    Classified,
    Closed,
    Confirmed,
    Contacted,
    Detected,
    Event,
    HandedOff,
    Held,
    HoldReason,
    ImpactStarted,
    Incident,
    Linked,
    LinkKind,
    Logged,
    Noted,
    Phase,
    PolicyAdopted,
    Prioritised,
    Reopened,
    ResolutionKind,
    Resolved,
    Restored,
    Role,
    RoleAssumed,
    RoleRenounced,
    Status,
    StatusChanged,
    WorkaroundFound,
    role_conflict,
)
from itilcore.policy import Book

from . import command as do
from .outcome import Outcome

__all__ = ["LEAVES", "decide", "offered"]


_ROLES: Final = frozenset([Assigned, HandedOff, RoleAssumed])
"""Events that give somebody a role."""

_MOST_TOLD: Final = 20


def decide(book: Book, incident: Incident | None, command: do.Command) -> Outcome:
    """The outcome of *command* for *incident* under the rules of *book*; nothing is stored.

    *incident* is ``None`` for one that is not logged yet, and only then may it be logged.
    An outcome without events says that what was asked for is so already.  Raises
    `itilcore.errors.ActionRefused` for what the lifecycle does not allow now, with what is
    missing, and `itilcore.errors.InvalidInput` for a command that can never be carried out.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> log = do.LogIncident(reference="INC1", at=nine, title="Mail is slow", requester="ada")
    >>> outcome = decide(Book(), None, log)
    >>> outcome.incident.status, [type(event).__name__ for event in outcome.events]
    (Status('NEW', OPEN), ['Logged', 'Classified', 'PolicyAdopted'])
    """
    if isinstance(command, do.LogIncident):
        if incident is not None:
            why = "it is logged already"
            raise ActionRefused(command.reference, "log", _name(incident), why=why)
        before = Incident.replay(command.reference, ())
        events = _logged(book, command)
    elif incident is None:
        raise ActionRefused(command.reference, _word(command), None, why="it is not logged yet")
    else:
        before = incident
        events = _EVENTS[type(command)](book, before, command)
    after = before.record(*events)
    conflict = role_conflict(after.role_spells) if _ROLES.intersection(map(type, events)) else None
    if conflict is not None:
        raise ActionRefused(command.reference, _word(command), _name(before), why=conflict)
    return Outcome(
        incident=after,
        events=tuple(events),
        notifications=notify(book.notifications, before, events),
        look_again_at=book.look_again_at(after, command.at),
        offers=offered(after, events),
    )


def _name(incident: Incident) -> str | None:
    return None if incident.status is None else incident.status.name


def _word(command: do.Command) -> str:
    return command.action or type(command).__name__.lower()


def offered(incident: Incident, events: Iterable[Event]) -> tuple[str, ...]:
    """The children of *incident*, where *events* resolved it."""
    if not any(isinstance(event, Resolved) for event in events):
        return ()
    return tuple(other for kind, other in incident.links if kind is LinkKind.CHILD)


def _logged(book: Book, log: do.LogIncident) -> list[Event]:
    events: list[Event] = []
    by = log.by
    if log.impact_started_at is not None:
        events.append(ImpactStarted(log.impact_started_at, recorded_at=log.at, by=by))
    if log.detected_at is not None:
        source = log.detected_by or log.channel
        events.append(Detected(log.detected_at, recorded_at=log.at, source=source, by=by))
    initial = book.lifecycle.initial
    events.append(Logged(log.at, log.title, log.requester, log.channel, initial, by=by))
    if log.kind is not None or log.category is not None or log.service is not None:
        events.append(Classified(log.at, log.kind, log.category, log.service, by=by))
    if log.impact is not None and log.urgency is not None:
        priority = book.priority.assess(log.impact, log.urgency).answer
        events.append(Prioritised(log.at, log.impact, log.urgency, priority, by=by))
    elif log.impact is not None or log.urgency is not None:
        events.append(Prioritised(log.at, log.impact, log.urgency, by=by))
    if log.text is not None and log.text.strip():
        events.append(Noted(log.at, log.text, by=by))
    events += [Linked(log.at, kind, other, by=by) for kind, other in log.links]
    events.append(PolicyAdopted(log.at, "book", book.version, by=by))
    return events


def _open(incident: Incident, command: do.Command) -> None:
    """Refuse what makes no sense for an incident that is over."""
    if incident.phase is not None and incident.phase.is_end:
        raise ActionRefused(incident.reference, _word(command), _name(incident), why="it is over")


def _classified(_book: Book, incident: Incident, command: do.Classify) -> list[Event]:
    _open(incident, command)
    now = (incident.kind, incident.category, incident.service)
    asked = (command.kind, command.category, command.service)
    wanted = tuple(new if new is not None else old for new, old in zip(asked, now, strict=True))
    return [] if wanted == now else [Classified(command.at, *wanted, by=command.by)]  # type: ignore[arg-type]  # three of their kinds


def _prioritised(book: Book, incident: Incident, command: do.Prioritise) -> list[Event]:
    _open(incident, command)
    impact = command.impact or incident.impact
    urgency = command.urgency or incident.urgency
    computed = None
    if impact is not None and urgency is not None:
        computed = book.priority.assess(impact, urgency).answer
    if command.priority is None and computed is None:
        missing = [name for name, level in (("impact", impact), ("urgency", urgency)) if not level]
        needs = [(name, f"the {name}, for the matrix to give a priority") for name in missing]
        raise ActionRefused(incident.reference, "prioritise", _name(incident), needs)
    if command.priority is None or command.priority == computed:
        found = Prioritised(command.at, impact, urgency, computed, by=command.by)
    else:
        found = Prioritised(
            command.at, impact, urgency, command.priority, computed, command.reason, by=command.by
        )
    now = (incident.impact, incident.urgency, incident.priority, incident.computed_priority)
    same = now == (found.impact, found.urgency, found.priority, found.computed)
    return [] if same else [found]


def _acknowledged(_book: Book, incident: Incident, command: do.Acknowledge) -> list[Event]:
    _unresolved(incident, command)
    known = incident.facts.acknowledged_at is not None
    return [] if known else [Acknowledged(command.at, by=command.by)]


def _unresolved(incident: Incident, command: do.Command) -> None:
    if incident.phase is None or not incident.phase.is_unresolved:
        why = "only what is not resolved yet can be"
        raise ActionRefused(incident.reference, _word(command), _name(incident), why=why)


def _target(
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


def _assigned(book: Book, incident: Incident, command: do.Assign) -> list[Event]:
    target = _target(book, incident, command, {"group": command.group})
    group = command.group or incident.group
    tier = command.tier
    if tier is None and group == incident.group:
        tier = incident.facts.tier
    wanted = (group, command.assignee, tier)
    if target == incident.status and wanted == (
        incident.group,
        incident.assignee,
        incident.facts.tier,
    ):
        return []
    _known(book, incident, command, wanted[0], command.assignee)
    found: list[Event] = [Assigned(command.at, *wanted, reason=command.because, by=command.by)]
    return found + _moved(incident, command, target)


def _known(
    book: Book, incident: Incident, command: do.Command, group: str | None, person: str | None
) -> None:
    """Refuse whom the book's directory does not know; one that is empty knows everybody."""
    directory = book.directory
    for what, name, known in (
        ("group", group, [each.name for each in directory.groups]),
        ("person", person, [each.identifier for each in directory.people]),
    ):
        if known and name is not None and name not in known:
            why = f"there is no {what} {name!r}; {nearest(name, known[:_MOST_TOLD])}"
            raise ActionRefused(incident.reference, _word(command), _name(incident), why=why)


def _handed_off(book: Book, incident: Incident, command: do.HandOff) -> list[Event]:
    target = _target(book, incident, command, {"group": command.group})
    if command.group == incident.group:
        why = f"{command.group} has it already"
        raise ActionRefused(incident.reference, "hand off", _name(incident), why=why)
    _known(book, incident, command, command.group, command.assignee)
    complete = book.hand_offs.check(command.details, incident.category)
    if not complete.answer:
        lacking = book.hand_offs.missing(command.details, incident.category)
        texts = {dict(each.inputs)["requirement"]: each.text for each in complete.reasons}
        needs = [(name, texts[name]) for name in lacking]
        raise ActionRefused(incident.reference, "hand off", _name(incident), needs)
    group = book.directory.group(command.group)
    tier = command.tier if command.tier is not None or group is None else group.tier
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
    return found + _moved(incident, command, target)


def _assumed(book: Book, incident: Incident, command: do.AssumeRole) -> list[Event]:
    _open(incident, command)
    _known(book, incident, command, None, command.person)
    holders = [person for role, person in incident.roles if role == command.role]
    if command.person in holders:
        return []
    alone = command.role == Role.MAJOR_INCIDENT_MANAGER
    if alone and holders and not command.replacing:
        why = f"{holders[0]} is {command.role} already: let it be renounced, or replace them"
        raise ActionRefused(incident.reference, "assume a role", _name(incident), why=why)
    found: list[Event] = []
    if command.replacing:
        found += [
            RoleRenounced(command.at, command.role, person, by=command.by) for person in holders
        ]
    return [*found, RoleAssumed(command.at, command.role, command.person, by=command.by)]


def _renounced(_book: Book, incident: Incident, command: do.RenounceRole) -> list[Event]:
    if (command.role, command.person) not in incident.roles:
        return []
    return [RoleRenounced(command.at, command.role, command.person, by=command.by)]


def _moved(incident: Incident, command: do.Command, target: Status) -> list[Event]:
    return [] if target == incident.status else [StatusChanged(command.at, target, by=command.by)]


def _unassigned(book: Book, incident: Incident, command: do.Unassign) -> list[Event]:
    target = _target(book, incident, command, {})
    return [Assigned(command.at, by=command.by), *_moved(incident, command, target)]


def _started(book: Book, incident: Incident, command: do.Start) -> list[Event]:
    target = _target(book, incident, command, {})
    found: list[Event] = []
    if incident.facts.acknowledged_at is None:
        found.append(Acknowledged(command.at, by=command.by))
    return found + _moved(incident, command, target)


def _held(book: Book, incident: Incident, command: do.Hold) -> list[Event]:
    target = _target(book, incident, command, {"hold_reason": command.reason})
    if target == incident.status and command.reason == incident.hold_reason:
        return []
    return [_hold(command, target, command.reason)]


def _hold(command: do.Command, target: Status, reason: object) -> Event:
    if isinstance(reason, HoldReason):
        return Held(command.at, reason, target, by=command.by)
    return StatusChanged(command.at, target, by=command.by)


def _resumed(book: Book, incident: Incident, command: do.Resume) -> list[Event]:
    return _moved(incident, command, _target(book, incident, command, {}))


def _noted(_book: Book, _incident: Incident, command: do.Note) -> list[Event]:
    return [Noted(command.at, command.text, by=command.by)]


def _contacted(_book: Book, _incident: Incident, command: do.Contact) -> list[Event]:
    return [Contacted(command.at, command.direction, command.channel, by=command.by)]


def _worked_around(_book: Book, incident: Incident, command: do.RecordWorkaround) -> list[Event]:
    _open(incident, command)
    return [WorkaroundFound(command.at, command.text, by=command.by)]


def _restored(_book: Book, incident: Incident, command: do.Restore) -> list[Event]:
    _open(incident, command)
    known = incident.facts.restored_at is not None
    return [] if known else [Restored(command.at, by=command.by)]


def _resolved(book: Book, incident: Incident, command: do.Resolve) -> list[Event]:
    facts = {
        "resolution_kind": command.kind,
        "resolution_code": command.code,
        "notes": command.notes,
    }
    target = _target(book, incident, command, facts)
    return [Resolved(command.at, command.kind, command.code, command.notes, target, by=command.by)]


def _confirmed(_book: Book, incident: Incident, command: do.Confirm) -> list[Event]:
    if incident.phase is not Phase.RESOLVED:
        why = "there is no resolution to confirm"
        raise ActionRefused(incident.reference, "confirm", _name(incident), why=why)
    return [] if incident.is_confirmed else [Confirmed(command.at, by=command.by)]


def _reopened(book: Book, incident: Incident, command: do.Reopen) -> list[Event]:
    target = _target(book, incident, command, {"reason": command.reason}, to=command.to)
    return [Reopened(command.at, command.reason, target, by=command.by)]


def _closed(book: Book, incident: Incident, command: do.Close) -> list[Event]:
    target = _target(book, incident, command, {})
    return [
        Closed(
            command.at,
            command.code,
            target,
            summary=command.summary,
            cause=command.cause,
            steps=command.steps,
            knowledge=command.knowledge,
            by=command.by,
        )
    ]


def _cancelled(book: Book, incident: Incident, command: do.Cancel) -> list[Event]:
    target = _target(book, incident, command, {"reason": command.reason})
    return [Cancelled(command.at, command.reason, target, by=command.by)]


def _taken(book: Book, incident: Incident, command: do.Move) -> list[Event]:
    facts = _typed(command.facts)
    target = _target(book, incident, command, facts, action=command.take, to=command.to)
    found = _assigned_on_the_way(incident, command, facts)
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
    incident: Incident, command: do.Move, facts: Mapping[str, Any]
) -> list[Event]:
    group = facts.get("group") or incident.group
    assignee = facts.get("assignee") or (incident.assignee if group == incident.group else None)
    if (group, assignee) == (incident.group, incident.assignee):
        return []
    tier = incident.facts.tier if group == incident.group else None
    return [Assigned(command.at, group, assignee, tier, by=command.by)]


def _arrived(
    incident: Incident, command: do.Move, target: Status, facts: Mapping[str, Any]
) -> list[Event]:
    """The event that says where *command* led."""
    phase, was = target.phase, incident.phase
    why = facts.get("reason")
    if phase is Phase.WAITING:
        return [_hold(command, target, facts.get("hold_reason"))]
    if phase is Phase.RESOLVED and was is not Phase.RESOLVED:
        kind, code = facts.get("resolution_kind"), facts.get("resolution_code")
        return [Resolved(command.at, kind, code, facts.get("notes"), target, by=command.by)]
    if phase is Phase.CANCELLED:
        return [Cancelled(command.at, why, target, by=command.by)]
    if phase is Phase.CLOSED:
        return [Closed(command.at, None, target, by=command.by)]
    if was in (Phase.RESOLVED, Phase.CLOSED) and phase.is_unresolved:
        return [Reopened(command.at, why, target, by=command.by)]
    return _moved(incident, command, target)


def _linked(_book: Book, incident: Incident, command: do.Link) -> list[Event]:
    if (command.kind, command.other) in incident.links:
        return []
    opposite = {LinkKind.PARENT: LinkKind.CHILD, LinkKind.CHILD: LinkKind.PARENT}.get(command.kind)
    if opposite is not None and (opposite, command.other) in incident.links:
        problem = f"is its {opposite.value} already: it cannot be its {command.kind.value} too"
        raise InvalidInput("Link", [Defect("other", problem)])
    return [Linked(command.at, command.kind, command.other, by=command.by)]


def _announced(_book: Book, incident: Incident, command: do.Announce) -> list[Event]:
    found = Announced(
        command.at,
        command.what,
        command.clock,
        command.agreement,
        command.instant,
        command.threshold,
        by=command.by,
    )
    return [] if found.is_in(incident.timeline) else [found]


_EVENTS: Final[dict[type[do.Command], Callable[[Book, Incident, Any], list[Event]]]] = {
    do.Acknowledge: _acknowledged,
    do.Announce: _announced,
    do.Assign: _assigned,
    do.AssumeRole: _assumed,
    do.Cancel: _cancelled,
    do.Classify: _classified,
    do.Close: _closed,
    do.Confirm: _confirmed,
    do.Contact: _contacted,
    do.HandOff: _handed_off,
    do.Hold: _held,
    do.Link: _linked,
    do.Move: _taken,
    do.Note: _noted,
    do.Prioritise: _prioritised,
    do.RecordWorkaround: _worked_around,
    do.RenounceRole: _renounced,
    do.Reopen: _reopened,
    do.Resolve: _resolved,
    do.Restore: _restored,
    do.Resume: _resumed,
    do.Start: _started,
    do.Unassign: _unassigned,
}
"""What each command makes happen.  No events: it is so already."""

LEAVES: Final[Mapping[type[do.Command], tuple[type[Event], ...]]] = {
    do.LogIncident: (Logged,),
    do.Acknowledge: (Acknowledged,),
    do.Announce: (Announced,),
    do.Assign: (Assigned, StatusChanged),
    do.AssumeRole: (RoleAssumed,),
    do.Cancel: (Cancelled,),
    do.Classify: (Classified,),
    do.Close: (Closed,),
    do.Confirm: (Confirmed,),
    do.Contact: (Contacted,),
    do.HandOff: (HandedOff,),
    do.Hold: (Held, StatusChanged),
    do.Link: (Linked,),
    do.Note: (Noted,),
    do.Prioritise: (Prioritised,),
    do.RecordWorkaround: (WorkaroundFound,),
    do.RenounceRole: (RoleRenounced,),
    do.Reopen: (Reopened,),
    do.Resolve: (Resolved,),
    do.Restore: (Restored,),
    do.Resume: (StatusChanged,),
    do.Start: (Acknowledged, StatusChanged),
    do.Unassign: (Assigned,),
}
"""One of which a command leaves where it changes anything: what its key may stand for."""
