"""Intervals and their algebra."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from itilcore.calendars import BusinessCalendar, Interval, merged
from itilcore.errors import InvalidInput, NaiveInstant

BERLIN = ZoneInfo("Europe/Berlin")


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, 5, hour, minute, tzinfo=UTC)


def span(start: int, end: int) -> Interval:
    return Interval(at(start), at(end))


def test_equal_instants_make_equal_intervals() -> None:
    same = Interval(at(9).astimezone(BERLIN), at(10).astimezone(BERLIN))
    assert same == span(9, 10)
    assert hash(same) == hash(span(9, 10))
    assert same != span(9, 11)


def test_half_open() -> None:
    assert at(9) in span(9, 10)
    assert at(10) not in span(9, 10)
    assert at(8) not in span(9, 10)
    assert not span(9, 9)
    assert at(9) not in span(9, 9)
    assert span(9, 10).duration == timedelta(hours=1)


def test_algebra() -> None:
    assert span(9, 12) & span(10, 13) == span(10, 12)
    assert span(9, 10) & span(10, 11) is None
    assert span(9, 10) | span(10, 11) == (span(9, 11),)
    assert span(11, 12) | span(9, 10) == (span(9, 10), span(11, 12))
    assert span(9, 13) - span(10, 12) == (span(9, 10), span(12, 13))
    assert span(9, 13) - span(8, 12) == (span(12, 13),)
    assert span(9, 13) - span(12, 14) == (span(9, 12),)
    assert span(9, 13) - span(9, 13) == ()
    assert span(9, 13) - span(13, 14) == (span(9, 13),)
    assert span(9, 9) - span(13, 14) == ()
    assert merged([span(9, 12), span(10, 11), span(9, 9), span(14, 15)]) == (
        span(9, 12),
        span(14, 15),
    )


def test_a_repeated_hour_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)
    assert Interval(first, second).duration == timedelta(hours=1)
    with pytest.raises(InvalidInput, match="ends before it starts"):
        Interval(second, first)


def test_no_intervals() -> None:
    with pytest.raises(NaiveInstant, match="end is 2026-01-05T09:00:00"):
        Interval(at(9), datetime(2026, 1, 5, 9))
    with pytest.raises(InvalidInput, match="end: is '09:00': give a date-time with a UTC offset"):
        Interval(at(9), "09:00")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(InvalidInput, match=r"end: is datetime\.date"):
        Interval(date(2026, 1, 5), date(2026, 1, 6))  # type: ignore[arg-type]  # on purpose


def test_pauses_that_are_none_are_all_told() -> None:
    given: Any = [(at(9), at(8)), 5, (at(9),), (at(9), datetime(2026, 1, 5, 10)), (at(9), at(10))]
    with pytest.raises(InvalidInput) as error:
        BusinessCalendar.always().is_open(at(9), pauses=given)
    paths = [defect.path for defect in error.value.defects]
    assert paths == ["pauses[0]", "pauses[1]", "pauses[2]", "pauses[3]"]
    assert "ends before it starts" in error.value.defects[0].problem
    for wrong in (5, "pauses", span(9, 10)):
        with pytest.raises(InvalidInput, match="give several intervals"):
            BusinessCalendar.always().is_open(at(9), pauses=wrong)  # type: ignore[arg-type]  # on purpose
