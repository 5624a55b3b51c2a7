"""Finding the matrix that a history followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final, Literal

from attrs import Factory, define, evolve, frozen

from itilcore.errors import Defect, InvalidInput

from .matrix import PriorityMatrix
from .rows import Cell, Place, RowReader
from .scales import Impact, Priority, Urgency
from .table import PriorityTable

__all__ = ["Contradiction", "Inference", "infer"]

MOST: Final = 1_000
"""How many contradicting rows an inference keeps."""


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

    ``impacts`` and ``urgencies`` are the scales, highest first.  ``counts`` says how many rows
    gave each impact, urgency and priority.  ``contradicting`` counts the rows that disagree
    with the most frequent priority of their cell; ``contradictions`` keeps the first 1,000 of
    them, in the order of the rows.  ``incomplete`` rows lack a value and are no evidence.
    """

    impacts: tuple[Impact, ...]
    urgencies: tuple[Urgency, ...]
    counts: tuple[tuple[Cell, int], ...]
    contradictions: tuple[Contradiction, ...]
    contradicting: int
    incomplete: int

    @cached_property
    def seen(self) -> tuple[tuple[Cell, int], ...]:
        """The cells seen, with their most frequent priority, and how many rows each has.

        Where two priorities are as frequent, the higher one.
        """
        return tuple(
            ((*place, _usual(given)), sum(given.values())) for place, given in self._given.items()
        )

    @cached_property
    def unseen(self) -> tuple[Place, ...]:
        """The cells of the scales that no row has."""
        return tuple(
            (impact, urgency)
            for impact in self.impacts
            for urgency in self.urgencies
            if (impact, urgency) not in self._given
        )

    @property
    def truncated(self) -> bool:
        """Whether more rows contradict than ``contradictions`` keeps."""
        return self.contradicting > len(self.contradictions)

    def table(self) -> PriorityTable:
        """Everything seen as a look-up table; contradictions and holes are its defects."""
        cells = tuple(cell for cell, _ in self.counts)
        return PriorityTable(cells, impacts=self.impacts, urgencies=self.urgencies)

    def matrix(
        self,
        *,
        fill: Mapping[Place, Priority] | PriorityMatrix | None = None,
        contradictions: Literal["refuse", "majority"] = "refuse",
    ) -> PriorityMatrix:
        """The matrix behind the rows, with *fill* for the cells that they leave open.

        Open are the unseen cells and, with ``contradictions="majority"``, those where no
        priority is the most frequent.  A mapping may name no other cell, unless it agrees with
        the rows; of a matrix the rest is not looked at.

        Raises `itilcore.errors.InvalidMatrix` with every cell that is still open, every
        contradiction that no majority was asked to settle, and every inversion; and
        `itilcore.errors.InvalidInput` for a mapping that contradicts the rows.

        >>> found = infer(PriorityMatrix.itil().cells[1:])
        >>> found.unseen
        ((Impact.HIGH, Urgency.HIGH),)
        >>> found.matrix(fill={(Impact.HIGH, Urgency.HIGH): Priority.P1}) == PriorityMatrix.itil()
        True
        """
        if contradictions not in {"refuse", "majority"}:
            problem = f"is {contradictions!r}: it must be 'refuse' or 'majority'"
            raise InvalidInput("inferred matrix", [Defect("contradictions", problem)])
        settled = {place: tuple(given) for place, given in self._given.items()}
        open_places = set(self.unseen)
        if contradictions == "majority":
            for place, given in self._given.items():
                most = max(given.values())
                settled[place] = tuple(p for p, count in given.items() if count == most)
                if len(settled[place]) > 1:
                    open_places.add(place)
        if isinstance(fill, PriorityMatrix):
            rest = {(impact, urgency): priority for impact, urgency, priority in fill.cells}
            filled = {place: rest[place] for place in open_places & rest.keys()}
        else:
            filled = dict(fill or {})
            _refuse_idle(filled, open_places, settled)
        settled |= {place: (priority,) for place, priority in filled.items()}
        return PriorityMatrix(
            [(*place, priority) for place, given in settled.items() for priority in given],
            impacts=self.impacts,
            urgencies=self.urgencies,
        )

    @cached_property
    def _given(self) -> Mapping[Place, Mapping[Priority, int]]:
        given: dict[Place, dict[Priority, int]] = {}
        for (impact, urgency, priority), count in self.counts:
            given.setdefault((impact, urgency), {})[priority] = count
        return given


