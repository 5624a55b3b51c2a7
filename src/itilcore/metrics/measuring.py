"""Measuring: one pass over a source for any number of metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    >>> results = measure_all([MTTR, REOPEN_RATE], [Incident.replay("1", [Logged(nine), Resolved(ten)])])
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

    def _instant(self) -> datetime | None:
        return self._given if self._given is not None else self._latest

    def _new(self) -> list[Tally]:
        return [metric.tally(self._instant) for metric in self._metrics]

    def run(self, source: Source) -> dict[str, Any]:
        rows = self._rows(source)
        while chunk := list(islice(rows, _CHUNK)):
            for key, group in self._parted(chunk).items():
                tallies = self._tallies.get(key)
                if tallies is None:
                    tallies = self._tallies[key] = self._new()
                for metric, tally in zip(self._metrics, tallies, strict=True):
                    tally.add(group if self._during is None else self._cohort(metric, group))
        return self._results()

    def _parted(self, chunk: list[Facts]) -> dict[str, list[Facts]]:
        if self._key is None:
            return {"": chunk}
        name = self._groups.key
        parts: dict[str, list[Facts]] = {}
        get = parts.get
        for row, value in zip(chunk, map(self._key, chunk), strict=True):
            key = name(value)
            part = get(key)
            if part is None:
                parts[key] = [row]
            else:
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

    def _rows(self, source: Source) -> Iterator[Facts]:
        at = self._given
        latest: datetime | None = None
        for item in source:
            if isinstance(item, Incident):
                facts = item.facts if at is None or _holds(item.facts, at) else item.as_of(at).facts
                if at is not None and facts.last_event_at is None:
                    continue
            elif isinstance(item, Facts):
                facts = item
                if at is not None and not _holds(facts, at, unresolved_too=True):
                    if facts.logged_at is not None and facts.logged_at > at:
                        continue
                    raise StaleFacts(facts.reference, facts.last_event_at or at, at)
            else:
                raise TypeError(
                    f"measured are incidents or Facts, not {type(item).__name__}: {str(item)[:80]}"
                )
            seen = facts.last_event_at
            if seen is not None and (latest is None or seen > latest):
                self._latest = latest = seen
            yield facts

    def _results(self) -> dict[str, Any]:
        keys = [""] if self._key is None else self._groups.ordered()
        wholes = self._tallies.get("") if self._key is None else None
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
                whole = metric.tally(self._instant)
                for key in keys:
                    if key in self._tallies:
                        whole.merge(self._tallies[key][place])
                if self._key is not None:
                    groups = tuple(
                        (key, self._tallies[key][place].result(common)) for key in keys
                    )
            found[metric.name] = whole.result({**common, "groups": groups})
        return found


def _holds(facts: Facts, at: datetime, unresolved_too: bool = False) -> bool:
    """Whether the row is the one that would be folded at *at*."""
    last = facts.last_event_at
    if last is None or last > at:
        return False
    # A claim may lie after the last event; time in a running phase counts up to `at`.
    if any(instant is not None and instant > at for instant in _INSTANTS(facts)):
        return False
    return unresolved_too or (facts.phase is not None and facts.phase.is_end)
