"""Checking: what is amiss in escalation rules, held against people, rotas and promises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import combinations, pairwise
from typing import Final

from itilcore.calendars import BusinessCalendar, Interval
from itilcore.errors import nearest, require_aware
from itilcore.incident import in_utc
from itilcore.priority import Priority
from itilcore.routing import Directory, Rota, gaps
from itilcore.sla import BEYOND, Agreement, Target, TargetKind

from .finding import EscalationFinding, FindingKind
from .hearing import next_group
from .policy import EscalationPolicy
from .recipient import RecipientKind
from .rule import EscalationRule
from .trigger import TriggerKind

__all__ = ["check_escalation"]

_WATCHED: Final = timedelta(days=28)
_SOME_DAY: Final = datetime(2026, 1, 5, tzinfo=UTC)
"""An instant to ask a calendar of quiet hours for an end from: any will do."""
_MOST_NAMES: Final = 5


def check_escalation(
    policy: EscalationPolicy,
    directory: Directory | None = None,
    rotas: Iterable[Rota] = (),
    agreements: Iterable[Agreement] = (),
    priorities: Iterable[Priority] | None = None,
    *,
    at: datetime | None = None,
) -> tuple[EscalationFinding, ...]:
    """What is amiss in *policy*, in the order of `FindingKind`.

    *priorities* are those that an incident may have, P1 to P5 without them.  A rota is looked
    at for the first four weeks of its turns, and for those from *at* on where they have not begun
    by then; without it nobody knows whether they have.  A delay is held against a target where
    both run by one calendar, or the target around the clock.  A directory without people or
    groups knows everybody.  Raises `itilcore.errors.NaiveInstant` for an instant without a UTC
    offset.

    >>> for finding in check_escalation(EscalationPolicy(), priorities=[Priority.P1]):
    ...     print(finding)
    gap: P1: no rule is for every incident of it
    """
    now = None if at is None else in_utc(require_aware("at", at))
    people = Directory() if directory is None else directory
    known = {rota.name: rota for rota in rotas}
    levels = Priority.default_scale() if priorities is None else tuple(priorities)
    promised = [target for agreement in agreements for target in agreement.targets]
    rules = policy.rules
    found = [
        *_priority_gaps(rules, levels),
        *_overlaps(rules, people, known),
        *_loops(rules),
        *(each for rule in rules for each in _too_late(rule, promised)),
        *(each for rule in rules for each in _nobody(rule, people, known, now)),
        *_silences(rules),
        *(each for rule in rules for each in _unknown(rule, people, known)),
        *(each for rule in rules for each in _never(rule)),
    ]
    return tuple(found)


def _priority_gaps(
    rules: tuple[EscalationRule, ...], priorities: tuple[Priority, ...]
) -> Iterator[EscalationFinding]:
    for priority in priorities:
        if not any(rule.applies.is_whole(priority.name) for rule in rules):
            some = [rule.name for rule in rules if priority.name in rule.applies.priorities]
            narrow = f", only for some: {', '.join(some[:_MOST_NAMES])}" if some else ""
            problem = f"{priority.name}: no rule is for every incident of it{narrow}"
            yield EscalationFinding(FindingKind.GAP, tuple(some), problem)


def _hearers(rule: EscalationRule, directory: Directory, rotas: dict[str, Rota]) -> set[str]:
    """Everybody who may hear it by name; a word for whoever else it is."""
    name = rule.to.name
    if name is None:
        return {f"({rule.to})"}
    rota = rotas.get(name)
    if rule.to.kind is RecipientKind.ROTA:
        return set() if rota is None else {*rota.people, *(each.person for each in rota.overrides)}
    if rule.to.kind is RecipientKind.GROUP:
        return {f"({rule.to})", *(each.identifier for each in directory.members(name))}
    return {name}


def _delays(rule: EscalationRule) -> set[timedelta]:
    every = rule.repeat_every or timedelta()
    return {rule.after + every * index for index in range(rule.most)}


def _overlaps(
    rules: tuple[EscalationRule, ...], directory: Directory, rotas: dict[str, Rota]
) -> Iterator[EscalationFinding]:
    for one, two in combinations(rules, 2):
        same = (one.trigger, one.kind, one.calendar, one.quiet) == (
            two.trigger, two.kind, two.calendar, two.quiet,
        )  # fmt: skip
        if not same or not one.applies.meets(two.applies):
            continue
        both = sorted(_hearers(one, directory, rotas) & _hearers(two, directory, rotas))
        at = min(_delays(one) & _delays(two), default=None)
        if both and at is not None:
            who = ", ".join(both[:_MOST_NAMES])
            problem = (
                f"{one.name} and {two.name} both tell {who} of {one.trigger}, {_span(at)} after it"
            )
            yield EscalationFinding(FindingKind.OVERLAP, (one.name, two.name), problem)


def _span(time: timedelta) -> str:
    return str(time) if time else "no time"


def _loops(rules: tuple[EscalationRule, ...]) -> Iterator[EscalationFinding]:
    """Circles of groups each of which escalates to the next."""
    edges: dict[str, dict[str, str]] = {}
    for rule in rules:
        if rule.to.kind is RecipientKind.GROUP and rule.to.name is not None:
            for group in rule.applies.groups:
                edges.setdefault(group, {}).setdefault(rule.to.name, rule.name)
    told: set[frozenset[str]] = set()
    for start in sorted(edges):
        path = _circle(edges, start)
        if path and frozenset(path) not in told:
            told.add(frozenset(path))
            steps = [*path, path[0]]
            names = tuple(edges[one][two] for one, two in pairwise(steps))
            problem = f"{' > '.join(steps)}: whoever could help is where it began"
            yield EscalationFinding(FindingKind.LOOP, names, problem)


def _circle(edges: dict[str, dict[str, str]], start: str) -> list[str]:
    """The shortest way from *start* back to it; nothing where there is none."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for group in sorted(edges.get(way[-1], {})):
            if group == start:
                return way
            if group not in seen:
                seen.add(group)
                ways.append([*way, group])
    return []


