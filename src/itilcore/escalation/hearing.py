"""Hearing: who a recipient is, for an incident as it stands and at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from itilcore.decision import Reason
from itilcore.routing import Directory, Rota, SupportGroup
from itilcore.sla import BEYOND

from .course import Moment
from .occasion import tier_of
from .recipient import Recipient, RecipientKind

__all__ = ["heard_by", "next_group"]


def heard_by(
    to: Recipient,
    number: int,
    now: Moment,
    at: datetime,
    directory: Directory,
    rotas: Iterable[Rota],
) -> tuple[str, Reason]:
    """Who hears step *number* (from 1) of what comes *at* an instant, and why it is them.

    Where nobody is found, the words of the rule stand in for them: an escalation is never
    dropped for want of somebody to hear it.
    """
    if to.name is not None and to.kind is not RecipientKind.ROTA:
        return to.name, Reason("recipient", f"the rule names {to}")
    name, why = (
        _on_duty(to.name, at, rotas)
        if to.name is not None
        else _manager(now.assignee, number, directory)
        if to.kind is RecipientKind.MANAGER
        else _next_tier(now, directory)
    )
    return name or str(to), Reason("recipient", why)


def _on_duty(rota: str, at: datetime, rotas: Iterable[Rota]) -> tuple[str | None, str]:
    found = {each.name: each for each in rotas}.get(rota)
    if found is None:
        return None, f"there is no rota {rota!r}: nobody is known"
    try:
        person = found.who(at)
    except BEYOND as error:
        return None, f"nobody is known to be on duty for {rota}: {error}"
    if person is None:
        return None, f"nobody is on duty for {rota} at {at:%Y-%m-%d %H:%M} UTC"
    return person, f"{person} is on duty for {rota} at {at:%Y-%m-%d %H:%M} UTC"


def _manager(assignee: str | None, number: int, directory: Directory) -> tuple[str | None, str]:
    if assignee is None:
        return None, "nobody has it, so there is no manager to tell"
    managers = directory.managers_of(assignee)
    if not managers:
        return None, f"the directory names no manager of {assignee}"
    found = managers[min(number, len(managers)) - 1].identifier
    up = " < ".join([assignee, *(each.identifier for each in managers[:number])])
    return found, f"{found} is a manager above {assignee}: {up}"


def next_group(
    group: str | None,
    tier: int | None,
    directory: Directory,
    service: str | None = None,
    category: str | None = None,
) -> SupportGroup | None:
    """A group of the next tier above *tier*: one that owns the service or the category first."""
    if tier is None:
        return None
    above = [each for each in directory.groups if each.tier is not None and each.tier > tier]
    nearest = min((each.tier or 0 for each in above), default=0)
    found = [each for each in above if each.tier == nearest and each.name != group]
    return min(
        found,
        key=lambda each: (
            service not in each.services,
            not any(
                category == own or str(category).startswith(f"{own} >") for own in each.categories
            ),
            each.name,
        ),
        default=None,
    )


def _next_tier(now: Moment, directory: Directory) -> tuple[str | None, str]:
    tier = tier_of(now, directory)
    if tier is None:
        return None, "the tier of whoever has it is not known"
    category = None if now.category is None else str(now.category)
    found = next_group(now.group, tier, directory, now.service, category)
    if found is None:
        return None, f"there is no group above tier {tier}"
    return found.name, f"{found.name} is of tier {found.tier}, the next above {tier}"
