"""What a book says of how bad it was: priorities that creep, major incidents, updates, cost."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from itilcore.incident import Escalated, Facts, Incident, MajorIncidentMarked, StakeholdersUpdated
from itilcore.major import MajorFacts
from itilcore.metrics import CadenceMetric, CostResult, CreepCount, DowntimeCost, priority_creep
from itilcore.policy import Book

from .section import Section, SectionTable
from .text import hours, share

__all__ = ["BySeverity"]

_MOST: Final = 20
_MOST_TOLD: Final = 100


class BySeverity:
    """Gathers, while incidents stream by, what a book says of how bad they were."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._facts: list[Facts] = []
        self._declared: list[Incident] = []
        self._promoted: list[str] = []
        self._candidates: list[tuple[str, str]] = []
        self._told: Counter[tuple[str, str]] = Counter()
        self._escalated = 0
        self._until: datetime | None = None
        self._metric = DowntimeCost(rows=book.costs)
        self._cost = self._metric.tally(lambda: self._until)

    def add(self, incident: Incident) -> None:
        """Take one incident in."""
        facts = incident.facts
        if self._book.costs:
            self._cost.add([incident])
        self._facts.append(facts)
        events = incident.timeline.events
        if facts.severity is not None or any(isinstance(e, StakeholdersUpdated) for e in events):
            self._declared.append(incident)
        if any(isinstance(each, MajorIncidentMarked) for each in events):
            self._promoted.append(incident.reference)
        else:
            self._candidate(incident)
        steps = [each for each in events if isinstance(each, Escalated)]
        self._escalated += bool(steps)
        self._told.update((each.rule or "by hand", each.kind.value) for each in steps)

    def _candidate(self, incident: Incident) -> None:
        known = MajorFacts.of(incident, self._book.services, self._book.directory)
        found = self._book.major.assess(incident, known)
        if found.answer:
            self._candidates.append((incident.reference, "; ".join(map(str, found.reasons))))

    def sections(self, at: datetime) -> tuple[Section, ...]:
        """What there is to say as of *at*; nothing is said of what there is nothing of."""
        found = (
            self._creep(),
            self._majors(),
            self._cadence(at),
            self._escalations(),
            self._downtime(at),
        )
        return tuple(each for each in found if each is not None)

    def _creep(self) -> Section | None:
        found = priority_creep(self._facts, self._book.priority)
        if not found.total.judged:
            return None
        heads = ("of", "incidents", "high", "by the matrix", "above", "overridden")
        months = tuple(_creep_row(each) for each in (found.total, *found.months[-_MOST:]))
        drift = found.drift
        if drift is None:
            note = "There is too little to tell whether the share drifts."
        else:
            note = f"Drift of the share of high priorities by month: p = {drift.p_value:.2g}."
        tables = [SectionTable("High priorities, and what the matrix gives", heads, months, note)]
        for caption, rows in (
            ("Who overrides priorities: teams", found.teams),
            ("Who overrides priorities: requesters", found.requesters),
        ):
            shown = tuple(_creep_row(each) for each in rows[:_MOST] if each.overridden)
            if shown:
                tables.append(SectionTable(caption, heads, shown))
        data = found.to_dict()
        for name in ("teams", "requesters"):
            data[name] = data[name][:_MOST_TOLD]
        return Section("creep", tuple(tables), data)

    def _majors(self) -> Section | None:
        if not self._promoted and not self._candidates:
            return None
        rows = tuple(self._candidates[:_MOST])
        note = f"{len(self._promoted):,} were proposed, and {len(self._candidates):,} were not."
        caption = "Major, and nobody proposed it"
        table = SectionTable(caption, ("incident", "because"), rows, note)
        data = {
            "marked": self._promoted[:_MOST_TOLD],
            "candidates": len(self._candidates),
            "candidates_first": [
                {"reference": reference, "why": why}
                for reference, why in self._candidates[:_MOST_TOLD]
            ],
        }
        return Section("majors", (table,), data)

    def _cadence(self, at: datetime) -> Section | None:
        if not self._declared:
            return None
        found = CadenceMetric.of(self._book.cadences).measure(self._declared, at=at)
        if not found.n:
            return None
        data = found.to_dict()
        rows = ((f"{found.n:,}", share(data["value"])),)
        heads = ("incidents", "each update in time")
        table = SectionTable("Updates to stakeholders", heads, rows, found.definition)
        return Section("cadence", (table,), data)

    def _escalations(self) -> Section | None:
        if not self._escalated:
            return None
        rows = tuple((rule, kind, f"{n:,}") for (rule, kind), n in self._told.most_common(_MOST))
        note = f"{self._escalated:,} incidents were escalated."
        table = SectionTable("Escalations by rule", ("rule", "kind", "steps"), rows, note)
        told = [{"rule": r, "kind": k, "steps": n} for (r, k), n in self._told.most_common()]
        return Section("escalations", (table,), {"incidents": self._escalated, "rules": told})

    def _downtime(self, at: datetime) -> Section | None:
        self._until = at
        metric = self._metric
        common = {"name": metric.name, "definition": metric.definition, "unit": metric.unit}
        found: CostResult = self._cost.result({**common, "at": at})  # type: ignore[assignment]  # that of a cost
        if found.cost is None:
            return None
        parts = sorted(found.parts, key=lambda part: (-part[3], part))
        rows = tuple(
            (service, severity, hours(minutes / 60), f"{cost:,.2f}")
            for service, severity, minutes, cost in parts[:_MOST]
        )
        left = sum(count for _, count in found.excluded)
        note = f"{found.cost:,.2f} in all, of {found.n:,} incidents; {left:,} are left out."
        if found.unpriced:
            note += f" {hours(found.unpriced / 60)} at a severity without a cost are not in it."
        heads = ("service", "severity", "downtime", "cost")
        table = SectionTable("Cost of downtime", heads, rows, note)
        told = [
            {"service": service, "severity": severity, "minutes": minutes, "cost": cost}
            for service, severity, minutes, cost in parts[:_MOST_TOLD]
        ]
        return Section("downtime", (table,), {**found.to_dict(), "parts": told})


def _creep_row(each: CreepCount) -> tuple[str, ...]:
    return (
        each.key or "all",
        f"{each.incidents:,}",
        share(each.high_share),
        share(each.expected_share),
        f"{each.above:,}",
        f"{each.overridden:,}",
    )
