"""Both desks, over the stores that need no server."""

from __future__ import annotations

import asyncio

import pytest

from itilcore.desk import AsyncDesk, Desk
from itilcore.stores import MemoryStore, SqliteStore, Threaded


class Awaited:
    """`AsyncDesk` as one that answers: every method is awaited to its end."""

    def __init__(self, store, book=None):
        self.desk = AsyncDesk(Threaded(store), book)

    def __getattr__(self, name):
        method = getattr(self.desk, name)

        def call(*arguments, **keywords):
            async def run():
                return await method(*arguments, **keywords)

            return asyncio.run(run())

        return call


@pytest.fixture(params=["answers", "awaited"])
def make(request):
    return Desk if request.param == "answers" else Awaited


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    if request.param == "memory":
        yield MemoryStore()
    else:
        with SqliteStore(tmp_path / "desk.db") as made:
            yield made
