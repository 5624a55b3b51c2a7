"""Finding the matrix that a history followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen

from itilcore.errors import Defect, InvalidMatrix

from .matrix import Cell, PriorityMatrix, PriorityTable
from .scales import Impact, Priority, Urgency

__all__ = ["Contradiction", "Inference", "infer"]

MOST: Final = 1_000
"""How many contradicting rows an inference keeps."""

Place = tuple[Impact, Urgency]


@frozen
class Contradiction:
    """A row that disagrees with most of its cell: its index, the cell, and both priorities."""

    row: int
    impact: Impact
    urgency: Urgency
    priority: Priority
    usual: Priority


@frozen
class Inference:
    """What rows of impact, urgency and priority say about the matrix behind them.

    ``seen`` are pairs of a cell, with its most frequent priority (the higher one where two are
    as frequent), and how often the cell occurs.  ``unseen`` are the cells of the scales that
    never occur.  ``contradicting`` counts the rows that disagree with the most frequent
    priority of their cell; ``contradictions`` keeps the first 1,000 of them.  ``incomplete``
    rows lack a value and are no evidence.
    """

    seen: tuple[tuple[Cell, int], ...]
    unseen: tuple[Place, ...]
    contradictions: tuple[Contradiction, ...]
    contradicting: int
    incomplete: int

    def table(self) -> PriorityTable:
        """The cells seen, as a look-up table."""
        return PriorityTable(cell for cell, _ in self.seen)

    def matrix(
        self,
        *,
        fill: Mapping[Place, Priority] | PriorityTable | None = None,
        majority: bool = False,
    ) -> PriorityMatrix:
        """The matrix, with the unseen cells taken from *fill*.

        Raises `itilcore.errors.InvalidMatrix` for a cell that neither shows, for one that is
        not monotone, and for contradictions unless *majority* lets the most frequent win.

        >>> seen = infer(PriorityMatrix.itil().cells[1:])
        >>> seen.unseen
        ((Impact.HIGH, Urgency.HIGH),)
        >>> seen.matrix(fill={seen.unseen[0]: Priority.P1}) == PriorityMatrix.itil()
        True
        """
        if self.contradicting and not majority:
            raise InvalidMatrix(
                "inferred matrix",
                [
                    Defect(
                        f"row {found.row}",
                        f"{found.impact} x {found.urgency} gives {found.priority}, "
                        f"and mostly {found.usual}",
                    )
                    for found in self.contradictions
                ],
            )
        cells = [cell for cell, _ in self.seen]
        for place in self.unseen:
            filled = _filled(fill, place)
            if filled is not None:
                cells.append((*place, filled))
        return PriorityMatrix(cells)


def _filled(
    fill: Mapping[Place, Priority] | PriorityTable | None, place: Place
) -> Priority | None:
    if fill is None:
        return None
    if isinstance(fill, PriorityTable):
        return fill.assess(*place).answer
    return fill.get(place)


def infer(rows: Iterable[tuple[Impact | None, Urgency | None, Priority | None]]) -> Inference:
    """What *rows* say about the matrix behind them; they are read once.

    Memory: one count a distinct row, and the first index of each run of equal rows in a cell.

    >>> high = (Impact.HIGH, Urgency.HIGH)
    >>> found = infer([(*high, Priority.P1), (*high, Priority.P1), (*high, Priority.P2)])
    >>> found.contradictions[0].row, found.contradictions[0].usual
    (2, Priority.P1)
    """
    counts: dict[Place, Counter[Priority]] = {}
    where: dict[Cell, list[int]] = {}
    incomplete = 0
    for index, (impact, urgency, priority) in enumerate(rows):
        if impact is None or urgency is None or priority is None:
            incomplete += 1
            continue
        counts.setdefault((impact, urgency), Counter())[priority] += 1
        kept = where.setdefault((impact, urgency, priority), [])
        if len(kept) < MOST:
            kept.append(index)
    usual = {
        place: min(given, key=lambda p: (-given[p], p.rank, p.name))
        for place, given in counts.items()
    }
    odd = [
        Contradiction(index, impact, urgency, priority, usual[impact, urgency])
        for (impact, urgency, priority), kept in where.items()
        if priority != usual[impact, urgency]
        for index in kept
    ]
    odd.sort(key=lambda found: found.row)
    total = sum(n for place, given in counts.items() for p, n in given.items() if p != usual[place])
    places = sorted(counts, key=_by_rank)
    impacts = sorted({place[0] for place in places}, key=lambda level: (level.rank, level.name))
    urgencies = sorted({place[1] for place in places}, key=lambda level: (level.rank, level.name))
    return Inference(
        seen=tuple(((*place, usual[place]), counts[place].total()) for place in places),
        unseen=tuple((i, u) for i in impacts for u in urgencies if (i, u) not in counts),
        contradictions=tuple(odd[:MOST]),
        contradicting=total,
        incomplete=incomplete,
    )


def _by_rank(place: Place) -> tuple[int, str, int, str]:
    impact, urgency = place
    return impact.rank, impact.name, urgency.rank, urgency.name
