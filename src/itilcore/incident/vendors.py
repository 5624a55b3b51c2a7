"""Engagements of vendors: who was asked for help, from when to when, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import evolve, frozen

from itilcore.errors import require_aware

from .events import CHANGES, STATES, Event, VendorAnswered, VendorEngaged
from .instant import in_utc

__all__ = ["VendorEngagement", "vendor_engagements"]

_FACTS: Final = ("ticket", "status_link", "workaround")
_SAYING: Final = CHANGES | STATES


@frozen
class VendorEngagement:
    """``vendor`` was asked for help at ``start``; ``end`` is ``None`` while it is waited for.

    The wait ends with what the vendor delivers (``delivered``), or, without that, when the
    incident is closed or cancelled.  ``ticket`` is the vendor's own reference, ``status_link``
    where it tells how things stand, ``workaround`` what helps until then.  An answer that delivers
    nothing ends no wait; ``first_answer_at`` and ``last_answer_at`` are ``None`` while the vendor
    is silent.  All instants are in UTC.
    """

    vendor: str
    start: datetime
    ticket: str | None = None
    status_link: str | None = None
    workaround: str | None = None
    first_answer_at: datetime | None = None
    last_answer_at: datetime | None = None
    end: datetime | None = None
    delivered: bool = False

    def waiting(self, at: datetime) -> timedelta:
        """How long it was waited for up to *at*, on the wall; nothing before it began.

        It is the time of the engagement, whatever became of the incident meanwhile: not that of
        a hold for `HoldReason.AWAITING_VENDOR`, which a desk may begin later, or not at all.
        Raises `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

        >>> from datetime import UTC
        >>> nine, ten, noon = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12))
        >>> ended = VendorEngagement("Acme", nine, end=ten, delivered=True)
        >>> str(ended.waiting(noon)), str(VendorEngagement("Acme", nine).waiting(noon))
        ('1:00:00', '3:00:00')
        """
        until = in_utc(require_aware("at", at))
        if self.end is not None:
            until = min(until, self.end)
        return max(until - self.start, timedelta())


def vendor_engagements(events: Iterable[Event]) -> tuple[VendorEngagement, ...]:
    """Whom the incident waited for, as *events* tell, in the order of the engagements.

    A vendor that is engaged again while it is waited for is the same engagement, with what is
    told anew; after its end it is another one.  An answer of a vendor that nobody waits for
    changes nothing.

    >>> from datetime import UTC
    >>> nine, ten, noon = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12))
    >>> told = [VendorEngaged(nine, "Acme"), VendorAnswered(ten, "Acme", delivered=False),
    ...     VendorEngaged(ten, "Acme", "A-1"), VendorAnswered(noon, "Acme")]
    >>> (found,) = vendor_engagements(told)
    >>> found.ticket, str(found.first_answer_at - found.start), str(found.waiting(noon))
    ('A-1', '1:00:00', '3:00:00')
    """
    found: list[VendorEngagement] = []
    waited_for: dict[str, int] = {}
    for event in events:
        if isinstance(event, VendorEngaged):
            told: dict[str, Any] = {
                name: value for name in _FACTS if (value := getattr(event, name)) is not None
            }
            index = waited_for.get(event.vendor)
            if index is None:
                waited_for[event.vendor] = len(found)
                found.append(VendorEngagement(event.vendor, in_utc(event.at), **told))
            else:
                found[index] = evolve(found[index], **told)
        elif isinstance(event, VendorAnswered):
            if event.vendor in waited_for:
                index = waited_for[event.vendor]
                found[index] = _answered(found[index], event)
                if event.delivered:
                    del waited_for[event.vendor]
        elif waited_for and type(event) in _SAYING:
            status = event.status  # type: ignore[attr-defined]  # by _SAYING
            if status is not None and status.phase.is_end:
                for index in waited_for.values():
                    found[index] = evolve(found[index], end=in_utc(event.at))
                waited_for.clear()
    return tuple(found)


def _answered(engagement: VendorEngagement, event: VendorAnswered) -> VendorEngagement:
    at = in_utc(event.at)
    return evolve(
        engagement,
        first_answer_at=at if engagement.first_answer_at is None else engagement.first_answer_at,
        last_answer_at=at,
        end=at if event.delivered else None,
        delivered=event.delivered,
    )
