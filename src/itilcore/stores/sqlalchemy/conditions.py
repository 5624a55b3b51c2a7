"""Queries as conditions on columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from itilcore.repositories import Query
from itilcore.stores.columns import COLUMN_OF, escaped, optional_microseconds

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

__all__: list[str] = []


def fitting(rows: Any, query: Query) -> list[ColumnElement[bool]]:
    """What a row of incidents must be, so that *query* fits it; *rows* are the columns."""
    from sqlalchemy import func, or_

    conditions: list[ColumnElement[bool]] = []
    for name, wanted in query.names():
        column = rows[COLUMN_OF.get(name, name)]
        stored = [escaped(each) for each in wanted]
        fits = [column.in_(stored)]
        if name == "category":
            # Not LIKE, which has signs of its own and, in SQLite, no eye for case.
            below = [f"{each} > " for each in stored]
            fits += [func.substr(column, 1, len(each)) == each for each in below]
        conditions.append(or_(*fits))
    for name, bounds in query.ranges():
        column = rows[name]
        conditions += _within(column, [optional_microseconds(name, bound) for bound in bounds])
    return conditions


def _within(column: Any, bounds: Sequence[int | None]) -> list[ColumnElement[bool]]:
    start, end = bounds
    found: list[ColumnElement[bool]] = [column.is_not(None)]
    if start is not None:
        found.append(column >= start)
    if end is not None:
        found.append(column < end)
    return found