def _around_the_clock(calendar: BusinessCalendar | None) -> bool:
    return calendar is None or calendar == BusinessCalendar.always(calendar.tz)


def _too_late(rule: EscalationRule, targets: Iterable[Target]) -> Iterator[EscalationFinding]:
    trigger = rule.trigger
    if trigger.percent is not None and trigger.percent >= 100:
        problem = f"{rule.name}: at {trigger.percent:g} % of the target it is lost already"
        yield EscalationFinding(FindingKind.TOO_LATE, (rule.name,), problem)
        return
    kind = {
        TriggerKind.NO_ACKNOWLEDGEMENT: TargetKind.RESPONSE,
        TriggerKind.NO_PROGRESS: TargetKind.RESOLUTION,
    }.get(trigger.kind)
    for target in targets:
        if (
            target.kind is kind
            and isinstance(target.within, timedelta)
            and rule.after >= target.within
            and (target.calendar == rule.calendar or _around_the_clock(target.calendar))
            and _share_a_priority(rule, target)
        ):
            problem = f"{rule.name}: {rule.after} is not before the end of {target}"
            yield EscalationFinding(FindingKind.TOO_LATE, (rule.name,), problem)


def _share_a_priority(rule: EscalationRule, target: Target) -> bool:
    mine, theirs = set(rule.applies.priorities), set(target.applies.priorities)
    return not mine or not theirs or bool(mine & theirs)


def _nobody(
    rule: EscalationRule, directory: Directory, rotas: dict[str, Rota], now: datetime | None
) -> Iterator[EscalationFinding]:
    kind = rule.to.kind
    if kind is RecipientKind.ROTA:
        why = _gap_of(rule, rotas.get(rule.to.name or ""), now)
    elif kind is RecipientKind.GROUP:
        why = _empty(rule, directory)
    elif kind is RecipientKind.MANAGER:
        why = _unmanaged(rule, directory)
    else:
        why = _on_top(rule, directory) if kind is RecipientKind.NEXT_TIER else ""
    if why:
        yield EscalationFinding(FindingKind.NOBODY, (rule.name,), f"{rule.name}: {why}")


