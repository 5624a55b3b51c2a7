"""Lanes: what each part of the state was, from when to when, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Final

from attrs import frozen

from .events import Event
from .fold import Fold
from .instant import in_utc

__all__ = ["LANES", "Span", "lanes"]

LANES: Final = ("status", "hold_reason", "group", "assignee", "priority")
"""The parts of the state that have a lane, by the names of the columns of `Facts`."""


@frozen
class Span:
    """``value`` was in force from ``start`` to ``end``; ``None`` is *not known, or not so*.

    ``index`` is the place of the event that began it.  ``end`` is ``None`` for the last one,
    which still lasts.  Where events run backwards in time it may lie before ``start``.
    """

    value: object
    start: datetime
    end: datetime | None
    index: int


def lanes(events: Iterable[Event]) -> dict[str, tuple[Span, ...]]:
    """For each of `LANES` its spans, in the order of *events*.  Instants are in UTC.

    The state is that of the fold that makes `Facts`: the last span of a lane holds the value
    of its column.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Assigned, Logged, Resolved
    >>> nine, ten, noon = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12))
    >>> found = lanes([Logged(nine), Assigned(ten, "Network"), Resolved(noon)])
    >>> [(str(span.value), span.start.hour) for span in found["status"]]
    [('NEW', 9), ('RESOLVED', 12)]
    >>> [span.value for span in found["group"]]
    [None, 'Network']
    """
    fold = Fold()
    read = attrgetter(*LANES)
    open_spans: list[tuple[object, datetime, int]] = []
    found: tuple[list[Span], ...] = tuple([] for _ in LANES)
    for index, event in enumerate(events):
        fold.run((event,))
        at = in_utc(event.at)
        values = read(fold)
        if not open_spans:
            open_spans = [(value, at, index) for value in values]
            continue
        for place, value in enumerate(values):
            before, since, began = open_spans[place]
            if value != before:
                found[place].append(Span(before, since, at, began))
                open_spans[place] = (value, at, index)
    for spans, (value, since, began) in zip(found, open_spans, strict=False):
        spans.append(Span(value, since, None, began))
    return {name: tuple(spans) for name, spans in zip(LANES, found, strict=True)}
