"""Spells: who played which part in an incident, from when to when."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from .events import Assigned, Event, HandedOff, Logged, Observed, RoleAssumed, RoleRenounced
from .instant import in_utc
from .roles import Role, RoleSpell

__all__ = ["role_spells"]


def role_spells(events: Iterable[Event]) -> tuple[RoleSpell, ...]:
    """Who held which role when, as *events* tell, in the order in which they were taken on.

    The requester is whom the incident was logged for.  Whoever is assigned is the resolver of
    the tier that is said, as long as the assignment lasts; roles beside these are assumed and
    renounced.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Assigned, Logged, RoleAssumed
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> told = [Logged(nine, "Mail", "ada"), Assigned(nine, "Desk", "bob", 1),
    ...     Assigned(ten, "Mail team", "cy", 2), RoleAssumed(ten, Role.SCRIBE, "dee")]
    >>> for spell in role_spells(told):
    ...     print(spell.person, spell.role, "still" if spell.end is None else spell.end.hour)
    ada requester still
    bob tier 1 resolver 10
    cy tier 2 resolver still
    dee scribe still
    """
    found: list[RoleSpell] = []
    open_: dict[tuple[Role, str], int] = {}
    assigned: tuple[Role, str] | None = None

    def start(role: Role, person: str, event: Event) -> None:
        if (role, person) not in open_:
            open_[role, person] = len(found)
            found.append(RoleSpell(role, person, in_utc(event.at)))

    def end(key: tuple[Role, str], event: Event) -> None:
        index = open_.pop(key, None)
        if index is not None:
            found[index] = evolve(found[index], end=in_utc(event.at))

    for event in events:
        match event:
            case Logged(requester=str(person)):
                start(Role.REQUESTER, person, event)
            case Assigned() | HandedOff() | Observed():
                who = event.assignee
                now = None if who is None else (Role.resolver(event.tier), who)
                if now == assigned:
                    continue
                if assigned is not None:
                    end(assigned, event)
                if now is not None:
                    start(*now, event)
                assigned = now
            case RoleAssumed():
                start(event.role, event.person, event)
            case RoleRenounced() if (event.role, event.person) != assigned:
                end((event.role, event.person), event)
            case _:
                pass
    return tuple(found)
