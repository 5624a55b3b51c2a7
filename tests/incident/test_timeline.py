"""Timelines: append order, and what was known by when."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from itilcore.errors import NaiveInstant
from itilcore.incident import Confirmed, Logged, Restored, Timeline

from .strategies import MONDAY, instants, timelines

HOUR = timedelta(hours=1)


def test_it_is_a_sequence_in_append_order() -> None:
    logged, earlier = Logged(MONDAY), Restored(MONDAY - HOUR)
    timeline = Timeline([logged]).append(earlier)
    assert list(timeline) == [logged, earlier]
    assert (len(timeline), timeline[0], timeline[-1]) == (2, logged, earlier)


def test_appending_leaves_the_first_one_alone() -> None:
    empty = Timeline()
    assert len(empty.append(Logged(MONDAY), Restored(MONDAY))) == 2
    assert empty == Timeline()


def test_both_bounds_are_inclusive() -> None:
    on_time = Restored(MONDAY)
    late = Restored(MONDAY, recorded_at=MONDAY + HOUR)
    timeline = Timeline([on_time, late])
    assert timeline.until(MONDAY) == timeline
    assert timeline.until(MONDAY - timedelta(microseconds=1)) == Timeline()
    assert timeline.until(MONDAY, known_at=MONDAY) == Timeline([on_time])
    assert timeline.until(None, known_at=MONDAY + HOUR) == timeline
    assert timeline.until(None) == timeline


@pytest.mark.parametrize("name", ["at", "known_at"])
def test_a_bound_carries_an_offset(name: str) -> None:
    bounds: dict[str, datetime] = {"at": MONDAY} | {name: MONDAY.replace(tzinfo=None)}
    with pytest.raises(NaiveInstant) as caught:
        Timeline().until(**bounds)
    assert caught.value.name == name


def test_the_repeated_hour_of_autumn_is_two_hours() -> None:
    # 02:30 comes twice on that night; the wall clock alone cannot tell the two apart.
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    second = first.replace(fold=1)
    timeline = Timeline([Restored(first), Confirmed(second)])
    assert timeline.until(first) == Timeline([Restored(first)])
    assert timeline.until(None, known_at=first) == Timeline([Restored(first)])


@given(timelines(backwards=True), instants, instants)
def test_cutting_keeps_order_and_shows_nothing_later(
    timeline: Timeline, at: datetime, known_at: datetime
) -> None:
    cut = timeline.until(at, known_at)
    stamps = [(event.at.timestamp(), event.known_at.timestamp()) for event in timeline]
    expected = [
        event
        for event, (happened, known) in zip(timeline, stamps, strict=True)
        if happened <= at.timestamp() and known <= known_at.timestamp()
    ]
    assert list(cut) == expected
