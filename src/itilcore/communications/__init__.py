"""Who is told what: notifications, and the rules that write them."""

from __future__ import annotations

from .notification import Notification

__all__ = ["Notification"]
