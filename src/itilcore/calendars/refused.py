"""Numbers that are no instants or durations: the first of many, by their place."""

from __future__ import annotations

from typing import Final

from itilcore.errors import Defect, InvalidInput

from .instant import EPOCH, SECOND, datetime_like
from .table import Table

__all__ = ["LENGTHS", "MOST_TOLD", "Refused", "limits"]

LENGTHS: Final = (-1e11, 1e11, "longer than any calendar")
"""Between which seconds a duration lies: more than from the first instant known to the last."""

MOST_TOLD: Final = 20
"""So many are told one by one; the rest is counted."""


class Refused:
    """What is wrong with the numbers given to *subject*."""

    __slots__ = ("_defects", "_more", "_subject")

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._defects: list[Defect] = []
        self._more = 0

    def add(self, name: str, at: int, problem: str) -> None:
        """The number *at* a place of *name* has a problem."""
        if len(self._defects) < MOST_TOLD:
            self._defects.append(Defect(f"{name}[{at}]", problem))
        else:
            self._more += 1

    def more(self, count: int) -> None:
        """So many others are wrong besides."""
        self._more += count

    def whole(self, name: str, problem: str) -> None:
        """All of *name* has a problem."""
        self._defects.append(Defect(name, problem))

    def check(self) -> None:
        """Raises `InvalidInput` where anything is wrong."""
        if self._more:
            self._defects.append(Defect("", f"and {self._more:,} more"))
            self._more = 0
        if self._defects:
            raise InvalidInput(self._subject, self._defects)


def limits(table: Table) -> tuple[float, float, str]:
    """Between which seconds the calendar of a table can tell, and what to say of others."""
    low, high = table.known
    years = [datetime_like(at, EPOCH).year for at in (low, high - 1)]
    text = f"not in the years that are known, {years[0]} to {years[1]}"
    return low / SECOND, high / SECOND, text
