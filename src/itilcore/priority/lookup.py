"""What a matrix and a table share: cells, scales, and a look-up that explains itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from html import escape
from typing import ClassVar, Protocol, Self, TypeVar

from attrs import field, frozen

from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, UnknownPriorityInput
from itilcore.version import JSONValue, content_version

from .rows import Cell, Place, RowReader, Triple, read_rows
from .scales import Impact, Level, Priority, Urgency

__all__ = ["Lookup", "PriorityRule"]

L = TypeVar("L", bound=Level)

Asked = tuple[Impact | None, Urgency | None]
Answer = Decision[Priority | None]


class PriorityRule(Protocol):
    """Whatever decides a priority from impact and urgency, such as a matrix or a table."""

    def assess(self, impact: Impact | None, urgency: Urgency | None) -> Decision[Priority | None]:
        """The priority, with its reasons; an answer of ``None`` says what is missing."""
        ...


def _cells(rows: Iterable[Cell]) -> tuple[Cell, ...]:
    return read_rows(rows, RowReader())


def _levels(kind: type[L], levels: Iterable[L]) -> tuple[L, ...]:
    given = tuple(levels)
    defects = [
        Defect(f"[{index}]", f"is {level!r}: it must be of {kind.__name__}")
        for index, level in enumerate(given)
        if type(level) is not kind
    ]
    if defects:
        raise InvalidInput(f"{kind.__name__.lower()} scale", defects)
    return given


def _impacts(levels: Iterable[Impact]) -> tuple[Impact, ...]:
    return _levels(Impact, levels)


def _urgencies(levels: Iterable[Urgency]) -> tuple[Urgency, ...]:
    return _levels(Urgency, levels)


def _by_rank(level: Level) -> tuple[int, str]:
    return level.rank, level.name


@frozen(repr=False, cache_hash=True)
class Lookup:
    """Cells, and the scales they lie on, highest first.

    ``cells`` are rows of impact, urgency and priority, given in any order and kept highest
    first.  ``impacts`` and ``urgencies`` may name levels that no cell has; those of the cells
    belong to the scales anyway.
    """

    cells: tuple[Cell, ...] = field(converter=_cells)
    impacts: tuple[Impact, ...] = field(default=(), converter=_impacts)
    urgencies: tuple[Urgency, ...] = field(default=(), converter=_urgencies)

    _rule: ClassVar[str]

    def __attrs_post_init__(self) -> None:
        impacts = {*self.impacts, *(impact for impact, _, _ in self.cells)}
        urgencies = {*self.urgencies, *(urgency for _, urgency, _ in self.cells)}
        object.__setattr__(self, "impacts", tuple(sorted(impacts, key=_by_rank)))
        object.__setattr__(self, "urgencies", tuple(sorted(urgencies, key=_by_rank)))

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[Triple],
        *,
        impacts: Iterable[Impact | str] | None = None,
        urgencies: Iterable[Urgency | str] | None = None,
        priorities: Iterable[Priority | str] | None = None,
    ) -> Self:
        """From rows of impact, urgency and priority, in any order, given as levels or names.

        Names need the order of their scale: *impacts*, *urgencies* and *priorities* are names,
        highest first, or levels.  A scale that is given is the whole scale: its levels all
        need cells to make a matrix, and a row may name no other.

        Raises `itilcore.errors.InvalidInput` with every value that cannot be read, and what
        the class itself raises.
        """
        reader = RowReader(impacts, urgencies, priorities)
        cells = read_rows(rows, reader)
        return cls(cells, impacts=reader.impacts or (), urgencies=reader.urgencies or ())

    @classmethod
    def from_grid(
        cls,
        grid: Sequence[Sequence[Priority | str | None]],
        impacts: Sequence[Impact | str],
        urgencies: Sequence[Urgency | str],
        priorities: Sequence[Priority | str],
    ) -> Self:
        """From a grid of priorities as people print it: a row an impact, a column an urgency.

        The scales are names or levels, highest first; ``None`` in the grid is a hole.  Raises
        `itilcore.errors.InvalidInput` for a grid of another size, and as `from_rows`.
        """
        defects = [
            Defect(f"grid[{index}]", f"has {len(row)} priorities for {len(urgencies)} urgencies")
            for index, row in enumerate(grid)
            if len(row) != len(urgencies)
        ]
        if len(grid) != len(impacts):
            defects.append(Defect("grid", f"has {len(grid)} rows for {len(impacts)} impacts"))
        if defects:
            raise InvalidInput("priority grid", defects)
        rows = [
            (impact, urgency, priority)
            for impact, row in zip(impacts, grid, strict=True)
            for urgency, priority in zip(urgencies, row, strict=True)
            if priority is not None
        ]
        return cls.from_rows(rows, impacts=impacts, urgencies=urgencies, priorities=priorities)

    @property
    def priorities(self) -> tuple[Priority, ...]:
        """The priorities in use, highest first."""
        return tuple(sorted({priority for _, _, priority in self.cells}, key=_by_rank))

    @cached_property
    def version(self) -> str:
        """The content version: equal for equal cells on equal scales."""
        rows: list[JSONValue] = []
        for (impact, urgency), given in self._found.items():
            place: list[JSONValue] = [[impact.name, impact.rank], [urgency.name, urgency.rank]]
            rows.append([*place, [[priority.name, priority.rank] for priority in given]])
        return content_version(self._rule.replace(" ", "-"), rows)

    def assess(self, impact: Impact | None, urgency: Urgency | None) -> Decision[Priority | None]:
        """The priority and why.  ``None`` is *unknown*: the answer is then ``None`` too.

        Raises `itilcore.errors.UnknownPriorityInput` for a level that is not on the scale, and
        `itilcore.errors.InvalidInput` for what is no impact or no urgency at all.
        """
        decision = self._decisions.get((impact, urgency))
        return self._undecided(impact, urgency) if decision is None else decision

    def _undecided(self, impact: Impact | None, urgency: Urgency | None) -> Answer:
        defects = [
            Defect(kind.__name__.lower(), f"is {level!r}: it must be of {kind.__name__}, or None")
            for kind, level in ((Impact, impact), (Urgency, urgency))
            if not isinstance(level, kind | None)
        ]
        if defects:
            raise InvalidInput(self._rule, defects)
        scales: tuple[tuple[str, Level | None, tuple[Level, ...]], ...] = (
            ("impact", impact, self.impacts),
            ("urgency", urgency, self.urgencies),
        )
        for name, level, scale in scales:
            if level is not None and level not in scale:
                raise UnknownPriorityInput(name, level, (known.name for known in scale))
        inputs = {"impact": impact, "urgency": urgency}
        missing = [name for name, level, _ in scales if level is None]
        reasons = [Reason(self._rule, f"{name} is unknown", inputs) for name in missing]
        return Decision(None, reasons, self.version)

    @cached_property
    def _found(self) -> Mapping[Place, tuple[Priority, ...]]:
        """Every place of the scales, with no, one or (contradicting) priorities."""
        found: dict[Place, tuple[Priority, ...]] = {
            (impact, urgency): () for impact in self.impacts for urgency in self.urgencies
        }
        for impact, urgency, priority in self.cells:
            found[impact, urgency] += (priority,)
        return found

    @cached_property
    def _decisions(self) -> Mapping[Asked, Answer]:
        """The decision of every place, made once: a look-up is all that `assess` does."""
        decisions: dict[Asked, Answer] = {}
        for (impact, urgency), given in self._found.items():
            what = " and ".join(map(str, given)) or "no priority"
            text = f"{impact} impact and {urgency} urgency give {what}"
            reason = Reason(self._rule, text, {"impact": impact, "urgency": urgency})
            answer = given[0] if len(given) == 1 else None
            decisions[impact, urgency] = Decision(answer, (reason,), self.version)
        return decisions

    def __repr__(self) -> str:
        size = f"{len(self.impacts)} x {len(self.urgencies)}"
        return f"<{type(self).__name__} {size}, {self.version}>"

    def _repr_html_(self) -> str:
        """As a small table for notebooks: impacts down, urgencies across; texts escaped."""
        head = "".join(f'<th scope="col">{escape(str(u))}</th>' for u in self.urgencies)
        body = ""
        for impact in self.impacts:
            found = (self._found[impact, urgency] for urgency in self.urgencies)
            texts = (escape(" / ".join(map(str, given))) or "-" for given in found)
            cells = "".join(f"<td>{text}</td>" for text in texts)
            body += f'<tr><th scope="row">{escape(str(impact))}</th>{cells}</tr>'
        return (
            "<table><caption>Priority by impact (down) and urgency (across)</caption>"
            f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
        )
