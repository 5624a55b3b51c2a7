"""Honesty checks: four counts of what eases a target, each against what chance would give."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from .chance import Chances, binomial, hypergeometric, middle, together
from .first_run import FirstRun
from .stretches import Moment

__all__ = ["CHECKS", "Check", "Found", "Settings"]

NOT_RESOLVED: Final = "not resolved"
FAR: Final = "resolved further from its target"
ANOTHER_TIME: Final = "resolved at another time: what it is compared with"
TOO_LATELY: Final = "resolved too lately: it may be reopened yet"
REOPENINGS_UNKNOWN: Final = "reopenings unknown"
REOPENING_UNTOLD: Final = "instant of the reopening unknown"


@frozen
class Settings:
    """What is near a target, what is soon after a resolution, and up to when events exist."""

    window: float | timedelta
    soon: timedelta
    at: datetime


@frozen
class Found:
    """What a check found: the ``references`` of what it counts, of so many ``opportunities``.

    ``chances`` is the count that chance would give; ``None`` without opportunities.
    """

    references: tuple[str, ...]
    opportunities: int
    chances: Chances | None
    excluded: Counter[str]


@frozen
class Check:
    """A check as a row: how it finds, and in which words it tells and asks."""

    name: str
    unit: str
    definition: str
    test: str
    assumes: str
    question: str
    otherwise: str
    find: Callable[[Sequence[FirstRun], Settings], Found]


class _Exposure:
    """How much of each target's time passed, and how much of that within the window."""

    def __init__(self) -> None:
        self.whole: defaultdict[str, float] = defaultdict(float)
        self.within: defaultdict[str, float] = defaultdict(float)
        self.happened: Counter[str] = Counter()

    def add(self, stretch: Moment, until: float, window: float) -> None:
        """Take in *stretch*, cut off after the share *until* of its target."""
        start, end = stretch.since / stretch.whole, min(stretch.share, until)
        self.whole[stretch.target] += max(end - start, 0.0)
        self.within[stretch.target] += max(end - max(start, 1.0 - window), 0.0)

    def chances(self) -> Chances | None:
        """What happens at any moment with the same chance, of the events that there were."""
        if not self.happened:
            return None
        return together(
            binomial(count, self.within[target] / self.whole[target])
            for target, count in self.happened.items()
        )


def _holds(runs: Sequence[FirstRun], settings: Settings) -> Found:
    exposure, excluded, near = _Exposure(), Counter[str](), list[str]()
    for run in runs:
        if run.end is not None:
            exposure.add(run.end, 1.0, run.end.window(settings.window))
        for hold in run.holds:
            if isinstance(hold, str):
                excluded[hold] += 1
                continue
            exposure.happened[hold.target] += 1
            if hold.share >= 1.0 - hold.window(settings.window):
                near.append(run.reference)
    return Found(tuple(near), exposure.happened.total(), exposure.chances(), excluded)


def _lowered(runs: Sequence[FirstRun], settings: Settings) -> Found:
    exposure, excluded, near = _Exposure(), Counter[str](), list[str]()
    for run in runs:
        for stretch in run.stretches:
            exposure.add(stretch, math.inf, stretch.window(settings.window))
        for each in run.lowerings:
            if isinstance(each, str):
                excluded[each] += 1
                continue
            exposure.happened[each.target] += 1
            if each.share >= 1.0 - each.window(settings.window):
                near.append(run.reference)
    return Found(tuple(near), exposure.happened.total(), exposure.chances(), excluded)


def _resolution(run: FirstRun) -> Moment | str:
    """Where the clock was stopped by a resolution, or why that cannot be judged."""
    if run.end is None:
        return run.why
    return NOT_RESOLVED if run.stopped_at is None else run.end


def _just_in_time(end: Moment, window: float) -> bool:
    return 1.0 - window <= end.share and end.spent <= end.whole


