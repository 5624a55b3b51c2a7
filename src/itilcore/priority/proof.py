"""What stops cells from being a matrix: holes, contradictions, inversions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from itilcore.errors import Defect

from .rows import Place
from .scales import Impact, Level, Priority, Urgency

__all__ = ["defects_of"]


def defects_of(
    impacts: Sequence[Impact],
    urgencies: Sequence[Urgency],
    found: Mapping[Place, Sequence[Priority]],
) -> tuple[Defect, ...]:
    """Every defect of *found*, the priorities of each place, over scales that are highest first.

    A proof for neighbours is one for all: where no step up an axis lowers the priority, no
    number of steps does.

    >>> high, low = (Impact.HIGH, Urgency.HIGH), (Impact.LOW, Urgency.HIGH)
    >>> found = {high: [Priority.P2], low: [Priority.P1]}
    >>> print(*defects_of([Impact.HIGH, Impact.LOW], [Urgency.HIGH], found))
    HIGH x HIGH: gives P2, and the lower LOW x HIGH gives P1
    """
    if not found:
        return (Defect("", "has no cells"),)
    priorities = {priority for given in found.values() for priority in given}
    return (
        *_alike("impact", impacts),
        *_alike("urgency", urgencies),
        *_alike("priority", sorted(priorities, key=lambda level: (level.rank, level.name))),
        *_holes(impacts, urgencies, found),
        *_inversions(impacts, urgencies, found),
    )


def _alike(path: str, scale: Sequence[Level]) -> Iterator[Defect]:
    ranks = Counter(level.rank for level in scale)
    names = Counter(level.name for level in scale)
    alike = [level for level in scale if ranks[level.rank] > 1 or names[level.name] > 1]
    if alike:
        yield Defect(path, f"has levels of one name or rank: {', '.join(map(repr, alike))}")


def _holes(
    impacts: Sequence[Impact],
    urgencies: Sequence[Urgency],
    found: Mapping[Place, Sequence[Priority]],
) -> Iterator[Defect]:
    for impact in impacts:
        for urgency in urgencies:
            given = found.get((impact, urgency), ())
            if not given:
                yield Defect(f"{impact} x {urgency}", "has no priority")
            elif len(given) > 1:
                yield Defect(f"{impact} x {urgency}", f"has {' and '.join(map(str, given))}")


def _inversions(
    impacts: Sequence[Impact],
    urgencies: Sequence[Urgency],
    found: Mapping[Place, Sequence[Priority]],
) -> Iterator[Defect]:
    steps: list[tuple[Place, Place]] = []
    for urgency in urgencies:
        steps += [((upper, urgency), (lower, urgency)) for upper, lower in pairwise(impacts)]
    for impact in impacts:
        steps += [((impact, upper), (impact, lower)) for upper, lower in pairwise(urgencies)]
    for above, below in steps:
        for mine in found.get(above, ()):
            for theirs in found.get(below, ()):
                if theirs.outranks(mine):
                    yield Defect(
                        f"{above[0]} x {above[1]}",
                        f"gives {mine}, and the lower {below[0]} x {below[1]} gives {theirs}",
                    )
