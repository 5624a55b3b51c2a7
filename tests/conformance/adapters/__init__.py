"""Adapters: how a vector of each kind is put to the library.

An adapter takes one vector, a mapping as in the schema of the file of facts, and gives what the
library answers, by the names of ``expect``, and the convention under which it does.  Its
``calendar`` is the calendar itself, not its key, or ``None``.  `check` holds the two together.
To support another kind, write a function here and name it below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import calendars, clocks, priority
from .answer import Answer, differences, known

Vector = Mapping[str, Any]

ADAPTERS: Mapping[str, Callable[[Vector], Answer]] = {
    "add": calendars.add,
    "add_days": calendars.add_days,
    "elapsed": calendars.elapsed,
    "intervals": calendars.intervals,
    "is_holiday": calendars.is_holiday,
    "is_open": calendars.is_open,
    "metric": clocks.metric,
    "priority": priority.priority,
    "resolve_local": calendars.local,
    "sla": clocks.sla,
    "status": clocks.status,
    "subtract": calendars.subtract,
}


_FIELDS = (
    "id", "kind", "calendar", "input", "expect", "tags", "provenance", "reference", "note"
)  # fmt: skip


def check(vector: Vector) -> str:
    """Assert what *vector* expects; the convention under which it holds.

    Where the source itself departs from plain arithmetic and no convention says as it does, the
    answer must be the reference's, and not the source's.
    """
    known(vector, *_FIELDS, what="a fact")
    answer = ADAPTERS[vector["kind"]](vector)
    found = differences(answer, vector["expect"])
    reference = vector.get("reference", {})
    if found and reference.get("agrees") is False and "reference_value" in reference:
        departs = differences(answer, reference["reference_value"])
        assert not departs, f"neither the source's answer nor the reference: {departs}"
        return "differs as stated"
    assert not found, f"expected and found: {found}\n{answer.says}"
    return answer.convention
