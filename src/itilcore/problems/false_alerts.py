"""How many groups of alerts were false: they resolved by themselves, and nobody acted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, blank_defects, nearest, require_aware
from itilcore.incident import in_utc

from .alerts import AlertGroup, span_defects

__all__ = ["FalsePositives", "false_positive_share"]


@frozen(kw_only=True)
class FalsePositives:
    """How many groups of alerts were false: ``count`` of ``of``; ``undecided`` are in neither.

    >>> FalsePositives(count=1, of=4, undecided=2).share
    0.25
    """

    count: int
    of: int
    undecided: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; ``None`` where there is nothing to share."""
        return self.count / self.of if self.of else None


def false_positive_share(
    groups: Iterable[AlertGroup],
    *,
    within: timedelta,
    acted: Iterable[str],
    at: datetime,
) -> FalsePositives:
    """The share of *groups* that resolved by themselves, no later than *within* after the start.

    *acted* are the references of those that somebody acted on: these are never false, whenever
    they resolved.  One that has not resolved, that nobody acted on, and that started less than
    *within* before *at* (when all this is looked at) is undecided.  Raises
    `itilcore.errors.InvalidInput` for what are no groups, for references of no group, and for
    a *within* below nothing.

    >>> from datetime import UTC
    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> false_positive_share([], within=timedelta(minutes=5), acted=(), at=nine).share is None
    True
    """
    now = in_utc(require_aware("at", at))
    given = list(groups) if isinstance(groups, Iterable) else [groups]
    defects = [
        Defect(f"groups[{index}]", f"is {each!r:.60}: give an AlertGroup")
        for index, each in enumerate(given)
        if not isinstance(each, AlertGroup)
    ]
    defects += span_defects("within", within, nothing=True)
    touched = _references(acted, defects)
    if not defects:
        known = {group.reference for group in given}
        for name in sorted(touched - known):
            hint = nearest(name, sorted(known)[:20])
            defects.append(Defect("acted", f"has {name!r:.100}, which is no group; {hint}"))
    if defects:
        raise InvalidInput("false positives", defects)
    count = undecided = 0
    for group in given:
        if group.reference in touched:
            continue
        if group.resolved_at is None:
            undecided += now - group.started_at < within
        else:
            count += group.resolved_at - group.started_at <= within
    return FalsePositives(count=count, of=len(given) - undecided, undecided=undecided)


def _references(given: Any, defects: list[Defect]) -> set[str]:
    names = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    for index, name in enumerate(names):
        defects += blank_defects(f"acted[{index}]", name)
    return {name for name in names if isinstance(name, str)}
