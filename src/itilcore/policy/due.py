"""What falls due: warnings, breaches, updates, closings and escalations, with their times."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from attrs import field, frozen

from itilcore.actor import Actor
from itilcore.communications import NextUpdate
from itilcore.escalation import EscalationOutlook, EscalationStep
from itilcore.incident import Announced, AnnouncementKind, Incident, in_utc
from itilcore.sla import BEYOND, ClockState, Reading

from .closing import Closing

__all__ = ["DueItem", "DueKind", "Outlook", "outlook"]

_TICK: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)
_LATEST: Final = datetime.max.replace(tzinfo=UTC)


class DueKind(Enum):
    """What is to be done: announce a threshold, a breach or an overdue update, close, escalate."""

    WARNING = "warning"
    BREACH = "breach"
    UPDATE = "update"
    AUTO_CLOSE = "auto-close"
    ESCALATION = "escalation"


@frozen(kw_only=True)
class DueItem:
    """Something that has fallen due for an incident: what, since when, of which clock.

    ``instant`` is when the target was due, the threshold passed, it was to close or the ``step``
    of an escalation came; ``at`` is the first instant at which that is so.  The ``identifier``
    is the same however often it is asked for.
    """

    kind: DueKind
    reference: str
    at: datetime
    instant: datetime
    clock: str = ""
    agreement: str = ""
    threshold: str | None = None
    step: EscalationStep | None = None
    by: Actor = field(factory=lambda: Actor.automation("agenda"))

    @property
    def identifier(self) -> str:
        """What tells it from every other item."""
        if self.step is not None:
            return ":".join((self.reference, self.kind.value, self.step.rule, self.step.step))
        parts = (self.reference, self.kind.value, self.agreement, self.clock, self.threshold or "")
        return ":".join((*parts, self.instant.isoformat()))

    def announces(self, said: Announced) -> bool:
        """Whether *said* is what it asks to announce."""
        return self.kind.value == said.what.value and (
            (self.clock, self.agreement, self.threshold, self.instant)
            == (said.clock, said.agreement, said.threshold, in_utc(said.instant))
        )


@frozen
class Outlook:
    """What has fallen due, the earliest first, and when to look again.

    ``look_again_at`` is the first instant at which there is something to do: in the past as
    long as there are ``items``, ``None`` where there never will be as things stand.
    ``untold`` says what cannot be told, and why.
    """

    items: tuple[DueItem, ...]
    look_again_at: datetime | None
    untold: tuple[str, ...] = ()


def outlook(
    incident: Incident,
    readings: Iterable[Reading],
    closing: Closing,
    at: datetime,
    *,
    update: NextUpdate,
    untold: Iterable[str],
    refusal: Callable[[], str],
    escalation: EscalationOutlook,
) -> Outlook:
    """What has fallen due by *at* and was not announced yet, from clocks, closing, escalations.

    *update* is when there must be word again, *untold* are the clocks that are not among
    *readings*; *refusal* says why an incident whose time has come may not close, nothing where
    it may.
    """
    now = in_utc(at)
    items: list[DueItem] = []
    later: list[datetime] = []
    unknown = [*untold, *escalation.untold]
    for reading in readings:
        _warnings(incident, reading, now, items, later)
        try:
            _breach(incident, reading, now, items, later)
        except BEYOND as error:  # it is due when all that is known ends
            unknown.append(f"{reading.agreement}, {reading.name}: {error}")
    _update(incident, update, now, items, later)
    for step in escalation.steps:
        items.append(
            DueItem(
                kind=DueKind.ESCALATION,
                reference=incident.reference,
                at=step.at,
                instant=step.at,
                step=step,
            )
        )
    if not escalation.steps and escalation.look_again_at is not None:
        later.append(escalation.look_again_at)
    try:
        closes_at = closing.closes_at(incident)
    except BEYOND as error:
        closes_at = None
        unknown.append(f"closing: {error}")
    if closes_at is not None:
        closes = in_utc(closes_at)
        why = refusal() if closes <= now else ""
        if why:
            unknown.append(f"closing: {why}")
        elif closes <= now:
            items.append(
                DueItem(
                    kind=DueKind.AUTO_CLOSE,
                    reference=incident.reference,
                    at=closes,
                    instant=closes,
                )
            )
        else:
            later.append(closes)
    if unknown:  # until the calendar knows more, or the book is mended
        later.append(now + min(_DAY, _LATEST - now))
    found = tuple(sorted(items, key=lambda item: (item.at, item.identifier)))
    return Outlook(found, min([item.at for item in found] + later, default=None), tuple(unknown))


def _warnings(
    incident: Incident,
    reading: Reading,
    now: datetime,
    items: list[DueItem],
    later: list[datetime],
) -> None:
    if reading.stopped_at is not None:
        return
    for warning in reading.warnings:
        instant = in_utc(warning.at)
        if not warning.passed:
            # One that is read as of an earlier instant may not know of it.
            if reading.is_running and instant > now:
                later.append(instant)
            continue
        item = DueItem(
            kind=DueKind.WARNING,
            reference=incident.reference,
            at=instant,
            instant=instant,
            clock=reading.name,
            agreement=reading.agreement,
            threshold=str(warning.threshold),
        )
        if not _announced(incident, AnnouncementKind.WARNING, item, now):
            items.append(item)


def _breach(
    incident: Incident,
    reading: Reading,
    now: datetime,
    items: list[DueItem],
    later: list[datetime],
) -> None:
    if reading.due is None:
        return
    late = reading.late_from
    if not reading.breached or late is None:
        if late is not None and late > now:
            later.append(late)
        return
    item = DueItem(
        kind=DueKind.BREACH,
        reference=incident.reference,
        at=late,
        instant=in_utc(reading.due),
        clock=reading.name,
        agreement=reading.agreement,
    )
    if reading.state is not ClockState.CANCELLED and not _announced(
        incident, AnnouncementKind.BREACH, item, now
    ):
        items.append(item)


def _update(
    incident: Incident,
    update: NextUpdate,
    now: datetime,
    items: list[DueItem],
    later: list[datetime],
) -> None:
    if update.due_at is None or update.due_at == _LATEST:
        return
    item = DueItem(
        kind=DueKind.UPDATE,
        reference=incident.reference,
        at=update.due_at + _TICK,
        instant=update.due_at,
        clock="update",
        agreement="cadence",
    )
    if update.overdue is None:
        later.append(item.at)
    elif not _announced(incident, AnnouncementKind.UPDATE, item, now):
        items.append(item)


def _announced(incident: Incident, what: AnnouncementKind, item: DueItem, now: datetime) -> bool:
    said = Announced(now, what, item.clock, item.agreement, item.instant, item.threshold)
    return said.is_in(incident.timeline)
