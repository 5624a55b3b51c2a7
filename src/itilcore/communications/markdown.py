"""Markdown: texts that somebody typed, made harmless for it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["markdown_text", "one_line"]

MOST_TEXT: Final = 2_000
"""Characters of what somebody typed that stand in one place of a document."""

_MARKS: Final = re.compile(r"([\\`*_{}\[\]|~@$^=#])")
_LISTS: Final = re.compile(r"\A(\d*)([-+.)])")
"""What begins a list at the beginning of a text."""
_LINKS: Final = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)
"""What makes a link of an address that merely stands there."""
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_TURNS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""What turns the direction of writing without being seen."""


def one_line(text: str, most: int = MOST_TEXT) -> str:
    r"""*text* on one line, without control characters and what turns the direction of writing.

    Longer texts than *most* characters end in an ellipsis.

    >>> one_line("a\n\x1b[31mb\u202e"), one_line("a" * 10, most=5)
    ('a [31mb', 'aaaa…')
    """
    if len(text) > most:
        text = f"{text[: most - 1]}…"
    seen = (
        sign
        for sign in text
        if sign.isspace() or (sign not in _TURNS and unicodedata.category(sign) not in {"Cc", "Cs"})
    )
    return " ".join("".join(seen).split())


def markdown_text(text: str, most: int = MOST_TEXT) -> str:
    r"""*text* on one line, so that Markdown shows it as it was typed and obeys none of it.

    No markup, no HTML, no link that makes itself, no cell of a table; what is not seen and turns
    the direction of writing is dropped.  Longer texts than *most* characters end in an ellipsis.

    >>> print(markdown_text("<b>down</b> | *now*\nat http://x"))
    &lt;b&gt;down&lt;/b&gt; \| \*now\* at http\://x
    """
    line = "".join(_ENTITIES.get(sign, sign) for sign in one_line(text, most))
    line = _LINKS.sub(r"\\\g<0>", _MARKS.sub(r"\\\1", line))
    return _LISTS.sub(r"\1\\\2", line)
