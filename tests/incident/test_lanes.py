"""Lanes: they follow each other, and end where the facts stand."""

from __future__ import annotations

from datetime import UTC
from itertools import pairwise

from hypothesis import given

from itilcore.incident import LANES, Incident, lanes, stays

from .strategies import timelines


def test_nothing_happened():
    assert lanes([]) == dict.fromkeys(LANES, ())


@given(timelines())
def test_a_lane_ends_as_the_facts_stand_and_has_no_gaps(timeline):
    found = lanes(timeline)
    facts = Incident.replay("INC1", timeline).facts
    for name, spans in found.items():
        assert bool(spans) == bool(len(timeline))
        for before, after in pairwise(spans):
            assert before.end == after.start
            assert before.value != after.value
            assert before.index < after.index
        for span in spans:
            assert timeline[span.index].at.astimezone(UTC) == span.start
        if spans:
            assert (spans[0].index, spans[-1].end) == (0, None)
            assert spans[-1].value == getattr(facts, name)


@given(timelines())
def test_the_status_lane_shows_the_stays(timeline):
    seen = [str(span.value) for span in lanes(timeline)["status"] if span.value is not None]
    names: list[str] = []
    for stay in stays(timeline):
        if not names or names[-1] != str(stay.status):
            names.append(str(stay.status))
    assert seen == names
