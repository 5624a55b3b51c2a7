"""A generated service desk, on the standard library alone: for demos, docs and tests."""

from __future__ import annotations

from .desk import generate
from .history import History, Step
from .servicenow import write_servicenow, write_servicenow_table

__all__ = ["History", "Step", "generate", "write_servicenow", "write_servicenow_table"]
