"""The business calendar: when a desk works, and what follows for time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from itilcore.decision import Decision
from itilcore.errors import Defect, EndlessSearch, InvalidInput, UnknownYear
from itilcore.version import content_version

from .combined import Combined, Joining
from .exceptions import Closure, Season, SpecialHours
from .holidays import Holidays
from .instant import EPOCH, datetime_like, micros, year_start
from .interval import Interval
from .many import add_many, elapsed_many
from .paused import Paused, Pauses
from .rules import Rules
from .shift import Hours
from .table import Table
from .week import WeeklyHours
from .zone import zone_of

__all__ = ["MOST_BUSINESS_DAYS", "BusinessCalendar", "Due", "Snap"]

Due = Literal["close", "next_open"]
"""Where a duration that runs out exactly at a closing ends: there, or at the next opening."""

Snap = Literal["next_open", "prev_open", "clip_to_close", "end_of_day"]
"""Where on its date a number of business days ends."""

_SNAPS: Final = ("next_open", "prev_open", "clip_to_close", "end_of_day")
_DUES: Final = ("close", "next_open")
_NEAR: Final = year_start(2020)
MOST_BUSINESS_DAYS: Final = 100_000
"""So many can be counted at once."""


@frozen(repr=False, cache_hash=True)
class BusinessCalendar:
    """When a desk works: a set of instants, made of hours in a time zone.

    Made by `weekly` or `always`; ``&``, ``|`` and ``-`` make another.  An instant is open
    exactly when its wall-clock time lies in a shift of its date, or in the tail of a shift of
    the date before, and in no closure: so a day of 23 or 25 hours has 23 or 25.  All
    arithmetic is on instants; what comes back is in the zone of the instant that was given.

    ``pauses``, wherever they may be given, are intervals in which nothing is open.

    Every method raises `itilcore.errors.NaiveInstant` for an instant without a UTC offset,
    `itilcore.errors.UnknownYear` for one outside the years that are known (1600 to 4000, or
    those of a snapshot of holidays) and `itilcore.errors.InvalidInput` for pauses, instants and
    durations that are none.

    >>> from datetime import date, datetime, timedelta
    >>> from zoneinfo import ZoneInfo
    >>> office = BusinessCalendar.weekly(
    ...     "Mon-Fri 09:00-17:30", tz="America/New_York", holidays=[date(2026, 12, 25)]
    ... )
    >>> thursday = datetime(2026, 12, 24, 16, 0, tzinfo=ZoneInfo("America/New_York"))
    >>> print(office.add(thursday, timedelta(hours=2)))
    2026-12-28 09:30:00-05:00
    >>> print(office.elapsed(thursday, thursday + timedelta(days=4)))
    8:30:00
    """

    rules: Rules | Combined

    @classmethod
    def weekly(
        cls,
        hours: WeeklyHours,
        tz: str | tzinfo,
        *,
        holidays: Any = (),
        special_hours: Mapping[Any, Hours | SpecialHours] = {},
        closures: Iterable[Closure | tuple[Any, ...]] = (),
        seasons: Iterable[Season | tuple[Any, Any, WeeklyHours]] = (),
    ) -> BusinessCalendar:
        """A calendar of weekly hours in a time zone, with what departs from them.

        *hours*: ``"Mon-Fri 09:00-12:00, 13:00-17:30; Sun 22:00-06:00"``, or a mapping of
        weekdays to hours.  *holidays*: dates, days of every year (``"12-25"``, ``"easter+1"``,
        ``"last Mon of May"``), a mapping of these to names, or `Holidays`.  *special_hours*:
        dates to hours; a holiday beats them unless they say otherwise.  *closures*: spans of
        wall-clock time, taken out last.  *seasons*: other weekly hours for a part of the
        year, the first that covers a date.

        Raises `itilcore.errors.InvalidCalendar` with every defect, among them a calendar that
        never opens.

        >>> desk = BusinessCalendar.weekly(
        ...     "Mon-Fri 25:00-09:00", tz="Mars/Olympus", holidays=["13-25"]
        ... )
        Traceback (most recent call last):
        itilcore.errors.InvalidCalendar: calendar: 3 defects
          hours[0][0]: '25:00' is no time of day
          tz: 'Mars/Olympus' is no time zone of the database
          holidays[0]: '13-25' is no day of the year: month must be in 1..12
        """
        return cls(Rules.of(hours, tz, holidays, special_hours, closures, seasons))

    @classmethod
    def always(cls, tz: str | tzinfo = "UTC") -> BusinessCalendar:
        """Open at every instant; *tz* says whose dates business days are.

        >>> from datetime import UTC, datetime, timedelta
        >>> now = datetime(2026, 1, 1, tzinfo=UTC)
        >>> BusinessCalendar.always().add(now, timedelta(hours=4)).isoformat()
        '2026-01-01T04:00:00+00:00'
        """
        return cls.weekly("Mon-Sun 00:00-24:00", tz)

    @cached_property
    def table(self) -> Table:
        """What the answers are looked up in.  Not part of the value; grows with the questions."""
        return Table(self.rules.year, self.rules.known, self.rules.explicit_years)

    @cached_property
    def version(self) -> str:
        """The content version: the same hours have the same.

        >>> BusinessCalendar.always().version
        'calendar:...'
        """
        return content_version("calendar", self.rules.content)

    @property
    def tz(self) -> ZoneInfo:
        """The zone whose wall clock and dates count.

        >>> BusinessCalendar.always("Asia/Tokyo").tz.key
        'Asia/Tokyo'
        """
        return self.rules.zone

    def __repr__(self) -> str:
        rules = self.rules
        if isinstance(rules, Combined):
            return f"({rules.left!r} {rules.joining.value} {rules.right!r})"
        more = [name for name in rules.content if name not in ("hours", "tz")]
        with_more = f", with {', '.join(more)}" if more else ""
        return f"<BusinessCalendar {rules.content['hours']}, {rules.tz}{with_more}>"

    def __and__(self, other: BusinessCalendar) -> BusinessCalendar:
        return self._joined(Joining.BOTH, other)

    def __or__(self, other: BusinessCalendar) -> BusinessCalendar:
        return self._joined(Joining.EITHER, other)

    def __sub__(self, other: BusinessCalendar) -> BusinessCalendar:
        return self._joined(Joining.WITHOUT, other)

    def _joined(self, joining: Joining, other: object) -> BusinessCalendar:
        if isinstance(other, BusinessCalendar):
            return BusinessCalendar(Combined(self, joining, other))
        return NotImplemented  # type: ignore[no-any-return]  # Python then raises TypeError

    @property
    def ever_opens(self) -> bool:
        """Whether it does, in the years that are known.

        One that is made by `weekly` has hours, but holidays or closures may cover them all, and
        two that are joined need not have any in common.

        >>> monday, tuesday = (
        ...     BusinessCalendar.weekly(f"{day} 09:00-17:00", tz="UTC") for day in ("Mon", "Tue")
        ... )
        >>> (monday | tuesday).ever_opens, (monday & tuesday).ever_opens
        (True, False)
        """
        rules = self.rules
        first, end = rules.known
        # In a table of its own, and nearly always near today: the years from 1600 on are many.
        for since in (min(max(first, _NEAR), end - 1), first):
            try:
                Table(rules.year, rules.known, rules.explicit_years).next_open(since)
            except (EndlessSearch, UnknownYear):
                continue
            return True
        return False

    def _index(self, pauses: Pauses) -> Table | Paused:
        return Paused(self.table, pauses) if pauses else self.table

    def elapsed(self, start: datetime, end: datetime, *, pauses: Pauses = ()) -> timedelta:
        """The open time from *start* to *end*; negative where *end* comes first.

        >>> from datetime import UTC, datetime
        >>> office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
        >>> friday, monday = (datetime(2026, 1, day, 12, tzinfo=UTC) for day in (2, 5))
        >>> str(office.elapsed(friday, monday))
        '8:00:00'
        """
        low, high = micros("start", start), micros("end", end)
        index = self._index(pauses) if pauses else self.table
        return timedelta(microseconds=index.count(high) - index.count(low))

    def add(
        self, start: datetime, duration: timedelta, *, due: Due = "close", pauses: Pauses = ()
    ) -> datetime:
        """The first instant by which *duration* of open time has passed since *start*.

        A duration that runs out exactly at a closing ends there; with ``due="next_open"`` it
        ends at the next opening, and so does none at all from a closed instant.  Without that
        ``add(t, 0)`` is ``t``.  A negative duration is subtracted.  Raises
        `itilcore.errors.EndlessSearch` where the calendar does not open that long.

        >>> from datetime import UTC, datetime, timedelta
        >>> office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
        >>> friday, hour = datetime(2026, 1, 2, 16, tzinfo=UTC), timedelta(hours=1)
        >>> print(office.add(friday, hour), office.add(friday, hour, due="next_open"))
        2026-01-02 17:00:00+00:00 2026-01-05 09:00:00+00:00
        """
        at = micros("start", start)
        amount = _amount(duration)
        if due not in _DUES:
            raise _no_due(due)
        if amount < 0:
            return self.subtract(start, -duration, pauses=pauses)
        index = self._index(pauses) if pauses else self.table
        if due == "next_open":
            return datetime_like(index.latest(index.count(at) + amount, at), start)
        if amount == 0:
            return start
        return datetime_like(index.soonest(index.count(at) + amount, at), start)

    def subtract(self, end: datetime, duration: timedelta, *, pauses: Pauses = ()) -> datetime:
        """The latest instant from which *duration* of open time passes until *end*.

        ``subtract(t, 0)`` is ``t``; a negative duration is added.  Raises
        `itilcore.errors.EndlessSearch` where the calendar was not open that long.

        >>> from datetime import UTC, datetime, timedelta
        >>> office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
        >>> print(office.subtract(datetime(2026, 1, 5, 10, tzinfo=UTC), timedelta(hours=2)))
        2026-01-02 16:00:00+00:00
        """
        at, amount = micros("end", end), _amount(duration)
        if amount <= 0:
            return self.add(end, -duration, pauses=pauses) if amount else end
        index = self._index(pauses)
        return datetime_like(index.latest(index.count(at) - amount, at), end)

    def elapsed_many(self, starts: Any, ends: Any) -> Any:
        """The open seconds between each two of *starts* and *ends*, in seconds since 1970.

        As `elapsed` answers, for rows of equal length, or for one number beside a row.  Arrays
        of numpy give an array, in a hundredth of the time; other sequences give a list.  What
        is missing (``None`` or NaN) makes an answer that is.  Floats tell microseconds apart up
        to the year 2242.  Raises `itilcore.errors.InvalidInput` with the places of the first
        twenty that are no numbers or not in the years that are known, and
        `itilcore.errors.MissingExtra` for an array without numpy.

        >>> office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
        >>> office.elapsed_many([1767355200, 1767355200.5, None], 1767380400)
        [18000.0, 17999.5, None]
        """
        return elapsed_many(self.table, starts, ends)

    def add_many(self, starts: Any, seconds: Any, *, due: Due = "close") -> Any:
        """The instants by which each of *seconds* has passed, in seconds since 1970.

        As `add` answers, with the numbers that `elapsed_many` takes.  Where a search has no
        end, a note of the error has the place.

        >>> office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
        >>> office.add_many([1767366000, 1767369600], 3600)
        [1767369600.0, 1767373200.0]
        """
        if due not in _DUES:
            raise _no_due(due)
        return add_many(self.table, starts, seconds, opening=due == "next_open")

    def is_open(self, at: datetime, *, pauses: Pauses = ()) -> bool:
        """Whether the desk works at *at*.  It does at an opening, and does not at a closing.

        >>> from datetime import UTC, datetime
        >>> BusinessCalendar.always().is_open(datetime(2026, 1, 1, tzinfo=UTC))
        True
        """
        return self._index(pauses).is_open(micros("at", at))

    def intervals(
        self, start: datetime, end: datetime, *, pauses: Pauses = ()
    ) -> tuple[Interval, ...]:
        """The open intervals from *start* to *end*, clipped to them, merged, ascending.

        None where *end* is not after *start*.  They are in the zone of *start*.

        >>> from datetime import UTC, datetime
        >>> office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
        >>> friday, monday = (datetime(2026, 1, day, 12, tzinfo=UTC) for day in (2, 5))
        >>> print(*office.intervals(friday, monday), sep=", ")
        2026-01-02T12:00:00+00:00/2026-01-02T17:00:00+00:00,
        2026-01-05T09:00:00+00:00/2026-01-05T12:00:00+00:00
        """
        low, high = micros("start", start), micros("end", end)
        spans = self._index(pauses).spans(low, high) if low < high else ()
        return tuple(
            Interval(datetime_like(first, start), datetime_like(last, start))
            for first, last in spans
        )

    def next_open(self, at: datetime, *, pauses: Pauses = ()) -> datetime:
        """The first open instant from *at* on: *at* itself where it is open.

        Raises `itilcore.errors.EndlessSearch` where there is none.

        >>> from datetime import UTC, datetime
        >>> office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
        >>> print(office.next_open(datetime(2026, 1, 2, 17, tzinfo=UTC)))
        2026-01-05 09:00:00+00:00
        """
        return datetime_like(self._index(pauses).next_open(micros("at", at)), at)

    def next_close(self, at: datetime, *, pauses: Pauses = ()) -> datetime:
        """The first closing after *at*: of the interval it lies in, or of the next one.

        Raises `itilcore.errors.EndlessSearch` where there is none.

        >>> from datetime import UTC, datetime
        >>> office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
        >>> print(office.next_close(datetime(2026, 1, 2, 17, tzinfo=UTC)))
        2026-01-05 17:00:00+00:00
        """
        return datetime_like(self._index(pauses).next_close(micros("at", at)), at)

    def add_days(
        self, start: datetime, days: int, *, snap: Snap = "end_of_day", pauses: Pauses = ()
    ) -> datetime:
        """*start* and a number of business days: dates on which a shift opens that has open time.

        The dates counted are those after the date of *start* in the zone of the calendar, or
        before it for a negative number; 0 is the date of *start*, or the next business day
        where it is none.  On the date that is reached *snap* says which instant is meant:
        ``end_of_day`` its last closing; ``clip_to_close`` the time of day of *start*, but no
        later than that closing; ``next_open`` that time of day, or the next opening where it
        is closed; ``prev_open`` the closing before instead.  With *pauses* the open time in
        them, from *start* on, is added as working time; back in time they change nothing.  Raises
        `itilcore.errors.EndlessSearch` where there are not so many business days.

        >>> from datetime import UTC, datetime
        >>> office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
        >>> print(office.add_days(datetime(2026, 1, 2, 12, tzinfo=UTC), 2))
        2026-01-06 17:00:00+00:00
        """
        if snap not in _SNAPS:
            raise InvalidInput(
                "snap", [Defect("", f"is {snap!r}: give one of {', '.join(_SNAPS)}")]
            )
        if type(days) is not int or abs(days) > MOST_BUSINESS_DAYS:
            problem = f"is {days!r:.60}: give a whole number of days up to {MOST_BUSINESS_DAYS:,}"
            raise InvalidInput("days", [Defect("", problem)])
        at = micros("start", start)
        self.table.cover(at)
        local = start.astimezone(self.tz)
        ordinal, spans = self._business_day(at, local.toordinal(), days)
        close = spans[-1][1]
        if snap == "end_of_day":
            found = close
        else:
            day, clock = date.fromordinal(ordinal), local.timetz()
            found = micros("due", datetime.combine(day, clock))
            if snap == "clip_to_close":
                found = min(found, close)
            elif snap == "next_open":
                found = self.table.next_open(found)
            elif not self.table.is_open(found):
                found = self.table.previous_close(found)
        if pauses and found > at:
            paused = Paused(self.table, pauses)
            spent = self.table.count(found) - self.table.count(at)
            lost = spent - (paused.count(found) - paused.count(at))
            if lost:
                found = paused.soonest(paused.count(found) + lost, found)
        return datetime_like(found, start)

    def _business_day(self, at: int, ordinal: int, days: int) -> tuple[int, list[tuple[int, int]]]:
        """The business day that is *days* away, and its open time."""
        step = -1 if days < 0 else 1
        left = abs(days)
        first, last = self.rules.known
        low, high = (datetime_like(each, EPOCH).astimezone(self.tz) for each in (first, last - 1))
        spans = self.rules.day(ordinal) if left == 0 else []
        barren = 0
        while left or not spans:
            ordinal += step
            if not low.toordinal() <= ordinal <= high.toordinal():
                raise UnknownYear(date.fromordinal(ordinal).year, low.year, high.year)
            spans = self.rules.day(ordinal)
            barren = 0 if spans else barren + 1
            if spans and left:
                left -= 1
            if barren > 50 * 366:
                since, until = sorted((at, at + step * barren * 86_400_000_000))
                raise EndlessSearch(
                    "business day", datetime_like(since, EPOCH), datetime_like(until, EPOCH)
                )
        return ordinal, spans

    def in_zone(self, tz: str | tzinfo) -> BusinessCalendar:
        """The same hours by the wall clock of another zone.

        >>> BusinessCalendar.weekly("Mon 09:00-17:00", tz="UTC").in_zone("Asia/Tokyo").tz.key
        'Asia/Tokyo'
        """
        rules = self.rules
        if isinstance(rules, Combined):
            sides = (rules.left.in_zone(tz), rules.joining, rules.right.in_zone(tz))
            return BusinessCalendar(Combined(*sides))
        return BusinessCalendar(evolve(rules, tz=zone_of(tz).key))

    def without_holidays(self) -> BusinessCalendar:
        """The same hours, holidays worked like any other day.

        >>> office = BusinessCalendar.weekly("Mon 09:00-17:00", tz="UTC", holidays=["12-25"])
        >>> office.without_holidays() == BusinessCalendar.weekly("Mon 09:00-17:00", tz="UTC")
        True
        """
        rules = self.rules
        if isinstance(rules, Combined):
            sides = (rules.left.without_holidays(), rules.joining, rules.right.without_holidays())
            return BusinessCalendar(Combined(*sides))
        return BusinessCalendar(evolve(rules, holidays=Holidays()))

    def is_holiday(self, when: date) -> bool:
        """Whether a date is a holiday of the calendar; of the left one where two are joined.

        >>> BusinessCalendar.weekly("Mon 09:00-17:00", "UTC", holidays=["12-25"]).is_holiday(
        ...     date(2026, 12, 25)
        ... )
        True
        """
        rules = self.rules
        while isinstance(rules, Combined):
            rules = rules.left.rules
        return rules.holidays.name_on(when) is not None

    def explain(self, at: datetime) -> Decision[bool]:
        """Whether *at* is open, with the rule that says so.

        >>> from datetime import UTC, date, datetime
        >>> office = BusinessCalendar.weekly(
        ...     "Mon-Fri 09:00-17:00", tz="UTC", holidays={date(2026, 12, 25): "Christmas Day"}
        ... )
        >>> print(*office.explain(datetime(2026, 12, 25, 12, tzinfo=UTC)).reasons)
        Fri 2026-12-25 is a holiday: Christmas Day
        >>> print(*office.explain(datetime(2026, 12, 24, 12, tzinfo=UTC)).reasons)
        Thu 2026-12-24 12:00:00 lies in 09:00-17:00
        """
        instant = micros("at", at)
        self.table.cover(instant, edge=False)
        answer, reasons = self.rules.explain(instant)
        return Decision(answer, reasons, self.version)


def _amount(duration: timedelta) -> int:
    try:
        return (duration.days * 86_400 + duration.seconds) * 1_000_000 + duration.microseconds
    except AttributeError:
        problem = f"is {duration!r:.60}: give a timedelta"
        raise InvalidInput("duration", [Defect("", problem)]) from None


def _no_due(given: object) -> InvalidInput:
    return InvalidInput("due", [Defect("", f"is {given!r}: give 'close' or 'next_open'")])
