"""Who is told what: notifications, and the rules that write them."""

from __future__ import annotations

from .notification import Notification
from .rule import NotificationRule, notify, status_updates

__all__ = ["Notification", "NotificationRule", "notify", "status_updates"]