def _gap_of(rule: EscalationRule, rota: Rota | None, now: datetime | None) -> str:
    if rota is None:
        return ""  # told as unknown
    try:
        # By then the first turn has begun in every zone.
        first = datetime.combine(rota.first + timedelta(days=2), time(), UTC)
        wanted = rule.calendar
        if rule.quiet is not None:
            wanted = (BusinessCalendar.always() if wanted is None else wanted) - rule.quiet
        found: tuple[Interval, ...] = ()
        if now is not None and now < first:
            found = gaps(rota, wanted, now, min(now + _WATCHED, first))
        found = found or gaps(rota, wanted, first, first + _WATCHED)
    except BEYOND as error:
        return f"who is on duty for {rota.name} cannot be told: {error}"
    if not found:
        return ""
    start, end = (f"{at:%a %Y-%m-%d %H:%M}" for at in (found[0].start, found[0].end))
    begins = f": its first turn begins on {rota.first}" if found[0].start < first else ""
    return f"nobody is on duty for {rota.name} from {start} to {end} UTC{begins}"


def _empty(rule: EscalationRule, directory: Directory) -> str:
    group = directory.group(rule.to.name or "")
    return f"{group.name} has no members" if group is not None and not group.members else ""


def _unmanaged(rule: EscalationRule, directory: Directory) -> str:
    found = [
        person.identifier
        for person in directory.people
        if person.manager is None and _may_have_one(rule, directory, person.identifier)
    ]
    who = ", ".join(found[:_MOST_NAMES]) + ", ..." * (len(found) > _MOST_NAMES)
    return f"the directory names no manager of {who}, who may have an incident" if found else ""


def _may_have_one(rule: EscalationRule, directory: Directory, person: str) -> bool:
    """Whether *person* is in a group whose incidents *rule* is for."""
    groups = {group.name for group in directory.groups_of(person)}
    asked = set(rule.applies.groups)
    return bool(groups & asked if asked else groups)


def _on_top(rule: EscalationRule, directory: Directory) -> str:
    names = rule.applies.groups or [group.name for group in directory.groups]
    groups = [group for name in names if (group := directory.group(name)) is not None]
    if rule.applies.groups:
        lonely = [g.name for g in groups if next_group(g.name, g.tier, directory) is None]
    elif any(next_group(g.name, g.tier, directory) is not None for g in groups):
        lonely = []
    else:
        lonely = [g.name for g in groups]
    who = ", ".join(lonely[:_MOST_NAMES])
    return f"there is no group of a tier above {who}" if lonely else ""


def _silences(rules: tuple[EscalationRule, ...]) -> Iterator[EscalationFinding]:
    """Steps that end, and nothing else speaks while nobody has acknowledged."""
    speaking = [
        rule for rule in rules if rule.trigger.kind in (TriggerKind.BREACH, TriggerKind.NO_PROGRESS)
    ]
    for rule in rules:
        if rule.trigger.kind is not TriggerKind.NO_ACKNOWLEDGEMENT:
            continue
        if not any(other.applies.meets(rule.applies) for other in speaking):
            steps = f"its {rule.most} steps" if rule.most > 1 else "its only step"
            problem = (
                f"{rule.name}: after {steps} nobody hears of it any more, though it may still be "
                "unacknowledged: no rule for a breach or for no progress takes over"
            )
            yield EscalationFinding(FindingKind.SILENCE, (rule.name,), problem)


def _unknown(
    rule: EscalationRule, directory: Directory, rotas: dict[str, Rota]
) -> Iterator[EscalationFinding]:
    groups = [group.name for group in directory.groups]
    people = [person.identifier for person in directory.people]
    named = {
        RecipientKind.GROUP: ("group", groups),
        RecipientKind.PERSON: ("person", people),
        RecipientKind.ROTA: ("rota", sorted(rotas)),
    }.get(rule.to.kind)
    wanted = [("group", groups, name) for name in rule.applies.groups]
    if named is not None and rule.to.name is not None:
        wanted.append((*named, rule.to.name))
    for what, known, name in wanted:
        if name not in known and (known or what == "rota"):
            near = nearest(name, known[:20]) if known else "there are none"
            problem = f"{rule.name}: there is no {what} {name!r}; {near}"
            yield EscalationFinding(FindingKind.UNKNOWN, (rule.name,), problem)


def _never(rule: EscalationRule) -> Iterator[EscalationFinding]:
    """What is always quiet."""
    try:
        rule.heard(_SOME_DAY)
    except BEYOND as error:
        problem = f"{rule.name}: its quiet hours never end: {error}"
        yield EscalationFinding(FindingKind.NEVER, (rule.name,), problem)
