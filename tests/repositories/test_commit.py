"""Commits: what is refused at birth, and what one says of an incident."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve

from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import Assigned, Closed, Incident, Linked, Logged, Noted
from itilcore.repositories import Commit, IncidentState
from itilcore.testing.examples import notification

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
LOGGED = Logged(NINE)


def test_every_defect_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        Commit(reference=" ", expected_version=-1, events=[LOGGED], idempotency_key="")
    assert [each.path for each in caught.value.defects] == [
        "reference",
        "idempotency_key",
        "expected_version",
    ]


@pytest.mark.parametrize("version", [-1, True, 1.0, "1", None])
def test_a_version_is_a_whole_number(version: Any) -> None:
    with pytest.raises(InvalidInput, match="expected_version"):
        Commit(reference="INC1", expected_version=version, events=[LOGGED])


def test_an_incident_begins_with_an_event() -> None:
    with pytest.raises(InvalidInput, match="not there yet"):
        Commit(reference="INC1", expected_version=0, events=[])
    assert Commit(reference="INC1", expected_version=3, events=[]).version == 3


def test_when_to_look_again_is_an_instant() -> None:
    with pytest.raises(NaiveInstant):
        Commit(
            reference="INC1",
            expected_version=0,
            events=[LOGGED],
            look_again_at=NINE.replace(tzinfo=None),
        )


def test_a_commit_of_an_incident_knows_where_it_began() -> None:
    assigned = Assigned(NINE, "Desk")
    after = Incident.replay("INC1", [LOGGED, assigned])
    commit = Commit.of(after, iter([assigned]), idempotency_key="k", look_again_at=NINE)
    assert (commit.expected_version, commit.version, commit.events) == (1, 2, (assigned,))
    assert commit.state == IncidentState.of(after)
    # The state follows from the events: it makes no other commit.
    assert commit == Commit(
        reference="INC1",
        expected_version=1,
        events=[assigned],
        idempotency_key="k",
        look_again_at=NINE,
    )


@pytest.mark.parametrize(
    ("events", "paths"),
    [
        ([LOGGED, Closed(NINE, steps=["restart", None])], ["events[1].steps[1]"]),
        ([Assigned(NINE, tier=True), Logged(NINE, 7)], ["events[0].tier", "events[1].title"]),
        ([Noted(NINE, None)], ["events[0].text"]),
        ([Linked(NINE, "parent", "INC2")], ["events[0].kind"]),
        ([Closed(NINE, steps=["x" * 2_000_001])], ["events[0].steps[0]"]),
        (["logged", None, LOGGED], ["events[0]", "events[1]"]),
        (5, ["events"]),
        (None, ["events"]),
    ],
)  # fmt: skip
def test_what_could_not_be_read_again_is_refused(events: Any, paths: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        Commit(reference="INC1", expected_version=0, events=events)
    assert [each.path for each in caught.value.defects] == paths


def test_notifications_and_a_state_are_what_they_are_called() -> None:
    told = evolve(notification(), subject=7, recipient=b"ada")
    given: Any = {"notifications": ["x", told, notification()], "state": "open"}
    with pytest.raises(InvalidInput) as caught:
        Commit(reference="INC1", expected_version=0, events=[LOGGED], **given)
    assert [each.path for each in caught.value.defects] == [
        "notifications[0]",
        "notifications[1].subject",
        "notifications[1].recipient",
        "state",
    ]
    with pytest.raises(InvalidInput, match="notifications: is 5: give a list"):
        Commit(reference="INC1", expected_version=0, events=[LOGGED], notifications=5)


def test_a_reference_and_a_key_have_a_thousand_characters_at_most() -> None:
    longest = Commit(
        reference="x" * 1_000, expected_version=0, events=[LOGGED], idempotency_key="k" * 1_000
    )
    assert longest.version == 1
    with pytest.raises(InvalidInput) as caught:
        Commit(
            reference="x" * 1_001, expected_version=0, events=[LOGGED], idempotency_key="k" * 1_001
        )
    assert [str(each) for each in caught.value.defects] == [
        f"{name}: has 1,001 characters: 1,000 are the most that can be kept"
        for name in ("reference", "idempotency_key")
    ]


def test_a_commit_is_of_an_incident() -> None:
    after: Any = "INC1"
    with pytest.raises(InvalidInput, match="after: is 'INC1': give an Incident"):
        Commit.of(after, [LOGGED])
    events: Any = 7
    with pytest.raises(InvalidInput, match="events: is 7: give a list"):
        Commit.of(Incident.replay("INC1", [LOGGED]), events)
