"""The least work that counts open time: prefix sums and a bisection, or a bucket an element."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta
from typing import Any

from itilcore.calendars import BusinessCalendar

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE = timedelta(microseconds=1)


class PrefixSums:
    """Open time between two instants that are known beforehand."""

    def __init__(self, calendar: BusinessCalendar, low: datetime, high: datetime) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.before: list[int] = []
        self.reached: list[int] = []
        total = 0
        for interval in calendar.intervals(low, high):
            start, end = (interval.start - EPOCH) // ONE, (interval.end - EPOCH) // ONE
            self.starts.append(start)
            self.ends.append(end)
            self.before.append(total)
            total += end - start
            self.reached.append(total)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """With the checks of a careful caller: no instant without an offset."""
        try:
            since, until = start - EPOCH, end - EPOCH
        except TypeError:
            raise ValueError("an instant without an offset") from None
        low = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        high = (until.days * 86_400 + until.seconds) * 1_000_000 + until.microseconds
        starts, ends, reached = self.starts, self.ends, self.reached
        if low < starts[0] or high < starts[0] or low > ends[-1] or high > ends[-1]:
            raise ValueError("outside what is known")
        place = bisect_right(starts, high) - 1
        close = ends[place]
        count = reached[place] if high >= close else reached[place] - close + high
        place = bisect_right(starts, low) - 1
        close = ends[place]
        count -= reached[place] if low >= close else reached[place] - close + low
        return timedelta(microseconds=count)

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The first instant by which *duration*, more than none, has passed."""
        try:
            since = start - EPOCH
        except TypeError:
            raise ValueError("an instant without an offset") from None
        at = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        starts = self.starts
        if at < starts[0]:
            raise ValueError("outside what is known")
        place = bisect_right(starts, at) - 1
        close, reached = self.ends[place], self.reached
        count = reached[place] if at >= close else reached[place] - close + at
        count += (duration.days * 86_400 + duration.seconds) * 1_000_000 + duration.microseconds
        if count > reached[-1]:
            raise ValueError("outside what is known")
        place = bisect_left(reached, count)
        found = EPOCH + timedelta(microseconds=starts[place] + count - self.before[place])
        return found.astimezone(start.tzinfo)


class Buckets:
    """Open seconds between arrays of instants of a year: half-hours that are open or closed."""

    HALF_HOUR = 1_800_000_000
    BLOCK = 1 << 15

    def __init__(self, np: Any, calendar: BusinessCalendar, year: int) -> None:
        self.np = np
        sums = PrefixSums(
            calendar, datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        )
        self.base = (datetime(year, 1, 1, tzinfo=UTC) - EPOCH) // ONE // self.HALF_HOUR
        counts, masks, total = [], [], 0
        for bucket in range(366 * 48 + 1):
            at = (self.base + bucket) * self.HALF_HOUR
            place = bisect_right(sums.starts, at) - 1
            opened = place >= 0 and at < sums.ends[place]
            counts.append(total - (at if opened else 0))
            masks.append(-1 if opened else 0)
            total += self.HALF_HOUR if opened else 0
        self.counts, self.masks = np.array(counts), np.array(masks)

    def count(self, seconds: Any) -> Any:
        np = self.np
        at = np.rint(seconds * 1e6).astype(np.int64)
        bucket = at // self.HALF_HOUR
        bucket -= self.base
        at &= self.masks.take(bucket, mode="clip")
        at += self.counts.take(bucket, mode="clip")
        return at

    def elapsed(self, starts: Any, ends: Any) -> Any:
        """Block by block, and without a check of any kind."""
        found = self.np.empty(starts.size)
        for at in range(0, starts.size, self.BLOCK):
            block = slice(at, at + self.BLOCK)
            count = self.count(ends[block])
            count -= self.count(starts[block])
            self.np.divide(count, 1e6, out=found[block])
        return found
