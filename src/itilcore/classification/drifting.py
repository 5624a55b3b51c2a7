"""How far what comes in has drifted from the categories that are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import sqrt
from typing import Final

from attrs import frozen

from itilcore.errors import Defect, InvalidInput
from itilcore.version import JSONValue

from .category import Category
from .proposal import OTHER, idle_names, percent
from .remapping import read_categories
from .taxonomy import Taxonomy
from .taxonomy_node import path_key

__all__ = ["Drift", "DriftShare", "drift"]

_Z: Final = 1.959963984540054  # the quantile of the normal distribution for 95 % within


@frozen
class DriftShare:
    """``count`` of ``n`` tickets are ``what``, in words.

    >>> print(DriftShare("in Other", 95, 412))
    23 % of 412 are in Other (95 % within 19 % and 27 %)
    >>> DriftShare("in Other", 0, 0).share is None
    True
    """

    what: str
    count: int
    n: int

    @property
    def share(self) -> float | None:
        """The share, from 0 to 1; ``None`` over nothing."""
        return self.count / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval for the share, as if tickets were drawn one by one.

        ``None`` over nothing.

        >>> DriftShare("in Other", 0, 10).interval
        (0.0, 0.2775327998628892)
        """
        if not self.n:
            return None
        n, share, square = self.n, self.count / self.n, _Z * _Z
        middle = (share + square / (2 * n)) / (1 + square / n)
        half = _Z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
        # At the ends it is exact, which floats just miss.
        low = 0.0 if self.count == 0 else middle - half
        high = 1.0 if self.count == n else middle + half
        return low, high

    def __str__(self) -> str:
        if (share := self.share) is None or (interval := self.interval) is None:
            return f"there is nothing that could be {self.what}"
        low, high = map(percent, interval)
        return f"{percent(share)} of {self.n} are {self.what} (95 % within {low} and {high})"


@frozen
class Drift:
    """How history fits what is known: each ticket counts once, in the first that fits.

    ``without`` have no category, ``other`` one that says nothing, ``unknown`` one that is not
    known, ``outdated`` one that is retired or called otherwise now; the rest fits.

    >>> found = drift([Category("Network"), Category("Misc")], [Category("Network")])
    >>> found.n, found.other, found.fitting
    (2, 1, 1)
    """

    n: int
    without: int
    other: int
    unknown: int
    outdated: int

    @property
    def fitting(self) -> int:
        """How many are in a category that stands."""
        return self.n - self.without - self.other - self.unknown - self.outdated

    @property
    def shares(self) -> tuple[DriftShare, ...]:
        """Each count with its share, its interval and its words."""
        return (
            DriftShare("without a category", self.without, self.n),
            DriftShare("in Other", self.other, self.n),
            DriftShare("in unknown categories", self.unknown, self.n),
            DriftShare("in categories of old", self.outdated, self.n),
        )

    def __str__(self) -> str:
        return "\n".join(map(str, self.shares))

    def to_dict(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        names = ("without", "other", "unknown", "outdated")
        found: dict[str, JSONValue] = {"n": self.n, "fitting": self.fitting}
        for name, each in zip(names, self.shares, strict=True):
            interval = None if each.interval is None else list(each.interval)
            found[name] = {"count": each.count, "share": each.share, "interval": interval}
        return found


def drift(
    categories: Iterable[Category | None],
    known: Taxonomy | Iterable[Category],
    other: str | Iterable[str] = OTHER,
) -> Drift:
    """How far *categories* of tickets have drifted from those that are *known*.

    A category says nothing where any of its names is one of *other*, in any case.  Of plain
    categories those are known that are given, in any case, and none is outdated.  A share in
    Other that grows says that the categories no longer fit what comes in.  Raises
    `itilcore.errors.InvalidInput` for what is no category, taxonomy or name.

    >>> past = [Category("Other")] * 95 + [Category("Network")] * 317
    >>> print(drift(past, [Category("Network")]).shares[1])
    23 % of 412 are in Other (95 % within 19 % and 27 %)
    """
    defects: list[Defect] = []
    idle = idle_names(other, defects)
    if defects:
        raise InvalidInput("drift", defects)
    found = Counter(read_categories("drift", categories))
    plain: frozenset[tuple[str, ...]] = frozenset()
    if not isinstance(known, Taxonomy):
        given = [known] if isinstance(known, Category) else known
        plain = frozenset(path_key(each) for each in read_categories("drift", given) if each)
    counted: Counter[str] = Counter()
    for category, count in found.items():
        counted[_place(category, known, plain, idle)] += count
    return Drift(found.total(), *(counted[n] for n in ("without", "other", "unknown", "outdated")))


def _place(
    category: Category | None,
    known: Taxonomy | Iterable[Category],
    plain: frozenset[tuple[str, ...]],
    idle: frozenset[str],
) -> str:
    if category is None:
        return "without"
    key = path_key(category)
    if not idle.isdisjoint(key):
        return "other"
    if not isinstance(known, Taxonomy):
        return "fitting" if key in plain else "unknown"
    stands = known.resolve(category).answer
    if stands is None:
        return "unknown"
    return "fitting" if path_key(stands) == key else "outdated"
