"""What a desk is asked about an incident: what it is, what is like it, what a fix resolves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from itilcore.classification import Classifier
from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Incident, Phase
from itilcore.intake import Triage, ticket_of
from itilcore.policy import Book
from itilcore.problems import Problem, Suggestion, offered, report_of
from itilcore.repositories import Page, Query

from .flow import Call, Flow

__all__ = ["found", "offered_by", "similar_to", "triaged"]

_PAGE: Final = 500
_UNRESOLVED: Final = tuple(phase for phase in Phase if phase.is_unresolved)


def found(query: Query) -> Flow[list[Incident]]:
    """All incidents of *query*, page by page."""
    incidents: list[Incident] = []
    after: str | None = None
    while True:
        page: Page = yield Call("find", (query,), (("limit", _PAGE), ("after", after)))
        incidents += page.incidents
        after = page.next
        if after is None:
            return incidents


def triaged(
    book: Book, reference: str, answers: Mapping[str, object] | None, by: Classifier | None
) -> Flow[Triage]:
    """What the book says of an incident; the names of its services are known names."""
    incident: Incident = yield Call("get", (reference,))
    known = tuple(service.name for service in book.services.services)
    told = dict(incident.answers) if answers is None else answers
    ticket = ticket_of(incident)
    return book.triage.triage(ticket, told, known=known, by=by, filed=incident.kind)


def similar_to(book: Book, reference: str) -> Flow[tuple[Suggestion, ...]]:
    """What was reported shortly before and may tell the same."""
    incident: Incident = yield Call("get", (reference,))
    report = report_of(incident)
    if report is None:
        return ()
    index = book.problems.similar.index()
    start, end = _reach(report.at, index.window)
    others = yield from found(Query(logged_at=(start, end)))
    for other in others:
        each = report_of(other)
        assert each is not None  # each has an instant, by which it was found
        index.add(each)
    return index.suggest(report, report.at)


def _reach(at: datetime, window: timedelta) -> tuple[datetime | None, datetime]:
    """From *window* before *at* until *at*, which is within."""
    try:
        start = at - window
    except OverflowError:
        start = None
    return start, at + timedelta.resolution


def offered_by(problem: Any) -> Flow[tuple[str, ...]]:
    """The incidents of the store that the fix of *problem* resolves."""
    if not isinstance(problem, Problem):
        defect = Defect("problem", f"is {problem!r:.60}: give a Problem")
        raise InvalidInput("offered", [defect])
    if problem.fixed_at is None:
        return ()
    unresolved = yield from found(Query(phase=_UNRESOLVED))
    return offered(problem, unresolved)
