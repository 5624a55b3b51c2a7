"""The front door of the package."""

from __future__ import annotations

import itilcore.priority


def test_the_exported_names() -> None:
    assert itilcore.priority.__all__ == [
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
    for name in itilcore.priority.__all__:
        assert hasattr(itilcore.priority, name)
