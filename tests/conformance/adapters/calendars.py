"""The kinds that ask a calendar: each gives what the library answers, in the words of *expect*."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from itilcore.calendars import Interval, resolve_local

from .answer import Answer
from .desks import day, desk, holidays, instant, pauses, seconds

Vector = Mapping[str, Any]


def add(vector: Vector) -> Answer:
    given = vector["input"]
    due = vector["expect"].get("due_convention", "close")
    found = desk(vector["calendar"]).add(
        instant(given["start"]), seconds(given["work_seconds"]), due=due, pauses=pauses(given)
    )
    return Answer({"due_at": found}, "default" if due == "close" else f"due={due}")


def subtract(vector: Vector) -> Answer:
    given = vector["input"]
    found = desk(vector["calendar"]).subtract(
        instant(given["end"]), seconds(given["work_seconds"]), pauses=pauses(given)
    )
    return Answer({"at": found})


def elapsed(vector: Vector) -> Answer:
    given = vector["input"]
    start, end = instant(given["start"]), instant(given["end"])
    found = desk(vector["calendar"]).elapsed(start, end, pauses=pauses(given))
    return Answer(
        {
            "work_seconds": found.total_seconds(),
            "wall_seconds": (end - start).total_seconds(),
        }
    )


def add_days(vector: Vector) -> Answer:
    given = vector["input"]
    snap = given["snap"]
    found = desk(vector["calendar"]).add_days(
        instant(given["start"]), given["business_days"], snap=snap, pauses=pauses(given)
    )
    return Answer({"due_at": found}, "default" if snap == "end_of_day" else f"snap={snap}")


def is_open(vector: Vector) -> Answer:
    given = vector["input"]
    found = desk(vector["calendar"]).is_open(instant(given["at"]), pauses=pauses(given))
    return Answer({"open": found})


def is_holiday(vector: Vector) -> Answer:
    found = holidays(vector["calendar"]).name_on(day(vector["input"]["date"]))
    return Answer({"holiday": found is not None})


def intervals(vector: Vector) -> Answer:
    given = vector["input"]
    calendar = desk(vector["calendar"])
    start, take, closed = instant(given["from"]), given["take"], pauses(given)
    forward = {"forward": True, "backward": False}[given["direction"]]
    found: tuple[Interval, ...] = ()
    span = timedelta(days=7)
    while len(found) <= take:  # one more than asked for: the last one may be cut off
        ends = (start, start + span) if forward else (start - span, start)
        found = calendar.intervals(*ends, pauses=closed)
        span *= 2
        assert span < timedelta(days=40_000), "the calendar does not open so often"
    chosen = found[:take] if forward else tuple(reversed(found))[:take]
    return Answer({"intervals": [[each.start, each.end] for each in chosen]})


def local(vector: Vector) -> Answer:
    given = vector["input"]
    found = resolve_local(datetime.fromisoformat(given["local"]), given["tz"])
    return Answer({"local": found.replace(tzinfo=None)})
