"""Access to the tables over a connection, however that came to be: awaited or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from attrs import define, evolve, field

from . import schema
from .tables import Tables
from .transactions import write, write_ahead, write_within

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__: list[str] = []

T = TypeVar("T")


@define(eq=False)
class Access:
    """What a store knows besides its engine.

    ``patience`` is how many seconds SQLite waits for another writer; ``within`` says that the
    transactions are somebody else's.
    """

    tables: Tables
    patience: float
    within: bool = False
    ready: bool = field(default=False, kw_only=True)

    def inside(self) -> Access:
        """The same within a transaction of the caller's."""
        return evolve(self, within=True)

    def create(self, connection: Connection) -> None:
        """Make the schema, or bring it up to date."""
        if not self.within:
            write_ahead(connection, self.patience)
        self._written(connection, schema.create)
        self.ready = True

    def read(self, connection: Connection, work: Callable[[Connection, Tables], T]) -> T:
        """What *work* finds."""
        self._check(connection)
        return work(connection, self.tables)

    def write(self, connection: Connection, work: Callable[[Connection, Tables], T]) -> T:
        """What *work* returns after it has stored all that it does."""
        self._check(connection)
        return self._written(connection, work)

    def _written(self, connection: Connection, work: Callable[[Connection, Tables], T]) -> T:
        transaction = write_within if self.within else write
        return transaction(connection, lambda on: work(on, self.tables), patience=self.patience)

    def _check(self, connection: Connection) -> None:
        # Once is enough: nothing takes a schema back, and a newer one comes with a new program.
        if not self.ready:
            schema.check(connection, self.tables)
            self.ready = True
