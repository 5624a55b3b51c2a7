"""The policy book: all of a team's rules in one file."""

from __future__ import annotations

from .book import Book
from .closing import Closing
from .due import DueItem, DueKind, Outlook
from .loading import load, loads
from .starter import starter

__all__ = ["Book", "Closing", "DueItem", "DueKind", "Outlook", "load", "loads", "starter"]
