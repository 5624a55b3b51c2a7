"""History as it stands in a taxonomy of today, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput
from itilcore.version import JSONValue

from .category import Category

__all__ = ["Remapped", "Remapping", "read_categories"]


def read_categories(subject: str, categories: Iterable[Category | None]) -> list[Category | None]:
    """The categories of history, checked; ``None`` is a ticket without one.

    Raises `itilcore.errors.InvalidInput` about *subject* for what is neither.
    """
    if not isinstance(categories, Iterable):
        problem = f"is {categories!r:.60}: give several"
        raise InvalidInput(subject, [Defect("categories", problem)])
    found = list(categories)
    defects = [
        Defect(f"categories[{index}]", f"is {each!r:.60}: give a Category, or None")
        for index, each in enumerate(found)
        if not isinstance(each, Category | None)
    ]
    if defects:
        raise InvalidInput(subject, defects)
    return found


@frozen
class Remapped:
    """A row: ``count`` tickets were filed in ``category``, for which ``stands`` counts now.

    ``category`` is ``None`` for tickets without one; ``stands`` is ``None`` for those and for
    a category that is unknown.

    >>> print(Remapped(Category("Net"), Category("Network"), 3))
    Net -> Network: 3
    """

    category: Category | None
    stands: Category | None
    count: int

    def __str__(self) -> str:
        unknown = "no category" if self.category is None else "unknown"
        return f"{self.category or 'no category'} -> {self.stands or unknown}: {self.count}"


def _place(category: Category | None) -> tuple[str, ...]:
    # A path has a name at least, so that those without stand first and alone.
    return () if category is None else category.path


def _rows(given: Iterable[Remapped]) -> tuple[Remapped, ...]:
    return tuple(sorted(given, key=lambda row: _place(row.category)))


@frozen
class Remapping:
    """What became of the categories of history: a row each, by their paths.

    >>> found = Remapping([
    ...     Remapped(Category("Net"), Category("Network"), 3), Remapped(Category("Fax"), None, 1)
    ... ])
    >>> found.n, found.kept, found.moved, found.unknown, found.without
    (4, 0, 3, 1, 0)
    >>> found.counts
    ((None, 1), (Category('Network'), 3))
    """

    rows: tuple[Remapped, ...] = field(converter=_rows)

    @property
    def n(self) -> int:
        """How many tickets there are."""
        return sum(row.count for row in self.rows)

    @property
    def kept(self) -> int:
        """How many are in a category that stands as it was written."""
        return sum(r.count for r in self.rows if r.stands is not None and r.stands == r.category)

    @property
    def moved(self) -> int:
        """How many count for another category now, or one that is written in another way."""
        return sum(r.count for r in self.rows if r.stands is not None and r.stands != r.category)

    @property
    def unknown(self) -> int:
        """How many are in a category that the taxonomy never had."""
        return sum(r.count for r in self.rows if r.stands is None and r.category is not None)

    @property
    def without(self) -> int:
        """How many have no category."""
        return sum(row.count for row in self.rows if row.category is None)

    @property
    def counts(self) -> tuple[tuple[Category | None, int], ...]:
        """How many count for each category that stands, by path; ``None`` for none."""
        found: Counter[Category | None] = Counter()
        for row in self.rows:
            found[row.stands] += row.count
        return tuple(sorted(found.items(), key=lambda pair: _place(pair[0])))

    def to_dict(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "n": self.n,
            "kept": self.kept,
            "moved": self.moved,
            "unknown": self.unknown,
            "without": self.without,
            "rows": [
                {
                    "category": None if row.category is None else str(row.category),
                    "stands": None if row.stands is None else str(row.stands),
                    "count": row.count,
                }
                for row in self.rows
            ],
        }
