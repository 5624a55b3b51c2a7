"""The agenda: what falls due, and when to look again."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from itilcore.errors import (
    ActionRefused,
    CorruptEvent,
    Defect,
    InvalidInput,
    VersionConflict,
    require_aware,
)
from itilcore.incident import AnnouncementKind, Incident
from itilcore.policy import Book, DueItem, DueKind
from itilcore.repositories import Page, Query

from .carrying import carried_out, looked_at_again
from .command import Announce, Close, Command, Escalate
from .flow import Call, Flow
from .outcome import Outcome

__all__ = ["Agenda", "acted", "agenda_at", "rescheduled"]

_PAGE = 200


@frozen
class Agenda:
    """What had fallen due ``at`` an instant, the earliest first.

    ``look_again_at`` is when something falls due next, ``None`` where nothing will: before
    then there is no reason to ask.  ``more`` says that there were more items than asked for:
    act on these, and ask again.  ``unreadable`` are incidents whose history is damaged;
    ``untold`` says of which incidents something cannot be told, and why: the holidays of their
    calendars end, say.  They come again the next day.
    """

    at: datetime
    items: tuple[DueItem, ...]
    look_again_at: datetime | None = None
    more: bool = False
    unreadable: tuple[CorruptEvent, ...] = ()
    untold: tuple[str, ...] = ()


def agenda_at(book: Book, at: datetime, limit: int) -> Flow[Agenda]:
    """Items until there are *limit*, all of an incident's; only what has come due is read.

    One whose instant has come although nothing is due, because the book has changed since, is
    given its next instant.
    """
    require_aware("at", at)
    if type(limit) is not int or limit < 1:
        raise InvalidInput("agenda", [Defect("limit", f"is {limit!r}: give 1 or more")])
    items: list[DueItem] = []
    unreadable: list[CorruptEvent] = []
    untold: list[str] = []
    after: str | None = None
    while True:
        page: Page = yield Call("due", (at,), (("limit", _PAGE), ("after", after)))
        unreadable += page.unreadable
        for incident in page.incidents:
            due = book.due(incident, at)
            items += due.items
            untold += [f"{incident.reference}: {each}" for each in due.untold]
            if not due.items:
                yield from _moved_on(book, incident, at)
        after = page.next
        if after is None or len(items) >= limit:
            break
    more = after is not None
    later: datetime | None = yield Call("next_due", (at,))
    found = tuple(sorted(items, key=lambda item: (item.at, item.identifier)))
    return Agenda(at, found, at if more else later, more, tuple(unreadable), tuple(untold))


def _moved_on(book: Book, incident: Incident, at: datetime) -> Flow[None]:
    try:
        yield from looked_at_again(book, incident, at)
    except VersionConflict:
        return  # whoever wrote in between has said when to look again


def rescheduled(book: Book, query: Query, at: datetime) -> Flow[int]:
    """Give every incident of *query* the next instant that *book* says; how many were given one.

    For a book that has changed: the instants that are stored were those of the book before.
    """
    require_aware("at", at)
    count = 0
    after: str | None = None
    while True:
        page: Page = yield Call("find", (query,), (("limit", _PAGE), ("after", after)))
        for incident in page.incidents:
            yield from _moved_on(book, incident, at)
            count += 1
        after = page.next
        if after is None:
            return count


def acted(book: Book, item: DueItem, at: datetime) -> Flow[Outcome]:
    """Do what *item* asks for; doing it twice does nothing twice.

    It is judged by what is stored, and done no earlier than the last event of that.  What cannot
    be done any more, because somebody took it on, held, reopened or closed it in between, is
    not: the outcome then has no events.
    """
    if not isinstance(item, DueItem):
        raise InvalidInput("act", [Defect("item", f"is {item!r:.60}: give an item of an agenda")])
    try:
        command, key = _command(item, at), f"agenda:{item.identifier}"
        return (yield from carried_out(book, command, key=key, catching_up=True))
    except ActionRefused:
        incident: Incident = yield Call("get", (item.reference,))
        return Outcome(incident=incident, look_again_at=book.look_again_at(incident, at))


def _command(item: DueItem, at: datetime) -> Command:
    if item.kind is DueKind.AUTO_CLOSE:
        return Close(reference=item.reference, at=at, by=item.by, code="auto-close")
    if item.step is not None:
        return Escalate(
            reference=item.reference,
            at=at,
            by=item.by,
            kind=item.step.kind,
            to=item.step.to,
            rule=item.step.rule,
            step=item.step.step,
        )
    what = {
        DueKind.WARNING: AnnouncementKind.WARNING,
        DueKind.BREACH: AnnouncementKind.BREACH,
        DueKind.UPDATE: AnnouncementKind.UPDATE,
    }[item.kind]
    return Announce(
        reference=item.reference,
        at=at,
        by=item.by,
        what=what,
        clock=item.clock,
        agreement=item.agreement,
        instant=item.instant,
        threshold=item.threshold,
    )
