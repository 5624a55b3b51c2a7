"""Matrices: total and monotone, or not there; and what they answer."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from itertools import product
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import assume, example, given
from hypothesis import strategies as st

from itilcore.decision import Decision, Reason
from itilcore.errors import InvalidInput, InvalidMatrix, UnknownPriorityInput
from itilcore.priority import Impact, Priority, PriorityMatrix, PriorityRule, Urgency

from .strategies import Cell, monotone_cells

H, M, L = Impact.HIGH, Impact.MEDIUM, Impact.LOW
SOON, LATER, SOME_DAY = Urgency.HIGH, Urgency.MEDIUM, Urgency.LOW
ITIL = PriorityMatrix.itil()


def ranks(matrix: PriorityMatrix) -> list[list[int]]:
    grid = []
    for impact in matrix.impacts:
        answers = [matrix.assess(impact, urgency).answer for urgency in matrix.urgencies]
        grid.append([answer.rank for answer in answers if answer is not None])
    return grid


def test_the_matrix_of_itil() -> None:
    assert ranks(ITIL) == [[1, 2, 3], [2, 3, 3], [3, 3, 4]]


def test_the_matrix_of_servicenow_is_the_sum_of_the_ranks_less_one() -> None:
    servicenow = PriorityMatrix.servicenow()
    assert ranks(servicenow) == [[i + u - 1 for u in (1, 2, 3)] for i in (1, 2, 3)]
    assert servicenow.priorities == Priority.default_scale()
    assert servicenow != ITIL
    assert servicenow.version != ITIL.version


@given(monotone_cells(), st.data())
def test_monotone_cells_in_any_order_are_one_matrix(
    cells: tuple[Cell, ...], data: st.DataObject
) -> None:
    one = PriorityMatrix.from_rows(cells)
    other = PriorityMatrix.from_rows([*data.draw(st.permutations(cells)), cells[0]])
    assert one == other
    assert hash(one) == hash(other)
    assert one.version == other.version
    assert set(one.cells) == set(cells)


@given(monotone_cells())
@example(ITIL.cells)
@example(PriorityMatrix.servicenow().cells)
def test_raising_impact_or_urgency_never_lowers_the_priority(cells: tuple[Cell, ...]) -> None:
    matrix = PriorityMatrix(cells)
    found = {(i, u): matrix.assess(i, u).answer for i in matrix.impacts for u in matrix.urgencies}
    for ((i, u), low), ((j, v), high) in product(found.items(), repeat=2):
        if j.rank <= i.rank and v.rank <= u.rank:
            assert low is not None
            assert high is not None
            assert not low.outranks(high)


@given(monotone_cells(least=2), st.data())
def test_every_planted_inversion_is_refused(cells: tuple[Cell, ...], data: st.DataObject) -> None:
    found = {(i, u): p for i, u, p in cells}
    place = data.draw(st.sampled_from(sorted(found, key=lambda at: (at[0].rank, at[1].rank))))
    planted = data.draw(st.integers(1, 9))
    impact, urgency = place
    above = [
        p.rank
        for (i, u), p in found.items()
        if i.rank <= impact.rank and u.rank <= urgency.rank and (i, u) != place
    ]
    below = [
        p.rank
        for (i, u), p in found.items()
        if i.rank >= impact.rank and u.rank >= urgency.rank and (i, u) != place
    ]
    assume(planted < max(above, default=0) or planted > min(below, default=9))
    found[place] = Priority(f"p{planted - 1}", planted)
    with pytest.raises(InvalidMatrix) as refused:
        PriorityMatrix((i, u, p) for (i, u), p in found.items())
    name = f"{impact} x {urgency}"
    assert all(name in str(defect) for defect in refused.value.defects)


@given(monotone_cells(least=2), st.data())
def test_every_hole_is_refused(cells: tuple[Cell, ...], data: st.DataObject) -> None:
    holes = data.draw(st.sets(st.sampled_from(cells), min_size=1))
    impacts, urgencies = {c[0] for c in cells}, {c[1] for c in cells}
    with pytest.raises(InvalidMatrix) as refused:
        PriorityMatrix([c for c in cells if c not in holes], impacts=impacts, urgencies=urgencies)
    missing = {defect.path for defect in refused.value.defects if defect.path}
    assert len(holes) == len(cells) or missing == {f"{i} x {u}" for i, u, _ in holes}


def test_every_defect_is_listed_at_once() -> None:
    with pytest.raises(InvalidMatrix) as refused:
        PriorityMatrix(
            [
                (H, SOON, Priority.P2),
                (H, LATER, Priority.P1),
                (M, SOON, Priority.P1),
                (M, LATER, Priority.P3),
                (L, SOON, Priority.P3),
                (L, SOON, Priority.P4),
            ]
        )
    assert [str(defect) for defect in refused.value.defects] == [
        "LOW x HIGH: has P3 and P4",
        "LOW x MEDIUM: has no priority",
        "HIGH x HIGH: gives P2, and the lower MEDIUM x HIGH gives P1",
        "HIGH x HIGH: gives P2, and the lower HIGH x MEDIUM gives P1",
    ]


def test_levels_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(InvalidMatrix) as refused:
        PriorityMatrix(
            [
                (H, SOON, Priority.P1),
                (Impact("Top", 1), SOON, Priority.P1),
                (H, Urgency("HIGH", 2), Priority("Other", 1)),
                (Impact("Top", 1), Urgency("HIGH", 2), Priority.P2),
            ]
        )
    assert [str(defect) for defect in refused.value.defects][:3] == [
        "impact: has levels of one name or rank: Impact.HIGH, Impact('Top', 1)",
        "urgency: has levels of one name or rank: Urgency.HIGH, Urgency('HIGH', 2)",
        "priority: has levels of one name or rank: Priority('Other', 1), Priority.P1",
    ]


def test_no_cells_are_no_matrix() -> None:
    with pytest.raises(InvalidMatrix, match="has no cells"):
        PriorityMatrix([])


def test_a_scale_that_is_given_must_be_covered() -> None:
    rows = [("wide", "now", "first")]
    scales = {"impacts": ["wide", "narrow"], "urgencies": ["now"], "priorities": ["first"]}
    with pytest.raises(InvalidMatrix, match="narrow x now: has no priority"):
        PriorityMatrix.from_rows(rows, **scales)


def test_names_and_levels_make_one_matrix() -> None:
    named = [(i.name, u.name, p.name) for i, u, p in ITIL.cells]
    scale = ["P1", "P2", "P3", "P4", "P5"]
    matrix = PriorityMatrix.from_rows(
        named,
        impacts=["HIGH", "MEDIUM", "LOW"],
        urgencies=reversed(ITIL.urgencies),
        priorities=scale,
    )
    assert matrix == ITIL
    assert matrix.version == ITIL.version
    mixed = [(impact, urgency.name, p) for impact, urgency, p in ITIL.cells]
    assert PriorityMatrix.from_rows(mixed, urgencies=["HIGH", "MEDIUM", "LOW"]) == ITIL


def test_rows_that_cannot_be_read_are_all_listed() -> None:
    rows: Any = [
        ("HIGH", SOON, Priority.P1),
        (H, "soon", Priority.P1),
        (H, SOON, 1),
        (H, Urgency("HIGH", 7), Priority.P1),
        (H, SOON),
    ]
    with pytest.raises(InvalidInput) as refused:
        PriorityMatrix.from_rows(rows, urgencies=Urgency.default_scale())
    assert [str(defect) for defect in refused.value.defects] == [
        "rows[0].impact: is 'HIGH', a name: say the order of the scale, impacts=[...]",
        "rows[1].urgency: is 'soon', which is none of HIGH, MEDIUM, LOW",
        "rows[2].priority: is 1, neither Priority nor a name",
        "rows[3].urgency: is Urgency('HIGH', 7), which is none of HIGH, MEDIUM, LOW",
        "rows[4]: is (Impact.HIGH, Urgency.HIGH), not impact, urgency and priority",
    ]


def test_the_kinds_of_a_row_cannot_be_swapped() -> None:
    with pytest.raises(InvalidInput) as refused:
        PriorityMatrix([(SOON, H, Priority.P1)])  # type: ignore[list-item]  # what is tested
    assert [defect.path for defect in refused.value.defects] == [
        "rows[0].impact",
        "rows[0].urgency",
    ]


@pytest.mark.parametrize(
    ("scale", "problem"),
    [
        ([H, "LOW"], r"\[1\]: is 'LOW': give names only, or Impact levels only"),
        ([H, SOON], r"\[1\]: is Urgency.HIGH: give names only"),
        ([H, Impact("Top", 1)], "has levels of one name or rank"),
        ([H, Impact("HIGH", 2)], "has levels of one name or rank"),
        (["HIGH", "HIGH"], "stands before"),
        ([], "has no levels"),
    ],
)
def test_a_scale_that_is_none_is_refused(scale: list[Impact | str], problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        PriorityMatrix.from_rows(ITIL.cells, impacts=scale)


def test_the_constructor_takes_levels_only() -> None:
    with pytest.raises(InvalidInput) as refused:
        PriorityMatrix(ITIL.cells, impacts=["HIGH", H])  # type: ignore[list-item]  # what is tested
    assert str(refused.value.defects[0]) == "[0]: is 'HIGH': it must be of Impact"
    with pytest.raises(InvalidInput, match="urgency scale"):
        PriorityMatrix(ITIL.cells, urgencies=[H])  # type: ignore[list-item]  # what is tested


def test_a_grid_must_fit_its_scales() -> None:
    with pytest.raises(InvalidInput) as refused:
        PriorityMatrix.from_grid([["P1"], ["P2", "P3"]], ["a", "b", "c"], ["x", "y"], ["P1"])
    assert [str(defect) for defect in refused.value.defects] == [
        "grid[0]: has 1 priorities for 2 urgencies",
        "grid: has 2 rows for 3 impacts",
    ]


def test_a_decision_says_why() -> None:
    decision = ITIL.assess(H, SOME_DAY)
    inputs = {"impact": H, "urgency": SOME_DAY}
    reason = Reason("priority matrix", "HIGH impact and LOW urgency give P3", inputs)
    assert decision == Decision(Priority.P3, [reason], ITIL.version)
    assert decision.version.startswith("priority-matrix:")


def test_equal_levels_that_are_other_objects_are_found() -> None:
    assert ITIL.assess(Impact("HIGH", 1), Urgency("HIGH", 1)) is ITIL.assess(H, SOON)


@pytest.mark.parametrize(
    ("impact", "urgency", "missing"),
    [
        (None, SOON, ["impact is unknown"]),
        (H, None, ["urgency is unknown"]),
        (None, None, ["impact is unknown", "urgency is unknown"]),
    ],
)
def test_what_is_unknown_stays_unknown(
    impact: Impact | None, urgency: Urgency | None, missing: list[str]
) -> None:
    decision = ITIL.assess(impact, urgency)
    assert decision.answer is None
    assert [reason.text for reason in decision.reasons] == missing
    assert decision.reasons[0].inputs == (("impact", impact), ("urgency", urgency))


def test_a_level_of_another_scale_is_a_wrong_call() -> None:
    with pytest.raises(UnknownPriorityInput) as refused:
        ITIL.assess(None, Urgency("Whenever", 4))
    assert (refused.value.name, refused.value.value) == ("urgency", Urgency("Whenever", 4))
    assert refused.value.known == ("HIGH", "MEDIUM", "LOW")
    with pytest.raises(UnknownPriorityInput, match="impact HIGH is not on the scale"):
        ITIL.assess(Impact("HIGH", 2), SOON)


def test_what_is_no_level_is_a_wrong_call() -> None:
    with pytest.raises(InvalidInput) as refused:
        ITIL.assess(SOON, "HIGH")  # type: ignore[arg-type]  # what is tested
    assert [str(defect) for defect in refused.value.defects] == [
        "impact: is Urgency.HIGH: it must be of Impact, or None",
        "urgency: is 'HIGH': it must be of Urgency, or None",
    ]


@given(monotone_cells(), st.booleans())
def test_a_matrix_survives_pickling_and_copying(cells: tuple[Cell, ...], used: bool) -> None:
    matrix = PriorityMatrix(cells)
    if used:
        hash(matrix)
        matrix.assess(*cells[0][:2])
    for twin in (pickle.loads(pickle.dumps(matrix)), copy.deepcopy(matrix)):
        assert twin == matrix
        assert hash(twin) == hash(matrix)
        assert twin.assess(*cells[0][:2]) == matrix.assess(*cells[0][:2])


def test_its_version_is_the_same_in_every_process() -> None:
    code = "from itilcore.priority import PriorityMatrix; print(PriorityMatrix.itil().version)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "1", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{ITIL.version}\n"


def test_it_is_a_priority_rule() -> None:
    rule: PriorityRule = ITIL
    assert rule.assess(H, SOON).answer == Priority.P1


def test_it_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        ITIL.cells = ()  # type: ignore[misc]  # what is tested


def test_it_shows_its_size_and_version() -> None:
    assert repr(ITIL) == f"<PriorityMatrix 3 x 3, {ITIL.version}>"


def test_it_draws_itself_with_names_escaped() -> None:
    matrix = PriorityMatrix.from_grid([["<b>"]], ["a&b"], ["<script>"], ["<b>"])
    html = matrix._repr_html_()
    assert "<script>" not in html
    assert '<th scope="row">a&amp;b</th><td>&lt;b&gt;</td>' in html
    assert '<th scope="col">&lt;script&gt;</th>' in html
