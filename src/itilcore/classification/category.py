"""What a ticket is about: a category as a path of names."""

from __future__ import annotations

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput

__all__ = ["Category"]

SEPARATOR = " > "


@frozen(init=False, repr=False)
class Category:
    """A category: one or more names, from the broadest to the narrowest.

    Blanks around a name are dropped, case is kept.  A name is not blank and has no ``>``,
    which parts the names in text.  Raises `itilcore.errors.InvalidInput` with every defect.

    >>> vpn = Category("Network", "VPN", "Connectivity")
    >>> str(vpn), vpn.parent
    ('Network > VPN > Connectivity', Category('Network', 'VPN'))
    >>> vpn == Category.parse("Network > VPN > Connectivity")
    True
    """

    path: tuple[str, ...] = field()

    def __init__(self, *names: str) -> None:
        path = tuple(name.strip() if isinstance(name, str) else name for name in names)
        defects = [] if path else [Defect("path", "has no name")]
        for index, name in enumerate(path):
            if problem := _problem(name):
                defects.append(Defect(f"path[{index}]", problem))
        if defects:
            raise InvalidInput("category", defects)
        self.__attrs_init__(path)  # pyright: ignore[reportAttributeAccessIssue]  # attrs makes it

    @classmethod
    def parse(cls, text: str) -> Category:
        """The category that *text* says, names parted by ``>``: the inverse of ``str``.

        Raises `itilcore.errors.InvalidInput` for a name that is blank, as in ``"Network > "``.

        >>> Category.parse("Network>VPN").depth
        2
        """
        return cls(*text.split(">"))

    @property
    def top(self) -> str:
        """The broadest name."""
        return self.path[0]

    @property
    def depth(self) -> int:
        """How many names there are."""
        return len(self.path)

    @property
    def parent(self) -> Category | None:
        """The category without its narrowest name; ``None`` at the top."""
        return Category(*self.path[:-1]) if len(self.path) > 1 else None

    def contains(self, other: Category) -> bool:
        """Whether *other* is this category or lies below it.

        >>> Category("Network").contains(Category("Network", "VPN"))
        True
        """
        return other.path[: len(self.path)] == self.path

    def __str__(self) -> str:
        return SEPARATOR.join(self.path)

    def __repr__(self) -> str:
        return f"Category({', '.join(map(repr, self.path))})"


def _problem(name: object) -> str:
    if not isinstance(name, str):
        return f"is {name!r}, not a text"
    if not name:
        return "is blank"
    return "has a '>' in it" if ">" in name else ""
