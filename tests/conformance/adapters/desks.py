"""Calendars, instants and spans of the schema, as the library's values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from itertools import chain
from json import dumps, loads
from typing import Any

from itilcore.calendars import BusinessCalendar, Closure, Holidays, Interval, merged

_KNOWN = {"tz", "weekly", "holidays", "annual_holidays", "breaks", "shifts", "note", "name"}


def instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    assert found.tzinfo is not None, f"{text} has no offset"
    return found


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


_AT_LAST = "9000-01-01T00:00:00+00:00"


def pauses(given: Mapping[str, Any]) -> list[Interval]:
    """The pauses, joined where they touch or overlap; one without an end lasts."""
    return list(
        merged(
            Interval(instant(start), instant(end or _AT_LAST))
            for start, end in given.get("pauses", ())
        )
    )


def holidays(calendar: Mapping[str, Any]) -> Holidays:
    return Holidays.of([*calendar.get("holidays", ()), *calendar.get("annual_holidays", ())])


def desk(calendar: Mapping[str, Any] | None) -> BusinessCalendar:
    """The calendar: breaks are closures, shifts of a date special hours that holidays beat.

    None at all is around the clock.
    """
    if calendar is None:
        return BusinessCalendar.always()
    unknown = set(calendar) - _KNOWN
    assert not unknown, f"the calendar has {', '.join(sorted(unknown))}, which no adapter reads"
    return _desk(dumps(calendar))


@cache
def _desk(text: str) -> BusinessCalendar:
    calendar = loads(text)
    return BusinessCalendar.weekly(
        {day: [tuple(hours) for hours in shifts] for day, shifts in calendar["weekly"].items()},
        tz=calendar["tz"],
        holidays=holidays(calendar),
        closures=list(
            chain.from_iterable(
                (_break(day, *span) for span in spans)
                for day, spans in calendar.get("breaks", {}).items()
            )
        ),
        special_hours={
            day: [tuple(hours) for hours in shifts]
            for day, shifts in calendar.get("shifts", {}).items()
        },
    )


def _break(day: str, start: str, end: str) -> Closure:
    def wall(clock: str) -> datetime:
        if clock == "24:00":
            return datetime.fromisoformat(day) + timedelta(days=1)
        return datetime.fromisoformat(f"{day}T{clock}")

    opens, closes = wall(start), wall(end)
    return Closure(opens, closes if closes > opens else closes + timedelta(days=1), "break")


def day(text: str) -> date:
    return date.fromisoformat(text)
