"""Vendors: how often they answer and deliver in time, and how long incidents wait for them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, require_aware
from itilcore.incident import Event, Incident, VendorEngagement, in_utc, vendor_engagements
from itilcore.routing import Vendor, Vendors
from itilcore.sla import BEYOND

from .estimate import ConfidenceInterval, quantile, wilson
from .survival import kaplan_meier_median

__all__ = ["KeptShare", "VendorReliability", "VendorTimes", "VendorWaits", "vendor_reliability"]

_NOTHING_PROMISED: Final = "nothing promised"
_UNTOLD: Final = "its hours cannot be told"
_BACKWARDS: Final = "time runs backwards"
_STILL: Final = "still within its time"
_OVER: Final = "incident over within its time"
_WAITING: Final = "still waiting"
_NOT_DELIVERED: Final = "incident over without it"

Excluded = tuple[tuple[str, int], ...]


@frozen
class KeptShare:
    """Of ``population`` engagements ``n`` can be judged, and in ``kept`` a promise was kept.

    ``excluded`` are the others by reason, so that ``n`` and its counts add up to ``population``.

    >>> KeptShare(10, 8, 6, (("still within its time", 2),)).value
    0.75
    """

    population: int
    n: int
    kept: int
    excluded: Excluded

    @property
    def value(self) -> float | None:
        """The share that was kept, 0 to 1; ``None`` over nothing."""
        return self.kept / self.n if self.n else None

    @property
    def interval(self) -> ConfidenceInterval | None:
        """Where the share lies, at 95 %, by Wilson's score; ``None`` over nothing."""
        return wilson(self.kept, self.n)

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        between = self.interval
        return {
            "population": self.population,
            "n": self.n,
            "kept": self.kept,
            "excluded": dict(self.excluded),
            "value": self.value,
            "interval": None if between is None else [between.low, between.high],
        }

    def __str__(self) -> str:
        if self.value is None:
            return "unknown"
        between = wilson(self.kept, self.n)
        assert between is not None
        low, high = (f"{each * 100:.1f} %" for each in (between.low, between.high))
        return f"{self.kept:,} of {self.n:,} ({low} to {high})"


