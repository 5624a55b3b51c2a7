"""Major incidents in the record: what was said last holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput
from itilcore.incident import Incident, Logged, MajorIncidentMarked, MajorState

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@given(st.lists(st.sampled_from(MajorState)))
def test_the_last_mark_holds(states: list[MajorState]) -> None:
    marks = [MajorIncidentMarked(NINE, state, "why") for state in states]
    incident = Incident.replay("INC1", [Logged(NINE), *marks])
    assert incident.major_state == (states[-1] if states else None)
    assert incident.is_major is (states[-1:] == [MajorState.PROMOTED])
    assert Incident.replay("INC1", [Logged(NINE)]).record(*marks).is_major is incident.is_major


def test_a_mark_is_one_of_four() -> None:
    wrong: Any = "promoted"
    with pytest.raises(InvalidInput, match="state: is 'promoted': give a MajorState"):
        MajorIncidentMarked(NINE, wrong)
