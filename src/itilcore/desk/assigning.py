"""Assigning what comes next: to the group that the rules say, and to whom there has room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attrs import evolve

from itilcore.actor import Actor
from itilcore.decision import Reason
from itilcore.errors import ActionRefused
from itilcore.incident import Assigned, Incident, Phase
from itilcore.policy import Book
from itilcore.repositories import Page, Query
from itilcore.routing import Person, Route, RoutingQuestion, SupportGroup, balance

from .carrying import carried_out
from .command import Assign
from .flow import Call, Flow
from .outcome import Outcome

__all__ = ["assigned_next"]

_PAGE: Final = 500
_UNRESOLVED: Final = tuple(phase for phase in Phase if phase.is_unresolved)


def assigned_next(
    book: Book, reference: str, at: datetime, by: Actor | None, key: str | None, again: bool
) -> Flow[Outcome]:
    """Give an incident to the group that the book routes it to, and to one of its people.

    One that somebody has stays there, and one that a group has stays with the group, unless it
    is to be routed *again*; what is being worked on is handed off, and not routed away.  Who
    gets it is the one of the group with the skills that the rule asks for, room, and the least
    to do, who may resolve it; where nobody has room it waits for the group.  Loads are those of
    the store when they were counted: of two that are given out at one moment both may go to one
    person.
    """
    incident: Incident = yield Call("get", (reference,))
    earlier = None if key is None else (yield Call("committed", (key,)))
    if earlier is not None:
        done = Assign(reference=reference, at=at, by=by, group=incident.group)
        return (yield from carried_out(book, done, key=key))
    if incident.assignee is not None and not again:
        text = f"it is assigned to {incident.assignee}, and stays there"
        reason = Reason("assignment", text, {"assignee": incident.assignee})
        look_again_at = book.look_again_at(incident, at)
        return Outcome(incident=incident, look_again_at=look_again_at, reasons=(reason,))
    route, reasons = _route(book, incident, again)
    name = incident.group if route is None else route.group
    assert name is not None  # without a group it is routed, or refused
    group = book.directory.group(name)
    tier = None if route is None else route.tier
    if tier is None and group is not None:
        tier = group.tier
    assignee = None
    if group is not None:
        loads = yield from _loads(group.members, reference)
        may, against = _may_resolve(book, incident, group, tier, at)
        chosen = balance(may, loads, () if route is None else route.skills, group)
        assignee = chosen.answer
        reasons += [*chosen.reasons, *against, *_closed(group, at)]
    command = Assign(
        reference=reference,
        at=at,
        by=by,
        group=name,
        assignee=assignee,
        tier=tier,
        because="; ".join(map(str, reasons)) or None,
    )
    outcome = yield from carried_out(book, command, key=key)
    return evolve(outcome, reasons=tuple(reasons))


def _route(book: Book, incident: Incident, again: bool) -> tuple[Route | None, list[Reason]]:
    """Where the rules send it, and why; one that stays with its group keeps the rule's demands."""
    question = RoutingQuestion.of(book.filed(incident), book.directory)
    if incident.group is not None and not again:
        route = book.routing.choose(question)
        return (route if route is not None and route.group == incident.group else None), []
    decision = book.routing.route(question, current=incident.group, again=again)
    status = None if incident.status is None else incident.status.name
    if decision.answer is None:
        why = "; ".join(map(str, decision.reasons)) or "the book has no rules of routing"
        raise ActionRefused(incident.reference, "assign next", status, why=why)
    if decision.answer.group != incident.group and incident.phase is Phase.ACTIVE:
        why = f"it is being worked on: hand it off to {decision.answer.group}"
        raise ActionRefused(incident.reference, "assign next", status, why=why)
    return decision.answer, list(decision.reasons)


def _may_resolve(
    book: Book, incident: Incident, group: SupportGroup, tier: int | None, at: datetime
) -> tuple[list[Person], list[Reason]]:
    """The members who may resolve it by the rules of roles, and why others may not."""
    before = book.roles.conflict(incident.role_spells)
    may: list[Person] = []
    against: list[Reason] = []
    for person in book.directory.members(group.name):
        given = incident.record(Assigned(at, group.name, person.identifier, tier))
        conflict = book.roles.conflict(given.role_spells)
        if conflict is None or conflict == before:
            may.append(person)
        else:
            against.append(Reason("roles", conflict, {"person": person.identifier}))
    return may, against


def _loads(members: Iterable[str], reference: str) -> Flow[Counter[str]]:
    """The unresolved incidents of each of *members*, without the one that is to be assigned."""
    found: Counter[str] = Counter()
    wanted = tuple(members)
    if not wanted:
        return found
    query = Query(phase=_UNRESOLVED, assignee=wanted)
    after: str | None = None
    while True:
        page: Page = yield Call("find", (query,), (("limit", _PAGE), ("after", after)))
        others = (each for each in page.incidents if each.reference != reference)
        found.update(each.assignee for each in others if each.assignee is not None)
        after = page.next
        if after is None:
            return found


def _closed(group: SupportGroup, at: datetime) -> list[Reason]:
    if group.hours is None or group.hours.is_open(at):
        return []
    opens = group.hours.next_open(at)
    text = f"{group.name} is closed until {opens.isoformat(' ', 'minutes')}"
    return [Reason("group hours", text, {"opens": opens})]
