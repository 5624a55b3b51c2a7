"""What people look at: the report as a value, in the terminal and as JSON."""

from __future__ import annotations

from .build import MatrixSeen, Report, build
from .terminal import show
from .text import plain

__all__ = ["MatrixSeen", "Report", "build", "plain", "show"]
