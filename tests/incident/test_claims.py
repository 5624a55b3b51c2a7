"""Claims: what a source says about itself, and what its silence makes of the trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from itilcore.incident import (
    Acknowledged,
    Asserted,
    Assigned,
    Closed,
    Contacted,
    Detected,
    Direction,
    Escalated,
    EscalationKind,
    Event,
    Facts,
    HandedOff,
    ImpactStarted,
    Incident,
    Logged,
    Noted,
    Reopened,
    Resolved,
)

from .strategies import MONDAY

HOUR = timedelta(hours=1)
LATER = MONDAY + 100 * HOUR

TRAIL: tuple[Event, ...] = (
    Logged(MONDAY, channel="phone"),
    ImpactStarted(MONDAY),
    Detected(MONDAY),
    Acknowledged(MONDAY + HOUR),
    Assigned(MONDAY + HOUR, "desk", tier=1),
    HandedOff(MONDAY + 2 * HOUR, "network", tier=2),
    Contacted(MONDAY + 2 * HOUR, Direction.OUTBOUND),
    Escalated(MONDAY + 2 * HOUR, EscalationKind.FUNCTIONAL, "network"),
    Resolved(MONDAY + 3 * HOUR),
    Closed(MONDAY + 4 * HOUR),
)
SHOWN = {
    "impact_started_at": MONDAY,
    "detected_at": MONDAY,
    "acknowledged_at": MONDAY + HOUR,
    "resolved_at": MONDAY + 3 * HOUR,
    "closed_at": MONDAY + 4 * HOUR,
    "first_escalated_at": MONDAY + 2 * HOUR,
    "interactions": 2,
    "escalations": 1,
    "hand_offs": 1,
    "reassignments": 1,
    "reopenings": 0,
    "sla_met": None,
}
INSTANTS = [name for name in SHOWN if name.endswith("_at")]


def facts_of(*events: Event) -> Facts:
    return Incident.replay("INC1", events).facts


def claimed(**claims: Any) -> Facts:
    return facts_of(*TRAIL, Asserted(MONDAY + 5 * HOUR, claims))


def test_without_a_claim_the_trail_speaks() -> None:
    facts = facts_of(*TRAIL)
    assert {name: getattr(facts, name) for name in SHOWN} == SHOWN
    assert facts.acknowledgement_known


@pytest.mark.parametrize("name", SHOWN)
def test_a_claim_outweighs_the_trail_and_nothing_else(name: str) -> None:
    value: Any = LATER if name in INSTANTS else False if name == "sla_met" else 7
    facts = claimed(**{name: value})
    assert {each: getattr(facts, each) for each in SHOWN} == SHOWN | {name: value}


@pytest.mark.parametrize("name", SHOWN)
def test_silence_makes_a_fact_unknown(name: str) -> None:
    facts = claimed(**{name: None})
    assert {each: getattr(facts, each) for each in SHOWN} == SHOWN | {name: None}


def test_silence_about_acknowledgement_is_told_from_none() -> None:
    assert not claimed(acknowledged_at=None).acknowledgement_known
    assert facts_of(Logged(MONDAY)).acknowledgement_known


def test_a_later_claim_replaces_an_earlier_one() -> None:
    first = Asserted(MONDAY, {"reopenings": 3, "hand_offs": 4})
    then = Asserted(MONDAY, {"reopenings": None})
    facts = facts_of(Logged(MONDAY), first, then)
    assert (facts.reopenings, facts.hand_offs) == (None, 4)


def test_a_claim_holds_whatever_the_trail_shows_afterwards() -> None:
    facts = facts_of(
        Logged(MONDAY),
        Asserted(MONDAY, {"acknowledged_at": LATER}),
        Acknowledged(MONDAY + HOUR),
    )
    assert facts.acknowledged_at == LATER


class TestTheFutureOfAnInstant:
    """An export repeats a column's final value on every row: it is not so before its time."""

    INCIDENT = Incident.replay(
        "INC1",
        [Logged(MONDAY), Asserted(MONDAY, dict.fromkeys(INSTANTS, LATER)), Noted(LATER, "x")],
    )

    @pytest.mark.parametrize("name", INSTANTS)
    def test_it_is_not_yet_so(self, name: str) -> None:
        before = self.INCIDENT.as_of(LATER - timedelta(microseconds=1)).facts
        assert getattr(before, name) is None

    @pytest.mark.parametrize("name", sorted(set(INSTANTS) - {"resolved_at"}))
    def test_it_is_so_from_then_on(self, name: str) -> None:
        assert getattr(self.INCIDENT.as_of(LATER).facts, name) == LATER

    def test_not_yet_acknowledged_is_not_silence(self) -> None:
        assert self.INCIDENT.as_of(MONDAY).facts.acknowledgement_known

    def test_without_an_instant_nothing_is_in_the_future(self) -> None:
        assert facts_of(*TRAIL, Asserted(MONDAY, {"resolved_at": LATER})).resolved_at == LATER


class TestClaimedResolution:
    """``resolved_at``: the claim gives the instant, the trail says whether it stands."""

    CLAIM = Asserted(MONDAY, {"resolved_at": MONDAY + HOUR})

    def test_it_says_that_it_rests_on_the_claim(self) -> None:
        facts = facts_of(Logged(MONDAY, status=None), self.CLAIM)
        assert (facts.resolved_at, facts.resolved_by) == (MONDAY + HOUR, "claim")
        assert (facts.first_resolved_at, facts.was_resolved) == (MONDAY + HOUR, False)

    def test_a_trail_that_shows_it_open_outweighs_it(self) -> None:
        facts = facts_of(Logged(MONDAY), self.CLAIM)
        assert (facts.resolved_at, facts.resolved_by) == (None, None)

    def test_the_first_resolution_of_a_reopened_one_stays_with_the_trail(self) -> None:
        facts = facts_of(
            Logged(MONDAY),
            Resolved(MONDAY + HOUR),
            Reopened(MONDAY + 2 * HOUR),
            Resolved(MONDAY + 3 * HOUR),
            Asserted(MONDAY + 3 * HOUR, {"resolved_at": MONDAY + 4 * HOUR}),
        )
        assert (facts.first_resolved_at, facts.resolved_at) == (MONDAY + HOUR, MONDAY + 4 * HOUR)

    def test_a_claim_about_one_never_reopened_is_its_first_resolution(self) -> None:
        facts = claimed(resolved_at=LATER)
        assert (facts.first_resolved_at, facts.resolved_at) == (LATER, LATER)

    def test_silence_rests_on_nothing(self) -> None:
        assert claimed(resolved_at=None).resolved_by is None
