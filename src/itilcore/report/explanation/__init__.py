"""One incident explained: its lanes, its events, and what each metric counted for it and why."""

from __future__ import annotations

from .counted import Counted
from .explaining import Explanation, Happening, explain
from .html import explanation_page
from .terminal import show_explanation

__all__ = [
    "Counted",
    "Explanation",
    "Happening",
    "explain",
    "explanation_page",
    "show_explanation",
]
