"""Grouping: the key that a row belongs to, and the order in which keys are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from operator import attrgetter
from typing import Any

from attrs import fields

from itilcore.errors import Defect, InvalidInput, nearest
from itilcore.incident import Facts

from .metric import By

__all__ = ["canonical", "columns"]

NONE = "(none)"


def columns() -> tuple[str, ...]:
    """The columns of `Facts`, in their order.

    >>> columns()[:3]
    ('reference', 'kind', 'status')
    """
    return tuple(attribute.name for attribute in fields(Facts))


def canonical(value: object) -> str:
    """The key of a value: what JSON and tables show.

    ``None`` is ``"(none)"``, an instant its month in its own zone, a level or a status its
    name, a tuple its parts joined with ``" / "``.

    >>> from datetime import UTC
    >>> canonical(datetime(2016, 3, 5, tzinfo=UTC)), canonical(None), canonical(("a", True))
    ('2016-03', '(none)', 'a / true')
    """
    if value is None:
        return NONE
    if isinstance(value, datetime):
        return f"{value.year:04d}-{value.month:02d}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return " / ".join(canonical(part) for part in value)
    return str(value)


def _order(value: object) -> tuple[Any, ...]:
    """Levels by rank, numbers by size, texts by the alphabet, the unknown last."""
    if value is None:
        return (9,)
    if isinstance(value, tuple):
        return (5, tuple(_order(part) for part in value))
    rank = getattr(value, "rank", None)
    if isinstance(rank, int):
        return (0, rank, str(value))
    if isinstance(value, int | float):
        return (1, value)
    return (2, canonical(value))


def key_of(by: By) -> Callable[[Facts], object]:
    """From a row to the value that groups it.  Raises `InvalidInput` for an unknown column."""
    if isinstance(by, str):
        known = columns()
        if by not in known:
            problem = f"{by!r} is no column of Facts; {nearest(by, known)}"
            raise InvalidInput("grouping", [Defect("by", problem)])
        return attrgetter(by)
    if isinstance(by, tuple):
        keys = [key_of(part) for part in by]
        return lambda row: tuple(key(row) for key in keys)
    return by


class Groups:
    """Which group a value belongs to: equal keys are one group, whatever the values were."""

    def __init__(self) -> None:
        self._keys: dict[object, str] = {}
        self._orders: dict[str, tuple[Any, ...]] = {}

    def key(self, value: object) -> str:
        """The canonical key of *value*."""
        # Not by equality of the values alone: True == 1, and an instant is only its month.
        plain = isinstance(value, bool | int | float | datetime | tuple)
        if not plain and value in self._keys:
            return self._keys[value]
        key = canonical(value)
        self._orders.setdefault(key, _order(value))
        if not plain:
            self._keys[value] = key
        return key

    def ordered(self) -> list[str]:
        """Every key met, in the order in which people read them."""
        return sorted(self._orders, key=lambda key: (self._orders[key], key))
