"""What was promised, and the clock: targets, agreements, readings that give an account."""

from __future__ import annotations

from .agreement import BEYOND, Agreement, AgreementKind
from .clock import Change
from .condition import Condition, Conditions
from .conventions import Conventions, Reopening, Retargeting, TargetKind
from .reading import ClockState, Entry, PastCycle, Reading, Warned
from .target import Applies, BusinessDays, Target, Threshold

__all__ = [
    "BEYOND",
    "Agreement",
    "AgreementKind",
    "Applies",
    "BusinessDays",
    "Change",
    "ClockState",
    "Condition",
    "Conditions",
    "Conventions",
    "Entry",
    "PastCycle",
    "Reading",
    "Reopening",
    "Retargeting",
    "Target",
    "TargetKind",
    "Threshold",
    "Warned",
]
