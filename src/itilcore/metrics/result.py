"""Results: a figure together with what it counts, over how many, and what it left out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Any

from attrs import field, frozen

from .estimate import ConfidenceInterval

__all__ = [
    "BacklogResult",
    "CostResult",
    "CountResult",
    "DurationResult",
    "MixResult",
    "RatioResult",
    "Result",
    "ShareResult",
]

Counts = tuple[tuple[str, int], ...]


def _pairs(counts: dict[str, int] | Counts) -> Counts:
    items = counts.items() if isinstance(counts, dict) else counts
    return tuple((name, count) for name, count in items if count)


def _interval(interval: ConfidenceInterval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


@frozen(kw_only=True)
class Result:
    """What every result says.

    ``population`` incidents were looked at; ``n`` of them count; ``excluded`` says why each of
    the others does not, by disjoint reasons: ``n + sum of excluded == population``.  ``at`` is
    the instant up to which events exist (``None`` over nothing), ``during`` the half-open
    interval of the cohort.  ``groups`` holds the same result per group, by its key.
    """

    name: str
    definition: str
    unit: str
    population: int
    n: int
    excluded: Counts = field(converter=_pairs)
    at: datetime | None = None
    during: tuple[datetime, datetime] | None = None
    groups: tuple[tuple[str, Result], ...] = ()

    @abstractmethod
    def figures(self) -> dict[str, Any]:
        """The figures, by name, in ``unit``; ``None`` where there is none."""

    @property
    def by(self) -> dict[str, Result]:
        """The result of each group, by its key such as ``"P1"`` or ``"(none)"``."""
        return dict(self.groups)

    def __getitem__(self, key: str) -> Result:
        return self.by[key]

    def __iter__(self) -> Iterator[tuple[str, Result]]:
        return iter(self.groups)

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON values: figures unrounded, groups under ``by``.

        ``at`` and ``during`` are ISO 8601 texts.
        """
        own: dict[str, Any] = {
            "definition": self.definition,
            "unit": self.unit,
            "at": None if self.at is None else self.at.isoformat(),
            "during": None if self.during is None else [i.isoformat() for i in self.during],
            **self._counted(),
        }
        own["by"] = {key: group._counted() for key, group in self.groups}
        return own

    def _counted(self) -> dict[str, Any]:
        return {
            "population": self.population,
            "n": self.n,
            "excluded": dict(self.excluded),
            **self.figures(),
        }

    def _repr_html_(self) -> str:
        """A table for notebooks: the whole first, then each group; all texts escaped."""
        rows = [("all", self), *self.groups]
        names = [
            name
            for name, value in self.figures().items()
            if value is None or isinstance(value, int | float)
        ]
        head = "".join(f"<th>{escape(n)}</th>" for n in ["", "n", *names, "left out"])
        body = ""
        for key, result in rows:
            figures = result.figures()
            cells = [str(result.n), *(_shown(figures[name]) for name in names)]
            left = ", ".join(f"{count} {reason}" for reason, count in result.excluded) or "none"
            inner = "".join(f"<td>{escape(cell)}</td>" for cell in [*cells, left])
            body += f'<tr><th scope="row">{escape(key)}</th>{inner}</tr>'
        return (
            f"<table><caption>{escape(self.name)} ({escape(self.unit)}): "
            f"{escape(self.definition)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return (
        f"{value:,}"
        if isinstance(value, int)
        else f"{value:,.4g}"
        if value < 1
        else f"{value:,.2f}"
    )


@frozen(kw_only=True)
class DurationResult(Result):
    """How long: ``mean``, ``median`` and ``p90`` in hours, each with its 95 % interval.

    ``kaplan_meier_median`` takes in the ``censored`` cases, which were still running at ``at``;
    it is ``None`` where fewer than half have ended.  ``start_rungs`` and ``end_rungs`` say how
    many of the ``n`` rest on which evidence.
    """

    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    interval: ConfidenceInterval | None = None
    median_interval: ConfidenceInterval | None = None
    p90_interval: ConfidenceInterval | None = None
    kaplan_meier_median: float | None = None
    censored: int = 0
    start_rungs: Counts = ()
    end_rungs: Counts = ()

    def figures(self) -> dict[str, Any]:
        """Mean, median and p90 with their intervals, and the Kaplan-Meier median."""
        return {
            "mean": self.mean,
            "median": self.median,
            "p90": self.p90,
            "interval": _interval(self.interval),
            "median_interval": _interval(self.median_interval),
            "p90_interval": _interval(self.p90_interval),
            "kaplan_meier_median": self.kaplan_meier_median,
            "censored": self.censored,
            "start": dict(self.start_rungs),
            "end": dict(self.end_rungs),
        }


