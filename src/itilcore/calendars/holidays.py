"""Holidays: dates with names, days of every year, and snapshots of other sources."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, MissingExtra, UnknownYear

from .icalendar import days_of
from .instant import FIRST_YEAR, LAST_YEAR
from .yearly import YearlyRule

if TYPE_CHECKING:
    from .exceptions import SpecialHours
    from .shift import Hours

__all__ = ["HolidaySource", "Holidays", "day"]

HolidaySource = (
    "Holidays | Mapping[date | str | YearlyRule, str] | Iterable[date | str | YearlyRule]"
)
"""Dates or yearly rules, alone or with their names; as values or as texts."""


def day(name: str, given: object) -> date:
    """*given* as a date: a date or its ISO text.  Raises `InvalidInput` for anything else."""
    if isinstance(given, str):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    elif isinstance(given, date) and not isinstance(given, datetime):
        return given
    raise InvalidInput(name, [Defect("", f"is {given!r}: give a date")])


def _span(years: object) -> range:
    """The first to the last of *years*, those between included."""
    # Of a long row the ends are enough, and it may be one without end.
    several = [*years[:1], *years[-1:]] if isinstance(years, range) else []
    if isinstance(years, Iterable) and not isinstance(years, range):
        several = list(islice(years, LAST_YEAR))
    wrong = [y for y in several if type(y) is not int or not FIRST_YEAR <= y <= LAST_YEAR]
    if wrong or not several:
        told = f"{wrong[0]!r:.60} is none" if wrong else "there are none"
        problem = f"{told}: give several years from {FIRST_YEAR} to {LAST_YEAR}"
        raise InvalidInput("holidays", [Defect("years", problem)])
    return range(min(several), max(several) + 1)


def _rule_or_day(given: object) -> date | YearlyRule:
    if isinstance(given, YearlyRule):
        return given
    try:
        return day("holiday", given)
    except InvalidInput:
        if isinstance(given, str):
            return YearlyRule(given)
        raise


@frozen
class Holidays:
    """Holidays as a value: ``dates`` and ``rules`` with their names, and the ``years`` known.

    ``years`` are the first and the last of a source that was snapshotted; ``None`` where
    nothing is unknown.  A question about another year raises
    `itilcore.errors.UnknownYear`.  ``|`` joins two; of their years those remain that
    both know.

    >>> ours = Holidays.of({"12-25": "Christmas Day", "2026-05-04": "works outing"})
    >>> ours.name_on(date(2030, 12, 25)), ours.name_on(date(2027, 5, 4))
    ('Christmas Day', None)
    """

    dates: tuple[tuple[date, str], ...] = ()
    rules: tuple[tuple[YearlyRule, str], ...] = ()
    years: tuple[int, int] | None = None

    @classmethod
    def of(cls, given: Any) -> Holidays:
        """Holidays from dates and yearly rules, alone or as a mapping to their names.

        A date is a `datetime.date` or its ISO text; any other text is a `YearlyRule`.  A
        calendar of the *holidays* library is snapshotted over the years that it holds.
        Raises `itilcore.errors.InvalidInput` with everything that is neither.

        >>> Holidays.of([date(2026, 12, 24), "12-25"]).name_on(date(2026, 12, 24))
        'holiday'
        """
        if isinstance(given, Holidays):
            return given
        if isinstance(given, Mapping) and hasattr(given, "years"):
            return _of_library(given)
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise InvalidInput("holidays", [Defect("", f"is {given!r}: give dates")])
        named = (
            given.items() if isinstance(given, Mapping) else ((each, "holiday") for each in given)
        )
        dates: dict[date, str] = {}
        rules: dict[YearlyRule, str] = {}
        defects: list[Defect] = []
        for index, (key, name) in enumerate(named):
            try:
                found = _rule_or_day(key)
            except InvalidInput as error:
                defects += [Defect(f"[{index}]", defect.problem) for defect in error.defects]
                continue
            if isinstance(found, YearlyRule):
                rules[found] = str(name)
            else:
                dates[found] = str(name)
        if defects:
            raise InvalidInput("holidays", defects)
        return cls(tuple(sorted(dates.items())), tuple(sorted(rules.items())))

    @classmethod
    def snapshot(cls, source: Container[date], years: Iterable[int]) -> Holidays:
        """What *source* says about every day of *years*: anything that ``in`` can be asked.

        Where the source is a mapping its values are the names.  Only the first and the last
        of *years* count; the years between are known as well.

        >>> Holidays.snapshot({date(2026, 12, 25): "Christmas"}, [2026]).name_on(date(2026, 12, 25))
        'Christmas'
        """
        known = _span(years)
        first, last = known[0], known[-1]
        named = source if isinstance(source, Mapping) else None
        found = []
        for number in range((date(last, 12, 31) - date(first, 1, 1)).days + 1):
            each = date(first, 1, 1) + timedelta(days=number)
            if each in source:
                found.append((each, "holiday" if named is None else str(named[each])))
        return cls(tuple(found), (), (first, last))

    @classmethod
    def country(
        cls,
        code: str,
        *,
        years: Iterable[int],
        subdivision: str | None = None,
        categories: Iterable[str] = ("public",),
    ) -> Holidays:
        """The holidays of a country, or of a subdivision, over *years*: the extra ``holidays``.

        Only the first and the last of *years* count; the years between are asked for as well.
        *categories* are those of the library: ``public``, ``bank``, ``half_day``, ...  Half
        days are best asked for alone and given to a calendar as special hours.  Raises
        `itilcore.errors.MissingExtra` without the library and
        `itilcore.errors.InvalidInput` for a country, subdivision or category it has not.
        """
        try:
            import holidays
        except ImportError:
            raise MissingExtra("holidays", "holidays") from None
        if not isinstance(code, str):
            raise InvalidInput("holidays", [Defect("country", f"is {code!r:.60}: give a code")])
        known = _span(years)
        try:
            found = holidays.country_holidays(
                code, subdiv=subdivision, years=known, expand=False, categories=tuple(categories)
            )
        except (NotImplementedError, ValueError) as error:
            raise InvalidInput("holidays", [Defect("", str(error))]) from None
        return cls.snapshot(dict(found), known)

    @classmethod
    def icalendar(cls, source: str | bytes, *, years: Iterable[int]) -> Holidays:
        """The all-day events of an iCalendar file, over *years*: the extra ``ical``.

        *source* is what the file holds.  An event of several days is as many holidays, one
        that repeats is repeated (RRULE, RDATE, EXDATE), less the days that other events move
        (RECURRENCE-ID); an event with a time of day is none, and neither is one that is
        cancelled.  Only the first and the last of *years* count.
        Raises `itilcore.errors.MissingExtra` without the library and
        `itilcore.errors.InvalidInput` with every event that cannot be read, and for a file
        of more than 5,000,000 bytes.
        """
        known = _span(years)
        dates = dict(days_of(source, (known[0], known[-1])))
        return cls(tuple(sorted(dates.items())), (), (known[0], known[-1]))

    def hours(self, hours: Hours, *, over_holidays: bool = False) -> dict[date, SpecialHours]:
        """The dates as special hours for a calendar: what half days are.

        Yearly rules are no dates, and are left out.

        >>> half = Holidays.of([date(2026, 12, 24), date(2026, 12, 31)])
        >>> {str(day): str(special.hours[0]) for day, special in half.hours("09:00-12:00").items()}
        {'2026-12-24': '09:00-12:00', '2026-12-31': '09:00-12:00'}
        """
        from .exceptions import SpecialHours

        return {
            when: SpecialHours(hours, over_holidays=over_holidays, name=name)
            for when, name in self.dates
        }

    @cached_property
    def _by_date(self) -> dict[date, str]:
        return dict(self.dates)

    @cached_property
    def _years_asked(self) -> dict[int, dict[date, str]]:
        """The rules found once a year, not once a date.  Not part of the value."""
        return {}

    def __or__(self, other: Holidays) -> Holidays:
        years = self.years or other.years
        if self.years is not None and other.years is not None:
            years = max(self.years[0], other.years[0]), min(self.years[1], other.years[1])
            if years[0] > years[1]:
                problem = f"know no year in common: {self.years}, {other.years}"
                raise InvalidInput("holidays", [Defect("", problem)])
        return Holidays(
            tuple(sorted({**dict(other.dates), **dict(self.dates)}.items())),
            tuple(sorted({**dict(other.rules), **dict(self.rules)}.items())),
            years,
        )

    def name_on(self, when: date) -> str | None:
        """The name of the holiday on a date, ``None`` where it is none.

        Raises `itilcore.errors.UnknownYear` for a year that the source was not asked for, and
        `itilcore.errors.InvalidInput` for a date-time: which date it has depends on the zone.

        >>> Holidays.of(["12-25"]).name_on(date(2026, 12, 24)) is None
        True
        """
        when = day("when", when)
        if self.years is not None and not self.years[0] <= when.year <= self.years[1]:
            raise UnknownYear(when.year, *self.years)
        name = self._by_date.get(when)
        if name is None and self.rules:
            if when.year not in self._years_asked:
                self._years_asked[when.year] = self.in_year(when.year)
            return self._years_asked[when.year].get(when)
        return name

    def in_year(self, year: int) -> dict[date, str]:
        """The holidays of *year* by date; those that are dated come before the yearly rules.

        >>> Holidays.of({"12-25": "Christmas Day"}).in_year(2026)
        {datetime.date(2026, 12, 25): 'Christmas Day'}
        """
        found = {
            when: name
            for when, name in (
                # A rule that counts from Easter may leave its year.
                pair
                for near in (year - 1, year, year + 1)
                for pair in ((rule.on(near), name) for rule, name in self.rules)
            )
            if when is not None and when.year == year
        }
        found |= {when: name for when, name in self.dates if when.year == year}
        return found


def _of_library(given: Any) -> Holidays:
    years = given.years
    if not years:
        problem = "the source holds no years yet: make it with years=..., or use Holidays.country"
        raise InvalidInput("holidays", [Defect("", problem)])
    known = _span(years)
    if len(set(years)) < len(known):
        problem = f"the source holds no years between some of {sorted(years)}: make it with all"
        raise InvalidInput("holidays", [Defect("years", problem)])
    return Holidays.snapshot(dict(given), known)
