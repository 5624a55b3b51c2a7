"""What a policy book adds to a report: hand-offs, people, what comes back, articles."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from itilcore.classification import Category
from itilcore.incident import Facts, HandedOff, Incident, LinkKind
from itilcore.knowledge import Repeat, resolved_by_article, top_repeats
from itilcore.metrics import hand_off_quality
from itilcore.policy import Book
from itilcore.problems import Occurrence

from .by_people import ByPeople
from .by_severity import BySeverity
from .section import Section, SectionTable
from .text import hours, share

__all__ = ["ByBook"]

_MOST: Final = 20
_ELDERS: Final = (LinkKind.PARENT, LinkKind.DUPLICATE_OF)


class ByBook:
    """Gathers, while incidents stream by, what the rules of a book have to say of all of them."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._sites = {each.identifier: each.site for each in book.directory.people}
        self._occurrences: dict[str, Occurrence] = {}
        self._resolved: list[Facts] = []
        self._handed_off: list[Incident] = []
        self._articles: Counter[str] = Counter()
        self._people = ByPeople(book)
        self._severity = BySeverity(book)
        self._categories: Counter[Category | None] = Counter()

    def add(self, incident: Incident, written: Category | None) -> None:
        """Take one incident in, as the book files it; *written* is the category of its source."""
        facts = incident.facts
        site = None if facts.requester is None else self._sites.get(facts.requester)
        occurrence = self._book.problems.recurrence.occurrence(incident, site)
        if occurrence is not None:
            self._occurrences.setdefault(self._head(incident), occurrence)
        if facts.resolved_at is not None:
            self._resolved.append(facts)
        if any(isinstance(event, HandedOff) for event in incident.timeline.events):
            self._handed_off.append(incident)
        self._articles.update(dict(resolved_by_article([incident])))
        self._categories[written] += 1
        self._people.add(incident)
        self._severity.add(incident)

    @staticmethod
    def _head(incident: Incident) -> str:
        """What it is told under: forty reports of one outage are one that comes back."""
        elders = (other for kind, other in incident.links if kind in _ELDERS)
        return next(elders, incident.reference)

    def sections(self, at: datetime) -> tuple[Section, ...]:
        """What there is to say as of *at*; nothing is said of what there is nothing of."""
        found = (
            self._hand_offs(),
            self._coming_back(at),
            self._knowledge(),
            self._taxonomy(),
            *self._people.sections(at),
            *self._severity.sections(at),
        )
        return tuple(each for each in found if each is not None)

    def _hand_offs(self) -> Section | None:
        if not self._handed_off:
            return None
        found = hand_off_quality(self._handed_off, self._book.hand_offs)
        groups = tuple(
            (
                each.group or "(unknown)",
                f"{each.hand_offs:,}",
                f"{each.complete:,}",
                share(each.mean_completeness),
            )
            for each in found.groups[:_MOST]
        )
        heads = ("group", "hand-offs", "complete", "mean completeness")
        note = f"Over all {share(found.mean_completeness)} of what the book requires was there."
        tables = [SectionTable("Hand-offs by the group that handed off", heads, groups, note)]
        if found.missing:
            missing = tuple((name, f"{count:,}") for name, count in found.missing[:_MOST])
            tables.append(SectionTable("What hand-offs lacked", ("what", "hand-offs"), missing))
        return Section("hand_offs", tuple(tables), found.to_dict())

    def _coming_back(self, at: datetime) -> Section | None:
        if not self._occurrences:
            return None
        rules = self._book.problems.recurrence
        found = rules.find(self._occurrences.values(), at)
        candidates = tuple(
            (
                f"{each.dimension}: {each.value}",
                f"{each.recent:,}",
                f"{each.usual:,}",
                f"{each.adjusted_chance:.2g}",
            )
            for each in found.candidates[:_MOST]
        )
        by = ", ".join(rules.by)
        if found.usual is None or found.recent is None:
            note = f"There is nothing before the last {rules.recent.days} days to compare with."
        else:
            note = (
                f"The last {rules.recent.days} days against the {found.usual.duration.days} days "
                f"before, by {by}; at most {rules.level:.0%} of what is listed is chance."
            )
            if found.usual.duration < found.recent.duration:
                note += " That is little to compare with: what is usual is hardly known."
        heads = ("what", "recent", "usual", "p")
        tables = [SectionTable("What comes back more than usual", heads, candidates, note)]
        whys = tuple(
            (f"{each.dimension}: {each.value}", "; ".join(each.reasons))
            for each in found.candidates[:_MOST]
        )
        if whys:  # a table of its own: beside figures it would be a few signs wide
            tables.append(SectionTable("Why that is more than usual", ("what", "why"), whys))
        beats = tuple(
            (f"{dimension}: {value}", str(each)) for dimension, value, each in found.rhythms[:_MOST]
        )
        if beats:
            named = ("what", "rhythm")
            tables.append(SectionTable("What comes in a rhythm", named, beats))
        return Section("coming_back", tuple(tables), found.to_dict())

    def _knowledge(self) -> Section | None:
        repeats = top_repeats(self._resolved) if self._resolved else ()
        if not repeats and not self._articles:
            return None
        rows = tuple(
            (
                "(none)" if each.category is None else str(each.category),
                each.service or "(none)",
                f"{each.count:,}",
                hours(each.median_hours),
                _first_tier(each),
                hours(each.saved_hours),
            )
            for each in repeats
        )
        note = (
            "Saved is what it would be if tier 1 resolved each as fast as it does its own: of the "
            "category, or of all (*) where it resolved fewer than 5 of that; in brackets how many."
        )
        heads = ("category", "service", "resolved", "median", "tier 1", "saved")
        tables = [SectionTable("What an article would help with", heads, rows, note)]
        if self._articles:
            used = tuple((name, f"{n:,}") for name, n in self._articles.most_common(_MOST))
            named = ("article", "incidents")
            tables.append(SectionTable("Which articles resolved incidents", named, used))
        data = {
            "repeats": [
                {
                    "category": None if each.category is None else str(each.category),
                    "service": each.service,
                    "count": each.count,
                    "median_hours": each.median_hours,
                    "first_tier_hours": each.first_tier_hours,
                    "first_tier_n": each.first_tier_n,
                    "first_tier_own": each.first_tier_own,
                    "saved_hours": each.saved_hours,
                }
                for each in repeats
            ],
            "resolved_by": dict(self._articles.most_common()),
        }
        return Section("knowledge", tuple(tables), data)

    def _taxonomy(self) -> Section | None:
        taxonomy = self._book.triage.taxonomy
        if not taxonomy.nodes:
            return None
        found = taxonomy.remap(self._categories.elements())
        n = max(found.n, 1)
        rows = (
            ("stands as it is", f"{found.kept:,}", share(found.kept / n)),
            ("counts for another now", f"{found.moved:,}", share(found.moved / n)),
            ("unknown to the taxonomy", f"{found.unknown:,}", share(found.unknown / n)),
            ("without a category", f"{found.without:,}", share(found.without / n)),
        )
        heads = ("category", "incidents", "share")
        unknown = tuple(
            (str(row.category), f"{row.count:,}")
            for row in sorted(found.rows, key=lambda row: -row.count)
            if row.stands is None and row.category is not None
        )[:_MOST]
        tables = [SectionTable("Categories by the taxonomy", heads, rows)]
        if unknown:
            named = ("category", "incidents")
            tables.append(SectionTable("Categories that nobody agreed on", named, unknown))
        return Section("categories", tuple(tables), found.to_dict())


def _first_tier(each: Repeat) -> str:
    if each.first_tier_hours is None:
        return hours(None)
    mark = "" if each.first_tier_own else "*"
    return f"{hours(each.first_tier_hours)} ({each.first_tier_n:,}){mark}"
