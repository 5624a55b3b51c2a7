"""Calendars: single questions, many at once, and a year that is built when it is touched."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.calendar_floors import Buckets, PrefixSums
from benchmarks.timing import Row, asking, paired, row
from itilcore.calendars import BusinessCalendar

ZONE = ZoneInfo("America/New_York")
SPANS = {"1 day": 1, "1 year": 365, "10 years": 3650}
Pairs = list[tuple[datetime, datetime]]


def office() -> BusinessCalendar:
    """An office with a lunch break, holidays and summer time."""
    return BusinessCalendar.weekly(
        "Mon-Fri 09:00-12:30, 13:00-17:30",
        tz="America/New_York",
        holidays=["01-01", "last Mon of May", "07-04", "12-25", date(2026, 11, 27)],
    )


def pairs(days: int, count: int) -> Pairs:
    """Instants at random, to the microsecond, so many days apart and some minutes."""
    chance = random.Random(days)
    first = datetime(2024, 1, 3, tzinfo=ZONE)
    found = []
    for _ in range(count):
        start = first + timedelta(
            seconds=chance.randrange(360 * 86_400), microseconds=chance.randrange(10**6)
        )
        found.append((start, start + timedelta(days=days, seconds=chance.randrange(3_600))))
    return found


def floor_of(calendar: BusinessCalendar) -> PrefixSums:
    return PrefixSums(calendar, datetime(2023, 12, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC))


def single(quick: bool) -> Iterable[Row]:
    """Warm `elapsed` and `add` at three spans against the floor, and how flat they are."""
    calendar = office()
    floor = floor_of(calendar)
    count, runs = (200, 3) if quick else (2_000, 41)
    given = {span: questions(calendar, days, count) for span, days in SPANS.items()}
    for name in ("elapsed", "add"):
        ours, least = getattr(calendar, name), getattr(floor, name)
        for span, asked in given.items():
            seconds, at_least = paired(asking(ours, asked[name]), asking(least, asked[name]), runs)
            yield row(f"{name}, {span}", seconds / count, at_least / count, 1.3)
        long, short = (asking(ours, given[span][name]) for span in ("10 years", "1 day"))
        seconds, at_least = paired(long, short, runs)
        yield row(f"{name}, 10 years over 1 day", seconds / count, at_least / count, 1.2)


def questions(calendar: BusinessCalendar, days: int, count: int) -> dict[str, list[Any]]:
    """Pairs for `elapsed`, and for `add` the open time between them, or else an hour."""
    asked = pairs(days, count)
    hour = timedelta(hours=1)
    return {
        "elapsed": asked,
        "add": [(start, calendar.elapsed(start, end) or hour) for start, end in asked],
    }


def many(quick: bool) -> Iterable[Row]:
    """A million pairs within a year against a bucket table; and the plain loop over lists."""
    try:
        import numpy as np
    except ImportError:
        yield row("elapsed_many (numpy is not installed)", 0.0)
        return
    calendar, year = office(), 2026
    floor = Buckets(np, calendar, year)
    count, runs = (200_000, 5) if quick else (1_000_000, 15)
    starts, ends = instants(np, year, count)
    ours, least = paired(
        lambda: calendar.elapsed_many(starts, ends), lambda: floor.elapsed(starts, ends), runs
    )
    yield row(f"elapsed_many of {count:,} pairs over a bucket table", ours, least, 2.0)
    amounts = np.abs(ends - starts) / 4
    added, _ = paired(lambda: calendar.add_many(starts, amounts), lambda: None, max(runs // 3, 1))
    yield row(f"add_many of {count:,} pairs", added)
    few = count // 20
    lists = starts[:few].tolist(), ends[:few].tolist()
    loop, _ = paired(lambda: calendar.elapsed_many(*lists), lambda: None, max(runs // 3, 1))
    yield row(f"elapsed_many of lists, {few:,} pairs", loop)


def instants(np: Any, year: int, count: int) -> tuple[Any, Any]:
    """Two arrays of seconds since 1970 in *year*, to the millisecond."""
    first = datetime(year, 1, 1, tzinfo=UTC).timestamp()
    both = np.random.default_rng(1).uniform(first, first + 365 * 86_400, (2, count))
    return tuple(np.round(both, 3))


def building(quick: bool) -> Iterable[Row]:
    """Seconds a year touched for the first time, against five milliseconds."""
    years = range(2000, 2003 if quick else 2060)
    calendar, taken = office(), []
    for year in years:
        at = datetime(year, 6, 1, tzinfo=UTC)
        start = time.perf_counter()
        calendar.is_open(at)
        taken.append(time.perf_counter() - start)
    yield row("a year built when it is touched, over 5 ms", statistics.median(taken), 0.005, 1.0)
