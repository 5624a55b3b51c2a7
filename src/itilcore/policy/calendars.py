"""The section ``[calendars]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from itilcore.calendars import BusinessCalendar, Closure, Holidays, Season, SpecialHours
from itilcore.errors import Defect, InvalidInput

from .reading import Place
from .written import WrittenCalendar, WrittenClosure, WrittenSeason, WrittenSpecialHours

__all__ = ["read_calendars"]

_OF_THEIR_OWN: Final = ("hours", "tz", "holidays", "special_hours", "closures", "seasons")
"""What a calendar that joins others has none of: theirs count."""

_LIBRARY: Final = ("country", "subdivision", "categories", "years")
_YEARS: Final = "give the first and the last year, such as [2026, 2030]"
_MOST_YEARS: Final = 200


def read_calendars(place: Place, given: object) -> dict[str, BusinessCalendar]:
    """The calendars by name, each made of those that it joins or leaves out."""
    tables = place.tables(given)
    records = {
        name: record
        for name, table in tables.items()
        if (record := (place / name).record(WrittenCalendar, table)) is not None
    }
    own: dict[str, BusinessCalendar] = {}
    for name, record in records.items():
        if record.any_of or record.all_of:
            for key in _OF_THEIR_OWN:
                if key in tables[name]:
                    problem = "stands beside any_of or all_of, whose calendars have their own"
                    (place / name / key).refuse(problem)
        elif record.hours is None:
            (place / name).refuse("has no hours")
        else:
            calendar = _own(place / name, record)
            if calendar is not None:
                own[name] = calendar
    making = _Making(place, records, own)
    made = {name: making.calendar(name) for name in records}
    found = {name: calendar for name, calendar in made.items() if calendar is not None}
    for name, calendar in found.items():
        if not calendar.ever_opens:
            (place / name).refuse("never opens")
    return found


class _Making:
    """Makes calendars of others: first those, however they are ordered in the book."""

    def __init__(
        self,
        place: Place,
        records: Mapping[str, WrittenCalendar],
        own: Mapping[str, BusinessCalendar],
    ) -> None:
        self._place = place
        self._records = records
        self._own = own
        self._made: dict[str, BusinessCalendar | None] = {}
        self._line: list[str] = []

    def calendar(self, name: str) -> BusinessCalendar | None:
        """The calendar of that name; ``None`` where it, or one that it is made of, is wrong."""
        if name not in self._made:
            self._line.append(name)
            found = self._joined(name) if self._joins(name) else self._own.get(name)
            for index, other in enumerate(self._records[name].without):
                taken = self._other(self._place / name / f"without[{index}]", other)
                found = None if found is None or taken is None else found - taken
            self._line.pop()
            self._made[name] = found
        return self._made[name]

    def _joins(self, name: str) -> bool:
        return bool(self._records[name].any_of or self._records[name].all_of)

    def _other(self, place: Place, name: str) -> BusinessCalendar | None:
        if name in self._line:
            line = [*self._line[self._line.index(name) :], name]
            place.refuse(f"goes round: {', '.join(line)}")
            return None
        known = place.named(name, self._records, "calendar")
        return None if known is None else self.calendar(name)

    def _joined(self, name: str) -> BusinessCalendar | None:
        """Any of some calendars, or all of them, or any of some and all of others."""
        record = self._records[name]
        result: BusinessCalendar | None = None
        complete = True
        for key, names in (("any_of", record.any_of), ("all_of", record.all_of)):
            joined: BusinessCalendar | None = None
            for index, other in enumerate(names):
                at = self._place / name / f"{key}[{index}]"
                if other in self._records and self._joins(other):
                    at.refuse(f"{other!r} joins others itself: name calendars with hours")
                    complete = False
                    continue
                calendar = self._other(at, other)
                if calendar is None:
                    complete = False
                elif joined is None:
                    joined = calendar
                else:
                    joined = joined | calendar if key == "any_of" else joined & calendar
            if joined is not None:
                result = joined if result is None else result & joined
        return result if complete else None


def _own(place: Place, record: WrittenCalendar) -> BusinessCalendar | None:
    holidays = _holidays(place / "holidays", record.holidays)
    closures, seasons = [], []
    for at, closure in place.records("closures", WrittenClosure, record.closures):
        if closure.start is None or closure.end is None:
            continue
        with at.catching():
            closures.append(Closure(closure.start, closure.end, closure.name))
    for at, season in place.records("seasons", WrittenSeason, record.seasons):
        if season.start is None or season.end is None or season.hours is None:
            continue
        with at.catching():
            seasons.append(Season(season.start, season.end, season.hours, name=season.name))
    with place.catching():
        return BusinessCalendar.weekly(
            record.hours,
            tz=record.tz,
            holidays=holidays,
            special_hours=_special_hours(place / "special_hours", record.special_hours),
            closures=closures,
            seasons=seasons,
        )
    return None


def _special_hours(place: Place, given: Mapping[str, Any]) -> dict[str, Any]:
    """Hours as they are; those of a table with ``over_holidays`` may beat a holiday."""
    found: dict[str, Any] = {}
    for when, hours in given.items():
        found[when] = hours
        if isinstance(hours, Mapping):
            at = place / when
            record = at.record(WrittenSpecialHours, hours)
            if record is not None and record.hours is not None:
                with (at / "hours").catching():
                    over = record.over_holidays
                    found[when] = SpecialHours(record.hours, over_holidays=over, name=record.name)
            if found[when] is hours:
                del found[when]
    return found


def _holidays(place: Place, given: Any) -> Any:
    """Dates and rules as they are; a table with a country is looked up in the library."""
    if not (isinstance(given, Mapping) and "country" in given):
        return given
    for name in given:
        if name not in _LIBRARY:
            (place / str(name)).refuse(f"is no such key; there are {', '.join(_LIBRARY)}")
    with place.catching():
        return Holidays.country(
            str(given["country"]),
            years=_years(given.get("years")),
            subdivision=given.get("subdivision"),
            categories=given.get("categories", ("public",)),
        )
    return ()


def _years(given: object) -> range:
    whole = isinstance(given, list) and len(given) == 2 and all(type(y) is int for y in given)
    if given is None:
        raise InvalidInput("years", [Defect("years", f"are missing: {_YEARS}")])
    if not whole:
        raise InvalidInput("years", [Defect("years", f"is {given!r}: {_YEARS}")])
    assert isinstance(given, list)
    first, last = given
    if not 0 <= last - first < _MOST_YEARS:
        raise InvalidInput("years", [Defect("years", f"is {given!r}: {_YEARS}")])
    return range(first, last + 1)
