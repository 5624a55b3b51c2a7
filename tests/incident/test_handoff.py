"""What one group tells the next."""

from __future__ import annotations

from typing import Any

import pytest

from itilcore.errors import InvalidInput
from itilcore.incident import DiagnosticStep, HandOffNotes, Role, StepOutcome


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
    wrong = DiagnosticStep
    with pytest.raises(InvalidInput, match="diagnostic step: 2 defects"):
        wrong("", "solved")


def test_roles() -> None:
    assert str(Role.SCRIBE) == "scribe"
    assert repr(Role("x")) == "Role('x')"
    assert Role.resolver(7) == Role.RESOLVER
    with pytest.raises(InvalidInput, match="name: is ' '"):
        Role(" ")
