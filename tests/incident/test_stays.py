"""Stays: they follow each other, and their sums are the times in phases."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

import pytest
from hypothesis import given

from itilcore.incident import (
    Held,
    HoldReason,
    Incident,
    Logged,
    Noted,
    Phase,
    Status,
    StatusChanged,
    stays,
)

from .strategies import timelines


def at(hour: int) -> datetime:
    return datetime(2026, 1, 5, hour, tzinfo=UTC)


def test_another_reason_is_another_stay():
    events = [
        Logged(at(9)),
        Held(at(10), HoldReason.AWAITING_CALLER),
        Noted(at(11), "still waiting"),
        Held(at(12), HoldReason.AWAITING_CALLER),
        Held(at(13), HoldReason.AWAITING_VENDOR),
        StatusChanged(at(15), Status.IN_PROGRESS),
    ]
    found = [(str(s.status), str(s.hold_reason or ""), s.seconds) for s in stays(events)]
    assert found == [
        ("NEW", "", 3600.0),
        ("ON_HOLD", "AWAITING_CALLER", 3 * 3600.0),
        ("ON_HOLD", "AWAITING_VENDOR", 2 * 3600.0),
        ("IN_PROGRESS", "", None),
    ]


def test_nothing_shown_is_no_stay():
    assert list(stays([])) == []
    assert list(stays([Logged(at(9), status=None)])) == []


@given(timelines())
def test_sums_are_the_times_in_phases(timeline):
    found = list(stays(timeline))
    assert all(a.end == b.start for a, b in zip(found, found[1:], strict=False))
    spent = defaultdict(float)
    for stay in found[:-1]:
        spent[stay.status.phase] += stay.seconds
    facts = Incident.replay("1", timeline).facts
    if found and facts.last_event_at is not None and not found[-1].status.phase.is_end:
        spent[found[-1].status.phase] += (facts.last_event_at - found[-1].start).total_seconds()
    assert spent[Phase.WAITING] == pytest.approx(facts.waiting_seconds)
    assert spent[Phase.ACTIVE] == pytest.approx(facts.active_seconds)
    assert spent[Phase.OPEN] == pytest.approx(facts.open_seconds)