def _usual(given: Mapping[Priority, int]) -> Priority:
    return min(given, key=lambda priority: (-given[priority], priority.rank, priority.name))


def _refuse_idle(
    filled: Mapping[Place, Priority],
    open_places: set[Place],
    settled: Mapping[Place, tuple[Priority, ...]],
) -> None:
    """Refuse what would be dropped without a word: a filling of cells that are not open."""
    defects: list[Defect] = []
    for place, priority in filled.items():
        if place in settled and place not in open_places:
            if settled[place] != (priority,):
                given = " and ".join(map(str, settled[place]))
                problem = f"is filled with {priority}, and the rows give {given}"
                defects.append(Defect(f"{place[0]} x {place[1]}", problem))
        elif place not in open_places:
            defects.append(Defect(repr(place), "is no cell of the scales of the rows"))
    if defects:
        raise InvalidInput("fill", defects)


@define
class _Evidence:
    """How often a row was seen, and the indices of the first of them."""

    cell: Cell
    count: int = 0
    rows: list[int] = Factory(list)


def infer(
    rows: Iterable[tuple[Impact | str | None, Urgency | str | None, Priority | str | None]],
    *,
    impacts: Iterable[Impact | str] | None = None,
    urgencies: Iterable[Urgency | str] | None = None,
    priorities: Iterable[Priority | str] | None = None,
) -> Inference:
    """What *rows* of impact, urgency and priority say about the matrix behind them.

    Rows are read once and numbered from 0; one with a ``None`` is counted as incomplete.  They
    hold levels, or names where the scales are given as in `PriorityMatrix.from_rows`.  Scales
    that are not given are those of the rows.  Kept in memory are, for each distinct row, its
    count and at most 1,000 indices.

    Raises `itilcore.errors.InvalidInput` with the distinct values that cannot be read.

    >>> high = (Impact.HIGH, Urgency.HIGH)
    >>> found = infer([(*high, Priority.P1), (*high, Priority.P1), (*high, Priority.P2)])
    >>> found.contradictions[0].row, found.contradictions[0].usual
    (2, Priority.P1)
    >>> found = infer(
    ...     [("major", "now", "first")],
    ...     impacts=["major", "minor"],
    ...     urgencies=["now"],
    ...     priorities=["first", "second"],
    ... )
    >>> found.unseen
    ((Impact('minor', 2), Urgency('now', 1)),)
    """
    reader = RowReader(impacts, urgencies, priorities)
    evidence: dict[tuple[object, ...], _Evidence | None] = {}
    incomplete = 0
    for index, row in enumerate(rows):
        raw = tuple(row)
        if None in raw:
            incomplete += 1
            continue
        try:
            found = evidence[raw]
        except KeyError:
            cell = reader.read(index, raw)
            found = evidence[raw] = None if cell is None else _Evidence(cell)
            if len(reader.defects) >= MOST:
                break
        if found is not None:
            found.count += 1
            if len(found.rows) < MOST:
                found.rows.append(index)
    if reader.defects:
        raise InvalidInput("priority rows", reader.defects)
    return _inference(reader, [found for found in evidence.values() if found], incomplete)


def _inference(reader: RowReader, evidence: list[_Evidence], incomplete: int) -> Inference:
    counts: dict[Cell, int] = {}
    for found in evidence:
        # A name and its level are two rows and one cell.
        counts[found.cell] = counts.get(found.cell, 0) + found.count
    table = PriorityTable(
        tuple(counts), impacts=reader.impacts or (), urgencies=reader.urgencies or ()
    )
    inference = Inference(
        impacts=table.impacts,
        urgencies=table.urgencies,
        counts=tuple((cell, counts[cell]) for cell in table.cells),
        contradictions=(),
        contradicting=0,
        incomplete=incomplete,
    )
    usual = {(impact, urgency): p for (impact, urgency, p), _ in inference.seen}
    odd = [
        Contradiction(row, impact, urgency, priority, usual[impact, urgency])
        for found in evidence
        for impact, urgency, priority in [found.cell]
        if priority != usual[impact, urgency]
        for row in found.rows
    ]
    odd.sort(key=lambda contradiction: contradiction.row)
    total = sum(n for (i, u, p), n in inference.counts if p != usual[i, u])
    return evolve(inference, contradictions=tuple(odd[:MOST]), contradicting=total)
