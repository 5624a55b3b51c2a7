"""Time with each group: how long incidents were with it while they were unresolved."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from itilcore.errors import require_aware
from itilcore.incident import (
    CHANGES,
    Assigned,
    Event,
    HandedOff,
    Incident,
    Logged,
    Observed,
    Phase,
    in_utc,
)

__all__ = ["GroupTime", "time_in_groups"]

_SHOWING: Final = frozenset({Assigned, HandedOff, Observed})
_SAYING: Final = CHANGES | {Logged, Observed}
_OVER: Final = frozenset({Phase.RESOLVED, Phase.CLOSED, Phase.CANCELLED})


@frozen
class GroupTime:
    """The time that incidents spent with ``group``; ``None`` is with nobody, or not known.

    ``seconds`` is the total, ``visits`` how often an incident came to the group, ``incidents``
    how many ever did.  ``negative`` stretches that end before they start, since the record runs
    backwards, are no part of the total.
    """

    group: str | None
    seconds: float
    visits: int
    incidents: int
    negative: int = 0

    @property
    def mean(self) -> float:
        """Seconds per incident."""
        return self.seconds / self.incidents

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values, in seconds."""
        return {
            "group": self.group,
            "seconds": self.seconds,
            "visits": self.visits,
            "incidents": self.incidents,
            "mean": self.mean,
            "negative": self.negative,
        }


class _Spent:
    """What a group has gathered so far."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.visits = 0
        self.incidents = 0
        self.negative = 0


def _stretches(events: Iterable[Event], at: datetime) -> Iterator[tuple[str | None, float | None]]:
    """Each visit to a group, as ``None`` seconds, and each stretch of time unresolved with it."""
    group: str | None = None
    placed, running = False, True
    since = at
    for event in events:
        now, working, came = group, running, False
        kind = type(event)
        if kind in _SHOWING:
            now = event.group  # type: ignore[attr-defined]  # by _SHOWING
            came = not placed or now != group
        if kind in _SAYING:
            status = event.status  # type: ignore[attr-defined]  # by _SAYING
            if status is not None and status.phase is not Phase.UNKNOWN:
                working = status.phase not in _OVER
        if not came and working == running:
            continue
        moment = in_utc(event.at)
        if placed and running:
            yield group, (moment - since).total_seconds()
        if came:
            yield now, None
        placed = placed or came
        group, running, since = now, working, moment
    if placed and running:
        yield group, (at - since).total_seconds()


def time_in_groups(incidents: Iterable[Incident], at: datetime) -> tuple[GroupTime, ...]:
    """How long *incidents*, consumed once, were with each group while they were unresolved.

    Time counts from the instant at which a group is first shown, up to *at*; events after *at*
    do not exist.  While an incident is resolved, closed or cancelled nothing counts; a reopening
    goes on with the group's time, and a status that is not known changes nothing.  Wall-clock
    time, in seconds.  The group with most time comes first, equals by name.  Raises
    `itilcore.errors.NaiveInstant` for an instant without an offset.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged, Resolved
    >>> nine, ten, noon = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12))
    >>> events = [Logged(nine), Assigned(nine, "Desk"), HandedOff(ten, "Network"), Resolved(noon)]
    >>> found = time_in_groups([Incident.replay("INC1", events)], noon)
    >>> [(each.group, each.seconds) for each in found]
    [('Network', 7200.0), ('Desk', 3600.0)]
    """
    until = in_utc(require_aware("at", at))
    spent: dict[str | None, _Spent] = {}
    for incident in incidents:
        seen: set[str | None] = set()
        for group, seconds in _stretches(incident.timeline.until(until), until):
            own = spent.setdefault(group, _Spent())
            if seconds is None:
                own.visits += 1
                seen.add(group)
            elif seconds < 0:
                own.negative += 1
            else:
                own.seconds.append(seconds)
        for group in seen:
            spent[group].incidents += 1
    found = [
        GroupTime(group, math.fsum(own.seconds), own.visits, own.incidents, own.negative)
        for group, own in spent.items()
    ]
    return tuple(sorted(found, key=lambda e: (-e.seconds, e.group is None, e.group or "")))
