"""A piece: one part of a page, as a value that a table, a chart and a notebook can show."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from attrs import field, frozen

from itilcore.report.text import hours, plain, share

__all__ = ["Column", "Piece"]

FEW: Final = 30
"""Below this many incidents a figure is marked as a small sample."""

_SAID: Final = 12
_LONGEST: Final = 120


@frozen
class Column:
    """A column of a piece: its name, and what its cells are.

    ``unit`` is ``"text"``, ``"count"``, ``"hours"`` or ``"share"`` (0 to 1).
    """

    name: str
    unit: str = "text"

    def shown(self, value: Any) -> str:
        """A cell as people read it; ``None`` is a dash."""
        if value is None:
            return "-"
        if self.unit == "hours":
            return hours(value)
        if self.unit == "share":
            return share(value)
        return f"{value:,}" if self.unit == "count" else plain(str(value), _LONGEST)


def _rows(rows: Any) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(row) for row in rows)


@frozen
class Piece:
    """One part of a page.

    ``reading`` says in plain words how to read it; ``rows`` hold a cell for each of
    ``columns``, figures unrounded; ``drawing`` names the kind of chart (``None``: a table
    alone); ``unknown`` says why there is nothing to show.  ``few`` are the names (first cells)
    of rows that rest on fewer than 30 incidents.
    """

    key: str
    title: str
    reading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...] = field(converter=_rows)
    drawing: str | None = None
    unknown: str | None = None
    few: frozenset[str] = frozenset()

    def to_dict(self) -> dict[str, Any]:
        """The piece as JSON values, figures unrounded."""
        names = [column.name for column in self.columns]
        return {
            "title": self.title,
            "reading": self.reading,
            "unknown": self.unknown,
            "rows": [dict(zip(names, row, strict=True)) for row in self.rows],
        }

    def shown(self) -> list[list[str]]:
        """The cells as people read them, a small sample marked."""
        found: list[list[str]] = []
        for row in self.rows:
            cells = [c.shown(value) for c, value in zip(self.columns, row, strict=True)]
            if row[0] in self.few:
                cells[0] += " (few)"
            found.append(cells)
        return found

    def said(self) -> str:
        """The numbers in words, for whoever cannot see the chart; the table has all of them."""
        names = [column.name for column in self.columns[1:]]
        rows = self.shown()
        parts = [
            f"{first}: " + ", ".join(f"{n} {c}" for n, c in zip(names, rest, strict=True))
            for first, *rest in rows[:_SAID]
        ]
        more = f"; and {len(rows) - _SAID} more in the table" if len(rows) > _SAID else ""
        return f"{self.title}. {'; '.join(parts)}{more}."

    def chart(self) -> Any:
        """The chart, as an Altair chart.

        Raises `itilcore.errors.MissingExtra` where Altair is not installed, and `ValueError`
        where there is nothing to draw.
        """
        from itilcore.report.charts import draw

        return draw(self)

    def table_html(self, caption: str) -> str:
        """The rows as an HTML table; every text is escaped."""
        head = "".join(f'<th scope="col">{escape(c.name)}</th>' for c in self.columns)
        body = "".join(
            f'<tr><th scope="row" dir="auto">{escape(first)}</th>'
            + "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in rest)
            + "</tr>"
            for first, *rest in self.shown()
        )
        return (
            f"<table><caption>{escape(caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def _repr_html_(self) -> str:
        """The table, for notebooks, with the words that say how to read it."""
        if self.unknown is not None:
            return f"<p><b>{escape(self.title)}</b>: {escape(self.unknown)}</p>"
        return f"{self.table_html(self.title)}<p>{escape(self.reading)}</p>"
