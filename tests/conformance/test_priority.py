"""What is known of the published priority tables as wholes."""

from __future__ import annotations

import pytest

from itilcore.errors import InvalidMatrix
from itilcore.priority import PriorityMatrix

from .adapters import check
from .published_tables import ITOP, JSM


def test_the_table_of_jira_is_not_monotone_in_one_place() -> None:
    (defect,) = JSM.defects
    assert defect.path == "Minor x Medium"
    assert defect.problem == "gives Lowest, and the lower Minor x Low gives Low"
    with pytest.raises(InvalidMatrix, match="Minor x Medium"):
        JSM.matrix()


def test_it_answers_all_the_same() -> None:
    assert str(JSM.assess(JSM.impacts[3], JSM.urgencies[2]).answer) == "Lowest"
    assert str(JSM.assess(JSM.impacts[3], JSM.urgencies[3]).answer) == "Low"


@pytest.mark.parametrize(
    ("matrix", "size"),
    [
        (ITOP, (3, 4, 4)),
        (PriorityMatrix.servicenow(), (3, 3, 5)),
        (PriorityMatrix.itil(), (3, 3, 4)),
    ],
)
def test_the_others_are_matrices(matrix: PriorityMatrix, size: tuple[int, int, int]) -> None:
    assert (len(matrix.impacts), len(matrix.urgencies), len(matrix.priorities)) == size


def test_a_scheme_that_nobody_published_fails() -> None:
    given = {"scheme": "ours", "impact": 1, "urgency": 1}
    with pytest.raises(AssertionError, match="no published table for ours"):
        check({"kind": "priority", "input": given, "expect": {"priority": 1}})


def test_a_wrong_expectation_fails() -> None:
    given = {"scheme": "servicenow_3x3", "impact": 1, "urgency": 3}
    with pytest.raises(AssertionError, match="P3, because"):
        check({"kind": "priority", "input": given, "expect": {"priority": 1}})
