"""The course of an incident: how it stood after each event, as escalation rules look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from attrs import frozen

from itilcore.classification import Category
from itilcore.incident import (
    Contacted,
    Direction,
    Event,
    Fold,
    HandedOff,
    HoldReason,
    Phase,
    VendorAnswered,
    VendorEngaged,
    WorkaroundFound,
    in_utc,
)
from itilcore.priority import Priority, Severity

__all__ = ["Moment", "course", "held_since"]


@frozen(kw_only=True)
class Moment:
    """How an incident stood from ``at`` on.  ``None`` is not known, or not so.

    ``logged_at``, ``progress_at`` (the latest event by a person), ``grown_at`` (its impact was
    raised), ``exhausted_at`` (the last hand-off had tried every step) and ``silent_since`` (the
    vendor that has been silent longest was asked, or last answered) are instants in UTC.
    """

    at: datetime
    phase: Phase | None
    hold_reason: HoldReason | None
    acknowledged: bool | None
    workaround: bool
    group: str | None
    assignee: str | None
    tier: int | None
    priority: Priority | None
    severity: Severity | None
    service: str | None
    category: Category | None
    requester: str | None
    reassignments: int | None
    reopenings: int | None
    logged_at: datetime | None
    progress_at: datetime | None
    grown_at: datetime | None
    exhausted_at: datetime | None
    silent_since: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether it is resolved, closed or cancelled."""
        return self.phase in (Phase.RESOLVED, Phase.CLOSED, Phase.CANCELLED)


def _is_progress(event: Event) -> bool:
    """Whether somebody did something about it.

    Automations say who they are; an actor whom nobody named is taken for a person.  A word of
    the requester moves nothing.
    """
    if isinstance(event, Contacted) and event.direction is Direction.INBOUND:
        return False
    return event.by is None or event.by.is_person


def course(events: Iterable[Event]) -> tuple[Moment, ...]:
    """A moment for each of *events*, in their order."""
    found: list[Moment] = []
    fold = Fold()
    workaround = False
    progress_at: datetime | None = None
    grown_at: datetime | None = None
    exhausted_at: datetime | None = None
    silent: dict[str, datetime] = {}
    for event in events:
        impact, reopenings = fold.impact, fold.reopenings
        fold.run((event,))
        at = in_utc(event.at)
        if _is_progress(event):
            progress_at = at if progress_at is None else max(progress_at, at)
        if impact is not None and fold.impact is not None and fold.impact.outranks(impact):
            grown_at = at
        if isinstance(event, HandedOff) and event.details is not None:
            exhausted_at = at if event.details.exhausted else None
        workaround = isinstance(event, WorkaroundFound) or (
            workaround and fold.reopenings == reopenings
        )
        _listen(silent, event, over=fold.phase is not None and fold.phase.is_end)
        # `False` is what the trail shows, `None` that the source is silent about it.
        known = fold.claim("acknowledged_at", fold.acknowledged_at or False)
        found.append(
            Moment(
                at=at,
                phase=fold.phase,
                hold_reason=fold.hold_reason,
                acknowledged=None if known is None else bool(known),
                workaround=workaround,
                group=fold.group,
                assignee=fold.assignee,
                tier=fold.tier,
                priority=fold.priority,
                severity=fold.severity,
                service=fold.service,
                category=fold.category,
                requester=fold.requester,
                reassignments=fold.claim("reassignments", fold.reassignments),
                reopenings=fold.claim("reopenings", fold.reopenings),
                logged_at=None if fold.logged_at is None else in_utc(fold.logged_at),
                progress_at=progress_at,
                grown_at=grown_at,
                exhausted_at=exhausted_at,
                silent_since=min(silent.values(), default=None),
            )
        )
    return tuple(found)


def _listen(silent: dict[str, datetime], event: Event, *, over: bool) -> None:
    """Since when each vendor that is waited for has said nothing."""
    if isinstance(event, VendorEngaged):
        silent.setdefault(event.vendor, in_utc(event.at))
    elif isinstance(event, VendorAnswered) and event.vendor in silent:
        if event.delivered:
            del silent[event.vendor]
        else:
            silent[event.vendor] = in_utc(event.at)
    if over:
        silent.clear()


def held_since(moments: Iterable[Moment], holds: Callable[[Moment], bool]) -> datetime | None:
    """The instant from which on *holds* has held without a break; ``None`` where it does not."""
    found: datetime | None = None
    for moment in moments:
        if not holds(moment):
            found = None
        elif found is None:
            found = moment.at
    return found
