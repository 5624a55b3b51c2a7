"""Engines: those that a store makes, and those that it cannot work with."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from itilcore.errors import Defect, InvalidInput, MissingExtra

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

__all__: list[str] = []

_TWIN: Final = "use AsyncSqlAlchemyStore, or a driver such as sqlite:// or postgresql+psycopg://"
_AWAITED: Final = "use SqlAlchemyStore, or a driver such as sqlite+aiosqlite://"


def engine_of(url: str | URL) -> Engine:
    """An engine for *url*."""
    place = _place(url)
    from sqlalchemy import create_engine
    from sqlalchemy.pool import QueuePool

    if _in_memory(place):
        # One connection that is lent to one thread at a time: the database is gone with it.
        options: dict[str, Any] = {
            "poolclass": QueuePool,
            "pool_size": 1,
            "max_overflow": 0,
            "connect_args": {"check_same_thread": False},
        }
    else:
        options = {"pool_pre_ping": True}
    with _addresses():
        if place.get_dialect().is_async:
            raise _refused(f"has the driver {place.drivername}, which is awaited: {_TWIN}")
        return create_engine(place, **options)


def async_engine_of(url: str | URL) -> AsyncEngine:
    """An engine for *url* that is awaited."""
    place = _place(url)
    from sqlalchemy.exc import InvalidRequestError
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import AsyncAdaptedQueuePool

    not_awaited = f"has the driver {place.drivername}, which is not awaited: {_AWAITED}"
    options: dict[str, Any] = {"pool_pre_ping": True}
    with _addresses():
        if _in_memory(place):
            if not place.get_dialect().is_async:
                raise _refused(not_awaited)
            options = {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}
        try:
            return create_async_engine(place, **options)
        except InvalidRequestError:
            raise _refused(not_awaited) from None


def checked(engine: Engine) -> None:
    """Refuse what is no *engine*, and one that a store cannot work with.

    Its threads would find themselves in each other's transactions, or each with a database in
    memory of its own.
    """
    from sqlalchemy import Engine

    if not isinstance(engine, Engine) or engine.dialect.is_async:
        raise _no_engine(engine, "an Engine of SQLAlchemy whose driver is not awaited")
    _check_pool(engine)


def checked_awaited(engine: AsyncEngine) -> None:
    """As `checked`, for one that is awaited."""
    from sqlalchemy.ext.asyncio import AsyncEngine

    if not isinstance(engine, AsyncEngine):
        raise _no_engine(engine, "an AsyncEngine of SQLAlchemy")
    _check_pool(engine.sync_engine)


def _check_pool(engine: Engine) -> None:
    from sqlalchemy.pool import SingletonThreadPool, StaticPool

    if isinstance(engine.pool, SingletonThreadPool | StaticPool):
        pool = type(engine.pool).__name__
        problem = (
            f"is {pool}: transactions would share a connection, or threads have a database "
            "each; take a QueuePool of pool_size=1 and max_overflow=0, or open() of the store"
        )
        raise InvalidInput("engine", [Defect("pool", problem)])


def _place(url: Any) -> URL:
    """Where *url* leads; not shown where it is none, for there may be a password in it."""
    try:
        from sqlalchemy import make_url
    except ImportError:
        raise MissingExtra("SQLAlchemy", "sql") from None
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number
        raise _refused("is no address of a database, such as sqlite:///desk.db") from None


@contextmanager
def _addresses() -> Generator[None]:
    """What SQLAlchemy says of an address is what is wrong with it."""
    from sqlalchemy.exc import ArgumentError

    try:
        yield
    except ArgumentError as error:
        raise _refused(f"cannot be used: {error}") from None
    except ImportError as error:
        raise _refused(f"needs a driver that is not installed: {error}") from None


def _refused(problem: str) -> InvalidInput:
    return InvalidInput("store", [Defect("url", problem)])


def _no_engine(given: object, words: str) -> InvalidInput:
    return InvalidInput("engine", [Defect("", f"is {given!r:.60}: give {words}")])


def _in_memory(place: URL) -> bool:
    name = place.database or ":memory:"
    return place.get_backend_name() == "sqlite" and (name == ":memory:" or "mode=memory" in name)
