"""What downtime costs, in a book."""

from __future__ import annotations

import pytest

from itilcore.errors import InvalidPolicy
from itilcore.metrics import CostRow, DowntimeCost
from itilcore.policy import Book, loads

GOOD = """
[services.payroll]
[[costs]]
service = "payroll"
severity = "SEV1"
per_hour = 9000
[[costs]]
per_hour = 100.5
"""


def test_costs_stand_in_their_order() -> None:
    book = loads(GOOD)
    assert book.costs == (CostRow(9000, service="payroll", severity="SEV1"), CostRow(100.5))
    assert book.version != loads("[services.payroll]").version
    found = [metric for metric in book.metrics() if isinstance(metric, DowntimeCost)]
    assert [each.rows for each in found] == [book.costs]
    assert not any(isinstance(metric, DowntimeCost) for metric in Book().metrics())


def test_all_that_is_wrong_with_costs_is_told() -> None:
    text = """
[services.payroll]
[[costs]]
service = "payrol"
severity = "SEV9"
per_hour = -1
[[costs]]
service = "payroll"
[[costs]]
per_hour = "much"
"""
    with pytest.raises(InvalidPolicy) as error:
        loads(text)
    assert [str(each).partition(";")[0] for each in error.value.defects] == [
        "line 4, costs[0].service: is 'payrol', which is no service of the book",
        "line 5, costs[0].severity: is 'SEV9', which is no severity of the book",
        "line 6, costs[0].per_hour: is -1: a cost per hour is a number of at least 0",
        "line 7, costs[1].per_hour: is missing",
        "line 10, costs[2].per_hour: is 'much': a cost per hour is a number of at least 0",
    ]


def test_a_row_that_is_never_reached_is_told() -> None:
    rows = [(None, "SEV1"), ("payroll", None), ("payroll", "SEV2"), (None, "SEV1"), (None, None)]
    text = ""
    for service, severity in rows:
        text += "[[costs]]\nper_hour = 1\n"
        text += f'service = "{service}"\n' if service else ""
        text += f'severity = "{severity}"\n' if severity else ""
    with pytest.raises(InvalidPolicy) as error:
        loads(text)
    assert [str(each) for each in error.value.defects] == [
        "line 7, costs[2]: is never reached: costs[1] fits before",
        "line 11, costs[3]: is never reached: costs[0] fits before",
    ]
