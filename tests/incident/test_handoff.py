"""What one group tells the next."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from itilcore.errors import InvalidInput
from itilcore.incident import (
    Assigned,
    DiagnosticStep,
    HandOffNotes,
    Noted,
    Observed,
    Role,
    RoleAssumed,
    RoleRenounced,
    RoleSpell,
    StepOutcome,
    role_spells,
)

NINE, TEN = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))


def test_notes_as_one_line() -> None:
    notes = HandOffNotes(
        summary="No VPN",
        steps=[
            DiagnosticStep("ping"),
            DiagnosticStep("log in", StepOutcome.NOT_POSSIBLE, "locked"),
        ],
        device={"os": "Linux"},
        user=[("site", "Porto")],
        evidence="log 7",
        environment="production",
        next_step="trace",
    )
    assert str(notes) == (
        "No VPN; tried ping (no change), log in (not possible: locked); os Linux, site Porto; "
        "in production; evidence log 7; next trace"
    )
    assert str(HandOffNotes()) == ""
    assert notes.exhausted
    assert not HandOffNotes().exhausted
    assert not HandOffNotes(steps=DiagnosticStep("ping", StepOutcome.SOLVED)).exhausted


def test_every_defect_at_once() -> None:
    wrong: Any = HandOffNotes
    with pytest.raises(InvalidInput) as caught:
        wrong(
            summary=1,
            steps=["ping"],
            device={" ": "x", "os": 3},
            evidence=[""],
            next_step=2,
        )
    assert [str(each) for each in caught.value.defects] == [
        "steps[0]: is 'ping': give a DiagnosticStep",
        "summary: is 1: give a text",
        "next_step: is 2: give a text",
        "device: is ' ': it must be a text that is not blank",
        "device.os: is 3: give a text",
        "evidence[0]: is '': it must be a text that is not blank",
    ]
    for parts in ({"steps": 5}, {"device": 5}, {"user": [1]}, {"evidence": 5}):
        with pytest.raises(InvalidInput, match="hand-off notes: 1 defect"):
            wrong(**parts)
    wrong = DiagnosticStep
    with pytest.raises(InvalidInput, match="diagnostic step: 2 defects"):
        wrong("", "solved")


def test_roles() -> None:
    assert str(Role.SCRIBE) == "scribe"
    assert repr(Role("x")) == "Role('x')"
    assert Role.resolver(7) == Role.RESOLVER
    with pytest.raises(InvalidInput, match="name: is ' '"):
        Role(" ")


def test_events_of_roles_are_checked() -> None:
    wrong: Any = RoleAssumed
    with pytest.raises(InvalidInput, match="role: is 'scribe': give a Role"):
        wrong(NINE, "scribe", "ada")
    with pytest.raises(InvalidInput, match="person: is ''"):
        RoleRenounced(NINE, Role.SCRIBE, "")


def test_spells_of_strange_histories() -> None:
    told = [
        RoleRenounced(NINE, Role.SCRIBE, "ada"),
        RoleAssumed(NINE, Role.SCRIBE, "ada"),
        RoleAssumed(TEN, Role.SCRIBE, "ada"),
        Noted(TEN, "x"),
        RoleRenounced(TEN, Role.SCRIBE, "ada"),
        Assigned(NINE, "Desk", "bob", 1),
        Observed(TEN, group="Desk", assignee="bob", tier=1),
        Assigned(TEN, "Desk"),
    ]
    assert role_spells(told) == (
        RoleSpell(Role.SCRIBE, "ada", NINE, TEN),
        RoleSpell(Role.TIER_1_RESOLVER, "bob", NINE, TEN),
    )
