"""Which incidents a metric counts, and why it leaves one out, as small named rules.

A rule is known by its name, so that a definition stays a value that compares, hashes and
pickles; the names are the keys of `MISSING_END` and `CRITERIA`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from itilcore.incident import Facts, Phase

__all__ = [
    "ACKNOWLEDGEMENT_UNKNOWN",
    "CANCELLED",
    "CLOSED_UNRESOLVED",
    "ESCALATIONS_UNKNOWN",
    "ESCALATION_UNTOLD",
    "GROUP_UNKNOWN",
    "NEGATIVE",
    "NEVER_ESCALATED",
    "NOT_ACKNOWLEDGED_YET",
    "NOT_ESCALATED_YET",
    "NOT_RESOLVED_YET",
    "RESOLUTION_UNKNOWN",
    "RESOLVED_UNACKNOWLEDGED",
    "SOME_GROUPS_UNKNOWN",
    "START_UNKNOWN",
]

NOT_RESOLVED_YET: Final = "not resolved yet"
CANCELLED: Final = "cancelled"
CLOSED_UNRESOLVED: Final = "closed without a resolution"
RESOLUTION_UNKNOWN: Final = "instant of resolution unknown"
NOT_ESCALATED_YET: Final = "not escalated yet"
NEVER_ESCALATED: Final = "ended without an escalation"
ESCALATIONS_UNKNOWN: Final = "escalations unknown"
ESCALATION_UNTOLD: Final = "instant of the escalation unknown"
NOT_ACKNOWLEDGED_YET: Final = "not acknowledged yet"
RESOLVED_UNACKNOWLEDGED: Final = "resolved without an acknowledgement"
ACKNOWLEDGEMENT_UNKNOWN: Final = "acknowledgement unknown"
START_UNKNOWN: Final = "start unknown"
GROUP_UNKNOWN: Final = "group unknown"
SOME_GROUPS_UNKNOWN: Final = "some of the groups unknown"
NEGATIVE: Final = "ends before it starts"
BEYOND: Final = "outside the years that its calendar knows, or without open time"

CENSORING: Final = frozenset({NOT_RESOLVED_YET, NOT_ACKNOWLEDGED_YET, NOT_ESCALATED_YET})
"""Reasons that mean: still running, so that the time so far is known."""


def no_resolution(facts: Facts) -> str:
    """Why an incident has no resolution that held."""
    phase = facts.phase
    if phase is None or phase.is_unresolved:
        return NOT_RESOLVED_YET
    if phase is Phase.CANCELLED:
        return CANCELLED
    if phase is Phase.CLOSED and facts.closed_unresolved:
        return CLOSED_UNRESOLVED
    return RESOLUTION_UNKNOWN


def no_acknowledgement(facts: Facts) -> str:
    """Why an incident has no acknowledgement."""
    if not facts.acknowledgement_known:
        return ACKNOWLEDGEMENT_UNKNOWN
    if facts.phase is Phase.CANCELLED:
        return CANCELLED
    if facts.phase in (Phase.RESOLVED, Phase.CLOSED) or facts.resolved_at is not None:
        return RESOLVED_UNACKNOWLEDGED
    return NOT_ACKNOWLEDGED_YET


def no_detection(_facts: Facts) -> str:
    """Why an incident has no detection."""
    return "detection unknown"


def no_escalation(facts: Facts) -> str:
    """Why an incident has no first escalation."""
    if facts.escalations is None:
        return ESCALATIONS_UNKNOWN
    if facts.escalations:
        return ESCALATION_UNTOLD
    if facts.phase is Phase.CANCELLED:
        return CANCELLED
    if facts.phase is None or facts.phase.is_unresolved:
        return NOT_ESCALATED_YET
    return NEVER_ESCALATED


MISSING_END: Final[dict[str, Callable[[Facts], str]]] = {
    "resolution": no_resolution,
    "acknowledgement": no_acknowledgement,
    "detection": no_detection,
    "escalation": no_escalation,
}

MISSING_END_READS: Final[dict[str, tuple[str, ...]]] = {
    "resolution": ("phase", "closed_unresolved"),
    "acknowledgement": ("acknowledgement_known", "phase", "resolved_at"),
    "detection": (),
    "escalation": ("escalations", "phase"),
}
"""The columns that each rule reads."""

Verdict = bool | str
"""True or False where it is known; otherwise the reason why the incident is left out."""


def reopened(facts: Facts, window: timedelta | None) -> Verdict:
    """Reopened at least once, within *window* of the first resolution where that is given."""
    reopenings = facts.reopenings
    if reopenings is None:
        return "reopenings unknown"
    if not reopenings or window is None:
        return reopenings > 0
    if facts.first_reopened_at is None or facts.first_resolved_at is None:
        return "instant of the reopening unknown"
    return facts.first_reopened_at - facts.first_resolved_at <= window


def first_contact(facts: Facts, window: timedelta | None) -> Verdict:
    """Resolved by tier 1 in one interaction, not handed off, not reopened within the window."""
    if facts.resolved_tier is None:
        return "tier unknown"
    if facts.interactions is None:
        return "interactions unknown"
    if facts.reassignments is None:
        return "hand-offs unknown"
    again = reopened(facts, window)
    if isinstance(again, str):
        return again
    return (
        facts.resolved_tier == 1
        and facts.interactions <= 1
        and not facts.reassignments
        and not facts.hand_offs
        and not again
    )


def one_group_once(facts: Facts, _window: timedelta | None) -> Verdict:
    """Never reassigned and never reopened."""
    if facts.reassignments is None:
        return "reassignments unknown"
    if facts.reopenings is None:
        return "reopenings unknown"
    return not facts.reassignments and not facts.reopenings


def never_reassigned(facts: Facts, _window: timedelta | None) -> Verdict:
    """Never moved from one group to another."""
    return "reassignments unknown" if facts.reassignments is None else not facts.reassignments


def priority_changed(facts: Facts, _window: timedelta | None) -> Verdict:
    """Its priority changed on the way."""
    return "priority unknown" if facts.priority is None else facts.priority_changes > 0


def sla_met(facts: Facts, _window: timedelta | None) -> Verdict:
    """The source itself says that its SLA was met."""
    return "the source does not say" if facts.sla_met is None else facts.sla_met


def misrouted(facts: Facts, _window: timedelta | None) -> Verdict:
    """Resolved by another group than the one that had it first."""
    if facts.first_group is None or facts.resolving_group is None:
        return GROUP_UNKNOWN
    if not facts.groups_shown:
        return SOME_GROUPS_UNKNOWN
    return facts.first_group != facts.resolving_group


def ping_pong(facts: Facts, _window: timedelta | None) -> Verdict:
    """Came back at least once to the group before the last."""
    if facts.first_group is None:
        return GROUP_UNKNOWN
    return facts.ping_pongs > 0 if facts.groups_shown else SOME_GROUPS_UNKNOWN


def transferred_often(facts: Facts, _window: timedelta | None) -> Verdict:
    """Moved from one group to another three times or more."""
    return "reassignments unknown" if facts.reassignments is None else facts.reassignments >= 3


def tier_1(facts: Facts, _window: timedelta | None) -> Verdict:
    """Resolved, the last time, by tier 1."""
    return "tier unknown" if facts.resolved_tier is None else facts.resolved_tier == 1


def escalated(facts: Facts, _window: timedelta | None) -> Verdict:
    """Escalated at least once, in either way."""
    return ESCALATIONS_UNKNOWN if facts.escalations is None else facts.escalations > 0


def escalated_to_skill(facts: Facts, _window: timedelta | None) -> Verdict:
    """Escalated at least once to other skills or a higher tier."""
    if facts.escalations is None or facts.hierarchic_escalations is None:
        return ESCALATIONS_UNKNOWN
    return facts.escalations > facts.hierarchic_escalations


def escalated_to_manager(facts: Facts, _window: timedelta | None) -> Verdict:
    """Escalated at least once to a manager."""
    if facts.hierarchic_escalations is None:
        return ESCALATIONS_UNKNOWN
    return facts.hierarchic_escalations > 0


CRITERIA: Final[dict[str, Callable[[Facts, timedelta | None], Verdict]]] = {
    "reopened": reopened,
    "first contact": first_contact,
    "one group, once": one_group_once,
    "never reassigned": never_reassigned,
    "priority changed": priority_changed,
    "SLA met, as claimed": sla_met,
    "misrouted": misrouted,
    "ping-pong": ping_pong,
    "transferred often": transferred_often,
    "tier 1": tier_1,
    "escalated": escalated,
    "escalated to other skills": escalated_to_skill,
    "escalated to a manager": escalated_to_manager,
}

WINDOW_READS: Final = ("first_reopened_at", "first_resolved_at")
"""What is read of an incident for a window alone."""

_REOPENED = ("reopenings", *WINDOW_READS)
CRITERIA_READ: Final[dict[str, tuple[str, ...]]] = {
    "reopened": _REOPENED,
    "first contact": ("resolved_tier", "interactions", "reassignments", "hand_offs", *_REOPENED),
    "one group, once": ("reassignments", "reopenings"),
    "never reassigned": ("reassignments",),
    "priority changed": ("priority", "priority_changes"),
    "SLA met, as claimed": ("sla_met",),
    "misrouted": ("first_group", "resolving_group", "groups_shown"),
    "ping-pong": ("first_group", "ping_pongs", "groups_shown"),
    "transferred often": ("reassignments",),
    "tier 1": ("resolved_tier",),
    "escalated": ("escalations",),
    "escalated to other skills": ("escalations", "hierarchic_escalations"),
    "escalated to a manager": ("hierarchic_escalations",),
}
"""The columns that each criterion reads."""
