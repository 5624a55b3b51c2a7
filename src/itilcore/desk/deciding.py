"""Deciding: what a command does to an incident, as a pure function of both and of the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from itilcore.communications import notify, tell_audiences
from itilcore.errors import ActionRefused, Defect, InvalidInput
from itilcore.escalation import escalation_notices
from itilcore.incident import (
    Acknowledged,
    Announced,
    AnnouncementKind,
    Answered,
    Assigned,
    Cancelled,
    Classified,
    Closed,
    Confirmed,
    Contacted,
    Detected,
    Escalated,
    Event,
    HandedOff,
    Held,
    ImpactStarted,
    Incident,
    Linked,
    LinkKind,
    Logged,
    MajorIncidentMarked,
    Noted,
    Phase,
    PolicyAdopted,
    Prioritised,
    Reopened,
    Resolved,
    Restored,
    RoleAssumed,
    RoleRenounced,
    SeverityDeclared,
    StakeholdersUpdated,
    StatusChanged,
    VendorAnswered,
    VendorEngaged,
    WorkaroundFound,
    in_utc,
)
from itilcore.major import remind
from itilcore.policy import Book

from . import command as do
from .asking import (
    action_word,
    caught_up,
    held,
    moved,
    refusal,
    require_allowed,
    require_open,
    require_unresolved,
    standing,
    status_name,
    target_of,
)
from .assignments import assigned, assumed, handed_off, renounced, unassigned
from .declaring import declared
from .escalating import escalated
from .majors import marked, stakeholders_updated, told_of_promotion
from .moves import taken
from .outcome import Outcome
from .vendors import engaged, told_of_vendors, vendor_answered

__all__ = ["LEAVES", "decide", "offered"]


_ROLES: Final = frozenset([Assigned, HandedOff, RoleAssumed])
"""Events that give somebody a role."""


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
            raise ActionRefused(command.reference, "log", status_name(incident), why=why)
        before = Incident.replay(command.reference, ())
        events = _logged(book, before, command)
    elif incident is None:
        raise ActionRefused(
            command.reference, action_word(command), None, why="it is not logged yet"
        )
    else:
        before = incident
        events = _EVENTS[type(command)](book, before, command)
        require_allowed(before, command, events)
    after = before.record(*events)
    given = _ROLES.intersection(map(type, events))
    conflict = book.roles.conflict(after.role_spells) if given else None
    # What a history brought with it is no fault of this command.
    if conflict is not None and conflict != book.roles.conflict(before.role_spells):
        raise refusal(before, command, conflict)
    return Outcome(
        incident=after,
        events=tuple(events),
        notifications=(
            *notify(book.notifications, before, events),
            *tell_audiences(book.audiences, before, events),
            *remind(book.major, before, events, book.rotas),
            *escalation_notices(before, events),
        ),
        look_again_at=book.look_again_at(after, command.at),
        offers=offered(after, events),
        reasons=(
            *told_of_promotion(book, after, events),
            *told_of_vendors(book, after, events),
        ),
    )


def offered(incident: Incident, events: Iterable[Event]) -> tuple[str, ...]:
    """The children of *incident*, where *events* resolved it."""
    if not any(isinstance(event, Resolved) for event in events):
        return ()
    return tuple(other for kind, other in incident.links if kind is LinkKind.CHILD)


def _logged(book: Book, before: Incident, log: do.LogIncident) -> list[Event]:
    category = standing(book, before, log, log.category)
    events: list[Event] = []
    by = log.by
    if log.impact_started_at is not None:
        events.append(ImpactStarted(log.impact_started_at, recorded_at=log.at, by=by))
    if log.detected_at is not None:
        source = log.detected_by or log.channel
        events.append(Detected(log.detected_at, recorded_at=log.at, source=source, by=by))
    initial = book.lifecycle.initial
    events.append(Logged(log.at, log.title, log.requester, log.channel, initial, by=by))
    if log.answers:
        events.append(Answered(log.at, log.answers, by=by))
    item = log.configuration_item or None
    if any(each is not None for each in (log.kind, category, log.service, item)):
        what = (log.kind, category, log.service)
        events.append(Classified(log.at, *what, configuration_item=item, by=by))
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


def _classified(book: Book, incident: Incident, command: do.Classify) -> list[Event]:
    require_open(incident, command)
    now = (incident.kind, incident.category, incident.service)
    category = standing(book, incident, command, command.category)
    asked = (command.kind, category, command.service)
    wanted = tuple(new if new is not None else old for new, old in zip(asked, now, strict=True))
    item = command.configuration_item
    if wanted == now and (item is None or (item or None) == incident.configuration_item):
        return []
    return [Classified(command.at, *wanted, configuration_item=item, by=command.by)]  # type: ignore[arg-type]  # three of their kinds


def _prioritised(book: Book, incident: Incident, command: do.Prioritise) -> list[Event]:
    require_open(incident, command)
    impact = command.impact or incident.impact
    urgency = command.urgency or incident.urgency
    computed = None
    if impact is not None and urgency is not None:
        computed = book.priority.assess(impact, urgency).answer
    if command.priority is None and computed is None:
        missing = [name for name, level in (("impact", impact), ("urgency", urgency)) if not level]
        needs = [(name, f"the {name}, for the matrix to give a priority") for name in missing]
        raise refusal(incident, command, missing=needs)
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
    require_unresolved(incident, command)
    known = incident.facts.acknowledged_at is not None
    return [] if known else [Acknowledged(command.at, by=command.by)]


def _started(book: Book, incident: Incident, command: do.Start) -> list[Event]:
    target = target_of(book, incident, command, {})
    found: list[Event] = []
    if incident.facts.acknowledged_at is None:
        found.append(Acknowledged(command.at, by=command.by))
    return found + moved(incident, command, target)


def _held(book: Book, incident: Incident, command: do.Hold) -> list[Event]:
    target = target_of(book, incident, command, {"hold_reason": command.reason})
    if target == incident.status and command.reason == incident.hold_reason:
        return []
    return [held(command, target, command.reason)]


def _resumed(book: Book, incident: Incident, command: do.Resume) -> list[Event]:
    return moved(incident, command, target_of(book, incident, command, {}))


def _noted(_book: Book, _incident: Incident, command: do.Note) -> list[Event]:
    return [Noted(command.at, command.text, by=command.by)]


def _contacted(_book: Book, _incident: Incident, command: do.Contact) -> list[Event]:
    return [Contacted(command.at, command.direction, command.channel, by=command.by)]


def _answered(_book: Book, incident: Incident, command: do.Answer) -> list[Event]:
    same = set(command.answers) <= set(incident.answers)
    return [] if same else [Answered(command.at, command.answers, by=command.by)]


def _worked_around(_book: Book, incident: Incident, command: do.RecordWorkaround) -> list[Event]:
    require_open(incident, command)
    return [WorkaroundFound(command.at, command.text, by=command.by)]


def _restored(_book: Book, incident: Incident, command: do.Restore) -> list[Event]:
    require_open(incident, command)
    known = incident.facts.restored_at is not None
    return [] if known else [Restored(command.at, by=command.by)]


def _resolved(book: Book, incident: Incident, command: do.Resolve) -> list[Event]:
    facts = {
        "resolution_kind": command.kind,
        "resolution_code": command.code,
        "notes": command.notes,
    }
    target = target_of(book, incident, command, facts)
    return [Resolved(command.at, command.kind, command.code, command.notes, target, by=command.by)]


def _confirmed(_book: Book, incident: Incident, command: do.Confirm) -> list[Event]:
    if incident.phase is not Phase.RESOLVED:
        why = "there is no resolution to confirm"
        raise refusal(incident, command, why)
    return [] if incident.is_confirmed else [Confirmed(command.at, by=command.by)]


def _reopened(book: Book, incident: Incident, command: do.Reopen) -> list[Event]:
    target = target_of(book, incident, command, {"reason": command.reason}, to=command.to)
    return [Reopened(command.at, command.reason, target, by=command.by)]


def _closed(book: Book, incident: Incident, command: do.Close) -> list[Event]:
    target = target_of(book, incident, command, {})
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
    target = target_of(book, incident, command, {"reason": command.reason})
    return [Cancelled(command.at, command.reason, target, by=command.by)]


def _linked(_book: Book, incident: Incident, command: do.Link) -> list[Event]:
    if (command.kind, command.other) in incident.links:
        return []
    opposite = {LinkKind.PARENT: LinkKind.CHILD, LinkKind.CHILD: LinkKind.PARENT}.get(command.kind)
    if opposite is not None and (opposite, command.other) in incident.links:
        problem = f"is its {opposite.value} already: it cannot be its {command.kind.value} too"
        raise InvalidInput("Link", [Defect("other", problem)])
    return [Linked(command.at, command.kind, command.other, by=command.by)]


def _announced(book: Book, incident: Incident, command: do.Announce) -> list[Event]:
    command = caught_up(incident, command)
    found = Announced(
        command.at,
        command.what,
        command.clock,
        command.agreement,
        command.instant,
        command.threshold,
        by=command.by,
    )
    if found.is_in(incident.timeline):
        return []
    # Asked again: there may have been word, a hold or an end since the agenda was read.
    if not any(item.announces(found) for item in book.due(incident, command.at).items):
        since = f"{in_utc(command.instant):%Y-%m-%d %H:%M} UTC"
        text = f"no update is overdue since {since}"
        if command.what is not AnnouncementKind.UPDATE:
            clock = f"{command.agreement}, {command.clock}"
            text = f"there is no {command.what.value} of {clock} due since {since}"
        raise refusal(incident, command, text)
    return [found]


_EVENTS: Final[dict[type[do.Command], Callable[[Book, Incident, Any], list[Event]]]] = {
    do.Acknowledge: _acknowledged,
    do.Announce: _announced,
    do.Answer: _answered,
    do.Assign: assigned,
    do.AssumeRole: assumed,
    do.Cancel: _cancelled,
    do.Classify: _classified,
    do.Close: _closed,
    do.Confirm: _confirmed,
    do.Contact: _contacted,
    do.EngageVendor: engaged,
    do.DeclareSeverity: declared,
    do.DemoteMajor: marked,
    do.Escalate: escalated,
    do.HandOff: handed_off,
    do.Hold: _held,
    do.Link: _linked,
    do.Move: taken,
    do.Note: _noted,
    do.Prioritise: _prioritised,
    do.RecordVendorAnswer: vendor_answered,
    do.PromoteMajor: marked,
    do.ProposeMajor: marked,
    do.RecordWorkaround: _worked_around,
    do.RejectMajor: marked,
    do.RenounceRole: renounced,
    do.Reopen: _reopened,
    do.Resolve: _resolved,
    do.Restore: _restored,
    do.Resume: _resumed,
    do.Start: _started,
    do.Unassign: unassigned,
    do.UpdateStakeholders: stakeholders_updated,
}
"""What each command makes happen.  No events: it is so already."""

LEAVES: Final[Mapping[type[do.Command], tuple[type[Event], ...]]] = {
    do.LogIncident: (Logged,),
    do.Acknowledge: (Acknowledged,),
    do.Announce: (Announced,),
    do.Answer: (Answered,),
    do.Assign: (Assigned, StatusChanged),
    do.AssumeRole: (RoleAssumed,),
    do.Cancel: (Cancelled,),
    do.Classify: (Classified,),
    do.Close: (Closed,),
    do.Confirm: (Confirmed,),
    do.Contact: (Contacted,),
    do.EngageVendor: (VendorEngaged,),
    do.DeclareSeverity: (SeverityDeclared,),
    do.DemoteMajor: (MajorIncidentMarked,),
    do.Escalate: (Escalated,),
    do.HandOff: (HandedOff,),
    do.Hold: (Held, StatusChanged),
    do.Link: (Linked,),
    do.Note: (Noted,),
    do.Prioritise: (Prioritised,),
    do.RecordVendorAnswer: (VendorAnswered,),
    do.PromoteMajor: (MajorIncidentMarked,),
    do.ProposeMajor: (MajorIncidentMarked,),
    do.RecordWorkaround: (WorkaroundFound,),
    do.RejectMajor: (MajorIncidentMarked,),
    do.RenounceRole: (RoleRenounced,),
    do.Reopen: (Reopened,),
    do.Resolve: (Resolved,),
    do.Restore: (Restored,),
    do.Resume: (StatusChanged,),
    do.Start: (Acknowledged, StatusChanged),
    do.Unassign: (Assigned,),
    do.UpdateStakeholders: (StakeholdersUpdated,),
}
"""One of which a command leaves where it changes anything: what its key may stand for."""
