"""The kinds of ticket, and the front door of the package."""

from __future__ import annotations

from itilcore.classification import TicketKind


def test_the_kinds() -> None:
    assert {kind.name: kind.value for kind in TicketKind} == {
        "INCIDENT": "incident",
        "PROBLEM": "problem",
        "SERVICE_REQUEST": "service request",
        "QUESTION": "question",
        "CHANGE": "change",
    }


def test_a_kind_is_no_text() -> None:
    text: object = "incident"
    assert text != TicketKind.INCIDENT
