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
    """At ``at`` another target took the place of ``before``, which would have been ``due``."""

    at: datetime
    before: Target
    due: datetime


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
    """The clock of one name: `take` every situation in turn, then ask for the ``cycles``."""

    __slots__ = (
        "_asked",
        "_changes",
        "_conditions",
        "_conventions",
        "_end",
        "_open",
        "_pauses",
        "_since",
        "_start",
        "_target",
        "_update_due",
        "finished",
        "run",
    )

    def __init__(self, conventions: Conventions) -> None:
        self._conventions = conventions
        self._target: Target | None = None
        self._asked: Target | None = None  # whose conditions are at hand
        self._since: datetime | None = None  # when it would have started, had it had a target
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
        if self._target is None:
            if self._since is None:
                self._since = at
            return
        if self._asked is not self._target:
            self._asked = self._target
            own = self._target.conditions
            self._conditions = own or self._conventions.conditions(self._target.kind)
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
            if self.run is Run.STOPPED:
                return
        if self.run is Run.NOT_STARTED:
            if conditions.start and not _any_holds(conditions.start, now):
                return
            self._begin(at)
        if (
            self._target.kind is TargetKind.UPDATE
            and now.updated_at is not None
            and self._start != at
        ):
            self._finish(at, Run.STOPPED)
            self._renew(at)
        paused = _any_holds(conditions.pause, now)
        self._pause(at, _why(now) if paused else None)

    def _begin(self, at: datetime) -> None:
        # An incident that had no target yet has waited all the same.
        self._start = at if self._since is None else self._since
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
        assert self._target is not None
        if self._end is None or self._start is None:
            self.run = Run.NOT_STARTED
            return
        if way is Reopening.NEW_CYCLE and self._target.kind is not TargetKind.RESPONSE:
            self._renew(at)
            self._target = target or self._target
            return
        if way is Reopening.STAY_STOPPED or self._target.kind is TargetKind.RESPONSE:
            self.run = Run.STOPPED
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
        assert cycle is not None
        self.finished.append(cycle)
        self._start, self._end, self._pauses, self._changes = at, None, [], []
        self.run = Run.RUNNING

    def _retarget(self, at: datetime, target: Target | None) -> None:
        before, self._target = self._target, target
        running = self.run is Run.RUNNING or self.run is Run.PAUSED
        if target is None:
            if running and before is not None:
                self._target = before
                self._finish(at, Run.CANCELLED)
                cycle = self.cycle()
                assert cycle is not None
                self.finished.append(cycle)
                self._target = None
                self._start = self._end = None
                self._pauses, self._changes = [], []
                self.run = Run.NOT_STARTED
            return
        if before is None or not running or self._start is None:
            # What has stopped keeps the target it was measured by.
            if before is not None and self.run is not Run.NOT_STARTED:
                self._target = before
            return
        way = self._conventions.retargeting
        due = before.due(self._start, self._conventions.due, self._spans(at))
        if way is Retargeting.KEEP_SHORTEST:
            other = target.due(self._start, self._conventions.due, self._spans(at))
            if other >= due:
                self._target = before
                return
        self._changes.append(Change(at, before, due))
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
