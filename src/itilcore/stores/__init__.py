"""Stores: the ports to storage over memory and real databases."""

from __future__ import annotations

from .memory import MemoryStore
from .sqlalchemy import AsyncSqlAlchemyStore, SqlAlchemyStore
from .sqlite import SqliteStore
from .threaded import Threaded

__all__ = ["AsyncSqlAlchemyStore", "MemoryStore", "SqlAlchemyStore", "SqliteStore", "Threaded"]
