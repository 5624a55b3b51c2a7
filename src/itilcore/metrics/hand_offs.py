"""Hand-offs: shares of what was sent astray, and what the notes of hand-offs held."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from attrs import frozen

from itilcore.classification import Category
from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Assigned, Classified, Event, HandedOff, Incident, Observed
from itilcore.routing import HandOffRules

from .share import ShareMetric

__all__ = [
    "MISROUTED",
    "PING_PONG",
    "TIER_1_SHARE",
    "TRANSFERRED_OFTEN",
    "GroupHandOffs",
    "HandOffQuality",
    "hand_off_quality",
]

MISROUTED: Final = ShareMetric(
    name="MISROUTED",
    definition=(
        "Of the incidents resolved, the share whose last resolution was by another group than "
        "the first known one; without those whose source counts more reassignments than it shows."
    ),
    unit="share",
    cohort="first_resolved_at",
    criterion="misrouted",
    needs=(("first_resolved_at",), ("first_group",), ("resolving_group",)),
)
"""The share that was sent to the wrong group first."""

PING_PONG: Final = ShareMetric(
    name="PING_PONG",
    definition=(
        "Of all incidents with a known group, the share that came back at least once to the group "
        "before the last; without those whose source counts more reassignments than it shows."
    ),
    unit="share",
    cohort="logged_at",
    criterion="ping-pong",
    of_resolved=False,
    needs=(("first_group",),),
)
"""The share that went to and fro between groups."""

TRANSFERRED_OFTEN: Final = ShareMetric(
    name="TRANSFERRED_OFTEN",
    definition=(
        "Of all incidents, the share that moved from one group to another three times or more."
    ),
    unit="share",
    cohort="logged_at",
    criterion="transferred often",
    of_resolved=False,
    needs=(("reassignments",),),
)
"""The share with three reassignments or more."""

TIER_1_SHARE: Final = ShareMetric(
    name="TIER_1_SHARE",
    definition="Of the incidents resolved, the share whose last resolution was by tier 1.",
    unit="share",
    cohort="first_resolved_at",
    criterion="tier 1",
    needs=(("first_resolved_at",), ("resolved_tier",)),
)
"""The share that tier 1 resolved."""


@frozen
class GroupHandOffs:
    """The hand-offs of ``group``, the one that handed off; ``None`` where it is not known.

    ``complete`` of ``hand_offs`` held all that the rules require; ``mean_completeness`` is over
    the ``rated`` ones, for which anything is required, and ``None`` where there are none.
    """

    group: str | None
    hand_offs: int
    complete: int
    rated: int
    mean_completeness: float | None

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "group": self.group,
            "hand_offs": self.hand_offs,
            "complete": self.complete,
            "rated": self.rated,
            "mean_completeness": self.mean_completeness,
        }


@frozen
class HandOffQuality:
    """What the notes of hand-offs held, against the rules of ``version``.

    The figures are those of `GroupHandOffs`, over all; ``missing`` counts the hand-offs that lack
    each requirement, most first, equals by name; ``groups`` are those that handed off, by name.
    """

    hand_offs: int
    complete: int
    rated: int
    mean_completeness: float | None
    missing: tuple[tuple[str, int], ...]
    groups: tuple[GroupHandOffs, ...]
    version: str

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "hand_offs": self.hand_offs,
            "complete": self.complete,
            "rated": self.rated,
            "mean_completeness": self.mean_completeness,
            "missing": dict(self.missing),
            "groups": [each.to_dict() for each in self.groups],
            "version": self.version,
        }


def _hand_offs(
    events: Iterable[Event],
) -> Iterator[tuple[str | None, Category | None, HandedOff]]:
    """Each hand-off with the group that had the incident before and the category it had."""
    group: str | None = None
    category: Category | None = None
    for event in events:
        if isinstance(event, HandedOff):
            yield group, category, event
        if isinstance(event, Classified | Observed):
            category = event.category
        if isinstance(event, Assigned | HandedOff | Observed):
            group = event.group


def hand_off_quality(incidents: Iterable[Incident], rules: HandOffRules) -> HandOffQuality:
    """How complete the hand-offs of *incidents*, consumed once, are by *rules*.

    A hand-off is judged by its ``details`` and by the category that the incident had then; one
    without details lacks all that is required.  Raises `itilcore.errors.InvalidInput` for rules
    that are none.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> incident = Incident.replay("INC1", [Assigned(nine, "Desk"), HandedOff(nine, "Network")])
    >>> found = hand_off_quality([incident], HandOffRules.default())
    >>> found.hand_offs, found.complete, found.missing
    (1, 0, (('next_step', 1), ('steps', 1), ('summary', 1)))
    """
    if not isinstance(rules, HandOffRules):
        raise InvalidInput(
            "hand-off quality", [Defect("rules", f"is {rules!r:.60}: give HandOffRules")]
        )
    missing: Counter[str] = Counter()
    shares: dict[str | None, list[float | None]] = {}
    for incident in incidents:
        for group, category, event in _hand_offs(incident.timeline):
            missing.update(rules.missing(event.details, category))
            shares.setdefault(group, []).append(rules.completeness(event.details, category))
    groups = tuple(
        GroupHandOffs(group, *_rated(shares[group]))
        for group in sorted(shares, key=lambda name: (name is None, name or ""))
    )
    every = [share for own in shares.values() for share in own]
    lacking = sorted(missing.items(), key=lambda item: (-item[1], item[0]))
    return HandOffQuality(*_rated(every), tuple(lacking), groups, rules.version)


def _rated(shares: list[float | None]) -> tuple[int, int, int, float | None]:
    """How many there are, are complete and are rated, and the mean of the rated ones."""
    known = [share for share in shares if share is not None]
    incomplete = sum(1 for share in known if share < 1)
    mean = math.fsum(known) / len(known) if known else None
    return len(shares), len(shares) - incomplete, len(known), mean