def _resolved(runs: Sequence[FirstRun], settings: Settings) -> Found:
    before, after, excluded, near = 0, 0, Counter[str](), list[str]()
    for run in runs:
        end = _resolution(run)
        if isinstance(end, str):
            excluded[end] += 1
            continue
        window = end.window(settings.window)
        if not 1.0 - 2.0 * window <= end.share <= 1.0 + window:
            excluded[FAR] += 1
        elif _just_in_time(end, window):
            near.append(run.reference)
        elif end.spent < end.whole:
            before += 1
        else:
            after += 1
    every = before + len(near) + after
    chances = middle(before, len(near), after) if every else None
    return Found(tuple(near), every, chances, excluded)


def _reopened(runs: Sequence[FirstRun], settings: Settings) -> Found:
    excluded, pairs = Counter[str](), list[str]()
    every, near, again = Counter[str](), Counter[str](), Counter[str]()
    for run in runs:
        end = _resolution(run)
        soon = _soon(run, settings)
        if isinstance(end, str) or isinstance(soon, str):
            excluded[end if isinstance(end, str) else str(soon)] += 1
            continue
        every[end.target] += 1
        again[end.target] += soon
        if not _just_in_time(end, end.window(settings.window)):
            excluded[ANOTHER_TIME] += 1
            continue
        near[end.target] += 1
        if soon:
            pairs.append(run.reference)
    chances = together(
        hypergeometric(count, again[target], every[target]) for target, count in near.items()
    )
    return Found(tuple(pairs), near.total(), chances if near else None, excluded)


def _soon(run: FirstRun, settings: Settings) -> bool | str:
    """Whether it was reopened soon after its first resolution, or why that is not known."""
    if run.stopped_at is None or settings.at - run.stopped_at < settings.soon:
        return TOO_LATELY
    if run.reopenings is None:
        return REOPENINGS_UNKNOWN
    if run.reopened_at is None:
        return REOPENING_UNTOLD if run.reopenings else False
    return run.reopened_at - run.stopped_at <= settings.soon


CHECKS: Final = (
    Check(
        "HOLDS_BEFORE_BREACH",
        "holds",
        "Of the holds that stopped a resolution clock before it was late, those that were placed "
        "shortly before the target.",
        "exact binomial, by target: every hold falls into the window with the share of the "
        "running time that lay in it",
        "At any moment of the running clock a hold is as likely, and holds do not depend on each "
        "other.",
        "Were these {count} holds placed because the target was near?",
        "Callers and suppliers are often asked last when work comes to its end.",
        _holds,
    ),
    Check(
        "RESOLVED_JUST_IN_TIME",
        "resolutions",
        "Of the first resolutions around the target, those in the last stretch before it.",
        "exact test of the middle of three stretches of equal width, given their total and the "
        "balance of the outer two",
        "From each stretch to the next the density of resolutions changes by one factor.",
        "Were some of these {count} resolutions timed by the target rather than by the work?",
        "Who works first on what is due first resolves much shortly before it is due.",
        _resolved,
    ),
    Check(
        "RESOLVED_AND_REOPENED",
        "resolutions shortly before the target",
        "Of the first resolutions shortly before the target, those that were reopened soon.",
        "exact hypergeometric, by target: as many reopenings are spread over all resolutions",
        "Under one target a resolution shortly before it is as likely to be reopened as another.",
        "Were these {count} incidents resolved before the work was done?",
        "What takes nearly all of its time may be harder, and fail more often.",
        _reopened,
    ),
    Check(
        "LOWERED_AFTER_BREACH",
        "lowerings of priority",
        "Of the first lowerings of priority under a running resolution clock, those after the "
        "target or shortly before it.",
        "exact binomial, by target: every lowering falls there with the share of the running "
        "time that lay there",
        "At any moment of the running clock a lowering is as likely.",
        "Were these {count} priorities lowered because the target was lost or nearly so?",
        "A workaround that was found late lowers the urgency late.",
        _lowered,
    ),
)
"""The checks, in the order of a report."""
