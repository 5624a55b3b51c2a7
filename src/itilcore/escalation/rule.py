"""Escalation rules: rows of what is looked at, when, who hears it, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum
from itertools import islice
from typing import Any, Final

from attrs import field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.errors import Defect, InvalidInput, name_defects
from itilcore.given import several
from itilcore.incident import EscalationKind, Phase
from itilcore.version import JSONValue

from .course import Moment
from .recipient import Recipient, RecipientKind
from .scope import EscalationScope
from .trigger import Trigger, TriggerKind

__all__ = ["EscalationRule", "Stop"]

_NOTHING: Final = timedelta()
_LONGEST: Final = timedelta(days=366)
_MOST: Final = 100
_WAITS: Final = (
    TriggerKind.NO_ACKNOWLEDGEMENT,
    TriggerKind.NO_PROGRESS,
    TriggerKind.VENDOR_SILENT,
)
"""What comes to nothing without a time to wait for."""


class Stop(Enum):
    """What ends the steps of a rule.

    ACKNOWLEDGED: somebody took it on.  ASSIGNED: a person has it.  PROGRESS: an event by a
    person after what began it.  ON_HOLD: it waits.  WORKAROUND: one is known.
    """

    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    PROGRESS = "progress"
    ON_HOLD = "on hold"
    WORKAROUND = "workaround"

    def holds(self, now: Moment) -> bool:
        """Whether an incident that stands so is stopped by it; `PROGRESS` is no state.

        >>> Stop.PROGRESS.value
        'progress'
        """
        return {
            Stop.ACKNOWLEDGED: now.acknowledged is True,
            Stop.ASSIGNED: now.assignee is not None,
            Stop.PROGRESS: False,
            Stop.ON_HOLD: now.phase is Phase.WAITING,
            Stop.WORKAROUND: now.workaround,
        }[self]


def _recipient(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return Recipient.parse(given)
    except InvalidInput:
        return given  # told with the other defects


def _stops(given: Any) -> tuple[Any, ...]:
    found = several(given)
    if all(isinstance(each, Stop) for each in found):
        return tuple(each for each in Stop if each in found)
    return found


@frozen(kw_only=True)
class EscalationRule:
    """When ``trigger`` is so, and ``after`` more time of ``calendar``, tell ``to``.

    ``kind`` says whether that is another group or somebody who decides.  ``to`` is a
    `Recipient`, or its text.  ``calendar`` ``None`` is around the clock; a step of no delay that
    falls into its closed time comes at its next opening.  In the open time of ``quiet`` nothing
    is said: what comes due then comes at its end.  ``repeat_every`` so much time of the
    calendar another step follows, ``most`` in all.  ``applies`` is which incidents it is for.
    ``stops`` end it; a resolution, a closure and a cancellation always do, and a hold ends
    no progress.  Once nothing stops it any more, as after a hold, it begins anew from there.

    Raises `itilcore.errors.InvalidInput` with everything at once: a negative delay or one of
    more than 366 days, no delay where waiting is the point, a repetition of nothing, a cap
    below 1 or over 100, one without the other.

    >>> rule = EscalationRule(
    ...     name="nobody took it", trigger=Trigger(TriggerKind.NO_ACKNOWLEDGEMENT),
    ...     after=timedelta(minutes=15), kind=EscalationKind.HIERARCHIC, to="manager",
    ...     repeat_every=timedelta(minutes=30), most=3,
    ... )
    >>> from datetime import UTC
    >>> [f"{at:%H:%M}" for at in rule.instants(datetime(2026, 1, 5, 9, tzinfo=UTC))]
    ['09:15', '09:45', '10:15']
    """

    name: str
    trigger: Trigger
    kind: EscalationKind
    to: Recipient = field(converter=_recipient)
    after: timedelta = _NOTHING
    calendar: BusinessCalendar | None = None
    quiet: BusinessCalendar | None = None
    repeat_every: timedelta | None = None
    most: int = 1
    applies: EscalationScope = field(factory=EscalationScope)
    stops: tuple[Stop, ...] = field(default=(), converter=_stops)

    def __attrs_post_init__(self) -> None:
        defects = name_defects("name", self.name)
        kinds: dict[str, type] = {
            "trigger": Trigger,
            "kind": EscalationKind,
            "applies": EscalationScope,
        }
        for name, kind in kinds.items():
            if not isinstance(getattr(self, name), kind):
                problem = f"is {getattr(self, name)!r:.60}: give a value of {kind.__name__}"
                defects.append(Defect(name, problem))
        defects += self._to_defects()
        defects += self._time_defects()
        for name in ("calendar", "quiet"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, BusinessCalendar):
                problem = f"is {value!r:.60}: give a BusinessCalendar, or None"
                defects.append(Defect(name, problem))
        for index, stop in enumerate(self.stops):
            if not isinstance(stop, Stop):
                defects.append(Defect(f"stops[{index}]", f"is {stop!r:.60}: give a Stop"))
        if defects:
            raise InvalidInput("escalation rule", defects)

    def _to_defects(self) -> Iterator[Defect]:
        given: object = self.to
        if isinstance(given, str):
            try:
                Recipient.parse(given)
            except InvalidInput as error:
                yield from (Defect("to", each.problem) for each in error.defects)
        elif not isinstance(given, Recipient):
            yield Defect("to", f"is {given!r:.60}: give a Recipient, or its text")
        elif given.kind is RecipientKind.MANAGER and self.kind is EscalationKind.FUNCTIONAL:
            yield Defect("to", "is a manager: that is a hierarchic escalation")
        elif given.kind is RecipientKind.NEXT_TIER and self.kind is EscalationKind.HIERARCHIC:
            yield Defect("to", "is the next tier: that is a functional escalation")

    def _time_defects(self) -> Iterator[Defect]:
        after: object = self.after
        if not isinstance(after, timedelta):
            yield Defect("after", f"is {after!r:.60}: give a timedelta")
        elif not _NOTHING <= after <= _LONGEST:
            yield Defect("after", f"is {_span(after)}: give a time from nothing to 366 days")
        elif not after and isinstance(self.trigger, Trigger) and self.trigger.kind in _WAITS:
            yield Defect("after", f"is nothing: say how long {self.trigger.kind.value} may last")
        every: object = self.repeat_every
        if every is not None and not isinstance(every, timedelta):
            yield Defect("repeat_every", f"is {every!r:.60}: give a timedelta, or None")
        elif isinstance(every, timedelta) and not _NOTHING < every <= _LONGEST:
            problem = f"is {_span(every)}: give a time of more than nothing, up to 366 days"
            yield Defect("repeat_every", problem)
        if type(self.most) is not int or not 1 <= self.most <= _MOST:
            yield Defect("most", f"is {self.most!r:.60}: give a whole number from 1 to {_MOST}")
        elif self.most > 1 and every is None:
            yield Defect("most", f"is {self.most}, and repeat_every says not how far apart")
        elif self.most == 1 and every is not None:
            yield Defect("repeat_every", "is given, and most lets nothing be repeated")

    def added(self, at: datetime, time: timedelta) -> datetime:
        """*time* of the calendar after *at*, and for no time the next instant that is open.

        Raises what the calendar raises.
        """
        if self.calendar is None:
            return at + time
        return self.calendar.add(at, time) if time else self.calendar.next_open(at)

    def heard(self, at: datetime) -> datetime:
        """*at*, or the end of the quiet hours that it lies in.

        Raises what the calendar of quiet hours raises.
        """
        if self.quiet is None or not self.quiet.is_open(at):
            return at
        return self.quiet.next_close(at)

    def instants(self, since: datetime, not_before: datetime | None = None) -> Iterator[datetime]:
        """When each step comes, for what has been so *since* an instant; ``most`` at most.

        A step that quiet hours put off puts off those after it: they do not come all at once.
        None comes earlier than *not_before*.  Raises what the calendars raise.
        """
        return islice(self._instants(since, not_before), self.most)

    def _instants(self, since: datetime, not_before: datetime | None) -> Iterator[datetime]:
        at = self.added(since, self.after)
        if not_before is not None:
            at = max(at, not_before)
        while True:
            at = self.heard(at)
            yield at
            at = self.added(at, self.repeat_every or _NOTHING)

    def is_stopped(self, now: Moment) -> bool:
        """Whether an incident that stands so is none of its business now."""
        return now.is_over or any(stop.holds(now) for stop in (*self.stops, *self._own_stops))

    @property
    def _own_stops(self) -> tuple[Stop, ...]:
        # Of what waits nobody expects progress: else a longer hold would be told of sooner.
        return (Stop.ON_HOLD,) if self.trigger.kind is TriggerKind.NO_PROGRESS else ()

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; calendars by their version."""
        every = self.repeat_every
        return {
            "name": self.name,
            "trigger": self.trigger.content,
            "after": self.after.total_seconds(),
            "kind": self.kind.value,
            "to": str(self.to),
            "calendar": None if self.calendar is None else self.calendar.version,
            "quiet": None if self.quiet is None else self.quiet.version,
            "repeat_every": None if every is None else every.total_seconds(),
            "most": self.most,
            "applies": self.applies.content,
            "stops": [stop.value for stop in self.stops],
        }


def _span(time: timedelta) -> str:
    return f"-{-time}" if time < _NOTHING else str(time)
