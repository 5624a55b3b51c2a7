"""Spans: stretches of time as pairs of numbers, and sets of them."""

from __future__ import annotations

from collections.abc import Iterable

from .zone import Segment

__all__ = ["Span", "Spans", "joined", "on_instants", "without"]

Span = tuple[int, int]
"""From an instant or wall-clock time up to another, in microseconds or seconds since 1970."""

Spans = list[Span]
"""Ascending, apart from each other, none empty."""


def on_instants(wall: Spans, offsets: Iterable[Segment]) -> Spans:
    """The instants at which the wall clock of a zone lies in *wall*, span by span.

    In each stretch of one offset the clock runs evenly: what of *wall* it shows is open.
    A gap shows nothing; an hour that comes twice is open twice.
    """
    found: Spans = []
    place = 0
    for start, end, offset in offsets:
        # The clock went back by at most a day: look again at what ended since.
        while place and wall[place - 1][1] > start + offset:
            place -= 1
        while place < len(wall) and wall[place][1] <= start + offset:
            place += 1
        index = place
        while index < len(wall) and wall[index][0] < end + offset:
            low = max(wall[index][0] - offset, start)
            high = min(wall[index][1] - offset, end)
            if found and found[-1][1] == low:
                found[-1] = (found[-1][0], high)
            else:
                found.append((low, high))
            index += 1
        place = index
    return found


def joined(spans: Iterable[Span]) -> Spans:
    """*spans*, ascending by start, with those that touch or overlap made one."""
    found: Spans = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def without(spans: Spans, other: Spans) -> Spans:
    """What of *spans* lies in none of *other*; both ascending and apart."""
    if not other:
        return spans
    found: Spans = []
    place = 0
    for start, end in spans:
        while place < len(other) and other[place][1] <= start:
            place += 1
        index, low = place, start
        while index < len(other) and other[index][0] < end:
            if other[index][0] > low:
                found.append((low, other[index][0]))
            low = max(low, other[index][1])
            index += 1
        if low < end:
            found.append((low, end))
    return found
