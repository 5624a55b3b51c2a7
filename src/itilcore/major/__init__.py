"""Major incidents: candidates, who decides, roles in them, the timeline, the review."""

from __future__ import annotations

from .action import ActionsInTime, ReviewAction
from .candidates import CandidateRule, MajorFacts
from .document import TimelineDocument, TimelineRow, timeline_document
from .gaps import Gap
from .reminder import remind
from .review import REVIEW_PROMPTS, Review, ReviewPrompt, draft_review
from .rules import MajorIncidentRules
from .steps import MAJOR_STEPS, MajorStep

__all__ = [
    "MAJOR_STEPS",
    "REVIEW_PROMPTS",
    "ActionsInTime",
    "CandidateRule",
    "Gap",
    "MajorFacts",
    "MajorIncidentRules",
    "MajorStep",
    "Review",
    "ReviewAction",
    "ReviewPrompt",
    "TimelineDocument",
    "TimelineRow",
    "draft_review",
    "remind",
    "timeline_document",
]
