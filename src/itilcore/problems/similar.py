"""Similar reports: suggestions of what may tell the same, with reasons; nothing is merged."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from attrs import define, field

from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.incident import in_utc
from itilcore.version import JSONValue, content_version

from .alerts import span_defects
from .likeness import MOST_KEYS, MOST_READ, Common, common_length
from .reports import (
    LEAST_SCORE,
    MICROSECOND,
    WEIGHTS,
    Kept,
    Report,
    Suggestion,
    moment_of,
    score,
    suggestion,
)

__all__ = ["Report", "SimilarReports", "Suggestion"]

_ORDER: Final = attrgetter("order")
_RAREST: Final = 4


def _between(kept: list[Kept], first: int, last: int) -> tuple[int, int]:
    """The places from the microsecond *first* to *last*, both within, in what is in order."""
    start, end = 0, len(kept)
    if kept[0].order[0] < first:
        start = bisect_left(kept, (first,), key=_ORDER)
    if kept[-1].order[0] > last:
        end = bisect_left(kept, (last + 1,), key=_ORDER)
    return start, end


def _insert(line: list[Kept], kept: Kept) -> None:
    if line and line[-1].order > kept.order:
        insort(line, kept, key=_ORDER)
    else:
        line.append(kept)


def _require_report(path: str, given: object) -> None:
    if not isinstance(given, Report):
        problem = f"is {given!r:.60}: give a Report"
        raise InvalidInput("similar reports", [Defect(path, problem)])


def _number_defects(path: str, value: object) -> list[Defect]:
    if type(value) is int and value >= 1:
        return []
    return [Defect(path, f"is {value!r:.60}: give a whole number from 1 on")]


@define(eq=False, repr=False)
class SimilarReports:
    """Reports of the last ``window``, asked for those that may tell the same as another.

    The score of two reports is the likeness of their texts (the first 2,000 folded signs), with
    the service and the category where both are known; it depends on nothing but the two.  What
    scores less than ``least`` is not suggested, and of the others ``most`` at most.

    Not every two reports are compared, so that the cost does not grow with the number kept:
    only those that share a word are (three signs in a row where a script has no blanks).  Of
    each of the ``looked_up`` rarest words of a report, the latest ``per_word`` reports are
    candidates, of the rarest four times as many.  The ``compared`` of them that share the most
    words with it are scored; of as many, those with a rarer one and then the later first.  What
    has nothing but common words is missed, therefore, once many later reports have them too.

    Equal sets of reports give equal answers, in whatever order they were added.  Reports older
    than ``window`` before the latest that was ever added are dropped.  Raises
    `itilcore.errors.InvalidInput` with everything that is none of these.

    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> index = SimilarReports(timedelta(hours=4), 0.6)
    >>> index.add(Report(reference="INC1", at=nine, text="VPN drops every minute", service="vpn"))
    >>> later = Report(reference="INC2", at=nine + timedelta(minutes=5), text="vpn drops minutely!")
    >>> print(*index.suggest(later, later.at))
    INC1 at 0.80: both have drops, vpn; reported 5 minutes apart
    """

    window: timedelta
    least: float = LEAST_SCORE
    most: int = field(default=10, kw_only=True)
    looked_up: int = field(default=32, kw_only=True)
    per_word: int = field(default=50, kw_only=True)
    compared: int = field(default=30, kw_only=True)
    _all: dict[str, Kept] = field(factory=dict, init=False)
    _line: list[Kept] = field(factory=list, init=False)
    _by_key: dict[str, list[Kept]] = field(factory=dict, init=False)
    _latest: int | None = field(default=None, init=False)
    _common: Common = field(factory=common_length, init=False)

    def __attrs_post_init__(self) -> None:
        defects = span_defects("window", self.window)
        if type(self.least) not in {int, float} or not 0.0 <= self.least <= 1.0:
            defects.append(Defect("least", f"is {self.least!r:.60}: give a number from 0 to 1"))
        for name in ("most", "looked_up", "per_word", "compared"):
            defects += _number_defects(name, getattr(self, name))
        if defects:
            raise InvalidInput("similar reports", defects)

    def __len__(self) -> int:
        """How many reports are kept."""
        return len(self._line) - self._expired()

    def __contains__(self, reference: object) -> bool:
        """Whether the report of that reference is kept."""
        kept = self._all.get(reference) if isinstance(reference, str) else None
        return kept is not None and kept.order[0] >= self._oldest()

    def add(self, report: Report) -> None:
        """Keep *report*; the same twice is kept once.

        Raises `itilcore.errors.InvalidInput` for what is no report, and for another report with
        a reference that is kept: `discard` that one first.
        """
        _require_report("report", report)
        if report.reference in self:
            if self._all[report.reference].report != report:
                problem = f"{report.reference!r:.100} is kept with other content: discard it first"
                raise InvalidInput("similar reports", [Defect("reference", problem)])
            return
        self.discard(report.reference)  # one of that name may wait to be dropped
        self._drop()
        kept = Kept(report)
        if self._latest is None or kept.order[0] > self._latest:
            self._latest = kept.order[0]
        if kept.order[0] < self._oldest():
            return
        self._all[report.reference] = kept
        _insert(self._line, kept)
        for key in kept.reading.keys:
            _insert(self._by_key.setdefault(key, []), kept)

    def discard(self, reference: str) -> None:
        """Keep the report of that *reference* no longer; nothing where there is none.

        Raises `itilcore.errors.InvalidInput` for what is no text.
        """
        if defects := blank_defects("reference", reference):
            raise InvalidInput("similar reports", defects)
        kept = self._all.pop(reference, None)
        if kept is None:
            return
        del self._line[bisect_left(self._line, kept.order, key=_ORDER)]
        for key in kept.reading.keys:
            line = self._by_key[key]
            del line[bisect_left(line, kept.order, key=_ORDER)]
            if not line:
                del self._by_key[key]

    def suggest(self, report: Report, at: datetime) -> tuple[Suggestion, ...]:
        """What may tell the same as *report*, as of *at*: the most similar first, then by name.

        These are reports from ``window`` before *at* until *at*, both within, of another
        reference; *report* itself need not be kept.  Raises `itilcore.errors.InvalidInput` for
        what is no report, and `itilcore.errors.NaiveInstant` for an instant without an offset.
        """
        _require_report("report", report)
        return self._suggest(report, moment_of(in_utc(require_aware("at", at))))

    def suggest_all(
        self, reports: Iterable[Report]
    ) -> tuple[tuple[Report, tuple[Suggestion, ...]], ...]:
        """Add all *reports* and suggest for each as of its own instant, in order of time.

        Two of one instant are suggested for each other, two of different instants for the later
        one.  The order of *reports* means nothing.  Raises as `add`; nothing is added then.

        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> same = [Report(reference=name, at=nine, text="No mail since nine") for name in "BA"]
        >>> for report, found in SimilarReports(timedelta(hours=1)).suggest_all(same):
        ...     print(report.reference, *found)
        A B at 1.00: both have since, mail, nine, no; reported at the same time
        B A at 1.00: both have since, mail, nine, no; reported at the same time
        """
        given = list(reports) if isinstance(reports, Iterable) else [reports]
        ordered = sorted(self._checked(given), key=lambda each: (each.at, each.reference))
        found = []
        added = 0
        for report in ordered:
            while added < len(ordered) and ordered[added].at <= report.at:
                self.add(ordered[added])
                added += 1
            found.append((report, self._suggest(report, moment_of(report.at))))
        return tuple(found)

    def _checked(self, given: list[Any]) -> list[Report]:
        """Each report once; raises where one cannot be added."""
        defects = []
        seen: dict[str, Report] = {}
        for index, each in enumerate(given):
            if not isinstance(each, Report):
                defects.append(Defect(f"[{index}]", f"is {each!r:.60}: give a Report"))
                continue
            kept = self._all[each.reference].report if each.reference in self else each
            if seen.setdefault(each.reference, kept) != each:
                problem = f"{each.reference!r:.100} stands there with other content"
                defects.append(Defect(f"[{index}].reference", problem))
        if defects:
            raise InvalidInput("similar reports", defects)
        return list(seen.values())

    def score(self, one: Report, other: Report) -> float:
        """How similar two reports are, from 0 to 1, the same both ways.

        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> mail, web = (Report(reference=n, at=nine, text=n, service=n) for n in ("mail", "web"))
        >>> SimilarReports(timedelta(hours=1)).score(mail, web)
        0.0
        """
        _require_report("one", one)
        _require_report("other", other)
        return score(Kept(one), Kept(other), self._common)[0]

    def _suggest(self, report: Report, moment: int) -> tuple[Suggestion, ...]:
        kept = self._all.get(report.reference)
        mine = kept if kept is not None and kept.report == report else Kept(report)
        scored = []
        for other in self._candidates(mine, moment):
            found, text = score(mine, other, self._common, self.least)
            if found >= self.least:
                scored.append((-found, other.report.reference, text, other))
        scored.sort(key=lambda each: each[:2])
        return tuple(
            suggestion(mine, other, -found, text) for found, _, text, other in scored[: self.most]
        )

    def _candidates(self, mine: Kept, moment: int) -> list[Kept]:
        """The reports that share the most of the rarest words, of the latest that have each."""
        first = max(moment - self.window // MICROSECOND, self._oldest())
        found = []
        for key in mine.reading.keys:
            line = self._by_key.get(key)
            start, end = _between(line, first, moment) if line else (0, 0)
            if line and end > start:
                found.append((end - start, key, line, end))
        found.sort(key=lambda each: each[:2])
        seen: dict[Kept, None] = {}
        limit = _RAREST * self.per_word
        for many, _, line, end in found[: self.looked_up]:
            seen.update(dict.fromkeys(line[end - min(many, limit) : end][::-1]))
            limit = self.per_word
        seen.pop(self._all.get(mine.report.reference, mine), None)
        others = list(seen)
        if len(others) <= self.compared:
            return others
        # All that they share counts, not only the words by which they were found: an old twin is
        # found by its rarest word alone.  The sort is stable: a rarer word, and later, is first.
        shared = set(mine.reading.keys).intersection
        counts = list(map(len, map(shared, [each.reading.keys for each in others])))
        ranked = sorted(range(len(others)), key=counts.__getitem__, reverse=True)
        return [others[place] for place in ranked[: self.compared]]

    def _oldest(self) -> int:
        """The first microsecond that is kept."""
        if self._latest is None:
            return moment_of(datetime.min.replace(tzinfo=UTC))
        return self._latest - self.window // MICROSECOND

    def _expired(self) -> int:
        """How many stand first that are no longer kept."""
        return bisect_left(self._line, (self._oldest(),), key=_ORDER)

    def _drop(self) -> None:
        # All at once, when they are half of what is there: the cost of each is small then.
        if not self._line or self._line[len(self._line) // 2].order[0] >= self._oldest():
            return
        oldest = self._oldest()
        count = self._expired()
        for kept in self._line[:count]:
            del self._all[kept.report.reference]
        del self._line[:count]
        for line in self._by_key.values():
            del line[: bisect_left(line, (oldest,), key=_ORDER)]
        self._by_key = {key: line for key, line in self._by_key.items() if line}

    @property
    def content(self) -> dict[str, JSONValue]:
        """What decides on suggestions, as JSON values; the window in seconds."""
        numbers = ("least", "most", "looked_up", "per_word", "compared")
        found: dict[str, JSONValue] = {name: getattr(self, name) for name in numbers}
        found["window"] = self.window.total_seconds()
        found["weights"] = list(WEIGHTS)
        found["signs"], found["keys"], found["rarest"] = MOST_READ, MOST_KEYS, _RAREST
        return found

    @property
    def version(self) -> str:
        """The content version: what is asked in the same way has the same."""
        return content_version("similar-reports", self.content)
