"""The contract of a store, as tests: whoever writes one runs them over it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from itilcore.classification import Category
from itilcore.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    NaiveInstant,
    StorageFailure,
    UnknownIncident,
    UnknownPolicy,
    VersionConflict,
)
from itilcore.incident import (
    Assigned,
    Classified,
    Closed,
    Event,
    Incident,
    Logged,
    Noted,
    Phase,
    Prioritised,
    Resolved,
    Status,
)
from itilcore.priority import Priority
from itilcore.repositories import Commit, Committed, IncidentState, Page, Query, Store

from .blocking import Blocking
from .examples import HOSTILE, NINE, every_event, notification

__all__ = ["StoreContract"]

_MINUTE = timedelta(minutes=1)


def _logged(minutes: float = 0, **more: Any) -> Logged:
    return Logged(NINE + minutes * _MINUTE, **more)


def _commit(reference: str, seen: int, *events: Event, **more: Any) -> Commit:
    return Commit(reference=reference, expected_version=seen, events=events, **more)


class StoreContract(ABC):
    """What every store promises, test by test: subclass it and say how one is made.

    ``make_store`` gives a store that holds nothing; one that has a ``close`` is closed after
    each test, may be closed twice, and then answers everything with
    `itilcore.errors.StorageFailure`.  Five lines prove a store of yours::

        class TestMine(StoreContract):
            def make_store(self, tmp_path):
                return MyStore(tmp_path / "desk.db")
    """

    @abstractmethod
    def make_store(self, tmp_path: Path) -> Store:
        """A store that holds nothing; *tmp_path* is a folder for it."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Generator[Store]:
        """The store of one test."""
        made = self.make_store(tmp_path)
        try:
            yield made
        finally:
            close = getattr(made, "close", None)
            if close is not None:
                close()

    def test_a_store_that_is_closed_answers_nothing(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        try:
            close = _closing(store)
            if close is None:
                return
            commit = _commit("INC1", 0, _logged(), idempotency_key="k")
            store.commit(commit)
            close()
            close()
            calls: list[Callable[[], object]] = [
                lambda: store.commit(commit),
                lambda: store.get("INC1"),
                lambda: store.find(Query()),
                lambda: store.due(NINE),
                lambda: store.next_due(NINE),
                lambda: store.committed("k"),
                store.pending,
                lambda: store.delivered(["x"]),
                lambda: store.save_policy("book:1", "one"),
                store.policy,
                store.policy_versions,
            ]
            for call in calls:
                with pytest.raises(StorageFailure):
                    call()
        finally:
            if isinstance(store, Blocking):
                store.close()

    # Commits.

    def test_it_is_a_store(self, store: Store) -> None:
        assert isinstance(store, Store)

    def test_an_event_of_every_kind_comes_back_as_it_was(self, store: Store) -> None:
        events = every_event()
        done = store.commit(_commit("INC1", 0, *events))
        assert done == Committed("INC1", 0, len(events))
        found = store.get("INC1")
        assert found == Incident.replay("INC1", events)
        assert found.facts == Incident.replay("INC1", events).facts
        assert found.version == len(events)

    def test_commits_are_appended_in_their_order(self, store: Store) -> None:
        store.commit(_commit("INC1", 0, _logged()))
        earlier = Noted(NINE - timedelta(days=1), "time may run backwards")
        assert store.commit(_commit("INC1", 1, earlier)) == Committed("INC1", 1, 2)
        assert store.get("INC1").timeline.events == (_logged(), earlier)

    def test_a_conflict_stores_nothing(self, store: Store) -> None:
        store.commit(_commit("INC1", 0, _logged()))
        told = notification("INC1:9:x:y")
        for seen in (0, 2, 7):
            with pytest.raises(VersionConflict) as caught:
                store.commit(
                    _commit(
                        "INC1",
                        seen,
                        Noted(NINE, "x"),
                        notifications=[told],
                        idempotency_key="k",
                        look_again_at=NINE,
                    )
                )
            assert (caught.value.reference, caught.value.expected) == ("INC1", seen)
            assert caught.value.actual in (1, None)
            # Who logs what is there already is told so, and no version that nobody has seen.
            assert ("is there already" in str(caught.value)) == (seen == 0)
        with pytest.raises(VersionConflict):
            store.commit(_commit("INC2", 3, Noted(NINE, "x")))
        assert store.get("INC1").version == 1
        assert store.pending() == ()
        assert store.committed("k") is None
        assert store.next_due(NINE - timedelta(days=1)) is None
        with pytest.raises(UnknownIncident):
            store.get("INC2")

    def test_what_is_not_there_is_an_error_and_never_none(self, store: Store) -> None:
        with pytest.raises(UnknownIncident) as caught:
            store.get("INC404")
        assert caught.value.reference == "INC404"

    def test_a_key_makes_a_repetition_harmless(self, store: Store) -> None:
        told = [notification("INC1:1:a:b"), notification("INC1:1:c:d")]
        first = _commit("INC1", 0, _logged(), notifications=told, idempotency_key="k")
        done = store.commit(first)
        assert done == Committed("INC1", 0, 1, tuple(told))
        store.commit(_commit("INC1", 1, Noted(NINE, "x")))
        # The key is looked at before the version, and whatever else is asked for.
        for again in (first, _commit("INC1", 5, Noted(NINE, "y"), idempotency_key="k")):
            assert store.commit(again) == evolve(done, repeated=True)
        assert store.committed("k") == done
        assert store.committed("K") is None
        assert store.get("INC1").version == 2
        assert store.pending() == tuple(told)

    def test_a_key_belongs_to_one_incident(self, store: Store) -> None:
        store.commit(_commit("INC1", 0, _logged(), idempotency_key="k"))
        with pytest.raises(IdempotencyKeyReused) as caught:
            store.commit(_commit("INC2", 0, _logged(), idempotency_key="k"))
        assert (caught.value.key, caught.value.stored) == ("k", "INC1")
        with pytest.raises(UnknownIncident):
            store.get("INC2")

    def test_a_commit_without_events_only_says_when_to_look_again(self, store: Store) -> None:
        store.commit(_commit("INC1", 0, _logged(), look_again_at=NINE))
        later = _commit("INC1", 1, look_again_at=NINE + _MINUTE, notifications=[notification()])
        assert store.commit(later).version == 1
        assert store.get("INC1").version == 1
        assert store.next_due(NINE) == NINE + _MINUTE
        assert store.pending() == (notification(),)
        store.commit(_commit("INC1", 1))
        assert store.next_due(NINE - _MINUTE) is None
        with pytest.raises(VersionConflict):
            store.commit(_commit("INC1", 2, look_again_at=NINE))

    def test_the_state_is_folded_where_it_is_not_given(self, store: Store) -> None:
        store.commit(_commit("INC1", 0, _logged(requester="ada")))
        store.commit(_commit("INC1", 1, Assigned(NINE, "Network", "bob")))
        (found,) = store.find(Query(group="Network", requester="ada", phase=Phase.OPEN)).incidents
        assert found.assignee == "bob"

    def test_the_state_that_is_given_is_what_queries_ask(self, store: Store) -> None:
        after = Incident.replay("INC1", [_logged(), Resolved(NINE)])
        store.commit(Commit.of(after, after.timeline))
        assert store.find(Query(phase=Phase.RESOLVED)).incidents == (after,)

    # Texts and instants.

    @pytest.mark.parametrize("text", HOSTILE, ids=ascii)
    def test_a_text_comes_back_as_it_was(self, store: Store, text: str) -> None:
        told = evolve(notification(f"{text}:1"), reference=text, subject=text, recipient=text)
        commit = _commit(
            text,
            0,
            _logged(title=text, requester=text),
            Assigned(NINE, text, text),
            Noted(NINE, text * 3),
            notifications=[told],
            idempotency_key=text,
        )
        store.commit(commit)
        assert store.get(text).timeline.events == commit.events
        assert store.pending() == (told,)
        assert store.committed(text) == Committed(text, 0, 3, (told,))
        assert store.find(Query(group=text, assignee=text)).incidents[0].reference == text
        assert store.find(Query(group=text + "x")).incidents == ()
        assert store.delivered([told.identifier]) == 1
        store.save_policy(text, text)
        assert store.policy(text) == store.policy() == text
        assert store.policy_versions() == (text,)
        with pytest.raises(UnknownIncident):
            store.get(text + "x")

    def test_a_note_of_a_megabyte(self, store: Store) -> None:
        note = Noted(NINE, "é" * 1_000_000)
        store.commit(_commit("INC1", 0, _logged(), note))
        assert store.get("INC1").timeline[1] == note

    def test_a_reference_and_a_key_of_a_thousand_characters(self, store: Store) -> None:
        long = "x" * 1_000
        told = notification(f"{long}:1:a:b", long)
        commit = _commit(long, 0, _logged(), notifications=[told], idempotency_key=long)
        done = store.commit(commit)
        assert store.get(long).reference == long
        assert store.committed(long) == done
        assert store.pending() == (told,)
        with pytest.raises(UnknownIncident):
            store.get(long + "x")

    @pytest.mark.parametrize("name", [None, 7, b"INC1", ["INC1"]])
    def test_what_is_no_text_is_refused(self, store: Store, name: Any) -> None:
        calls: list[Callable[[], object]] = [
            lambda: store.get(name),
            lambda: store.committed(name),
            lambda: store.delivered([name]),
            lambda: store.save_policy(name, "text"),
            lambda: store.save_policy("book:1", name),
        ]
        if name is not None:
            calls.append(lambda: store.policy(name))
        for call in calls:
            with pytest.raises(InvalidInput):
                call()
        assert store.policy_versions() == ()

    def test_references_that_differ_only_in_case_are_two(self, store: Store) -> None:
        for reference in ("inc1", "INC1", "Inc1"):
            store.commit(_commit(reference, 0, _logged(title=reference)))
        assert store.get("INC1").title == "INC1"
        assert store.get("inc1").title == "inc1"

    def test_the_ends_of_time(self, store: Store) -> None:
        first = datetime(1, 1, 1, tzinfo=UTC)
        last = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
        store.commit(_commit("INC1", 0, Logged(first), Noted(last, "x"), look_again_at=last))
        assert store.get("INC1").timeline.events == (Logged(first), Noted(last, "x"))
        assert store.due(last).incidents[0].reference == "INC1"
        assert store.find(Query(logged_at=(first, None))).incidents[0].reference == "INC1"
        early = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
        with pytest.raises(InvalidInput):
            store.commit(_commit("INC2", 0, Logged(early)))
        with pytest.raises(UnknownIncident):
            store.get("INC2")

    def test_an_instant_is_the_same_in_every_zone(self, store: Store) -> None:
        tokyo = timezone(timedelta(hours=9))
        store.commit(_commit("INC1", 0, _logged(), look_again_at=NINE.astimezone(tokyo)))
        assert store.due(NINE).incidents[0].reference == "INC1"
        assert store.next_due(NINE - _MINUTE) == NINE
        with pytest.raises(NaiveInstant):
            store.due(NINE.replace(tzinfo=None))

    # Queries and pages.

    def test_a_query_finds_what_fits_and_nothing_else(self, store: Store) -> None:
        incidents = [
            Incident.replay("INC1", [_logged(1), Classified(NINE, None, Category("Network"))]),
            Incident.replay(
                "INC2",
                [
                    _logged(2, requester="ada"),
                    Classified(NINE, None, Category("Network", "VPN"), "mail"),
                    Prioritised(NINE, priority=Priority.P1),
                ],
            ),
            Incident.replay("INC3", [_logged(3), Classified(NINE, None, Category("Networks"))]),
            Incident.replay("INC4", [_logged(4), Resolved(NINE + 5 * _MINUTE)]),
            Incident.replay("INC5", [_logged(5), Closed(NINE + 6 * _MINUTE)]),
            Incident.replay("INC6", [Logged(NINE, status=None)]),
        ]
        for each in incidents:
            store.commit(Commit.of(each, each.timeline))
        queries = [
            Query(),
            Query(phase=[Phase.OPEN, Phase.CLOSED]),
            Query(status=Status.NEW),
            Query(status="RESOLVED"),
            Query(priority=Priority.P1),
            Query(category="Network"),
            Query(category=Category("Network", "VPN")),
            Query(category=["Networks", "Hardware"]),
            Query(service="mail", requester="ada"),
            Query(service="mail", requester="bob"),
            Query(kind="incident"),
            Query(assignee="nobody"),
            Query(logged_at=(NINE + 2 * _MINUTE, NINE + 4 * _MINUTE)),
            Query(logged_at=(None, NINE + 2 * _MINUTE)),
            Query(resolved_at=(NINE, None)),
            Query(closed_at=(NINE, NINE + 6 * _MINUTE)),
            Query(closed_at=(NINE, NINE + 7 * _MINUTE), phase=Phase.CLOSED),
        ]
        for query in queries:
            wanted = [each for each in incidents if query.fits(IncidentState.of(each))]
            assert list(store.find(query).incidents) == wanted, query

    def test_pages_leave_out_nothing_and_repeat_nothing(self, store: Store) -> None:
        for number in range(7):
            store.commit(_commit(f"INC{number}", 0, _logged(-number)))
        seen: list[str] = []
        after: str | None = None
        while True:
            page = store.find(Query(phase=Phase.OPEN), limit=3, after=after)
            seen += [each.reference for each in page.incidents]
            if len(seen) == 3:  # somebody logs one while we turn the page
                store.commit(_commit("INC7", 0, _logged(-99)))
                store.commit(_commit("INC0", 1, Noted(NINE, "x")))
            after = page.next
            if after is None:
                break
            assert len(page.incidents) == 3
        assert seen == [f"INC{number}" for number in range(8)]

    def test_a_full_last_page_is_the_last(self, store: Store) -> None:
        for number in range(4):
            store.commit(_commit(f"INC{number}", 0, _logged(), look_again_at=NINE))
        assert store.find(Query(), limit=4).next is None
        assert store.due(NINE, limit=4).next is None
        assert store.find(Query(), limit=3).next is not None

    @pytest.mark.parametrize("limit", [0, -1, 1_001, True, 2.0])
    def test_a_limit_is_from_1_to_1000(self, store: Store, limit: Any) -> None:
        with pytest.raises(InvalidInput):
            store.find(Query(), limit=limit)
        with pytest.raises(InvalidInput):
            store.due(NINE, limit=limit)
        with pytest.raises(InvalidInput):
            store.pending(limit=limit)

    @pytest.mark.parametrize("after", ["", "x", "1.2.3", "-", "1 OR 1=1", "9" * 40])
    def test_a_cursor_that_is_none_is_refused(self, store: Store, after: str) -> None:
        with pytest.raises(InvalidInput):
            store.find(Query(), after=after)
        with pytest.raises(InvalidInput):
            store.due(NINE, after=after)

    def test_what_is_due_comes_earliest_first(self, store: Store) -> None:
        instants = [5, 1, 3, 3, 9, None]
        for number, minutes in enumerate(instants):
            look_again_at = None if minutes is None else NINE + minutes * _MINUTE
            store.commit(_commit(f"INC{number}", 0, _logged(), look_again_at=look_again_at))

        def due(page: Page) -> list[str]:
            return [each.reference for each in page.incidents]

        until = NINE + 5 * _MINUTE
        assert due(store.due(until)) == ["INC1", "INC2", "INC3", "INC0"]
        first = store.due(until, limit=2)
        assert due(first) == ["INC1", "INC2"]
        assert due(store.due(until, limit=2, after=first.next)) == ["INC3", "INC0"]
        assert store.next_due(until) == NINE + 9 * _MINUTE
        assert store.next_due(NINE + 9 * _MINUTE) is None
        store.commit(_commit("INC1", 1, Noted(NINE, "x")))
        assert due(store.due(until)) == ["INC2", "INC3", "INC0"]
        assert due(store.due(NINE)) == []

    # The outbox.

    def test_notifications_wait_in_the_order_of_their_commits(self, store: Store) -> None:
        told = [notification(f"INC1:{n}:a:b") for n in range(5)]
        store.commit(_commit("INC1", 0, _logged(), notifications=told[:3]))
        store.commit(_commit("INC1", 1, Noted(NINE, "x"), notifications=told[3:]))
        assert store.pending() == tuple(told)
        assert store.pending(limit=2) == tuple(told[:2])
        assert store.delivered([told[1].identifier, "never said"]) == 1
        assert store.delivered([told[1].identifier]) == 0
        assert store.delivered([]) == 0
        assert store.pending() == (told[0], *told[2:])
        assert store.delivered(each.identifier for each in told) == 4
        assert store.pending() == ()

    def test_what_was_said_is_not_said_again(self, store: Store) -> None:
        once = notification("INC1:1:a:b")
        store.commit(_commit("INC1", 0, _logged(), notifications=[once, once]))
        store.delivered([once.identifier])
        done = store.commit(_commit("INC1", 1, Noted(NINE, "x"), notifications=[once]))
        assert done.notifications == ()
        assert store.pending() == ()

    # Policy books.

    def test_policy_books_by_version(self, store: Store) -> None:
        for version in (None, "book:1"):
            with pytest.raises(UnknownPolicy) as caught:
                store.policy(version)
            assert caught.value.version == version
        assert store.policy_versions() == ()
        store.save_policy("book:1", "one")
        store.save_policy("book:2", "two")
        assert store.policy() == "two"
        store.save_policy("book:1", "one")
        assert (store.policy(), store.policy("book:2")) == ("one", "two")
        with pytest.raises(VersionConflict):
            store.save_policy("book:2", "another")
        assert store.policy("book:2") == "two"
        assert store.policy() == "one"
        assert store.policy_versions() == ("book:1", "book:2")

    # Many at once.

    def test_of_many_who_write_at_once_one_wins(self, store: Store) -> None:
        store.commit(_commit("INC1", 0, _logged()))

        def write(number: int) -> bool:
            try:
                store.commit(_commit("INC1", 1, Noted(NINE, str(number))))
            except VersionConflict:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(write, range(8))) == 1
        assert store.get("INC1").version == 2

    def test_many_who_log_at_once_all_come_to_be(self, store: Store) -> None:
        def log(number: int) -> int:
            return store.commit(_commit(f"INC{number}", 0, _logged())).version

        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(log, range(24))) == {1}
        pages = list(_pages(store, limit=5))
        references = [each.reference for page in pages for each in page.incidents]
        assert sorted(references) == sorted(f"INC{number}" for number in range(24))

    def test_of_many_who_repeat_at_once_one_stores(self, store: Store) -> None:
        commit = _commit("INC1", 0, _logged(), idempotency_key="k")
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: store.commit(commit), range(8)))
        assert [each.repeated for each in found].count(False) == 1
        assert store.get("INC1").version == 1


def _closing(store: Any) -> Callable[[], object] | None:
    """What closes *store*; of one that is awaited its own end, for its loop has to go on."""
    if not isinstance(store, Blocking):
        close: Callable[[], object] | None = getattr(store, "close", None)
        return close
    end = store._end
    if end is None:
        return None

    async def ended() -> None:
        await end(store._store)

    return lambda: store._waited(ended())


def _pages(store: Store, limit: int) -> Iterator[Page]:
    after: str | None = None
    while True:
        page = store.find(Query(), limit=limit, after=after)
        yield page
        after = page.next
        if after is None:
            return
