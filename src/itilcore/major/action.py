"""Actions of a review: what is to be done, by whom, until when, and how many were in time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.incident import in_utc

__all__ = ["ActionsInTime", "ReviewAction"]


def _instant_defects(path: str, value: object) -> list[Defect]:
    if value is None or isinstance(value, datetime):
        return []
    return [Defect(path, f"is {value!r:.60}: give a date-time with a UTC offset, or None")]


@frozen(kw_only=True)
class ReviewAction:
    """What is to be done so that it does not come back: ``owner`` has it, until ``due``.

    ``done_at`` is when it was.  Without owner or due instant a review is not complete.  Raises
    `itilcore.errors.InvalidInput` for a blank text or owner and wrong types,
    `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> from datetime import UTC
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> action = ReviewAction(text="watch the disk", owner="ada", due=nine)
    >>> action.is_overdue(nine), action.is_overdue(ten)
    (False, True)
    """

    text: str
    owner: str | None = None
    due: datetime | None = None
    done_at: datetime | None = None

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("text", self.text)
        if self.owner is not None:
            defects += blank_defects("owner", self.owner)
        for name in ("due", "done_at"):
            defects += _instant_defects(name, getattr(self, name))
        if defects:
            raise InvalidInput("review action", defects)
        for name in ("due", "done_at"):
            value: datetime | None = getattr(self, name)
            if value is not None:
                require_aware(name, value)

    def is_done(self, at: datetime) -> bool:
        """Whether it was done by *at*."""
        return self.done_at is not None and in_utc(self.done_at) <= in_utc(at)

    def is_overdue(self, at: datetime) -> bool:
        """Whether it should have been done before *at* and was not."""
        return self.due is not None and in_utc(self.due) < in_utc(at) and not self.is_done(at)


@frozen(kw_only=True)
class ActionsInTime:
    """How many actions were done in time: ``in_time`` of ``n``.

    ``population`` is how many there are; those that do not count are ``excluded`` by reason:
    without a due instant, or not due yet and not done either.
    """

    population: int
    n: int
    in_time: int
    excluded: tuple[tuple[str, int], ...] = field(default=())

    @classmethod
    def of(cls, actions: Iterable[ReviewAction], at: datetime) -> ActionsInTime:
        """Of *actions*, as it stood *at* an instant.

        >>> from datetime import UTC
        >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
        >>> done = ReviewAction(text="x", due=ten, done_at=nine)
        >>> ActionsInTime.of([done, ReviewAction(text="y", due=nine)], ten).share
        0.5
        """
        moment = in_utc(require_aware("at", at))
        population = n = in_time = undated = waiting = 0
        for action in actions:
            population += 1
            if action.due is None:
                undated += 1
            elif action.is_done(moment):
                n += 1
                assert action.done_at is not None  # it is done
                in_time += in_utc(action.done_at) <= in_utc(action.due)
            elif action.is_overdue(moment):
                n += 1
            else:
                waiting += 1
        reasons = (("no due instant", undated), ("not due yet", waiting))
        excluded = tuple((reason, count) for reason, count in reasons if count)
        return cls(population=population, n=n, in_time=in_time, excluded=excluded)

    @property
    def share(self) -> float | None:
        """The share that was done in time, from 0 to 1; ``None`` over nothing."""
        return self.in_time / self.n if self.n else None
