"""Routes learnt from history, against counting by hand."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import Category
from itilcore.errors import InvalidInput
from itilcore.incident import Assigned, Classified, Facts, Incident, Logged, Resolved
from itilcore.routing.learning import LearntRoute, RouteTable, RouteTest, learn_routes
from itilcore.routing.rules import RoutingQuestion, RoutingRules

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
PATHS = [path for n in (1, 2, 3) for path in product("AB", repeat=n)]
NETWORK, VPN = Category("Network"), Category("Network", "VPN")

categories = st.none() | st.sampled_from(PATHS).map(lambda path: Category(*path))
histories = st.lists(
    st.builds(
        Facts,
        reference=st.just("INC1"),
        category=categories,
        group=st.none() | st.sampled_from(["Mail", "Desk", "Network"]),
        was_resolved=st.sampled_from([True, True, True, False]),
    ),
    max_size=40,
)
supports = st.integers(1, 6)
purities = st.sampled_from([0, 0.1, 0.25, 0.5, 0.6, 0.75, 1])


def fact(category: Category | None, group: str | None, resolved: bool = True) -> Facts:
    return Facts(reference="INC1", category=category, group=group, was_resolved=resolved)


def counted(history: list[Facts], path: tuple[str, ...]) -> Counter[str]:
    return Counter(
        each.group
        for each in history
        if each.was_resolved
        and each.group
        and each.category
        and str(each.category).startswith(" > ".join(path))
    )


def told(
    history: list[Facts], category: Category | None, support: int, purity: float
) -> str | None:
    """The group that a table of these bounds should tell, straight from the history."""
    path = () if category is None else category.path
    while path:
        groups = counted(history, path)
        total = sum(groups.values())
        if total >= support:
            name, most = min(groups.items(), key=lambda pair: (-pair[1], pair[0]))
            if Fraction(most, total) >= Fraction(str(purity)):
                return name
        path = path[:-1]
    return None


@given(histories, supports, purities)
def test_a_table_tells_what_counting_tells(
    history: list[Facts], support: int, purity: float
) -> None:
    table = learn_routes(history, support, purity)
    rules = RoutingRules(table.rules())
    asked = [
        None,
        *(Category(*path) for path in PATHS),
        Category("A", "B", "A", "C"),
        Category("C"),
    ]
    for category in asked:
        expected = told(history, category, support, purity)
        decision = table.predict(category)
        assert decision.answer == expected
        assert len(decision.reasons) == 1
        route = rules.choose(RoutingQuestion(category=category))
        assert (None if route is None else route.group) == expected
    for row in table.rows:
        groups = counted(history, row.category.path)
        assert (row.support, row.resolved) == (groups.total(), max(groups.values()))
        assert groups[row.group] == row.resolved
        assert row.purity == row.resolved / row.support


@given(histories, histories, supports, purities)
def test_a_test_counts_what_predictions_say(
    history: list[Facts], later: list[Facts], support: int, purity: float
) -> None:
    table = learn_routes(history, support, purity)
    known = [each for each in later if each.was_resolved and each.group]
    answers = [told(history, each.category, support, purity) for each in known]
    right = [answer == each.group for answer, each in zip(answers, known, strict=True)]
    covered = [answer is not None for answer in answers]
    found = table.test(later)
    assert found == RouteTest(len(known), sum(covered), sum(right))
    assert found.coverage == (sum(covered) / len(known) if known else None)
    assert found.precision == (sum(right) / sum(covered) if sum(covered) else None)


@given(histories, st.randoms(use_true_random=False))
def test_the_order_of_history_means_nothing(history: list[Facts], chance: random.Random) -> None:
    table = learn_routes(history, 1, 0)
    mixed = list(history)
    chance.shuffle(mixed)
    assert learn_routes(iter(mixed), 1, 0) == table
    rows = list(table.rows)
    chance.shuffle(rows)
    assert RouteTable(rows) == table
    assert RouteTable(rows).version == table.version


def test_a_narrow_category_answers_before_what_it_lies_in() -> None:
    history = [fact(VPN, "VPN")] * 5 + [fact(NETWORK, "Network")] * 8
    table = learn_routes(history)
    assert [str(row) for row in table.rows] == [
        "Network -> Network (8 of 13)",
        "Network > VPN -> VPN (5 of 5)",
    ]
    decision = table.predict(Category("Network", "VPN", "Tunnel"))
    assert decision.answer == "VPN"
    (reason,) = decision.reasons
    assert reason.text == "of 5 incidents resolved in Network > VPN, VPN resolved 5"
    assert dict(reason.inputs)["row"] == VPN
    assert table.predict(Category("Network", "LAN")).answer == "Network"
    assert [rule.name for rule in table.rules()] == [
        "history of Network > VPN",
        "history of Network",
    ]
    assert RoutingRules(table.rules()).unreachable() == ()
    assert table.content == [
        {"category": "Network", "group": "Network", "resolved": 8, "support": 13},
        {"category": "Network > VPN", "group": "VPN", "resolved": 5, "support": 5},
    ]


def test_ties_go_to_the_first_name_and_bounds_are_exact() -> None:
    assert learn_routes([fact(NETWORK, "B"), fact(NETWORK, "A")], 2).predict(VPN).answer == "A"
    mixed = [fact(NETWORK, name) for name in "A" * 14 + "B" * 11]
    assert 0.56 * 25 > 14
    assert learn_routes(mixed, 25, 0.56).predict(NETWORK).answer == "A"
    assert learn_routes(mixed, 26, 0.56) == RouteTable()
    assert learn_routes(mixed, 25, 0.57) == RouteTable()


def test_what_was_not_learnt_is_told() -> None:
    texts = [RouteTable().predict(each).reasons[0].text for each in (None, NETWORK, VPN)]
    assert texts == [
        "the category is unknown",
        "nothing was learnt about Network",
        "nothing was learnt about Network > VPN, nor about what it lies in",
    ]


def test_the_unresolved_teach_nothing_and_are_not_tested() -> None:
    useless = [fact(VPN, "A", False), fact(VPN, None), fact(VPN, " "), fact(None, "A")]
    assert learn_routes(useless, 1) == RouteTable()
    assert RouteTable().test(useless) == RouteTest(1, 0, 0)
    assert RouteTest(1, 0, 0).precision is None


def test_incidents_do_as_well_as_their_facts() -> None:
    events = [Logged(NINE), Classified(NINE, category=VPN), Assigned(NINE, "Net"), Resolved(NINE)]
    incident = Incident.replay("INC1", events)
    table = learn_routes([incident], 1)
    assert table == learn_routes([incident.facts], 1)
    assert table.test([incident]) == RouteTest(1, 1, 1)


def test_wrong_input_is_refused_with_all_that_is_wrong() -> None:
    with pytest.raises(InvalidInput) as error:
        learn_routes([fact(VPN, "A"), "INC1", fact("Network", "A")])
    assert [defect.path for defect in error.value.defects] == ["[1]", "[2].category"]
    with pytest.raises(InvalidInput, match="give several Facts"):
        RouteTable().test(5)
    for bounds in ((0, 2), (True, "half"), (1.5, float("nan")), ("1", True), (-1, -0.1)):
        with pytest.raises(InvalidInput) as error:
            learn_routes([], *bounds)
        assert [defect.path for defect in error.value.defects] == ["min_support", "min_purity"]
    with pytest.raises(InvalidInput, match="give a Category"):
        RouteTable().predict("Network")


def test_rows_and_tables_are_checked() -> None:
    for wrong in (("Network", " ", 1.0, 2), ("Network", None, 3, 2), ("Network", "", 0, 0)):
        with pytest.raises(InvalidInput) as error:
            LearntRoute(*wrong)
        assert [defect.path for defect in error.value.defects] == ["category", "group", "support"]
    row = LearntRoute(NETWORK, "A", 1, 1)
    with pytest.raises(InvalidInput, match="Network: stands twice"):
        RouteTable([row, LearntRoute(NETWORK, "B", 1, 2)])
    with pytest.raises(InvalidInput, match=r"rows\[1\]"):
        RouteTable([row, "row"])
    with pytest.raises(InvalidInput, match=r"rows\[0\]"):
        RouteTable(5)
    assert RouteTable([row]).row(None) is None
