"""Who gets it: people, support groups, routing rules, rotas and hand-offs."""

from __future__ import annotations

from .people import Directory, Person, SupportGroup

__all__ = ["Directory", "Person", "SupportGroup"]
