"""Priority tables as their vendors publish them, typed as facts: impacts down, urgencies across.

They are independent of any file of vectors, so that a vector is checked and not repeated.
"""

from __future__ import annotations

from itilcore.priority import PriorityMatrix, PriorityTable

ITOP = PriorityMatrix.from_grid(
    [
        ["critical", "critical", "high", "low"],
        ["critical", "high", "medium", "low"],
        ["high", "medium", "medium", "low"],
    ],
    impacts=["a department", "a service", "a person"],
    urgencies=["critical", "high", "medium", "low"],
    priorities=["critical", "high", "medium", "low"],
)
"""Combodo iTop, the data model of its ITIL incident management."""

JSM = PriorityTable.from_grid(
    [
        ["Highest", "High", "Medium", "Low", "Lowest"],
        ["Highest", "High", "Medium", "Low", "Lowest"],
        ["High", "Medium", "Low", "Low", "Lowest"],
        ["Medium", "Low", "Lowest", "Low", "Lowest"],
    ],
    impacts=["Extensive", "Significant", "Moderate", "Minor"],
    urgencies=["Critical", "High", "Medium", "Low", "Lowest"],
    priorities=["Highest", "High", "Medium", "Low", "Lowest"],
)
"""Jira Service Management, "Create an impact urgency priority matrix"."""
