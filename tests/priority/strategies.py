"""Strategies for the laws of priority: scales, monotone matrices, and rows that follow them."""

from __future__ import annotations

from typing import Any, TypeVar

from hypothesis import strategies as st

from itilcore.priority import Impact, Level, Priority, Severity, Urgency

L = TypeVar("L", bound=Level)
Cell = tuple[Impact, Urgency, Priority]

KINDS: tuple[type[Level], ...] = (Impact, Urgency, Priority, Severity)

names = st.text(min_size=1, max_size=8).filter(lambda text: text.strip() != "")


def scales(kind: type[L], most: int = 5) -> st.SearchStrategy[tuple[L, ...]]:
    return st.lists(names, min_size=1, max_size=most, unique=True).map(lambda n: kind.scale(*n))


@st.composite
def levels(draw: st.DrawFn) -> Level:
    return draw(st.sampled_from(KINDS))(draw(names), draw(st.integers(1, 9)))


@st.composite
def monotone_cells(draw: st.DrawFn, least: int = 1) -> tuple[Cell, ...]:
    """The cells of a matrix of any size: each rank is at least its upper neighbours'."""
    impacts = Impact.scale(*(f"i{n}" for n in range(draw(st.integers(least, 5)))))
    urgencies = Urgency.scale(*(f"u{n}" for n in range(draw(st.integers(least, 5)))))
    priorities = Priority.scale(*(f"p{n}" for n in range(draw(st.integers(2, 6)))))
    ranks: dict[tuple[int, int], int] = {}
    for i in range(len(impacts)):
        for u in range(len(urgencies)):
            least_rank = max(ranks.get((i - 1, u), 0), ranks.get((i, u - 1), 0))
            ranks[i, u] = draw(st.integers(least_rank, len(priorities) - 1))
    return tuple((impacts[i], urgencies[u], priorities[rank]) for (i, u), rank in ranks.items())


def shuffled(rows: tuple[Any, ...]) -> st.SearchStrategy[list[Any]]:
    return st.permutations(rows)
