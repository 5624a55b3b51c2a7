"""Decisions: the answer, why, and by which rules."""

from __future__ import annotations

import pickle
from random import Random

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from itilcore.decision import Decision, Reason

inputs = st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5))


def test_inputs_are_kept_by_name() -> None:
    reason = Reason("matrix", "so", {"urgency": "LOW", "impact": "HIGH"})
    assert reason.inputs == (("impact", "HIGH"), ("urgency", "LOW"))


def test_inputs_may_be_pairs_whose_values_do_not_compare() -> None:
    reason = Reason("matrix", "so", (("b", None), ("a", 1), ("c", "x")))
    assert reason.inputs == (("a", 1), ("b", None), ("c", "x"))


def test_a_reason_needs_no_inputs() -> None:
    assert Reason("matrix", "so").inputs == ()


def test_a_reason_reads_as_its_text() -> None:
    assert str(Reason("matrix", "HIGH and LOW give P3")) == "HIGH and LOW give P3"


@given(inputs, st.randoms(use_true_random=False))
def test_the_order_of_inputs_means_nothing(given_inputs: dict[str, object], chance: Random) -> None:
    pairs = list(given_inputs.items())
    chance.shuffle(pairs)
    one, other = Reason("r", "t", given_inputs), Reason("r", "t", tuple(pairs))
    assert one == other
    assert hash(one) == hash(other)


@given(inputs, st.none() | st.text())
def test_a_decision_survives_pickling_and_hashes(
    given_inputs: dict[str, object], answer: str | None
) -> None:
    decision = Decision(answer, (Reason("r", "t", given_inputs),), "rules:1")
    twin = pickle.loads(pickle.dumps(decision))
    assert twin == decision
    assert hash(twin) == hash(decision)


def test_reasons_become_a_tuple_in_their_order() -> None:
    first, second = Reason("b", "first"), Reason("a", "second")
    assert Decision("P3", [first, second], "rules:1").reasons == (first, second)


def test_it_explains_itself() -> None:
    decision = Decision("P3", [Reason("matrix", "HIGH and LOW give P3")], "matrix:1")
    assert (
        decision.explain() == "P3, because:\n  HIGH and LOW give P3 [matrix]\ndecided by matrix:1"
    )


def test_no_answer_is_an_answer() -> None:
    decision = Decision(None, [Reason("matrix", "urgency is missing")], "matrix:1")
    assert decision.explain().splitlines() == [
        "undecided, because:",
        "  urgency is missing [matrix]",
        "decided by matrix:1",
    ]


@pytest.mark.parametrize("answer", [False, 0, ""])
def test_an_answer_that_is_false_is_not_undecided(answer: object) -> None:
    assert Decision(answer, [], "rules:1").explain().startswith(f"{answer}, because:")


def test_it_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Decision("P3", [], "rules:1").answer = "P1"  # type: ignore[misc]  # what is tested
