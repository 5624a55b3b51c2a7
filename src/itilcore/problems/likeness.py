"""How like two texts are: words folded, a score that is the same both ways, bounded in time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from unicodedata import category as sign_category
from unicodedata import normalize

from itilcore.words import unspaced

__all__ = ["MOST_READ", "Reading", "against", "common_length", "likeness", "read"]

MOST_READ: Final = 2_000
"""Signs of a folded text that are read."""

MOST_KEYS: Final = 200
"""Keys of a text that are looked up: its first ones."""

_FEW: Final = 3
_ASCII_WORD: Final = re.compile(r"\w+")
_NUMBER: Final = re.compile(r"\d+")
_CLOCK: Final = re.compile(r"\b\d{1,2}:\d\d\b")
_AGAINST: Final = 0.75
_NOT: Final = frozenset({
    "cannot", "cant", "never", "no", "nobody", "none", "not", "nothing", "t",  # t is of can't
    "kein", "keine", "keinen", "nicht", "nie", "pas", "rien", "jamais", "aucun", "nunca", "nada",
    "não", "non", "niente",
})  # fmt: skip
Common = Callable[[str, str], int]
"""The length of the longest common subsequence of two texts."""


class Reading:
    """A text as it is compared.

    It has its ``words``, each once, the ``keys`` it is found by, its ``numbers`` and whether it
    is ``negated``.
    """

    __slots__ = ("keys", "line", "negated", "numbers", "words")

    def __init__(
        self,
        words: frozenset[str],
        keys: tuple[str, ...],
        numbers: frozenset[str] = frozenset(),
    ) -> None:
        self.words = words
        self.line = " ".join(sorted(words))
        self.keys = keys
        self.numbers = numbers
        self.negated = not words.isdisjoint(_NOT)


def read(text: str) -> Reading:
    """The reading of the first `MOST_READ` signs of *text*.

    Keys are its first `MOST_KEYS` words, and for words of a script that puts no blanks between
    words every three signs in a row instead.  Numbers are its runs of digits, times of day
    left out.

    >>> read("VPN down: VPN!").keys, read("打印机坏了").keys
    (('vpn', 'down'), ('打印机', '印机坏', '机坏了'))
    """
    text = text[:MOST_READ]
    if text.isascii():
        folded = text.lower()
        found = _ASCII_WORD.findall(folded)
    else:
        folded = normalize("NFKC", normalize("NFKC", text).casefold())[:MOST_READ]
        found = "".join(map(_kept, folded)).split()
    keys: dict[str, None] = {}
    for word in found:
        if word.isascii() or len(word) <= _FEW or not any(map(unspaced, word)):
            keys[word] = None
        else:
            keys.update((word[n : n + _FEW], None) for n in range(len(word) - _FEW + 1))
    numbers = frozenset(_NUMBER.findall(_CLOCK.sub(" ", folded)))
    return Reading(frozenset(found), tuple(keys)[:MOST_KEYS], numbers)


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


def against(one: Reading, other: Reading) -> tuple[str, ...]:
    """What speaks against two texts being of the same thing, however like they are.

    >>> against(read("srv01 is down"), read("srv02 is not down"))
    ('only one of them negates', 'each has a number of its own')
    """
    found: tuple[str, ...] = ()
    if one.negated != other.negated:
        found += ("only one of them negates",)
    if not (one.numbers <= other.numbers or other.numbers <= one.numbers):
        found += ("each has a number of its own",)
    return found


def likeness(one: Reading, other: Reading, common: Common, least: float = 0.0) -> float:
    """How like two texts are, from 0 to 1, the same both ways; 0 where it is below *least*.

    It is the mean of two comparisons, sign by sign.  The one is of all words of both, where
    words that both have stand first.  The other is the best of that, and of the words that both
    have with all words of either (known as token set ratio): so that what somebody adds counts,
    but only half.  Where a text has fewer than three different words, or they share none, all
    words of both are compared alone: else one word would be like every text that has it.

    Three quarters of it are left where only one of the two has a word that negates, and so where
    each has a number that the other has not: srv01 is not srv02.  Texts without words are like
    nothing, those with the same words are as like as can be.
    """
    if not one.words or not other.words:
        return 0.0
    if one.words == other.words:
        return 1.0
    left = _AGAINST ** len(against(one, other))
    shared = one.words & other.words
    if not shared or min(len(one.words), len(other.words)) < _FEW:
        found = left * _ratio(one.line, other.line, 0, common)
        return found if found >= least else 0.0
    # The words that both have, with a blank behind each; and what is left of each text.
    head = sum(map(len, shared)) + len(shared)
    rests = (len(one.line) - head, len(other.line) - head)
    alone = min(rests) + 1
    subset = 1.0 - alone / (2 * (head - 1) + alone)
    # What cannot reach the least is not measured; where nothing is left of one, this is it.
    whole = 2 * (head + min(rests)) / (2 * head + sum(rests))
    found = left * (whole + max(whole, subset)) / 2
    mine, theirs = one.words - shared, other.words - shared
    if found >= least and mine and theirs:
        whole = _ratio(" ".join(sorted(mine)), " ".join(sorted(theirs)), head, common)
        found = left * (whole + max(whole, subset)) / 2
    return found if found >= least else 0.0


def _ratio(one: str, other: str, head: int, common: Common) -> float:
    """Twice what is in common over the length of both; *head* signs are in common before."""
    return 2 * (head + common(one, other)) / (2 * head + len(one) + len(other))
