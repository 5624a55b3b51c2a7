"""From the cells of a row to values: one reader a column, with a memory of what it read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from itilcore.actor import Actor
from itilcore.classification import Category
from itilcore.incident import HoldReason, Status
from itilcore.priority import Impact, Priority, Urgency

from .mapping import Column, Derivation, ExportMapping

__all__: list[str] = []

_REMEMBERED: Final = 65_536
_SCALES: Final[dict[str, tuple[Any, ...]]] = {
    "priority": (Priority.P1, Priority.P2, Priority.P3, Priority.P4, Priority.P5),
    "impact": (Impact.HIGH, Impact.MEDIUM, Impact.LOW),
    "urgency": (Urgency.HIGH, Urgency.MEDIUM, Urgency.LOW),
}
_TRUE: Final = frozenset({"true", "1", "yes", "y"})
_FALSE: Final = frozenset({"false", "0", "no", "n"})
_LEADING: Final = re.compile(r"\s*[Pp]?(\d{1,2})(?!\d)")

Cells = tuple[str, ...]
Get = Callable[[Cells], Any]


class Unmapped:
    """What stood in a column and could not be read, counted; at most 1,000 texts a column."""

    def __init__(self) -> None:
        self.counts: dict[str, dict[str, int]] = {}

    def add(self, column: str, raw: str) -> None:
        """Count *raw*; past the bound it is counted under an ellipsis."""
        seen = self.counts.setdefault(column, {})
        key = raw if raw in seen or len(seen) < 1_000 else "…"
        seen[key] = seen.get(key, 0) + 1


def text_of(column: Column, places: dict[str, int], missing: frozenset[str]) -> Get:
    """The text of *column* in a row, or ``None`` where it is missing."""
    indices = [places[name] for name in column.names]
    if len(indices) == 1:
        index = indices[0]

        def one(cells: Cells) -> str | None:
            text = cells[index]
            return None if text in missing else text.strip() or None

        return one
    if column.first:

        def first(cells: Cells) -> str | None:
            for index in indices:
                if cells[index] not in missing:
                    return cells[index].strip() or None
            return None

        return first

    def joined(cells: Cells) -> str | None:
        parts = [cells[index].strip() for index in indices if cells[index] not in missing]
        return "/".join(parts) or None

    return joined


def remembered(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """*read* with a bounded memory: exports repeat few values very often."""
    memory: dict[Any, Any] = {}

    def look(key: Any) -> Any:
        try:
            return memory[key]
        except KeyError:
            if len(memory) >= _REMEMBERED:
                memory.clear()
            value = memory[key] = read(key)
            return value

    return look


def _folded(table: dict[str, Any]) -> dict[str, Any]:
    """The values by their texts in any case, but for texts that differ in nothing else."""
    folded: dict[str, list[Any]] = {}
    for raw, value in table.items():
        folded.setdefault(raw.casefold(), []).append(value)
    return {raw: values[0] for raw, values in folded.items() if len(values) == 1}


def reader_of(name: str, mapping: ExportMapping, unmapped: Unmapped) -> Callable[[Any], Any]:
    """From the text of column *name* (never ``None``) to its value."""
    table = mapping.value_table(name)
    folded = _folded(table)

    def known(raw: str) -> Any:
        return table[raw] if raw in table else folded.get(raw.casefold())

    def status(raw: str) -> tuple[Status, HoldReason | None]:
        found: tuple[Status, HoldReason | None] | None = known(raw)
        return found if found is not None else (Status.unknown(raw), None)

    def level(raw: str) -> Any:
        found = known(raw)
        if found is not None:
            return found
        scale = _SCALES[name]
        number = _LEADING.match(raw)
        for item in scale:
            if raw.upper() == item.name or (number and int(number[1]) == item.rank):
                return item
        return None

    def flag(raw: str) -> bool | None:
        low = raw.lower()
        return True if low in _TRUE else False if low in _FALSE else None

    readers: dict[str, Callable[[str], Any]] = {
        "status": status,
        "hold_reason": lambda raw: known(raw) or HoldReason(raw),
        "kind": known,
        "priority": level,
        "impact": level,
        "urgency": level,
        "sla_met": flag,
        "actor": Actor.person,
    }
    read = remembered(readers[name])

    def counted(raw: str) -> Any:
        value = read(raw)
        if value is None:
            unmapped.add(name, raw)
        return value

    return counted


def category_of(column: Column, places: dict[str, int], missing: frozenset[str]) -> Get:
    """The category whose path the columns are; a hole in the path ends it."""
    indices = [places[name] for name in column.names]

    def path(raw: tuple[str, ...]) -> Category | None:
        names: list[str] = []
        for text in raw:
            if text in missing or not text.strip():
                break
            names.append(" ".join(text.replace(">", "/").split()))
        return Category(*names) if names else None

    read = remembered(path)
    return lambda cells: read(tuple([cells[index] for index in indices]))


def tier_of(derivation: Derivation) -> Callable[[str | None], int | None]:
    """The tier that the end of a group's name says."""

    def tier(group: str | None) -> int | None:
        if group is None:
            return None
        for ending, number in derivation.tiers:
            if group.endswith(ending):
                return number
        return derivation.otherwise

    return remembered(tier)


def whole(raw: str) -> int | None:
    """A count, or ``None`` where the text is no whole number of at least 0."""
    text = raw.strip().removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
