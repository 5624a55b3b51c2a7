"""Categories proposed from history, and how far history drifts: counts against counts by hand."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from math import fsum, isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.classification import Category
from itilcore.classification.drifting import DriftShare, drift
from itilcore.classification.proposal import percent, propose
from itilcore.classification.taxonomy import Taxonomy
from itilcore.classification.taxonomy_node import TaxonomyNode
from itilcore.errors import InvalidInput

TOPS = [*"ABCDEFGHIJKLMNOPQR", "a", "b", "Other", "misc"]
history = st.lists(
    st.none()
    | st.tuples(st.sampled_from(TOPS), st.sampled_from(["x", "other"])).map(lambda p: Category(*p)),
    max_size=60,
)


@given(history, st.integers(0, 20), st.integers(1, 16))
def test_a_proposal_is_the_largest_and_shares_add_up(
    past: list[Category | None], least: int, most: int
) -> None:
    found = propose(iter(past), least / 100, most)
    by_hand = Counter(each.top.upper() for each in past if each)
    left = by_hand.pop("OTHER", 0) + by_hand.pop("MISC", 0) + past.count(None)
    large = [(name, n) for name, n in by_hand.items() if n * 100 >= least * len(past)]
    large.sort(key=lambda pair: -pair[1])
    assert [row.count for row in found.rows] == [n for _, n in large][:most]
    assert all(by_hand[row.name.upper()] == row.count for row in found.rows)
    assert found.n == len(past) == sum(row.count for row in found.rows) + found.left_over
    assert found.small_names == len(by_hand) - len(found.rows)
    assert found.other + found.without == left
    assert found == propose(past[::-1], least / 100, most)
    assert json.loads(json.dumps(found.to_dict()))["left_over"] == found.left_over
    if past:
        assert isclose(fsum([row.share for row in found.rows] + [found.left_over_share]), 1)
    else:
        assert found.left_over_share is None


def test_a_name_is_written_as_most_often_and_ties_go_by_name() -> None:
    past = [Category(name) for name in ("mail", "Mail", "mail", "Net", "NET", "Zoo", "Zoo", "Zoo")]
    found = propose(past)
    assert [(row.name, row.count, row.spellings) for row in found.rows] == [
        ("Zoo", 3, ("Zoo",)),
        ("mail", 3, ("Mail", "mail")),
        ("NET", 2, ("NET", "Net")),
    ]
    assert (
        str(found)
        == "3 categories cover 8 of 8 (100 %), left over are 0; fewer than 10 are large enough"
    )


def test_the_words_of_much_and_of_nothing() -> None:
    assert str(propose([])) == "there is no history to propose categories from"
    past = [Category(f"C{n:02}") for n in range(20)]
    found = propose(past)
    assert str(found) == "15 categories cover 15 of 20 (75 %), left over are 5"
    assert (found.small, found.small_names) == (5, 5)
    assert len(propose([*past, Category("N/A")], other="C00").rows) == 15
    assert str(found.rows[0]) == "C00: 1 (5 %)"


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (5, 10, 0.2366, 0.7634)],
)
def test_intervals_that_are_published(count: int, n: int, low: float, high: float) -> None:
    found = DriftShare("in Other", count, n).interval
    assert found == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_at_the_ends_of_an_interval_the_share_is_just_as_far_as_chance_goes(
    pair: tuple[int, int],
) -> None:
    count, n = pair
    share = count / n
    low, high = DriftShare("in Other", count, n).interval
    assert 0 <= low <= share <= high <= 1
    for end in (low, high):
        if 0 < end < 1:
            assert isclose(abs(share - end), 1.959964 * sqrt(end * (1 - end) / n), rel_tol=1e-5)


NET = TaxonomyNode(identifier="n", name="Network", renamed_from="Net")
TAXONOMY = Taxonomy([NET, TaxonomyNode(identifier="m", name="Mail")])


def test_each_ticket_counts_once() -> None:
    past = [
        None,
        Category("Network", "Other"),
        Category("Other"),
        Category("Fax"),
        Category("Net"),
        Category("Mail"),
        Category("mail"),
    ]
    found = drift(past, TAXONOMY)
    assert (found.n, found.without, found.other, found.unknown) == (7, 1, 2, 1)
    assert (found.outdated, found.fitting) == (1, 2)
    plain = drift(past, Category("MAIL"))
    assert (plain.without, plain.other, plain.unknown, plain.outdated) == (1, 2, 2, 0)
    assert drift(past, TAXONOMY, other="fax").other == 1
    gone = TAXONOMY.retire(
        "m", replaced_by="n", at=datetime(2026, 3, 2, tzinfo=UTC), by=Actor.person("a"), why="so"
    )
    assert drift(past, gone).outdated == 3


@given(history)
def test_the_order_means_nothing_and_all_is_counted(past: list[Category | None]) -> None:
    found = drift(past, TAXONOMY)
    assert found == drift(iter(past[::-1]), TAXONOMY)
    assert found.n == len(past)
    assert found.fitting >= 0
    assert json.loads(json.dumps(found.to_dict()))["other"]["count"] == found.other


def test_the_words() -> None:
    past = [Category("Other")] * 95 + [Category("Mail")] * 317
    assert str(drift(past, TAXONOMY)).splitlines() == [
        "0 % of 412 are without a category (95 % within 0 % and 1 %)",
        "23 % of 412 are in Other (95 % within 19 % and 27 %)",
        "0 % of 412 are in unknown categories (95 % within 0 % and 1 %)",
        "0 % of 412 are in categories of old (95 % within 0 % and 1 %)",
    ]
    assert str(drift([], TAXONOMY)).splitlines()[1] == "there is nothing that could be in Other"
    assert drift([], TAXONOMY).to_dict()["other"] == {"count": 0, "share": None, "interval": None}
    assert [percent(share) for share in (0, 0.004, 0.005, 0.994, 0.995, 1)] == [
        "0 %",
        "under 1 %",
        "1 %",
        "99 %",
        "over 99 %",
        "100 %",
    ]


def test_what_is_wrong_is_refused_whole() -> None:
    with pytest.raises(InvalidInput) as refused:
        propose([], least_share=2, most=0, other=["", 3])
    assert [defect.path for defect in refused.value.defects] == [
        "least_share",
        "most",
        "other[0]",
        "other[1]",
    ]
    for call in (
        lambda: propose("Network"),
        lambda: propose(5),
        lambda: drift([3], TAXONOMY),
        lambda: drift([], ["Network"]),
        lambda: drift([], 5),
        lambda: drift([], TAXONOMY, other=None),
    ):
        with pytest.raises(InvalidInput):
            call()
