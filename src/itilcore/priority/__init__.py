"""How much an incident matters: scales, matrices that prove themselves, published definitions."""

from __future__ import annotations

from .adjustment import Adjustments, PriorityAdjustment
from .assessment import Assessment, assess
from .authority import Authority
from .declaring import Declaration, DeclarationRule, DeclarationRules
from .definitions import ImpactRules, UrgencyRules
from .facts import SituationFacts
from .inference import Contradiction, Inference, infer
from .level_rules import LevelRule, LevelRules
from .lookup import PriorityRule
from .matrix import PriorityMatrix
from .override import Override
from .scales import Impact, Level, Priority, Severity, Urgency
from .severity import SeverityDefinition, SeverityRules
from .table import PriorityTable

__all__ = [
    "Adjustments",
    "Assessment",
    "Authority",
    "Contradiction",
    "Declaration",
    "DeclarationRule",
    "DeclarationRules",
    "Impact",
    "ImpactRules",
    "Inference",
    "Level",
    "LevelRule",
    "LevelRules",
    "Override",
    "Priority",
    "PriorityAdjustment",
    "PriorityMatrix",
    "PriorityRule",
    "PriorityTable",
    "Severity",
    "SeverityDefinition",
    "SeverityRules",
    "SituationFacts",
    "Urgency",
    "UrgencyRules",
    "assess",
    "infer",
]
