"""Who is told what: notifications and the rules that write them, updates and their cadence."""

from __future__ import annotations

from .audience import UPDATE_PARTS, Audience, Audiences
from .cadence import Cadence
from .cadences import Cadences
from .compliance import CadenceCompliance, cadence_compliance
from .expected import ExpectedUpdate, NextUpdate, UpdateOutcome
from .markdown import markdown_text
from .notification import Notification
from .rule import NotificationRule, notify, status_updates
from .update import StakeholderUpdate, tell_audiences

__all__ = [
    "UPDATE_PARTS",
    "Audience",
    "Audiences",
    "Cadence",
    "CadenceCompliance",
    "Cadences",
    "ExpectedUpdate",
    "NextUpdate",
    "Notification",
    "NotificationRule",
    "StakeholderUpdate",
    "UpdateOutcome",
    "cadence_compliance",
    "markdown_text",
    "notify",
    "status_updates",
    "tell_audiences",
]
