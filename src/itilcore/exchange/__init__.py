"""Exports in: a file of a ticketing system becomes incidents, by a mapping that is data."""

from __future__ import annotations

from .mapping import Column, Derivation, ExportMapping, builtin_names
from .reading import Reading, RejectedRow, detect, read

__all__ = [
    "Column",
    "Derivation",
    "ExportMapping",
    "Reading",
    "RejectedRow",
    "builtin_names",
    "detect",
    "read",
]
