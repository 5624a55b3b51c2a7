"""Who may do something, as several sections write it: people, roles, groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attrs import field, frozen

from itilcore.errors import nearest
from itilcore.incident import Role
from itilcore.priority import Authority

from .reading import Place

__all__ = ["read_authority"]

_MOST_TOLD = 20


@frozen(kw_only=True)
class WrittenAuthority:
    """``who``, ``promote`` and the like."""

    people: Any = field(factory=list)
    roles: Any = field(factory=list)
    groups: Any = field(factory=list)


def read_authority(
    place: Place, given: object, known: Mapping[str, Collection[str]]
) -> Authority | None:
    """Who may; ``None`` where nobody is written, and where what is written is wrong.

    *known* are the names of ``people``, ``roles`` and ``groups``; where there are none, any do.
    """
    if given is None:
        return None
    record = place.record(WrittenAuthority, given)
    if record is None:
        return None
    lists: dict[str, list[str]] = {}
    for key in ("people", "roles", "groups"):
        lists[key] = (place / key).names(getattr(record, key))
        there = known.get(key)
        for name in lists[key]:
            if there and name.strip() and not _is_known(key, name, there):
                near = nearest(name, sorted(there)[:_MOST_TOLD])
                (place / key).refuse(f"is {name!r}, whom nobody knows; {near}")
    with place.catching():
        return Authority(**lists)
    return None


def _is_known(key: str, name: str, there: Collection[str]) -> bool:
    if key != "roles":
        return name in there
    # A resolver of any tier is a role.
    return Role(name).name in there or Role(name).resolves
