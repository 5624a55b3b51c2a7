"""The words of a text, folded so that they compare, and no more of them than is useful."""

from __future__ import annotations

from typing import Final
from unicodedata import category

from itilcore.words import words

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
    return frozenset(word for word in words(text, MOST_SIGNS) if _says_something(word))


def _says_something(word: str) -> bool:
    return 1 < len(word) <= _LONGEST or (len(word) == 1 and category(word) == "Lo")
