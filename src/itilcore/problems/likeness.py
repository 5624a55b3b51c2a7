"""How like two texts are: words folded, a score that is the same both ways, bounded in time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from unicodedata import category as sign_category
from unicodedata import normalize

from itilcore.words import unspaced

__all__ = ["MOST_READ", "Reading", "common_length", "likeness", "read"]

MOST_READ: Final = 2_000
"""Signs of a folded text that are read."""

MOST_KEYS: Final = 200
"""Keys of a text that are looked up: its first ones."""

_FEW: Final = 3
_ASCII_WORD: Final = re.compile(r"\w+")
Common = Callable[[str, str], int]
"""The length of the longest common subsequence of two texts."""


class Reading:
    """A text as it is compared: its ``words``, each once, and the ``keys`` it is found by."""

    __slots__ = ("keys", "line", "words")

    def __init__(self, words: frozenset[str], keys: tuple[str, ...]) -> None:
        self.words = words
        self.line = " ".join(sorted(words))
        self.keys = keys


def read(text: str) -> Reading:
    """The reading of the first `MOST_READ` signs of *text*.

    Keys are its first `MOST_KEYS` words, and for words of a script that puts no blanks between
    words every three signs in a row instead.

    >>> read("VPN down: VPN!").keys, read("打印机坏了").keys
    (('vpn', 'down'), ('打印机', '印机坏', '机坏了'))
    """
    text = text[:MOST_READ]
    if text.isascii():
        found = _ASCII_WORD.findall(text.lower())
    else:
        folded = normalize("NFKC", normalize("NFKC", text).casefold())[:MOST_READ]
        found = "".join(map(_kept, folded)).split()
    keys: dict[str, None] = {}
    for word in found:
        if word.isascii() or len(word) <= _FEW or not any(map(unspaced, word)):
            keys[word] = None
        else:
            keys.update((word[n : n + _FEW], None) for n in range(len(word) - _FEW + 1))
    return Reading(frozenset(found), tuple(keys)[:MOST_KEYS])


def _kept(sign: str) -> str:
    if sign.isalnum() or sign == "_":
        return sign
    kind = sign_category(sign)
    if kind == "Cf":  # it formats and is not seen, within words as well
        return ""
    return sign if kind[0] == "M" else " "


def common_length() -> Common:
    """The quickest way there is to measure what two texts share in order: all give the same.

    `rapidfuzz` where it is installed (the extra ``text``), plain Python otherwise.
    """
    try:
        from rapidfuzz.distance import LCSseq
    except ImportError:
        return plain_common_length
    return LCSseq.similarity


def plain_common_length(one: str, other: str) -> int:
    """The length of the longest common subsequence, with a bit for each sign of *one*.

    >>> plain_common_length("drucker", "durcker")
    6
    """
    places: dict[str, int] = {}
    for place, sign in enumerate(one):
        places[sign] = places.get(sign, 0) | 1 << place
    every = (1 << len(one)) - 1
    row = every
    for sign in other:
        met = row & places.get(sign, 0)
        row = (row + met | row - met) & every
    return len(one) - row.bit_count()


def likeness(one: Reading, other: Reading, common: Common, least: float = 0.0) -> float:
    """How like two texts are, from 0 to 1, the same both ways; 0 where it is below *least*.

    It is the best of three comparisons, sign by sign: the words that both have with the words
    that one has, the same with the other, and the words of one with those of the other, where
    words that both have stand first (known as token set ratio).  Where a text has fewer than
    three different words, all words of both are compared: else one word would be like every
    text that has it.  Texts without words are like nothing.
    """
    if not one.words or not other.words:
        return 0.0
    if one.words == other.words:
        return 1.0
    shared = one.words & other.words
    if not shared or min(len(one.words), len(other.words)) < _FEW:
        return _ratio(one.line, other.line, 0, common, least)
    mine, theirs = one.words - shared, other.words - shared
    if not (mine and theirs):
        return 1.0
    # The words that both have, with a blank behind each; and what is left of each text.
    head = sum(map(len, shared)) + len(shared)
    rests = (len(one.line) - head, len(other.line) - head)
    alone = min(rests) + 1
    best = 1.0 - alone / (2 * (head - 1) + alone)
    needed = max(best, least)
    # What cannot reach the least is not measured.
    if 2 * (head + min(rests)) >= needed * (2 * head + sum(rests)):
        lines = (" ".join(sorted(mine)), " ".join(sorted(theirs)))
        best = max(best, _ratio(*lines, head, common, needed))
    return best if best >= least else 0.0


def _ratio(one: str, other: str, head: int, common: Common, least: float) -> float:
    """Twice what is in common over the length of both; *head* signs are in common before."""
    found = 2 * (head + common(one, other)) / (2 * head + len(one) + len(other))
    return found if found >= least else 0.0
