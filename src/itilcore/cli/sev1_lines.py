"""The played Sev1 in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from itilcore.major import Review
from itilcore.report import plain

from .sev1 import Sev1Day

__all__: list[str] = []

_WIDE: Final = 110
_ROWS: Final = 8


def lines(day: Sev1Day) -> Iterator[str]:
    """The outage in lines for a terminal."""
    yield "A Sev1, hour by hour"
    yield "  who hears what if nobody acts, as it stood when it was logged:"
    for step in day.simulation.steps:
        what = f"{step.step.rule} {step.step.number}/{step.step.most}"
        yield f"    {step.at:%a %H:%M} {plain(step.step.to, 40)}: {plain(what, _WIDE)}"
    hour = None
    for moment in day.moments:
        if (now := f"{moment.at:%a %H}:00") != hour:
            hour = now
            yield f"  {hour}"
        yield f"    {moment.at:%H:%M} {plain(moment.what, _WIDE)}"
        told: dict[str, list[str]] = {}
        for each in moment.heard:
            told.setdefault(each.subject, []).append(each.recipient or each.audience)
        for subject, names in told.items():
            yield f"          -> {plain(', '.join(names), 40)}: {plain(subject, _WIDE)}"
    rows = day.timeline.rows
    yield f"  the timeline, {min(len(rows), _ROWS)} of {len(rows)} rows:"
    for row in rows[:_ROWS]:
        yield f"    {row.at:%a %H:%M:%S} {plain(row.who or '-', 40)}: {plain(row.what, _WIDE)}"
    yield from _review_lines(day.review)
    kept = day.compliance
    share = "-" if kept.share is None else f"{kept.share:.0%}"
    yield f"  updates in time: {kept.in_time} of {kept.n} = {share}"
    for late in kept.late:
        yield f"    due {late.due_at:%H:%M}, late by {late.late}"
    spent = day.cost
    yield f"  the outage: {spent.minutes or 0:,.0f} minutes, {spent.cost or 0:,.0f}"


def _review_lines(review: Review) -> Iterator[str]:
    yield "  the review: the longest gaps"
    for gap in review.longest(3):
        between = f"{gap.before} -> {gap.after}"
        yield f"    {gap.start:%a %H:%M} {gap.length}: {plain(between, _WIDE)}"
    yield "  what was missing"
    for text in review.lacked:
        yield f"    {plain(text, _WIDE)}"
    for action in review.actions:
        yield f"  action of {plain(action.owner or 'nobody', 40)}: {plain(action.text, _WIDE)}"
    yield f"  the review is not complete yet: {len(review.missing())} things are missing"
