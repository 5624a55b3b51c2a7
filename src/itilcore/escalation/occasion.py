"""Occasions: what a rule found to be so, and since when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

from attrs import evolve, frozen

from itilcore.incident import HoldReason, Phase
from itilcore.routing import Directory
from itilcore.sla import Reading

from .course import Moment, held_since
from .rule import EscalationRule, Stop
from .trigger import TriggerKind

__all__ = ["Occasion", "missing_skills", "occasions", "tier_of"]


@frozen(kw_only=True)
class Occasion:
    """What is so ``since`` an instant, in UTC: perhaps one that is still to come.

    ``key`` tells it from every other occasion of its rule, and stays the same while it lasts.
    """

    key: str
    since: datetime
    text: str
    not_before: datetime | None = None


def tier_of(now: Moment, directory: Directory) -> int | None:
    """The tier of the group that has it: what the incident says, else what the directory does."""
    group = None if now.group is None else directory.group(now.group)
    return now.tier if now.tier is not None or group is None else group.tier


def missing_skills(group: str | None, skills: Iterable[str], directory: Directory) -> list[str]:
    """Those of *skills* that neither the group nor any of its members has; none of no group."""
    found = None if group is None else directory.group(group)
    if found is None:
        return []
    known = {*found.skills, *(s for each in directory.members(found.name) for s in each.skills)}
    return [skill for skill in skills if skill not in known]


def occasions(
    rule: EscalationRule,
    moments: tuple[Moment, ...],
    readings: Iterable[Reading],
    directory: Directory,
) -> Iterator[Occasion]:
    """What *rule* finds now, after the last of *moments*; nothing where it is stopped."""
    now = moments[-1]
    if rule.is_stopped(now) or not rule.applies.fits(now):
        return
    again = held_since(moments, lambda moment: not rule.is_stopped(moment))
    first = moments[0].at
    for found in _found(rule, moments, readings, directory):
        occasion = found
        if again is not None and again > max(first, occasion.since):
            # Something had stopped it.  It begins anew from where nothing does.
            since = f"{occasion.text}, and nothing stops it since {_text(again)}"
            key = f"{occasion.key}@{again.isoformat()}"
            occasion = evolve(occasion, key=key, since=again, text=since)
        progressed = now.progress_at is not None and now.progress_at > occasion.since
        if not (Stop.PROGRESS in rule.stops and progressed):
            yield occasion


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _found(
    rule: EscalationRule,
    moments: tuple[Moment, ...],
    readings: Iterable[Reading],
    directory: Directory,
) -> Iterator[Occasion]:
    if rule.trigger.is_clocked:
        yield from _of_clocks(rule, readings)
        return
    since, text = _SINCE[rule.trigger.kind](rule, moments, directory)
    if since is not None:
        yield Occasion(key=since.isoformat(), since=since, text=f"{text} {_text(since)}")


def _of_clocks(rule: EscalationRule, readings: Iterable[Reading]) -> Iterator[Occasion]:
    trigger = rule.trigger
    for reading in readings:
        if reading.stopped_at is not None or (
            trigger.clocks and reading.name not in trigger.clocks
        ):
            continue
        clock = f"{reading.agreement}, {reading.name}"
        key = f"{reading.agreement}/{reading.name}/{reading.cycle}"
        if trigger.percent is not None:
            at = reading.passes(trigger.percent)
            if at is not None:
                text = f"{trigger.percent:g} % of {clock} at {_text(at)}"
                yield Occasion(key=key, since=at, text=text)
            continue
        late = reading.late_from
        if reading.due is not None and late is not None:
            text = f"{clock} was due at {_text(reading.due)}"
            yield Occasion(key=key, since=reading.due, text=text, not_before=late)


_Since = tuple[datetime | None, str]
_Finder = Callable[[EscalationRule, tuple[Moment, ...], Directory], _Since]


def _begun(moments: tuple[Moment, ...]) -> datetime:
    logged = moments[-1].logged_at
    return moments[0].at if logged is None else logged


def _unacknowledged(
    _rule: EscalationRule, moments: tuple[Moment, ...], _directory: Directory
) -> _Since:
    known = moments[-1].acknowledged is False
    return (_begun(moments) if known else None), "nobody has acknowledged it since"


def _without_progress(
    _rule: EscalationRule, moments: tuple[Moment, ...], _directory: Directory
) -> _Since:
    last = moments[-1].progress_at
    return (_begun(moments) if last is None else last), "nobody has done anything since"


def _reassigned(rule: EscalationRule, moments: tuple[Moment, ...], _directory: Directory) -> _Since:
    count = rule.trigger.count or 0
    since = held_since(moments, lambda now: (now.reassignments or 0) >= count)
    return since, f"reassigned {count} times by"


def _reopened(rule: EscalationRule, moments: tuple[Moment, ...], _directory: Directory) -> _Since:
    count = rule.trigger.count or 0
    since = held_since(moments, lambda now: (now.reopenings or 0) >= count)
    return since, f"reopened {count} times by"


def _beyond_authority(
    rule: EscalationRule, moments: tuple[Moment, ...], directory: Directory
) -> _Since:
    needed = rule.trigger.tier or 0

    def holds(now: Moment) -> bool:
        tier = tier_of(now, directory)
        return rule.applies.fits(now) and tier is not None and tier < needed

    text = f"tier {tier_of(moments[-1], directory)} has it, and it takes tier {needed}, since"
    return held_since(moments, holds), text


def _exhausted(_rule: EscalationRule, moments: tuple[Moment, ...], _directory: Directory) -> _Since:
    return moments[-1].exhausted_at, "every diagnostic step was tried by"


def _lacks_skills(
    rule: EscalationRule, moments: tuple[Moment, ...], directory: Directory
) -> _Since:
    skills = rule.trigger.skills

    def holds(now: Moment) -> bool:
        return rule.applies.fits(now) and bool(missing_skills(now.group, skills, directory))

    lacking = ", ".join(missing_skills(moments[-1].group, skills, directory))
    return held_since(moments, holds), f"{moments[-1].group} lacks {lacking} since"


def _grown(_rule: EscalationRule, moments: tuple[Moment, ...], _directory: Directory) -> _Since:
    return moments[-1].grown_at, "the impact was raised at"


def _of_a_vip(_rule: EscalationRule, moments: tuple[Moment, ...], directory: Directory) -> _Since:
    requester = moments[-1].requester
    person = None if requester is None else directory.person(requester)
    vip = person is not None and person.is_vip
    return (_begun(moments) if vip else None), f"{requester}, a VIP, has waited since"


def _vendor_silent(
    _rule: EscalationRule, moments: tuple[Moment, ...], _directory: Directory
) -> _Since:
    """A vendor that was asked has said nothing; without any, what is on hold for one waits."""
    if moments[-1].silent_since is not None:
        return moments[-1].silent_since, "a vendor has been silent since"

    def holds(now: Moment) -> bool:
        return now.phase is Phase.WAITING and now.hold_reason == HoldReason.AWAITING_VENDOR

    return held_since(moments, holds), "a vendor has been silent since"


_SINCE: Final[dict[TriggerKind, _Finder]] = {
    TriggerKind.NO_ACKNOWLEDGEMENT: _unacknowledged,
    TriggerKind.NO_PROGRESS: _without_progress,
    TriggerKind.REASSIGNMENTS: _reassigned,
    TriggerKind.REOPENINGS: _reopened,
    TriggerKind.AUTHORITY_EXCEEDED: _beyond_authority,
    TriggerKind.DIAGNOSTICS_EXHAUSTED: _exhausted,
    TriggerKind.EXPERTISE_NEEDED: _lacks_skills,
    TriggerKind.IMPACT_GROWN: _grown,
    TriggerKind.VIP_REQUESTER: _of_a_vip,
    TriggerKind.VENDOR_SILENT: _vendor_silent,
}
"""Since when each trigger is so, ``None`` where it is not or nobody knows; and in words."""
