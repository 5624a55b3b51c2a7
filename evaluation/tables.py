"""What is counted of a trial, and tables of it."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log, log1p
from typing import Any

from attrs import asdict, frozen

NOISE = (0.0, 0.1, 0.25, 0.5)
"""How much of what was planted is spoilt: what that means says each table."""

Cell = str | int | float | None


@frozen
class Score:
    """Of ``found`` things ``right`` were planted; of ``planted`` things ``hit`` were found."""

    found: int = 0
    right: int = 0
    planted: int = 0
    hit: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.found + other.found,
            self.right + other.right,
            self.planted + other.planted,
            self.hit + other.hit,
        )

    @property
    def precision(self) -> float | None:
        """The share that was planted, of what was found; ``None`` over nothing."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share that was found, of what was planted; ``None`` over nothing."""
        return self.hit / self.planted if self.planted else None


@frozen
class Table:
    """``rows`` under ``columns``; ``about`` says what was planted, how often, at which level."""

    name: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def lines(self) -> list[str]:
        """For people: a heading and a table in Markdown."""
        head = f"| {' | '.join(self.columns)} |"
        line = f"| {' | '.join('---' for _ in self.columns)} |"
        body = [f"| {' | '.join(map(_shown, row))} |" for row in self.rows]
        return [f"## {self.name}", "", self.about, "", head, line, *body, ""]

    def plain(self) -> dict[str, Any]:
        """For programs: the rows by the names of their columns."""
        found = asdict(self)
        found["rows"] = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return found


def _shown(cell: Cell) -> str:
    if cell is None:
        return "-"
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def level_of(noise: float) -> str:
    """A noise level in words: ``0.25`` is ``25 %``."""
    return f"{noise * 100:.0f} %"


def most_likely_below(count: int, runs: int, doubt: float = 0.05) -> float:
    """The upper 95 % bound of a rate of which *count* of *runs* were seen (Clopper, Pearson).

    It is the rate at which so few or fewer have the probability *doubt*.
    """
    if count >= runs:
        return 1.0
    low, high = count / runs, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _so_few(count, runs, middle) > doubt else (low, middle)
    return high


def least_likely_above(count: int, runs: int, doubt: float = 0.05) -> float:
    """The lower 95 % bound in the same way."""
    return 1.0 - most_likely_below(runs - count, runs, doubt)


def _so_few(count: int, runs: int, rate: float) -> float:
    def term(number: int) -> float:
        ways = lgamma(runs + 1) - lgamma(number + 1) - lgamma(runs - number + 1)
        return exp(ways + number * log(rate) + (runs - number) * log1p(-rate))

    return sum(map(term, range(count + 1)))


def total(scores: Sequence[Score]) -> Score:
    """All of them together."""
    return sum(scores, Score())
