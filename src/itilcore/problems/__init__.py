"""What is behind incidents: alerts that are one, duplicates, recurrence, rhythm, known errors."""

from __future__ import annotations

from .alerts import Alert, AlertGroup, AlertPolicy, group_alerts
from .false_alerts import FalsePositives, false_positive_share
from .fingerprints import fingerprint
from .precedence import Precedence, precedence
from .records import Problem, offered
from .recurrence import Candidate, Occurrence, recurrences
from .rhythm import Period, Rhythm, rhythms
from .rules import ComingBack, ProblemRules, RecurrenceRules, SimilarRules, report_of
from .similar import Report, SimilarReports, Suggestion

__all__ = [
    "Alert",
    "AlertGroup",
    "AlertPolicy",
    "Candidate",
    "ComingBack",
    "FalsePositives",
    "Occurrence",
    "Period",
    "Precedence",
    "Problem",
    "ProblemRules",
    "RecurrenceRules",
    "Report",
    "Rhythm",
    "SimilarReports",
    "SimilarRules",
    "Suggestion",
    "false_positive_share",
    "fingerprint",
    "group_alerts",
    "offered",
    "precedence",
    "recurrences",
    "report_of",
    "rhythms",
]
