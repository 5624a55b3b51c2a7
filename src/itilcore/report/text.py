"""Numbers and foreign texts as people read them."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["hours", "plain", "share"]

_LONGEST: Final = 60


def plain(text: str, longest: int = _LONGEST) -> str:
    r"""*text* on one line, safe to print: control and direction characters shown, not obeyed.

    >>> print(plain("a" + chr(27) + "[31mred"))
    a\x1b[31mred
    >>> plain("x" * 100, 5)
    'xxxx…'
    """
    safe = "".join(
        f"\\x{ord(c):02x}" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c
        for c in text[: longest + 1]
    )
    return safe if len(safe) <= longest else safe[: longest - 1] + "…"


def hours(value: float | None) -> str:
    """Hours as a person says them: minutes below one hour, days from 100 hours on.

    >>> hours(0.1), hours(15.15), hours(165.408733), hours(None)
    ('6.0 min', '15.2 h', '6.9 d', '-')
    """
    if value is None:
        return "-"
    if value < 1:
        return f"{value * 60:.1f} min"
    return f"{value:.1f} h" if value < 100 else f"{value / 24:.1f} d"


def share(value: float | None) -> str:
    """A share in per cent.

    >>> share(275 / 24905), share(None)
    ('1.10 %', '-')
    """
    return "-" if value is None else f"{value * 100:.2f} %"
