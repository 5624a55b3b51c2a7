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
from itilcore.incident import Incident, Phase
from itilcore.policy import Book
from itilcore.repositories import Page, Query
from itilcore.routing import RoutingQuestion, SupportGroup, balance

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

    One that a group has stays there, unless it is to be routed *again*.  Who gets it is the one
    of the group with the skills that the rule asks for, room, and the least to do; where nobody
    has room it waits for the group.  Loads are those of the store when they were counted.
    """
    incident: Incident = yield Call("get", (reference,))
    reasons: list[Reason] = []
    name = incident.group
    skills: tuple[str, ...] = ()
    if name is None or again:
        question = RoutingQuestion.of(incident, book.directory)
        decision = book.routing.route(question, current=name, again=again)
        if decision.answer is None:
            why = "; ".join(map(str, decision.reasons)) or "the book has no rules of routing"
            status = None if incident.status is None else incident.status.name
            raise ActionRefused(reference, "assign next", status, why=why)
        reasons += decision.reasons
        name, skills = decision.answer.group, decision.answer.skills
    group = book.directory.group(name)
    assignee = None
    if group is not None:
        loads = yield from _loads(group.members, reference)
        chosen = balance(book.directory.members(name), loads, skills, group)
        assignee = chosen.answer
        reasons += [*chosen.reasons, *_closed(group, at)]
    command = Assign(
        reference=reference,
        at=at,
        by=by,
        group=name,
        assignee=assignee,
        tier=None if group is None else group.tier,
        because="; ".join(map(str, reasons)) or None,
    )
    outcome = yield from carried_out(book, command, key=key)
    return outcome if outcome.repeated else evolve(outcome, reasons=tuple(reasons))


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
