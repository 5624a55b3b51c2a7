"""The clock: a fold over the timeline that knows when it ran, was paused and stopped."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import frozen

from .condition import Condition
from .conventions import Conventions, Reopening, Retargeting, TargetKind
from .situation import Situation
from .target import Target

__all__ = ["Change", "Clock", "Cycle", "Pause", "Run"]


class Run(Enum):
    """What a clock is doing."""

    NOT_STARTED = "not started"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


@frozen
class Pause:
    """From ``start`` up to ``end`` (``None`` while it lasts) nothing counts, and ``why``."""

    start: datetime
    end: datetime | None
    why: str


@frozen
class Change:
    """At ``at`` another target took the place of ``before``, which would have been ``due``.

    ``late`` says whether it was late by then: a breach that was stays one.
    """

    at: datetime
    before: Target
    due: datetime
    late: bool


@frozen
class Cycle:
    """One run of a clock from its start to its end, ``None`` while it lasts."""

    target: Target
    start: datetime
    end: datetime | None
    pauses: tuple[Pause, ...]
    changes: tuple[Change, ...]
    run: Run


class Clock:
    """The clock of one name: `take` every situation in turn, then ask for the ``cycles``.

    Until a target fits it runs by the conditions of the ``first`` one, so that holds and
    updates before then are not lost.
    """

    __slots__ = (
        "_changes",
        "_conditions",
        "_conventions",
        "_end",
        "_had_one",
        "_kind",
        "_open",
        "_pauses",
        "_start",
        "_target",
        "finished",
        "run",
    )

    def __init__(self, first: Target, conventions: Conventions) -> None:
        self._kind = first.kind
        self._conventions = conventions
        self._conditions = first.conditions or conventions.conditions(first.kind)
        self._target: Target | None = None
        self._had_one = False  # until there is a target it runs all the same, for the first to take
        self._start: datetime | None = None
        self._end: datetime | None = None
        self._pauses: list[Pause] = []
        self._open: tuple[datetime, str] | None = None
        self._changes: list[Change] = []
        self.finished: list[Cycle] = []
        self.run = Run.NOT_STARTED

    def take(self, at: datetime, now: Situation, target: Target | None) -> None:
        """Be in the situation *now* from *at* on, under *target*."""
        if target is not self._target and target != self._target:
            self._retarget(at, target)
        if self._target is None and self._had_one:
            return
        conditions = self._conditions
        if _any_holds(conditions.cancel, now):
            self._finish(at, Run.CANCELLED)
            return
        if _any_holds(conditions.stop, now):
            if self.run is Run.NOT_STARTED and (
                not conditions.start or _any_holds(conditions.start, now)
            ):
                self._begin(at)
            self._finish(at, Run.STOPPED)
            return
        if self.run is Run.STOPPED or self.run is Run.CANCELLED:
            self._reopen(at, target)
            if self.run is Run.STOPPED or (self._target is None and self._had_one):
                return
        if self.run is Run.NOT_STARTED:
            if conditions.start and not _any_holds(conditions.start, now):
                return
            self._begin(at)
        if self._kind is TargetKind.UPDATE and now.updated_at is not None and self._start != at:
            self._finish(at, Run.STOPPED)
            self._renew(at)
        paused = _any_holds(conditions.pause, now)
        self._pause(at, _why(now) if paused else None)

    def _begin(self, at: datetime) -> None:
        self._start = at
        self.run = Run.RUNNING

    def _pause(self, at: datetime, why: str | None) -> None:
        if self._open is not None and self._open[1] != why:
            self._pauses.append(Pause(self._open[0], at, self._open[1]))
            self._open = None
        if why is not None and self._open is None:
            self._open = (at, why)
        self.run = Run.RUNNING if why is None else Run.PAUSED

    def _finish(self, at: datetime, run: Run) -> None:
        if self.run is Run.RUNNING or self.run is Run.PAUSED:
            self._pause(at, None)
            self._end = at
        if self.run is not Run.NOT_STARTED or run is Run.CANCELLED:
            self.run = run

    def _reopen(self, at: datetime, target: Target | None) -> None:
        """Go on after a stop, as the conventions say; a first response is not owed twice."""
        way = self._conventions.reopening
        if self._end is None or self._start is None:
            self.run = Run.NOT_STARTED
            return
        if way is Reopening.STAY_STOPPED or self._kind is TargetKind.RESPONSE:
            self.run = Run.STOPPED
            return
        if target is None and self._had_one:  # what goes on is promised to nobody any more
            self._lay_down()
            return
        if way is Reopening.NEW_CYCLE:
            self._renew(at)
            self._have(target)
            return
        if way is Reopening.RESUME:
            self._pauses.append(Pause(self._end, at, "resolved"))
        self._end = None
        self.run = Run.RUNNING
        if target is not None and target != self._target:
            self._retarget(at, target)

    def _renew(self, at: datetime) -> None:
        """Another cycle, from nothing."""
        cycle = self.cycle()
        # One that ends before it starts, where the record runs backwards, measures nothing.
        if cycle is not None and (cycle.end is None or cycle.end >= cycle.start):
            self.finished.append(cycle)
        self._start, self._end, self._pauses, self._changes = at, None, [], []
        self.run = Run.RUNNING

    def _have(self, target: Target | None) -> None:
        """Run under *target* from now on, by its conditions where it has its own."""
        self._target = target
        own = None if target is None else target.conditions
        self._conditions = own or self._conventions.conditions(self._kind)

    def _lay_down(self) -> None:
        """Have no target any more; what ran is finished."""
        cycle = self.cycle()
        assert cycle is not None
        if cycle.end is None or cycle.end >= cycle.start:
            self.finished.append(cycle)
        self._have(None)
        self._start = self._end = self._open = None
        self._pauses, self._changes = [], []
        self.run = Run.NOT_STARTED

    def _retarget(self, at: datetime, target: Target | None) -> None:
        before = self._target
        if before is None:
            self._have(target)
            self._had_one = True
            return
        if self.run is Run.STOPPED or self.run is Run.CANCELLED:
            return  # what is over keeps the target it was measured by
        if self._start is None:
            self._have(target)
            return
        if target is None:
            self._finish(at, Run.CANCELLED)
            self._lay_down()
            return
        way = self._conventions.retargeting
        pauses = self._spans(at)
        due = before.due(self._start, self._conventions.due, pauses)
        if way is Retargeting.KEEP_SHORTEST:
            other = target.due(self._start, self._conventions.due, pauses)
            if other >= due:
                return
        late = before.is_late(self._start, at, due, pauses)
        self._changes.append(Change(at, before, due, late))
        self._have(target)
        if way is Retargeting.RESTART:
            self._start = at
        if way in (Retargeting.RESTART, Retargeting.KEEP_START):
            self._pauses = []
            if self._open is not None:
                self._open = (at, self._open[1])

    def _spans(self, at: datetime) -> list[tuple[datetime, datetime]]:
        return spans(tuple(self._pauses) + self._lasting(), at)

    def _lasting(self) -> tuple[Pause, ...]:
        return () if self._open is None else (Pause(self._open[0], None, self._open[1]),)

    def cycle(self) -> Cycle | None:
        """The cycle that runs or ran last; ``None`` where none has started."""
        if self._start is None or self._target is None:
            return None
        return Cycle(
            self._target,
            self._start,
            self._end,
            tuple(self._pauses) + self._lasting(),
            tuple(self._changes),
            self.run,
        )


def spans(pauses: tuple[Pause, ...], at: datetime) -> list[tuple[datetime, datetime]]:
    """The pauses as pairs of instants; one that lasts ends at *at*, one that runs backwards
    in time is left out.
    """
    found = []
    for pause in pauses:
        end = at if pause.end is None else pause.end
        if end > pause.start:
            found.append((pause.start, end))
    return found


def _any_holds(rows: tuple[Condition, ...], now: Situation) -> bool:
    for row in rows:  # noqa: SIM110  # asked ten times an event, and any() takes twice as long
        if row.holds(now):
            return True
    return False


def _why(now: Situation) -> str:
    fold = now.fold
    if fold.hold_reason is not None:
        return f"on hold: {fold.hold_reason.name}"
    return "paused" if fold.status is None else f"in {fold.status.name}"
