"""Documents: exports in nested JSON, each document unrolled into rows that a mapping reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .flattening import flat
from .form import BrokenDocument, DocumentForm
from .jira import JIRA
from .pagerduty import PAGERDUTY
from .stream import Document, documents, is_json_line
from .zendesk import ZENDESK

__all__ = [
    "FORMS",
    "BrokenDocument",
    "Document",
    "DocumentForm",
    "documents",
    "flat",
    "form_of",
    "is_json_line",
]

FORMS: Final[tuple[DocumentForm, ...]] = (JIRA, PAGERDUTY, ZENDESK)
"""Every form that is known; the first that fits a document counts."""


def form_of(content: Mapping[str, Any]) -> DocumentForm | None:
    """The form that *content* has, or ``None``: then it is one row."""
    return next((form for form in FORMS if form.fits(content)), None)
