"""Which categories something is for: what lies below them, and how narrowly it fits."""

from __future__ import annotations

from collections.abc import Iterable

from itilcore.classification import Category
from itilcore.errors import Defect, InvalidInput, blank_defects

__all__ = ["category_defects", "depth", "paths"]

Paths = tuple[tuple[str, ...], ...]


def category_defects(categories: Iterable[object]) -> list[Defect]:
    """The defects of texts that must be categories, such as ``"Network > VPN"``.

    >>> print(*category_defects(["Network > VPN", "Network > "]))
    categories[1]: is 'Network > ', which has a name that is blank
    """
    defects: list[Defect] = []
    for index, text in enumerate(categories):
        path = f"categories[{index}]"
        if blank := blank_defects(path, text):
            defects += blank
            continue
        try:
            Category.parse(str(text))
        except InvalidInput:
            defects.append(Defect(path, f"is {text!r:.60}, which has a name that is blank"))
    return defects


def paths(categories: Iterable[str]) -> Paths:
    """The names of each category, from the broadest on."""
    return tuple(Category.parse(text).path for text in categories)


def depth(known: Paths, category: Category | None) -> int | None:
    """How deep the narrowest of *known* is that *category* lies in; ``None`` where in none.

    Nothing known fits everything, at depth 0; a category that is ``None`` fits only that.

    >>> depth((("Network",), ("Network", "VPN")), Category("Network", "VPN", "Client"))
    2
    """
    if not known:
        return 0
    path = () if category is None else category.path
    return max((len(each) for each in known if path[: len(each)] == each), default=None)
