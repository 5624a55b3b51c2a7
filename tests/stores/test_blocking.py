"""An awaited store as one that answers, and what the package of tests gives."""

from __future__ import annotations

import threading

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

import itilcore.testing
from itilcore.stores import MemoryStore, Threaded
from itilcore.testing import Blocking, store_machine


def test_a_store_that_cannot_be_made_leaves_no_thread() -> None:
    async def make() -> Threaded:
        raise OSError("no such host")

    before = threading.active_count()
    with pytest.raises(OSError, match="no such host"):
        Blocking(make)
    assert threading.active_count() == before


def test_the_end_is_awaited_with_the_store() -> None:
    made = Threaded(MemoryStore())
    ended: list[object] = []

    async def make() -> Threaded:
        return made

    async def end(store: object) -> None:
        ended.append(store)

    before = threading.active_count()
    Blocking(make, end).close()
    Blocking(make).close()
    assert ended == [made]
    # Of the two, at most the workers that asyncio keeps for its loops have yet to go.
    assert threading.active_count() == before


def test_a_store_without_an_end_is_tried_as_well() -> None:
    run_state_machine_as_test(
        store_machine(MemoryStore),
        settings=settings(max_examples=40, stateful_step_count=25, derandomize=True, deadline=None),
    )


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Contract'"):
        _ = itilcore.testing.Contract
