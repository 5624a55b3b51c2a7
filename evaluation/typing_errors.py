"""Words as they are typed in haste."""

from __future__ import annotations

from random import Random

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def mistyped(word: str, chance: Random) -> str:
    """*word* with one letter left out, another one, or two in the wrong order."""
    slip = word
    while slip == word:
        place = chance.randrange(len(word))
        way = chance.randrange(3)
        if way == 0 and len(word) > 1:
            slip = word[:place] + word[place + 1 :]
        elif way == 1:
            slip = word[:place] + chance.choice(_LETTERS) + word[place + 1 :]
        else:
            slip = word[:place] + word[place : place + 2][::-1] + word[place + 2 :]
    return slip
