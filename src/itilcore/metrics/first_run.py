"""First runs: the clock of an incident up to its first stop, with the holds and lowerings in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Final

from attrs import evolve, frozen

from itilcore.incident import (
    CHANGES,
    Asserted,
    Event,
    Incident,
    Logged,
    Observed,
    Phase,
    Prioritised,
    in_utc,
    stays,
)
from itilcore.sla import BEYOND as CANNOT_TELL
from itilcore.sla import Agreement, ClockState, Reading, TargetKind

from .population import BEYOND, CANCELLED, RESOLUTION_UNKNOWN
from .stretches import NOTHING, Moment, spent_by, stretches

__all__ = ["FirstRun", "first_run"]

NO_TARGET: Final = "no resolution target applies, or its clock has not started"
TARGET_CHANGED: Final = "its target changed on the way"
BEFORE_IT_RAN: Final = "the clock had not run yet"
NOT_STOPPED: Final = "the hold stops no clock"
LATE_ALREADY: Final = "late already"
AFTER_THE_RUN: Final = "after the first resolution"
AGAIN: Final = "another lowering of the same incident"
BACKWARDS: Final = "its record runs backwards"

_SAYING: Final = CHANGES | {Logged, Observed}


@frozen
class FirstRun:
    """The clock of one incident, from its start up to the first stop, or as far as it ran.

    ``end`` is where it stood then, or ``why`` not.  ``holds`` are the moments at which it was
    put on hold and ``lowerings`` those at which its priority was lowered, each or why it does not
    count; ``stretches`` is what ran up to the first lowering, target by target.  ``stopped_at``
    is when it stopped, ``reopened_at`` when it was first reopened; ``reopenings`` is what is
    known of these.
    """

    reference: str
    end: Moment | None
    why: str
    stopped_at: datetime | None
    reopened_at: datetime | None
    reopenings: int | None
    holds: tuple[Moment | str, ...]
    lowerings: tuple[Moment | str, ...]
    stretches: tuple[Moment, ...]


@frozen
class _Read:
    """A ``reading`` with its ``stretches``, the last one at its end, or ``why`` there is none."""

    reading: Reading | None
    stretches: tuple[Moment, ...] = ()
    why: str = ""


def first_run(incident: Incident, agreements: tuple[Agreement, ...], at: datetime) -> FirstRun:
    """The first run of *incident* by the first clock of *agreements* that it has, up to *at*."""
    events = incident.timeline.events
    cut = _first_reopening(events)
    part = events if cut is None else _without_claims(events[:cut])
    reopened_at = None if cut is None else in_utc(events[cut].at)
    read = _read(part, agreements, at if reopened_at is None else min(reopened_at, at))
    ends = list(read.stretches)
    why = read.why or (TARGET_CHANGED if len(ends) > 1 else "")
    end = None if why else ends[0]
    lowerings, up_to = _lowerings(events, len(part), agreements)
    return FirstRun(
        incident.reference,
        end,
        why,
        None if read.reading is None else read.reading.stopped_at,
        reopened_at,
        incident.facts.reopenings,
        tuple(_holds(part, len(_hold_starts(events)), read.reading, end, why)),
        lowerings,
        read.stretches if up_to is None else up_to.stretches,
    )


def _first_reopening(events: tuple[Event, ...]) -> int | None:
    """The place of the event with which an incident that was over is worked on again."""
    over = False
    for place, event in enumerate(events):
        if type(event) not in _SAYING:
            continue
        status = event.status  # type: ignore[attr-defined]  # by _SAYING
        if status is None or status.phase is Phase.UNKNOWN:
            continue
        if over and status.phase.is_unresolved:
            return place
        over = not status.phase.is_unresolved
    return None


def _without_claims(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Without the instants of resolution that a source claims: of several it tells the last."""
    return tuple(
        evolve(
            event,
            claims=[
                (name, value)
                for name, value in event.claims
                if name != "resolved_at" or value is None
            ],
        )
        if isinstance(event, Asserted)
        else event
        for event in events
    )


def _read(events: tuple[Event, ...], agreements: tuple[Agreement, ...], at: datetime) -> _Read:
    """How the first resolution clock that has started stands, or why that says nothing."""
    for agreement in agreements:
        for clock in _resolution_clocks(agreement):
            try:
                reading = agreement.read(events, at, clock=clock)[0]
                if reading.state is ClockState.NOT_STARTED:
                    continue
                if reading.state is ClockState.UNKNOWN:
                    return _Read(None, why=RESOLUTION_UNKNOWN)
                if reading.state is ClockState.CANCELLED:
                    return _Read(None, why=CANCELLED)
                found = stretches(reading, _first_known(events))
            except CANNOT_TELL:
                return _Read(None, why=BEYOND)
            return _Read(reading, found) if found else _Read(None, why=BACKWARDS)
    return _Read(None, why=NO_TARGET)


def _resolution_clocks(agreement: Agreement) -> list[str]:
    kinds = {target.name: target.kind for target in agreement.targets}
    return [name for name, kind in kinds.items() if kind is TargetKind.RESOLUTION]


def _first_known(events: tuple[Event, ...]) -> datetime | None:
    """When the incident was first given a priority."""
    for event in events:
        if isinstance(event, Prioritised | Observed) and event.priority is not None:
            return in_utc(event.at)
    return None


def _hold_starts(events: Iterable[Event]) -> list[datetime]:
    """When each hold began; going from one reason to another is one hold."""
    found = []
    waiting = False
    for stay in stays(events):
        before, waiting = waiting, stay.status.phase is Phase.WAITING
        if waiting and not before:
            found.append(stay.start)
    return found


def _holds(
    events: Iterable[Event], every: int, reading: Reading | None, end: Moment | None, why: str
) -> Iterator[Moment | str]:
    """Where the clock stood at each hold, or why a hold does not count; of all *every*."""
    starts = _hold_starts(events)
    for start in starts:
        yield why if reading is None or end is None else _held(start, reading, end)
    yield from [AFTER_THE_RUN] * (every - len(starts))


def _held(start: datetime, reading: Reading, end: Moment) -> Moment | str:
    assert reading.ran is not None
    assert reading.target is not None
    if all(pause.start != start for pause in reading.ran.pauses):
        return NOT_STOPPED
    spent = spent_by(reading, reading.target, start)
    if spent <= NOTHING:
        return BEFORE_IT_RAN
    return LATE_ALREADY if spent >= end.whole else evolve(end, spent=spent)


def _lowerings(
    events: tuple[Event, ...], first: int, agreements: tuple[Agreement, ...]
) -> tuple[tuple[Moment | str, ...], _Read | None]:
    """Where the clock stood at the first lowering among the *first* events, or why a lowering
    does not count; and what had run up to the one that does.
    """
    shown = [
        (place, event.priority)
        for place, event in enumerate(events)
        if isinstance(event, Prioritised | Observed)
    ]
    found: list[Moment | str] = []
    counts: _Read | None = None
    for (_, before), (place, after) in pairwise(shown):
        if before is None or after is None or not before.outranks(after):
            continue
        if place >= first:
            found.append(AFTER_THE_RUN)
        elif found:
            found.append(AGAIN)
        else:
            at = in_utc(events[place].at)
            read = _read(_without_claims(events[:place]), agreements, at)
            found.append(_lowered(read))
            counts = read if isinstance(found[0], Moment) else None
    return tuple(found), counts


def _lowered(read: _Read) -> Moment | str:
    if read.reading is None:
        return read.why
    if read.reading.stopped_at is not None:
        return AFTER_THE_RUN
    end = read.stretches[-1]
    return end if end.spent > NOTHING else BEFORE_IT_RAN
