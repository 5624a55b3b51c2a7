"""How much an incident matters: scales, matrices that prove themselves, and inference."""

from __future__ import annotations

from .inference import Contradiction, Inference, infer
from .matrix import PriorityMatrix, PriorityRule, PriorityTable
from .scales import Impact, Level, Priority, Severity, Urgency

__all__ = [
    "Contradiction",
    "Impact",
    "Inference",
    "Level",
    "Priority",
    "PriorityMatrix",
    "PriorityRule",
    "PriorityTable",
    "Severity",
    "Urgency",
    "infer",
]
