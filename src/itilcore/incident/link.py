"""Links: which addresses people may be offered."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_link"]

_LINK: Final = re.compile(r"https?://[^\s\x00-\x20\x7f<>\"]{1,2000}", re.IGNORECASE)


def is_link(text: object) -> bool:
    """Whether *text* is an address that people may be offered: http or https, nothing else.

    >>> is_link("https://grafana.example/d/1"), is_link("javascript:alert(1)")
    (True, False)
    """
    return isinstance(text, str) and _LINK.fullmatch(text) is not None
