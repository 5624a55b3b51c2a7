"""What incidents teach: drafts of articles, what is worth writing, and what articles did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from statistics import median
from typing import Any, Final

from attrs import frozen

from itilcore.classification import Category
from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Closed, Facts, Incident, Phase, WorkaroundFound

from .articles import Article

__all__ = ["Repeat", "deflection", "draft_of", "resolved_by_article", "top_repeats"]

_HOUR = timedelta(hours=1)
_ENOUGH: Final = 5
"""So many that tier 1 resolved make a median of a category's own."""


def _said(text: object) -> str | None:
    # Imports bring blank texts: they say no more than none.
    return text.strip() if isinstance(text, str) and text.strip() else None


def _checked(subject: str, name: str, given: Any, kind: type[Any]) -> list[Any]:
    found = list(given) if isinstance(given, Iterable) else [given]
    defects = [
        Defect(f"{name}[{index}]", f"is {each!r:.60}: each has to be of {kind.__name__}")
        for index, each in enumerate(found)
        if not isinstance(each, kind)
    ]
    if defects:
        raise InvalidInput(subject, defects)
    return found


def draft_of(incident: Incident) -> Article | None:
    """A draft of an article from the notes of the resolution of *incident*.

    It has the title that the incident was logged with, its category and service, and as text
    the notes, the workaround, the cause and the steps that were recorded.  ``None`` where the
    incident is not resolved, has no title or no notes of its resolution, or was resolved by an
    article already.  Notes are copied as they are: a person reads a draft, and takes names and
    secrets out, before it is published.  Raises `itilcore.errors.InvalidInput` for what is no
    incident.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Logged, Resolved
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> events = [Logged(nine, "No VPN"), Resolved(ten, notes="Renewed the certificate")]
    >>> draft = draft_of(Incident.replay("INC1", events))
    >>> draft.title, draft.text, draft.made_from
    ('No VPN', 'Renewed the certificate', 'INC1')
    """
    _checked("draft", "incident", [incident], Incident)
    resolution = incident.resolution
    notes = None if resolution is None else _said(resolution.notes)
    title = _said(incident.title)
    closing = _closing(incident)
    if notes is None or title is None or _resolved_by(incident) is not None:
        return None
    parts = [notes]
    workarounds = [each for each in incident.timeline if isinstance(each, WorkaroundFound)]
    if workarounds and (text := _said(workarounds[-1].text)):
        parts.append(f"Workaround: {text}")
    if closing is not None:
        if cause := _said(closing.cause):
            parts.append(f"Cause: {cause}")
        parts += [
            f"{n}. {step}" for n, step in enumerate(filter(None, map(_said, closing.steps)), 1)
        ]
    service = _said(incident.service)
    return Article(
        identifier=f"draft of {incident.reference}",
        title=title,
        text="\n".join(parts),
        categories=() if incident.category is None else str(incident.category),
        services=() if service is None else service,
        draft=True,
        made_from=incident.reference,
    )


def _closing(incident: Incident) -> Closed | None:
    """The closing that stands; ``None`` where the incident is not closed."""
    if incident.phase is not Phase.CLOSED:
        return None
    return next(
        (each for each in reversed(incident.timeline.events) if isinstance(each, Closed)), None
    )


def _resolved_by(incident: Incident) -> str | None:
    closing = _closing(incident)
    return None if closing is None else _said(closing.knowledge)


@frozen(kw_only=True)
class Repeat:
    """What was resolved again and again: a category and a service, ``None`` where unknown.

    ``count`` incidents took ``median_hours`` each, and the first tier ``first_tier_hours``
    where it resolves: the median of ``first_tier_n`` incidents that it resolved.  They are of
    the same category where ``first_tier_own``, else of all; ``first_tier_n`` is ``None`` where
    the hours were given.  ``saved_hours`` is what an article would save, ``None`` where nobody
    knows how long the first tier takes.

    >>> vpn = Category("Network", "VPN")
    >>> Repeat(
    ...     category=vpn, service=None, count=4, median_hours=3.0, first_tier_hours=1.0,
    ...     first_tier_n=7, saved_hours=8.0).saved_hours
    8.0
    """

    category: Category | None
    service: str | None
    count: int
    median_hours: float
    first_tier_hours: float | None
    first_tier_n: int | None
    first_tier_own: bool = False
    saved_hours: float | None


