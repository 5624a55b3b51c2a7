"""Commits: what is refused at birth, and what one says of an incident."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import Assigned, Incident, Logged
from itilcore.repositories import Commit, IncidentState

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
