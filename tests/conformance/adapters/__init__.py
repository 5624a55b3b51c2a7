"""Adapters: how a vector of each kind is put to the library.

An adapter takes one vector, a mapping as in the schema of the file of facts, and asserts what
it expects.  Its ``calendar`` is the calendar itself, not its key, or ``None``.  To support
another kind, write a module here and name its function below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import priority

Vector = Mapping[str, Any]

ADAPTERS: Mapping[str, Callable[[Vector], None]] = {
    "priority": priority.check,
}
