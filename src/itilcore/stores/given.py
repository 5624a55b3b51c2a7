"""What a store is given: looked at before anything is done with it."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from typing import Any, Final

from itilcore.errors import Defect, InvalidInput, StorageFailure
from itilcore.repositories import Commit, Query

__all__: list[str] = []

_LONGEST_PATIENCE: Final = 1_000_000
"""Seconds; SQLite counts milliseconds in 32 bits."""


def refused(name: str, value: object, words: str) -> InvalidInput:
    """The error for a *value* that is no such thing as *words* say."""
    return InvalidInput("store", [Defect(name, f"is {value!r:.60}: give {words}")])


def text_given(name: str, value: Any) -> str:
    """*value*, if it is a text.  Raises `itilcore.errors.InvalidInput`."""
    if not isinstance(value, str):
        raise refused(name, value, "a text")
    return value


def commit_given(value: Any) -> Commit:
    """*value*, if it is a commit.  Raises `itilcore.errors.InvalidInput`."""
    if not isinstance(value, Commit):
        raise refused("commit", value, "a Commit")
    return value


def query_given(value: Any) -> Query:
    """*value*, if it is a query.  Raises `itilcore.errors.InvalidInput`."""
    if not isinstance(value, Query):
        raise refused("query", value, "a Query")
    return value


def identifiers_given(given: Iterable[Any]) -> tuple[str, ...]:
    """The identifiers that are *given*.  Raises `itilcore.errors.InvalidInput` for other things.

    A single text is refused: its letters are identifiers of nothing.
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise refused("identifiers", given, "a list of texts")
    return tuple(text_given(f"identifiers[{index}]", each) for index, each in enumerate(given))


def patience(value: Any) -> float:
    """*value*, if it is a time to wait, in seconds.  Raises `itilcore.errors.InvalidInput`."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not 0 <= value <= _LONGEST_PATIENCE:
        raise refused("busy_timeout", value, "seconds, 0 or more")
    return float(value)


def path_of(value: Any) -> str:
    """The path that *value* is.  Raises `itilcore.errors.InvalidInput` for what is none."""
    if not isinstance(value, str | bytes | os.PathLike):
        raise refused("path", value, "the path of a file")
    path = os.fsdecode(value)
    if "\0" in path:
        raise refused("path", value, "a path without NUL")
    return path


def closed() -> StorageFailure:
    """What a store that is closed says to everything."""
    return StorageFailure("the store is closed")
