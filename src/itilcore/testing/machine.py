"""A state machine that does anything to a store and holds it against the one in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from itilcore.errors import ItilcoreError
from itilcore.incident import Assigned, Event, Held, HoldReason, Logged, Noted, Resolved
from itilcore.repositories import Commit, Query, Store
from itilcore.stores import MemoryStore

from .examples import NINE, notification

__all__ = ["store_machine"]

_REFERENCES = st.sampled_from(["INC1", "inc1", "INC 2'", "INC3\x00"])
_MINUTES = st.integers(0, 5).map(lambda minutes: NINE + timedelta(minutes=minutes))
_EVENTS = st.one_of(
    st.builds(lambda at: Logged(at, requester="ada"), _MINUTES),
    st.builds(Assigned, _MINUTES, st.sampled_from(["A", "B"])),
    st.builds(lambda at: Held(at, HoldReason.AWAITING_CALLER), _MINUTES),
    st.builds(Resolved, _MINUTES),
    st.builds(Noted, _MINUTES, st.text(max_size=5)),
)
_KEYS = st.none() | st.sampled_from(["k1", "k2", "k3"])
_QUERIES = st.sampled_from(
    [
        Query(),
        Query(phase="open"),
        Query(phase=["waiting", "resolved"]),
        Query(group=["A", "C"]),
        Query(logged_at=(NINE, NINE + timedelta(minutes=3))),
    ]
)


def store_machine(make_store: Callable[[], Store]) -> type[RuleBasedStateMachine]:
    """A state machine over what *make_store* makes: hypothesis looks for where it differs.

    Run it as a test case, ``TestMine = store_machine(MyStore).TestCase``.  A store that has a
    ``close`` is closed at the end of each run.
    """

    class StoreMachine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.store = make_store()
            self.model = MemoryStore()

        def teardown(self) -> None:
            close = getattr(self.store, "close", None)
            if close is not None:
                close()

        def both(self, ask: Callable[[Store], Any]) -> None:
            """Both answer the same, or refuse with the same error."""
            answers = [_answer(ask, store) for store in (self.model, self.store)]
            assert answers[0] == answers[1]

        @rule(
            reference=_REFERENCES,
            seen=st.integers(0, 4),
            right=st.booleans(),
            events=st.lists(_EVENTS, max_size=3),
            key=_KEYS,
            look_again_at=st.none() | _MINUTES,
            tells=st.lists(st.integers(0, 4), max_size=2),
        )
        def commit(
            self,
            reference: str,
            seen: int,
            right: bool,
            events: list[Event],
            key: str | None,
            look_again_at: Any,
            tells: list[int],
        ) -> None:
            if right:
                known = [each for each in _all(self.model) if each.reference == reference]
                seen = known[0].version if known else 0
            if not seen and not events:
                return
            commit = Commit(
                reference=reference,
                expected_version=seen,
                events=events,
                notifications=[notification(f"{reference}:{n}", reference) for n in tells],
                idempotency_key=key,
                look_again_at=look_again_at,
            )
            self.both(lambda store: store.commit(commit))

        @rule(reference=_REFERENCES)
        def get(self, reference: str) -> None:
            self.both(lambda store: store.get(reference))

        @rule(query=_QUERIES, limit=st.integers(1, 3))
        def turn_pages(self, query: Query, limit: int) -> None:
            def pages(store: Store) -> list[Any]:
                found, after = [], None
                while True:
                    page = store.find(query, limit=limit, after=after)
                    found.append(page.incidents)
                    after = page.next
                    if after is None:
                        return found

            self.both(pages)

        @rule(until=_MINUTES, limit=st.integers(1, 3))
        def what_is_due(self, until: Any, limit: int) -> None:
            self.both(lambda store: store.due(until, limit=limit).incidents)
            self.both(lambda store: store.next_due(until))

        @rule(count=st.integers(1, 3))
        def deliver(self, count: int) -> None:
            told = [each.identifier for each in self.model.pending(limit=count)]
            self.both(lambda store: store.delivered([*told, "never said"]))

        @rule(version=st.sampled_from(["1", "2"]), text=st.sampled_from(["a", "b"]))
        def save_policy(self, version: str, text: str) -> None:
            self.both(lambda store: store.save_policy(version, text))
            self.both(lambda store: (store.policy(version), store.policy()))

        @invariant()
        def all_is_the_same(self) -> None:
            self.both(lambda store: store.find(Query()).incidents)
            self.both(lambda store: store.pending())
            self.both(lambda store: store.policy_versions())
            for key in ("k1", "k2", "k3"):
                self.both(lambda store, key=key: store.committed(key))  # type: ignore[misc]  # bound at once

    return StoreMachine


def _all(store: Store) -> tuple[Any, ...]:
    return store.find(Query()).incidents


def _answer(ask: Callable[[Store], Any], store: Store) -> Any:
    try:
        return ask(store)
    except ItilcoreError as error:
        return type(error), str(error)
