"""What is measured and what it is measured against give the same answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from benchmarks import calendars, peers, sla
from benchmarks.calendar_floors import Buckets
from benchmarks.floors import four_by_hand
from benchmarks.incidents import many
from benchmarks.timing import paired, row
from itilcore.metrics import FCR_PROXY, MTTA, MTTR, REOPEN_RATE, measure_all

OFFICE = calendars.office()
FLOOR = calendars.floor_of(OFFICE)


@pytest.mark.parametrize("days", calendars.SPANS.values(), ids=calendars.SPANS)
def test_prefix_sums_answer_as_the_calendar_does(days: int) -> None:
    asked = calendars.questions(OFFICE, days, 300)
    assert [FLOOR.elapsed(*pair) for pair in asked["elapsed"]] == [
        OFFICE.elapsed(*pair) for pair in asked["elapsed"]
    ]
    assert [FLOOR.add(*pair) for pair in asked["add"]] == [
        OFFICE.add(*pair) for pair in asked["add"]
    ]


def test_prefix_sums_check_what_they_are_given() -> None:
    known, naive = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 5)
    for at in (naive, datetime(1990, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)):
        with pytest.raises(ValueError, match="an instant|outside"):
            FLOOR.elapsed(known, at)
    for at in (naive, datetime(1990, 1, 1, tzinfo=UTC)):
        with pytest.raises(ValueError, match="an instant|outside"):
            FLOOR.add(at, timedelta(hours=1))
    with pytest.raises(ValueError, match="outside"):
        FLOOR.add(known, timedelta(days=9_000))


def test_buckets_answer_as_the_calendar_does() -> None:
    starts, ends = calendars.instants(np, 2026, 70_000)
    found = Buckets(np, OFFICE, 2026).elapsed(starts, ends)
    assert (found == OFFICE.elapsed_many(starts, ends)).all()
    assert found.any()


def test_readings_are_what_the_calendar_alone_says() -> None:
    promised, incidents = sla.agreement(OFFICE), sla.stories(60)
    found = []
    for _, (response, resolution) in promised.readings(incidents, sla.AT):
        found.append((response.due, response.elapsed, resolution.due, resolution.elapsed))
    assert found == sla.by_hand(OFFICE, incidents)


def test_four_by_hand_are_the_four_measured() -> None:
    incidents = many(2_000)
    found = measure_all((MTTR, MTTA, FCR_PROXY, REOPEN_RATE), incidents, by="priority")
    by_hand = four_by_hand(incidents)
    for name in ("MTTR", "MTTA"):
        assert found[name].p90 == by_hand["all"][name][3]
    for name in ("FCR_PROXY", "REOPEN_RATE"):
        assert found[name].value == by_hand["all"][name][0]


def test_numpy_beside_ours() -> None:
    ours, theirs = peers.plain(), peers.busday()
    for start, end in peers.questions("elapsed", 50):
        assert theirs(start, end) == ours.elapsed(start, end)


def test_a_row_has_the_ratios() -> None:
    found = row("a", 6.0, 2.0, 4.0, peer=12.0)
    assert (found["ratio"], found["peer_ratio"]) == (3.0, 0.5)
    assert row("a", 6.0)["ratio"] is None


def test_both_are_run_as_often() -> None:
    calls: list[str] = []
    paired(lambda: calls.append("ours"), lambda: calls.append("floor"), 3)
    assert calls == ["floor", "ours", "ours", "floor", "floor", "ours"]
