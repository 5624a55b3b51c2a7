"""What a text says of phrases: the longest of them, and none that is denied or idle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from itilcore.words import Phrases

__all__ = ["DENIED", "FILLERS", "IDLE", "NEGATIONS", "Said"]

DENIED: Final = "denied"
IDLE: Final = "idle"

# fmt: off
NEGATIONS: Final = (
    "aren't", "hasn't been", "isn't", "neither", "never", "no", "no longer", "nor", "not",
    "nothing has", "nothing is", "nothing was", "wasn't", "weren't", "without", "without any",
)
FILLERS: Final = (
    "a", "an", "any", "anymore", "at all", "being", "completely", "entirely", "especially",
    "fully", "that", "really", "so", "too", "totally", "very",
)
# fmt: on


class Said:
    """Phrases with what each of them *means*, and the words that deny one that follows.

    Of phrases that share a word the longest counts, the first of those.  One that follows one
    of *negations*, at once or with *fillers* between, is denied; a negation that belongs to a
    phrase denies nothing.  What means ``idle`` says nothing.

    >>> said = Said({"slow": "worse", "slow motion": IDLE}, ["not"], ["very"])
    >>> list(said.find(("not", "very", "slow"))), list(said.find(("in", "slow", "motion")))
    ([('denied', 'slow')], [])
    """

    def __init__(
        self, means: Mapping[str, str], negations: Iterable[str], fillers: Iterable[str]
    ) -> None:
        self._means = means
        self._phrases = Phrases(means)
        self._negations = Phrases(negations)
        self._fillers = Phrases(fillers)

    def find(self, said: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """What each phrase in *said* means, ``denied`` for one that is; and which it is."""
        hits = sorted(self._phrases.find(said), key=lambda hit: (hit[0] - hit[1], hit[0]))
        if not hits:  # as with most rules and most texts
            return
        taken: set[int] = set()
        kept = []
        for start, end, text in hits:
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                kept.append((start, text))
        # What belongs to a phrase denies nothing: "does not work at all, slow" says slow.
        denied = {
            end
            for start, end, _ in self._negations.find(said)
            if taken.isdisjoint(range(start, end))
        }
        for start, end, _ in self._fillers.find(said):  # from left to right: "not so very slow"
            if start in denied:
                denied.add(end)
        for start, text in kept:
            name = DENIED if start in denied else self._means[text]
            if name != IDLE:
                yield name, text
