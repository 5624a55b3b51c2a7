"""Recording one event after the other gives what replaying all of them gives."""

from __future__ import annotations

import pickle
from datetime import timedelta

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from itilcore.incident import (
    Announced,
    AnnouncementKind,
    Closed,
    Incident,
    Logged,
    Noted,
    Observed,
    Timeline,
)

from .strategies import MONDAY, instants, timelines

SEEN = ("title", "override_reason", "links", "resolution", "is_confirmed", "status", "phase")


@given(timelines(backwards=True), st.lists(st.integers(1, 3)), st.data())
def test_it_is_the_same_as_replaying(timeline: Timeline, sizes: list[int], data: st.DataObject):
    events = list(timeline)
    now = Incident.replay("INC1", [])
    while events:
        size = sizes.pop() if sizes else 1
        some, events = events[:size], events[size:]
        now = now.record(*some)
        if data.draw(st.booleans()):
            assert now.facts == Incident.replay("INC1", list(now.timeline)).facts
    whole = Incident.replay("INC1", timeline)
    assert now == whole
    assert hash(now) == hash(whole)
    assert now.facts == whole.facts
    assert {name: getattr(now, name) for name in SEEN} == {
        name: getattr(whole, name) for name in SEEN
    }
    assert pickle.loads(pickle.dumps(now)).facts == whole.facts


@given(timelines(), instants)
def test_the_instant_it_was_replayed_for_stays(timeline: Timeline, at):
    events = list(timeline)
    half = len(events) // 2
    now = Incident.replay("INC1", events[:half], at=at).record(*events[half:])
    assert now.facts == Incident.replay("INC1", events, at=at).facts


def test_the_earlier_one_stays_as_it_was():
    first = Incident.replay("INC1", [Logged(MONDAY, title="a")])
    second, third = first.record(Noted(MONDAY, "x")), first.record(Noted(MONDAY, "y"))
    assert (len(first.timeline), len(second.timeline), len(third.timeline)) == (1, 2, 2)
    assert second != third
    assert second.facts == third.facts


def test_an_observation_without_a_status_leaves_it():
    now = Incident.replay("INC1", [Logged(MONDAY)])
    assert now.record(Observed(MONDAY)).status == now.status


def test_a_long_chain_is_no_deep_one():
    now = Incident.replay("INC1", [Logged(MONDAY)])
    for number in range(5_000):
        now = now.record(Noted(MONDAY, str(number)))
    assert len(now.timeline.events) == now.version == 5_001
    assert pickle.loads(pickle.dumps(now)) == now


def test_a_timeline_is_a_value():
    one = Timeline([Logged(MONDAY)])
    assert one.append() == one
    assert one != "something else"
    assert repr(one).startswith("Timeline(events=(Logged(")
    for change in (lambda: setattr(one, "_length", 3), lambda: delattr(one, "_length")):
        with pytest.raises(FrozenInstanceError):
            change()
    assert len({one, Timeline([Logged(MONDAY)])}) == 1


def test_what_closing_keeps():
    closed = Closed(MONDAY, summary="s", cause="c", steps=["one", "two"], knowledge="KB1")
    assert closed.steps == ("one", "two")
    assert Closed(MONDAY, steps="one").steps == ("one",)


def test_an_announcement_is_made_once():
    breach = Announced(MONDAY, AnnouncementKind.BREACH, "resolution", "gold", MONDAY)
    later = Announced(
        MONDAY + timedelta(hours=1), AnnouncementKind.BREACH, "resolution", "gold", MONDAY
    )
    other = Announced(MONDAY, AnnouncementKind.WARNING, "resolution", "gold", MONDAY, "75 %")
    assert later.is_in([Logged(MONDAY), breach])
    assert not other.is_in([breach])
