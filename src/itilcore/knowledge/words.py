"""The words of a text, folded so that they compare, and no more of them than is useful."""

from __future__ import annotations

from typing import Final
from unicodedata import category, normalize

__all__ = ["MOST_SIGNS", "words_of"]

MOST_SIGNS: Final = 20_000
"""So many signs of a text are read: an article has said by then what it is about."""
_LONGEST: Final = 64
"""What is longer than this is no word, but a key, a dump or a line without blanks."""


def words_of(text: str) -> frozenset[str]:
    """The different words among the first 20,000 signs of *text*.

    Case and signs are dropped; words of one sign that is no ideograph say nothing and are left
    out, and so is what is longer than 64 signs.

    >>> sorted(words_of("VPN: Zugang (Straße) weg! a"))
    ['strasse', 'vpn', 'weg', 'zugang']
    """
    folded = normalize("NFKC", normalize("NFKC", text[:MOST_SIGNS]).casefold())
    kept = folded[:MOST_SIGNS]  # one sign may fold into eighteen
    parts = "".join(sign if _belongs(sign) else " " for sign in kept).split()
    return frozenset(word for word in parts if _says_something(word))


def _belongs(sign: str) -> bool:
    # A mark belongs to the letter before it, in scripts that write vowels as marks as well.
    return sign.isalnum() or sign == "_" or category(sign).startswith("M")


def _says_something(word: str) -> bool:
    return 1 < len(word) <= _LONGEST or (len(word) == 1 and category(word) == "Lo")
