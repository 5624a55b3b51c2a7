"""Kind ``priority``: impact and urgency, by rank or by name, to the rank of the priority."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from itilcore.priority import Level, PriorityMatrix, PriorityTable

from ..published_tables import ITOP, JSM  # noqa: TID252  # tests are no installed package
from .answer import Answer, known

L = TypeVar("L", bound=Level)

SCHEMES: Mapping[str, PriorityMatrix | PriorityTable] = {
    "itil_3x3": PriorityMatrix.itil(),
    "itop_3x4": ITOP,
    "jsm_4x5": JSM,
    "servicenow_3x3": PriorityMatrix.servicenow(),
}


def level(scale: tuple[L, ...], given: int | str) -> L:
    """The one level of *scale* that has this rank or this name, in whatever case."""
    (found,) = [x for x in scale if given == x.rank or str(given).casefold() == x.name.casefold()]
    return found


def priority(vector: Mapping[str, Any]) -> Answer:
    given = known(vector["input"], "scheme", "impact", "urgency")
    scheme = given["scheme"]
    assert scheme in SCHEMES, f"no published table for {scheme}; there are {', '.join(SCHEMES)}"
    rule = SCHEMES[scheme]
    decision = rule.assess(
        level(rule.impacts, given["impact"]), level(rule.urgencies, given["urgency"])
    )
    rank = None if decision.answer is None else decision.answer.rank
    name = "default" if scheme == "itil_3x3" else f"table {scheme}"
    return Answer({"priority": rank}, name, says=decision.explain())
