"""Closing: when a resolved incident closes by itself, and how long it may be reopened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from attrs import field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Confirmed, Contacted, Direction, Incident, Phase, Resolved, in_utc
from itilcore.sla import BusinessDays
from itilcore.version import JSONValue

__all__ = ["Closing"]

_WORKING_WEEK: Final = "Mon-Fri 00:00-24:00"


def _working_week() -> BusinessCalendar:
    return BusinessCalendar.weekly(_WORKING_WEEK, tz="UTC")


@frozen(kw_only=True)
class Closing:
    """When a resolved incident closes without a confirmation, and until when it may be reopened.

    ``after`` so much time of ``calendar`` without an objection it closes; ``None`` is never.  An
    objection is a reopening, or a word of the requester since the resolution that no
    confirmation followed.  ``reopen_within`` so much time on the wall it may be reopened;
    ``None`` is always.  Raises `itilcore.errors.InvalidInput` for times of nothing or below.

    >>> Closing().after, str(Closing().reopen_within)
    (BusinessDays(days=3, snap='end_of_day'), '7 days, 0:00:00')
    """

    after: timedelta | BusinessDays | None = field(factory=lambda: BusinessDays(3))
    calendar: BusinessCalendar = field(factory=_working_week)
    reopen_within: timedelta | None = timedelta(days=7)

    def __attrs_post_init__(self) -> None:
        defects = []
        days = self.after.days if isinstance(self.after, BusinessDays) else 1
        if days < 1 or (isinstance(self.after, timedelta) and self.after <= timedelta()):
            defects.append(Defect("after", f"is {self.after}: it must be more than nothing"))
        if self.reopen_within is not None and self.reopen_within <= timedelta():
            problem = f"is {self.reopen_within}: it must be more than nothing"
            defects.append(Defect("reopen_within", problem))
        if defects:
            raise InvalidInput("closing", defects)

    def closes_at(self, incident: Incident) -> datetime | None:
        """When *incident* closes by itself: ``None`` where it is not resolved, or will not.

        A major incident never does.

        >>> from datetime import UTC
        >>> from itilcore.incident import Logged
        >>> friday = datetime(2026, 1, 2, 12, tzinfo=UTC)
        >>> print(Closing().closes_at(Incident.replay("INC1", [Logged(friday), Resolved(friday)])))
        2026-01-08 00:00:00+00:00
        """
        resolved_at = incident.facts.resolved_at
        if incident.is_major:
            return None  # a person closes it
        if incident.phase is not Phase.RESOLVED or resolved_at is None or self.after is None:
            return None
        if _objected(incident, resolved_at):
            return None
        if isinstance(self.after, BusinessDays):
            return self.calendar.add_days(resolved_at, self.after.days, snap=self.after.snap)
        return self.calendar.add(resolved_at, self.after)

    def may_be_reopened(self, incident: Incident, at: datetime) -> bool:
        """Whether *incident*, which is resolved, may be reopened at *at*.

        >>> Closing().may_be_reopened(Incident.replay("INC1", []), datetime(2026, 1, 2))
        False
        """
        resolved_at = incident.facts.resolved_at
        if resolved_at is None:
            return False
        return self.reopen_within is None or in_utc(at) - resolved_at <= self.reopen_within

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; the calendar by its version."""
        within = self.reopen_within
        return {
            "after": None if self.after is None else str(self.after),
            "calendar": self.calendar.version,
            "reopen_within": None if within is None else within.total_seconds(),
        }


def _objected(incident: Incident, resolved_at: datetime) -> bool:
    """Whether the requester's last word since the resolution is another than a confirmation."""
    for event in reversed(incident.timeline.events):
        if isinstance(event, Resolved | Confirmed):
            return False
        # A word from before the resolution that was written down late is no objection to it.
        if (
            isinstance(event, Contacted)
            and event.direction is Direction.INBOUND
            and event.at >= resolved_at
        ):
            return True
    return False
