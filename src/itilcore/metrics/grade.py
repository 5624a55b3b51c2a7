"""The grade of the data: what a source can answer, before any figure is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from html import escape
from operator import attrgetter
from typing import Any

from attrs import frozen

from itilcore.incident import Facts

from .metric import Metric, Tally
from .result import Result

__all__ = ["DataGrade", "Grade", "GradeResult", "Support"]

SUPPORTED = "supported"
PARTLY = "partly"
UNSUPPORTED = "not supported"


@frozen
class Support:
    """What the source can say about one metric.

    ``level`` is ``"supported"`` (every need is known for at least 95 % of the incidents),
    ``"partly"`` or ``"not supported"``.  ``missing`` are the columns of `Facts` that are known
    for none, ``why`` the sentence for people.
    """

    metric: str
    level: str
    missing: tuple[str, ...]
    why: str


@frozen
class Grade:
    """What a source supports: one `Support` a metric, and the one column that unlocks most.

    ``known`` is the share of incidents for which each column is known.
    """

    incidents: int
    supports: tuple[Support, ...]
    known: tuple[tuple[str, float], ...]
    next_column: str | None
    unlocks: tuple[str, ...]

    def __getitem__(self, metric: str) -> Support:
        return {support.metric: support for support in self.supports}[metric]

    @property
    def advice(self) -> str:
        """What to add next, in a sentence.

        >>> Grade(0, (), (), None, ()).advice
        'Nothing is missing.'
        """
        if self.next_column is None:
            return "Nothing is missing."
        return f"Add {self.next_column} next: it unlocks {', '.join(self.unlocks)}."

    def to_dict(self) -> dict[str, Any]:
        """The grade as JSON values."""
        return {
            "metrics": {
                s.metric: {"level": s.level, "missing": list(s.missing), "why": s.why}
                for s in self.supports
            },
            "known": dict(self.known),
            "next_column": self.next_column,
            "unlocks": list(self.unlocks),
            "advice": self.advice,
        }

    def _repr_html_(self) -> str:
        """A table for notebooks; all texts escaped."""
        rows = "".join(
            f'<tr><th scope="row">{escape(s.metric)}</th><td>{escape(s.level)}</td>'
            f"<td>{escape(s.why)}</td></tr>"
            for s in self.supports
        )
        return (
            f"<table><caption>{escape(self.advice)}</caption><thead><tr><th>metric</th>"
            f"<th>level</th><th>why</th></tr></thead><tbody>{rows}</tbody></table>"
        )


_ENOUGH = 0.95


class _Known:
    """For how many incidents each column is known, and what their end leaves unknowable.

    A column about an ending is asked only of incidents that have ended: an incident that is
    still open lacks no resolution.
    """

    _ENDINGS = frozenset({"resolved_at", "first_resolved_at", "restored_at", "resolved_tier"})

    def __init__(self, columns: Iterable[str]) -> None:
        self.columns = tuple(dict.fromkeys(columns))
        self._getters = {name: attrgetter(name) for name in self.columns}
        self.known: Counter[str] = Counter()
        self.incidents = 0
        self.ended = 0

    def add(self, rows: list[Facts]) -> None:
        self.incidents += len(rows)
        ended = [row for row in rows if row.phase is not None and not row.phase.is_unresolved]
        self.ended += len(ended)
        for name, get in self._getters.items():
            asked = ended if name in self._ENDINGS else rows
            self.known[name] += len(asked) - list(map(get, asked)).count(None)

    def merge(self, other: _Known) -> None:
        self.incidents += other.incidents
        self.ended += other.ended
        self.known.update(other.known)

    def share(self, name: str) -> float:
        asked = self.ended if name in self._ENDINGS else self.incidents
        return self.known[name] / asked if asked else 0.0


def grade_of(metrics: Iterable[Metric], known: _Known) -> Grade:
    """The grade of a source in which *known* was counted."""
    supports: list[Support] = []
    lacking: dict[str, set[str]] = {}
    for metric in metrics:
        shares = [(need, max(known.share(name) for name in need)) for need in metric.needs]
        missing = tuple(need[0] for need, share in shares if not share)
        thin = [(need[0], share) for need, share in shares if 0 < share < _ENOUGH]
        if missing:
            level, why = UNSUPPORTED, f"{', '.join(missing)} unknown for every incident"
            lacking[metric.name] = set(missing)
        elif thin:
            level = PARTLY
            why = ", ".join(f"{name} known for {share:.1%}" for name, share in thin)
        else:
            level, why = SUPPORTED, "all it needs is known"
        supports.append(Support(metric.name, level, missing, why))
    alone = Counter(next(iter(names)) for names in lacking.values() if len(names) == 1)
    column: str | None = None
    if alone:
        column = min(alone, key=lambda name: (-alone[name], name))
    elif lacking:
        fewest = min(lacking.values(), key=lambda names: (len(names), sorted(names)))
        column = " and ".join(sorted(fewest))
    needed = set() if column is None else set(column.split(" and "))
    unlocks = tuple(name for name, names in lacking.items() if names <= needed)
    shares_known = tuple((name, known.share(name)) for name in known.columns)
    return Grade(known.incidents, tuple(supports), shares_known, column, unlocks)


@frozen(kw_only=True)
class GradeResult(Result):
    """The grade as a result, so that it comes from the same pass as the figures."""

    grade: Grade

    def figures(self) -> dict[str, Any]:
        """The grade."""
        return self.grade.to_dict()


@frozen(kw_only=True)
class DataGrade(Metric):
    """What a source supports of ``metrics``; measured like a metric, in the same pass."""

    metrics: tuple[Metric, ...]
    name: str = "GRADE"
    definition: str = "Which of the metrics this source supports."
    unit: str = "incidents"
    cohort: str = "logged_at"

    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally."""
        return _GradeTally(self.metrics)


class _GradeTally:
    def __init__(self, metrics: tuple[Metric, ...]) -> None:
        self._metrics = metrics
        self.known = _Known(name for m in metrics for need in m.needs for name in need)

    def add(self, rows: list[Facts]) -> None:
        self.known.add(rows)

    def merge(self, other: _GradeTally) -> None:
        self.known.merge(other.known)

    def result(self, common: dict[str, Any]) -> GradeResult:
        n = self.known.incidents
        grade = grade_of(self._metrics, self.known)
        return GradeResult(**common, population=n, n=n, excluded=(), grade=grade)
