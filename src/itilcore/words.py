"""The words of a text in any script, and the phrases among them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final
from unicodedata import category, normalize

__all__ = ["MOST_READ", "Phrases", "lost_sign", "unspaced", "words"]

MOST_READ: Final = 5_000
"""Characters of a text that are read: whoever complains says what it is about before that."""

_UNSPACED: Final = (
    (0x0E00, 0x109F),  # Thai, Lao, Tibetan, Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x3005, 0x312F),  # marks of repetition, Hiragana, Katakana, Bopomofo
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),  # Han, and Yi behind it
    (0x4E00, 0xA48F),
    (0xA980, 0xA9FF),  # Javanese, more of Myanmar
    (0xAA60, 0xAADF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_ASCII_WORD: Final = re.compile(r"\w+", re.ASCII)
_LETTER: Final = re.compile(r"\w")
_LAST_WORD: Final = re.compile(r"(?<!\w)\w+\Z")
_LOST: Final = re.compile(
    r"\*"
    r"|(?<=[\w)\].+])\+(?!\w)"  # C++, a+, .+, but not Ctrl+C or +49
    r"|(?<=\w)\#(?!\w)"  # C#, but not Ticket#5 or #5
    r"|(?<=\w)\?(?=\w)"  # colou?r
    r"|(?<=\()\?"  # (?:a), (?i)
    r"|\$(?=\)*\s*\Z)"  # at the end, but not $100
    r"|\^(?=\w)(?<!\w\^)|\[\^"  # before a word, but not x^2
    r"|(?<=\S)\|(?=\S)"  # a|b, but not Outlook | error
    r"|\{(?=\d{1,9}(?:,\d{0,9})?\})"  # a{2,}
    r"|\[(?=[^\]\s]{0,20}(?:a-z|A-Z|0-9))"
    r"|(?<![\w:\\])\\(?=\w)|\\(?=[bBdDwWsSAZ](?!\w))|\\(?=[.()\[\]?+|^$])"  # not CORP\jane
)
_STARTS: Final = [first for first, _ in _UNSPACED]


def unspaced(sign: str) -> bool:
    """Whether *sign* is a letter of a script that puts no blanks between words.

    >>> unspaced("遅"), unspaced("ช"), unspaced("a"), unspaced("한")
    (True, True, False, False)
    """
    code = ord(sign)
    if code < _STARTS[0]:
        return False
    return code <= _UNSPACED[bisect_right(_STARTS, code) - 1][1] and sign.isalpha()


def _begun(text: str, most: int) -> str:
    """The first *most* characters, without a last word that is cut off, if it has a beginning."""
    if len(text) <= most or not _LETTER.match(text, most):
        return text[:most]
    last = _LAST_WORD.search(text[:most])
    whole = last is None or last.start() == 0 or any(map(unspaced, last[0]))
    return text[:most] if last is None or whole else text[: last.start()]


def words(text: str, most: int = MOST_READ) -> tuple[str, ...]:
    """The words of the first *most* characters of *text*, in order; case means nothing.

    A word is a run of letters, marks, digits and underscores; what formats a text without being
    seen is dropped, and so is a last word that is cut off.  In a script that puts no blanks
    between words each letter is a word.

    >>> words("VPN: Zugang (Straße) weg! 遅い")
    ('vpn', 'zugang', 'strasse', 'weg', '遅', 'い')
    """
    text = _begun(text, most)
    if text.isascii():  # as most are, and quicker
        return tuple(_ASCII_WORD.findall(text.lower()))
    folded = normalize("NFKC", normalize("NFKC", text).casefold())
    found: list[str] = []
    word: list[str] = []
    alone = False
    for sign in folded[:most]:  # one sign may fold to many
        kind = category(sign)
        if kind == "Cf":
            continue
        if kind[0] == "M":  # it belongs to the letter before it, or chooses its picture only
            if word and not "\ufe00" <= sign <= "\ufe0f":
                word.append(sign)
            continue
        belongs = kind[0] in "LN" or sign == "_"
        by_itself = belongs and unspaced(sign)
        if word and (alone or by_itself or not belongs):
            found.append("".join(word))
            word = []
        if belongs:
            word.append(sign)
        alone = by_itself
    if word:
        found.append("".join(word))
    return tuple(found)


def lost_sign(phrase: str) -> str | None:
    r"""The sign of *phrase* that would be lost, so that other words are found; or ``None``.

    Phrases are words.  What parts words or stands around them may go: ``R&D``, ``24/7``,
    ``can't``, ``.NET``, ``Ctrl+C``, ``CORP\jane``.  A sign that ends a word makes it another
    one (``C++``, ``C#`` would be the letter ``c``), and so do the signs of patterns: ``*``
    anywhere, ``|`` or ``?`` within a word, ``^`` before one, ``$`` at the end, ``{2,}``,
    ``[a-z]``, ``\d``, ``(?:``.

    >>> lost_sign("c++"), lost_sign("(a+)+$"), lost_sign("R&D"), lost_sign("Ctrl+C")
    ('+', '+', None, None)
    """
    found = _LOST.search(phrase)
    return None if found is None else found[0]


class Phrases:
    """Words and phrases that are looked for among the words of a text, as whole words.

    >>> said = words("It does NOT work, help")
    >>> list(Phrases(["does not work", "help", "workshop"]).find(said))
    [(1, 4, 'does not work'), (4, 5, 'help')]
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts: dict[tuple[str, ...], str] = {}
        for text in sorted(texts, reverse=True):  # of those with the same words, the first by name
            self._texts[words(text)] = text
        self._lengths: dict[str, set[int]] = {}
        for parts in filter(None, self._texts):
            self._lengths.setdefault(parts[0], set()).add(len(parts))

    def find(self, said: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
        """Where each phrase begins and ends in *said*, and which it is."""
        for start, word in enumerate(said):
            for length in sorted(self._lengths.get(word, ())):
                text = self._texts.get(said[start : start + length])
                if text is not None and start + length <= len(said):
                    yield start, start + length, text
