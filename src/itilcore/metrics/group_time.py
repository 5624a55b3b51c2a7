"""Time with each group: how long incidents were with it while they were unresolved."""

from __future__ import annotations

import math
from collections.abc import Iterable
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

__all__ = ["GroupTime", "GroupTimes", "time_in_groups"]

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
        self.running: list[datetime] = []
        self.visits = 0
        self.incidents = 0
        self.negative = 0

    def add(self, seconds: float) -> None:
        if seconds < 0:
            self.negative += 1
        else:
            self.seconds.append(seconds)


class GroupTimes:
    """Gathers, incident by incident, how long they were with each group while unresolved.

    For a stream whose last instant is not known beforehand; `time_in_groups` is the whole of it
    for one that is.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> times = GroupTimes()
    >>> times.add([Logged(nine), Assigned(nine, "Desk")])
    >>> [(each.group, each.seconds) for each in times.result(ten)]
    [('Desk', 3600.0)]
    """

    def __init__(self) -> None:
        self._spent: dict[str | None, _Spent] = {}

    def add(self, events: Iterable[Event]) -> None:
        """Take in the events of one incident."""
        spent = self._spent
        seen: set[str | None] = set()
        group: str | None = None
        placed, running = False, True
        since: datetime | None = None
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
            if placed and running and since is not None:
                spent[group].add((moment - since).total_seconds())
            if came:
                own = spent.setdefault(now, _Spent())
                own.visits += 1
                seen.add(now)
            placed = placed or came
            group, running, since = now, working, moment
        if placed and running and since is not None:
            spent[group].running.append(since)
        for each in seen:
            spent[each].incidents += 1

    def result(self, at: datetime) -> tuple[GroupTime, ...]:
        """What was gathered, up to *at*; the group with most time first, equals by name."""
        until = in_utc(require_aware("at", at))
        found = []
        for group, own in self._spent.items():
            still = [(until - since).total_seconds() for since in own.running]
            lasting = [seconds for seconds in still if seconds >= 0]
            negative = own.negative + len(still) - len(lasting)
            total = math.fsum([*own.seconds, *lasting])
            found.append(GroupTime(group, total, own.visits, own.incidents, negative))
        return tuple(sorted(found, key=lambda e: (-e.seconds, e.group is None, e.group or "")))


def time_in_groups(incidents: Iterable[Incident], at: datetime) -> tuple[GroupTime, ...]:
    """How long *incidents*, consumed once, were with each group while they were unresolved.

    Time counts from the instant at which a group is first shown, up to *at*; events after *at*
    do not exist.  While an incident is resolved, closed or cancelled nothing counts; a reopening
    goes on with the group's time, and a status that is not known changes nothing.  Wall-clock
    time, in seconds.  Raises `itilcore.errors.NaiveInstant` for an instant without an offset.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged, Resolved
    >>> nine, ten, noon = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12))
    >>> events = [Logged(nine), Assigned(nine, "Desk"), HandedOff(ten, "Network"), Resolved(noon)]
    >>> found = time_in_groups([Incident.replay("INC1", events)], noon)
    >>> [(each.group, each.seconds) for each in found]
    [('Network', 7200.0), ('Desk', 3600.0)]
    """
    until = in_utc(require_aware("at", at))
    times = GroupTimes()
    for incident in incidents:
        times.add(incident.timeline.until(until))
    return times.result(until)
