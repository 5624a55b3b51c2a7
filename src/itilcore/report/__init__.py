"""What people look at: the report as a value, in the terminal, as a page and as JSON."""

from __future__ import annotations

from .athand import AtHand, ReportSource
from .build import MatrixSeen, Report, build
from .explanation import (
    Counted,
    Explanation,
    Happening,
    explain,
    explanation_page,
    show_explanation,
)
from .page import page
from .pieces import Piece
from .reconciliation import (
    Disagreement,
    Explained,
    Reconciliation,
    reconcile,
    show_reconciliation,
)
from .section import Section, SectionTable
from .terminal import show
from .text import plain

__all__ = [
    "AtHand",
    "Counted",
    "Disagreement",
    "Explained",
    "Explanation",
    "Happening",
    "MatrixSeen",
    "Piece",
    "Reconciliation",
    "Report",
    "ReportSource",
    "Section",
    "SectionTable",
    "build",
    "explain",
    "explanation_page",
    "page",
    "plain",
    "reconcile",
    "show",
    "show_explanation",
    "show_reconciliation",
]
