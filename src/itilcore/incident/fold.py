"""The fold: one pass over a timeline that gives the current state and the `Facts`.

The only mutable thing of the package.  It lives as long as one pass and never leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

from itilcore.classification import Category, TicketKind
from itilcore.priority import Impact, Priority, Severity, Urgency

from . import events as ev
from .facts import Facts
from .instant import in_utc
from .status import HoldReason, Phase, Status

__all__ = ["Fold"]

MONITORING: Final = "monitoring"
_OPEN, _ACTIVE, _WAITING = Phase.OPEN, Phase.ACTIVE, Phase.WAITING
_RESOLVED, _CLOSED, _CANCELLED = Phase.RESOLVED, Phase.CLOSED, Phase.CANCELLED


def _seconds(start: datetime, end: datetime) -> float:
    """From start to end; 0 where the record runs backwards (the audit reports it)."""
    return max((in_utc(end) - start).total_seconds(), 0.0)


class Fold:
    """The state of a pass over events, which it changes as it goes: no value.

    Field names are those of `Facts` and `Incident`.  For rules that look at an incident after
    every event.

    >>> from itilcore.incident import Logged
    >>> at = datetime(2026, 1, 5, tzinfo=UTC)
    >>> str(Fold().run([Logged(at)]).status)
    'NEW'
    """

    __slots__ = (
        "_claims", "_group_before", "_last_group", "_seconds", "_settled", "_since",
        "acknowledged_at", "answers", "assignee", "backwards", "category", "channel", "closed_at",
        "closed_unresolved", "computed_priority", "configuration_item", "confirmed", "contacts",
        "detected_at", "detection_source", "escalations", "first_escalated_at", "first_group",
        "first_reopened_at", "first_resolved_at", "first_status", "group", "hand_offs",
        "hierarchic_escalations", "hold_reason", "impact",
        "impact_started_at", "kind", "last_at", "last_event_at", "links", "logged_at",
        "major_state", "override_reason", "phase", "ping_pongs", "priority", "priority_changes",
        "reassignments", "reopenings", "requester", "resolution", "resolved_at", "resolved_tier",
        "resolving_group", "restored_at", "service", "severity", "status", "tier", "title",
        "urgency", "was_resolved",
    )  # fmt: skip

    def __init__(self) -> None:
        self._claims: dict[str, Any] = {}
        self._group_before: str | None = None
        self._last_group: str | None = None
        self._seconds: dict[Phase | None, float] = {}
        self._settled = False
        self._since: datetime | None = None
        self.acknowledged_at: datetime | None = None
        self.answers: tuple[ev.Answer, ...] = ()
        self.assignee: str | None = None
        self.backwards = 0
        self.category: Category | None = None
        self.channel: str | None = None
        self.closed_at: datetime | None = None
        self.closed_unresolved = False
        self.computed_priority: Priority | None = None
        self.configuration_item: str | None = None
        self.confirmed = False
        self.contacts = 0
        self.detected_at: datetime | None = None
        self.detection_source: str | None = None
        self.escalations = 0
        self.first_escalated_at: datetime | None = None
        self.first_group: str | None = None
        self.first_reopened_at: datetime | None = None
        self.first_resolved_at: datetime | None = None
        self.first_status: Status | None = None
        self.group: str | None = None
        self.hand_offs = 0
        self.hierarchic_escalations = 0
        self.hold_reason: HoldReason | None = None
        self.impact: Impact | None = None
        self.impact_started_at: datetime | None = None
        self.kind: TicketKind | None = None
        self.last_at: datetime | None = None
        self.last_event_at: datetime | None = None
        self.links: list[tuple[ev.LinkKind, str]] = []
        self.logged_at: datetime | None = None
        self.major_state: ev.MajorState | None = None
        self.override_reason: str | None = None
        self.phase: Phase | None = None
        self.ping_pongs = 0
        self.priority: Priority | None = None
        self.priority_changes = 0
        self.reassignments = 0
        self.reopenings = 0
        self.requester: str | None = None
        self.resolution: ev.Resolved | None = None
        self.resolved_at: datetime | None = None
        self.resolved_tier: int | None = None
        self.resolving_group: str | None = None
        self.restored_at: datetime | None = None
        self.service: str | None = None
        self.severity: Severity | None = None
        self.status: Status | None = None
        self.tier: int | None = None
        self.title: str | None = None
        self.urgency: Urgency | None = None
        self.was_resolved = False

    def copy(self) -> Fold:
        """Another one in the same state, to go on from."""
        found = Fold.__new__(Fold)
        for name in Fold.__slots__:
            setattr(found, name, getattr(self, name))
        found._claims = dict(self._claims)
        found._seconds = dict(self._seconds)
        found.links = list(self.links)
        return found

    def run(self, events: Iterable[ev.Event]) -> Fold:
        """Take *events* in, in their order."""
        handlers = HANDLERS
        last = self.last_at
        latest = self.last_event_at
        for event in events:
            at = in_utc(event.at)
            if last is not None and at < last:
                self.backwards += 1
            last = at
            if latest is None or at > latest:
                latest = at
            handler = handlers.get(type(event))
            if handler is not None:
                handler(self, event)
        self.last_at = last
        self.last_event_at = latest
        return self

    def move(self, at: datetime, status: Status, hold_reason: HoldReason | None = None) -> None:
        """Be in *status* from *at* on, and draw what follows from it."""
        before = self.phase
        phase = status.phase
        if self._since is not None:
            spent = self._seconds
            spent[before] = spent.get(before, 0.0) + _seconds(self._since, at)
        self._since = at
        self.status = status
        self.phase = phase
        self.hold_reason = hold_reason
        if self.first_status is None:
            self.first_status = status
        if phase is _RESOLVED:
            self.resolve(at)
        elif phase is _CLOSED or phase is _CANCELLED:
            if self.closed_at is None:
                self.closed_at = at
                self.closed_unresolved = (
                    not self._settled and before is not None and before.is_unresolved
                )
            self._settled = True
        elif phase.is_unresolved:
            self.confirmed = False
            if self._settled:
                self.reopenings += 1
                if self.first_reopened_at is None:
                    self.first_reopened_at = at
                self.restored_at = None
            self._settled = False
            self.resolved_at = None
            self.closed_at = None
            self.closed_unresolved = False

    def resolve(self, at: datetime) -> None:
        """Be resolved from *at* on, unless it is so already."""
        self.was_resolved = True
        self.closed_at = None
        self.closed_unresolved = False
        if not self._settled or self.resolved_at is None:
            self.resolved_at = at
            self.resolved_tier = self.tier
            self.resolving_group = self.group
            if self.first_resolved_at is None:
                self.first_resolved_at = at
        self._settled = True

    def assign(self, group: str | None, assignee: str | None, tier: int | None) -> None:
        """Belong to *group* and *assignee* from now on."""
        self.group = group
        self.assignee = assignee
        self.tier = tier
        last = self._last_group
        if group is not None and group != last:
            if last is None:
                self.first_group = group
            else:
                self.reassignments += 1
                if group == self._group_before:
                    self.ping_pongs += 1
            self._group_before = last
            self._last_group = group

    def prioritise(
        self, impact: Impact | None, urgency: Urgency | None, priority: Priority | None
    ) -> None:
        """Have these from now on."""
        self.impact = impact
        self.urgency = urgency
        if priority != self.priority:
            if self.priority is not None and priority is not None:
                self.priority_changes += 1
            self.priority = priority

    def claim(self, name: str, natural: Any) -> Any:
        """What the source claims about *name*; what the trail shows where it claims nothing."""
        return self._claims.get(name, natural)

    def claims(self, claims: Iterable[ev.Claim]) -> None:
        """Take what the source claims; a later claim replaces an earlier one."""
        self._claims.update(claims)

    def _instant(self, name: str, natural: datetime | None, at: datetime | None) -> datetime | None:
        if name not in self._claims:
            return natural
        claimed: datetime | None = self._claims[name]
        # A column repeats its final value on early rows: what lies after `at` is not yet so.
        return None if claimed is None or (at is not None and claimed > in_utc(at)) else claimed

    def _interactions(self) -> int | None:
        # No channel and no contact is no evidence of an interaction, and none of none either.
        first = 0 if self.channel == MONITORING else 1
        natural = None if self.channel is None and not self.contacts else self.contacts
        if natural is not None and self.channel is not None:
            natural += first
        count: int | None = self.claim("interactions", natural)
        return count

    def facts(self, reference: str, at: datetime | None) -> Facts:
        """The row, as of *at*, or as of the last event where *at* is ``None``."""
        seconds = self._seconds
        phase = self.phase
        until = at if at is not None else self.last_event_at
        running = 0.0
        if self._since is not None and until is not None and (phase is None or not phase.is_end):
            running = _seconds(self._since, until)
        resolved_at = self.resolved_at
        first_resolved_at = self.first_resolved_at
        resolved_by = None if resolved_at is None else "trail"
        if "resolved_at" in self._claims:
            claimed = self._instant("resolved_at", None, at)
            # A claim does not outweigh a trail that shows the incident open again.
            standing = phase is None or not phase.is_unresolved
            resolved_at = claimed if standing else None
            resolved_by = None if resolved_at is None else "claim"
            if first_resolved_at is None or not self.reopenings:
                first_resolved_at = claimed
        reassignments: int | None = self.claim("reassignments", self.reassignments)
        escalations: int | None = self.claim("escalations", self.escalations)
        return Facts(
            reference=reference,
            kind=self.kind,
            status=self.status,
            phase=phase,
            hold_reason=self.hold_reason,
            first_status=self.first_status,
            priority=self.priority,
            computed_priority=self.computed_priority,
            impact=self.impact,
            urgency=self.urgency,
            severity=self.severity,
            category=self.category,
            service=self.service,
            configuration_item=self.configuration_item,
            group=self.group,
            first_group=self.first_group,
            resolving_group=self.resolving_group,
            assignee=self.assignee,
            tier=self.tier,
            requester=self.requester,
            channel=self.channel,
            detection_source=self.detection_source or self.channel,
            impact_started_at=self._instant("impact_started_at", self.impact_started_at, at),
            detected_at=self._instant("detected_at", self.detected_at, at),
            logged_at=self.logged_at,
            acknowledged_at=self._instant("acknowledged_at", self.acknowledged_at, at),
            first_resolved_at=first_resolved_at,
            resolved_at=resolved_at,
            restored_at=self.restored_at,
            first_reopened_at=self.first_reopened_at,
            first_escalated_at=self._instant("first_escalated_at", self.first_escalated_at, at),
            closed_at=self._instant("closed_at", self.closed_at, at),
            last_event_at=self.last_event_at,
            reopenings=self.claim("reopenings", self.reopenings),
            reassignments=reassignments,
            ping_pongs=self.ping_pongs,
            hand_offs=self.claim("hand_offs", self.hand_offs),
            interactions=self._interactions(),
            priority_changes=self.priority_changes,
            escalations=escalations,
            hierarchic_escalations=(
                self.hierarchic_escalations if escalations == self.escalations else None
            ),
            resolved_tier=self.resolved_tier,
            backwards=self.backwards,
            open_seconds=seconds.get(_OPEN, 0.0) + (running if phase is _OPEN else 0.0),
            active_seconds=seconds.get(_ACTIVE, 0.0) + (running if phase is _ACTIVE else 0.0),
            waiting_seconds=seconds.get(_WAITING, 0.0) + (running if phase is _WAITING else 0.0),
            resolved_seconds=seconds.get(_RESOLVED, 0.0) + (running if phase is _RESOLVED else 0.0),
            unknown_seconds=seconds.get(Phase.UNKNOWN, 0.0)
            + seconds.get(None, 0.0)
            + (running if phase is None or phase is Phase.UNKNOWN else 0.0),
            was_resolved=self.was_resolved,
            closed_unresolved=self.closed_unresolved,
            resolved_by=resolved_by,
            acknowledgement_known=self._claims.get("acknowledged_at", UTC) is not None,
            groups_shown=isinstance(reassignments, int) and reassignments <= self.reassignments,
            sla_met=self._claims.get("sla_met"),
        )


def _logged(fold: Fold, event: ev.Logged) -> None:
    if fold.logged_at is None:
        fold.logged_at = event.at
    fold.title = event.title
    fold.requester = event.requester
    fold.channel = event.channel
    if event.status is not None:
        fold.move(event.at, event.status)
    elif fold._since is None:
        fold._since = event.at


def _impact_started(fold: Fold, event: ev.ImpactStarted) -> None:
    if fold.impact_started_at is None:
        fold.impact_started_at = event.at


def _detected(fold: Fold, event: ev.Detected) -> None:
    if fold.detected_at is None:
        fold.detected_at = event.at
        fold.detection_source = event.source


def _classified(fold: Fold, event: ev.Classified) -> None:
    fold.kind, fold.category, fold.service = event.kind, event.category, event.service
    if event.configuration_item is not None:
        fold.configuration_item = event.configuration_item or None


def _prioritised(fold: Fold, event: ev.Prioritised) -> None:
    fold.prioritise(event.impact, event.urgency, event.priority)
    fold.computed_priority = event.computed
    fold.override_reason = event.reason


def _severity_declared(fold: Fold, event: ev.SeverityDeclared) -> None:
    fold.severity = event.severity


def _acknowledged(fold: Fold, event: ev.Acknowledged) -> None:
    if fold.acknowledged_at is None:
        fold.acknowledged_at = event.at


def _assigned(fold: Fold, event: ev.Assigned) -> None:
    fold.assign(event.group, event.assignee, event.tier)


def _status_changed(fold: Fold, event: ev.StatusChanged | ev.Held) -> None:
    fold.move(event.at, event.status, event.hold_reason)


def _escalated(fold: Fold, event: ev.Escalated) -> None:
    fold.escalations += 1
    if event.kind is ev.EscalationKind.HIERARCHIC:
        fold.hierarchic_escalations += 1
    first = fold.first_escalated_at
    # One that was written down late may have come first.
    if first is None or in_utc(event.at) < in_utc(first):
        fold.first_escalated_at = event.at


def _handed_off(fold: Fold, event: ev.HandedOff) -> None:
    fold.hand_offs += 1
    fold.assign(event.group, event.assignee, event.tier)


def _contacted(fold: Fold, _event: ev.Contacted) -> None:
    fold.contacts += 1


def _answered(fold: Fold, event: ev.Answered) -> None:
    fold.answers = tuple(sorted(dict(fold.answers + event.answers).items()))


def _resolved(fold: Fold, event: ev.Resolved) -> None:
    fold.resolution = event
    fold.confirmed = False
    if event.status.phase is Phase.CLOSED:
        # A team may resolve straight into a closed status: it is a resolution all the same.
        fold.resolve(event.at)
    fold.move(event.at, event.status)


def _confirmed(fold: Fold, _event: ev.Confirmed) -> None:
    fold.confirmed = True


def _restored(fold: Fold, event: ev.Restored) -> None:
    fold.restored_at = event.at


def _moved(fold: Fold, event: ev.Closed | ev.Cancelled) -> None:
    fold.move(event.at, event.status)


def _reopened(fold: Fold, event: ev.Reopened) -> None:
    fold.resolution = None
    fold.move(event.at, event.status)


def _linked(fold: Fold, event: ev.Linked) -> None:
    link = (event.kind, event.reference)
    if link not in fold.links:
        fold.links.append(link)


def _major_incident_marked(fold: Fold, event: ev.MajorIncidentMarked) -> None:
    fold.major_state = event.state


def _observed(fold: Fold, event: ev.Observed) -> None:
    fold.kind, fold.category, fold.service = event.kind, event.category, event.service
    fold.configuration_item = event.configuration_item or None
    fold.prioritise(event.impact, event.urgency, event.priority)
    fold.assign(event.group, event.assignee, event.tier)
    if event.status is not None:
        fold.move(event.at, event.status, event.hold_reason)


def _asserted(fold: Fold, event: ev.Asserted) -> None:
    fold.claims(event.claims)


# An event that has no row here changes nothing: notes, updates, announcements, adopted policies.
HANDLERS: Final[dict[type[ev.Event], Callable[[Fold, Any], None]]] = {
    ev.Logged: _logged,
    ev.ImpactStarted: _impact_started,
    ev.Detected: _detected,
    ev.Classified: _classified,
    ev.Prioritised: _prioritised,
    ev.SeverityDeclared: _severity_declared,
    ev.Acknowledged: _acknowledged,
    ev.Assigned: _assigned,
    ev.StatusChanged: _status_changed,
    ev.Held: _status_changed,
    ev.Escalated: _escalated,
    ev.HandedOff: _handed_off,
    ev.Contacted: _contacted,
    ev.Answered: _answered,
    ev.Resolved: _resolved,
    ev.Confirmed: _confirmed,
    ev.Restored: _restored,
    ev.Closed: _moved,
    ev.Cancelled: _moved,
    ev.Reopened: _reopened,
    ev.Linked: _linked,
    ev.MajorIncidentMarked: _major_incident_marked,
    ev.Observed: _observed,
    ev.Asserted: _asserted,
}
