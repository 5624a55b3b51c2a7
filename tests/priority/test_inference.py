"""Finding the matrix that rows followed."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput, InvalidMatrix
from itilcore.priority import Impact, Priority, PriorityMatrix, Urgency, infer

from .strategies import Cell, monotone_cells

ITIL = PriorityMatrix.itil()
HH = (Impact.HIGH, Urgency.HIGH)
HL = (Impact.HIGH, Urgency.LOW)
LL = (Impact.LOW, Urgency.LOW)
P1, P2, P3, P4, P5 = Priority.default_scale()

any_rows = st.lists(
    st.tuples(
        st.sampled_from([None, *Impact.default_scale()]),
        st.sampled_from([None, *Urgency.default_scale()]),
        st.sampled_from([None, *Priority.default_scale()]),
    ),
    max_size=60,
)


@given(monotone_cells(), st.data())
def test_rows_of_a_matrix_give_it_back(cells: tuple[Cell, ...], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(cells), max_size=20))
    found = infer(iter(data.draw(st.permutations([*cells, *again]))))
    assert found.matrix() == PriorityMatrix(cells)
    assert found.unseen == ()
    assert found.contradictions == ()
    assert dict(found.seen) == Counter([*cells, *again])


@given(monotone_cells(least=2), st.data())
def test_the_unseen_are_filled_from_the_matrix(
    cells: tuple[Cell, ...], data: st.DataObject
) -> None:
    matrix = PriorityMatrix(cells)
    rows = data.draw(st.lists(st.sampled_from(cells), min_size=1))
    found = infer(rows, impacts=matrix.impacts, urgencies=matrix.urgencies)
    assert len(found.unseen) + len(found.seen) == len(cells)
    assert found.matrix(fill=matrix) == matrix
    assert found.matrix(fill={(i, u): p for i, u, p in cells if (i, u) in found.unseen}) == matrix
    if found.unseen:
        with pytest.raises(InvalidMatrix) as refused:
            found.matrix()
        assert [d.path for d in refused.value.defects] == [f"{i} x {u}" for i, u in found.unseen]


@given(any_rows)
def test_it_counts_as_one_would_by_hand(
    rows: list[tuple[Impact | None, Urgency | None, Priority | None]],
) -> None:
    found = infer(rows)
    whole = [row for row in rows if None not in row]
    assert found.incomplete == len(rows) - len(whole)
    assert dict(found.counts) == Counter(whole)
    assert {place: n for (*place_, _), n in found.seen for place in [tuple(place_)]} == Counter(
        (impact, urgency) for impact, urgency, _ in whole
    )
    usual = {(impact, urgency): p for (impact, urgency, p), _ in found.seen}
    odd = [
        (index, row)
        for index, row in enumerate(rows)
        if None not in row and usual[row[0], row[1]] != row[2]  # type: ignore[index]  # no None
    ]
    assert [(c.row, (c.impact, c.urgency, c.priority)) for c in found.contradictions] == odd
    assert all(c.usual == usual[c.impact, c.urgency] for c in found.contradictions)
    assert found.contradicting == len(odd)
    assert not found.truncated
    for (*place, priority), _ in found.seen:
        counts = Counter(row[2] for row in whole if list(row[:2]) == place)
        assert counts[priority] == max(counts.values())


@given(any_rows)
def test_an_inference_survives_pickling_and_hashes(
    rows: list[tuple[Impact | None, Urgency | None, Priority | None]],
) -> None:
    found = infer(rows)
    twin = pickle.loads(pickle.dumps(found))
    assert twin == found
    assert hash(twin) == hash(found)
    assert twin.table() == found.table()


def test_it_reads_a_stream_once() -> None:
    def rows() -> Iterator[Cell]:
        yield from ITIL.cells

    assert infer(rows()).matrix() == ITIL


def test_names_need_their_scales() -> None:
    rows = [("wide", "now", "1"), ("wide", "later", "2"), ("narrow", "now", "2")]
    scales = {"impacts": ["wide", "narrow"], "urgencies": ["now", "later"]}
    found = infer(rows, **scales, priorities=["1", "2"])
    narrow, later = Impact("narrow", 2), Urgency("later", 2)
    assert found.unseen == ((narrow, later),)
    assert found.matrix(fill={(narrow, later): Priority("2", 2)}).impacts[1] == narrow
    with pytest.raises(InvalidInput) as refused:
        infer([*rows, rows[0]], **scales)
    assert [defect.path for defect in refused.value.defects] == [
        "rows[0].priority",
        "rows[1].priority",
        "rows[2].priority",
    ]


def test_a_name_and_its_level_are_one_cell() -> None:
    rows: list[tuple[Impact | str, Urgency, Priority]] = [
        ("HIGH", Urgency.HIGH, P1),
        (Impact.HIGH, Urgency.HIGH, P1),
    ]
    assert infer(rows, impacts=Impact.default_scale()).counts == (((*HH, P1), 2),)


def test_values_that_cannot_be_read_are_listed_up_to_a_thousand() -> None:
    def rows() -> Iterator[tuple[Impact, Urgency, str]]:
        for number in range(1_000):
            yield (*HH, str(number))
        raise AssertionError("read on")

    with pytest.raises(InvalidInput) as refused:
        infer(rows())
    assert len(refused.value.defects) == 1_000


def test_the_scales_given_count_as_unseen() -> None:
    found = infer([(*HH, P1)], impacts=[Impact.HIGH, Impact.LOW])
    assert found.unseen == ((Impact.LOW, Urgency.HIGH),)


def test_nothing_gives_nothing() -> None:
    found = infer([(None, Urgency.HIGH, P1), (Impact.HIGH, None, None)])
    assert (found.incomplete, found.seen, found.unseen) == (2, (), ())
    with pytest.raises(InvalidMatrix, match="has no cells"):
        found.matrix()


def test_contradictions_are_defects_unless_the_majority_is_asked() -> None:
    found = infer(
        [(*HH, P2), (*HH, P1), (*HH, P1), (*HL, P3), (*LL, P4), (Impact.LOW, Urgency.HIGH, P3)]
    )
    assert [(c.row, c.priority, c.usual) for c in found.contradictions] == [(0, P2, P1)]
    assert [str(defect) for defect in found.table().defects] == ["HIGH x HIGH: has P1 and P2"]
    with pytest.raises(InvalidMatrix, match="HIGH x HIGH: has P1 and P2"):
        found.matrix()
    matrix = found.matrix(contradictions="majority")
    assert matrix.assess(*HH).answer == P1


def test_where_two_are_as_frequent_there_is_no_majority() -> None:
    found = infer([(*HH, P2), (*HH, P1)])
    assert found.seen == (((*HH, P1), 2),)
    with pytest.raises(InvalidMatrix, match="HIGH x HIGH: has P1 and P2"):
        found.matrix(contradictions="majority")
    filled = found.matrix(contradictions="majority", fill={HH: P2})
    assert filled.assess(*HH).answer == P2
    assert found.matrix(contradictions="majority", fill=ITIL).assess(*HH).answer == P1


def test_a_filling_that_is_not_monotone_is_refused() -> None:
    found = infer([(*HH, P2)], urgencies=[Urgency.HIGH, Urgency.LOW])
    with pytest.raises(InvalidMatrix, match="HIGH x HIGH: gives P2, and the lower HIGH x LOW"):
        found.matrix(fill={HL: P1})


def test_a_filling_may_not_go_against_the_rows() -> None:
    found = infer([(*HH, P1), (*HL, P2), (*HL, P3), (*HL, P3)])
    assert infer([(*HH, P1)]).matrix(fill={HH: P1}).assess(*HH).answer == P1
    with pytest.raises(InvalidInput) as refused:
        found.matrix(fill={HH: P2, HL: P2, LL: P4})
    assert refused.value.subject == "fill"
    assert [str(defect) for defect in refused.value.defects] == [
        "HIGH x HIGH: is filled with P2, and the rows give P1",
        "HIGH x LOW: is filled with P2, and the rows give P2 and P3",
        "(Impact.LOW, Urgency.LOW): is no cell of the scales of the rows",
    ]


def test_another_word_for_contradictions_is_refused() -> None:
    with pytest.raises(InvalidInput, match="is 'first': it must be 'refuse' or 'majority'"):
        infer(ITIL.cells).matrix(contradictions="first")  # type: ignore[arg-type]  # what is tested


def test_a_thousand_contradictions_are_kept_and_all_are_counted() -> None:
    rows = [*[(*HH, P2)] * 1_500, *[(*HH, P1)] * 2_000, *[(*HL, P3)] * 2]
    found = infer(rows)
    assert found.contradicting == 1_500
    assert found.truncated
    assert [c.row for c in found.contradictions] == list(range(1_000))
