"""Routes learnt from history: which group resolved what lies in a category, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from attrs import field, frozen

from itilcore.classification import Category
from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several
from itilcore.incident import Facts, Incident
from itilcore.version import JSONValue, content_version

from .rule import RoutingRule

__all__ = ["LearntRoute", "RouteTable", "RouteTest", "learn_routes"]

_RULE: Final = "history"


@frozen
class LearntRoute:
    """A row: of ``support`` incidents resolved in ``category``, ``group`` resolved ``resolved``.

    What lies below the category counts as well.  Raises `itilcore.errors.InvalidInput` for
    what is no category, a blank group, and counts that are not 1 <= resolved <= support.

    >>> LearntRoute(Category("Network"), "Network", 9, 10).purity
    0.9
    """

    category: Category
    group: str
    resolved: int
    support: int

    def __attrs_post_init__(self) -> None:
        defects = []
        if not isinstance(self.category, Category):
            defects.append(Defect("category", f"is {self.category!r:.60}: give a Category"))
        defects += blank_defects("group", self.group)
        counts = (self.resolved, self.support)
        if any(type(count) is not int for count in counts):
            defects.append(Defect("support", f"is {counts!r:.60}: give two whole numbers"))
        elif not 1 <= self.resolved <= self.support:
            problem = f"is {self.support}, with {self.resolved} resolved: 1 at least, all at most"
            defects.append(Defect("support", problem))
        if defects:
            raise InvalidInput("learnt route", defects)

    @property
    def purity(self) -> float:
        """The share that the group resolved, above 0 and at most 1."""
        return self.resolved / self.support

    def __str__(self) -> str:
        return f"{self.category} -> {self.group} ({self.resolved} of {self.support})"


@frozen
class RouteTest:
    """How a table did on ``n`` incidents with a known resolving group.

    It had an answer for ``covered`` of them, and for ``right`` it was the group that resolved.

    >>> found = RouteTest(10, 8, 6)
    >>> found.coverage, found.precision, RouteTest(0, 0, 0).coverage
    (0.8, 0.75, None)
    """

    n: int
    covered: int
    right: int

    @property
    def precision(self) -> float | None:
        """The share that was right of those covered; ``None`` where it covered none."""
        return self.right / self.covered if self.covered else None

    @property
    def coverage(self) -> float | None:
        """The share of all that was covered; ``None`` over nothing."""
        return self.covered / self.n if self.n else None


@frozen
class RouteTable:
    """Learnt routes, one a category, of which the narrowest that holds a category answers.

    The order in which ``rows`` are given means nothing.  Raises
    `itilcore.errors.InvalidInput` for what is no row, and categories that stand twice.

    >>> row = LearntRoute(Category("Network"), "Network", 9, 10)
    >>> print(RouteTable([row]).predict(Category("Network", "VPN")).explain())
    Network, because:
      of 10 incidents resolved in Network, Network resolved 9 [history]
    decided by route-table:...
    """

    rows: tuple[LearntRoute, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"rows[{index}]", f"is {row!r:.60}: give a LearntRoute")
            for index, row in enumerate(self.rows)
            if not isinstance(row, LearntRoute)
        ]
        if not defects:
            rows = sorted(self.rows, key=lambda row: (row.category.path, row.group))
            object.__setattr__(self, "rows", tuple(rows))
            for category, count in Counter(row.category for row in rows).items():
                if count > 1:
                    defects.append(Defect(f"rows.{category}", "stands twice"))
        if defects:
            raise InvalidInput("route table", defects)

    @cached_property
    def _found(self) -> dict[tuple[str, ...], LearntRoute]:
        return {row.category.path: row for row in self.rows}

    def row(self, category: Category | None) -> LearntRoute | None:
        """The row that answers for *category*: its own, else that of the nearest above it.

        Raises `itilcore.errors.InvalidInput` for what is no category.
        """
        if category is None:
            return None
        if not isinstance(category, Category):
            problem = f"is {category!r:.60}: give a Category, or None"
            raise InvalidInput("route table", [Defect("category", problem)])
        rows = map(self._found.get, _upwards(category.path))
        return next((row for row in rows if row is not None), None)

    def predict(self, category: Category | None) -> Decision[str | None]:
        """The group that resolves what lies in *category*; ``None`` where nothing was learnt.

        Raises `itilcore.errors.InvalidInput` for what is no category.

        >>> print(*RouteTable().predict(Category("Network", "VPN")).reasons)
        nothing was learnt about Network > VPN, nor about what it lies in
        """
        row = self.row(category)
        inputs = {"category": category}
        if row is not None:
            where = f"of {row.support} incidents resolved in {row.category}"
            inputs = {**inputs, "row": row.category}
            reason = Reason(_RULE, f"{where}, {row.group} resolved {row.resolved}", inputs)
            return Decision(row.group, [reason], self.version)
        text = "the category is unknown"
        if category is not None:
            text = f"nothing was learnt about {category}"
            text += ", nor about what it lies in" if category.depth > 1 else ""
        return Decision(None, [Reason(_RULE, text, inputs)], self.version)

    def test(self, facts: Iterable[Facts | Incident]) -> RouteTest:
        """How well it tells the resolving group of *facts*, which it should not have seen.

        Those that were never resolved, or by nobody known, do not count; those without a
        category count and are not covered.  Raises `itilcore.errors.InvalidInput` as
        `learn_routes` does.

        >>> RouteTable().test([Facts(reference="INC1", group="Desk", was_resolved=True)])
        RouteTest(n=1, covered=0, right=0)
        """
        n = covered = right = 0
        for category, group in _resolutions(facts):
            row = self.row(category)
            n += 1
            covered += row is not None
            right += row is not None and row.group == group
        return RouteTest(n, covered, right)

    def rules(self) -> tuple[RoutingRule, ...]:
        """The table as routing rules, the narrowest categories first: they answer the same.

        >>> table = RouteTable([LearntRoute(Category("Network"), "Network", 9, 10)])
        >>> print(*table.rules())
        history of Network: category Network -> Network
        """
        ordered = sorted(self.rows, key=lambda row: (-row.category.depth, row.category.path))
        return tuple(
            RoutingRule(
                name=f"{_RULE} of {row.category}", group=row.group, categories=str(row.category)
            )
            for row in ordered
        )

    @property
    def content(self) -> list[JSONValue]:
        """The rows by category, as JSON values."""
        return [
            {
                "category": str(row.category),
                "group": row.group,
                "resolved": row.resolved,
                "support": row.support,
            }
            for row in self.rows
        ]

    @cached_property
    def version(self) -> str:
        """The content version: the same rows have the same."""
        return content_version("route-table", self.content)


def learn_routes(
    incidents: Iterable[Facts | Incident], min_support: int = 5, min_purity: float = 0.5
) -> RouteTable:
    """The group that resolved most in each category and in each that it lies in.

    A category gets a row where at least *min_support* incidents, 1 or more, were resolved in
    it or below it, and one group resolved at least the share *min_purity* of them, from 0 to
    1.  Of two groups that resolved as many it is the first by name.  Incidents that were never
    resolved, or whose group or category is unknown, teach nothing; the order means nothing.
    Raises `itilcore.errors.InvalidInput` for what is no incident and for bounds out of range.

    >>> vpn = Category("Network", "VPN")
    >>> past = [
    ...     Facts(reference=f"INC{n}", category=vpn, group="Network", was_resolved=True)
    ...     for n in range(5)
    ... ]
    >>> print(*learn_routes(past).rows, sep="; ")
    Network -> Network (5 of 5); Network > VPN -> Network (5 of 5)
    """
    defects = []
    if type(min_support) is not int or min_support < 1:
        problem = f"is {min_support!r:.60}: give a whole number from 1 on"
        defects.append(Defect("min_support", problem))
    if type(min_purity) not in {int, float} or not 0 <= min_purity <= 1:
        defects.append(Defect("min_purity", f"is {min_purity!r:.60}: give a share from 0 to 1"))
    if defects:
        raise InvalidInput("learning routes", defects)
    counted: dict[tuple[str, ...], Counter[str]] = {}
    for category, group in _resolutions(incidents):
        for path in () if category is None else _upwards(category.path):
            counted.setdefault(path, Counter())[group] += 1
    rows = []
    for path, groups in counted.items():
        support = groups.total()
        group, resolved = min(groups.items(), key=lambda pair: (-pair[1], pair[0]))
        # Divided, not multiplied: 14 of 25 are 0.56, while 0.56 times 25 is a little above 14.
        if support >= min_support and resolved / support >= min_purity:
            rows.append(LearntRoute(Category(*path), group, resolved, support))
    return RouteTable(rows)


def _upwards(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """*path* and what it lies in, the longest first."""
    return (path[:length] for length in range(len(path), 0, -1))


def _resolutions(incidents: Iterable[Facts | Incident]) -> Iterator[tuple[Category | None, str]]:
    """Category and resolving group of every incident that has been resolved by a known group."""
    if not isinstance(incidents, Iterable):
        raise InvalidInput("history", [Defect("", f"is {incidents!r:.60}: give several Facts")])
    defects: list[Defect] = []
    found: list[tuple[Category | None, str]] = []
    for index, each in enumerate(incidents):
        facts = each.facts if isinstance(each, Incident) else each
        if not isinstance(facts, Facts):
            defects.append(Defect(f"[{index}]", f"is {each!r:.60}: give Facts"))
        elif not isinstance(facts.category, Category | None):
            problem = f"is {facts.category!r:.60}: it must be a Category, or None"
            defects.append(Defect(f"[{index}].category", problem))
        elif facts.was_resolved and isinstance(facts.group, str) and facts.group.strip():
            found.append((facts.category, facts.group))
    if defects:
        raise InvalidInput("history", defects)
    return iter(found)