def top_repeats(
    facts: Iterable[Facts],
    most: int = 10,
    *,
    working: bool = False,
    first_tier: timedelta | None = None,
    least: int = 2,
) -> tuple[Repeat, ...]:
    """The categories and services with the most resolved incidents, and what an article saves.

    ``saved_hours = count * max(0, median_hours - first_tier_hours)``: as if the first tier,
    with the article, resolved each as fast as it resolves its own.  ``median_hours`` is from
    logging to resolution by the wall clock, or with *working* the time that somebody worked on
    it.  ``first_tier_hours`` is *first_tier*, or without it the median of the same over the
    incidents of the category that the first tier resolved, over all that it resolved where
    there are fewer than 5 of the category.  Closed incidents count as resolved ones do.  What
    was resolved fewer than *least* times is not repeated, and left out.  Incidents that are not
    resolved, or of which it is not known when they were logged, do not count.  Equal counts are
    in the order of what they save, then of their names.  Raises `itilcore.errors.InvalidInput`
    for wrong types, a *most* or *least* below 1 and a *first_tier* below nothing.

    >>> from datetime import UTC, datetime
    >>> nine, noon = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 12))
    >>> row = Facts(reference="INC1", service="vpn", logged_at=nine, resolved_at=noon)
    >>> top_repeats([row, row], first_tier=timedelta(hours=1))[0].saved_hours
    4.0
    """
    _check_repeats(most, working, first_tier, least)
    times: dict[tuple[Category | None, str | None], list[float]] = {}
    first: dict[Category | None, list[float]] = {}
    for each in _checked("top repeats", "facts", facts, Facts):
        if each.resolved_at is None or each.logged_at is None:
            continue
        wall = (each.resolved_at - each.logged_at) / _HOUR
        hours = each.active_seconds / 3600 if working else max(wall, 0.0)
        times.setdefault((each.category, _said(each.service)), []).append(hours)
        if _tier(each) == 1:
            first.setdefault(each.category, []).append(hours)
    every = _Base([hours for several in first.values() for hours in several])
    bases: dict[Category | None, _Base] = {
        category: _Base(hours, own=True)
        for category, hours in first.items()
        if category is not None and len(hours) >= _ENOUGH
    }
    found = [
        _repeat(category, service, hours, first_tier, bases.get(category, every))
        for (category, service), hours in times.items()
        if len(hours) >= least
    ]
    return tuple(sorted(found, key=_rank)[:most])


def _check_repeats(most: Any, working: Any, first_tier: Any, least: Any) -> None:
    defects = [
        Defect(name, f"is {value!r:.60}: give a whole number from 1 on")
        for name, value in (("most", most), ("least", least))
        if type(value) is not int or value < 1
    ]
    if not isinstance(working, bool):
        defects.append(Defect("working", f"is {working!r:.60}: give True or False"))
    if first_tier is not None and not (
        isinstance(first_tier, timedelta) and first_tier >= timedelta()
    ):
        problem = f"is {first_tier!r:.60}: give a timedelta of nothing or more, or None"
        defects.append(Defect("first_tier", problem))
    if defects:
        raise InvalidInput("top repeats", defects)


def _tier(each: Facts) -> int | None:
    """Who resolved it: of what was only ever seen closed, the tier that it was closed with."""
    if each.resolved_tier is not None or each.was_resolved:
        return each.resolved_tier
    return each.tier


class _Base:
    """How long the first tier takes: the median of *hours*, and how many those are."""

    __slots__ = ("hours", "n", "own")

    def __init__(self, hours: list[float], *, own: bool = False) -> None:
        self.hours = median(hours) if hours else None
        self.n = len(hours)
        self.own = own


def _repeat(
    category: Category | None,
    service: str | None,
    hours: list[float],
    given: timedelta | None,
    base: _Base,
) -> Repeat:
    typical = median(hours)
    first = base.hours if given is None else given / _HOUR
    return Repeat(
        category=category,
        service=service,
        count=len(hours),
        median_hours=typical,
        first_tier_hours=first,
        first_tier_n=base.n if given is None else None,
        first_tier_own=base.own and given is None,
        saved_hours=None if first is None else len(hours) * max(0.0, typical - first),
    )


def _rank(each: Repeat) -> tuple[int, float, str, str]:
    name = "" if each.category is None else str(each.category)
    return -each.count, -(each.saved_hours or 0.0), name, each.service or ""


def deflection(views: int, tickets: int) -> float | None:
    """The share of *views* of articles after which nobody wrote a ticket, from 0 to 1.

    *tickets* are those that were written after one of the views, each counted once.  ``None``
    where nobody looked.  Raises `itilcore.errors.InvalidInput` for what are no whole numbers
    from 0 on, and for more tickets than views.

    >>> deflection(200, 50)
    0.75
    """
    defects = [
        Defect(name, f"is {count!r:.60}: give a whole number from 0 on")
        for name, count in (("views", views), ("tickets", tickets))
        if type(count) is not int or count < 0
    ]
    if not defects and tickets > views:
        defects.append(Defect("tickets", f"are {tickets}, of only {views} views"))
    if defects:
        raise InvalidInput("deflection", defects)
    return (views - tickets) / views if views else None


def resolved_by_article(incidents: Iterable[Incident]) -> tuple[tuple[str, int], ...]:
    """How many *incidents* each article resolved, the most first, then by its reference.

    An incident counts for the article that its closing names, once, while it is closed: one
    that was opened again was not resolved by it.  Raises `itilcore.errors.InvalidInput` for
    what is no incident.

    >>> from datetime import UTC, datetime
    >>> closed = Closed(datetime(2026, 1, 5, tzinfo=UTC), knowledge="KB1")
    >>> resolved_by_article([Incident.replay(name, [closed]) for name in ("INC1", "INC2")])
    (('KB1', 2),)
    """
    given = _checked("resolved by article", "incidents", incidents, Incident)
    counts = Counter(filter(None, map(_resolved_by, given)))
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
