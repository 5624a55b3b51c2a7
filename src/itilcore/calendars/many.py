"""Many questions at once, as numbers: seconds since 1970 in, seconds out.

Whatever comes in is made whole microseconds and counted as those, so that an answer is the one
that a single question gets.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import index
from typing import Any, Final

from attrs import frozen

from itilcore.errors import ItilcoreError

from . import arrays
from .instant import SECOND
from .refused import LENGTHS, Refused, limits
from .table import Table

__all__ = ["add_many", "elapsed_many"]

_NEVER: Final = -(10**20)
"""Before every instant that a calendar can tell about."""


def elapsed_many(table: Table, starts: Any, ends: Any) -> Any:
    """The open seconds between each two of *starts* and *ends*."""
    if arrays.is_array(starts) or arrays.is_array(ends):
        return arrays.elapsed(table, starts, ends)
    refused = Refused("elapsed_many")
    low = _column("starts", starts, *limits(table), refused)
    high = _column("ends", ends, *limits(table), refused)
    pairs = _paired(low, high, refused)
    for values in (pairs.left, pairs.right):
        if values:
            table.cover(min(values))
            table.cover(max(values))
    # One place further than the openings: the closings, and the open time up to them.
    opened, closed = table.starts, [_NEVER, *table.ends]
    reached = [table.before[0] if table.before else 0, *table.reached]
    found: list[float] = []
    for start, end in zip(pairs.left, pairs.right, strict=True):
        place = bisect_right(opened, end)
        count = reached[place]
        if end < closed[place]:
            count += end - closed[place]
        place = bisect_right(opened, start)
        count -= reached[place]
        if start < closed[place]:
            count += closed[place] - start
        found.append(count / SECOND)
    return pairs.with_gaps(found)


def add_many(table: Table, starts: Any, seconds: Any, *, opening: bool) -> Any:
    """The instants by which each of *seconds* of open time has passed since its start; with
    *opening* the next one where they run out at a closing.
    """
    if arrays.is_array(starts) or arrays.is_array(seconds):
        return arrays.add(table, starts, seconds, opening=opening)
    refused = Refused("add_many")
    low = _column("starts", starts, *limits(table), refused)
    amounts = _column("seconds", seconds, *LENGTHS, refused)
    pairs = _paired(low, amounts, refused)
    found: list[float] = []
    try:
        for start, amount in zip(pairs.left, pairs.right, strict=True):
            if opening or amount < 0:
                found.append(table.latest(table.count(start) + amount, start) / SECOND)
            elif amount:
                found.append(table.soonest(table.count(start) + amount, start) / SECOND)
            else:
                found.append(start / SECOND)
    except ItilcoreError as error:
        error.add_note(f"add_many: at index {pairs.places[len(found)]}")
        raise
    return pairs.with_gaps(found)


@frozen
class _Column:
    """Numbers as microseconds, and where one is missing what was there instead."""

    values: list[int]
    gaps: dict[int, float | None]
    single: bool


@frozen
class _Pairs:
    """Two columns side by side without the pairs that lack a number."""

    left: list[int]
    right: list[int]
    gaps: dict[int, float | None]
    places: range | list[int]

    def with_gaps(self, found: list[Any]) -> list[Any]:
        """The answers *found*, with those that nothing is known about in their places."""
        if not self.gaps:
            return found
        answers: Iterator[Any] = iter(found)
        count = len(found) + len(self.gaps)
        return [self.gaps[at] if at in self.gaps else next(answers) for at in range(count)]


def _column(
    name: str, given: Any, low: float, high: float, limit: str, refused: Refused
) -> _Column:
    """*given*, from *low* to *high*, as microseconds; says of each that it refuses why."""
    single = not isinstance(given, Iterable)
    values: list[int] = []
    gaps: dict[int, float | None] = {}
    for at, each in enumerate((given,) if single else given):
        kind = type(each)
        number = each if kind is float or kind is int or each is None else _plain(each)
        if number is None or number != number:  # noqa: PLR0124  # NaN, which is not itself
            gaps[at] = number
            values.append(0)
        elif number == "":
            refused.add(name, at, f"is {each!r:.40}: give a number of seconds")
        elif not low <= number <= high:
            refused.add(name, at, f"is {number!r:.40}: {limit}")
        elif type(number) is int:
            values.append(number * SECOND)
        else:
            # As timedelta does: the fraction alone is rounded, half to even.
            whole = int(number)
            values.append(whole * SECOND + round((number - whole) * 1e6))
    return _Column(values, gaps, single)


def _plain(number: Any) -> Any:
    """A number of another kind as an int or a float; no text where it is none."""
    if isinstance(number, bool | str | bytes):
        return ""
    try:
        return index(number)
    except TypeError:
        pass
    try:
        return float(number)
    except (TypeError, ValueError, OverflowError):
        return ""


def _paired(left: _Column, right: _Column, refused: Refused) -> _Pairs:
    """Both side by side: a single number goes with each of the other's."""
    refused.check()
    left, right = _repeated(left, right), _repeated(right, left)
    count = len(left.values)
    if count != len(right.values):
        refused.whole("", f"{count} numbers and {len(right.values)} make no pairs")
        refused.check()
    gaps = {**left.gaps, **right.gaps}
    if not gaps:
        return _Pairs(left.values, right.values, gaps, range(count))
    # None outweighs NaN, on whichever side it stands.
    gaps.update((at, None) for at, gap in left.gaps.items() if gap is None)
    places = [at for at in range(count) if at not in gaps]
    return _Pairs(
        [left.values[at] for at in places], [right.values[at] for at in places], gaps, places
    )


def _repeated(column: _Column, other: _Column) -> _Column:
    if not column.single or other.single:
        return column
    count = len(other.values)
    gaps = {at: gap for at in range(count) for gap in column.gaps.values()}
    return _Column(column.values * count, gaps, False)
