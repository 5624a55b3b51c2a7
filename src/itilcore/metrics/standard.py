"""The definitions that come with the library, as values: look at one, or make your own."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from itilcore.incident import Phase

from .count import BacklogMetric, CountMetric, RatioMetric
from .duration import DurationMetric, PhaseTime
from .hand_offs import MISROUTED, PING_PONG, TIER_1_SHARE, TRANSFERRED_OFTEN
from .metric import Metric
from .share import MixMetric, ShareMetric

__all__ = [
    "ACKNOWLEDGEMENT_SHARE",
    "BACKLOG",
    "DETECTION_SOURCES",
    "FCR",
    "FCR_PROXY",
    "FCR_PROXY_OF_ALL",
    "MTTA",
    "MTTR",
    "NEVER_REASSIGNED",
    "PRIORITY_CHANGED",
    "REASSIGNMENTS",
    "REOPENED_OF_ALL",
    "REOPENINGS",
    "REOPEN_RATE",
    "REOPEN_RATE_WITHIN_7_DAYS",
    "SLA_CLAIMED",
    "STANDARD",
    "TIME_ACTIVE",
    "TIME_OPEN",
    "TIME_RESOLVED",
    "TIME_TO_DETECT",
    "TIME_TO_FIRST_RESOLUTION",
    "TIME_WAITING",
]

_START = ("impact_started_at", "detected_at", "logged_at")
_RESOLUTION = ("resolved_at",)

MTTR: Final = DurationMetric(
    name="MTTR",
    definition=(
        "Time to resolve: from the start of the impact (else detection, else logging) to the last "
        "resolution that held, in hours of wall-clock time."
    ),
    unit="hours",
    cohort="resolved_at",
    start=_START,
    end=_RESOLUTION,
    missing="resolution",
    needs=(("impact_started_at", "detected_at", "logged_at"), ("resolved_at",)),
)
"""Mean time to resolve (decision: to the last Resolved that held)."""

TIME_TO_FIRST_RESOLUTION: Final = DurationMetric(
    name="TIME_TO_FIRST_RESOLUTION",
    definition=(
        "From the start of the impact (else detection, else logging) to the first resolution, "
        "whether or not it held, in hours of wall-clock time."
    ),
    unit="hours",
    cohort="first_resolved_at",
    start=_START,
    end=("first_resolved_at",),
    missing="resolution",
    needs=(("impact_started_at", "detected_at", "logged_at"), ("first_resolved_at",)),
)
"""The same to the first resolution: what a tool that forgets reopenings shows."""

MTTA: Final = DurationMetric(
    name="MTTA",
    definition=(
        "Time to acknowledge: from logging to the first acknowledgement by a person, or by an "
        "automation that took ownership, in hours of wall-clock time."
    ),
    unit="hours",
    cohort="logged_at",
    start=("logged_at",),
    end=("acknowledged_at",),
    missing="acknowledgement",
    needs=(("logged_at",), ("acknowledged_at",)),
)
"""Mean time to acknowledge."""

TIME_TO_DETECT: Final = DurationMetric(
    name="TIME_TO_DETECT",
    definition="From the start of the impact to its detection, in hours of wall-clock time.",
    unit="hours",
    cohort="detected_at",
    start=("impact_started_at",),
    end=("detected_at",),
    missing="detection",
    needs=(("impact_started_at",), ("detected_at",)),
)
"""Mean time to detect."""


def _phase(phase: Phase, words: str, until: str) -> PhaseTime:
    return PhaseTime(
        name=f"TIME_{phase.name}",
        definition=f"Time {words} of incidents that are {until}, all stays added up, in hours.",
        unit="hours",
        cohort="closed_at" if phase is Phase.RESOLVED else "resolved_at",
        phase=phase,
        needs=(("first_status",),),
    )


TIME_OPEN: Final = _phase(Phase.OPEN, "waiting for work to start", "resolved or ended")
TIME_ACTIVE: Final = _phase(Phase.ACTIVE, "being worked on", "resolved or ended")
TIME_WAITING: Final = _phase(Phase.WAITING, "on hold", "resolved or ended")
TIME_RESOLVED: Final = _phase(Phase.RESOLVED, "resolved before the end", "ended")

FCR: Final = ShareMetric(
    name="FCR",
    definition=(
        "First contact resolution: of the incidents resolved, the share that tier 1 resolved in "
        "one interaction, with no hand-off and no reopening within 7 days."
    ),
    unit="share",
    cohort="first_resolved_at",
    criterion="first contact",
    window=timedelta(days=7),
    needs=(
        ("first_resolved_at",),
        ("resolved_tier",),
        ("interactions",),
        ("reassignments",),
        ("reopenings",),
    ),
)
"""First contact resolution."""

FCR_PROXY: Final = ShareMetric(
    name="FCR_PROXY",
    definition=(
        "Of the incidents resolved, the share never reassigned and never reopened: not first "
        "contact resolution, but what exports without tiers and contacts can show."
    ),
    unit="share",
    cohort="first_resolved_at",
    criterion="one group, once",
    needs=(("first_resolved_at",), ("reassignments",), ("reopenings",)),
)
"""A proxy for first contact resolution, under a name of its own."""

REOPEN_RATE: Final = ShareMetric(
    name="REOPEN_RATE",
    definition="Of the incidents resolved, the share reopened at least once.",
    unit="share",
    cohort="first_resolved_at",
    criterion="reopened",
    needs=(("first_resolved_at",), ("reopenings",)),
)
"""The reopen rate."""

REOPEN_RATE_WITHIN_7_DAYS: Final = REOPEN_RATE.within(timedelta(days=7))
"""The reopen rate, counting a reopening only within 7 days of the first resolution."""

FCR_PROXY_OF_ALL: Final = ShareMetric(
    name="FCR_PROXY_OF_ALL",
    definition="Of all incidents, resolved or not, the share never reassigned and never reopened.",
    unit="share",
    cohort="logged_at",
    criterion="one group, once",
    of_resolved=False,
    needs=(("reassignments",), ("reopenings",)),
)
NEVER_REASSIGNED: Final = ShareMetric(
    name="NEVER_REASSIGNED",
    definition="Of all incidents, the share that never moved from one group to another.",
    unit="share",
    cohort="logged_at",
    criterion="never reassigned",
    of_resolved=False,
    needs=(("reassignments",),),
)
REOPENED_OF_ALL: Final = ShareMetric(
    name="REOPENED_OF_ALL",
    definition="Of all incidents, resolved or not, the share reopened at least once.",
    unit="share",
    cohort="logged_at",
    criterion="reopened",
    of_resolved=False,
    needs=(("reopenings",),),
)
PRIORITY_CHANGED: Final = ShareMetric(
    name="PRIORITY_CHANGED",
    definition="Of all incidents with a priority, the share whose priority changed on the way.",
    unit="share",
    cohort="logged_at",
    criterion="priority changed",
    of_resolved=False,
    needs=(("priority",),),
)
SLA_CLAIMED: Final = ShareMetric(
    name="SLA_CLAIMED",
    definition="Of all incidents, the share that the source itself marks as within its SLA.",
    unit="share",
    cohort="logged_at",
    criterion="SLA met, as claimed",
    of_resolved=False,
    needs=(("sla_met",),),
)
REASSIGNMENTS: Final = CountMetric(
    name="REASSIGNMENTS",
    definition="Changes from one support group to another, per incident.",
    unit="count",
    cohort="logged_at",
    column="reassignments",
    unknown="reassignments unknown",
    needs=(("reassignments",),),
)
REOPENINGS: Final = CountMetric(
    name="REOPENINGS",
    definition="Reopenings, per incident, of all incidents.",
    unit="count",
    cohort="logged_at",
    column="reopenings",
    unknown="reopenings unknown",
    needs=(("reopenings",),),
)
BACKLOG: Final = BacklogMetric(
    name="BACKLOG",
    definition="Incidents logged and not yet resolved, closed or cancelled at the instant.",
    unit="incidents",
    cohort="logged_at",
    needs=(("logged_at",), ("status",)),
)
ACKNOWLEDGEMENT_SHARE: Final = RatioMetric(
    name="ACKNOWLEDGEMENT_SHARE",
    definition=(
        "Acknowledgement's share of the time to resolve: hours from logging to acknowledgement "
        "over hours from logging to the last resolution that held, both totals."
    ),
    unit="share",
    cohort="resolved_at",
    needs=(("logged_at",), ("acknowledged_at",), ("resolved_at",)),
)
DETECTION_SOURCES: Final = MixMetric(
    name="DETECTION_SOURCES",
    definition="How incidents came to light: the source of the detection, else the channel.",
    unit="share",
    cohort="logged_at",
    column="detection_source",
    unknown="source unknown",
    needs=(("detection_source",),),
)

STANDARD: Final[tuple[Metric, ...]] = (
    MTTR,
    MTTA,
    FCR,
    FCR_PROXY,
    REOPEN_RATE,
    REOPEN_RATE_WITHIN_7_DAYS,
    TIME_TO_FIRST_RESOLUTION,
    TIME_TO_DETECT,
    TIME_OPEN,
    TIME_ACTIVE,
    TIME_WAITING,
    TIME_RESOLVED,
    ACKNOWLEDGEMENT_SHARE,
    REASSIGNMENTS,
    REOPENINGS,
    NEVER_REASSIGNED,
    TRANSFERRED_OFTEN,
    PING_PONG,
    MISROUTED,
    TIER_1_SHARE,
    FCR_PROXY_OF_ALL,
    REOPENED_OF_ALL,
    PRIORITY_CHANGED,
    BACKLOG,
    DETECTION_SOURCES,
    SLA_CLAIMED,
)
"""Every metric that needs no settings of its own, in the order of a report."""
