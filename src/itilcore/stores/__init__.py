"""Stores: the ports to storage over real databases."""

from __future__ import annotations

__all__: list[str] = []
