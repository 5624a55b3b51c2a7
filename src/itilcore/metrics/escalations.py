"""Escalations: how many incidents are escalated, to whom, and how long that takes."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from .duration import DurationMetric
from .metric import Metric
from .share import ShareMetric

__all__ = [
    "ESCALATION_METRICS",
    "ESCALATION_RATE",
    "FUNCTIONAL_ESCALATION_RATE",
    "HIERARCHIC_ESCALATION_RATE",
    "TIME_TO_ESCALATE",
]

ESCALATION_RATE: Final = ShareMetric(
    name="ESCALATION_RATE",
    definition="Of all incidents, the share escalated at least once, to other skills or a manager.",
    unit="share",
    cohort="logged_at",
    criterion="escalated",
    of_resolved=False,
    needs=(("escalations",),),
)
"""The share escalated, in either way."""

FUNCTIONAL_ESCALATION_RATE: Final = evolve(
    ESCALATION_RATE,
    name="FUNCTIONAL_ESCALATION_RATE",
    definition=(
        "Of all incidents, the share escalated at least once to other skills or a higher tier."
    ),
    criterion="escalated to other skills",
    needs=(("escalations",), ("hierarchic_escalations",)),
)
"""The share escalated to other skills or a higher tier."""

HIERARCHIC_ESCALATION_RATE: Final = evolve(
    ESCALATION_RATE,
    name="HIERARCHIC_ESCALATION_RATE",
    definition="Of all incidents, the share escalated at least once to a manager.",
    criterion="escalated to a manager",
    needs=(("hierarchic_escalations",),),
)
"""The share escalated to a manager."""

TIME_TO_ESCALATE: Final = DurationMetric(
    name="TIME_TO_ESCALATE",
    definition=(
        "From logging to the first escalation of incidents that were escalated, in hours of "
        "wall-clock time."
    ),
    unit="hours",
    cohort="logged_at",
    start=("logged_at",),
    end=("first_escalated_at",),
    missing="escalation",
    needs=(("logged_at",), ("first_escalated_at",)),
)
"""How long the first escalation takes to come."""

ESCALATION_METRICS: Final[tuple[Metric, ...]] = (
    ESCALATION_RATE,
    FUNCTIONAL_ESCALATION_RATE,
    HIERARCHIC_ESCALATION_RATE,
    TIME_TO_ESCALATE,
)
"""What a report adds where incidents were escalated."""
