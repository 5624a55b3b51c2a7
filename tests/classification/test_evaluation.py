"""How well a classifier does: counts against counts by hand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import TicketKind
from itilcore.classification.evaluation import evaluate
from itilcore.errors import InvalidInput

kinds = st.sampled_from(TicketKind)
pairs = st.lists(st.tuples(kinds, st.none() | kinds), max_size=30)


@given(pairs)
def test_counts_are_those_by_hand(given_pairs: list[tuple[TicketKind, TicketKind | None]]) -> None:
    found = evaluate(iter(given_pairs))
    assert found.n == len(given_pairs)
    assert found.right == sum(truth is answer for truth, answer in given_pairs)
    assert found.abstentions == sum(answer is None for _, answer in given_pairs)
    for kind in TicketKind:
        each = found.of(kind)
        theirs = [answer for truth, answer in given_pairs if truth is kind]
        answered = [truth for truth, answer in given_pairs if answer is kind]
        assert (each.n, each.answered) == (len(theirs), len(answered))
        assert each.abstained == theirs.count(None)
        assert each.recall == (theirs.count(kind) / len(theirs) if theirs else None)
        assert each.precision == (answered.count(kind) / len(answered) if answered else None)
        assert (each in found.kinds) is bool(theirs or answered)
    assert sum(each.n for each in found.kinds) == found.n
    assert sum(row.count for row in found.confusion) == found.n


@given(pairs.flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))))
def test_the_order_means_nothing(given_pairs: tuple[list[object], list[object]]) -> None:
    one, other = map(evaluate, given_pairs)
    assert one == other
    assert json.dumps(one.to_dict()) == json.dumps(other.to_dict())


def test_over_nothing_there_is_no_share() -> None:
    found = evaluate([])
    assert (found.precision, found.coverage, found.kinds, str(found)) == (None, None, (), "")
    one = evaluate([(TicketKind.CHANGE, None)])
    assert str(one) == "change: n 1, precision -, recall 0.00, abstained 1"
    assert one.to_dict()["confusion"] == [{"truth": "change", "answer": None, "count": 1}]


def test_what_is_no_pair_of_kinds_is_refused_whole() -> None:
    change = TicketKind.CHANGE
    with pytest.raises(InvalidInput) as refused:
        evaluate([(change, change), (change,), "ab", (None, change), (change, "change"), [change]])
    assert [defect.path for defect in refused.value.defects] == ["[1]", "[2]", "[3]", "[4]", "[5]"]
    with pytest.raises(InvalidInput, match="give pairs of kinds"):
        evaluate(5)
    with pytest.raises(InvalidInput, match="give a TicketKind"):
        evaluate([]).of("change")
