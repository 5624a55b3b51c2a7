"""Engines: those that a store makes, and those that it cannot work with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itilcore.errors import Defect, InvalidInput, MissingExtra

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

__all__: list[str] = []


def engine_of(url: str | URL) -> Engine:
    """An engine for *url*."""
    try:
        from sqlalchemy import create_engine, make_url
    except ImportError:
        raise MissingExtra("SQLAlchemy", "sql") from None
    from sqlalchemy.pool import QueuePool

    place = make_url(url)
    if _in_memory(place):
        # One connection that is lent to one thread at a time: the database is gone with it.
        return create_engine(
            place,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            connect_args={"check_same_thread": False},
        )
    return create_engine(place, pool_pre_ping=True)


def async_engine_of(url: str | URL) -> AsyncEngine:
    """An engine for *url* that is awaited."""
    try:
        from sqlalchemy import make_url
    except ImportError:
        raise MissingExtra("SQLAlchemy", "sql") from None
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import AsyncAdaptedQueuePool

    place = make_url(url)
    if _in_memory(place):
        return create_async_engine(
            place, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0
        )
    return create_async_engine(place, pool_pre_ping=True)


def checked(engine: Engine) -> None:
    """Refuse an *engine* whose threads would find themselves in each other's transactions.

    Or each with a database in memory of its own.
    """
    from sqlalchemy.pool import SingletonThreadPool, StaticPool

    if isinstance(engine.pool, SingletonThreadPool | StaticPool):
        pool = type(engine.pool).__name__
        problem = (
            f"is {pool}: transactions would share a connection, or threads have a database "
            "each; take a QueuePool of pool_size=1 and max_overflow=0, or open() of the store"
        )
        raise InvalidInput("engine", [Defect("pool", problem)])


def _in_memory(place: URL) -> bool:
    name = place.database or ":memory:"
    return place.get_backend_name() == "sqlite" and (name == ":memory:" or "mode=memory" in name)
