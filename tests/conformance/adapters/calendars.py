"""The kinds that ask a calendar: each gives what the library answers, in the words of *expect*."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from itilcore.calendars import Interval, resolve_local

from .answer import Answer, differences, known
from .desks import day, desk, holidays, instant, pauses, seconds

Vector = Mapping[str, Any]
_FURTHEST = timedelta(days=20_000)


def add(vector: Vector) -> Answer:
    given = known(vector["input"], "start", "work_seconds", "pauses")

    def under(due: Any) -> Answer:
        found = desk(vector["calendar"]).add(
            instant(given["start"]), seconds(given["work_seconds"]), due=due, pauses=pauses(given)
        )
        return Answer({"due_at": found}, "default" if due == "close" else f"due={due}")

    # A fact that does not say where a time ends that runs out at a closing accepts either.
    expected = vector["expect"]
    close = under(expected.get("due_convention", "close"))
    if "due_convention" in expected or not differences(close, expected):
        return close
    opening = under("next_open")
    return close if differences(opening, expected) else opening


def subtract(vector: Vector) -> Answer:
    given = known(vector["input"], "end", "work_seconds", "pauses")
    found = desk(vector["calendar"]).subtract(
        instant(given["end"]), seconds(given["work_seconds"]), pauses=pauses(given)
    )
    return Answer({"at": found})


def elapsed(vector: Vector) -> Answer:
    given = known(vector["input"], "start", "end", "pauses")
    start, end = instant(given["start"]), instant(given["end"])
    found = desk(vector["calendar"]).elapsed(start, end, pauses=pauses(given))
    return Answer(
        {
            "work_seconds": found.total_seconds(),
            "wall_seconds": (end - start).total_seconds(),
        }
    )


def add_days(vector: Vector) -> Answer:
    given = known(vector["input"], "start", "business_days", "snap", "pauses")
    snap = given["snap"]
    found = desk(vector["calendar"]).add_days(
        instant(given["start"]), given["business_days"], snap=snap, pauses=pauses(given)
    )
    return Answer({"due_at": found}, "default" if snap == "end_of_day" else f"snap={snap}")


def is_open(vector: Vector) -> Answer:
    given = known(vector["input"], "at", "pauses")
    found = desk(vector["calendar"]).is_open(instant(given["at"]), pauses=pauses(given))
    return Answer({"open": found})


def is_holiday(vector: Vector) -> Answer:
    found = holidays(vector["calendar"]).name_on(day(known(vector["input"], "date")["date"]))
    return Answer({"holiday": found is not None})


def intervals(vector: Vector) -> Answer:
    given = known(vector["input"], "from", "direction", "take", "pauses")
    calendar = desk(vector["calendar"])
    start, take, closed = instant(given["from"]), given["take"], pauses(given)
    forward = {"forward": True, "backward": False}[given["direction"]]
    found: tuple[Interval, ...] = ()
    span = timedelta(days=7)
    while len(found) <= take and span < _FURTHEST:  # one more: the last one may be cut off
        ends = (start, start + span) if forward else (start - span, start)
        found = calendar.intervals(*ends, pauses=closed)
        span *= 2
    chosen = found[:take] if forward else tuple(reversed(found))[:take]
    return Answer({"intervals": [[each.start, each.end] for each in chosen]})


def local(vector: Vector) -> Answer:
    given = known(vector["input"], "tz", "local")
    found = resolve_local(datetime.fromisoformat(given["local"]), given["tz"])
    return Answer({"local": found.replace(tzinfo=None)})
