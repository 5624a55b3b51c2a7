"""The sections ``[[routing]]`` and ``[[hand_offs]]``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attrs import field, fields, frozen

from itilcore.classification import TicketKind
from itilcore.errors import nearest
from itilcore.routing import HandOffRule, HandOffRules, RoutingRule, RoutingRules

from .reading import PLURALS, Place, as_written

__all__ = ["read_hand_offs", "read_routing"]


@frozen(kw_only=True)
class WrittenRoute:
    """``[[routing]]``."""

    name: str | None
    group: str | None
    category: Any = field(factory=list)
    service: Any = field(factory=list)
    impact: Any = field(factory=list)
    urgency: Any = field(factory=list)
    priority: Any = field(factory=list)
    severity: Any = field(factory=list)
    kind: Any = field(factory=list)
    site: Any = field(factory=list)
    customer: Any = field(factory=list)
    words: Any = field(factory=list)
    skills: Any = field(factory=list)
    tier: int | None = None


@frozen(kw_only=True)
class WrittenHandOff:
    """``[[hand_offs]]``."""

    requires: Any
    category: Any = field(factory=list)
    scripts: Any = field(factory=list)


def read_routing(
    place: Place,
    given: object,
    groups: Collection[str],
    known: Mapping[str, Collection[str]],
) -> RoutingRules:
    """The rules in their order, without those that are wrong.

    They send to *groups* alone; to any where the book has none.  *known* are the names that a
    condition may have, where the book says which there are: with others no rule ever fits.
    """
    rules: dict[str, RoutingRule] = {}
    places: dict[str, Place] = {}
    for at, record in place.records("", WrittenRoute, place.array(given)):
        lists: dict[str, Any] = {
            each.name: (at / each.name).names(getattr(record, each.name))
            for each in fields(WrittenRoute)
            if each.name not in {"name", "group", "tier"}
        }
        lists["kind"] = [
            kind
            for text in lists["kind"]
            if (kind := (at / "kind").choice(TicketKind, text)) is not None
        ]
        for name, names in known.items():
            what = "skill that anybody has" if name == "skills" else name
            for index, text in enumerate(lists[name]):
                (at / f"{name}[{index}]").known(text, names, what)
        if record.name is None or record.group is None:
            continue
        if groups and record.group not in groups:
            near = nearest(record.group, list(groups)[:20])
            (at / "group").refuse(f"there is no group {record.group!r}; {near}")
        if record.name in places:
            (at / "name").refuse(f"is {record.name!r}, which stands above already")
        conditions = {PLURALS.get(name, name): values for name, values in lists.items()}
        with at.catching(as_written):
            rule = RoutingRule(name=record.name, group=record.group, tier=record.tier, **conditions)
            rules.setdefault(rule.name, rule)
        places.setdefault(record.name, at)
    found = RoutingRules(rules.values())
    for finding in found.unreachable():
        places[finding.rule].refuse(finding.problem)
    return found


def read_hand_offs(place: Place, given: object) -> HandOffRules:
    """What hand-offs need, row by row."""
    rules: list[HandOffRule] = []
    for at, record in place.records("", WrittenHandOff, place.array(given)):
        lists = {
            name: (at / name).names([] if getattr(record, name) is None else getattr(record, name))
            for name in ("requires", "category", "scripts")
        }
        with at.catching(as_written):
            rules.append(
                HandOffRule(
                    categories=lists["category"],
                    requires=lists["requires"],
                    scripts=lists["scripts"],
                )
            )
    return HandOffRules(rules)
