"""itilcore: ITIL incident management as a library.

Nothing is imported until it is asked for: ``import itilcore`` is cheap, and
``itilcore.metrics`` loads the metrics package on first use.
"""

from __future__ import annotations

import importlib
from types import ModuleType

__version__ = "0.1.0"

_PACKAGES = (
    "actor",
    "calendars",
    "classification",
    "codec",
    "communications",
    "decision",
    "desk",
    "errors",
    "escalation",
    "exchange",
    "given",
    "incident",
    "intake",
    "knowledge",
    "major",
    "metrics",
    "policy",
    "priority",
    "problems",
    "report",
    "repositories",
    "routing",
    "sample",
    "sla",
    "stores",
    "testing",
    "version",
    "words",
)

__all__ = ["__version__", *_PACKAGES]  # noqa: PLE0604  # texts, all of them; loaded lazily


def __getattr__(name: str) -> ModuleType:
    if name in _PACKAGES:
        return importlib.import_module(f"itilcore.{name}")
    raise AttributeError(f"module 'itilcore' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
