"""The section ``[roles]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from itilcore.errors import nearest
from itilcore.incident import Role
from itilcore.routing import RoleRules

from .reading import Place

__all__ = ["read_roles", "role_names"]

USUAL_ROLES: Final = tuple(
    role.name
    for role in (
        Role.REQUESTER,
        Role.RESOLVER,
        Role.TIER_1_RESOLVER,
        Role.TIER_2_RESOLVER,
        Role.TIER_3_RESOLVER,
        Role.MAJOR_INCIDENT_MANAGER,
        Role.COMMUNICATIONS_LEAD,
        Role.SCRIBE,
    )
)


@frozen(kw_only=True)
class WrittenRoles:
    """``[roles]``."""

    own: Any = field(factory=list)
    single: Any = field(factory=list)
    apart: list[Any] = field(factory=list)


def read_roles(place: Place, given: object) -> RoleRules:
    """What holds for roles; the rules that always do where it cannot be read.

    A role is one of those that there are, or of the book's ``own``: a name that is misspelt
    would keep nothing apart.
    """
    record = place.record(WrittenRoles, given)
    if record is None:
        return RoleRules()
    own = (place / "own").names(record.own)
    known = [*USUAL_ROLES, *(_folded(name) for name in own)]
    single = (place / "single").names(record.single)
    for index, name in enumerate(single):
        _require(place / f"single[{index}]", name, known)
    for index, pair in enumerate(record.apart):
        for each in pair if isinstance(pair, list) else ():
            if isinstance(each, str):
                _require(place / f"apart[{index}]", each, known)
    with place.catching():
        return RoleRules(single=single, apart=record.apart)
    return RoleRules()


def role_names(given: Mapping[str, object]) -> tuple[str, ...]:
    """The usual roles, and the ``own`` of a section ``[roles]``, right or wrong."""
    own = given.get("own", ())
    names = [own] if isinstance(own, str) else own if isinstance(own, list) else ()
    return (*USUAL_ROLES, *(_folded(name) for name in names if isinstance(name, str)))


def _folded(name: str) -> str:
    return Role(name).name if name.strip() else name


def _require(place: Place, name: str, known: list[str]) -> None:
    role = _folded(name)
    if role.strip() and role not in known and not Role(role).resolves:
        place.refuse(f"has {name!r}, which is no role, and none of the own; {nearest(role, known)}")
