"""The section ``[[escalation]]``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from attrs import field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.errors import InvalidInput, nearest
from itilcore.escalation import (
    EscalationPolicy,
    EscalationRule,
    EscalationScope,
    Recipient,
    RecipientKind,
    Stop,
    Trigger,
    TriggerKind,
)
from itilcore.incident import EscalationKind

from .promises import duration
from .reading import PLURALS, Place, as_written

__all__ = ["EscalationNames", "read_escalation"]

_SCOPE: Final = ("priority", "severity", "service", "category", "group")
_STAND_IN: Final = timedelta(hours=1)
"""In the place of a time that cannot be read, so that nothing else is told of it."""


@frozen(kw_only=True)
class WrittenScope:
    """``applies``: one name or several each."""

    priority: Any = field(factory=list)
    severity: Any = field(factory=list)
    service: Any = field(factory=list)
    category: Any = field(factory=list)
    group: Any = field(factory=list)


@frozen(kw_only=True)
class WrittenEscalation:
    """``[[escalation]]``."""

    name: str | None
    trigger: str | None
    kind: str | None
    to: str | None
    after: str | None = None
    percent: float | None = None
    count: int | None = None
    tier: int | None = None
    skills: Any = field(factory=list)
    clocks: Any = field(factory=list)
    calendar: str | None = None
    quiet: str | None = None
    repeat_every: str | None = None
    most: int = 1
    applies: Any = field(factory=dict)
    stops: Any = field(factory=list)


@frozen(kw_only=True)
class EscalationNames:
    """What the rules may name: any where there are none of a kind, rotas apart.

    ``written`` are the names of calendars, right or wrong.
    """

    calendars: Mapping[str, BusinessCalendar]
    written: tuple[str, ...]
    priorities: Collection[str]
    severities: Collection[str]
    services: Collection[str]
    groups: Collection[str]
    people: Collection[str]
    rotas: Collection[str]
    clocks: Collection[str]
    skills: Collection[str]


def read_escalation(place: Place, given: object, names: EscalationNames) -> EscalationPolicy:
    """The rules, without those that are wrong."""
    rules: dict[str, EscalationRule] = {}
    seen: set[str] = set()
    for at, record in place.records("", WrittenEscalation, place.array(given)):
        rule = _rule(at, record, names)
        if record.name is not None and record.name in seen:
            (at / "name").refuse(f"is {record.name!r}, which stands above already")
        elif rule is not None:
            rules[rule.name] = rule
        seen.add(record.name or "")
    return EscalationPolicy(rules.values())


def _rule(place: Place, record: WrittenEscalation, names: EscalationNames) -> EscalationRule | None:
    trigger = _trigger(place, record, names)
    kind = (place / "kind").choice(EscalationKind, record.kind)
    to = _recipient(place / "to", record.to, names)
    after = _time(place / "after", record.after) or timedelta()
    every = _time(place / "repeat_every", record.repeat_every)
    hours = {
        name: (place / name).named(
            getattr(record, name), names.calendars, "calendar", names.written
        )
        for name in ("calendar", "quiet")
    }
    applies = _scope(place / "applies", record.applies, names)
    stops = [
        stop
        for text in (place / "stops").names(record.stops)
        if (stop := (place / "stops").choice(Stop, text)) is not None
    ]
    # What is missing or wrong so far has been told: something stands in for it, so that the
    # rest of the rule is judged as well.
    whole = None not in (record.name, trigger, kind, to)
    before = len(place.defects)
    with place.catching():
        rule = EscalationRule(
            name=record.name if record.name is not None else "a rule",
            trigger=trigger or Trigger(TriggerKind.BREACH),
            kind=kind or EscalationKind.FUNCTIONAL,
            to=to if to is not None and kind is not None else Recipient(RecipientKind.ROTA, "any"),
            after=after,
            calendar=hours["calendar"],
            quiet=hours["quiet"],
            repeat_every=every,
            most=record.most,
            applies=applies,
            stops=stops,
        )
        return rule if whole and len(place.defects) == before else None
    return None


def _trigger(place: Place, record: WrittenEscalation, names: EscalationNames) -> Trigger | None:
    kind = (place / "trigger").choice(TriggerKind, record.trigger)
    skills, clocks = ((place / name).names(getattr(record, name)) for name in ("skills", "clocks"))
    for name in skills:
        _known(place / "skills", name, "skill", sorted(names.skills))
    for name in clocks:
        _known(place / "clocks", name, "clock", dict.fromkeys(names.clocks))
    if kind is None:
        return None
    with place.catching():
        return Trigger(
            kind,
            percent=record.percent,
            count=record.count,
            tier=record.tier,
            skills=skills,
            clocks=clocks,
        )
    return None


def _recipient(place: Place, text: str | None, names: EscalationNames) -> Recipient | None:
    if text is None:
        return None
    to: Recipient | None = None
    with place.catching(lambda _: ""):
        to = Recipient.parse(text)
    if to is None or to.name is None:
        return to
    if to.kind is RecipientKind.ROTA:
        place.named(to.name, {each: each for each in names.rotas}, "rota")
    elif to.kind is RecipientKind.GROUP:
        _known(place, to.name, "group", names.groups)
    else:
        _known(place, to.name, "person", names.people)
    return to


def _known(place: Place, name: str, what: str, known: Iterable[str]) -> None:
    among = list(known)
    if among and name.strip() and name not in among:  # a blank one is told by what keeps it
        place.refuse(f"there is no {what} {name!r}; {nearest(name, among[:20])}")


def _time(place: Place, text: str | None) -> timedelta | None:
    if text is None:
        return None
    try:
        found = duration(text)
    except InvalidInput:
        found = None
    if isinstance(found, timedelta):
        return found
    place.refuse(f"is {text[:100]!r}: give a time such as '30m' or '4h'")
    return _STAND_IN


def _scope(place: Place, given: object, names: EscalationNames) -> EscalationScope:
    record = place.record(WrittenScope, given) or WrittenScope()
    lists = {key: (place / key).names(getattr(record, key)) for key in _SCOPE}
    for key, values in given.items() if isinstance(given, Mapping) else ():
        if values == []:
            (place / str(key)).refuse("is empty: leave it out where all are meant")
    for key, known in (
        ("priority", names.priorities),
        ("severity", names.severities),
        ("service", names.services),
        ("group", names.groups),
    ):
        for name in lists[key]:
            _known(place / key, name, key, known)
    with place.catching(as_written):
        return EscalationScope(**{PLURALS[key]: values for key, values in lists.items()})
    return EscalationScope()
