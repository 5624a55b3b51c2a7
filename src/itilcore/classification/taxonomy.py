"""Categories as a tree that changes under control, in which no category of old is ever lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from attrs import evolve, field, frozen

from itilcore.actor import Actor
from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects, nearest
from itilcore.given import several
from itilcore.version import JSONValue, content_version

from .category import Category
from .remapping import Remapped, Remapping, read_categories
from .taxonomy_defects import DEEPEST, path_of, taxonomy_defects
from .taxonomy_node import TaxonomyChange, TaxonomyNode, path_key
from .ticket import fold

__all__ = ["Taxonomy"]

_SHOWN: Final = 300
"""Characters of an unknown path that a reason has: it may be anything."""


_MOST_KEPT: Final = 10_000


def _all(given: Any) -> tuple[Any, ...]:
    return (given,) if isinstance(given, TaxonomyNode | TaxonomyChange) else several(given)


@frozen
class Taxonomy:
    """Categories as nodes, with the log of the ``changes`` that made them, the oldest first.

    The order of the ``nodes`` means nothing.  A path means one node for good: no two nodes have
    the same, now or before, where case means nothing.  So what was filed long ago still counts
    for what stands now.  Every change makes a new taxonomy and needs a person or automation
    and a reason.

    Raises `itilcore.errors.InvalidInput` with everything at once: identifiers that stand twice
    or are unknown, nodes in a circle or deeper than 10, paths that two nodes have or had,
    replacements that go round, a node that stands below a retired one, a retired node at the
    top without replacement, changes that are not in the order of time.

    >>> from datetime import UTC
    >>> monday, ada = datetime(2026, 3, 2, tzinfo=UTC), Actor.person("ada")
    >>> first = Taxonomy([TaxonomyNode(identifier="n", name="Net")])
    >>> second = first.add("v", "VPN", "n", at=monday, by=ada, why="asked for by Network")
    >>> third = second.rename("n", "Network", at=monday, by=ada, why="as people say")
    >>> print(third.resolve(Category("net", "VPN")).explain())
    Network > VPN, because:
      net > VPN is called Network > VPN now [taxonomy]
    decided by taxonomy:...
    >>> third.number, third.changes[-1].what
    (2, 'renamed Net to Network (n)')
    """

    nodes: tuple[TaxonomyNode, ...] = field(default=(), converter=_all)
    changes: tuple[TaxonomyChange, ...] = field(default=(), converter=_all)

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"{name}[{index}]", f"is {each!r:.60}: give a {kind.__name__}")
            for name, kind in (("nodes", TaxonomyNode), ("changes", TaxonomyChange))
            for index, each in enumerate(getattr(self, name))
            if not isinstance(each, kind)
        ]
        if not defects:
            ordered = sorted(self.nodes, key=lambda node: node.identifier)
            object.__setattr__(self, "nodes", tuple(ordered))
        defects += taxonomy_defects([n for n in self.nodes if isinstance(n, TaxonomyNode)])
        defects += self._log_defects()
        if defects:
            raise InvalidInput("taxonomy", defects)

    def _log_defects(self) -> Iterator[Defect]:
        for index, (one, other) in enumerate(zip(self.changes, self.changes[1:], strict=False), 1):
            both = isinstance(one, TaxonomyChange) and isinstance(other, TaxonomyChange)
            if both and other.at < one.at:
                problem = f"is {other.at.isoformat()}, before the change at {one.at.isoformat()}"
                yield Defect(f"changes[{index}].at", problem)

    @property
    def number(self) -> int:
        """How many changes made it what it is, from 0 on."""
        return len(self.changes)

    @cached_property
    def _nodes(self) -> dict[str, TaxonomyNode]:
        return {node.identifier: node for node in self.nodes}

    @cached_property
    def _paths(self) -> dict[str, Category]:
        return {name: Category(*path_of(name, self._nodes)) for name in self._nodes}

    @cached_property
    def _places(self) -> dict[tuple[str, ...], str]:
        found = {path_key(path): name for name, path in self._paths.items()}
        for node in self.nodes:
            found |= {path_key(each): node.identifier for each in node.renamed_from}
        return found

    @cached_property
    def _below(self) -> dict[tuple[str, str], str]:
        return {
            (node.parent, fold(node.name)): node.identifier
            for node in self.nodes
            if node.parent is not None
        }

    def _place(self, category: Category) -> str | None:
        """The node that *category* is or was; ``None`` where there never was one.

        What lies in a node under its former name does so as well, without being told.
        """
        key = path_key(category)
        if (place := self._places.get(key)) is not None:
            return place
        for length in range(min(len(key) - 1, DEEPEST), 0, -1):
            above = self._places.get(key[:length])
            for name in key[length:] if above is not None else ():
                above = None if above is None else self._below.get((above, name))
            if above is not None:
                return above
        return None

    def node(self, identifier: str) -> TaxonomyNode | None:
        """The node of that identifier, ``None`` where there is none."""
        return self._nodes.get(identifier)

    def category(self, identifier: str) -> Category:
        """The path of a node as it is now, retired or not.

        Raises `itilcore.errors.InvalidInput` for an unknown identifier.

        >>> Taxonomy([TaxonomyNode(identifier="n", name="Network")]).category("n")
        Category('Network')
        """
        self._require("identifier", identifier)
        return self._paths[identifier]

    @cached_property
    def standing(self) -> tuple[Category, ...]:
        """The categories that stand, which are not retired, by their paths."""
        paths = [self._paths[node.identifier] for node in self.nodes if not node.retired]
        return tuple(sorted(paths, key=lambda each: each.path))

    def resolve(self, category: Category) -> Decision[Category | None]:
        """What stands now for *category*, and why; ``None`` for one that it never had.

        Case means nothing.  A retired category counts for its replacement, and without one for
        what it lies in.  Raises `itilcore.errors.InvalidInput` for what is no category.

        >>> print(*Taxonomy().resolve(Category("Fax")).reasons)
        Fax is unknown
        """
        if not isinstance(category, Category):
            problem = f"is {category!r:.60}: give a Category"
            raise InvalidInput("taxonomy", [Defect("category", problem)])
        place = self._place(category)
        if place is None:
            return Decision(None, [self._unknown(category)], self.version)
        texts = []
        now = self._paths[place]
        if now != category:
            same = path_key(now) == path_key(category)
            how = "is written" if same else "is called"
            texts.append(f"{category} {how} {now} now")
        while (node := self._nodes[place]).retired:
            heir = node.replaced_by or node.parent
            assert heir is not None  # a retired node at the top has a replacement
            how = "replaced by" if node.replaced_by else "and lies in"
            texts.append(f"{self._paths[place]} is retired {how} {self._paths[heir]}")
            place = heir
        reasons = [Reason("taxonomy", text) for text in texts or [f"{category} stands as it is"]]
        return Decision(self._paths[place], reasons, self.version)

    def _unknown(self, category: Category) -> Reason:
        key = path_key(category)
        longest = min(len(key) - 1, DEEPEST)
        ends = (self._places.get(key[:length]) for length in range(longest, 0, -1))
        near = next((place for place in ends if place is not None), None)
        within = "" if near is None else f"; known is what it would lie in, {self._paths[near]}"
        text = str(category)
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
        return Reason("taxonomy", f"{shown} is unknown{within}")

    @cached_property
    def _counted(self) -> dict[Category, Category | None]:
        return {}

    def counts_for(self, category: Category) -> Category | None:
        """What `resolve` answers, without its reasons and quicker: for long histories.

        >>> Taxonomy().counts_for(Category("Fax")) is None
        True
        """
        if category not in self._counted:
            if len(self._counted) >= _MOST_KEPT:
                self._counted.clear()
            self._counted[category] = self.resolve(category).answer
        return self._counted[category]

    def remap(self, categories: Iterable[Category | None]) -> Remapping:
        """History as it stands now: each of *categories* resolved, and counted.

        ``None`` is a ticket without a category and stays so.  The order means nothing.  Raises
        `itilcore.errors.InvalidInput` for what is neither.

        >>> taxonomy = Taxonomy([TaxonomyNode(identifier="n", name="Network", renamed_from="Net")])
        >>> print(*taxonomy.remap([Category("Net"), Category("Fax"), Category("Net")]).rows)
        Fax -> unknown: 1 Net -> Network: 2
        """
        counted = Counter(read_categories("remapping", categories))
        rows = [
            Remapped(each, None if each is None else self.resolve(each).answer, count)
            for each, count in counted.items()
        ]
        return Remapping(rows)

    def add(
        self,
        identifier: str,
        name: str,
        parent: str | None = None,
        *,
        at: datetime,
        by: Actor,
        why: str,
    ) -> Taxonomy:
        """A taxonomy with one node more, below *parent* or at the top.

        Raises `itilcore.errors.InvalidInput` as the taxonomy does, for an identifier that there
        is already, and for a change without a person or a reason.
        """
        node = TaxonomyNode(identifier=identifier, name=name, parent=parent)
        if identifier in self._nodes:
            raise InvalidInput("taxonomy", [Defect("identifier", f"is {identifier!r}, as another")])
        where = "at the top" if parent is None else f"in {self._named('parent', parent)}"
        what = f"added {node.name} {where} ({identifier})"
        return self._with([*self.nodes, node], TaxonomyChange(at, by, why, what))

    def rename(self, identifier: str, name: str, *, at: datetime, by: Actor, why: str) -> Taxonomy:
        """A taxonomy in which the node has another name; the former paths still resolve.

        Raises `itilcore.errors.InvalidInput` as `add` does, and for the name that it has.
        """
        node = self._standing(identifier)
        changed = evolve(node, name=name)
        if changed.name == node.name:
            raise InvalidInput("taxonomy", [Defect("name", f"is {name!r} already")])
        what = f"renamed {self._paths[identifier]} to {changed.name} ({identifier})"
        return self._changed(changed, TaxonomyChange(at, by, why, what))

    def move(
        self, identifier: str, parent: str | None, *, at: datetime, by: Actor, why: str
    ) -> Taxonomy:
        """A taxonomy in which the node lies in *parent*, with all below it; ``None`` is the top.

        Raises `itilcore.errors.InvalidInput` as `add` does, and where it lies there already.
        """
        node = self._standing(identifier)
        if parent == node.parent:
            raise InvalidInput("taxonomy", [Defect("parent", f"is {parent!r} already")])
        where = "the top" if parent is None else str(self._named("parent", parent))
        what = f"moved {self._paths[identifier]} to {where} ({identifier})"
        changed = evolve(node, parent=parent)
        return self._changed(changed, TaxonomyChange(at, by, why, what))

    def retire(
        self,
        identifier: str,
        *,
        replaced_by: str | None = None,
        at: datetime,
        by: Actor,
        why: str,
    ) -> Taxonomy:
        """A taxonomy in which the node takes no new tickets; what was in it still resolves.

        A node at the top needs a replacement, for there is nothing that it lies in.  Raises
        `itilcore.errors.InvalidInput` as `add` does, and where something stands below it, or
        the replacement does not stand.
        """
        node = self._standing(identifier)
        what = f"retired {self._paths[identifier]} ({identifier})"
        if replaced_by is not None:
            what += f" for {self._named('replaced_by', replaced_by)}"
            if self._nodes[replaced_by].retired:
                raise InvalidInput("taxonomy", [Defect("replaced_by", "is retired itself")])
        below = [each.name for each in self.nodes if each.parent == identifier and not each.retired]
        if below:
            problem = f"has {', '.join(sorted(below)[:5])} below it: retire or move that first"
            raise InvalidInput("taxonomy", [Defect("identifier", problem)])
        changed = evolve(node, retired=True, replaced_by=replaced_by)
        return self._changed(changed, TaxonomyChange(at, by, why, what))

    def _require(self, path: str, identifier: object) -> None:
        if not isinstance(identifier, str) or identifier not in self._nodes:
            defects = blank_defects(path, identifier)
            hint = nearest(str(identifier)[:60], list(self._nodes)[:20])
            unknown = Defect(path, f"is {identifier!r:.60}, which is unknown; {hint}")
            raise InvalidInput("taxonomy", defects or [unknown])

    def _named(self, path: str, identifier: str) -> Category:
        self._require(path, identifier)
        return self._paths[identifier]

    def _standing(self, identifier: str) -> TaxonomyNode:
        self._require("identifier", identifier)
        node = self._nodes[identifier]
        if node.retired:
            raise InvalidInput("taxonomy", [Defect("identifier", f"is {identifier!r}: retired")])
        return node

    def _changed(self, node: TaxonomyNode, change: TaxonomyChange) -> Taxonomy:
        return self._with(
            [node if n.identifier == node.identifier else n for n in self.nodes], change
        )

    def _with(self, nodes: list[TaxonomyNode], change: TaxonomyChange) -> Taxonomy:
        """The taxonomy of *nodes*, each of which keeps the path that it has here as a former."""
        plain = Taxonomy([evolve(node, renamed_from=()) for node in nodes])
        kept = []
        for node in nodes:
            now = plain._paths[node.identifier]
            had = self._paths.get(node.identifier, now)
            formers = [
                each for each in (*node.renamed_from, had) if path_key(each) != path_key(now)
            ]
            kept.append(evolve(node, renamed_from=formers))
        return Taxonomy(kept, (*self.changes, change))

    @property
    def content(self) -> list[JSONValue]:
        """The nodes by identifier, as JSON values: what it is, not how it came to be."""
        return [node.content for node in self.nodes]

    @cached_property
    def version(self) -> str:
        """The content version: the same nodes have the same."""
        return content_version("taxonomy", self.content)
