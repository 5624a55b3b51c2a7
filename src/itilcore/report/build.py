"""The report as a value: one pass over incidents gathers all that every output shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from itilcore.exchange import RejectedRow
from itilcore.incident import (
    Incident,
    Lifecycle,
    Observed,
    Prioritised,
    Status,
    VendorEngaged,
    moves,
)
from itilcore.metrics import (
    ESCALATION_METRICS,
    ESCALATION_RATE,
    STANDARD,
    DataGrade,
    Grade,
    GroupTime,
    GroupTimes,
    Honesty,
    HonestyReport,
    Metric,
    Result,
    VendorReliability,
    VendorTimes,
    measure_all,
)
from itilcore.policy import Book
from itilcore.priority import Impact, Priority, Urgency, infer

from .athand import ReportSource
from .by_book import ByBook
from .pieces import Gathering, Piece, pieces_of
from .section import Section

__all__ = ["MatrixSeen", "Report", "build"]

Triple = tuple[Impact | None, Urgency | None, Priority | None]


@frozen
class MatrixSeen:
    """What the source's own priorities say about its matrix.

    ``cells`` are pairs of ``"HIGH x LOW"`` and the priority seen there (the most frequent one),
    ``unseen`` the cells that never occur, ``contradictions`` how many prioritisations disagree
    with the most frequent one of their cell.
    """

    cells: tuple[tuple[str, str], ...]
    unseen: tuple[str, ...]
    contradictions: int


@frozen
class Report:
    """All that a report shows.

    ``transitions`` and ``deviations`` are pairs of ``"NEW -> CLOSED"`` and how often it
    happened; ``first_statuses`` says in which status incidents were first seen;
    ``unknown_statuses`` counts the statuses that the mapping does not know; ``groups`` is the
    time with each group, ``sections`` what the policy book adds, ``vendors`` how reliable each
    vendor was that an incident waited for, ``honesty`` the checks near targets where anything
    was promised, ``pieces`` are the parts of the page, where they were asked for.
    """

    source: dict[str, Any]
    incidents: int
    at: datetime | None
    rejected_count: int
    rejected: tuple[RejectedRow, ...]
    transitions: tuple[tuple[str, int], ...]
    deviations: tuple[tuple[str, int], ...]
    backwards: int
    first_statuses: tuple[tuple[str, int], ...]
    unmapped: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    matrix: MatrixSeen
    grade: Grade
    by: str
    results: tuple[Result, ...]
    groups: tuple[GroupTime, ...] = ()
    sections: tuple[Section, ...] = ()
    vendors: tuple[VendorReliability, ...] = ()
    honesty: HonestyReport | None = None
    pieces: tuple[Piece, ...] = ()

    def __getitem__(self, metric: str) -> Result:
        return {result.name: result for result in self.results}[metric]

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values, figures unrounded."""
        honest = {} if self.honesty is None else {"honesty": self.honesty.to_dict()}
        return {
            "source": {
                **self.source,
                "grade": self.grade.to_dict(),
                "transitions": dict(self.transitions),
                "backwards": self.backwards,
                "first_statuses": dict(self.first_statuses),
                "unmapped": {name: dict(counts) for name, counts in self.unmapped},
                "matrix": {
                    "cells": dict(self.matrix.cells),
                    "unseen": list(self.matrix.unseen),
                    "contradictions": self.matrix.contradictions,
                },
                "groups": [each.to_dict() for each in self.groups],
                **{each.name: each.data for each in self.sections},
                **({"vendors": [each.to_dict() for each in self.vendors]} if self.vendors else {}),
            },
            "incidents": self.incidents,
            "at": None if self.at is None else self.at.isoformat(),
            "rejected": {
                "count": self.rejected_count,
                "rows": [
                    {"line": r.line, "column": r.column, "value": r.value, "reason": r.reason}
                    for r in self.rejected
                ],
                "truncated": self.rejected_count > len(self.rejected),
            },
            "deviations": dict(self.deviations),
            "metrics": {result.name: result.to_dict() for result in self.results},
            **honest,
        }


