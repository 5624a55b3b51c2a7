"""Reconciliation: our clock beside what the tool recorded, and what explains the difference."""

from __future__ import annotations

from .reconciling import Disagreement, Explained, Reconciliation, reconcile
from .terminal import show_reconciliation

__all__ = ["Disagreement", "Explained", "Reconciliation", "reconcile", "show_reconciliation"]
