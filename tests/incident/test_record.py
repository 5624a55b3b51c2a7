"""The incident: what follows from its timeline, and how it stood before."""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given

from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import Facts, Incident, Logged, Resolved, Restored, Status, Timeline

from .strategies import MONDAY, incidents

HOUR = timedelta(hours=1)
PLAIN = Incident.replay("INC1", [Logged(MONDAY), Resolved(MONDAY + HOUR)])

STATE = (
    "kind", "status", "phase", "hold_reason", "group", "assignee", "impact", "urgency", "severity",
    "priority", "computed_priority", "category", "service",
    "configuration_item",
)  # fmt: skip


@given(incidents)
def test_its_state_is_that_of_its_facts(incident: Incident) -> None:
    assert {n: getattr(incident, n) for n in STATE} == {
        n: getattr(incident.facts, n) for n in STATE
    }
    assert incident.version == len(incident.timeline)
    assert incident.reference == incident.facts.reference


@given(incidents)
def test_it_survives_pickling_and_hashes(incident: Incident) -> None:
    twin = pickle.loads(pickle.dumps(incident))
    assert twin == incident
    assert hash(twin) == hash(incident)
    assert twin.facts == incident.facts
    assert hash(twin.facts) == hash(incident.facts)
    assert (twin.title, twin.override_reason, twin.links, twin.resolution) == (
        incident.title,
        incident.override_reason,
        incident.links,
        incident.resolution,
    )


def test_a_timeline_is_taken_as_it_is() -> None:
    assert Incident.replay("INC1", PLAIN.timeline).timeline is PLAIN.timeline


def test_events_may_come_from_anything_that_yields_them() -> None:
    assert Incident.replay("INC1", iter(PLAIN.timeline)) == PLAIN


def test_equal_by_reference_and_timeline() -> None:
    assert Incident.replay("INC2", PLAIN.timeline) != PLAIN
    assert Incident.replay("INC1", [Logged(MONDAY)]) != PLAIN
    assert Incident.replay("INC1", PLAIN.timeline, at=MONDAY + 9 * HOUR) == PLAIN


def test_it_reads_as_reference_and_timeline() -> None:
    assert (
        repr(Incident.replay("INC1", []))
        == "Incident(reference='INC1', timeline=Timeline(events=()))"
    )


@pytest.mark.parametrize("reference", ["", " \n", None])
def test_a_blank_reference_is_refused(reference: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        Incident.replay(reference, [])
    assert [defect.path for defect in caught.value.defects] == ["reference"]


def test_an_instant_carries_an_offset() -> None:
    naive = MONDAY.replace(tzinfo=None)
    with pytest.raises(NaiveInstant):
        Incident.replay("INC1", [], at=naive)
    with pytest.raises(NaiveInstant):
        PLAIN.as_of(naive)
    with pytest.raises(NaiveInstant):
        PLAIN.as_of(MONDAY, known_at=naive)


def test_before_it_was_logged_there_was_nothing() -> None:
    before = PLAIN.as_of(MONDAY - HOUR)
    assert (before.version, before.status, before.timeline) == (0, None, Timeline())


def test_how_it_stood() -> None:
    half = PLAIN.as_of(MONDAY + HOUR / 2)
    assert (half.status, half.version) == (Status.NEW, 1)
    assert half.facts.open_seconds == 1800
    assert half.facts.resolved_at is None


def test_what_was_not_recorded_yet_was_not_known() -> None:
    late = Restored(MONDAY + HOUR, recorded_at=MONDAY + 5 * HOUR)
    incident = Incident.replay("INC1", [Logged(MONDAY), late])
    at = MONDAY + 2 * HOUR
    assert incident.as_of(at).facts.restored_at == MONDAY + HOUR
    assert incident.as_of(at, known_at=at).facts.restored_at is None


def test_replaying_does_not_cut_off() -> None:
    facts = Incident.replay("INC1", PLAIN.timeline, at=MONDAY).facts
    assert facts.resolved_at == MONDAY + HOUR
    assert facts.resolved_seconds == 0


def test_it_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        PLAIN.reference = "INC2"  # type: ignore[misc]  # what is tested


def test_an_instant_of_facts_carries_an_offset() -> None:
    with pytest.raises(NaiveInstant):
        Facts(reference="INC1", logged_at=MONDAY.replace(tzinfo=None))


def test_facts_need_only_a_reference() -> None:
    facts = Facts(reference="INC1")
    assert (facts.reopenings, facts.interactions, facts.logged_at) == (None, None, None)
    assert pickle.loads(pickle.dumps(facts)) == facts
