"""Pages, conditions and plans of the SQLAlchemy stores, against what the ports say they are."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.pool import NullPool

from itilcore.classification import Category
from itilcore.errors import (
    CorruptEvent,
    InvalidInput,
    UnknownIncident,
    UnknownPolicy,
    VersionConflict,
)
from itilcore.incident import Assigned, Classified, Logged, Phase
from itilcore.repositories import AsyncStore, Commit, IncidentState, Query, Store
from itilcore.stores import AsyncSqlAlchemyStore, SqlAlchemyStore

from .postgres import Server
from .sqlalchemy_cases import START, at, created, noted, told

STATES = [
    IncidentState(group="network", phase="open", category="Network", logged_at=at(0)),
    IncidentState(group="Network", phase="active", category="Network > VPN", logged_at=at(1)),
    IncidentState(group="net%", phase="open", category="Network_x > VPN", logged_at=at(2)),
    IncidentState(group="net\x00", category="network > vpn", closed_at=at(3), service="'; --"),
    IncidentState(group="\ud800", category="Net\x00 > VPN", requester="", resolved_at=at(1)),
    IncidentState(kind="incident", status="NEW", priority="P1", assignee="Zoë", logged_at=at(9)),
]
QUERIES = [
    Query(),
    Query(phase=[Phase.OPEN, Phase.ACTIVE]),
    Query(phase=Phase.OPEN, group=["network", "net%"]),
    Query(group="net_"),
    Query(group=["net\x00", "\ud800"]),
    Query(group="\udfff"),
    Query(category="Network"),
    Query(category=[Category("Network", "VPN"), "network"]),
    Query(category="Net\x00"),
    Query(category="Net%"),
    Query(service="'; --"),
    Query(requester=""),
    Query(kind="incident", status="NEW", priority="P1", assignee="Zoë"),
    Query(logged_at=(at(1), at(2))),
    Query(logged_at=(at(1).astimezone(timezone(timedelta(hours=9))), None)),
    Query(logged_at=(None, at(9))),
    Query(resolved_at=(None, at(1)), closed_at=(at(0), at(9))),
    Query(closed_at=(at(3), at(3))),
    Query(closed_at=(at(3), at(4))),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SqlAlchemyStore:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'desk.db'}"
    else:
        server: Server = request.getfixturevalue("postgresql")
        url = server.database()
    engine = create_engine(url, poolclass=NullPool)
    store = SqlAlchemyStore(engine)
    store.create_schema()
    return store


def test_they_are_what_the_ports_ask_for(store: SqlAlchemyStore) -> None:
    port: Store = store
    assert isinstance(port, Store)
    assert isinstance(AsyncSqlAlchemyStore, type)
    assert issubclass(AsyncSqlAlchemyStore, AsyncStore)


def test_every_condition_is_the_one_of_the_query(store: SqlAlchemyStore) -> None:
    for number, state in enumerate(STATES):
        store.commit(created(f"INC{number}", state=state))
    for query in QUERIES:
        fitting = [f"INC{n}" for n, state in enumerate(STATES) if query.fits(state)]
        assert [each.reference for each in store.find(query).incidents] == fitting


def test_the_state_that_is_not_given_is_folded(store: SqlAlchemyStore) -> None:
    store.commit(Commit(reference="INC1", expected_version=0, events=[Logged(START)]))
    grouped = Commit(reference="INC1", expected_version=1, events=[Assigned(START, group="net")])
    store.commit(grouped)
    kept = Classified(START, category=Category("Network", "VPN"))
    store.commit(Commit(reference="INC1", expected_version=2, events=[kept]))
    found = store.find(Query(group="net", category="Network", logged_at=(START, at(1))))
    assert [each.version for each in found.incidents] == [3]


def test_pages_of_find_go_on_while_incidents_come_in(store: SqlAlchemyStore) -> None:
    for number in range(5):
        store.commit(created(f"INC{number}"))
    seen: list[str] = []
    after, late = None, itertools.count(5)
    while True:
        page = store.find(Query(), limit=2, after=after)
        seen += [each.reference for each in page.incidents]
        if (number := next(late)) < 8:
            store.commit(created(f"INC{number}"))
        if page.next is None:
            break
        after = page.next
    assert seen == [f"INC{number}" for number in range(8)]


def test_pages_of_due_are_in_the_order_of_time_and_then_of_creation(
    store: SqlAlchemyStore,
) -> None:
    minutes = [3, 1, None, 1, 2, 99, 1]
    for number, minute in enumerate(minutes):
        due = None if minute is None else at(minute)
        store.commit(created(f"INC{number}", look_again_at=due))
    seen, after = [], None
    while True:
        page = store.due(at(3), limit=2, after=after)
        seen += [each.reference for each in page.incidents]
        after = page.next
        if after is None:
            break
    assert seen == ["INC1", "INC3", "INC6", "INC4", "INC0"]
    store.commit(noted(1, reference="INC1"))
    assert [each.reference for each in store.due(at(1)).incidents] == ["INC3", "INC6"]
    assert store.due(at(0)).incidents == ()


def test_the_first_and_the_last_instant_are_due(store: SqlAlchemyStore) -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    store.commit(created("INC1", look_again_at=last))
    store.commit(created("INC2", look_again_at=first))
    assert [each.reference for each in store.due(last).incidents] == ["INC2", "INC1"]
    too_early = first.replace(tzinfo=timezone(timedelta(hours=1)))
    with pytest.raises(InvalidInput, match="look_again_at: is 0001"):
        store.commit(created("INC3", look_again_at=too_early))
    with pytest.raises(InvalidInput, match="at: is 0001"):
        store.commit(Commit(reference="INC3", expected_version=0, events=[Logged(too_early)]))
    with pytest.raises(UnknownIncident):
        store.get("INC3")
    assert len(store.find(Query()).incidents) == 2


@pytest.mark.parametrize("after", ["", "x", "1.2", "1' OR 1"])
def test_what_is_no_cursor_is_refused(store: SqlAlchemyStore, after: str) -> None:
    with pytest.raises(InvalidInput, match="after: is"):
        store.find(Query(), after=after)
    with pytest.raises(InvalidInput, match="after: is"):
        store.due(START, after=f"1.{after}")


def test_a_page_has_one_to_a_thousand(store: SqlAlchemyStore) -> None:
    for call in (store.pending, lambda **more: store.find(Query(), **more)):
        with pytest.raises(InvalidInput, match="limit: is 0"):
            call(limit=0)


def test_damage_is_told_and_the_rest_is_there(store: SqlAlchemyStore) -> None:
    for number in range(4):
        store.commit(created(f"INC{number}", look_again_at=START))
        store.commit(noted(1, reference=f"INC{number}", look_again_at=START))
    engine = store._engine
    with engine.begin() as connection:
        for statement in (
            "UPDATE events SET event = '{' WHERE reference = 'INC1' AND sequence = 2",
            "DELETE FROM events WHERE reference = 'INC2'",
        ):
            connection.execute(text(statement))
    with pytest.raises(CorruptEvent) as caught:
        store.get("INC1")
    assert (caught.value.reference, caught.value.sequence) == ("INC1", 2)
    for page in (store.find(Query()), store.due(START)):
        assert [each.reference for each in page.incidents] == ["INC0", "INC3"]
        assert [(each.reference, each.sequence) for each in page.unreadable] == [
            ("INC1", 2),
            ("INC2", 1),
        ]
    with pytest.raises(CorruptEvent):
        store.commit(noted(2, reference="INC1"))


def test_many_are_marked_at_once(store: SqlAlchemyStore) -> None:
    names = [f"n{number}" for number in range(1_200)]
    names[7] = "n\x00\ud800'"
    store.commit(created(notifications=[told(each) for each in [*names, "n0"]]))
    assert [each.identifier for each in store.pending(limit=1_000)] == names[:1_000]
    assert store.delivered([*names[:1_100], "never stored", names[0]]) == 1_100
    assert store.delivered(iter(names)) == 100
    assert store.pending() == ()
    assert store.delivered([]) == 0


def test_policy_books(store: SqlAlchemyStore) -> None:
    with pytest.raises(UnknownPolicy) as caught:
        store.policy()
    assert caught.value.version is None
    store.save_policy("v1", "one\x00\ud800")
    store.save_policy("V1", "another")
    assert store.policy() == "another"
    store.save_policy("v1", "one\x00\ud800")
    assert (store.policy(), store.policy("V1")) == ("one\x00\ud800", "another")
    assert store.policy_versions() == ("v1", "V1")
    with pytest.raises(VersionConflict):
        store.save_policy("v1", "two")
    with pytest.raises(UnknownPolicy):
        store.policy("v2")
    assert store.policy() == "one\x00\ud800"


def test_the_awaited_store_says_the_same(postgresql: Server, tmp_path: Path) -> None:
    async def use(url: str) -> list[Any]:
        async with await AsyncSqlAlchemyStore.open(url, prefix="my_") as store:
            done = await store.commit(
                created(notifications=[told("n1")], idempotency_key="k", look_again_at=START)
            )
            found = [
                done,
                await store.committed("k"),
                await store.committed("other"),
                (await store.get("INC1")).version,
                [each.reference for each in (await store.find(Query(), limit=1)).incidents],
                [each.reference for each in (await store.due(START)).incidents],
                await store.pending(),
                await store.delivered(["n1"]),
                await store.pending(),
            ]
            await store.save_policy("v1", "text")
            found += [await store.policy(), await store.policy("v1")]
            found.append(await store.policy_versions())
            return found

    for url in (
        "sqlite+aiosqlite://",
        f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}",
        postgresql.database(),
    ):
        done, again, none, *rest = asyncio.run(use(url))
        assert done == again
        assert (done.version, none) == (1, None)
        told_of = (told("n1"),)
        assert rest == [1, ["INC1"], ["INC1"], told_of, 1, (), "text", "text", ("v1",)]


def test_what_is_due_is_found_by_its_index(store: SqlAlchemyStore) -> None:
    sent: list[tuple[str, Any]] = []
    store.commit(created())
    with store._engine.begin() as connection:
        series = (
            "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
            "INSERT INTO incidents (sequence, reference, version, phase, look_again_at) "
            "SELECT i, 'INC' || i, 1, 'open', CASE WHEN i % 2 = 0 THEN 1000 * i END FROM n"
        )
        connection.execute(text(series))
        connection.execute(text("ANALYZE incidents"))

    def before(_on: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        sent.append((statement, values))

    event.listen(store._engine, "before_cursor_execute", before)
    store.due(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), limit=10)
    store.due(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), limit=10, after="20000.20")
    store.pending()
    store.find(Query(phase="closed"), limit=10)
    event.remove(store._engine, "before_cursor_execute", before)
    with store._engine.connect() as connection:
        word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        plans = [
            "\n".join(
                str(row[-1]) for row in connection.exec_driver_sql(f"{word} {statement}", values)
            )
            for statement, values in sent
            if "look_again_at" in statement or "delivered" in statement or "phase" in statement
        ]
    first, second, outbox, phase = plans
    for each in (first, second):
        assert "incidents_look_again_at" in each
        assert "Sort" not in each
        assert "TEMP B-TREE" not in each
        assert "Seq Scan" not in each
    assert "notifications_waiting" in outbox or "Seq Scan on notifications" in outbox
    assert "incidents_phase" in phase
