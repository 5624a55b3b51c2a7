"""Stores: the ports to storage over real databases."""

from __future__ import annotations

from .sqlalchemy import AsyncSqlAlchemyStore, SqlAlchemyStore

__all__ = ["AsyncSqlAlchemyStore", "SqlAlchemyStore"]
