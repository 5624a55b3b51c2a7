"""iCalendar files (RFC 5545): their all-day events as holidays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from itilcore.errors import Defect, InvalidInput, MissingExtra

__all__ = ["days_of"]

MOST_BYTES: Final = 5_000_000
MOST_DAYS: Final = 100_000
"""Days that one file may make: a rule that goes on by the second is a mistake."""
_RULES: Final = "RRULE"


def days_of(source: str | bytes, years: tuple[int, int]) -> list[tuple[date, str]]:
    """The days of the all-day events in *source*, of the first to the last of *years*.

    Raises as `itilcore.calendars.Holidays.icalendar` does.
    """
    try:
        from icalendar import Calendar
    except ImportError:
        raise MissingExtra("icalendar", "ical") from None
    if len(source) > MOST_BYTES:
        raise _wrong("", f"is longer than {MOST_BYTES:,} bytes: no calendar of holidays")
    try:
        calendars: list[Any] = Calendar.from_ical(source, multiple=True)
    except (ValueError, IndexError, KeyError) as error:
        raise _wrong("", f"is no iCalendar: {error}") from None
    if not calendars:
        raise _wrong("", "is no iCalendar: it is empty")
    defects: list[Defect] = []
    found: list[tuple[date, str]] = []
    events = [event for each in calendars for event in each.walk("VEVENT")]
    for index, event in enumerate(events):
        try:
            found += _days(event, years)
        except InvalidInput as error:
            defects += [Defect(f"event[{index}]", each.problem) for each in error.defects]
        if len(found) > MOST_DAYS:
            raise _wrong("", f"makes more than {MOST_DAYS:,} days")
    if defects:
        raise InvalidInput("iCalendar", defects)
    return found


def _wrong(path: str, problem: str) -> InvalidInput:
    return InvalidInput("iCalendar", [Defect(path, problem)])


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _days(event: Any, years: tuple[int, int]) -> Iterator[tuple[date, str]]:
    """The days of one event; none of an event with a time of day, or that is called off."""
    start = _value(event, "DTSTART")
    if start is None:
        raise _wrong("", "has no DTSTART that can be read")
    if not _is_day(start) or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    length = _length(event, start)
    name = " ".join(str(event.get("SUMMARY", "")).split()) or "holiday"
    first, last = date(years[0], 1, 1), date(years[1], 12, 31)
    for day in _starts(event, start, first - length, last):
        for step in range(length.days):
            each = day + timedelta(days=step)
            if first <= each <= last:
                yield each, name


def _value(event: Any, name: str) -> Any:
    found = event.get(name)
    return None if found is None else getattr(found, "dt", None)


def _length(event: Any, start: date) -> timedelta:
    end, duration = _value(event, "DTEND"), _value(event, "DURATION")
    if _is_day(end):
        length = end - start
    else:
        length = duration if isinstance(duration, timedelta) else timedelta(days=1)
    if not timedelta(days=1) <= length <= timedelta(days=366):
        raise _wrong("", f"lasts {length}: give from one day to a year")
    return timedelta(days=length.days)


def _listed(event: Any, name: str) -> set[date]:
    """The dates of EXDATE or RDATE, which may stand several times."""
    given = event.get(name)
    lists = given if isinstance(given, list) else [given] * (given is not None)
    dates = [each.dt for several in lists for each in getattr(several, "dts", ())]
    return {each for each in dates if _is_day(each)}


def _starts(event: Any, start: date, first: date, last: date) -> Iterable[date]:
    """The days on which an event starts from *first* to *last*."""
    found = {start, *_listed(event, "RDATE")}
    rule = event.get(_RULES)
    if rule is not None:
        from dateutil.rrule import rrulestr

        try:
            rules = rule if isinstance(rule, list) else [rule]
            for each in rules:
                text = each.to_ical().decode()
                repeated = rrulestr(text, dtstart=datetime.combine(start, time()), ignoretz=True)
                for at in repeated.xafter(datetime.combine(first, time()), inc=True):
                    if at.date() > last:
                        break
                    if len(found) > MOST_DAYS:
                        raise _wrong("", f"repeats more than {MOST_DAYS:,} times")
                    found.add(at.date())
        except InvalidInput:
            raise
        except (ValueError, TypeError, AttributeError) as error:
            raise _wrong("", f"has a rule that cannot be read: {error}") from None
    return sorted(found - _listed(event, "EXDATE"))
