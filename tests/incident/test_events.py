"""Events: values with instants that carry an offset, and claims that can be claimed."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import fields
from attrs.exceptions import FrozenInstanceError
from hypothesis import given

from itilcore import incident
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import (
    Answered,
    Asserted,
    Event,
    Facts,
    Held,
    HoldReason,
    Logged,
    Noted,
    Restored,
    StakeholdersUpdated,
    Status,
    Timeline,
)
from itilcore.incident.events import ASSERTABLE

from .strategies import MONDAY, timelines

NAIVE = datetime(2026, 1, 5, 9)
LATER = MONDAY + timedelta(hours=1)

KINDS = {
    "Logged", "ImpactStarted", "Detected", "Classified", "Prioritised", "SeverityDeclared",
    "Acknowledged", "Assigned", "StatusChanged", "Held", "Escalated", "HandedOff", "Contacted",
    "WorkaroundFound", "Resolved", "Restored", "Confirmed", "Reopened", "Closed", "Cancelled",
    "Linked", "StakeholdersUpdated", "Noted", "PolicyAdopted", "Observed", "Asserted", "Announced",
    "RoleAssumed", "RoleRenounced", "Answered",
    "VendorAnswered", "VendorEngaged", "MajorIncidentMarked",
}  # fmt: skip


def test_every_event_of_the_design_is_exported() -> None:
    exported = [getattr(incident, name) for name in incident.__all__]
    kinds = {item for item in exported if isinstance(item, type) and issubclass(item, Event)}
    assert {kind.__name__ for kind in kinds - {Event}} == KINDS


def test_the_front_door_lists_each_name_once() -> None:
    assert len(set(incident.__all__)) == len(incident.__all__)


@pytest.mark.parametrize("fields", [{"at": NAIVE}, {"at": MONDAY, "recorded_at": NAIVE}])
def test_an_instant_without_an_offset_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(NaiveInstant) as caught:
        Restored(**fields)
    assert caught.value.name == list(fields)[-1]


def test_the_next_update_carries_an_offset() -> None:
    with pytest.raises(NaiveInstant) as caught:
        StakeholdersUpdated(MONDAY, "users", NAIVE)
    assert caught.value.name == "next_update_at"
    assert StakeholdersUpdated(MONDAY, "users").next_update_at is None
    assert StakeholdersUpdated(MONDAY, "users", LATER).next_update_at == LATER


def test_it_is_known_when_it_was_recorded() -> None:
    assert Restored(MONDAY).known_at == MONDAY
    assert Restored(MONDAY, recorded_at=LATER).known_at == LATER


def test_nobody_is_known_to_have_acted_unless_said() -> None:
    assert Noted(MONDAY, "called back").by is None


def test_an_event_starts_in_the_plain_status() -> None:
    assert Logged(MONDAY).status == Status.NEW
    assert Held(MONDAY, HoldReason.AWAITING_CALLER).status == Status.ON_HOLD


def test_two_kinds_with_one_instant_are_two_events() -> None:
    assert len({Restored(MONDAY), incident.Confirmed(MONDAY), Restored(MONDAY)}) == 2


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Noted(MONDAY, "a").text = "b"  # type: ignore[misc]  # what is tested


@given(timelines(backwards=True))
def test_events_survive_pickling_and_hash(timeline: Timeline) -> None:
    twin = pickle.loads(pickle.dumps(timeline))
    assert twin == timeline
    assert hash(twin) == hash(timeline)


def test_what_may_be_claimed_is_a_column_or_the_source_own_verdict() -> None:
    assert set(ASSERTABLE) <= {column.name for column in fields(Facts)}


def test_claims_are_pairs_by_name() -> None:
    claims: dict[str, Any] = {"reopenings": 1, "closed_at": LATER, "interactions": None}
    assert Asserted(MONDAY, claims).claims == (
        ("closed_at", LATER),
        ("interactions", None),
        ("reopenings", 1),
    )
    assert Asserted(MONDAY, claims) == Asserted(MONDAY, reversed(claims.items()))


def test_the_later_of_two_claims_about_one_fact_holds() -> None:
    pairs: list[Any] = [("closed_at", LATER), ("closed_at", None)]
    assert Asserted(MONDAY, pairs).claims == (("closed_at", None),)


def test_what_nobody_may_claim_is_refused_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        Asserted(MONDAY, {"status": 1, "reopenings": 2, "backwards": 3})
    assert [defect.path for defect in caught.value.defects] == ["backwards", "status"]
    assert "reassignments" in str(caught.value)


def test_a_claimed_instant_carries_an_offset() -> None:
    with pytest.raises(NaiveInstant) as caught:
        Asserted(MONDAY, {"resolved_at": NAIVE})
    assert caught.value.name == "resolved_at"


def test_utc_by_any_other_name_is_aware() -> None:
    assert Restored(MONDAY.astimezone(ZoneInfo("UTC"))) == Restored(MONDAY)


def test_a_reason_that_is_none():
    with pytest.raises(InvalidInput, match="hold_reason: is 'foo': give a HoldReason"):
        Held(datetime(2026, 1, 5, tzinfo=UTC), "foo")


@pytest.mark.parametrize("at", [None, "2026-01-05", 5])
def test_an_instant_that_is_none(at):
    with pytest.raises(InvalidInput, match="at: is .*: give a date-time with a UTC offset"):
        Logged(at)


def test_answers_are_pairs_by_name() -> None:
    told = Answered(MONDAY, {"start": "nine", "device": ""})
    assert told.answers == (("device", ""), ("start", "nine"))
    assert told == Answered(MONDAY, [("start", "nine"), ("device", "")])
    assert Answered(MONDAY, {}).answers == ()


def test_what_are_no_answers_is_told_at_once() -> None:
    wrong: Any = Answered
    with pytest.raises(InvalidInput) as caught:
        wrong(MONDAY, ["ab", ("a", "x"), ("a", "y"), ("b", 5), (" ", "z"), ("c", "x", "y")])
    assert sorted(map(str, caught.value.defects)) == [
        "answers.a: stands twice",
        "answers.b: is 5: give a text",
        "answers: has 'ab': give a name and a text",
        "answers: has ('c', 'x', 'y'): give a name and a text",
        "answers: is ' ': it must be a text that is not blank",
    ]
    for nothing in (None, 5, "text", [None], {3: "x"}):
        with pytest.raises(InvalidInput, match="event: 1 defect"):
            wrong(MONDAY, nothing)
