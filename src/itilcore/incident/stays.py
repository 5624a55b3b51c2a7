"""Stays: how long an incident was in each status, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from attrs import frozen

from .events import CHANGES, STATES, Event
from .instant import in_utc
from .status import HoldReason, Status

__all__ = ["Stay", "stays"]

_SHOWING: Final = STATES | CHANGES


@frozen
class Stay:
    """In ``status``, on hold for ``hold_reason`` if at all, from ``start`` to ``end``.

    ``end`` is ``None`` for the last one, which still lasts.  A stay may be negative where
    events run backwards in time.
    """

    status: Status
    hold_reason: HoldReason | None
    start: datetime
    end: datetime | None

    @property
    def seconds(self) -> float | None:
        """How long it was, in seconds of wall-clock time; ``None`` while it lasts."""
        return None if self.end is None else (self.end - self.start).total_seconds()


def stays(events: Iterable[Event]) -> Iterator[Stay]:
    """The stays that *events* show, in their order.  Instants are in UTC.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Held, HoldReason, Logged, Resolved
    >>> nine, ten, noon = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12))
    >>> events = [Logged(nine), Held(ten, HoldReason.AWAITING_CALLER), Resolved(noon)]
    >>> [(str(stay.status), stay.seconds) for stay in stays(events)]
    [('NEW', 3600.0), ('ON_HOLD', 7200.0), ('RESOLVED', None)]
    """
    now: tuple[Status, HoldReason | None] | None = None
    since: datetime | None = None
    for event in events:
        if type(event) not in _SHOWING:
            continue
        status: Status | None = event.status  # type: ignore[attr-defined]  # by _SHOWING
        if status is None:
            continue
        at = in_utc(event.at)
        state = (status, getattr(event, "hold_reason", None))
        if state == now:
            continue
        if now is not None and since is not None:
            yield Stay(*now, since, at)
        now, since = state, at
    if now is not None and since is not None:
        yield Stay(*now, since, None)
