"""Others beside ours: the same question, over a plain week in UTC that all of them can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from importlib import import_module
from typing import Any

from benchmarks.timing import Row, asking, paired, row
from itilcore.calendars import BusinessCalendar

OPENS, CLOSES = time(9), time(17)
HOURS = timedelta(hours=8)
Ask = Callable[[datetime, Any], timedelta | datetime]


def plain() -> BusinessCalendar:
    return BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")


def businesstimedelta() -> Ask:
    library = import_module("businesstimedelta")
    rule = library.WorkDayRule(start_time=OPENS, end_time=CLOSES, working_days=list(range(5)))
    rules = library.Rules([rule])

    def elapsed(start: datetime, end: datetime) -> timedelta:
        found = rules.difference(start.replace(tzinfo=None), end.replace(tzinfo=None))
        return timedelta(hours=found.hours, seconds=found.seconds)

    return elapsed


def business_duration() -> Ask:
    library = import_module("business_duration")

    def elapsed(start: datetime, end: datetime) -> timedelta:
        found = library.businessDuration(
            start.replace(tzinfo=None), end.replace(tzinfo=None), OPENS, CLOSES, unit="sec"
        )
        return timedelta(seconds=round(found))

    return elapsed


def custom_business_hour() -> Ask:
    pandas = import_module("pandas")

    def add(start: datetime, hours: timedelta) -> datetime:
        offset = pandas.offsets.CustomBusinessHour(
            hours // timedelta(hours=1), start=OPENS, end=CLOSES
        )
        found: datetime = (pandas.Timestamp(start) + offset).to_pydatetime()
        return found

    return add


def busday() -> Ask:
    numpy = import_module("numpy")

    def today(at: datetime) -> timedelta:
        if not numpy.is_busday(at.date()):
            return timedelta()
        opens = at.replace(hour=OPENS.hour, minute=0, second=0, microsecond=0)
        return min(max(at - opens, timedelta()), HOURS)

    def elapsed(start: datetime, end: datetime) -> timedelta:
        days = int(numpy.busday_count(start.date(), end.date()))
        return days * HOURS - today(start) + today(end)

    return elapsed


PEERS: tuple[tuple[str, str, Callable[[], Ask]], ...] = (
    ("businesstimedelta", "elapsed", businesstimedelta),
    ("business-duration", "elapsed", business_duration),
    ("numpy busday_count", "elapsed", busday),
    ("pandas CustomBusinessHour", "add", custom_business_hour),
)


def questions(asked: str, count: int) -> list[tuple[datetime, Any]]:
    """A year apart, or 403 hours: to the second, which is what the peers can tell."""
    first = datetime(2025, 1, 6, tzinfo=UTC)
    step = timedelta(hours=7, minutes=13, seconds=1)
    starts = [first + i * step for i in range(count)]
    if asked == "add":
        return [(start, timedelta(hours=403)) for start in starts]
    return [(start, start + timedelta(days=365, hours=i % 9)) for i, start in enumerate(starts)]


def beside(quick: bool) -> Iterable[Row]:
    """Each peer that is installed; one that answers otherwise than ours is no peer."""
    calendar = plain()
    count, runs = (5, 1) if quick else (100, 5)
    for name, asked, make in PEERS:
        try:
            theirs = make()
        except ImportError:
            yield row(f"{asked} beside {name} (which is not installed)", 0.0)
            continue
        ours = getattr(calendar, asked)
        given = questions(asked, count)
        wrong = [(a, b) for a, b in given if ours(a, b) != theirs(a, b)]
        note = f", which answers {len(wrong)} of {count} otherwise" if wrong else ""
        seconds, peer = paired(asking(ours, given), asking(theirs, given), runs)
        span = "403 hours" if asked == "add" else "1 year"
        yield row(f"{asked}, {span}, beside {name}{note}", seconds / count, peer=peer / count)
