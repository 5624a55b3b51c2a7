"""Links that two incidents share, and incidents that follow from others."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from itilcore.actor import Actor
from itilcore.errors import Defect, InvalidInput, UnknownIncident
from itilcore.incident import Incident, LinkKind
from itilcore.policy import Book

from .carrying import carried_out
from .command import Command, Link, LogIncident
from .flow import Call, Flow
from .outcome import Outcome

__all__ = ["done", "followed_up"]

_MIRRORED: Final = {
    LinkKind.PARENT: LinkKind.CHILD,
    LinkKind.CHILD: LinkKind.PARENT,
    LinkKind.RELATED: LinkKind.RELATED,
}
_INCIDENTS: Final = frozenset([*_MIRRORED, LinkKind.DUPLICATE_OF])
"""Links to other incidents; a problem or a change is none."""

_ELDERS: Final = frozenset([LinkKind.PARENT, LinkKind.DUPLICATE_OF])
"""Links to whom an incident belongs."""

_FURTHEST: Final = 1_000
"""Ancestors looked up: a longer line of them is a mistake as well."""

Links = Sequence[tuple[LinkKind, str]]


def done(
    book: Book, command: Command, key: str | None, expected_version: int | None
) -> Flow[Outcome]:
    """Carry out *command*, and on other incidents its other half where it has one."""
    links: Links = ()
    if isinstance(command, Link):
        links = ((command.kind, command.other),)
    elif isinstance(command, LogIncident):
        links = command.links
    yield from _checked(command, links)
    outcome = yield from carried_out(book, command, key=key, expected_version=expected_version)
    for number, (kind, other) in enumerate(links):
        back = _MIRRORED.get(kind)
        if back is not None:
            mirrored = Link(
                reference=other, at=command.at, by=command.by, kind=back, other=command.reference
            )
            more = "" if key is None else f"{key}:mirrored{f':{number}' if number else ''}"
            yield from carried_out(book, mirrored, key=more or None)
    return outcome


def _checked(command: Command, links: Links) -> Flow[None]:
    """Refuse, before anything is written, what is not there and families that go round."""
    new = isinstance(command, LogIncident)
    for kind, other in links:
        if kind in _INCIDENTS:
            yield Call("get", (other,))
    elders = tuple(other for kind, other in links if kind in _ELDERS)
    for kind, other in links:
        if kind is LinkKind.CHILD:
            yield from _no_circle(other, command.reference, elders, new)
        elif kind in _ELDERS and not new:  # nobody belongs to an incident that is new
            yield from _no_circle(command.reference, other, (), new)


def _no_circle(young: str, old: str, elders: Sequence[str], new: bool) -> Flow[None]:
    """Refuse *young* as an ancestor of *old*, which has *elders* besides those it is stored with.

    A *new* one is not stored yet.
    """
    came = {old: young}
    waiting = deque([old])
    while waiting:
        reference = waiting.popleft()
        found = list(elders) if reference == old else []
        if not (new and reference == old):
            found += yield from _elders(reference)
        for elder in found:
            if elder == young:
                line = [young]
                while reference != young:
                    line.append(reference)
                    reference = came[reference]
                problem = f"would be its own ancestor: {' < '.join([young, *reversed(line)])}"
                raise InvalidInput("Link", [Defect("other", problem)])
            if elder not in came:
                came[elder] = reference
                waiting.append(elder)
        if len(came) > _FURTHEST:
            problem = f"has a line of more than {_FURTHEST:,} parents"
            raise InvalidInput("Link", [Defect("other", problem)])


def _elders(reference: str) -> Flow[list[str]]:
    try:
        incident: Incident = yield Call("get", (reference,))
    except UnknownIncident:
        return []  # a link that somebody wrote past the desk
    return [other for kind, other in incident.links if kind in _ELDERS]


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
        configuration_item=old.configuration_item,
        impact=old.impact,
        urgency=old.urgency,
        links=[(LinkKind.RELATED, reference)],
    )
    return (yield from done(book, log, key, None))
