"""From impact and urgency to priority: a matrix that is proven, and a table that is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from html import escape
from typing import Protocol, TypeVar

from attrs import field, frozen

from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidMatrix, UnknownPriorityInput
from itilcore.version import content_version

from .scales import Impact, Level, Priority, Urgency

__all__ = ["Cell", "PriorityMatrix", "PriorityRule", "PriorityTable"]

Cell = tuple[Impact, Urgency, Priority]
"""One row of a matrix: this impact and this urgency give this priority."""

L = TypeVar("L", bound=Level)


class PriorityRule(Protocol):
    """Whatever decides a priority from impact and urgency."""

    def assess(self, impact: Impact | None, urgency: Urgency | None) -> Decision[Priority | None]:
        """The priority, with its reasons; an answer of ``None`` says what is missing."""


def _cells(rows: Iterable[Cell]) -> tuple[Cell, ...]:
    return tuple(sorted(set(rows), key=lambda cell: tuple((x.rank, x.name) for x in cell)))


def _axis(levels: Iterable[L]) -> tuple[L, ...]:
    return tuple(sorted(set(levels), key=lambda level: (level.rank, level.name)))


@frozen
class PriorityTable:
    """A look-up table from impact and urgency to priority, as some vendor publishes it.

    It may have holes, contradict itself or give more for less: ``defects`` lists what stops it
    from being a `PriorityMatrix`.

    >>> table = PriorityTable([(Impact.HIGH, Urgency.HIGH, Priority.P1)])
    >>> table.assess(Impact.HIGH, Urgency.HIGH).answer
    Priority.P1
    >>> table.assess(Impact.LOW, Urgency.HIGH).answer is None
    True
    """

    cells: tuple[Cell, ...] = field(converter=_cells)

    @cached_property
    def impacts(self) -> tuple[Impact, ...]:
        """The scale of impacts, highest first."""
        return _axis(cell[0] for cell in self.cells)

    @cached_property
    def urgencies(self) -> tuple[Urgency, ...]:
        """The scale of urgencies, highest first."""
        return _axis(cell[1] for cell in self.cells)

    @cached_property
    def priorities(self) -> tuple[Priority, ...]:
        """The priorities in use, highest first."""
        return _axis(cell[2] for cell in self.cells)

    @cached_property
    def version(self) -> str:
        """The content version of the cells."""
        rows = [[[level.name, level.rank] for level in cell] for cell in self.cells]
        return content_version("priority", rows)

    @cached_property
    def defects(self) -> tuple[Defect, ...]:
        """What stops this table from being a matrix; empty where nothing does."""
        return tuple(_defects(self))

    @cached_property
    def _decisions(self) -> dict[tuple[Impact, Urgency], Decision[Priority | None]]:
        found: dict[tuple[Impact, Urgency], Decision[Priority | None]] = {}
        for impact, urgency, priority in self.cells:
            text = f"{impact} impact and {urgency} urgency give {priority}"
            reason = Reason("priority matrix", text, {"impact": impact, "urgency": urgency})
            # Of cells that contradict each other the highest priority stands first.
            found.setdefault((impact, urgency), Decision(priority, (reason,), self.version))
        return found

    def assess(self, impact: Impact | None, urgency: Urgency | None) -> Decision[Priority | None]:
        """The priority and why.  ``None`` is *unknown*: the answer is then ``None`` too.

        Raises `itilcore.errors.UnknownPriorityInput` for a level that is not on the scales.

        >>> print(PriorityTable([(Impact.HIGH, Urgency.HIGH, Priority.P1)]).assess(
        ...     Impact.HIGH, None).explain().splitlines()[1])
          urgency is unknown [priority matrix]
        """
        if impact is not None and urgency is not None:
            decision = self._decisions.get((impact, urgency))
            if decision is not None:
                return decision
        scales = (("impact", impact, self.impacts), ("urgency", urgency, self.urgencies))
        for name, level, scale in scales:
            if level is not None and level not in scale:
                raise UnknownPriorityInput(name, level, (known.name for known in scale))
        inputs = {"impact": impact, "urgency": urgency}
        missing = [name for name, level, _ in scales if level is None]
        texts = [f"{name} is unknown" for name in missing] or [
            f"the table has no cell for {impact} impact and {urgency} urgency"
        ]
        reasons = tuple(Reason("priority matrix", text, inputs) for text in texts)
        return Decision(None, reasons, self.version)

    def matrix(self) -> PriorityMatrix:
        """The same cells as a matrix.

        Raises `itilcore.errors.InvalidMatrix` where ``defects`` is not empty.
        """
        return PriorityMatrix(self.cells)

    def _repr_html_(self) -> str:
        """The table for notebooks: impacts down, urgencies across; texts escaped."""
        head = "".join(f'<th scope="col">{escape(str(u))}</th>' for u in self.urgencies)
        body = ""
        for impact in self.impacts:
            found = [self._decisions.get((impact, urgency)) for urgency in self.urgencies]
            cells = "".join(f"<td>{escape(str(d.answer)) if d else '-'}</td>" for d in found)
            body += f'<tr><th scope="row">{escape(str(impact))}</th>{cells}</tr>'
        return (
            "<table><caption>Priority by impact (down) and urgency (across)</caption>"
            f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


@frozen
class PriorityMatrix(PriorityTable):
    """A priority matrix: total over its scales and monotone, or it does not exist.

    Monotone: raising impact or urgency never lowers the priority.  Raises
    `itilcore.errors.InvalidMatrix` with every missing cell, contradiction and inversion.

    >>> matrix = PriorityMatrix.itil()
    >>> matrix.assess(Impact.LOW, Urgency.MEDIUM).answer
    Priority.P3
    >>> PriorityMatrix([(Impact.HIGH, Urgency.HIGH, Priority.P1),
    ...                 (Impact.LOW, Urgency.LOW, Priority.P4)])
    Traceback (most recent call last):
    itilcore.errors.InvalidMatrix: priority matrix: 2 defects
      HIGH x LOW: has no priority
      LOW x HIGH: has no priority
    """

    def __attrs_post_init__(self) -> None:
        if not self.cells:
            raise InvalidMatrix("priority matrix", [Defect("", "has no cells")])
        if self.defects:
            raise InvalidMatrix("priority matrix", self.defects)

    @classmethod
    def itil(cls) -> PriorityMatrix:
        """Three by three: high x high is P1, high x medium P2, low x low P4, the rest P3.

        >>> [str(p) for p in PriorityMatrix.itil().priorities]
        ['P1', 'P2', 'P3', 'P4']
        """
        return cls._three([["P1", "P2", "P3"], ["P2", "P3", "P3"], ["P3", "P3", "P4"]])

    @classmethod
    def servicenow(cls) -> PriorityMatrix:
        """Three by three to P1..P5, as ServiceNow's base system has it.

        >>> PriorityMatrix.servicenow().assess(Impact.LOW, Urgency.LOW).answer
        Priority.P5
        """
        return cls._three([["P1", "P2", "P3"], ["P2", "P3", "P4"], ["P3", "P4", "P5"]])

    @classmethod
    def _three(cls, names: list[list[str]]) -> PriorityMatrix:
        return cls.from_grid(
            names, Impact.default_scale(), Urgency.default_scale(), Priority.default_scale()
        )

    @classmethod
    def from_grid(
        cls,
        grid: Sequence[Sequence[str]],
        impacts: Sequence[Impact],
        urgencies: Sequence[Urgency],
        priorities: Sequence[Priority],
    ) -> PriorityMatrix:
        """A matrix of names of priorities: a row an impact, a column an urgency.

        Raises `itilcore.errors.InvalidMatrix` for a grid of another size or an unknown name.
        """
        by_name = {priority.name: priority for priority in priorities}
        defects = [Defect("", "the grid does not fit its scales")] * (
            len(grid) != len(impacts) or any(len(row) != len(urgencies) for row in grid)
        )
        defects += [
            Defect(name, "is none of the priorities")
            for row in grid
            for name in row
            if name not in by_name
        ]
        if defects:
            raise InvalidMatrix("priority matrix", defects)
        return cls(
            (impact, urgency, by_name[name])
            for impact, row in zip(impacts, grid, strict=True)
            for urgency, name in zip(urgencies, row, strict=True)
        )

    @classmethod
    def from_rows(cls, rows: Iterable[Cell]) -> PriorityMatrix:
        """A matrix from rows of impact, urgency and priority, in any order.

        >>> matrix = PriorityMatrix.itil()
        >>> PriorityMatrix.from_rows(reversed(matrix.cells)) == matrix
        True
        """
        return cls(rows)


def _defects(table: PriorityTable) -> Iterator[Defect]:
    found: dict[tuple[Impact, Urgency], list[Priority]] = {}
    for impact, urgency, priority in table.cells:
        found.setdefault((impact, urgency), []).append(priority)
    for name, scale in (
        ("impact", table.impacts),
        ("urgency", table.urgencies),
        ("priority", table.priorities),
    ):
        for one, other in zip(scale, scale[1:], strict=False):
            if one.rank == other.rank or one.name == other.name:
                yield Defect(name, f"{one!r} and {other!r} cannot be told apart")
    for impact in table.impacts:
        for urgency in table.urgencies:
            given = found.get((impact, urgency), [])
            path = f"{impact} x {urgency}"
            if not given:
                yield Defect(path, "has no priority")
            elif len(given) > 1:
                yield Defect(path, f"has {' and '.join(map(str, given))}")
    for impact, below in zip(table.impacts, (*table.impacts[1:], None), strict=True):
        for urgency, later in zip(table.urgencies, (*table.urgencies[1:], None), strict=True):
            here = found.get((impact, urgency), [])
            for neighbour in ((below, urgency), (impact, later)):
                other_impact, other_urgency = neighbour
                if other_impact is None or other_urgency is None:
                    continue
                for mine in here:
                    for theirs in found.get((other_impact, other_urgency), []):
                        if theirs.outranks(mine):
                            yield Defect(
                                f"{impact} x {urgency}",
                                f"gives {mine}, and the lower {other_impact} x {other_urgency} "
                                f"gives {theirs}",
                            )
