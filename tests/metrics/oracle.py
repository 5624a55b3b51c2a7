"""The four figures and others from plain lists of what happened: nothing of the library's metrics.

A story is a list of ``(minute, what, extra)``; the oracle looks at the whole of it instead of
folding.
"""

from __future__ import annotations

import statistics
from typing import Any

Story = list[tuple[int, str, Any]]

UNRESOLVED = {"new", "active", "hold"}


def first(story: Story, what: str) -> int | None:
    return next((minute for minute, happened, _ in story if happened == what), None)


def states(story: Story) -> list[tuple[int, str]]:
    names = {"logged": "new", "started": "active", "held": "hold", "resolved": "resolved",
             "reopened": "active", "closed": "closed", "cancelled": "cancelled"}  # fmt: skip
    return [(minute, names[what]) for minute, what, _ in story if what in names]


def reopenings(story: Story) -> list[int]:
    seen = states(story)
    return [
        now[0]
        for before, now in zip(seen, seen[1:], strict=False)
        if before[1] not in UNRESOLVED and now[1] in UNRESOLVED
    ]


def resolution(story: Story) -> int | None:
    """The last resolution that held: the first of the run of ended states at the end."""
    seen = states(story)
    run: list[tuple[int, str]] = []
    for minute, state in reversed(seen):
        if state in UNRESOLVED:
            break
        run.append((minute, state))
    resolved = [minute for minute, state in reversed(run) if state == "resolved"]
    return resolved[0] if resolved else None


def start(story: Story) -> int | None:
    for what in ("impact", "detected", "logged"):
        minute = first(story, what)
        if minute is not None:
            return minute
    return None


def group_changes(story: Story) -> int:
    groups = [extra for _, what, extra in story if what in {"assigned", "handed off"} and extra]
    return sum(a != b for a, b in zip(groups, groups[1:], strict=False))


def spread(hours: list[float]) -> dict[str, Any]:
    if not hours:
        return {"n": 0, "mean": None, "median": None, "p90": None}
    p90 = hours[0] if len(hours) == 1 else statistics.quantiles(hours, n=10, method="inclusive")[-1]
    return {
        "n": len(hours),
        "mean": statistics.fmean(hours),
        "median": statistics.median(hours),
        "p90": p90,
    }


def mttr(stories: list[Story]) -> dict[str, Any]:
    spent = []
    for story in stories:
        begin, end = start(story), resolution(story)
        if begin is not None and end is not None and end >= begin:
            spent.append((end - begin) / 60)
    return spread(spent)


def mtta(stories: list[Story]) -> dict[str, Any]:
    waits = []
    for story in stories:
        begin, end = first(story, "logged"), first(story, "acknowledged")
        if begin is not None and end is not None and end >= begin:
            waits.append((end - begin) / 60)
    return spread(waits)


def share(verdicts: list[bool]) -> dict[str, Any]:
    n = len(verdicts)
    return {"n": n, "count": sum(verdicts), "value": sum(verdicts) / n if n else None}


def reopen_rate(stories: list[Story], window: int | None = None) -> dict[str, Any]:
    verdicts = []
    for story in stories:
        resolved, again = first(story, "resolved"), reopenings(story)
        if resolved is not None:
            verdicts.append(bool(again) and (window is None or again[0] - resolved <= window))
    return share(verdicts)


def fcr_proxy(stories: list[Story]) -> dict[str, Any]:
    return share(
        [
            not group_changes(story) and not reopenings(story)
            for story in stories
            if first(story, "resolved") is not None
        ]
    )


def backlog(stories: list[Story]) -> int:
    return sum(states(story)[-1][1] in UNRESOLVED for story in stories)
