"""The rules of one desk: which shifts a date has and why, and the instants they make.

Which shifts: closure > special hours that override holidays > holiday > special hours >
season > weekly hours.  A shift belongs to the date on which it opens.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import field, frozen

from itilcore.decision import Reason
from itilcore.errors import Defect, InvalidInput, UnknownYear
from itilcore.version import JSONValue

from .exceptions import (
    Closure,
    Season,
    SpecialHours,
    closure_of,
    collect,
    refuse,
    season_of,
    special_of,
)
from .holidays import Holidays
from .instant import EPOCH, FIRST_YEAR, LAST_YEAR, SECOND, datetime_like, year_start
from .shift import DAY_SECONDS, Shift
from .spans import Spans, joined, on_instants, without
from .week import WEEKDAYS, Week, week_of, week_text
from .zone import segments, zone_of

__all__ = ["Known", "Rules"]

Known = tuple[int, int]
"""The instants between which a calendar can tell, in microseconds since 1970."""

_EPOCH_DAY: Final = EPOCH.toordinal()


@frozen
class Rules:
    """Weekly hours in a zone, and what departs from them: all that makes a calendar."""

    week: Week
    tz: str
    holidays: Holidays = field(factory=Holidays)
    special_hours: tuple[tuple[date, SpecialHours], ...] = ()
    closures: tuple[Closure, ...] = ()
    seasons: tuple[Season, ...] = ()

    @classmethod
    def of(
        cls, hours: Any, tz: Any, holidays: Any, special_hours: Any, closures: Any, seasons: Any
    ) -> Rules:
        """Rules from what a caller gave; raises `InvalidCalendar` with every defect at once."""
        defects: list[Defect] = []

        def part(name: str, read: Any, given: Any, otherwise: Any) -> Any:
            try:
                return read(given)
            except InvalidInput as error:
                defects.extend(
                    Defect(
                        f"{name}{d.path}" if d.path[:1] in ("", "[") else f"{name}.{d.path}",
                        d.problem,
                    )
                    for d in error.defects
                )
                return otherwise

        week = part("hours", week_of, hours, ())
        zone = part("tz", zone_of, tz, None)
        days = part("holidays", Holidays.of, holidays, None)
        special = collect("special_hours", special_hours, special_of, defects)
        counted = Counter(when for when, _ in special)
        defects += [
            Defect(f"special_hours[{when}]", "has hours already")
            for when, count in counted.items()
            if count > 1
        ]
        closed = collect("closures", closures, closure_of, defects)
        other = collect("seasons", seasons, season_of, defects)
        if not defects and not any(
            (any(week), *(any(season.hours) for season in other), *(s.hours for _, s in special))
        ):
            defects.append(Defect("hours", "never open: give some hours"))
        refuse(defects)
        return cls(
            week,
            zone.key,
            days,
            tuple(sorted(special, key=lambda pair: pair[0])),
            tuple(sorted(closed, key=lambda closure: (closure.start, closure.end))),
            tuple(other),
        )

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone whose wall clock counts."""
        return zone_of(self.tz)

    @cached_property
    def known(self) -> Known:
        """From the first instant that can be told up to the last."""
        if self.holidays.years is None:
            return year_start(FIRST_YEAR), year_start(LAST_YEAR + 1)
        first, last = (min(max(y, FIRST_YEAR), LAST_YEAR) for y in self.holidays.years)
        # The tail of a shift of the day before belongs to a year that is not known.
        shifts = [*self.week, *(day for season in self.seasons for day in season.hours)]
        special = self._special.get(date(first, 1, 1) - timedelta(days=1))
        if special is not None:
            shifts.append(special.hours)
        tail = max((s.closes - DAY_SECONDS for day in shifts for s in day), default=0)
        start = datetime(first, 1, 1, tzinfo=self.zone) + timedelta(seconds=max(tail, 0))
        end = datetime(last + 1, 1, 1, tzinfo=self.zone)
        low, high = (int((at - EPOCH).total_seconds()) * SECOND for at in (start, end))
        return max(low, year_start(FIRST_YEAR)), min(high, year_start(LAST_YEAR + 1))

    @cached_property
    def explicit_years(self) -> tuple[int, int] | None:
        """The first and the last year that a date of the rules names; none if none does."""
        years = [when.year for when, _ in self.special_hours]
        years += [when.year for when, _ in self.holidays.dates]
        years += [when.year for closure in self.closures for when in (closure.start, closure.end)]
        years += [
            edge.year for s in self.seasons for edge in (s.start, s.end) if isinstance(edge, date)
        ]
        return (min(years), max(years)) if years else None

    @cached_property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON: what the version names."""
        found: dict[str, JSONValue] = {"hours": week_text(self.week), "tz": self.tz}
        if self.holidays != Holidays():
            found["holidays"] = {
                "dates": [[when.isoformat(), name] for when, name in self.holidays.dates],
                "rules": [[rule.text, name] for rule, name in self.holidays.rules],
                "years": self.holidays.years,
            }
        if self.special_hours:
            found["special_hours"] = [
                [when.isoformat(), ", ".join(map(str, s.hours)), s.over_holidays, s.name]
                for when, s in self.special_hours
            ]
        if self.closures:
            found["closures"] = [
                [c.start.isoformat(), c.end.isoformat(), c.name] for c in self.closures
            ]
        if self.seasons:
            found["seasons"] = [
                [str(s.start), str(s.end), week_text(s.hours), s.name] for s in self.seasons
            ]
        return found

    @cached_property
    def _special(self) -> dict[date, SpecialHours]:
        return dict(self.special_hours)

    @cached_property
    def _closed(self) -> Spans:
        """The closures, in seconds of wall-clock time since 1970."""
        return joined(sorted((_wall_seconds(c.start), _wall_seconds(c.end)) for c in self.closures))

    def shifts_on(self, when: date, holiday: str | None) -> tuple[tuple[Shift, ...], str, str]:
        """The shifts of a date, the rule that chose them and its name."""
        special = self._special.get(when)
        if special is not None and (special.over_holidays or holiday is None):
            return special.hours, "special hours", special.name
        if holiday is not None:
            return (), "holiday", holiday
        for season in self.seasons:
            if season.covers(when):
                return season.hours[when.weekday()], "season", season.name
        return self.week[when.weekday()], "weekly hours", ""

    def year(self, year: int) -> Spans:
        """The open time of a year of UTC, in microseconds."""
        low, high = year_start(year) // SECOND, year_start(year + 1) // SECOND
        first = date(year, 1, 1).toordinal() - 2
        wall = self._wall_spans(range(first, first + (high - low) // DAY_SECONDS + 4))
        return [
            (start * SECOND, end * SECOND)
            for start, end in on_instants(wall, segments(self.zone, low, high))
        ]

    def _wall_spans(self, ordinals: range) -> Spans:
        """The open wall-clock time of the shifts of some dates, in seconds since 1970."""
        years = {date.fromordinal(edge).year for edge in (ordinals[0], ordinals[-1])}
        holidays: dict[int, str] = {}
        for year in range(min(years), max(years) + 1):
            found = self.holidays.in_year(year)
            holidays.update((when.toordinal(), name) for when, name in found.items())
        plain = not self.seasons
        special = {when.toordinal() for when in self._special}
        spans: Spans = []
        for ordinal in ordinals:
            if plain and ordinal not in holidays and ordinal not in special:
                shifts = self.week[(ordinal + 6) % 7]
            else:
                shifts, _, _ = self.shifts_on(date.fromordinal(ordinal), holidays.get(ordinal))
            midnight = (ordinal - _EPOCH_DAY) * DAY_SECONDS
            for shift in shifts:
                spans.append((midnight + shift.opens, midnight + shift.closes))
        spans.sort()
        return without(joined(spans), self._closed)

    def day(self, ordinal: int) -> Spans:
        """The open time of the shifts that open on a date, in microseconds."""
        when = date.fromordinal(ordinal)
        holiday = self.holidays.name_on(when)
        shifts, _, _ = self.shifts_on(when, holiday)
        if not shifts:
            return []
        midnight = (ordinal - _EPOCH_DAY) * DAY_SECONDS
        wall = without(
            joined([(midnight + shift.opens, midnight + shift.closes) for shift in shifts]),
            self._closed,
        )
        around = segments(self.zone, midnight - 2 * DAY_SECONDS, midnight + 4 * DAY_SECONDS)
        return [(start * SECOND, end * SECOND) for start, end in on_instants(wall, around)]

    def explain(self, at: int) -> tuple[bool, list[Reason]]:
        """Whether the instant *at* is open, and why."""
        local = datetime_like(at, EPOCH).astimezone(self.zone).replace(tzinfo=None)
        for closure in self.closures:
            if closure.start <= local < closure.end:
                span = f"{closure.start} to {closure.end}"
                text = f"{_moment(local)} lies in {closure.name}, {span}"
                return False, [Reason("closure", text, {"closure": closure.name})]
        second = (local.hour * 60 + local.minute) * 60 + local.second
        today, yesterday = local.date(), local.date() - timedelta(days=1)
        reasons = []
        for when, offset in ((today, 0), (yesterday, DAY_SECONDS)):
            shifts, rule, name = self.shifts_on(when, self._holiday(when))
            for shift in shifts:
                if shift.opens <= second + offset < shift.closes:
                    of = "" if when == today else f" of {_day(when)}"
                    text = f"{_moment(local)} lies in {shift}{of}{_named(name)}"
                    return True, [
                        Reason(rule, text, {"date": when.isoformat(), "shift": str(shift)})
                    ]
            if when == today:
                reasons = [_closed_reason(local, shifts, rule, name)]
        return False, reasons

    def _holiday(self, when: date) -> str | None:
        try:
            return self.holidays.name_on(when)
        except UnknownYear:  # the tail of an unknown day before: `known` has ruled it out
            return ""


def _closed_reason(local: datetime, shifts: tuple[Shift, ...], rule: str, name: str) -> Reason:
    if rule == "holiday":
        text = f"{_day(local.date())} is a holiday: {name}"
    elif shifts:
        text = f"{_moment(local)} lies outside {', '.join(map(str, shifts))}{_named(name)}"
    else:
        text = f"{_day(local.date())} has no hours{_named(name)}"
    return Reason(rule, text, {"date": local.date().isoformat()})


def _named(name: str) -> str:
    return f" ({name})" if name else ""


def _day(when: date) -> str:
    return f"{WEEKDAYS[when.weekday()]} {when.isoformat()}"


def _moment(local: datetime) -> str:
    return f"{_day(local.date())} {local.time().isoformat('auto')}"


def _wall_seconds(wall: datetime) -> int:
    since = wall - EPOCH.replace(tzinfo=None)
    return since.days * DAY_SECONDS + since.seconds