class _Watch:
    """Counts, while incidents stream by, what is no metric."""

    def __init__(self, lifecycle: Lifecycle, at: datetime | None, book: Book | None) -> None:
        self._lifecycle = lifecycle
        self.by_book = None if book is None else ByBook(book)
        self.honesty = Honesty(book.agreements) if book is not None and book.agreements else None
        self._book = book
        self._at = at
        self._moved: Counter[tuple[Status, Status]] = Counter()
        self._first: Counter[Status | None] = Counter()
        self.backwards = 0
        self.triples: Counter[Triple] = Counter()
        self.groups = GroupTimes()
        self.vendors = VendorTimes()
        self.incidents = 0

    def __call__(self, incidents: Iterable[Incident]) -> Iterator[Incident]:
        moved, triples, first = self._moved, self.triples, self._first
        by_book = self.by_book
        for whole in incidents:
            incident = whole if self._at is None else whole.as_of(self._at)
            if not len(incident.timeline):
                continue
            written = incident.category
            if self._book is not None:
                incident = self._book.filed(incident)
            self.incidents += 1
            asked = False
            for event in incident.timeline.events:
                kind = type(event)
                if kind is Observed or kind is Prioritised:
                    triples[event.impact, event.urgency, event.priority] += 1  # type: ignore[attr-defined]  # both have them
                elif kind is VendorEngaged:
                    asked = True
            if asked:
                self.vendors.add(incident.timeline.events)
            for move in moves(incident.timeline.events):
                moved[move.source, move.target] += 1
            self.groups.add(incident.timeline.events)
            if self.honesty is not None:
                self.honesty.add(incident)
            facts = incident.facts
            self.backwards += facts.backwards
            first[facts.first_status] += 1
            if by_book is not None:
                by_book.add(incident, written)
            yield incident

    def transitions(self) -> Counter[str]:
        """How often each move was made, as ``"NEW -> CLOSED"``."""
        return Counter({f"{a} -> {b}": count for (a, b), count in self._moved.items()})

    def deviations(self) -> Counter[str]:
        """The same for the moves that the lifecycle does not have."""
        allows = self._lifecycle.allows
        return Counter({f"{a} -> {b}": n for (a, b), n in self._moved.items() if not allows(a, b)})

    def first_statuses(self) -> Counter[str]:
        """How many incidents were first seen in each status."""
        return Counter({str(s): count for s, count in self._first.items() if s is not None})

    def matrix(self) -> MatrixSeen:
        found = infer(self.triples.elements())
        return MatrixSeen(
            tuple((f"{i} x {u}", str(p)) for (i, u, p), _ in found.seen),
            tuple(f"{impact} x {urgency}" for impact, urgency in found.unseen),
            found.contradicting,
        )


def _by_count(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def build(
    reading: ReportSource,
    *,
    by: str = "priority",
    at: datetime | None = None,
    metrics: tuple[Metric, ...] = STANDARD,
    lifecycle: Lifecycle | None = None,
    book: Book | None = None,
    pieces: bool = False,
) -> Report:
    """The report on *reading*, which is consumed; with its *pieces* if it is to be a page.

    With a *book* it also says what its rules say of all incidents together, and where it
    promises anything the checks of what happens near its targets; its metrics are given with
    the others, and a tier that the source does not tell is that of the group.  To *metrics*
    come those of escalation where an incident was escalated.  *by* is a column of
    `itilcore.incident.Facts`; *at* as in `Metric.measure`.  Raises what reading and measuring
    raise.
    """
    watch = _Watch(lifecycle or Lifecycle.default(), at, book)
    grade = DataGrade(metrics=metrics)
    gathering = Gathering()
    incidents = watch(reading)
    source = gathering.watch(incidents) if pieces else incidents
    more = tuple(metric for metric in ESCALATION_METRICS if metric not in metrics)
    found = measure_all((grade, *metrics, *more), source, by=by, at=at)
    if found[ESCALATION_RATE.name].count:
        metrics = (*metrics, *more)
    mapping = reading.mapping
    promised = None if book is None else book.vendors
    until = found[grade.name].at
    report = Report(
        source={
            "name": reading.name,
            "mapping": mapping.name,
            "shape": mapping.shape,
            "zone": mapping.zone,
            "rows": reading.rows,
            "absent_columns": list(reading.absent),
            "derive": {name: f"{d.rule}: {', '.join(d.of)}" for name, d in mapping.derive},
            "by": by,
        },
        incidents=watch.incidents,
        at=until,
        rejected_count=reading.rejected_count,
        rejected=tuple(reading.rejected),
        transitions=_by_count(watch.transitions()),
        deviations=_by_count(watch.deviations()),
        backwards=watch.backwards,
        first_statuses=_by_count(watch.first_statuses()),
        unmapped=tuple(
            (name, tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))))
            for name, counts in sorted(reading.unmapped.items())
        ),
        matrix=watch.matrix(),
        grade=found[grade.name].grade,
        by=by,
        results=tuple(found[metric.name] for metric in metrics),
        groups=() if until is None else watch.groups.result(until),
        sections=() if until is None or watch.by_book is None else watch.by_book.sections(until),
        vendors=() if until is None else watch.vendors.result(until, promised),
        honesty=None if watch.honesty is None else watch.honesty.result(until),
    )
    return evolve(report, pieces=pieces_of(report, gathering)) if pieces else report
