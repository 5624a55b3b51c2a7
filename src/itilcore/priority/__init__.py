"""How much an incident matters: scales, matrices that prove themselves, and inference."""

from __future__ import annotations

from .inference import Contradiction, Inference, infer
from .lookup import PriorityRule
from .matrix import PriorityMatrix
from .override import Override
from .scales import Impact, Level, Priority, Severity, Urgency
from .table import PriorityTable

__all__ = [
    "Contradiction",
    "Impact",
    "Inference",
    "Level",
    "Override",
    "Priority",
    "PriorityMatrix",
    "PriorityRule",
    "PriorityTable",
    "Severity",
    "Urgency",
    "infer",
]
