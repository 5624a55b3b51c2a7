"""A store over SQLAlchemy Core, for SQLite and PostgreSQL, answered or awaited."""

from __future__ import annotations

from .asynchronous import AsyncSqlAlchemyStore
from .synchronous import SqlAlchemyStore

__all__ = ["AsyncSqlAlchemyStore", "SqlAlchemyStore"]
