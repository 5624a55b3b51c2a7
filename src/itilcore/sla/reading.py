"""Readings: how a clock stands at an instant, and the account of what it counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import Any, Final

from attrs import field, frozen

from itilcore.calendars import Interval, tz_version
from itilcore.decision import Reason
from itilcore.incident import in_utc

from .clock import Change, Cycle, Run, spans
from .conventions import Conventions
from .target import BusinessDays, Target, Threshold

__all__ = ["ClockState", "Entry", "PastCycle", "Reading", "Warned"]

_NOTHING: Final = timedelta()
_TICK: Final = timedelta(microseconds=1)


class ClockState(Enum):
    """How a clock stands.

    BREACHED is late, whether it has stopped or still runs.  UNKNOWN: the source is silent
    about what would stop it.
    """

    NOT_STARTED = "not started"
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@frozen
class Entry:
    """One line of an account: in ``interval`` time ``counted`` or did not, and ``why``."""

    interval: Interval
    counted: bool
    why: Reason

    def __str__(self) -> str:
        mark = "counts" if self.counted else "      "
        length = self.interval.duration
        start, end = (
            at.strftime("%Y-%m-%d %H:%M") for at in (self.interval.start, self.interval.end)
        )
        return f"{start} to {end}  {mark} {length!s:>16}  {self.why}"


@frozen
class PastCycle:
    """A run that is over: what it counted and when it was due."""

    target: Target
    started_at: datetime
    stopped_at: datetime
    due: datetime
    elapsed: timedelta
    breached_at: datetime | None

    @property
    def breached(self) -> bool:
        """Whether it was late, under its last target or an earlier one."""
        return self.breached_at is not None


@frozen
class Warned:
    """A threshold, the instant it stands for, and whether that has ``passed``."""

    threshold: Threshold
    at: datetime
    passed: bool


@frozen(kw_only=True)
class Reading:
    """How one clock stands at the instant ``at``.

    ``target`` is the promise in force, ``chosen`` the reasons why it is that one, ``cycle``
    the number of the run (from 1).  ``due`` is the due instant (of a paused clock: if it went
    on at ``at``), ``original_due`` what it was before the target changed, ``changes`` each
    such change, ``earlier`` the runs before.  ``elapsed`` and ``remaining`` are working time,
    the latter negative once late; ``percent`` is elapsed of the target.  ``breached`` says
    whether this run is late, ``ever_breached`` whether any run or any target was;
    ``breached_at`` is when the first of them became late.  ``warnings`` are the thresholds with
    their instants, ``paused`` the working time that pauses took out, ``versions`` those of
    agreement, calendar and time-zone database.  All instants are in UTC; what does not exist is
    ``None``.
    """

    name: str
    state: ClockState
    at: datetime
    target: Target | None = None
    chosen: tuple[Reason, ...] = ()
    cycle: int = 0
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    due: datetime | None = None
    original_due: datetime | None = None
    elapsed: timedelta | None = None
    remaining: timedelta | None = None
    percent: float | None = None
    breached: bool = False
    ever_breached: bool = False
    breached_at: datetime | None = None
    warnings: tuple[Warned, ...] = ()
    paused: timedelta | None = None
    changes: tuple[Change, ...] = ()
    earlier: tuple[PastCycle, ...] = ()
    agreement: str = ""
    agreement_version: str = ""
    ran: Cycle | None = field(default=None, repr=False, eq=False)

    @property
    def is_running_late(self) -> bool:
        """Late, and not stopped yet."""
        return self.breached and self.stopped_at is None

    @property
    def is_running(self) -> bool:
        """Neither paused nor over, late or not: the clock goes on from ``at``."""
        return self.ran is not None and self.ran.run is Run.RUNNING

    @property
    def versions(self) -> tuple[tuple[str, str], ...]:
        """The versions that the reading rests on: of agreement, calendar and time zones."""
        calendar = "" if self.target is None else self.target.calendar.version
        return (
            ("agreement", self.agreement_version),
            ("calendar", calendar),
            ("time zones", tz_version()),
        )

    @cached_property
    def late_from(self) -> datetime | None:
        """The first instant at which it is late, if nothing holds the clock up from ``at`` on.

        After a target that is due at a closing that is when it opens again: until then not more
        than the time of the target has passed.  ``None`` where there is none: the clock has not
        started, or is paused or stopped before that.  Raises what the calendar of the target
        raises.
        """
        ran, target = self.ran, self.target
        if ran is None or target is None or self.due is None:
            return None
        end = self.at if ran.end is None else ran.end
        found = in_utc(self.due) + _TICK
        if isinstance(target.within, timedelta):
            # At the very due instant, and while nothing counts after it, it is not late yet.
            pauses = spans(ran.pauses, end)
            over = target.calendar.add(ran.start, target.within + _TICK, pauses=pauses)
            found = max(found, in_utc(over))
        return found if found <= end or self.is_running else None

    def passes(self, percent: float) -> datetime | None:
        """When *percent* of the target have elapsed, if nothing holds the clock up from ``at`` on.

        The first such instant, in UTC; over 100 it lies after the due instant.  ``None`` where
        there is none: the clock has not started, or is paused or stopped before that.  Raises
        what the calendar of the target raises.
        """
        ran, target = self.ran, self.target
        if ran is None or target is None or self.due is None:
            return None
        end = self.at if ran.end is None else ran.end
        pauses = spans(ran.pauses, end)
        whole = target.within
        if isinstance(whole, BusinessDays):
            whole = target.calendar.elapsed(ran.start, self.due, pauses=pauses)
        found = in_utc(target.calendar.add(ran.start, whole * (percent / 100), pauses=pauses))
        return found if found <= end or self.is_running else None

    @cached_property
    def account(self) -> tuple[Entry, ...]:
        """From the start to the stop or to ``at``: which intervals counted, which did not, why.

        The entries follow each other without a gap; those that counted add up to ``elapsed``.
        What the calendar closes is parted at midnights of its zone.
        """
        if self.ran is None or self.target is None or self.started_at is None:
            return ()
        end = self.at if self.stopped_at is None else self.stopped_at
        found: list[Entry] = []
        last = self.started_at
        for start, stop, why in _pauses(self.ran, end):
            low, high = max(start, last), min(stop, end)
            if high <= low:
                continue
            found += _running(self.target, last, low)
            found.append(Entry(Interval(low, high), False, Reason("paused", why)))
            last = high
        if last < end:
            found += _running(self.target, last, end)
        return tuple(found)

    def to_dict(self, *, account: bool = False) -> dict[str, Any]:
        """The reading as JSON values, durations in seconds; with its *account* if asked for."""
        found = {
            "name": self.name,
            "agreement": self.agreement,
            "target": None if self.target is None else str(self.target),
            "state": self.state.value,
            "at": self.at.isoformat(),
            "cycle": self.cycle,
            **{
                name: None if getattr(self, name) is None else getattr(self, name).isoformat()
                for name in ("started_at", "stopped_at", "due", "original_due", "breached_at")
            },
            **{
                f"{name}_seconds": (
                    None if getattr(self, name) is None else getattr(self, name).total_seconds()
                )
                for name in ("elapsed", "remaining", "paused")
            },
            "percent": self.percent,
            "breached": self.breached,
            "ever_breached": self.ever_breached,
            "warnings": [
                {"threshold": str(w.threshold), "at": w.at.isoformat(), "passed": w.passed}
                for w in self.warnings
            ],
            "chosen": [str(reason) for reason in self.chosen],
            "changes": [
                {
                    "at": change.at.isoformat(),
                    "before": str(change.before),
                    "due": change.due.isoformat(),
                    "late": change.late,
                }
                for change in self.changes
            ],
            "earlier": [
                {
                    "target": str(run.target),
                    "started_at": run.started_at.isoformat(),
                    "stopped_at": run.stopped_at.isoformat(),
                    "due": run.due.isoformat(),
                    "elapsed_seconds": run.elapsed.total_seconds(),
                    "breached": run.breached,
                }
                for run in self.earlier
            ],
            "versions": dict(self.versions),
        }
        if account:
            found["account"] = [
                {
                    "start": entry.interval.start.isoformat(),
                    "end": entry.interval.end.isoformat(),
                    "counted": entry.counted,
                    "why": str(entry.why),
                }
                for entry in self.account
            ]
        return found

    def explain(self) -> str:
        """The reading and its account as lines of text, in the zone of the calendar."""
        if self.target is None or self.started_at is None:
            return f"{self.name}: {self.state.value}"
        zone = self.target.calendar.tz
        lines = [f"{self.target}: {self.state.value}"]
        lines += [f"  chosen: {reason}" for reason in self.chosen]
        if self.due is not None:
            lines.append(f"  due {self.due.astimezone(zone):%Y-%m-%d %H:%M %Z}")
        lines.append(f"  elapsed {_signed(self.elapsed)}, remaining {_signed(self.remaining)}")
        for change in self.changes:
            lines.append(
                f"  {change.at.astimezone(zone):%Y-%m-%d %H:%M} took the place of "
                f"{change.before}, due {change.due.astimezone(zone):%Y-%m-%d %H:%M}"
            )
        for entry in self.account:
            local = Interval(
                entry.interval.start.astimezone(zone), entry.interval.end.astimezone(zone)
            )
            lines.append(f"  {Entry(local, entry.counted, entry.why)}")
        return "\n".join(lines)


def _signed(value: timedelta | None) -> str:
    if value is None:
        return "unknown"
    return f"-{-value}" if value < _NOTHING else str(value)


def _pauses(cycle: Cycle, at: datetime) -> list[tuple[datetime, datetime, str]]:
    found = [(p.start, at if p.end is None else p.end, p.why) for p in cycle.pauses]
    return sorted(found, key=lambda pause: pause[:2])


def _running(target: Target, start: datetime, end: datetime) -> list[Entry]:
    """What the calendar counts of a stretch in which the clock runs."""
    found: list[Entry] = []
    last = start
    calendar = target.calendar
    for interval in calendar.intervals(start, end):
        found += _closed(target, last, interval.start)
        found.append(Entry(interval, True, calendar.explain(interval.start).reasons[0]))
        last = interval.end
    return found + _closed(target, last, end)


def _closed(target: Target, start: datetime, end: datetime) -> list[Entry]:
    """A stretch in which the calendar is closed, parted at its midnights."""
    found = []
    zone = target.calendar.tz
    while start < end:
        local = start.astimezone(zone)
        midnight = in_utc(
            (local.replace(tzinfo=None) + timedelta(days=1)).replace(
                hour=0, minute=0, second=0, microsecond=0, tzinfo=zone
            )
        )
        stop = min(midnight, end) if midnight > start else end
        why = target.calendar.explain(start).reasons
        found.append(Entry(Interval(start, stop), False, why[0]))
        start = stop
    return found


def reading_of(
    cycle: Cycle,
    earlier: tuple[Cycle, ...],
    conventions: Conventions,
    at: datetime,
    **common: Any,
) -> Reading:
    """The reading of a clock whose last run is *cycle*, after the runs *earlier*."""
    target = cycle.target
    end = at if cycle.end is None else cycle.end
    pauses = spans(cycle.pauses, end)
    due = target.due(cycle.start, conventions.due, pauses)
    elapsed = target.calendar.elapsed(cycle.start, end, pauses=pauses)
    whole = target.within
    if isinstance(whole, BusinessDays):
        remaining = target.calendar.elapsed(end, due)
        whole = elapsed + remaining
    else:
        remaining = whole - elapsed
    late = target.is_late(cycle.start, end, due, pauses)
    past = tuple(_past(run, conventions) for run in earlier)
    lateness = [run.breached_at for run in past if run.breached_at is not None]
    lateness += [change.due for change in cycle.changes if change.late]
    if late:
        lateness.append(due)
    return Reading(
        state=_state(cycle.run, late),
        at=at,
        target=target,
        cycle=len(earlier) + 1,
        started_at=cycle.start,
        stopped_at=cycle.end,
        due=due,
        original_due=cycle.changes[0].due if cycle.changes else due,
        elapsed=elapsed,
        remaining=remaining,
        percent=100 * (elapsed / whole) if whole else None,
        breached=late,
        ever_breached=bool(lateness),
        breached_at=min(lateness) if lateness else None,
        warnings=tuple(
            Warned(threshold, instant, instant <= end)
            for threshold in target.warn
            for instant in (threshold.on(target, cycle.start, due, pauses),)
        ),
        paused=target.calendar.elapsed(cycle.start, end) - elapsed if pauses else _NOTHING,
        changes=cycle.changes,
        earlier=past,
        ran=cycle,
        **common,
    )


def _past(cycle: Cycle, conventions: Conventions) -> PastCycle:
    assert cycle.end is not None
    pauses = spans(cycle.pauses, cycle.end)
    due = cycle.target.due(cycle.start, conventions.due, pauses)
    late = [change.due for change in cycle.changes if change.late]
    if cycle.target.is_late(cycle.start, cycle.end, due, pauses):
        late.append(due)
    elapsed = cycle.target.calendar.elapsed(cycle.start, cycle.end, pauses=pauses)
    first = min(late) if late else None
    return PastCycle(cycle.target, cycle.start, cycle.end, due, elapsed, first)


def _state(run: Run, late: bool) -> ClockState:
    if run is Run.CANCELLED:
        return ClockState.CANCELLED
    if late:
        return ClockState.BREACHED
    if run is Run.STOPPED:
        return ClockState.MET
    return ClockState.PAUSED if run is Run.PAUSED else ClockState.RUNNING
