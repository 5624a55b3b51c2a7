"""Metrics: definitions as values, measured over incidents or their `Facts`."""

from __future__ import annotations

from itilcore.incident import Facts

from .cadence import CadenceMetric, CadenceResult
from .cost import DowntimeCost
from .cost_row import CostRow
from .count import BacklogMetric, CountMetric, RatioMetric
from .creep import CreepCount, PriorityCreep, priority_creep
from .duration import DurationMetric, PhaseTime
from .escalations import (
    ESCALATION_METRICS,
    ESCALATION_RATE,
    FUNCTIONAL_ESCALATION_RATE,
    HIERARCHIC_ESCALATION_RATE,
    TIME_TO_ESCALATE,
)
from .estimate import (
    ConfidenceInterval,
    bootstrap_interval,
    mean_interval,
    quantile,
    quantile_interval,
    wilson,
)
from .grade import DataGrade, Grade, GradeResult, Support
from .group_time import GroupTime, GroupTimes, time_in_groups
from .grouping import canonical, columns
from .hand_offs import (
    MISROUTED,
    PING_PONG,
    TIER_1_SHARE,
    TRANSFERRED_OFTEN,
    GroupHandOffs,
    HandOffQuality,
    hand_off_quality,
)
from .honesty import Honesty, honesty
from .honesty_report import HonestyCheck, HonestyReport
from .measuring import measure_all
from .metric import Metric
from .result import (
    BacklogResult,
    CostResult,
    CountResult,
    DurationResult,
    MixResult,
    RatioResult,
    Result,
    ShareResult,
)
from .share import MixMetric, ShareMetric
from .sla import SlaMetric, SlaResult
from .standard import (
    ACKNOWLEDGEMENT_SHARE,
    BACKLOG,
    DETECTION_SOURCES,
    FCR,
    FCR_PROXY,
    FCR_PROXY_OF_ALL,
    MTTA,
    MTTR,
    NEVER_REASSIGNED,
    PRIORITY_CHANGED,
    REASSIGNMENTS,
    REOPEN_RATE,
    REOPEN_RATE_WITHIN_7_DAYS,
    REOPENED_OF_ALL,
    REOPENINGS,
    SLA_CLAIMED,
    STANDARD,
    TIME_ACTIVE,
    TIME_OPEN,
    TIME_RESOLVED,
    TIME_TO_DETECT,
    TIME_TO_FIRST_RESOLUTION,
    TIME_WAITING,
)
from .survival import SurvivalCurve, kaplan_meier, kaplan_meier_median
from .trend import TrendTest, trend_test
from .vendors import KeptShare, VendorReliability, VendorTimes, VendorWaits, vendor_reliability

__all__ = [
    "ACKNOWLEDGEMENT_SHARE",
    "BACKLOG",
    "DETECTION_SOURCES",
    "ESCALATION_METRICS",
    "ESCALATION_RATE",
    "FCR",
    "FCR_PROXY",
    "FCR_PROXY_OF_ALL",
    "FUNCTIONAL_ESCALATION_RATE",
    "HIERARCHIC_ESCALATION_RATE",
    "MISROUTED",
    "MTTA",
    "MTTR",
    "NEVER_REASSIGNED",
    "PING_PONG",
    "PRIORITY_CHANGED",
    "REASSIGNMENTS",
    "REOPENED_OF_ALL",
    "REOPENINGS",
    "REOPEN_RATE",
    "REOPEN_RATE_WITHIN_7_DAYS",
    "SLA_CLAIMED",
    "STANDARD",
    "TIER_1_SHARE",
    "TIME_ACTIVE",
    "TIME_OPEN",
    "TIME_RESOLVED",
    "TIME_TO_DETECT",
    "TIME_TO_ESCALATE",
    "TIME_TO_FIRST_RESOLUTION",
    "TIME_WAITING",
    "TRANSFERRED_OFTEN",
    "BacklogMetric",
    "BacklogResult",
    "CadenceMetric",
    "CadenceResult",
    "ConfidenceInterval",
    "CostResult",
    "CostRow",
    "CountMetric",
    "CountResult",
    "CreepCount",
    "DataGrade",
    "DowntimeCost",
    "DurationMetric",
    "DurationResult",
    "Facts",
    "Grade",
    "GradeResult",
    "GroupHandOffs",
    "GroupTime",
    "GroupTimes",
    "HandOffQuality",
    "Honesty",
    "HonestyCheck",
    "HonestyReport",
    "KeptShare",
    "Metric",
    "MixMetric",
    "MixResult",
    "PhaseTime",
    "PriorityCreep",
    "RatioMetric",
    "RatioResult",
    "Result",
    "ShareMetric",
    "ShareResult",
    "SlaMetric",
    "SlaResult",
    "Support",
    "SurvivalCurve",
    "TrendTest",
    "VendorReliability",
    "VendorTimes",
    "VendorWaits",
    "bootstrap_interval",
    "canonical",
    "columns",
    "hand_off_quality",
    "honesty",
    "kaplan_meier",
    "kaplan_meier_median",
    "mean_interval",
    "measure_all",
    "priority_creep",
    "quantile",
    "quantile_interval",
    "time_in_groups",
    "trend_test",
    "vendor_reliability",
    "wilson",
]
