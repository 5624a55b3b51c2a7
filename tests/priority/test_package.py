"""The front door of the package."""

from __future__ import annotations

import itilcore.priority


def test_the_exported_names() -> None:
    assert itilcore.priority.__all__ == [
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
    for name in itilcore.priority.__all__:
        assert hasattr(itilcore.priority, name)
