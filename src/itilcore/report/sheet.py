"""Rows under columns in a terminal; line by line where it is too narrow for a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

__all__: list[str] = []

NARROW: Final = 60
"""Below this width there is no table."""
_WORD: Final = 30
"""A longer word may be broken: it is a text of the source, and no name or figure of ours."""


class Sheet:
    """A table that rich renders: a title, columns, and rows of texts.

    Figures stand to the right of their column, *words* to the left.
    """

    def __init__(self, title: str, *columns: str, words: bool = False) -> None:
        self._title = title
        self._words = words
        self._columns = columns
        self._rows: list[tuple[str, ...]] = []

    def add(self, *cells: str) -> None:
        """Add a row; cells that are left out at its end are empty."""
        self._rows.append(cells)

    def __rich_console__(
        self,
        console: Console,
        options: ConsoleOptions,
    ) -> Iterator[RenderableType]:
        if options.max_width < max(NARROW, self._least()):
            yield from self._lines()
        else:
            yield self._table()

    def _least(self) -> int:
        """The width below which words would be broken."""
        from rich.cells import cell_len

        widths = [0] * len(self._columns)
        for row in (self._columns, *self._rows):
            for index, cell in enumerate(row):
                words = [cell] if self._words and index == 0 else cell.split()
                longest = max((min(cell_len(word), _WORD) for word in words), default=0)
                widths[index] = max(widths[index], longest)
        return sum(widths) + 3 * (len(widths) - 1) + 2  # what stands between and around them

    def _lines(self) -> Iterator[str]:
        if self._title:
            yield self._title
        for first, *rest in self._rows:
            parts = [
                f"{column} {cell}"
                for column, cell in zip(self._columns[1:], rest, strict=False)
                if cell
            ]
            yield f"  {self._columns[0]} {first}: {', '.join(parts)}" if parts else f"  {first}"

    def _table(self) -> Table:
        from rich import box
        from rich.table import Table

        title = self._title or None
        table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for index, column in enumerate(self._columns):
            left = self._words or index == 0
            # Of words the first column is the key to the row: an instant or a name stays whole.
            whole = self._words and index == 0
            table.add_column(
                column, justify="left" if left else "right", overflow="fold", no_wrap=whole
            )
        for row in self._rows:
            table.add_row(*row)
        return table
