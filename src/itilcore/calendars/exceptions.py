"""What departs from the week: special hours, seasons and closures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from attrs import field, frozen

from itilcore.errors import Defect, InvalidCalendar, InvalidInput

from .holidays import day
from .shift import Hours, Shift, shifts_of
from .week import Week, WeeklyHours, week_of
from .yearly import YearlyRule

__all__ = ["Closure", "Season", "SpecialHours", "closure_of", "season_of", "special_of"]


@frozen
class SpecialHours:
    """The hours of one date in the place of its usual ones.

    A holiday beats them unless ``over_holidays`` is set.  No hours means closed.  Raises
    `itilcore.errors.InvalidInput` for hours that are none.

    >>> str(SpecialHours("10:00-14:00", over_holidays=True).hours[0])
    '10:00-14:00'
    """

    hours: tuple[Shift, ...] = field(converter=shifts_of)
    over_holidays: bool = field(default=False, kw_only=True)
    name: str = field(default="", kw_only=True)


def _as_given(given: object) -> Any:
    """What is read with the other parts, so that all that is wrong is told at once."""
    return given


def _edge(given: object) -> date | YearlyRule:
    try:
        return day("season", given)
    except InvalidInput:
        if isinstance(given, str):
            given = YearlyRule(given)
        if not isinstance(given, YearlyRule):
            raise
    if given.text.startswith("5th"):
        problem = f"{given} is not there every year: no season starts or ends on it"
        raise InvalidInput("season", [Defect("", problem)])
    return given


@frozen
class Season:
    """Other weekly hours from ``start`` to ``end``, both included.

    The two are dates, for once, or days of every year such as ``06-01``, for always; then a
    season may run over the end of the year.  One from 02-29 starts on 03-01 in a year without
    it, and one up to 02-29 ends on 02-28.  Raises `itilcore.errors.InvalidInput` for
    anything else, a 5th weekday among it, and for a dated season that ends before it starts.

    >>> summer = Season("06-15", "08-31", "Mon-Fri 08:00-14:00", name="summer")
    >>> summer.covers(date(2026, 6, 15)), summer.covers(date(2026, 9, 1))
    (True, False)
    """

    start: date | YearlyRule = field(converter=_as_given)
    end: date | YearlyRule = field(converter=_as_given)
    hours: Week = field(converter=_as_given)
    name: str = field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        parts = {
            "start": (_edge, self.start),
            "end": (_edge, self.end),
            "hours": (week_of, self.hours),
        }
        for name, value in _each("season", parts).items():
            object.__setattr__(self, name, value)
        if isinstance(self.start, date) != isinstance(self.end, date):
            problem = "must start and end both on dates, or both on days of every year"
            raise InvalidInput("season", [Defect("", problem)])
        if isinstance(self.start, date) and isinstance(self.end, date) and self.end < self.start:
            raise InvalidInput("season", [Defect("", f"ends on {self.end}, before it starts")])

    def covers(self, when: date) -> bool:
        """Whether the date *when* lies in the season.

        >>> Season("11-01", "02-28", "Sat 09:00-12:00").covers(date(2026, 1, 10))
        True
        """
        # A rule that counts from Easter may leave its year.
        for year in (when.year, when.year - 1, when.year + 1):
            first, last = _lasting(self.start, self.end, year)
            if first <= when <= last:
                return True
        return False


@lru_cache(4096)
def _lasting(start: date | YearlyRule, end: date | YearlyRule, year: int) -> tuple[date, date]:
    """The first and the last day of the season that starts by the rule of *year*."""
    first, last = _on(start, year, (3, 1)), _on(end, year, (2, 28))
    return first, last if first <= last else _on(end, year + 1, (2, 28))


def _on(edge: date | YearlyRule, year: int, otherwise: tuple[int, int]) -> date:
    """An edge in *year*; another day where the 29th of February is not there."""
    found = edge.on(year) if isinstance(edge, YearlyRule) else edge
    return found or date(year, *otherwise)


def _wall(given: object) -> datetime:
    # A date-time of a TOML file is one already; its text does as well.
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            pass
    if not isinstance(given, datetime):
        raise InvalidInput("closure", [Defect("", f"is {given!r}: give a date and a time of day")])
    if given.tzinfo is not None or given.microsecond:
        problem = f"is {given.isoformat()}: give a wall-clock time to the second, without a zone"
        raise InvalidInput("closure", [Defect("", problem)])
    return given


@frozen
class Closure:
    """Closed from one wall-clock time of the calendar's zone up to another, whatever else holds.

    Both are date-times without a zone.  Raises `itilcore.errors.InvalidInput` for one with a
    zone, and for a closure that does not end after it starts.

    >>> Closure(datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 15), "fire drill").name
    'fire drill'
    """

    start: datetime = field(converter=_as_given)
    end: datetime = field(converter=_as_given)
    name: str = "closure"

    def __attrs_post_init__(self) -> None:
        ends = _each("closure", {"start": (_wall, self.start), "end": (_wall, self.end)})
        for name, value in ends.items():
            object.__setattr__(self, name, value)
        if self.end <= self.start:
            problem = f"ends at {self.end.isoformat()}, not after it starts"
            raise InvalidInput("closure", [Defect("", problem)])


def _each(what: str, parts: Mapping[str, tuple[Callable[[Any], Any], Any]]) -> dict[str, Any]:
    """Every part as its reader makes it; what is wrong with any of them is told at once."""
    found: dict[str, Any] = {}
    defects: list[Defect] = []
    for name, (read, value) in parts.items():
        try:
            found[name] = read(value)
        except InvalidInput as error:
            defects += [Defect(f"{name}{each.path}", each.problem) for each in error.defects]
    if defects:
        raise InvalidInput(what, defects)
    return found


def special_of(given: object, hours: Hours | SpecialHours) -> tuple[date, SpecialHours]:
    """One entry of the special hours of a calendar: a date or its text, and the hours."""
    defects: list[Defect] = []
    when: date | None = None
    special: SpecialHours | None = None
    try:
        when = day("special hours", given)
    except InvalidInput as error:
        defects += error.defects
    try:
        special = hours if isinstance(hours, SpecialHours) else SpecialHours(hours)
    except InvalidInput as error:
        defects += error.defects
    if when is None or special is None:
        raise InvalidInput("special hours", defects)
    return when, special


def season_of(given: Season | Mapping[str, Any] | tuple[Any, Any, WeeklyHours]) -> Season:
    """A season, or its start, end and hours."""
    return given if isinstance(given, Season) else Season(*given)


def closure_of(given: Closure | tuple[Any, ...]) -> Closure:
    """A closure, or its start, its end and perhaps its name."""
    return given if isinstance(given, Closure) else Closure(*given)


def collect(name: str, given: Any, read: Any, defects: list[Defect]) -> list[Any]:
    """What *read* makes of every item of *given*; what is wrong with one goes to *defects*."""
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        defects.append(Defect(name, f"is {given!r}: give several of them"))
        return []
    mapping = isinstance(given, Mapping)
    found = []
    for key, item in given.items() if mapping else enumerate(given):
        try:
            found.append(read(key, item) if mapping else read(item))
        except InvalidInput as error:
            at = f"{name}[{key}]"
            defects += [
                Defect(f"{at}{'' if d.path[:1] in ('', '[') else '.'}{d.path}", d.problem)
                for d in error.defects
            ]
        except TypeError:
            defects.append(Defect(f"{name}[{key}]", f"is {item!r:.60}"))
    return found


def refuse(defects: list[Defect]) -> None:
    """Raise `InvalidCalendar` where there are defects."""
    if defects:
        raise InvalidCalendar("calendar", defects)