@frozen(kw_only=True)
class ShareResult(Result):
    """What share: ``value`` is ``count / n``, with its 95 % Wilson interval.

    ``pending`` of those that do not count yet still have time left in the window.
    """

    count: int = 0
    value: float | None = None
    interval: ConfidenceInterval | None = None
    pending: int | None = None

    def figures(self) -> dict[str, Any]:
        """The share, its interval, what was counted and what may still come."""
        return {
            "value": self.value,
            "count": self.count,
            "interval": _interval(self.interval),
            "pending": self.pending,
        }


@frozen(kw_only=True)
class CountResult(Result):
    """How many per incident: the ``total``, its spread, and the ``most`` of one incident."""

    total: int | None = None
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    most: int | None = None
    interval: ConfidenceInterval | None = None

    def figures(self) -> dict[str, Any]:
        """The total, and how it spreads over the incidents."""
        return {
            "total": self.total,
            "mean": self.mean,
            "median": self.median,
            "p90": self.p90,
            "most": self.most,
            "interval": _interval(self.interval),
        }


@frozen(kw_only=True)
class BacklogResult(Result):
    """How many are unresolved at ``at``, and how old they are in hours since they were logged."""

    mean_age: float | None = None
    median_age: float | None = None
    p90_age: float | None = None
    oldest_age: float | None = None

    def figures(self) -> dict[str, Any]:
        """The number and the ages."""
        return {
            "value": self.n,
            "mean_age_hours": self.mean_age,
            "median_age_hours": self.median_age,
            "p90_age_hours": self.p90_age,
            "oldest_age_hours": self.oldest_age,
        }


@frozen(kw_only=True)
class RatioResult(Result):
    """One total as a share of another, over the same incidents: ``value = part / whole``."""

    part: float | None = None
    whole: float | None = None
    value: float | None = None

    def figures(self) -> dict[str, Any]:
        """The ratio and the two totals, in hours."""
        return {"value": self.value, "part_hours": self.part, "whole_hours": self.whole}


@frozen(kw_only=True)
class MixResult(Result):
    """How the incidents spread over the values of a column: ``shares`` by value, largest first."""

    counts: Counts = ()

    @property
    def shares(self) -> dict[str, float]:
        """The share of each value among the ``n``."""
        return {name: count / self.n for name, count in self.counts}

    def figures(self) -> dict[str, Any]:
        """The count and the share of each value."""
        return {"count": dict(self.counts), "value": self.shares if self.n else None}


@frozen(kw_only=True)
class CostResult(Result):
    """What downtime cost: ``cost`` in the currency of the rates, ``minutes`` of downtime.

    ``ongoing`` incidents have not ended; they count up to ``at``.  ``services`` holds the cost
    of each service, ``severities`` that of each severity, ``"(none)"`` where it is not known;
    ``parts`` are rows of service, severity, minutes and cost.  ``unpriced`` are minutes at a
    severity that has no cost: they are in neither figure.
    """

    cost: float | None = None
    minutes: float | None = None
    unpriced: float | None = None
    ongoing: int = 0
    services: tuple[tuple[str, float], ...] = ()
    severities: tuple[tuple[str, float], ...] = ()
    parts: tuple[tuple[str, str, float, float], ...] = ()

    def figures(self) -> dict[str, Any]:
        """The cost, the minutes, and the cost per service and per severity."""
        return {
            "value": self.cost,
            "minutes": self.minutes,
            "unpriced": self.unpriced,
            "ongoing": self.ongoing,
            "services": dict(self.services),
            "severities": dict(self.severities),
        }
