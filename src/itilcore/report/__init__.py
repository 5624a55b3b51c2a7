"""What people look at: the report as a value, in the terminal, as a page and as JSON."""

from __future__ import annotations

from .build import MatrixSeen, Report, build
from .page import page
from .pieces import Piece
from .terminal import show
from .text import plain

__all__ = ["MatrixSeen", "Piece", "Report", "build", "page", "plain", "show"]
