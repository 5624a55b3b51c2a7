"""Flows: what a desk asks of its store, step by step, for a caller that waits or awaits.

A flow is a generator that yields what to call on the store and is sent the answer.  So there is
one desk, and two ways to run it.
"""

from __future__ import annotations

from collections.abc import Generator
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, StorageError
from itilcore.policy import Book

__all__ = ["Call", "Flow", "awaited", "require_store", "run"]

T = TypeVar("T")


@frozen
class Call:
    """One call of a method of the store."""

    method: str
    arguments: tuple[Any, ...] = ()
    keywords: tuple[tuple[str, Any], ...] = ()

    def on(self, store: Any) -> Any:
        """What the store answers, or what is to be awaited for it."""
        return getattr(store, self.method)(*self.arguments, **dict(self.keywords))


Flow = Generator[Call, Any, T]


def require_store(store: object, book: object = None, *, awaited: bool) -> None:
    """Refuse a store of the other kind, and what is no book, before anything is asked of them.

    >>> require_store(object(), awaited=False)
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: desk: 1 defect
      store: is of type object, which has no commit
    """
    commit = getattr(store, "commit", None)
    problem = None
    if not callable(commit):
        problem = f"is of type {type(store).__name__}, which has no commit"
    elif iscoroutinefunction(commit) and not awaited:
        problem = "is awaited: give it to AsyncDesk"
    elif awaited and not iscoroutinefunction(commit):
        problem = "answers at once: give it to Desk, or wrap it in itilcore.stores.Threaded"
    defects = [] if problem is None else [Defect("store", problem)]
    if not isinstance(book, Book | None):
        defects.append(Defect("book", f"is {book!r:.60}: give a Book, or None"))
    if defects:
        raise InvalidInput("desk", defects)


def run(flow: Flow[T], store: Any) -> T:
    """The result of *flow* over a synchronous store."""
    try:
        call = next(flow)
        while True:
            try:
                answer = call.on(store)
            except StorageError as error:
                call = flow.throw(error)
            else:
                call = flow.send(answer)
    except StopIteration as end:
        found: T = end.value
        return found


async def awaited(flow: Flow[T], store: Any) -> T:
    """The result of *flow* over an asynchronous store."""
    try:
        call = next(flow)
        while True:
            try:
                answer = await call.on(store)
            except StorageError as error:
                call = flow.throw(error)
            else:
                call = flow.send(answer)
    except StopIteration as end:
        found: T = end.value
        return found
