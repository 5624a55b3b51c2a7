"""Many questions at once over numpy arrays: a bucket of the table an element, in blocks.

All edges of a table between two instants are multiples of some length, as a rule of half an
hour.  Buckets of that length are open or closed as a whole, so that the open time up to an
instant takes one division and two look-ups, however long the table is.  Where that would take
too many buckets, each instant is searched for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Any, Final

from attrs import frozen

from itilcore.errors import ItilcoreError, MissingExtra

from .instant import SECOND
from .refused import LENGTHS, MOST_TOLD, Refused, limits
from .table import Table

__all__ = ["add", "elapsed", "is_array"]

_BLOCK: Final = 1 << 15
"""Elements at a time: what lies between the steps then stays in the cache."""

_MOST_BUCKETS: Final = 1 << 20

Count = Callable[[Any], Any]
"""The open time up to each instant of an array, in microseconds; the array is its to overwrite."""


def is_array(given: Any) -> bool:
    """Whether *given* is an array, or something that makes itself one."""
    return hasattr(given, "__array__") and hasattr(given, "__len__")


def elapsed(table: Table, starts: Any, ends: Any) -> Any:
    """The open seconds between each two of *starts* and *ends*."""
    np, refused = _numpy(), Refused("elapsed_many")
    low = _column(np, "starts", starts, *limits(table), refused)
    high = _column(np, "ends", ends, *limits(table), refused)
    low, high, there = _paired(np, low, high, refused)
    found = np.empty(low.values.size)
    if found.size:
        count = _count(np, table, (low, high))
        for block in _blocks(found.size):
            counted = count(_micros(np, high.values[block]))
            counted -= count(_micros(np, low.values[block]))
            np.divide(counted, 1e6, out=found[block])
    return _with_gaps(np, found, there)


def add(table: Table, starts: Any, seconds: Any, *, opening: bool) -> Any:
    """The instants by which each of *seconds* of open time has passed since its start."""
    np, refused = _numpy(), Refused("add_many")
    low = _column(np, "starts", starts, *limits(table), refused)
    amounts = _column(np, "seconds", seconds, *LENGTHS, refused)
    low, amounts, there = _paired(np, low, amounts, refused)
    size = low.values.size
    at, sought = np.empty((2, size), dtype=np.int64)
    forward, latest = np.full((2, size), opening)
    if size:
        count = _count(np, table, (low,))
        for block in _blocks(size):
            at[block] = _micros(np, low.values[block])
            sought[block] = count(at[block].copy())
            amount = _micros(np, amounts.values[block])
            sought[block] += amount
            if not opening:
                np.greater(amount, 0, out=forward[block])
                np.less(amount, 0, out=latest[block])
        forward &= ~latest
        names = np.arange(size) if there is None else np.flatnonzero(there)
        _search(np, table, at, sought, forward, names, soonest=True)
        _search(np, table, at, sought, latest, names, soonest=False)
    return _with_gaps(np, at / 1e6, there)


def _numpy() -> Any:
    try:
        import numpy as np
    except ImportError:
        raise MissingExtra("numpy", "fast") from None
    return np


def _blocks(size: int) -> Iterator[slice]:
    return (slice(at, at + _BLOCK) for at in range(0, size, _BLOCK))


@frozen(eq=False)
class _Column:
    """Seconds, the least and the greatest of them; both NaN where one is."""

    values: Any
    low: Any
    high: Any


def _column(
    np: Any, name: str, given: Any, low: float, high: float, limit: str, refused: Refused
) -> _Column:
    """*given* as seconds from *low* to *high*; says of what it refuses why."""
    if np.ma.isMaskedArray(given):  # what is masked is missing
        given = given.astype(np.float64).filled(np.nan)
    values = np.asarray(given)
    if values.dtype.kind == "O":
        values = np.asarray([np.nan if each is None else each for each in values.ravel().tolist()])
    if values.size == 0:
        values = np.empty(0)
    if values.dtype.kind not in "iuf" or values.ndim > 1:
        refused.whole(name, f"is {values.dtype} in {values.ndim} dimensions: give a row of numbers")
        return _Column(values, 0, 0)
    if values.dtype.kind == "f" and values.dtype.itemsize < 8:
        refused.whole(name, f"is {values.dtype}, which cannot tell seconds apart: give float64")
        return _Column(values, 0, 0)
    if values.dtype.kind == "f":
        values = values.astype(np.float64, copy=False)
    column = _measured(values)
    if not (low <= column.low and column.high <= high):
        wrong = np.flatnonzero((values < low) | (values > high))
        for at in wrong[:MOST_TOLD].tolist():
            refused.add(name, at, f"is {values.flat[at].item()!r}: {limit}")
        refused.more(max(wrong.size - MOST_TOLD, 0))
    return column


def _measured(values: Any) -> _Column:
    return _Column(values, values.min(), values.max()) if values.size else _Column(values, 0, 0)


def _paired(
    np: Any, left: _Column, right: _Column, refused: Refused
) -> tuple[_Column, _Column, Any]:
    """Both side by side without the pairs that lack a number, and a mask of those that do not."""
    refused.check()
    sizes = {column.values.size for column in (left, right) if column.values.ndim} or {1}
    if len(sizes) > 1:
        refused.whole("", f"{left.values.size} numbers and {right.values.size} make no pairs")
        refused.check()
    size = sizes.pop()
    left, right = (
        _Column(np.broadcast_to(column.values, size), column.low, column.high)
        for column in (left, right)
    )
    if not (np.isnan(left.low) or np.isnan(right.low)):
        return left, right, None
    there = ~(np.isnan(left.values) | np.isnan(right.values))
    return _measured(left.values[there]), _measured(right.values[there]), there


def _with_gaps(np: Any, found: Any, there: Any) -> Any:
    if there is None:
        return found
    answers = np.full(there.size, np.nan)
    answers[there] = found
    return answers


def _micros(np: Any, seconds: Any) -> Any:
    """Seconds as microseconds, in an array of its own."""
    if seconds.dtype.kind != "f":
        return seconds.astype(np.int64) * SECOND
    # As timedelta does: the fraction alone is rounded, half to even.
    whole = np.trunc(seconds)
    part = seconds - whole
    part *= 1e6
    np.rint(part, out=part)
    micros = whole.astype(np.int64)
    micros *= SECOND
    micros += part.astype(np.int64)
    return micros


def _count(np: Any, table: Table, columns: tuple[_Column, ...]) -> Count:
    """How the open time up to instants between the least and the greatest is counted."""
    edges = np.array([(column.low, column.high) for column in columns])
    low, high = (int(at) for at in _micros(np, np.array([edges.min(), edges.max()])))
    table.cover(low)
    table.cover(high)
    if not table.starts:
        return np.zeros_like  # type: ignore[no-any-return]  # numpy is Any here
    first = max(bisect_right(table.starts, low) - 1, 0)
    last = max(bisect_right(table.starts, high), first + 1)
    starts, ends, before = (
        np.array(part[first:last]) for part in (table.starts, table.ends, table.before)
    )
    lengths = ends - starts

    def searching(at: Any) -> Any:
        place = np.searchsorted(starts, at, "right")
        place -= 1
        np.maximum(place, 0, out=place)
        at -= starts[place]
        np.clip(at, 0, lengths[place], out=at)
        at += before[place]
        return at

    grain = int(np.gcd.reduce(np.concatenate((starts, ends))))
    base = low // grain
    buckets = high // grain - base + 1
    if buckets > min(_MOST_BUCKETS, columns[0].values.size):
        return searching
    opening = (np.arange(buckets) + base) * grain
    opened = searching(opening.copy())
    # A bucket that is open counts from its own start on, one that is closed not at all.
    mask = np.where(searching(opening + grain) > opened, -1, 0)
    opened -= opening & mask

    def looking_up(at: Any) -> Any:
        bucket = at // grain
        bucket -= base
        at &= mask.take(bucket, mode="clip")  # none is outside, and to check for that takes time
        at += opened.take(bucket, mode="clip")
        return at

    return looking_up


def _search(
    np: Any, table: Table, at: Any, sought: Any, which: Any, names: Any, *, soonest: bool
) -> None:
    """Put into *at*, where *which* says, the instants at which the open time is *sought*."""
    places = np.flatnonzero(which)
    if not places.size:
        return
    counts = sought[places]
    find = table.soonest if soonest else table.latest
    low, high = counts.argmin(), counts.argmax()
    for extreme in (low, high):
        place = places[extreme]
        try:  # the table grows by what is asked of it
            find(int(counts[extreme]), int(at[place]))
        except ItilcoreError as error:
            error.add_note(f"add_many: at index {names[place]}")
            raise
    bisect, ladder = (bisect_left, table.reached) if soonest else (bisect_right, table.before)
    first = bisect(ladder, counts[low]) - (not soonest)
    last = bisect(ladder, counts[high]) + soonest
    starts, before = (np.array(part[first:last]) for part in (table.starts, table.before))
    rungs = np.array(ladder[first:last])
    for block in _blocks(places.size):
        count = counts[block]
        place = np.searchsorted(rungs, count, "left" if soonest else "right")
        place -= not soonest
        at[places[block]] = starts[place] + count - before[place]
