"""Random calendars, as settings for the oracle and as values of the library."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar, Season, SpecialHours

from .oracle import MINUTE, Minutes, Settings

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AIMS = (
    datetime(2026, 3, 29, 0, tzinfo=UTC),  # Berlin, spring
    datetime(2026, 10, 25, 0, tzinfo=UTC),  # Berlin, autumn
    datetime(2026, 3, 8, 6, tzinfo=UTC),  # New York, spring
    datetime(2026, 11, 1, 5, tzinfo=UTC),  # New York, autumn
    datetime(2026, 4, 4, 14, tzinfo=UTC),  # Lord Howe, half an hour back
    datetime(2026, 10, 3, 15, tzinfo=UTC),  # Lord Howe, half an hour on
    datetime(2026, 9, 6, 3, tzinfo=UTC),  # Santiago
    datetime(2011, 12, 30, 9, tzinfo=UTC),  # Apia skips a day
    datetime(2024, 2, 28, 20, tzinfo=UTC),  # a leap day
    datetime(2026, 12, 31, 20, tzinfo=UTC),
    datetime(1970, 1, 1, 1, tzinfo=UTC),
    datetime(2000, 2, 28, 20, tzinfo=UTC),
    datetime(2099, 12, 31, 20, tzinfo=UTC),
)

quarters = st.integers(0, 95).map(lambda quarter: quarter * 15) | st.integers(0, 1439)


@st.composite
def day_hours(draw: st.DrawFn, most: int = 3) -> tuple[Minutes, ...]:
    """The shifts of a date: apart from each other, the last perhaps past midnight."""
    edges = sorted(draw(st.lists(quarters, max_size=2 * most, unique=True)))
    shifts = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    if draw(st.integers(0, 3)) == 0:
        after = shifts[-1][1] if shifts else 0
        opens = draw(st.integers(after, 1439))
        shifts.append((opens, draw(st.integers(0, opens))))
    return tuple(shifts)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[tuple[Minutes, ...], ...]:
    """Seven days, or the same one five times; tails never reach into a shift."""
    if draw(st.booleans()):
        days = [draw(day_hours())] * 5 + [draw(day_hours(1))] * 2
    else:
        days = [draw(day_hours()) for _ in NAMES]
    trimmed = []
    for n, day in enumerate(days):
        first = min((opens for opens, _ in days[(n + 1) % 7]), default=1440)
        trimmed.append(tuple((o, c if c > o else min(c, first)) for o, c in day))
    return tuple(trimmed)


@st.composite
def settings(draw: st.DrawFn, aim: datetime) -> Settings:
    near = st.integers(-3, 4).map(lambda days: (aim + timedelta(days=days)).date())
    walls = st.integers(-4_000, 4_000).map(lambda m: aim.replace(tzinfo=None) + m * MINUTE)
    closures = draw(st.lists(st.tuples(walls, st.integers(1, 3_000)), max_size=2))
    season_edges = st.sampled_from([(1, 1), (2, 28), (3, 30), (10, 25), (12, 31)])
    found = Settings(
        draw(st.sampled_from(ZONES)),
        draw(weeks()),
        frozenset(draw(st.lists(near, max_size=2))),
        tuple(
            draw(st.lists(st.sampled_from([(2, 29), (1, 1), (10, 25)]), max_size=2, unique=True))
        ),
        tuple(
            sorted(
                draw(
                    st.dictionaries(near, st.tuples(day_hours(), st.booleans()), max_size=2)
                ).items()
            )
        ),
        tuple((start, start + length * MINUTE) for start, length in closures),
        tuple(draw(st.lists(st.tuples(season_edges, season_edges, weeks()), max_size=1))),
    )
    return found if _opens(found) else draw(st.just(_opened(found)))


def _opens(found: Settings) -> bool:
    # A season of the whole year takes the place of the weekly hours.
    whole = [week for first, last, week in found.seasons if (first, last) == ((1, 1), (12, 31))]
    return any(found.week) and all(any(week) for week in whole)


def _opened(found: Settings) -> Settings:
    from attrs import evolve

    return evolve(found, week=(((540, 1020),),) * 7, seasons=())


def times(shift: Minutes) -> tuple[str, str]:
    opens, closes = (f"{minute // 60:02}:{minute % 60:02}" for minute in shift)
    return opens, closes


def week_hours(week: tuple[tuple[Minutes, ...], ...]) -> dict[str, list[tuple[str, str]]]:
    return {name: [times(s) for s in day] for name, day in zip(NAMES, week, strict=True)}


def made(found: Settings) -> BusinessCalendar:
    """The calendar of the library."""
    yearly = [f"{month:02}-{day:02}" for month, day in found.yearly]
    return BusinessCalendar.weekly(
        week_hours(found.week),
        found.tz,
        holidays=[*found.holidays, *yearly],
        special_hours={
            day: SpecialHours([times(s) for s in hours], over_holidays=over)
            for day, (hours, over) in found.special
        },
        closures=found.closures,
        seasons=[
            Season(f"{a[0]:02}-{a[1]:02}", f"{b[0]:02}-{b[1]:02}", week_hours(week))
            for a, b, week in found.seasons
        ],
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Settings, BusinessCalendar, datetime]:
    """Settings, their calendar, and an instant near something odd."""
    aim = draw(st.sampled_from(AIMS))
    found = draw(settings(aim))
    at = aim + draw(st.integers(-2_000, 2_000)) * MINUTE
    return found, made(found), at.astimezone(ZoneInfo(draw(st.sampled_from(ZONES))))


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    return made(draw(settings(draw(st.sampled_from(AIMS)))))


instants = st.builds(
    lambda aim, seconds, zone: (aim + timedelta(seconds=seconds)).astimezone(ZoneInfo(zone)),
    st.sampled_from(AIMS),
    st.integers(-3_000_000, 3_000_000),
    st.sampled_from(ZONES),
) | st.builds(
    lambda day, second, zone: (
        datetime(day.year, day.month, day.day, tzinfo=UTC).astimezone(ZoneInfo(zone))
        + timedelta(seconds=second)
    ),
    st.dates(date(1970, 1, 2), date(2099, 12, 30)),
    st.integers(0, 86_399),
    st.just("UTC"),
)
durations = st.builds(
    lambda hours, seconds: timedelta(hours=hours, seconds=seconds),
    st.integers(0, 200),
    st.integers(0, 3_600),
)


@st.composite
def pauses(draw: st.DrawFn, near: datetime) -> list[tuple[datetime, datetime]]:
    found: list[Any] = []
    for _ in range(draw(st.integers(0, 4))):
        start = near.astimezone(UTC) + draw(st.integers(-1_500, 4_000)) * MINUTE
        found.append((start, start + draw(st.integers(0, 2_000)) * MINUTE))
    return found
