"""Stretches: what a clock ran under each target that it had, one after the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from itilcore.sla import BusinessDays, Reading, Target

__all__ = ["NOTHING", "Moment", "spent_by", "stretches"]

NOTHING: Final = timedelta()


@frozen
class Moment:
    """A moment of a clock: the ``target``, all of its time, and what was ``spent`` of it.

    ``since`` is what had been spent when this target took the place of another.
    """

    target: str
    whole: timedelta
    spent: timedelta
    since: timedelta = timedelta()

    @property
    def share(self) -> float:
        """What was spent, of the whole."""
        return self.spent / self.whole

    def window(self, window: float | timedelta) -> float:
        """What *window* is of the whole: at most a half."""
        return min(window / self.whole, 0.5) if isinstance(window, timedelta) else window


def stretches(reading: Reading, known: datetime | None) -> tuple[Moment, ...]:
    """Where the clock stood at the end of each target that it had since its priority was *known*.

    A target that an incident has before anybody gave it a priority is none of its own.  Nothing
    where the record runs backwards.
    """
    assert reading.target is not None
    assert reading.due is not None
    assert reading.ran is not None
    # What lies before a restart of the clock is no part of what it ran since.
    begin = reading.ran.start if known is None else max(known, reading.ran.start)
    ends = [(change.before, change.due, change.at) for change in reading.changes]
    ends = [each for each in ends if known is not None and each[2] > begin]
    found: list[Moment] = []
    start: datetime | None = None
    for target, due, until in [*ends, (reading.target, reading.due, _end(reading))]:
        within = target.within
        whole = spent_by(reading, target, due) if isinstance(within, BusinessDays) else within
        spent = spent_by(reading, target, until)
        since = NOTHING if start is None else spent_by(reading, target, start)
        if whole <= NOTHING or spent < since:
            return ()
        found.append(Moment(f"{reading.agreement}: {target}", whole, spent, since))
        start = until
    return tuple(found)


def spent_by(reading: Reading, target: Target, until: datetime) -> timedelta:
    """The time of *target* that has been spent by *until*, or will be if nothing happens."""
    assert reading.ran is not None
    last = _end(reading)
    pauses = [
        (pause.start, min(last if pause.end is None else pause.end, until))
        for pause in reading.ran.pauses
    ]
    ran = [(start, end) for start, end in pauses if start < end]
    return target.calendar.elapsed(reading.ran.start, until, pauses=ran)


def _end(reading: Reading) -> datetime:
    """How far the reading goes: to the stop of the clock, or to its own instant."""
    return reading.at if reading.stopped_at is None else reading.stopped_at
