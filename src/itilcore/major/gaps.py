"""Gaps: how long nothing was written between two events, and what the records say of why."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from attrs import frozen

from itilcore.incident import (
    Announced,
    Asserted,
    Escalated,
    Event,
    Incident,
    Phase,
    PolicyAdopted,
    in_utc,
    stays,
)
from itilcore.sla import Reading

from .telling import said_of

__all__ = ["Gap", "gaps_of"]

_NO_WORK: Final = (Announced, Asserted, PolicyAdopted)
"""Events by which nobody did anything: what a clock, a source or the rules say."""

_Cause = tuple[datetime, datetime, str]


@frozen
class Gap:
    """From ``start`` to ``end``, both in UTC, nobody wrote anything.

    ``before`` and ``after`` are what happened at its ends, as sentences; ``reasons`` are those
    that the clocks and the holds give.
    """

    start: datetime
    end: datetime
    before: str
    after: str
    reasons: tuple[str, ...] = ()

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


def gaps_of(
    incident: Incident, readings: Iterable[Reading], start: datetime, end: datetime
) -> tuple[Gap, ...]:
    """The gaps of *incident* from *start* to *end*, one after the other: they add up to all of it.

    Reasons are holds that overlap a gap, and what a clock of *readings* did not count of it.
    An announcement of a clock, a step of an escalation rule, a claim of a source and new rules
    are no work and end no gap.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged, Noted
    >>> nine, ten, noon = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12))
    >>> incident = Incident.replay("INC1", [Logged(nine), Noted(ten, "looking")])
    >>> [str(gap.length) for gap in gaps_of(incident, [], nine, noon)]
    ['1:00:00', '2:00:00']
    """
    first, last = in_utc(start), in_utc(end)
    points: list[tuple[datetime, str]] = [(first, "the beginning")]
    worked = (event for event in incident.timeline if not _is_no_work(event))
    for event in sorted(worked, key=lambda event: in_utc(event.at)):
        at = in_utc(event.at)
        if first <= at <= last:
            if at == points[-1][0]:
                points[-1] = (at, said_of(event))
            else:
                points.append((at, said_of(event)))
    if points[-1][0] < last:
        points.append((last, "nothing since"))
    causes = [*_holds(incident, last), *_not_counted(readings)]
    spent = _spent(causes, [at for at, _ in points])
    return tuple(
        Gap(low, high, before, after, tuple(f"{text} ({time})" for text, time in shared.items()))
        for ((low, before), (high, after)), shared in zip(pairwise(points), spent, strict=True)
    )


def _is_no_work(event: Event) -> bool:
    # What a rule escalates nobody has looked at yet; by hand somebody did.
    by_rule = isinstance(event, Escalated) and event.rule is not None
    return by_rule or isinstance(event, _NO_WORK)


def _holds(incident: Incident, last: datetime) -> Iterator[_Cause]:
    for stay in stays(incident.timeline):
        end = last if stay.end is None else stay.end
        # Events may run backwards in time: a hold that ends before it begins explains nothing.
        if stay.status.phase is Phase.WAITING and stay.start < end:
            reason = "" if stay.hold_reason is None else f": {stay.hold_reason}"
            yield stay.start, end, f"on hold{reason}"


def _not_counted(readings: Iterable[Reading]) -> Iterator[_Cause]:
    for reading in readings:
        for entry in reading.account:
            if not entry.counted:
                start, end = in_utc(entry.interval.start), in_utc(entry.interval.end)
                yield start, end, f"{reading.name} did not count: {entry.why}"


def _spent(causes: Iterable[_Cause], bounds: Sequence[datetime]) -> list[dict[str, timedelta]]:
    """For each gap between two *bounds*, which ascend, what each cause has in common with it.

    A cause begins before it ends.
    """
    found: list[dict[str, timedelta]] = [{} for _ in bounds[1:]]
    for start, end, text in causes:
        index = max(bisect_right(bounds, start) - 1, 0)
        while index < len(found) and bounds[index] < end:
            shared = min(end, bounds[index + 1]) - max(start, bounds[index])
            found[index][text] = found[index].get(text, timedelta()) + shared
            index += 1
    return found
