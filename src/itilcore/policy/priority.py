"""The section ``[priority]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from itilcore.priority import PriorityMatrix, PriorityTable

from .reading import Place
from .written import WrittenPriority

__all__ = ["read_priority"]

_PRESETS: Final = {"itil": PriorityMatrix.itil, "servicenow": PriorityMatrix.servicenow}


def read_priority(place: Place, given: object) -> PriorityMatrix | PriorityTable | None:
    """The matrix; a table where it is one by name; ``None`` where neither can be read."""
    record = place.record(WrittenPriority, given)
    if record is None or not isinstance(given, Mapping):
        return None
    # By what is written: a value that is wrong has been told already.
    ways = [name for name in ("preset", "matrix", "table") if name in given]
    if len(ways) != 1:
        place.refuse(f"has {' and '.join(ways) or 'none'} of preset, matrix and table: give one")
        return None
    (way,) = ways
    if way == "preset":
        for name in ("impacts", "urgencies", "priorities"):
            if getattr(record, name):
                (place / name).refuse("stands beside a preset, which has its own")
        make = (place / "preset").named(record.preset, _PRESETS, "matrix")
        return None if make is None else make()
    missing = [n for n in ("impacts", "urgencies", "priorities") if not getattr(record, n)]
    for name in missing:
        (place / name).refuse("is missing: names, highest first")
    wrong = [
        (f"{name}[{index}]", value)
        for name in ("impacts", "urgencies", "priorities")
        for index, value in enumerate(getattr(record, name) or ())
        if not value.strip() or value in getattr(record, name)[:index]
    ]
    for path, value in wrong:
        (place / path).refuse("is blank" if not value.strip() else f"is {value!r} once more")
    if missing or wrong or getattr(record, way) is None:
        return None
    kind = PriorityMatrix if way == "matrix" else PriorityTable
    with (place / way).catching(lambda path: path.removeprefix("grid")):
        return kind.from_grid(
            getattr(record, way), record.impacts, record.urgencies, record.priorities
        )
    return None
