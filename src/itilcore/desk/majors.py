"""Deciding on major incidents: what it is marked as, and what stakeholders are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from itilcore.communications import StakeholderUpdate
from itilcore.decision import Reason
from itilcore.errors import InvalidInput, nearest
from itilcore.incident import Event, Incident, MajorIncidentMarked, MajorState, in_utc
from itilcore.major import MAJOR_STEPS, MajorFacts
from itilcore.policy import Book

from . import command as do
from .asking import refusal, require_open, standing_of

__all__ = ["marked", "stakeholders_updated", "told_of_promotion"]

_STEPS: Final = {step.action: step for step in MAJOR_STEPS}
_ACTIONS: Final[Mapping[type[do.MarkMajor], str]] = {
    do.ProposeMajor: "propose",
    do.PromoteMajor: "promote",
    do.RejectMajor: "reject",
    do.DemoteMajor: "demote",
}


def marked(book: Book, incident: Incident, command: do.MarkMajor) -> list[Event]:
    """It is proposed, promoted, rejected or demoted, by whom the book gives the authority."""
    require_open(incident, command)
    action = _ACTIONS[type(command)]
    step = _STEPS[action]
    authority = book.major.authority(action)
    if authority is not None:
        why = authority.refusal(command.by, *standing_of(book, incident, command.by))
        if why:
            raise refusal(incident, command, why)
    if incident.major_state is step.target:
        return []
    if incident.major_state not in step.sources:
        raise refusal(incident, command, step.otherwise)
    reason = command.reason
    if reason is None:
        reason = _candidate(book, incident, command)
    return [MajorIncidentMarked(command.at, step.target, reason, by=command.by)]


def _candidate(book: Book, incident: Incident, command: do.MarkMajor) -> str:
    """Why the book takes *incident* for a candidate, where nobody says why."""
    decision = book.major.assess(incident, MajorFacts.of(incident, book.services, book.directory))
    if not decision.answer:
        needs = [("reason", "why it is proposed: no rule of the book makes it a candidate")]
        raise refusal(incident, command, missing=needs)
    return "; ".join(map(str, decision.reasons))


def told_of_promotion(book: Book, incident: Incident, events: list[Event]) -> tuple[Reason, ...]:
    """What a major incident still lacks, where *events* promoted *incident*."""
    promoted = any(
        isinstance(event, MajorIncidentMarked) and event.state is MajorState.PROMOTED
        for event in events
    )
    if not promoted:
        return ()
    found = [
        Reason("roles", f"nobody is {role} yet", {"role": role})
        for role in book.major.vacant(incident)
    ]
    if book.cadences.of(incident.severity) is None:
        known = "no severity is declared" if incident.severity is None else f"{incident.severity}"
        found.append(Reason("cadence", f"{known}: updates as changes occur, in no rhythm"))
    return tuple(found)


def stakeholders_updated(
    book: Book, incident: Incident, command: do.UpdateStakeholders
) -> list[Event]:
    """Each audience is told, or the command is refused with everything that is missing."""
    missing: list[tuple[str, str]] = []
    names = command.audiences or tuple(audience.name for audience in book.audiences)
    if not names:
        missing.append(("audiences", "whom to tell: the book has no audiences"))
    known = [audience.name for audience in book.audiences]
    missing += [
        ("audiences", f"there is no audience {name!r}; {nearest(name, known)}")
        for name in names
        if known and name not in known
    ]
    over = incident.phase is not None and not incident.phase.is_unresolved
    update = None
    try:
        update = StakeholderUpdate(
            impacted=command.impacted,
            affected=command.affected,
            progress=command.progress,
            workaround=command.workaround,
            follow=command.follow,
            technical=command.technical,
            next_update_at=command.next_update_at,
            is_last=over,
        )
    except InvalidInput as error:
        missing += [(defect.path, defect.problem) for defect in error.defects]
    missing += _wrong_time(book, incident, command, over=over)
    if missing or update is None:
        raise refusal(incident, command, missing=missing)
    return [update.event(name, command.at, command.by) for name in names]


def _wrong_time(
    book: Book, incident: Incident, command: do.UpdateStakeholders, *, over: bool
) -> list[tuple[str, str]]:
    at = command.next_update_at
    if at is None:
        return []
    if in_utc(at) <= in_utc(command.at):
        return [("next_update_at", f"{at.isoformat()} is not after this update")]
    row = book.cadences.of(incident.severity)
    if not over and row is not None and in_utc(at) - in_utc(command.at) > row.latest:
        return [("next_update_at", f"{at.isoformat()} is too late; {row}")]
    return []
