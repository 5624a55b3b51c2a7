"""What keeps nodes from being a taxonomy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from itilcore.errors import Defect, nearest

from .category import Category
from .taxonomy_node import TaxonomyNode, path_key

__all__ = ["DEEPEST", "path_of", "taxonomy_defects"]

DEEPEST: Final = 10
"""Names that a path has at most."""

Nodes = Mapping[str, TaxonomyNode]


def path_of(identifier: str, nodes: Nodes) -> tuple[str, ...]:
    """The names from the top down to a node; for nodes that hold together.

    >>> net = TaxonomyNode(identifier="n", name="Network")
    >>> path_of("v", {"n": net, "v": TaxonomyNode(identifier="v", name="VPN", parent="n")})
    ('Network', 'VPN')
    """
    names: list[str] = []
    at: str | None = identifier
    while at is not None:
        names.append(nodes[at].name)
        at = nodes[at].parent
    return tuple(reversed(names))


def taxonomy_defects(given: Sequence[TaxonomyNode]) -> list[Defect]:
    """Everything that keeps *given* from being one taxonomy; nothing where it is one.

    >>> print(*taxonomy_defects([TaxonomyNode(identifier="v", name="VPN", parent="n")]))
    v.parent: is 'n', which is unknown; there are v
    """
    nodes = {node.identifier: node for node in given}
    names = Counter(node.identifier for node in given)
    defects = [Defect(name, "stands twice") for name, count in names.items() if count > 1]
    defects += _unknown(nodes)
    round_about, circles = _circles(nodes, "parent", lambda node: node.parent)
    # What lies in a circle or nowhere has no path that could be looked at.
    sound = {name: node for name, node in nodes.items() if _ends(name, nodes, round_about)}
    defects += [*circles, *_depths(sound), *_retirements(nodes)]
    defects += _circles(nodes, "replaced_by", _heir, besides=round_about)[1]
    return [*defects, *_shared(sound)]


def _unknown(nodes: Nodes) -> Iterator[Defect]:
    for node in nodes.values():
        for part in ("parent", "replaced_by"):
            value = getattr(node, part)
            if value is not None and value not in nodes:
                hint = nearest(value[:60], list(nodes)[:20])
                problem = f"is {value!r:.60}, which is unknown; {hint}"
                yield Defect(f"{node.identifier}.{part}", problem)


def _heir(node: TaxonomyNode) -> str | None:
    return (node.replaced_by or node.parent) if node.retired else None


def _ends(name: str, nodes: Nodes, round_about: set[str]) -> bool:
    """Whether the way up from *name* comes to a top that there is."""
    at: str | None = name
    while at is not None:
        if at in round_about or at not in nodes:
            return False
        at = nodes[at].parent
    return True


def _circles(
    nodes: Nodes,
    part: str,
    following: Callable[[TaxonomyNode], str | None],
    besides: Collection[str] = (),
) -> tuple[set[str], list[Defect]]:
    """The nodes in circles, and one defect for each circle, told at the first of them.

    A way ends at what is unknown, and at what is in *besides*: that is told already.
    """
    done: set[str] = set(besides)
    found: set[str] = set()
    defects = []
    for start in nodes:
        line: dict[str, None] = {}
        at: str | None = start
        while at is not None and at in nodes and at not in done and at not in line:
            line[at] = None
            at = following(nodes[at])
        if at in line:
            way = list(line)
            circle = way[way.index(at) :]
            found.update(circle)
            first = circle.index(min(circle))
            circle = [*circle[first:], *circle[:first], circle[first]]
            shown = " > ".join(circle[:12])
            defects.append(Defect(f"{circle[0]}.{part}", f"goes round: {shown}"))
        done.update(line)
    return found, defects


def _depths(nodes: Nodes) -> Iterator[Defect]:
    for name in nodes:
        at: str | None = name
        for _ in range(DEEPEST):
            at = None if at is None else nodes[at].parent
        if at is not None:
            yield Defect(name, f"lies deeper than {DEEPEST}")


def _retirements(nodes: Nodes) -> Iterator[Defect]:
    for name, node in nodes.items():
        above = None if node.parent is None else nodes.get(node.parent)
        if not node.retired and above is not None and above.retired:
            yield Defect(f"{name}.parent", f"is {above.name}, which is retired")
        if node.retired and _heir(node) is None:
            yield Defect(f"{name}.replaced_by", "is missing: it is retired, and lies in nothing")


def _shared(nodes: Nodes) -> Iterator[Defect]:
    """Paths that two nodes have, or one has and another had."""
    owners: dict[tuple[str, ...], str] = {}
    for name, node in nodes.items():
        for path in (Category(*path_of(name, nodes)), *node.renamed_from):
            owner = owners.setdefault(path_key(path), name)
            if owner != name:
                yield Defect(name, f"has or had the path {path}, as {owner} has or had")
