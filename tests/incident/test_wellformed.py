"""Well-formed events: what is let through can be read again, and what is refused says where."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest
from attrs import fields
from hypothesis import given
from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.classification import Category, TicketKind
from itilcore.codec import dumps, loads
from itilcore.errors import ItilcoreError
from itilcore.incident import (
    Announced,
    AnnouncementKind,
    Answered,
    Asserted,
    Assigned,
    Closed,
    Event,
    HoldReason,
    Linked,
    LinkKind,
    Logged,
    Noted,
    Observed,
    Phase,
    Prioritised,
    Status,
    StatusChanged,
)
from itilcore.incident.wellformed import LONGEST_TEXT, event_defects, field_defects
from itilcore.priority import Impact, Priority, Severity, Urgency
from itilcore.testing.examples import every_event, notification
from tests.incident.strategies import timelines

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
LONG = "x" * (LONGEST_TEXT + 1)


def found(event: Any) -> list[tuple[str, str]]:
    return [(each.path, each.problem) for each in event_defects(event)]


@given(timelines())
def test_every_event_that_is_meant_is_well_formed(events: list[Event]) -> None:
    assert [event_defects(event) for event in events] == [[]] * len(events)


def test_an_event_of_every_kind_is_well_formed() -> None:
    assert [found(event) for event in every_event()] == [[]] * len(every_event())
    assert field_defects(notification()) == []


VALUES: list[Any] = [
    None, "text", "", 7, -1, True, 2**63 - 1, 1.5, b"text", NINE, time(9, tzinfo=UTC), [], ["a"], ("a", "b"), ("a", None), (7,),
    {}, Actor.person("ada"), Status.NEW, Status("MINE", Phase.OPEN, "raw"), Status("MINE", Phase.OPEN, 7),
    HoldReason("PARTS"), LinkKind.PARENT, AnnouncementKind.BREACH, TicketKind.INCIDENT, Category("Network"), Impact.HIGH,
    Urgency.LOW, Priority.P1, Severity("Sev1", 1), Phase.OPEN, {"reassignments": 3}, {"reassignments": "x", "resolved_at": NINE},
    {"sla_met": True, "resolved_at": None}, {"resolved_at": 5}, {"device": "PC 7"}, [("device", ""), ("start", "nine")],
]  # fmt: skip


@st.composite
def anything(draw: st.DrawFn) -> Event | None:
    """An event whose fields hold anything that its class lets in."""
    right = draw(st.sampled_from(every_event()))
    given_: dict[str, Any] = {each.name: getattr(right, each.name) for each in fields(type(right))}
    names = st.sampled_from(sorted(given_))
    given_ |= draw(st.dictionaries(names, st.sampled_from(VALUES), max_size=3))
    try:
        return type(right)(**given_)
    except (ItilcoreError, TypeError, ValueError, AttributeError):
        return None


def comes_back(event: Event) -> bool:
    try:
        return loads(Event, dumps(event)) == event
    except Exception:
        return False


@given(anything())
def test_what_is_well_formed_is_what_comes_back(event: Event | None) -> None:
    # The codec is the oracle: it was written without the code that is tried here.
    if event is not None:
        assert (event_defects(event) == []) == comes_back(event)


@pytest.mark.parametrize(
    ("event", "defects"),
    [
        (Closed(NINE, steps=["restart", None]), [("steps[1]", "is None: it must be a text")]),
        (Closed(NINE, steps=["a", LONG, 3]), [("steps[1]", "has 2,000,001 characters: 2,000,000 are the most that can be kept"), ("steps[2]", "is 3: it must be a text")]),
        (Assigned(NINE, tier=True), [("tier", "is True: it must be a whole number or None")]),
        (Assigned(NINE, tier=2**63), [("tier", "is a number of more than 64 bits")]),
        (Assigned(NINE, tier=10**5_000), [("tier", "is a number of more than 64 bits")]),
        (Logged(NINE, 7), [("title", "is 7: it must be a text or None")]),
        (Noted(NINE, None), [("text", "is None: it must be a text")]),
        (Noted(NINE, LONG), [("text", "has 2,000,001 characters: 2,000,000 are the most that can be kept")]),
        (Linked(NINE, "parent", "INC2"), [("kind", "is 'parent': it must be LinkKind")]),
        (Linked(NINE, HoldReason("X"), 7), [("kind", "is HoldReason('X'): it must be LinkKind"), ("reference", "is 7: it must be a text")]),
        (Noted(time(9, tzinfo=UTC), "x"), [("at", "is datetime.time(9, 0, tzinfo=datetime.timezone.utc): it must be a date-time")]),
        (Noted(NINE, "x", by="ada"), [("by", "is 'ada': it must be Actor or None")]),
        (StatusChanged(NINE, None), [("status", "is None: it must be Status")]),
        (Observed(NINE, Status("A", Phase.OPEN, 5)), [("status.raw", "is 5: it must be a text or None")]),
        (Prioritised(NINE, Urgency.LOW), [("impact", f"is {Urgency.LOW!r}: it must be Impact or None")]),
        (Announced(NINE, AnnouncementKind.BREACH, "c", 5, NINE), [("agreement", "is 5: it must be a text")]),
        (Asserted(NINE, {"resolved_at": NINE, "sla_met": None, "interactions": 10**30}), [("claims.interactions", "is a number of more than 64 bits")]),
        (Answered(NINE, {"a": LONG, "b": ""}), [("answers.a", "has 2,000,001 characters: 2,000,000 are the most that can be kept")]),
        (Answered(NINE, {LONG: "a"}), [("answers", "has 2,000,001 characters: 2,000,000 are the most that can be kept")]),
        (7, [("", "is 7: it must be an event, such as Noted")]),
        (Noted, [("", f"is {Noted!r:.60}: it must be an event, such as Noted")]),
        (Event(NINE), [("", f"is {Event(NINE)!r:.60}: it must be an event, such as Noted")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(event: Any, defects: list[tuple[str, str]]) -> None:
    assert found(event) == defects


@pytest.mark.parametrize(
    ("name", "claim"), [("resolved_at", 5), ("interactions", "x"), ("sla_met", 1.5)]
)
def test_a_claim_is_of_the_type_that_its_name_says(name: str, claim: Any) -> None:
    event = Asserted(NINE, {})
    object.__setattr__(event, "claims", ((name, claim),))  # whatever the class itself refuses
    assert [path for path, _ in found(event)] == [f"claims.{name}"]


def test_the_longest_text_is_let_through() -> None:
    assert found(Closed(NINE, LONG[1:], steps=[LONG[1:]])) == []
    assert found(Assigned(NINE, tier=-(2**63) + 1)) == []


def test_types_may_be_more_than_they_must() -> None:
    class Name(str):
        __slots__ = ()

    class Moment(datetime):
        pass

    assert found(Noted(Moment(2026, 1, 5, tzinfo=UTC), Name("x"))) == []


def test_a_kind_of_event_of_somebody_else_is_none() -> None:
    mine = type("Mine", (Noted,), {"__slots__": ()})
    assert [path for path, _ in found(mine(NINE, "x"))] == [""]
