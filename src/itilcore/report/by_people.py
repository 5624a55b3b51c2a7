"""What a book says of people over all incidents: routes, loads, duty, and roles that clash."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

from itilcore.calendars import Interval
from itilcore.incident import Incident, in_utc
from itilcore.policy import Book
from itilcore.routing import RoutingQuestion, double_bookings, gaps
from itilcore.sla import BEYOND

from .section import Section, SectionTable
from .text import hours, share

__all__ = ["ByPeople"]

_MOST: Final = 20
_MOST_TOLD: Final = 1_000
_LONGEST: Final = timedelta(days=366)


class ByPeople:
    """Gathers, while incidents stream by, what a book's people and rules have to do with them."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._fired: Counter[str] = Counter()
        self._first: Counter[str] = Counter()
        self._solved: Counter[tuple[str, bool]] = Counter()
        self._unroutable: list[str] = []
        self._asked = 0
        self._open: Counter[str] = Counter()
        self._clashes: list[tuple[str, str]] = []
        self._span: tuple[datetime, datetime] | None = None

    def add(self, incident: Incident) -> None:
        """Take one incident in."""
        facts = incident.facts
        if self._book.routing.rules:
            self._route(incident)
        if incident.assignee is not None and incident.phase and incident.phase.is_unresolved:
            self._open[incident.assignee] += 1
        if facts.logged_at is not None:
            span = self._span or (facts.logged_at, facts.logged_at)
            self._span = (min(span[0], facts.logged_at), max(span[1], facts.logged_at))
        if len(incident.role_spells) > 1:
            clash = self._book.roles.conflict(incident.role_spells)
            if clash is not None:
                self._clashes.append((incident.reference, clash))

    def _route(self, incident: Incident) -> None:
        self._asked += 1
        route = self._book.routing.choose(RoutingQuestion.of(incident, self._book.directory))
        if route is None:
            self._unroutable.append(incident.reference)
            return
        self._fired[route.rule] += 1
        if incident.facts.first_group == route.group:
            self._first[route.rule] += 1
        if incident.facts.resolving_group is not None:
            self._solved[route.rule, incident.facts.resolving_group == route.group] += 1

    def sections(self, at: datetime) -> tuple[Section, ...]:
        """What there is to say as of *at*; nothing is said of what there is nothing of."""
        found = (self._routing(), self._load(), self._duty(at), self._roles())
        return tuple(each for each in found if each is not None)

    def _routing(self) -> Section | None:
        rules = self._book.routing
        if not rules.rules or not self._asked:
            return None
        rows: list[tuple[str, ...]] = []
        data: list[dict[str, Any]] = []
        for rule in rules.rules:
            solved = self._solved[rule.name, True]
            known = solved + self._solved[rule.name, False]
            found = {
                "rule": rule.name,
                "group": rule.group,
                "incidents": self._fired[rule.name],
                "first_group": self._first[rule.name],
                "resolved": known,
                "resolved_there": solved,
            }
            data.append(found)
            there = share(solved / known) if known else "-"
            counts = (self._fired[rule.name], self._first[rule.name])
            rows.append((rule.name, rule.group, *(f"{n:,}" for n in counts), there))
        heads = ("rule", "group", "fits first", "had it first", "resolved it")
        note = (
            f"{len(self._unroutable):,} of {self._asked:,} fit no rule.  A rule that fits none "
            "here may still be needed; one that others resolve sends them astray."
        )
        tables = [SectionTable("Where the rules would send them", heads, tuple(rows[:_MOST]), note)]
        overlaps = rules.overlaps()
        if overlaps:
            lines = tuple((each.rule, each.problem) for each in overlaps[:_MOST])
            tables.append(SectionTable("Rules that share incidents", ("rule", "how"), lines))
        never = [each["rule"] for each in data if not each["incidents"]]
        told: dict[str, Any] = {
            "asked": self._asked,
            "unroutable": len(self._unroutable),
            "unroutable_first": self._unroutable[:100],
            "rules": data,
            "never_fired": never,
            "overlaps": [str(each) for each in overlaps],
        }
        return Section("routing", tuple(tables), told)

    def _load(self) -> Section | None:
        people = {each.identifier: each for each in self._book.directory.people}
        known = [name for name in self._open if name in people]
        if not known:
            return None
        ordered = sorted(known, key=lambda name: (-self._open[name], name))
        rows = []
        data = []
        for name in ordered:
            capacity = people[name].capacity
            over = capacity is not None and self._open[name] > capacity
            data.append({"person": name, "open": self._open[name], "capacity": capacity})
            shown = "-" if capacity is None else f"{capacity:,}"
            rows.append((name, f"{self._open[name]:,}", shown, "yes" if over else ""))
        heads = ("person", "open", "capacity", "over")
        table = SectionTable("Who has how much at the end", heads, tuple(rows[:_MOST]))
        return Section("load", (table,), {"people": data})

    def _duty(self, at: datetime) -> Section | None:
        """The year before *at* at most: longer ago nobody can change anything."""
        rotas = self._book.rotas
        if not rotas or self._span is None:
            return None
        end = in_utc(at)
        start = max(self._span[0], end - _LONGEST)
        try:
            nobody = gaps(rotas, None, start, end)
            twice = double_bookings(rotas, start, end)
        except BEYOND as error:
            table = SectionTable("Who was on duty", (), (), f"It cannot be told: {error}")
            return Section("duty", (table,), {"untold": str(error)})
        total = sum(each.duration.total_seconds() for each in nobody) / 3_600
        lines = tuple(_span(each) for each in nobody[:_MOST])
        since = start.isoformat(" ", "minutes")
        note = f"{len(nobody):,} times, {hours(total)} in all, since {since}."
        heads = ("from", "until", "how long")
        tables = [SectionTable("When no rota had anybody on duty", heads, lines, note)]
        if twice:
            both = tuple(
                (each.person, " and ".join(each.rotas), *_span(each.interval))
                for each in twice[:_MOST]
            )
            who = ("person", "rotas", *heads)
            tables.append(SectionTable("Who was on duty twice", who, both))
        data = {
            "start": start.isoformat(),
            "end": end.isoformat(),
            "nobody_hours": total,
            "nobody": [_json(each) for each in nobody[:_MOST_TOLD]],
            "double_bookings": [
                {"person": each.person, "rotas": list(each.rotas), **_json(each.interval)}
                for each in twice[:_MOST_TOLD]
            ],
        }
        return Section("duty", tuple(tables), data)

    def _roles(self) -> Section | None:
        if not self._clashes:
            return None
        heads = ("incident", "who")
        table = SectionTable(
            "Roles that one person had together", heads, tuple(self._clashes[:_MOST])
        )
        data = {
            "count": len(self._clashes),
            "incidents": [{"reference": r, "why": why} for r, why in self._clashes[:100]],
        }
        return Section("roles", (table,), data)


def _span(interval: Interval) -> tuple[str, str, str]:
    return (
        interval.start.isoformat(" ", "minutes"),
        interval.end.isoformat(" ", "minutes"),
        hours(interval.duration.total_seconds() / 3_600),
    )


def _json(interval: Interval) -> dict[str, str]:
    return {"start": interval.start.isoformat(), "end": interval.end.isoformat()}
