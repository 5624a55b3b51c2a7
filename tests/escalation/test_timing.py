"""When steps come, against a walk that looks at every minute and at the clock on the wall."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar
from itilcore.escalation import TriggerKind

from .scenes import MINUTE, NINE, rule

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = datetime(2026, 3, 27, 12, tzinfo=ZoneInfo("UTC"))  # the Friday before the clock jumps
HOURS = (None, (9, 17), (8, 12))
QUIET = (None, (22, 6), (12, 13))


def works(at: datetime, hours) -> bool:
    """On the wall of Berlin, Monday to Friday."""
    local = at.astimezone(BERLIN)
    return hours is None or (local.weekday() < 5 and hours[0] <= local.hour < hours[1])


def is_quiet(at: datetime, quiet) -> bool:
    if quiet is None:
        return False
    start, end = quiet
    hour = at.astimezone(BERLIN).hour
    return start <= hour < end if start < end else hour >= start or hour < end


def walked(since: datetime, after: int, every: int, most: int, hours, quiet) -> list[datetime]:
    """Minute by minute: wait until so many working minutes are over, then until it is loud."""
    found = []
    at, left = since, after
    while len(found) < most:
        if left == 0:
            while not works(at, hours):
                at += MINUTE
        while left:
            left -= works(at, hours)
            at += MINUTE
        while is_quiet(at, quiet):
            at += MINUTE
        found.append(at)
        left = every
    return found


def calendar(hours) -> BusinessCalendar | None:
    if hours is None:
        return None
    start, end = hours
    return BusinessCalendar.weekly(f"Mon-Fri {start:02}:00-{end:02}:00", tz="Europe/Berlin")


def quiet_hours(quiet) -> BusinessCalendar | None:
    if quiet is None:
        return None
    start, end = quiet
    return BusinessCalendar.weekly(f"Mon-Sun {start:02}:00-{end:02}:00", tz="Europe/Berlin")


@given(
    st.sampled_from([NINE, SPRING]),
    st.integers(0, 3_000),
    st.integers(0, 700),
    st.integers(1, 400),
    st.integers(1, 4),
    st.sampled_from(HOURS),
    st.sampled_from(QUIET),
)
def test_steps_come_when_a_walk_by_minutes_says(day, minute, after, every, most, hours, quiet):
    since = day + minute * MINUTE
    made = rule(
        kind=TriggerKind.VIP_REQUESTER,
        after=after * MINUTE,
        repeat_every=every * MINUTE if most > 1 else None,
        most=most,
        calendar=calendar(hours),
        quiet=quiet_hours(quiet),
    )
    assert list(made.instants(since)) == walked(since, after, every, most, hours, quiet)


@given(st.integers(0, 3_000), st.integers(0, 300), st.sampled_from(HOURS), st.sampled_from(QUIET))
def test_what_began_later_never_comes_earlier(minute, more, hours, quiet):
    made = rule(
        after=30 * MINUTE,
        repeat_every=timedelta(hours=1),
        most=3,
        calendar=calendar(hours),
        quiet=quiet_hours(quiet),
    )
    since = NINE + minute * MINUTE
    sooner, later = (list(made.instants(at)) for at in (since, since + more * MINUTE))
    assert all(one <= two for one, two in zip(sooner, later, strict=True))
