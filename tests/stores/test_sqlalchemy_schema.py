"""The schema of the SQLAlchemy store: made, brought up to date, refused, beside others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from itilcore.errors import NewerSchema, StorageFailure
from itilcore.repositories import Query
from itilcore.stores import SqlAlchemyStore

from .postgres import Server
from .sqlalchemy_cases import created, noted


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.database()


@pytest.fixture
def engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def shape(connection: Connection) -> dict[str, Any]:
    """All tables with their columns, keys and indexes, as the database tells them."""
    found = inspect(connection)
    return {
        name: (
            [(column["name"], str(column["type"])) for column in found.get_columns(name)],
            sorted(index(each) for each in found.get_indexes(name)),
            found.get_pk_constraint(name)["constrained_columns"],
            sorted(tuple(each["column_names"]) for each in found.get_unique_constraints(name)),
        )
        for name in found.get_table_names()
    }


def index(found: Any) -> tuple[str, ...]:
    options = found.get("dialect_options", {})
    where = [str(options[name]) for name in sorted(options) if name.endswith("_where")]
    return (found["name"], *found["column_names"], f"unique: {bool(found['unique'])}", *where)


def version_is(engine: Engine, version: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE itilcore_settings SET number = :version WHERE name = 'schema'"),
            {"version": version},
        )


def test_made_once_and_then_left_alone(engine: Engine) -> None:
    store = SqlAlchemyStore(engine)
    store.create_schema()
    store.commit(created())
    SqlAlchemyStore(engine).create_schema()
    assert store.get("INC1").version == 1


def test_nothing_is_done_without_a_schema(engine: Engine) -> None:
    with pytest.raises(StorageFailure, match=r"call create_schema\(\)"):
        SqlAlchemyStore(engine).get("INC1")


def test_an_older_schema_is_refused_until_it_is_brought_up_to_date(engine: Engine) -> None:
    store = SqlAlchemyStore(engine)
    store.create_schema()
    store.commit(created())
    with engine.begin() as connection:
        fresh = shape(connection)
        connection.execute(text("DROP INDEX notifications_waiting"))
        older = shape(connection)
    assert older != fresh
    version_is(engine, 1)
    store = SqlAlchemyStore(engine)
    with pytest.raises(StorageFailure, match=r"version 1, this itilcore needs 2"):
        store.find(Query())
    store.create_schema()
    assert store.commit(noted(1)).version == 2
    with engine.connect() as connection:
        assert shape(connection) == fresh


def test_a_newer_schema_is_refused(engine: Engine) -> None:
    SqlAlchemyStore(engine).create_schema()
    version_is(engine, 3)
    store = SqlAlchemyStore(engine)
    with pytest.raises(NewerSchema) as caught:
        store.commit(created())
    assert (caught.value.found, caught.value.known) == (3, 2)
    with pytest.raises(NewerSchema):
        store.create_schema()


def test_a_table_of_somebody_else_is_never_taken_for_ours(engine: Engine, url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE events (name TEXT)"))
        before = shape(connection)
    store = SqlAlchemyStore(engine)
    with pytest.raises(StorageFailure, match="already exists"):
        store.create_schema()
    with pytest.raises(StorageFailure, match="already exists"):
        SqlAlchemyStore.open(url)
    with engine.connect() as connection:
        assert shape(connection) == before


def test_beside_the_tables_of_others(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE events (name TEXT)"))
    one = SqlAlchemyStore(engine, prefix="itil_")
    other = SqlAlchemyStore(engine, prefix="b_")
    for store in (one, other):
        store.create_schema()
    one.commit(created())
    assert len(one.find(Query()).incidents) == 1
    assert other.find(Query()).incidents == ()
    with engine.connect() as connection:
        names = set(shape(connection))
    assert {"events", "itil_events", "b_events", "b_itilcore_settings"} < names


def test_a_schema_of_its_own(postgresql: Server) -> None:
    url = postgresql.database()
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text('CREATE SCHEMA "The Desk\'s"'))
        connection.execute(text("CREATE TABLE itilcore_settings (name TEXT)"))
    for _ in range(2):
        with SqlAlchemyStore.open(url, schema="The Desk's") as store:
            if not store.find(Query()).incidents:
                store.commit(created())
    with engine.begin() as connection:
        connection.execute(text('DROP SCHEMA "The Desk\'s" CASCADE'))


def test_programs_that_start_at_once_make_it_once(url: str) -> None:
    def start(_number: int) -> int:
        with SqlAlchemyStore.open(url, busy_timeout=20) as store:
            return len(store.find(Query()).incidents)

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(start, range(6))) == [0] * 6
