"""Facts: the flat row of an incident, one column a thing that metrics can count."""

from __future__ import annotations

from datetime import UTC, datetime

from attrs import field, frozen

from itilcore.classification import Category, TicketKind
from itilcore.errors import require_aware
from itilcore.priority import Impact, Priority, Severity, Urgency

from .instant import in_utc
from .status import HoldReason, Phase, Status

__all__ = ["Facts"]


def _utc(value: datetime | None) -> datetime | None:
    # In UTC differences are durations; within one zone Python subtracts wall clocks.
    if value is None or value.tzinfo is UTC:
        return value
    return in_utc(require_aware("an instant of Facts", value))


@frozen(kw_only=True)
class Facts:
    """How one incident stood at one instant, as a flat row.  ``None`` is *unknown or not so*.

    State, as it stood at the end of what was folded:

    * ``reference``, ``kind``, ``status``, ``phase``, ``hold_reason``
    * ``priority``, ``computed_priority`` (what the rule gave where a person overrode it),
      ``impact``, ``urgency``, ``severity``
    * ``category``, ``service``, ``configuration_item`` (the asset that is affected), ``group``,
      ``assignee``, ``tier``, ``requester``, ``channel``, ``detection_source`` (of the
      detection; else the channel it was logged through)
    * ``first_status``: the status it was first seen in
    * ``first_group``: the first known group; ``resolving_group``: the group that had it at the
      last resolution, ``None`` where it was never resolved or nobody had it then

    Instants, given with any UTC offset and kept in UTC:

    * ``impact_started_at``, ``detected_at``, ``logged_at``, ``acknowledged_at`` (the first),
      ``first_resolved_at``, ``resolved_at`` (the last that held: ``None`` after a reopening),
      ``restored_at``, ``first_reopened_at``, ``first_escalated_at``, ``closed_at`` (closed or
      cancelled)
    * ``last_event_at``: the latest instant of any event

    Counts (``None`` = the source cannot tell):

    * ``reopenings``, ``reassignments`` (changes from one group to another), ``hand_offs``,
      ``interactions`` (exchanges with the requester, the logging one included),
      ``priority_changes``, ``escalations``, ``hierarchic_escalations`` (of these to a manager),
      ``resolved_tier``
    * ``ping_pongs``: how often the trail shows it coming back to the group before the last
    * ``backwards``: how often an event happened before the one in front of it

    Time in each phase, in seconds: ``open_seconds``, ``active_seconds``, ``waiting_seconds``,
    ``resolved_seconds``, ``unknown_seconds`` (the source did not show the status).  A phase
    that still lasts counts up to the instant folded to, or to the last event.

    Evidence:

    * ``was_resolved``: the trail shows the incident in a resolved status at least once
    * ``closed_unresolved``: the trail shows it closed straight from an unresolved status
    * ``resolved_by``: ``"trail"`` or ``"claim"``, what ``resolved_at`` rests on
    * ``acknowledgement_known``: ``False`` where the source is silent about acknowledgement
    * ``groups_shown``: ``False`` where the source is silent about reassignments, or claims more
      of them than the trail shows, so that there were groups which it does not show
    * ``sla_met``: what the source itself claims
    """

    reference: str
    kind: TicketKind | None = None
    status: Status | None = None
    phase: Phase | None = None
    hold_reason: HoldReason | None = None
    first_status: Status | None = None
    priority: Priority | None = None
    computed_priority: Priority | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    severity: Severity | None = None
    category: Category | None = None
    service: str | None = None
    configuration_item: str | None = None
    group: str | None = None
    first_group: str | None = None
    resolving_group: str | None = None
    assignee: str | None = None
    tier: int | None = None
    requester: str | None = None
    channel: str | None = None
    detection_source: str | None = None
    impact_started_at: datetime | None = field(default=None, converter=_utc)
    detected_at: datetime | None = field(default=None, converter=_utc)
    logged_at: datetime | None = field(default=None, converter=_utc)
    acknowledged_at: datetime | None = field(default=None, converter=_utc)
    first_resolved_at: datetime | None = field(default=None, converter=_utc)
    resolved_at: datetime | None = field(default=None, converter=_utc)
    restored_at: datetime | None = field(default=None, converter=_utc)
    first_reopened_at: datetime | None = field(default=None, converter=_utc)
    first_escalated_at: datetime | None = field(default=None, converter=_utc)
    closed_at: datetime | None = field(default=None, converter=_utc)
    last_event_at: datetime | None = field(default=None, converter=_utc)
    reopenings: int | None = None
    reassignments: int | None = None
    ping_pongs: int = 0
    hand_offs: int | None = None
    interactions: int | None = None
    priority_changes: int = 0
    escalations: int | None = None
    hierarchic_escalations: int | None = None
    resolved_tier: int | None = None
    backwards: int = 0
    open_seconds: float = 0.0
    active_seconds: float = 0.0
    waiting_seconds: float = 0.0
    resolved_seconds: float = 0.0
    unknown_seconds: float = 0.0
    was_resolved: bool = False
    closed_unresolved: bool = False
    resolved_by: str | None = None
    acknowledgement_known: bool = True
    groups_shown: bool = True
    sla_met: bool | None = None
