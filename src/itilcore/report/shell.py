"""What every page has: a document with its style inside, tables that scroll, texts escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from importlib import resources
from typing import Final, Self

__all__: list[str] = []

FOOTER: Final = "</body>\n</html>"


class Address(str):
    """A cell that leads to ``href``, an http or https address; it is shown as the text it is."""

    __slots__ = ("href",)
    href: str

    def __new__(cls, shown: str, href: str) -> Self:
        """Shown as *shown*, which may be shorter than *href*."""
        made = super().__new__(cls, shown)
        made.href = href
        return made


def head(title: str) -> Iterator[str]:
    """Everything before the content of the body."""
    style = (resources.files("itilcore.report") / "page.css").read_text("utf-8")
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>"


def scrolled(label: str, table: str) -> str:
    """*table* in a frame of its own that scrolls, by keyboard too."""
    name = escape(f"{label}, table")
    return f'<section class="scroll" tabindex="0" aria-label="{name}">{table}</section>'


def words(caption: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table of texts, its first column the heads of its rows."""
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row" dir="auto">{escape(first)}</th>'
        + "".join(f'<td dir="auto">{_cell(cell)}</td>' for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f'<table class="words"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(cell: str) -> str:
    if not isinstance(cell, Address):
        return escape(cell)
    return f'<a href="{escape(cell.href)}" rel="noopener noreferrer">{escape(cell)}</a>'
