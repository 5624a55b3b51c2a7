"""What moves are measured against ends in the same state, with the same events."""

from __future__ import annotations

from datetime import timedelta

import pytest

from benchmarks import records
from itilcore.incident import HoldReason, Incident, Lifecycle, Status


def test_the_floor_of_a_move_does_the_same() -> None:
    events = records.story(20)
    at = records.START + timedelta(days=2)
    ours = records.recorded(Lifecycle.default(), Incident.replay("INC1", events), at)
    ticket = records.Ticket("INC1", Status.IN_PROGRESS, None, tuple(events))
    held = records.by_hand(ticket, "hold", HoldReason.AWAITING_CALLER, at)
    theirs = records.by_hand(held, "resume", None, at + records.MINUTE)
    assert ours.status == theirs.status == Status.IN_PROGRESS
    assert tuple(ours.timeline) == theirs.events
    with pytest.raises(ValueError, match="needs a reason"):
        records.by_hand(ticket, "hold", None, at)
