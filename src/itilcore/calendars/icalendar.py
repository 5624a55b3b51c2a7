"""iCalendar files (RFC 5545): their all-day events as holidays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from itilcore.errors import Defect, InvalidInput, MissingExtra

__all__ = ["days_of"]

MOST_BYTES: Final = 5_000_000
MOST_DAYS: Final = 100_000
MOST_RULES: Final = 1_000
"""Days that one file may make, and events that repeat: each rule takes time of its own."""

_READ: Final = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
_STEPS: Final = {
    "DAILY": {"BYMONTH", "BYDAY"},
    "WEEKLY": {"BYMONTH", "BYDAY"},
    "MONTHLY": {"BYMONTH", "BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"BYMONTH", "BYDAY", "BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO", "BYEASTER"},
}
"""What whole days repeat by, and which parts go with it.  A day has no hours to repeat by."""
_PARTS: Final = {"FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "SKIP", "RSCALE"}

Moved = Mapping[str, set[date]]
"""By the UID of an event the days of it that another event stands for."""


def days_of(source: str | bytes, years: tuple[int, int]) -> list[tuple[date, str]]:
    """The days of the all-day events in *source*, of the first to the last of *years*.

    Raises as `itilcore.calendars.Holidays.icalendar` does.
    """
    events = _events(source)
    moved: dict[str, set[date]] = {}
    for event in events:
        if "RECURRENCE-ID" not in _broken(event):
            uid, when = _text(event, "UID"), _value(event, "RECURRENCE-ID")
            if uid and isinstance(when, date):
                moved.setdefault(uid, set()).add(when)
    defects: list[Defect] = []
    found: list[tuple[date, str]] = []
    rules = 0
    for index, event in enumerate(events):
        rules += event.get("RRULE") is not None
        if rules > MOST_RULES:
            raise _wrong(f"has more than {MOST_RULES:,} events that repeat")
        try:
            found += _days(event, years, moved)
        except InvalidInput as error:
            defects += [Defect(f"event[{index}]", each.problem) for each in error.defects]
        if len(found) > MOST_DAYS:
            raise _wrong(f"makes more than {MOST_DAYS:,} days")
    if defects:
        raise InvalidInput("iCalendar", defects)
    return found


def _events(source: str | bytes) -> list[Any]:
    try:
        from icalendar import Calendar
    except ImportError:
        raise MissingExtra("icalendar", "ical") from None
    if not isinstance(source, str | bytes):
        raise _wrong(f"is {source!r:.60}: give what the file holds")
    if len(source) > MOST_BYTES:
        raise _wrong(f"is longer than {MOST_BYTES:,} bytes: no calendar of holidays")
    if isinstance(source, str):
        source = source.removeprefix("\ufeff")
    try:
        calendars: list[Any] = Calendar.from_ical(source, multiple=True)
    except (ValueError, IndexError, KeyError) as error:
        raise _wrong(f"is no iCalendar: {error!s:.200}") from None
    if not calendars:
        raise _wrong("is no iCalendar: there is no whole VCALENDAR in it")
    return [event for each in calendars for event in each.walk("VEVENT")]


def _wrong(problem: str) -> InvalidInput:
    return InvalidInput("iCalendar", [Defect("", problem)])


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _broken(event: Any) -> list[str]:
    """The properties that matter here and that the library could not read."""
    return [name for name, _ in event.errors if name in _READ]


def _days(event: Any, years: tuple[int, int], moved: Moved) -> Iterator[tuple[date, str]]:
    """The days of one event; none of an event with a time of day, or that is called off."""
    broken = _broken(event)
    if broken:
        raise _wrong(f"has {' and '.join(broken)} that cannot be read")
    start = _value(event, "DTSTART")
    if not isinstance(start, date):
        raise _wrong("has no DTSTART that can be read")
    if not _is_day(start) or _text(event, "STATUS").upper() == "CANCELLED":
        return
    length = _length(event, start)
    name = _text(event, "SUMMARY") or "holiday"
    first, last = date(years[0], 1, 1), date(years[1], 12, 31)
    own = set[date]() if "RECURRENCE-ID" in event else moved.get(_text(event, "UID"), set())
    for day in _starts(event, start, first - length, last):
        for step in range(length.days if day not in own else 0):
            each = day + timedelta(days=step)
            if first <= each <= last:
                yield each, name


def _value(event: Any, name: str) -> Any:
    return getattr(event.get(name), "dt", None)


def _text(event: Any, name: str) -> str:
    found = event.get(name, "")
    return " ".join(str(found[0] if isinstance(found, list) else found).split())


def _length(event: Any, start: date) -> timedelta:
    end, duration = _value(event, "DTEND"), _value(event, "DURATION")
    if _is_day(end):
        length = end - start
    else:
        length = duration if isinstance(duration, timedelta) else timedelta(days=1)
    if not timedelta(days=1) <= length <= timedelta(days=366):
        raise _wrong(f"lasts {length}: give from one day to a year")
    return timedelta(days=length.days)


def _several(event: Any, name: str) -> list[Any]:
    """A property that may stand several times."""
    given = event.get(name)
    return given if isinstance(given, list) else [given] * (given is not None)


def _listed(event: Any, name: str) -> set[date]:
    """The dates of EXDATE or RDATE."""
    return {
        each.dt for several in _several(event, name) for each in several.dts if _is_day(each.dt)
    }


def _starts(event: Any, start: date, first: date, last: date) -> Iterable[date]:
    """The days on which an event starts from *first* to *last*."""
    found = {start, *_listed(event, "RDATE")}
    for rule in _several(event, "RRULE"):
        found.update(_repeated(rule, start, first, last))
    return sorted(found - _listed(event, "EXDATE"))


def _repeated(rule: Any, start: date, first: date, last: date) -> Iterator[date]:
    from dateutil.rrule import rrulestr

    step = str(rule.get("FREQ", [""])[0]).upper()
    odd = set(rule) - _PARTS - _STEPS.get(step, set())
    if step not in _STEPS or odd or min(rule.get("INTERVAL", [1])) < 1:
        raise _wrong(f"repeats by {rule.to_ical().decode():.100}, by which whole days do not")
    try:
        repeated = rrulestr(
            rule.to_ical().decode(), dtstart=datetime.combine(start, time()), ignoretz=True
        )
        for at in repeated.xafter(datetime.combine(first, time()), inc=True):
            if at.date() > last:
                return
            yield at.date()
    except (ValueError, TypeError, AttributeError) as error:
        raise _wrong(f"has a rule that cannot be read: {error}") from None
