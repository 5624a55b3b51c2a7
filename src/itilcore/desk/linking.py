"""Links that two incidents share, and incidents that follow from others."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from itilcore.actor import Actor
from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Incident, LinkKind
from itilcore.policy import Book

from .carrying import carried_out
from .command import Link, LogIncident
from .flow import Call, Flow
from .outcome import Outcome

__all__ = ["followed_up", "linked"]

_MIRRORED: Final = {
    LinkKind.PARENT: LinkKind.CHILD,
    LinkKind.CHILD: LinkKind.PARENT,
    LinkKind.RELATED: LinkKind.RELATED,
}
_FURTHEST: Final = 1_000
"""Generations looked up: a longer line of parents is a mistake as well."""


def linked(book: Book, link: Link, key: str | None) -> Flow[Outcome]:
    """Link one incident to another, and the other to it where the link has two ends."""
    if link.kind in (LinkKind.PARENT, LinkKind.CHILD):
        young, old = link.reference, link.other
        if link.kind is LinkKind.CHILD:
            young, old = old, young
        yield from _no_circle(young, old)
    elif link.kind is LinkKind.DUPLICATE_OF:
        yield Call("get", (link.other,))  # it has to be there
    outcome = yield from carried_out(book, link, key=key)
    other = _MIRRORED.get(link.kind)
    if other is not None:
        mirrored = Link(
            reference=link.other, at=link.at, by=link.by, kind=other, other=link.reference
        )
        yield from carried_out(book, mirrored, key=None if key is None else f"{key}:mirrored")
    return outcome


def _no_circle(young: str, old: str) -> Flow[None]:
    """Refuse a parent that descends from its child."""
    line = [young, old]
    while young not in line[1:]:
        if len(line) > _FURTHEST:
            problem = f"has a line of more than {_FURTHEST:,} parents"
            raise InvalidInput("Link", [Defect("other", problem)])
        incident: Incident = yield Call("get", (line[-1],))
        parents = [other for kind, other in incident.links if kind is LinkKind.PARENT]
        if not parents or parents[0] in line[1:]:
            return
        line.append(young if young in parents else parents[0])
    problem = f"would be its own ancestor: {' < '.join(line)}"
    raise InvalidInput("Link", [Defect("other", problem)])


def followed_up(
    book: Book,
    reference: str,
    new_reference: str,
    at: datetime,
    reason: str,
    by: Actor | None,
    key: str | None,
) -> Flow[Outcome]:
    """Log an incident that follows from one that is over, linked to it."""
    old: Incident = yield Call("get", (reference,))
    log = LogIncident(
        reference=new_reference,
        at=at,
        by=by,
        title=old.title or reference,
        requester=old.facts.requester,
        channel=old.facts.channel or "self-service",
        text=reason,
        kind=old.kind,
        category=old.category,
        service=old.service,
        impact=old.impact,
        urgency=old.urgency,
        links=[(LinkKind.RELATED, reference)],
    )
    outcome = yield from carried_out(book, log, key=key)
    back = Link(reference=reference, at=at, by=by, kind=LinkKind.RELATED, other=new_reference)
    yield from carried_out(book, back, key=None if key is None else f"{key}:mirrored")
    return outcome
