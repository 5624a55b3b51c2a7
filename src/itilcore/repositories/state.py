"""The state of an incident in columns: what stores index and queries ask for."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from itilcore.incident import Incident

__all__ = ["IncidentState"]


@frozen(kw_only=True)
class IncidentState:
    """What a query can ask for, by name; derived from the events and never set by hand.

    ``category`` is its text, ``"Network > VPN"``.  Instants are in UTC.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Logged
    >>> logged = Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))
    >>> IncidentState.of(Incident.replay("INC1", [logged])).phase
    'open'
    """

    kind: str | None = None
    status: str | None = None
    phase: str | None = None
    priority: str | None = None
    group: str | None = None
    assignee: str | None = None
    requester: str | None = None
    category: str | None = None
    service: str | None = None
    logged_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None

    @classmethod
    def of(cls, incident: Incident) -> IncidentState:
        """The state that *incident* is in."""
        facts = incident.facts
        return cls(
            kind=None if facts.kind is None else facts.kind.value,
            status=None if facts.status is None else facts.status.name,
            phase=None if facts.phase is None else facts.phase.value,
            priority=None if facts.priority is None else facts.priority.name,
            group=facts.group,
            assignee=facts.assignee,
            requester=facts.requester,
            category=None if facts.category is None else str(facts.category),
            service=facts.service,
            logged_at=facts.logged_at,
            resolved_at=facts.resolved_at,
            closed_at=facts.closed_at,
        )
