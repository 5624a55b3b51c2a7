"""What a ticket is, and what it is about."""

from __future__ import annotations

from .category import Category
from .kind import TicketKind

__all__ = ["Category", "TicketKind"]
