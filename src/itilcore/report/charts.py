"""Charts of pieces, drawn with Altair and written as SVG by vl-convert: no script, no network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from itilcore.errors import MissingExtra

from .text import plain

if TYPE_CHECKING:
    from .pieces import Piece

__all__: list[str] = []

WIDTH: Final = 420
_INK, _MUTED, _GRID = "#24292f", "#57606a", "#d8dee4"
_MAIN, _SECOND = "#0a5fb4", "#b35309"
# The same image serves a light and a dark page.
_DARK: Final = {
    _INK: "#e6edf3",
    _MUTED: "#b4bcc6",
    _GRID: "#3d444d",
    _MAIN: "#6cb6ff",
    _SECOND: "#f0a35e",
}
_UNSEEN: Final = re.compile(r'<text[^>]* opacity="0"[^>]*>[^<]*</text>')
_LONGEST: Final = 26
_SPAN: Final = (
    "datum.value < 1 ? format(datum.value * 60, '.0f') + ' min' : "
    "datum.value < 48 ? format(datum.value, ',.0f') + ' h' : "
    "format(datum.value / 24, ',.0f') + ' d'"
)
_TICKS: Final = [1 / 60, 1 / 6, 1, 8, 48, 240, 1440, 8760]
_LEAST: Final = 1 / 60


def _altair() -> Any:
    try:
        import altair
    except ImportError:
        raise MissingExtra("altair", "report") from None
    return altair


def draw(piece: Piece) -> Any:
    """The chart of *piece*.  Raises `ValueError` where it has nothing to draw."""
    if piece.drawing is None:
        raise ValueError(f"{piece.title}: {piece.unknown or 'is a table alone'}")
    alt = _altair()
    rows = [
        {"name": plain(str(row[0]), _LONGEST), "few": row[0] in piece.few, "place": place}
        | {f"v{i}": value for i, value in enumerate(row[1:])}
        for place, row in enumerate(piece.rows)
    ]
    data = alt.Data(values=rows)
    drawing = _Drawing(alt, alt.Chart(data), [column.name for column in piece.columns], rows)
    made: Any = getattr(drawing, piece.drawing)()
    return made.configure(
        background="transparent",
        font="system-ui, sans-serif",
        # Browsers draw letters a little wider than they were measured.
        padding={"left": 18, "right": 12, "top": 6, "bottom": 4},
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelColor=_INK,
            titleColor=_INK,
            gridColor=_GRID,
            domainColor=_MUTED,
            tickColor=_MUTED,
            labelLimit=190,
        ),
        legend=alt.LegendConfig(labelFontSize=12, labelColor=_INK, orient="top", title=None),
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
    )


def svg(piece: Piece) -> str:
    """The chart of *piece* as SVG that follows the reader's light or dark scheme.

    Raises `itilcore.errors.MissingExtra` where Altair or vl-convert is not installed.
    """
    chart = draw(piece)
    try:
        import vl_convert
    except ImportError:
        raise MissingExtra("vl-convert-python", "report") from None
    drawn: str = vl_convert.vegalite_to_svg(chart.to_dict())
    rules = "".join(
        f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}'
        for light, dark in _DARK.items()
    )
    # Labels that would overlap are there, unseen: a reader of the file should not meet them.
    drawn = _UNSEEN.sub("", drawn)
    style = f"<style>@media (prefers-color-scheme: dark){{{rules}}}</style>"
    head, _, rest = drawn.partition(">")
    return f"{head}>{style}{rest}"


@frozen
class _Drawing:
    """What a chart is made of: Altair, a chart of the rows, their heads, and the rows.

    A row is ``name``, ``place``, ``few``, and ``v0``, ``v1`` ... for the cells after the first.
    """

    alt: Any
    chart: Any
    heads: list[str]
    rows: list[dict[str, Any]]

    def names(self) -> Any:
        return self.alt.Y("name:N", sort=self.alt.EncodingSortField("place"), title=None)

    def hours(self, field: str, title: str | None = None) -> Any:
        return self.alt.X(
            f"{field}:Q",
            title=title,
            scale=self.alt.Scale(type="log", clamp=True),
            axis=self.alt.Axis(values=_TICKS, labelExpr=_SPAN),
        )

    def counts(self) -> Any:
        most = max((row["v0"] for row in self.rows), default=0)
        if most < 5:
            # Between whole numbers there is nothing to count.
            return self.alt.Axis(format=",d", values=list(range(most + 1)))
        return self.alt.Axis(format=",d", tickMinStep=1, tickCount=5)

    def shares_axis(self) -> Any:
        return self.alt.Axis(format=".0%", tickCount=5)

    def faint(self) -> Any:
        return self.alt.condition("datum.few", self.alt.value(0.55), self.alt.value(1.0))

    def spread(self) -> Any:
        # Columns: n, mean, low, high, median, p90, left out; a log scale has no nothing.
        for row in self.rows:
            for key in ("v4", "v5"):
                if row[key] is not None:
                    row[key] = max(row[key], _LEAST)
        y = self.names()
        line = self.chart.mark_rule(color=_MUTED, strokeWidth=2).encode(
            x=self.hours("v4", "median and p90"), x2="v5:Q", y=y
        )
        median = self.chart.mark_point(filled=True, size=90, color=_MAIN, shape="circle").encode(
            x="v4:Q", y=y, opacity=self.faint()
        )
        p90 = self.chart.mark_point(filled=True, size=90, color=_SECOND, shape="diamond").encode(
            x="v5:Q", y=y, opacity=self.faint()
        )
        return self.alt.layer(line, median, p90).properties(width=WIDTH, height=self.height())

    def interval(self) -> Any:
        y = self.names()
        axis = self.shares_axis()
        line = self.chart.mark_rule(color=_MUTED, strokeWidth=2).encode(
            x=self.alt.X("v2:Q", title="share, and where it lies 19 times in 20", axis=axis),
            x2="v3:Q",
            y=y,
        )
        dot = self.chart.mark_point(filled=True, size=90, color=_MAIN).encode(
            x="v1:Q", y=y, opacity=self.faint()
        )
        return self.alt.layer(line, dot).properties(width=WIDTH, height=self.height())

    def bars(self) -> Any:
        y = self.names()
        bar = self.chart.mark_bar(color=_MAIN).encode(
            x=self.alt.X("v0:Q", title=self.heads[1], axis=self.counts()),
            y=y,
        )
        return bar.properties(width=WIDTH, height=self.height())

    def shares(self) -> Any:
        bar = self.chart.mark_bar(color=_MAIN).encode(
            x=self.alt.X("v1:Q", title="share of all hours", axis=self.shares_axis()),
            y=self.names(),
        )
        return bar.properties(width=WIDTH, height=self.height())

    def columns(self) -> Any:
        bar = self.chart.mark_bar(color=_MAIN).encode(
            x=self.alt.X(
                "name:N",
                sort=self.alt.EncodingSortField("place"),
                title=self.heads[0],
                axis=self.alt.Axis(labelAngle=-40, labelOverlap=False),
            ),
            y=self.alt.Y("v0:Q", title=self.heads[1], axis=self.counts()),
        )
        return bar.properties(width=WIDTH, height=240)

    def months(self) -> Any:
        every = -(-len(self.rows) // 8)
        shown = [row["name"] for row in self.rows[::every]]
        return self.alt.X("name:O", title=None, axis=self.alt.Axis(values=shown, labelAngle=-40))

    def line(self) -> Any:
        line = self.chart.mark_line(
            color=_MAIN, strokeWidth=2, point=self.alt.OverlayMarkDef(color=_MAIN)
        )
        return line.encode(
            x=self.months(),
            y=self.alt.Y("v0:Q", title=self.heads[1], axis=self.counts()),
        ).properties(width=WIDTH, height=240)

    def trend(self) -> Any:
        for row in self.rows:
            row["v1"], row["v2"] = max(row["v1"], _LEAST), max(row["v2"], _LEAST)
        lines = []
        for field, name, color, dash, beside in (
            ("v1", "median", _MAIN, [1, 0], 14),
            ("v2", "p90", _SECOND, [6, 3], -10),
        ):
            y = self.alt.Y(
                f"{field}:Q",
                title="time to resolve",
                scale=self.alt.Scale(type="log"),
                axis=self.alt.Axis(values=_TICKS, labelExpr=_SPAN),
            )
            base = self.chart.encode(x=self.months(), y=y)
            lines.append(base.mark_line(color=color, strokeWidth=2, strokeDash=dash))
            lines.append(
                base.mark_point(filled=True, color=color, size=40).encode(opacity=self.faint())
            )
            last = base.transform_filter(f"datum.place == {len(self.rows) - 1}")
            lines.append(
                last.mark_text(align="right", dy=beside, color=_INK, fontSize=12).encode(
                    text=self.alt.value(name)
                )
            )
        return self.alt.layer(*lines).properties(width=WIDTH, height=260)

    def height(self) -> int:
        return 50 + 26 * len(self.rows)
