"""Reading rows of impact, urgency and priority, given as levels or as names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar, cast

from itilcore.errors import Defect, InvalidInput

from .scales import Impact, Level, Priority, Urgency

__all__ = ["Cell", "Place", "RowReader", "Triple", "read_rows", "scale_of"]

Cell = tuple[Impact, Urgency, Priority]
"""One row of a matrix: this impact and this urgency give this priority."""

Place = tuple[Impact, Urgency]
"""Where a cell stands: its impact and its urgency."""

Triple = tuple[Impact | str, Urgency | str, Priority | str]
"""A cell with names in the place of levels."""

L = TypeVar("L", bound=Level)

AXES: Final[tuple[tuple[str, str, type[Level]], ...]] = (
    ("impact", "impacts", Impact),
    ("urgency", "urgencies", Urgency),
    ("priority", "priorities", Priority),
)


def scale_of(kind: type[L], given: Iterable[L | str]) -> tuple[L, ...]:
    """The scale that names, highest first, or levels in any order make.

    Raises `itilcore.errors.InvalidInput` for anything else, and for levels of one name or rank.
    """
    items = tuple(given)
    if all(isinstance(item, str) for item in items):
        return kind.scale(*cast("tuple[str, ...]", items))
    defects = [
        Defect(f"[{index}]", f"is {item!r}: give names only, or {kind.__name__} levels only")
        for index, item in enumerate(items)
        if type(item) is not kind
    ]
    if not defects:
        levels = sorted(cast("tuple[L, ...]", items), key=lambda level: level.rank)
        if len({x.rank for x in levels}) == len({x.name for x in levels}) == len(levels):
            return tuple(levels)
        defects = [Defect("", f"has levels of one name or rank: {levels!r}")]
    raise InvalidInput(f"{kind.__name__.lower()} scale", defects)


class RowReader:
    """Reads rows: names by the scales given, levels as they are where none is given."""

    def __init__(
        self,
        impacts: Iterable[Impact | str] | None = None,
        urgencies: Iterable[Urgency | str] | None = None,
        priorities: Iterable[Priority | str] | None = None,
    ) -> None:
        self.impacts = None if impacts is None else scale_of(Impact, impacts)
        self.urgencies = None if urgencies is None else scale_of(Urgency, urgencies)
        self.priorities = None if priorities is None else scale_of(Priority, priorities)
        self.defects: list[Defect] = []
        self._scales: tuple[dict[str, Level] | None, ...] = tuple(
            None if scale is None else {level.name: level for level in scale}
            for scale in (self.impacts, self.urgencies, self.priorities)
        )

    def read(self, index: int, row: Iterable[object]) -> Cell | None:
        """The cell that the row at *index* is, or ``None`` and more ``defects``."""
        values = tuple(row)
        if len(values) != len(AXES):
            problem = f"is {values!r}, not impact, urgency and priority"
            self.defects.append(Defect(f"rows[{index}]", problem))
            return None
        levels: list[Level] = []
        for axis, scale, given in zip(AXES, self._scales, values, strict=True):
            level = _level(axis, scale, given)
            if isinstance(level, Level):
                levels.append(level)
            else:
                self.defects.append(Defect(f"rows[{index}].{axis[0]}", level))
        return cast("Cell", tuple(levels)) if len(levels) == len(AXES) else None


def _level(
    axis: tuple[str, str, type[Level]], scale: dict[str, Level] | None, given: object
) -> Level | str:
    """The level that *given* is, or what is wrong with it."""
    _, plural, kind = axis
    if isinstance(given, str) and scale is None:
        return f"is {given!r}, a name: say the order of the scale, {plural}=[...]"
    if not isinstance(given, kind | str):
        return f"is {given!r}, neither {kind.__name__} nor a name"
    if scale is None:
        return cast("Level", given)
    name = given if isinstance(given, str) else given.name
    level = scale.get(name)
    if level is None or (level != given and not isinstance(given, str)):
        return f"is {given!r}, which is none of {', '.join(scale)}"
    return level


def read_rows(rows: Iterable[Iterable[object]], reader: RowReader) -> tuple[Cell, ...]:
    """The cells of *rows*, each once, highest first.

    Raises `itilcore.errors.InvalidInput` with every value that *reader* cannot read.
    """
    cells = {cell for i, row in enumerate(rows) if (cell := reader.read(i, row)) is not None}
    if reader.defects:
        raise InvalidInput("priority rows", reader.defects)
    return tuple(sorted(cells, key=lambda cell: tuple((x.rank, x.name) for x in cell)))
