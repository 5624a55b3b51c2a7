"""Trails: from a document's current values and its changes to the values in force at each.

Also the checked ways into a document: what stands where a list, an object or an instant
belongs, and is none, makes the document a broken one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen

from .flattening import text
from .form import BrokenDocument

__all__ = ["Change", "in_order", "moment", "name_of", "objects", "starting"]

_NAMES: Final = ("displayName", "name", "value", "title", "accountId", "id")


@frozen
class Change:
    """What changed at an instant: ``at`` as it was written, ``when`` to sort by.

    ``items`` are field, text before and text after; ``who`` made the change.
    """

    at: str
    when: datetime
    key: str
    who: str
    items: tuple[tuple[str, str, str], ...]


def name_of(value: object) -> str:
    """What a person would read for *value*: the name in an object, the names of a list.

    >>> name_of({"id": "1", "name": "High"}), name_of([{"value": "A"}, "B"]), name_of(None)
    ('High', 'A, B', '')
    """
    if isinstance(value, list):
        return ", ".join(name for item in value if (name := _single(item)))
    return _single(value)


def _single(value: object) -> str:
    if isinstance(value, Mapping):
        inner = (value.get(key) for key in _NAMES)
        return next((text(i) for i in inner if isinstance(i, str | int) and text(i)), "")
    return "" if isinstance(value, list) else text(value)


def objects(value: object, what: str) -> list[Mapping[str, Any]]:
    """*value* as a list of objects; `BrokenDocument` says that *what* is none."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise BrokenDocument(f"{what} is no list of objects")


def moment(value: object, what: str) -> datetime:
    """The instant that *value* says in ISO form, to sort by; `BrokenDocument` without one."""
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        missing = value is None or value == ""
        raise BrokenDocument(
            f"{what} is missing" if missing else f"{what} is no time in ISO form"
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def in_order(changes: Iterable[Change]) -> list[Change]:
    """*changes* from the oldest to the newest, whichever way round they came.

    Changes at one instant stand in the order of their keys: numbers by size.
    """
    return sorted(changes, key=lambda change: (change.when, len(change.key), change.key))


def starting(current: Mapping[str, str], changes: Iterable[Change]) -> dict[str, str]:
    """The values before the first of *changes*, which are in order.

    A field that changed began as what its first change led away from; one that never did
    was always what it is.
    """
    start = dict(current)
    begun: set[str] = set()
    for change in changes:
        for field, before, _ in change.items:
            if field not in begun:
                begun.add(field)
                start[field] = before
    return start
