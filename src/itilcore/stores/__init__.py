"""Stores: the ports to storage over memory and real databases, and what stores are made of."""

from __future__ import annotations

from .columns import checked_limit, cursor, escaped, instant, microseconds, position, unescaped
from .memory import MemoryStore
from .rows import from_json_text, json_text
from .sqlalchemy import AsyncSqlAlchemyStore, SqlAlchemyStore
from .sqlite import SqliteStore
from .threaded import Threaded

__all__ = [
    "AsyncSqlAlchemyStore",
    "MemoryStore",
    "SqlAlchemyStore",
    "SqliteStore",
    "Threaded",
    "checked_limit",
    "cursor",
    "escaped",
    "from_json_text",
    "instant",
    "json_text",
    "microseconds",
    "position",
    "unescaped",
]
