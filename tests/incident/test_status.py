"""Statuses, phases and reasons for a hold (decision 13)."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from itilcore.errors import InvalidInput
from itilcore.incident import STANDARD_STATUSES, HoldReason, Phase, Status


def test_the_default_statuses_and_their_phases() -> None:
    assert [(status.name, status.phase) for status in STANDARD_STATUSES] == [
        ("NEW", Phase.OPEN),
        ("ASSIGNED", Phase.OPEN),
        ("IN_PROGRESS", Phase.ACTIVE),
        ("ON_HOLD", Phase.WAITING),
        ("RESOLVED", Phase.RESOLVED),
        ("CLOSED", Phase.CLOSED),
        ("CANCELLED", Phase.CANCELLED),
    ]


def test_the_phases_are_fixed() -> None:
    assert [phase.name for phase in Phase] == [
        "OPEN",
        "ACTIVE",
        "WAITING",
        "RESOLVED",
        "CLOSED",
        "CANCELLED",
        "UNKNOWN",
    ]
    assert {phase for phase in Phase if phase.is_unresolved} == {
        Phase.OPEN,
        Phase.ACTIVE,
        Phase.WAITING,
    }
    assert {phase for phase in Phase if phase.is_end} == {Phase.CLOSED, Phase.CANCELLED}


def test_a_team_has_its_own() -> None:
    theirs = Status("NEW", Phase.ACTIVE)
    assert theirs != Status.NEW
    assert theirs == Status("NEW", Phase.ACTIVE)
    assert len({theirs, Status.NEW, Status("NEW", Phase.OPEN)}) == 2


def test_a_value_that_no_mapping_knows_is_kept() -> None:
    strange = Status.unknown("-100")
    assert (strange.name, strange.phase, strange.raw) == ("UNKNOWN", Phase.UNKNOWN, "-100")
    assert strange != Status.unknown("-101")
    assert (str(strange), repr(strange)) == (
        "UNKNOWN(-100)",
        "Status('UNKNOWN', UNKNOWN, raw='-100')",
    )


def test_an_empty_value_of_a_source_is_kept_too() -> None:
    assert str(Status.unknown("")) == "UNKNOWN()"


def test_how_they_read() -> None:
    assert (str(Status.ON_HOLD), repr(Status.ON_HOLD)) == ("ON_HOLD", "Status('ON_HOLD', WAITING)")
    reason = HoldReason.AWAITING_VENDOR
    assert (str(reason), repr(reason)) == ("AWAITING_VENDOR", "HoldReason('AWAITING_VENDOR')")


@pytest.mark.parametrize("name", ["", " ", None])
def test_a_blank_name_is_refused(name: Any) -> None:
    for make in (lambda: Status(name, Phase.OPEN), lambda: HoldReason(name)):
        with pytest.raises(InvalidInput, match="must be a text that is not blank"):
            make()


def test_every_defect_is_listed_at_once() -> None:
    phase: Any = "open"
    with pytest.raises(InvalidInput) as caught:
        Status(" ", phase)
    assert [defect.path for defect in caught.value.defects] == ["name", "phase"]


@pytest.mark.parametrize(
    "value",
    [
        *STANDARD_STATUSES,
        Status.unknown("x"),
        Status("WITH_VENDOR", Phase.WAITING),
        HoldReason.AWAITING_CALLER,
        HoldReason("AWAITING_PARTS"),
        *Phase,
    ],
    ids=str,
)
def test_it_survives_pickling_and_hashes(value: object) -> None:
    hash(value)  # a cached hash must not travel: texts hash otherwise in another process
    twin = pickle.loads(pickle.dumps(value))
    assert twin == value
    assert hash(twin) == hash(value)


def test_a_phase_is_one_value_everywhere() -> None:
    assert pickle.loads(pickle.dumps(Status.NEW)).phase is Phase.OPEN


def test_five_reasons_come_with_the_library() -> None:
    named = {value for value in vars(HoldReason).values() if isinstance(value, HoldReason)}
    assert {reason.name for reason in named} == {
        "AWAITING_CALLER",
        "AWAITING_VENDOR",
        "AWAITING_CHANGE",
        "AWAITING_PROBLEM",
        "AWAITING_EVIDENCE",
    }
