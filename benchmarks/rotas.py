"""Who is on duty, after many turns over after few, and beside many overrides over beside none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from benchmarks.timing import Row, paired, row
from itilcore.calendars import BusinessCalendar
from itilcore.routing import Override, Rota

FIRST = date(2016, 1, 4)
START = datetime(2016, 1, 4, 9, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TEN_YEARS = 3_652
WEEK = 7
MANY = 2_000


def rota(overrides: int = 0, cover: BusinessCalendar | None = None) -> Rota:
    """Daily turns of ten people in Berlin; each override is an hour of a day of its own."""
    starts = [START + number * DAY + HOUR for number in range(overrides)]
    return Rota(
        name="Triage",
        people=[f"person {number}" for number in range(10)],
        first=FIRST,
        tz="Europe/Berlin",
        turn_days=1,
        cover=cover,
        overrides=[Override("stand-in", start, start + HOUR) for start in starts],
    )


def asked(given: Rota, after: int, count: int) -> Callable[[], object]:
    """*count* look-ups of the week that begins *after* days after the first turn."""
    times = [START + after * DAY + number * (WEEK * DAY / count) for number in range(count)]
    assert any(given.who(at) for at in times)  # what is built once is there before it is timed
    return lambda: [given.who(at) for at in times]


def run(quick: bool = False) -> list[Row]:
    """Every row."""
    count, runs = (20, 3) if quick else (2_000, 15)
    plain, many = rota(), rota(MANY)
    office = rota(cover=BusinessCalendar.weekly("Mon-Fri 08:00-18:00", tz="Europe/Berlin"))
    rows = []
    for name, given in (("", plain), (", in office hours", office)):
        ours, floor = paired(asked(given, TEN_YEARS, count), asked(given, 0, count), runs)
        title = f"who is on duty after ten years of daily turns over after a week{name}"
        rows.append(row(title, ours / count, floor / count, 1.2))
    ours, floor = paired(asked(many, MANY // 2, count), asked(plain, MANY // 2, count), runs)
    title = f"who is on duty beside {MANY:,} overrides over beside none"
    rows.append(row(title, ours / count, floor / count, 1.2))
    return rows
