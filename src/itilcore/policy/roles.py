"""The section ``[roles]``."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from itilcore.routing import RoleRules

from .reading import Place

__all__ = ["read_roles"]


@frozen(kw_only=True)
class WrittenRoles:
    """``[roles]``."""

    single: Any = field(factory=list)
    apart: list[Any] = field(factory=list)


def read_roles(place: Place, given: object) -> RoleRules:
    """What holds for roles; the rules that always do where it cannot be read."""
    record = place.record(WrittenRoles, given)
    if record is None:
        return RoleRules()
    single = (place / "single").names(record.single)
    with place.catching():
        return RoleRules(single=single, apart=record.apart)
    return RoleRules()
