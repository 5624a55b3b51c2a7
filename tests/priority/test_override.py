"""Overrides: a person's word, beside what was computed."""

from __future__ import annotations

import pickle

import pytest

from itilcore.actor import Actor
from itilcore.errors import InvalidInput
from itilcore.priority import Impact, Override, Priority, PriorityMatrix, Urgency

COMPUTED = PriorityMatrix.itil().assess(Impact.LOW, Urgency.LOW)
ADA = Actor.person("ada")
OVERRIDE = Override(COMPUTED, Priority.P1, "the board is watching", ADA)


def test_it_keeps_what_was_computed_why_and_by_whom() -> None:
    decision = OVERRIDE.decision
    assert decision.answer == Priority.P1
    assert decision.version == COMPUTED.version
    assert decision.reasons[1:] == COMPUTED.reasons
    assert decision.reasons[0].text == "ada set P1: the board is watching"
    assert decision.reasons[0].inputs == (("by", ADA), ("computed", Priority.P4))


def test_what_could_not_be_computed_can_be_overridden() -> None:
    unknown = PriorityMatrix.itil().assess(None, Urgency.LOW)
    decision = Override(unknown, Priority.P3, "called in", ADA).decision
    assert [reason.text for reason in decision.reasons] == [
        "ada set P3: called in",
        "impact is unknown",
    ]


def test_every_defect_is_listed() -> None:
    with pytest.raises(InvalidInput) as refused:
        Override(Priority.P4, Impact.HIGH, " ", "ada")  # type: ignore[arg-type]  # what is tested
    assert [str(defect) for defect in refused.value.defects] == [
        "computed: is Priority.P4, not Decision",
        "priority: is Impact.HIGH, not Priority",
        "by: is 'ada', not Actor",
        "reason: is ' ': it must be a text that is not blank",
    ]


def test_it_survives_pickling_and_hashes() -> None:
    twin = pickle.loads(pickle.dumps(OVERRIDE))
    assert twin == OVERRIDE
    assert hash(twin) == hash(OVERRIDE)
