"""Tables to publish: rows of texts as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

__all__ = ["table"]

_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]|]")


def _cell(text: str) -> str:
    """*text* on one line, with nothing that Markdown or HTML would take for its own."""
    return _SPECIAL.sub(lambda sign: f"\\{sign[0]}", escape(" ".join(text.split()), quote=False))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""A table in Markdown; whatever the texts hold, they stay texts.

    >>> print(table(("Level", "When"), [("HIGH", "a | b <i>")]))
    | Level | When |
    | --- | --- |
    | HIGH | a \| b &lt;i&gt; |
    """
    lines = [head, ["---"] * len(head), *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
