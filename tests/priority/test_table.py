"""Tables: looked up as they are, with what stops them from being a matrix."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidMatrix, UnknownPriorityInput
from itilcore.priority import Impact, Priority, PriorityMatrix, PriorityRule, PriorityTable, Urgency

from .strategies import Cell, monotone_cells

ROWS = [
    (Impact.HIGH, Urgency.HIGH, Priority.P2),
    (Impact.LOW, Urgency.HIGH, Priority.P1),
    (Impact.LOW, Urgency.LOW, Priority.P3),
    (Impact.LOW, Urgency.LOW, Priority.P4),
]
TABLE = PriorityTable(ROWS)

any_cells = st.lists(
    st.tuples(
        st.sampled_from(Impact.default_scale()),
        st.sampled_from(Urgency.default_scale()),
        st.sampled_from(Priority.default_scale()),
    ),
    max_size=9,
)


def test_its_defects() -> None:
    assert [str(defect) for defect in TABLE.defects] == [
        "HIGH x LOW: has no priority",
        "LOW x LOW: has P3 and P4",
        "HIGH x HIGH: gives P2, and the lower LOW x HIGH gives P1",
    ]


def test_it_gives_what_it_has() -> None:
    decision = TABLE.assess(Impact.LOW, Urgency.HIGH)
    assert decision.answer == Priority.P1
    assert decision.version == TABLE.version
    assert TABLE.version.startswith("priority-table:")


@pytest.mark.parametrize(
    ("impact", "urgency", "text"),
    [
        (Impact.HIGH, Urgency.LOW, "HIGH impact and LOW urgency give no priority"),
        (Impact.LOW, Urgency.LOW, "LOW impact and LOW urgency give P3 and P4"),
        (Impact.HIGH, None, "urgency is unknown"),
    ],
)
def test_without_one_priority_it_is_undecided(
    impact: Impact, urgency: Urgency | None, text: str
) -> None:
    decision = TABLE.assess(impact, urgency)
    assert decision.answer is None
    assert [reason.text for reason in decision.reasons] == [text]
    assert decision.reasons[0].rule == "priority table"


def test_a_level_of_another_scale_is_a_wrong_call() -> None:
    with pytest.raises(UnknownPriorityInput):
        TABLE.assess(Impact.MEDIUM, Urgency.HIGH)


def test_a_level_without_cells_is_on_the_scale_if_that_says_so() -> None:
    table = PriorityTable(ROWS, impacts=[Impact.MEDIUM])
    assert table.impacts == Impact.default_scale()
    assert table.assess(Impact.MEDIUM, Urgency.HIGH).answer is None
    assert table != TABLE
    assert table.version != TABLE.version


def test_an_empty_table_is_a_table() -> None:
    table = PriorityTable([])
    assert [str(defect) for defect in table.defects] == ["has no cells"]
    with pytest.raises(UnknownPriorityInput):
        table.assess(Impact.HIGH, Urgency.HIGH)


@given(any_cells)
def test_it_is_a_matrix_exactly_if_nothing_stops_it(cells: list[Cell]) -> None:
    table = PriorityTable(cells)
    if table.defects:
        with pytest.raises(InvalidMatrix) as refused:
            table.matrix()
        assert refused.value.defects == table.defects
    else:
        assert table.matrix().cells == table.cells


@given(monotone_cells())
def test_what_is_total_and_monotone_has_no_defects(cells: tuple[Cell, ...]) -> None:
    table = PriorityTable(cells)
    assert table.defects == ()
    assert table.matrix() == PriorityMatrix(cells)
    other: object = table.matrix()
    assert table != other


@given(any_cells)
def test_a_table_survives_pickling(cells: list[Cell]) -> None:
    table = PriorityTable(cells)
    assert table.version
    twin = pickle.loads(pickle.dumps(table))
    assert (twin, twin.version, hash(twin)) == (table, table.version, hash(table))


def test_a_grid_may_have_holes() -> None:
    table = PriorityTable.from_grid([["P1", None]], ["a"], ["x", "y"], ["P1"])
    assert [str(defect) for defect in table.defects] == ["a x y: has no priority"]


def test_it_draws_holes_and_contradictions() -> None:
    assert "<td>P1</td><td>P3 / P4</td>" in TABLE._repr_html_()
    assert "<td>P2</td><td>-</td>" in TABLE._repr_html_()


def test_it_is_a_priority_rule() -> None:
    rule: PriorityRule = TABLE
    assert rule.assess(Impact.HIGH, Urgency.HIGH).answer == Priority.P2
