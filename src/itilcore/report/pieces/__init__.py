"""Pieces: the parts of a page as values, each with its table, its words and its chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itilcore.metrics import SlaResult

from .figures import MAIN, by_group, distribution, trend
from .gathering import Gathering
from .piece import Column, Piece
from .work import ageing, backlog, busiest, counted, where_time_goes, with_groups, with_vendors

if TYPE_CHECKING:
    from itilcore.report.build import Report

__all__ = ["Column", "Gathering", "Piece", "pieces_of"]


def pieces_of(report: Report, gathered: Gathering) -> tuple[Piece, ...]:
    """The pieces of the page of *report*, in the order in which it is read."""
    facts, at = gathered.facts, report.at
    mains = [r for r in report.results if r.name in MAIN or isinstance(r, SlaResult)]
    return (
        *(by_group(result, report.by) for result in mains),
        trend(facts),
        distribution(facts),
        where_time_goes(facts, gathered.hold_seconds),
        backlog(facts, at),
        ageing(facts, at),
        counted(
            facts,
            "reopenings",
            "How often incidents come back",
            "Each reopening is work that was called done and was not.",
        ),
        counted(
            facts,
            "reassignments",
            "How often incidents change group",
            "Each change is a wait in another queue. Many of them point to routing.",
        ),
        busiest(facts, "category", "The busiest categories"),
        busiest(facts, "group", "The busiest groups"),
        with_groups(report.groups),
        *([with_vendors(report.vendors)] if report.vendors else []),
    )