@frozen
class VendorWaits:
    """How long incidents waited for what a vendor delivered: ``mean`` and ``median``, in seconds.

    They are over the ``n`` of ``population`` engagements that ended with a delivery, and ``None``
    over nothing; ``excluded`` are the others by reason.  ``median_with_open`` takes those in as
    waits that would have gone on (Kaplan-Meier), ``total`` as what they have waited already.
    """

    population: int
    n: int
    total: float
    mean: float | None
    median: float | None
    median_with_open: float | None
    excluded: Excluded

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values, in seconds."""
        return {
            "population": self.population,
            "n": self.n,
            "total": self.total,
            "mean": self.mean,
            "median": self.median,
            "median_with_open": self.median_with_open,
            "excluded": dict(self.excluded),
        }

    def __str__(self) -> str:
        if self.mean is None or self.median is None:
            return "unknown"
        return f"mean {self.mean / 3_600:,.1f} h, median {self.median / 3_600:,.1f} h"


@frozen
class VendorReliability:
    """What came of the engagements of ``vendor``.

    ``answered`` is how many of them it answered at all, ``delivered`` how many ended with a
    delivery, ``still_open`` how many are waited for; the rest ended with their incident.
    ``answered_in_time`` and ``delivered_in_time`` are against what it promises, by its hours:
    without a promise, or still within its time, an engagement is left out and counted.
    """

    vendor: str
    engagements: int
    answered: int
    delivered: int
    still_open: int
    answered_in_time: KeptShare
    delivered_in_time: KeptShare
    waits: VendorWaits

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "vendor": self.vendor,
            "engagements": self.engagements,
            "answered": self.answered,
            "delivered": self.delivered,
            "still_open": self.still_open,
            "answered_in_time": self.answered_in_time.to_dict(),
            "delivered_in_time": self.delivered_in_time.to_dict(),
            "waits": self.waits.to_dict(),
        }

    def __str__(self) -> str:
        return (
            f"{self.vendor}: {self.engagements:,} engagements, {self.answered:,} answered, "
            f"{self.delivered:,} delivered, {self.still_open:,} still open; "
            f"answered in time {self.answered_in_time}, "
            f"delivered in time {self.delivered_in_time}; waits {self.waits}"
        )


class VendorTimes:
    """Gathers, incident by incident, which vendors were engaged and what came of it.

    For a stream whose last instant is not known beforehand; `vendor_reliability` is the whole of
    it for one that is.

    >>> from datetime import UTC
    >>> from itilcore.incident import VendorAnswered, VendorEngaged
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> times = VendorTimes()
    >>> times.add([VendorEngaged(nine, "Acme"), VendorAnswered(ten, "Acme")])
    >>> [(each.vendor, each.waits.mean) for each in times.result(ten)]
    [('Acme', 3600.0)]
    """

    def __init__(self) -> None:
        self._engagements: dict[str, list[VendorEngagement]] = {}

    def add(self, events: Iterable[Event]) -> None:
        """Take in the events of one incident."""
        for each in vendor_engagements(events):
            self._engagements.setdefault(each.vendor, []).append(each)

    def result(self, at: datetime, vendors: Vendors | None = None) -> tuple[VendorReliability, ...]:
        """What was gathered, up to *at*; most engagements first, equals by name."""
        until = in_utc(require_aware("at", at))
        if not isinstance(vendors, Vendors | None):
            problem = f"is {vendors!r:.60}: give Vendors"
            raise InvalidInput("vendor reliability", [Defect("vendors", problem)])
        known = Vendors() if vendors is None else vendors
        found = [
            _reliability(known.vendor(name) or Vendor(name=name), engagements, until)
            for name, engagements in self._engagements.items()
        ]
        return tuple(sorted(found, key=lambda each: (-each.engagements, each.vendor)))


def vendor_reliability(
    incidents: Iterable[Incident], at: datetime, vendors: Vendors | None = None
) -> tuple[VendorReliability, ...]:
    """How reliable each vendor was that *incidents*, consumed once, waited for.

    Promises are those of *vendors*; events after *at* do not exist.  What was due by then and has
    not come is late; what comes at the very instant is in time.  Raises
    `itilcore.errors.NaiveInstant` for an instant without an offset and
    `itilcore.errors.InvalidInput` for vendors that are none.

    >>> from datetime import UTC, timedelta
    >>> from itilcore.incident import VendorAnswered, VendorEngaged
    >>> nine, noon = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 12))
    >>> events = [VendorEngaged(nine, "Acme"), VendorAnswered(noon, "Acme", delivered=False)]
    >>> acme = Vendor(name="Acme", answer_within=timedelta(hours=4))
    >>> (found,) = vendor_reliability([Incident.replay("INC1", events)], noon, Vendors(acme))
    >>> found.answered_in_time.value, found.delivered_in_time.excluded
    (1.0, (('nothing promised', 1),))
    """
    until = in_utc(require_aware("at", at))
    times = VendorTimes()
    for incident in incidents:
        times.add(incident.timeline.until(until))
    return times.result(until, vendors)


def _reliability(
    vendor: Vendor, engagements: list[VendorEngagement], at: datetime
) -> VendorReliability:
    answers = [_in_time(each, vendor.answer_due, each.first_answer_at, at) for each in engagements]
    deliveries = [
        _in_time(each, vendor.delivery_due, each.end if each.delivered else None, at)
        for each in engagements
    ]
    return VendorReliability(
        vendor.name,
        len(engagements),
        sum(each.first_answer_at is not None for each in engagements),
        sum(each.delivered for each in engagements),
        sum(each.end is None for each in engagements),
        _share(answers),
        _share(deliveries),
        _waits(engagements, at),
    )


def _in_time(
    engagement: VendorEngagement,
    due_of: Callable[[datetime], datetime | None],
    done: datetime | None,
    at: datetime,
) -> bool | str:
    """Whether what was due was *done* in time; a text says why that cannot be judged."""
    try:
        due = due_of(engagement.start)
    except BEYOND:
        return _UNTOLD
    if due is None:
        return _NOTHING_PROMISED
    if done is not None:
        return _BACKWARDS if done < engagement.start else done <= due
    if engagement.end is None:
        return False if at > due else _STILL
    return False if engagement.end > due else _OVER


def _share(verdicts: list[bool | str]) -> KeptShare:
    kept, missed = verdicts.count(True), verdicts.count(False)
    excluded = Counter(each for each in verdicts if isinstance(each, str))
    return KeptShare(len(verdicts), kept + missed, kept, tuple(sorted(excluded.items())))


def _waits(engagements: list[VendorEngagement], at: datetime) -> VendorWaits:
    ended: list[float] = []
    going_on: list[float] = []
    excluded: Counter[str] = Counter()
    for each in engagements:
        until = at if each.end is None else each.end
        seconds = (until - each.start).total_seconds()
        if seconds < 0:
            excluded[_BACKWARDS] += 1
        elif each.delivered:
            ended.append(seconds)
        else:
            going_on.append(seconds)
            excluded[_WAITING if each.end is None else _NOT_DELIVERED] += 1
    ended.sort()
    going_on.sort()
    return VendorWaits(
        population=len(engagements),
        n=len(ended),
        total=math.fsum([*ended, *going_on]),
        mean=math.fsum(ended) / len(ended) if ended else None,
        median=quantile(ended, 0.5),
        median_with_open=kaplan_meier_median(ended, going_on),
        excluded=tuple(sorted(excluded.items())),
    )
