"""Measuring: one pass over a source for any number of metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from itilcore.errors import Defect, InvalidInput, StaleFacts, require_aware
from itilcore.incident import Facts, Incident

from .grouping import Groups, key_of
from .metric import By, During, Metric, Source, Tally
from .result import Result

__all__ = ["measure_all"]

_CHUNK = 8_192
_FACTS = attrgetter("facts")
_LAST = attrgetter("last_event_at")
_INSTANTS = attrgetter("acknowledged_at", "resolved_at", "closed_at", "detected_at",
                       "impact_started_at", "first_resolved_at")  # fmt: skip


def measure_all(
    metrics: Iterable[Metric],
    source: Source,
    *,
    by: By | None = None,
    during: During | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """The result of each of *metrics*, by its name, from one pass over *source*.

    The arguments and errors are those of `Metric.measure`.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged, Resolved
    >>> from itilcore.metrics import MTTR, REOPEN_RATE
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> incidents = [Incident.replay("1", [Logged(nine), Resolved(ten)])]
    >>> results = measure_all([MTTR, REOPEN_RATE], incidents)
    >>> results["MTTR"].mean, results["REOPEN_RATE"].value
    (1.0, 0.0)
    """
    return _Measuring(tuple(metrics), by, during, at).run(source)


class _Measuring:
    def __init__(
        self,
        metrics: tuple[Metric, ...],
        by: By | None,
        during: During | None,
        at: datetime | None,
    ) -> None:
        names = [metric.name for metric in metrics]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InvalidInput("metrics", [Defect(name, "stands twice") for name in twice])
        if at is not None:
            require_aware("at", at)
        if during is not None:
            start, end = (require_aware("during", instant) for instant in during)
            if end < start:
                raise InvalidInput("measurement", [Defect("during", "ends before it starts")])
        self._metrics = metrics
        self._by = by
        self._key = None if by is None else key_of(by)
        self._during = during
        self._given = at
        self._latest: datetime | None = None
        self._groups = Groups()
        self._tallies: dict[str, list[Tally]] = {}
        self._whole = any(metric.over == "incidents" for metric in metrics)
        self._incidents: dict[int, Incident | Facts] = {}

    def _instant(self) -> datetime | None:
        return self._given if self._given is not None else self._latest

    def _new(self) -> list[Tally]:
        return [metric.tally(self._instant) for metric in self._metrics]

    def run(self, source: Source) -> dict[str, Any]:
        items = iter(source)
        while chunk := list(islice(items, _CHUNK)):
            for key, group in self._parted(self._rows(chunk)).items():
                tallies = self._tallies.get(key)
                if tallies is None:
                    tallies = self._tallies[key] = self._new()
                for metric, tally in zip(self._metrics, tallies, strict=True):
                    counted = group if self._during is None else self._cohort(metric, group)
                    tally.add(self._over(metric, counted))
        return self._results()

    def _over(self, metric: Metric, rows: list[Facts]) -> list[Any]:
        """The rows, or the incidents that they are rows of."""
        if metric.over != "incidents":
            return rows
        return [self._incidents[id(row)] for row in rows]

    def _parted(self, chunk: list[Facts]) -> dict[str, list[Facts]]:
        if self._key is None:
            return {"": chunk}
        values = list(map(self._key, chunk))
        parts: dict[str, list[Facts]] = {}
        # Rows of one chunk share few objects: each is named once, then known by its identity,
        # which holds while `values` keeps it alive.
        append: dict[int, Callable[[Facts], None]] = {}
        for row, value, identity in zip(chunk, values, map(id, values), strict=True):
            try:
                append[identity](row)
            except KeyError:
                part = parts.setdefault(self._groups.key(value), [])
                append[identity] = part.append
                part.append(row)
        return parts

    def _cohort(self, metric: Metric, rows: list[Facts]) -> list[Facts]:
        assert self._during is not None
        start, end = self._during
        instants = map(attrgetter(metric.cohort), rows)
        return [
            row
            for row, instant in zip(rows, instants, strict=True)
            if instant is not None and start <= instant < end
        ]

    def _rows(self, chunk: list[Any]) -> list[Facts]:
        kinds = set(map(type, chunk))
        if not kinds <= {Incident, Facts}:
            odd = next(item for item in chunk if type(item) not in {Incident, Facts})
            raise TypeError(
                f"measured are incidents or Facts, not {type(odd).__name__}: {str(odd)[:80]}"
            )
        if self._given is not None:
            chunk = [found for item in chunk if (found := _as_of(item, self._given)) is not None]
            rows = [item.facts if type(item) is Incident else item for item in chunk]
        elif kinds == {Incident}:
            rows = list(map(_FACTS, chunk))
        else:
            rows = [item.facts if type(item) is Incident else item for item in chunk]
        if self._whole:
            # A chunk keeps its rows alive: their identities are theirs until the next.
            self._incidents = {id(row): item for row, item in zip(rows, chunk, strict=True)}
        seen = [instant for instant in map(_LAST, rows) if instant is not None]
        if seen:
            latest = max(seen)
            if self._latest is None or latest > self._latest:
                self._latest = latest
        return rows

    def _results(self) -> dict[str, Any]:
        keys = self._groups.ordered()
        wholes = self._tallies.get("", self._new()) if self._key is None else None
        found: dict[str, Any] = {}
        for place, metric in enumerate(self._metrics):
            common = {
                "name": metric.name,
                "definition": metric.definition,
                "unit": metric.unit,
                "at": self._instant(),
                "during": self._during,
            }
            groups: tuple[tuple[str, Result], ...] = ()
            if wholes is not None:
                whole = wholes[place]
            else:
                # Groups first: they sort what they hold, and sorted runs merge quickly.
                groups = tuple((key, self._tallies[key][place].result(common)) for key in keys)
                whole = metric.tally(self._instant)
                for key in keys:
                    whole.merge(self._tallies[key][place])
            found[metric.name] = whole.result({**common, "groups": groups})
        return found


def _as_of(item: Incident | Facts, at: datetime) -> Incident | Facts | None:
    """*item* as it stood at *at*; ``None`` where nothing had happened by then."""
    if isinstance(item, Incident):
        found = item if _holds(item.facts, at) else item.as_of(at)
        return None if found.facts.last_event_at is None else found
    if _holds(item, at, unresolved_too=True):
        return item
    if item.logged_at is not None and item.logged_at > at:
        return None
    raise StaleFacts(item.reference, item.last_event_at or at, at)


def _holds(facts: Facts, at: datetime, unresolved_too: bool = False) -> bool:
    """Whether the row is the one that would be folded at *at*."""
    last = facts.last_event_at
    if last is None or last > at:
        return False
    # A claim may lie after the last event; time in a running phase counts up to `at`.
    if any(instant is not None and instant > at for instant in _INSTANTS(facts)):
        return False
    return unresolved_too or (facts.phase is not None and facts.phase.is_end)
