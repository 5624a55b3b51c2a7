"""Which of many rules fits first, found without looking at each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from .question import PARTS, RoutingQuestion
from .rule import RoutingRule

__all__ = ["RuleIndex"]

_CATEGORY, _WORDS = 0, len(PARTS) - 1
_LAST = -1  # where words stand among the conditions of a rule that has any


class RuleIndex:
    """Sets of rules as whole numbers: bit ``n`` is the rule at place ``n``.

    For every part of a question and every value that a rule names, the rules that this part
    lets through are known beforehand: those that name the value and those that do not look at
    the part.  What all parts let through fits, and the lowest bit of it is the first rule.
    """

    __slots__ = ("_deepest", "_first", "_free", "_paths", "_rules", "_tables", "_wordless")

    def __init__(self, rules: Sequence[RoutingRule]) -> None:
        every = (1 << len(rules)) - 1
        named: list[dict[Any, int]] = [{} for _ in PARTS]
        looking = [0] * len(PARTS)
        for place, rule in enumerate(rules):
            for at, values in rule.conditions:
                looking[at] |= 1 << place
                for value in values:
                    named[at][value] = named[at].get(value, 0) | 1 << place
        free = [every & ~mask for mask in looking]
        self._rules = tuple(rules)
        self._paths = {
            path: free[_CATEGORY] | _above(path, named[_CATEGORY]) for path in named[_CATEGORY]
        }
        self._deepest = max(map(len, self._paths), default=0)
        self._free = free[_CATEGORY]
        self._tables = tuple(
            (at, {value: mask | free[at] for value, mask in named[at].items()}, free[at])
            for at in range(_CATEGORY + 1, _WORDS)
            if named[at]
        )
        self._wordless = free[_WORDS]
        first: dict[str, int] = {}
        for phrase, mask in named[_WORDS].items():
            word = phrase.split()[0]
            first[word] = first.get(word, 0) | mask
        self._first = first

    def first(self, question: RoutingQuestion) -> int | None:
        """The place of the first rule that fits, ``None`` where none does."""
        evidence = question.evidence
        mask = self._lying(evidence[_CATEGORY])
        for at, table, free in self._tables:
            mask &= table.get(evidence[at], free)
        lowest = mask & -mask
        if lowest & self._wordless:
            return lowest.bit_length() - 1
        return self._worded(mask, question.folded) if mask else None

    def _lying(self, path: Any) -> int:
        """The rules that the category of that *path* lets through."""
        if path is not None:
            for length in range(min(len(path), self._deepest), 0, -1):
                mask = self._paths.get(path[:length])
                if mask is not None:
                    return mask
        return self._free

    def nearest(self, question: RoutingQuestion, count: int) -> list[int]:
        """The places of those rules that fail the fewest conditions, the earlier first.

        At most *count* of them.
        """
        evidence = question.evidence
        through = [self._lying(evidence[_CATEGORY]), self._speaking(question.folded)]
        through += [table.get(evidence[at], free) for at, table, free in self._tables]
        # By how many conditions they have failed so far: each part moves some of them on.
        failing = [(1 << len(self._rules)) - 1]
        for mask in through:
            stay = [each & mask for each in failing]
            fail = [each & ~mask for each in failing]
            failing = [one | other for one, other in zip([*stay, 0], [0, *fail], strict=True)]
        found: list[int] = []
        for mask in failing:
            found += islice(_places(mask), count - len(found))
        return found

    def _worded(self, mask: int, folded: str) -> int | None:
        """The first rule of *mask* whose words are in the text, or that looks for none."""
        mask &= self._wordless | self._hinted(folded)
        return next((at for at in _places(mask) if self._says(at, folded)), None)

    def _speaking(self, folded: str) -> int:
        """The rules that a text of those words lets through."""
        hinted = _places(self._hinted(folded) & ~self._wordless)
        return self._wordless | sum(1 << at for at in hinted if self._says(at, folded))

    def _hinted(self, folded: str) -> int:
        """The rules with a phrase whose first word is in the text."""
        mask = 0
        for word in folded.split():
            mask |= self._first.get(word, 0)
        return mask

    def _says(self, place: int, folded: str) -> bool:
        """Whether the text has a phrase of the rule at *place*, or that looks for none."""
        if self._wordless >> place & 1:
            return True
        _, phrases = self._rules[place].conditions[_LAST]
        return any(phrase in folded for phrase in phrases)


def _places(mask: int) -> Iterator[int]:
    """The places of the rules of *mask*, the earlier first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _above(path: tuple[str, ...], named: dict[Any, int]) -> int:
    """The rules that name *path* or what it lies in."""
    mask = 0
    for length in range(1, len(path) + 1):
        mask |= named.get(path[:length], 0)
    return mask
