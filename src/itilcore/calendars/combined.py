"""Two calendars as one: both open, either open, one open and the other not."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from attrs import frozen

from itilcore.decision import Reason
from itilcore.errors import Defect, InvalidCalendar
from itilcore.version import JSONValue

from .instant import DAY, EPOCH, micros, year_start
from .rules import Known
from .spans import Spans, joined, without

if TYPE_CHECKING:
    from .business import BusinessCalendar

__all__ = ["Combined", "Joining"]

_EPOCH_DAY: Final = EPOCH.toordinal()
_LONGEST_DAY: Final = DAY + DAY // 24
"""A shift of 24 hours in the night in which the clock is put back."""


class Joining(Enum):
    """How two calendars are one; the value is the sign."""

    BOTH = "&"
    EITHER = "|"
    WITHOUT = "-"


def _common(one: Spans, other: Spans) -> Spans:
    return without(one, without(one, other))


@frozen
class Combined:
    """The instants of ``left`` and ``right``, joined as sets; zone and dates are the left's."""

    left: BusinessCalendar
    joining: Joining
    right: BusinessCalendar

    def __attrs_post_init__(self) -> None:
        if self.known[0] >= self.known[1]:
            problem = "the two calendars know no year in common"
            raise InvalidCalendar("calendar", [Defect("", problem)])

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the left."""
        return self.left.rules.zone

    @cached_property
    def known(self) -> Known:
        """What both can tell about."""
        left, right = self.left.rules.known, self.right.rules.known
        return max(left[0], right[0]), min(left[1], right[1])

    @cached_property
    def explicit_years(self) -> tuple[int, int] | None:
        """The first and the last year that a date of either names; none if none does."""
        found = [y for side in (self.left, self.right) for y in side.rules.explicit_years or ()]
        return (min(found), max(found)) if found else None

    @cached_property
    def content(self) -> dict[str, JSONValue]:
        """Both as JSON, under the sign that joins them."""
        return {self.joining.value: [self.left.rules.content, self.right.rules.content]}

    def _joined(self, left: Spans, right: Spans) -> Spans:
        if self.joining is Joining.BOTH:
            return _common(left, right)
        if self.joining is Joining.EITHER:
            return joined(sorted([*left, *right]))
        return without(left, right)

    def year(self, year: int) -> Spans:
        """The open time of a year of UTC, in microseconds."""
        low = max(year_start(year), self.known[0])
        high = min(year_start(year + 1), self.known[1])
        return self._joined(self.left.table.spans(low, high), self.right.table.spans(low, high))

    def day(self, ordinal: int) -> Spans:
        """The open time of a date of the left calendar.

        What only the right adds belongs to the date on which it opens.  So does all of it where
        the left is open around that clock, and has no shifts of its own to go by.
        """
        own = self.left.rules.day(ordinal)
        low = (ordinal - _EPOCH_DAY) * DAY
        low, high = low - 2 * DAY, low + 4 * DAY
        low, high = max(low, self.known[0]), min(high, self.known[1])
        right = self.right.table.spans(low, high)
        left = self.left.table.spans(low, high)
        if self.joining is Joining.EITHER:
            return joined(sorted([*own, *self._opening(without(right, left), ordinal)]))
        if own == [self._date(ordinal)]:
            return self._opening(self._joined(left, right), ordinal)
        return self._joined(own, right)

    def _opening(self, spans: Spans, ordinal: int) -> Spans:
        """What of *spans* opens on a date; of one that is longer than any day, its part of it."""
        first, end = self._date(ordinal)
        found = []
        for start, close in spans:
            part = (start, close)
            if close - start > _LONGEST_DAY:
                part = (max(start, first), min(close, end))
            if first <= part[0] < end and part[0] < part[1]:
                found.append(part)
        return found

    def _date(self, ordinal: int) -> tuple[int, int]:
        return midnight(self.zone, ordinal), midnight(self.zone, ordinal + 1)

    def explain(self, at: int) -> tuple[bool, list[Reason]]:
        """Whether the instant *at* is open, and what settles it."""
        left, why = self.left.rules.explain(at)
        right, besides = self.right.rules.explain(at)
        if self.joining is Joining.BOTH:
            return left and right, _telling(why, besides, left, right, both=left and right)
        if self.joining is Joining.EITHER:
            return left or right, _telling(
                why, besides, not left, not right, both=not (left or right)
            )
        if not left:
            return False, why
        return not right, [*why, *besides]


def _telling(
    why: list[Reason], besides: list[Reason], left: bool, right: bool, *, both: bool
) -> list[Reason]:
    """The reasons that settle it: of both sides where it takes both, else of one that decides."""
    if both:
        return [*why, *besides]
    return [*([] if left else why), *([] if right else besides)]


def midnight(zone: ZoneInfo, ordinal: int) -> int:
    """The first instant of a date in a zone, in microseconds since 1970."""
    start = date.fromordinal(ordinal)
    return micros("midnight", datetime(start.year, start.month, start.day, tzinfo=zone))
