"""Transactions: how work is begun, tried again, and ended, on whatever database it is."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from itilcore.errors import Defect, InvalidInput, StorageFailure

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__: list[str] = []

T = TypeVar("T")

OFTEN: Final = 100
"""Attempts to change the mode of a file of SQLite that others use."""

ATTEMPTS: Final = 5
"""How often a write is tried that lost a race; the second try tells who won, as a rule."""

# Serialisation failure and deadlock of PostgreSQL; a snapshot of SQLite that has grown old.
_LOST: Final = frozenset({"40001", "40P01", "SQLITE_BUSY_SNAPSHOT"})


class Overtaken(Exception):
    """Somebody else has written since the transaction looked: it is to look again."""


def write(connection: Connection, work: Callable[[Connection], T], *, patience: float) -> T:
    """What *work* returns, after a transaction of its own that stored all of it or nothing.

    *patience* is how many seconds SQLite waits for another writer.
    """
    return _tried(lambda: _alone(connection, work, patience))


def write_within(connection: Connection, work: Callable[[Connection], T], *, patience: float) -> T:
    """What *work* returns, as a part of the transaction that *connection* is in.

    A part that fails is taken back alone; the rest of the transaction stays.
    """
    _begin(connection, patience)

    def part() -> T:
        with connection.begin_nested():
            return work(connection)

    return _tried(part)


def _alone(connection: Connection, work: Callable[[Connection], T], patience: float) -> T:
    try:
        # A "begin" that the engine's own listeners have sent, and in which nothing was done:
        # SQLite would not wait for another writer any more once this one has read in it.
        driver = _begun(connection)
        if connection.dialect.name == "sqlite" and driver.in_transaction:
            connection.exec_driver_sql("ROLLBACK")
        _begin(connection, patience)
        result = work(connection)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return result


def _tried(attempt: Callable[[], T]) -> T:
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except Exception as error:
            if not _overtaken(error):
                raise
    try:
        return attempt()
    except Overtaken:
        raise StorageFailure(f"was overtaken {ATTEMPTS} times by other writers") from None


def write_ahead(connection: Connection, patience: float) -> None:
    """Let SQLite's readers and its writer pass each other; the file remembers it."""
    driver = _begun(connection)
    if connection.dialect.name == "sqlite" and not driver.in_transaction:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(patience * 1_000)}")
        _change_mode(connection)


def _change_mode(connection: Connection) -> None:
    from sqlalchemy.exc import OperationalError

    for _ in range(OFTEN):
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except OperationalError as error:
            if getattr(error.orig, "sqlite_errorname", None) != "SQLITE_BUSY":
                raise
            # SQLite does not wait where the mode changes, as with others who open a new file
            # at the same moment; it does wait here.
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            connection.exec_driver_sql("ROLLBACK")
        else:
            return
    raise StorageFailure("database is locked")


def _begin(connection: Connection, patience: float) -> None:
    """Begin to write, where nothing is begun.

    SQLite takes its lock for writing at once: a transaction that reads first and then wants
    to write would be turned away by another one without waiting.
    """
    driver = _begun(connection)
    # Python's own sqlite3 has -1 for the mode in which it begins by itself.
    if getattr(driver, "autocommit", False) is True:
        problem = "commits every statement by itself (AUTOCOMMIT): nothing would be atomic"
        raise InvalidInput("engine", [Defect("isolation_level", problem)])
    if connection.dialect.name == "sqlite" and not driver.in_transaction:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(patience * 1_000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begun(connection: Connection) -> Any:
    """The driver's own connection, after a "begin" of SQLAlchemy's, which sends nothing yet."""
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.driver_connection


@contextmanager
def failures() -> Generator[None]:
    """Whatever the database or its driver says is a `StorageFailure`."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        yield
    except DBAPIError as error:
        raise StorageFailure(str(error.orig).strip()) from error
    except (SQLAlchemyError, OSError) as error:
        raise StorageFailure(str(error)) from error


def _overtaken(error: Exception) -> bool:
    from sqlalchemy.exc import DBAPIError, IntegrityError

    if isinstance(error, Overtaken | IntegrityError):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else None
    codes = {getattr(cause, name, None) for name in ("sqlstate", "sqlite_errorname")}
    return not codes.isdisjoint(_LOST)
