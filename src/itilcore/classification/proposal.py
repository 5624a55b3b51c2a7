"""Top categories proposed from history: which, how many tickets each, and what is left over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several
from itilcore.version import JSONValue

from .category import Category
from .kind_rule import number_defects
from .remapping import read_categories
from .ticket import fold

__all__ = ["OTHER", "Proposal", "ProposedCategory", "idle_names", "percent", "propose"]

OTHER: Final = ("Other", "Others", "General", "Miscellaneous", "Misc", "Unknown", "N/A", "Various")
"""Names, in any case, of categories that say nothing."""

FEWEST: Final = 10
"""A first level of fewer than these is seldom fine enough to say anything."""


def percent(share: float) -> str:
    """*share* in whole per cent, which is 0 % and 100 % for nothing and all only.

    >>> percent(0.234), percent(0.001), percent(0.999), percent(1)
    ('23 %', 'under 1 %', 'over 99 %', '100 %')
    """
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{int(share * 100 + 0.5)} %"  # halves up: half a per cent is not nothing


@frozen
class ProposedCategory:
    """A top category: ``count`` tickets, which are ``share`` of all, from 0 to 1.

    ``spellings`` are all in which it was written, by name.

    >>> print(ProposedCategory("Network", 9, 0.9, ("Network", "network")))
    Network: 9 (90 %)
    """

    name: str
    count: int
    share: float
    spellings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}: {self.count} ({percent(self.share)})"


@frozen
class Proposal:
    """Top categories for a taxonomy, the one of most tickets first; `propose` makes it.

    ``left_over`` tickets of ``n`` are in none: ``small`` in top categories that are too small
    or too many, of which there are ``small_names``, ``other`` in such that say nothing, and
    ``without`` in none.

    >>> print(propose([Category("Network")] * 3 + [Category("Other")]))
    1 category covers 3 of 4 (75 %), left over are 1; fewer than 10 are large enough
    """

    n: int
    rows: tuple[ProposedCategory, ...]
    small: int
    small_names: int
    other: int
    without: int

    @property
    def left_over(self) -> int:
        """How many tickets are in none of the proposed categories."""
        return self.small + self.other + self.without

    @property
    def left_over_share(self) -> float | None:
        """The share of all that is left over, from 0 to 1; ``None`` over nothing."""
        return self.left_over / self.n if self.n else None

    def __str__(self) -> str:
        if not self.n:
            return "there is no history to propose categories from"
        covered = self.n - self.left_over
        words = "category covers" if len(self.rows) == 1 else "categories cover"
        text = f"{len(self.rows)} {words} {covered} of {self.n} ({percent(covered / self.n)})"
        text += f", left over are {self.left_over}"
        few = f"; fewer than {FEWEST} are large enough" if len(self.rows) < FEWEST else ""
        return text + few

    def to_dict(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "n": self.n,
            "categories": [
                {
                    "name": row.name,
                    "count": row.count,
                    "share": row.share,
                    "spellings": list(row.spellings),
                }
                for row in self.rows
            ],
            "left_over": self.left_over,
            "left_over_share": self.left_over_share,
            "small": self.small,
            "small_names": self.small_names,
            "other": self.other,
            "without": self.without,
        }


def propose(
    categories: Iterable[Category | None],
    least_share: float = 0.02,
    most: int = 15,
    other: str | Iterable[str] = OTHER,
) -> Proposal:
    """The top categories that history itself suggests: those that hold most, *most* at most.

    *categories* are those of past tickets, ``None`` for one without; the order means nothing.
    Each proposed holds at least *least_share* of all tickets, from 0 to 1.  Names that differ
    only in case are one, written as most often; names of *other* are never proposed.  Of two
    that hold as many the first by name comes first.  Ten to fifteen are what people can choose
    from without a search; where fewer are large enough, the words say so.

    Raises `itilcore.errors.InvalidInput` for what is no category, share, count or name.

    >>> past = [Category("Network", "VPN"), Category("network"), Category("Mail"), None]
    >>> print(*propose(past).rows)
    Network: 2 (50 %) Mail: 1 (25 %)
    """
    defects = number_defects("least_share", least_share)
    if type(most) is not int or most < 1:
        defects.append(Defect("most", f"is {most!r:.60}: give a whole number from 1 on"))
    idle = idle_names(other, defects)
    if defects:
        raise InvalidInput("proposal", defects)
    found = read_categories("proposal", categories)
    n = len(found)
    spelt: dict[str, Counter[str]] = {}
    without = vague = 0
    for each in found:
        if each is None:
            without += 1
        elif (key := fold(each.top)) in idle:
            vague += 1
        else:
            spelt.setdefault(key, Counter())[each.top] += 1
    large = [
        ProposedCategory(_usual(names), names.total(), names.total() / n, tuple(sorted(names)))
        for names in spelt.values()
        if names.total() / n >= least_share
    ]
    large.sort(key=lambda row: (-row.count, row.name))
    rows = tuple(large[:most])
    small = n - without - vague - sum(row.count for row in rows)
    return Proposal(n, rows, small, len(spelt) - len(rows), vague, without)


def _usual(names: Counter[str]) -> str:
    return min(names, key=lambda name: (-names[name], name))


def idle_names(other: Any, defects: list[Defect]) -> frozenset[str]:
    """The names of *other* as they compare; what is wrong with them is added to *defects*.

    >>> idle_names("Other", [])
    frozenset({'other'})
    """
    names = several(other)
    found = [
        defect for i, name in enumerate(names) for defect in blank_defects(f"other[{i}]", name)
    ]
    defects += found
    return frozenset() if found else frozenset(map(fold, names))
