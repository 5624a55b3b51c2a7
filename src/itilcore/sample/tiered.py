"""A week of a tiered desk at three sites: incidents, and what will happen to each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from .tiered_book import TIERED_BOOK

__all__ = ["TIERED_BOOK", "TIERED_START", "TieredIncident", "tiered_week"]

TIERED_START: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""When the week begins: a Monday, in UTC."""


@dataclass(frozen=True, slots=True)
class TieredIncident:
    """One incident, and what will happen to it.

    ``impact`` and ``urgency`` are 1 for high to 3 for low; ``category`` is a path.  ``minutes``
    pass from the start of the solver's work to its end; ``solver`` is the group that really
    solves it, a desk where ``tier_1_solves``.  With ``first_incomplete`` the first hand-off
    lacks most of what it needs, and with ``comes_back`` the solver sends it back once.

    >>> row = next(tiered_week())
    >>> row.reference, row.solver, row.tier_1_solves
    ('TIER0001', 'Desk Singapore', True)
    """

    reference: str
    at: datetime
    title: str
    requester: str
    channel: str
    category: tuple[str, ...]
    service: str
    impact: int
    urgency: int
    minutes: int
    solver: str
    tier_1_solves: bool
    first_incomplete: bool
    comes_back: bool


@dataclass(frozen=True, slots=True)
class _Topic:
    """What goes wrong, how much of all it is, and how it is solved.

    ``tier_1`` is the chance that tier 1 solves it, else ``beyond`` does.
    """

    weight: int
    title: str
    category: tuple[str, ...]
    service: str
    beyond: str
    tier_1: float
    minutes: int


_TOPICS: Final = (
    _Topic(22, "Password expired", ("Access", "Password"), "Sign-on", "Platform", 0.95, 60),
    _Topic(14, "Mail does not arrive", ("Applications", "Mail"), "Mail", "Applications", 0.6, 600),
    _Topic(12, "No VPN from home", ("Network", "VPN"), "VPN", "Network", 0.5, 700),
    _Topic(10, "Wireless is slow", ("Network", "Wireless"), "Office network", "Network", 0.35, 900),
    _Topic(10, "Laptop does not start", ("Hardware", "Laptop"), "Laptop", "Workplace", 0.4, 1_600),
    _Topic(9, "Printer jams", ("Hardware", "Printer"), "Printing", "Workplace", 0.5, 480),
    _Topic(8, "Report is empty", ("Applications", "Report"), "Reporting", "Platform", 0.0, 1_500),
    _Topic(6, "Order is not saved", ("Applications", "ERP"), "ERP", "Applications", 0.3, 1_200),
    _Topic(4, "Wrong pay slip", ("Applications", "Payroll"), "Payroll", "Applications", 0.0, 900),
    _Topic(3, "Phishing mail opened", ("Security", "Mail"), "Mail", "Security", 0.0, 2_000),
    _Topic(2, "Line to the office is down", ("Network", "Line"), "WAN", "Network", 0.0, 600),
)
_ALERT: Final = _Topic(
    0, "Disk of the database is full", ("Server", "Disk"), "Database", "Platform", 0.0, 300
)
_OUTAGE: Final = _Topic(
    0, "Nobody can enter orders", ("Applications", "ERP"), "ERP", "Platform", 0.0, 200
)
_SITES: Final = (
    ("Desk Porto", 0, ("ines", "jorge"), 5),
    ("Desk Toronto", -5, ("kate", "leo"), 3),
    ("Desk Singapore", 8, ("lin", "nur"), 2),
)
"""The desk of a site, its hours before UTC in that week, who reports there, and how much."""

_CHANNELS: Final = ("phone", "phone", "email", "self-service", "self-service")
_DAYS: Final = (9, 7, 6, 6, 5, 1, 1)
"""Arrivals by weekday, Monday first."""

_OUTAGE_AT: Final = TIERED_START + timedelta(days=2, hours=10)


def tiered_week(seed: int = 1, incidents: int = 150) -> Iterator[TieredIncident]:
    """The *incidents* of a week from `TIERED_START` on, in the order of their instants.

    The same arguments give the same week on every machine.  The one of high impact and high
    urgency is a major incident, on Wednesday at 10:00 UTC.  A few are reported by visitors,
    whose site nobody knows.  Raises `ValueError` where *incidents* is below 1.

    >>> len(list(tiered_week(seed=2, incidents=20)))
    20
    """
    if incidents < 1:
        raise ValueError("incidents must be at least 1")
    return _numbered(Random(seed), incidents)


def _numbered(chance: Random, incidents: int) -> Iterator[TieredIncident]:
    drawn = [_drawn(chance) for _ in range(incidents - 1)]
    rows = sorted([*drawn, _outage(chance)], key=lambda row: row[0])
    for number, (at, fields) in enumerate(rows, 1):
        yield TieredIncident(f"TIER{number:04}", at, *fields)


_Fields = tuple[str, str, str, tuple[str, ...], str, int, int, int, str, bool, bool, bool]


def _weighted(chance: Random, weights: Sequence[int]) -> int:
    place = chance.random() * sum(weights)
    for index, weight in enumerate(weights[:-1]):
        place -= weight
        if place < 0:
            return index
    return len(weights) - 1


def _drawn(chance: Random) -> tuple[datetime, _Fields]:
    desk, ahead, reporters, _ = _SITES[_weighted(chance, [each[3] for each in _SITES])]
    day = _weighted(chance, _DAYS)
    minutes = 8 * 60 + int(chance.random() * 10 * 60)
    at = TIERED_START + timedelta(days=day, minutes=minutes, hours=-ahead)
    topic = _TOPICS[_weighted(chance, [each.weight for each in _TOPICS])]
    requester = reporters[int(chance.random() * len(reporters))]
    channel = _CHANNELS[int(chance.random() * len(_CHANNELS))]
    draw = chance.random()
    if draw < 0.06:
        topic, requester, channel = _ALERT, "monitoring", "monitoring"
    elif draw < 0.11:
        requester, channel = "visitor", "walk-in"
    # High impact is for the outage alone.
    impact = 2 + _weighted(chance, (1, 2))
    urgency = 1 + _weighted(chance, (1, 5, 4))
    return at, _fields(chance, topic, (requester, channel), (impact, urgency), desk)


def _outage(chance: Random) -> tuple[datetime, _Fields]:
    return _OUTAGE_AT, _fields(chance, _OUTAGE, ("ines", "phone"), (1, 1), "Desk Porto")


def _fields(
    chance: Random,
    topic: _Topic,
    came: tuple[str, str],
    levels: tuple[int, int],
    desk: str,
) -> _Fields:
    tier_1 = chance.random() < topic.tier_1
    minutes = max(int(topic.minutes * (0.5 + 2 * chance.random() ** 2)), 6)
    incomplete, back = chance.random() < 0.35, chance.random() < 0.15
    return (
        topic.title,
        *came,
        topic.category,
        topic.service,
        *levels,
        minutes,
        desk if tier_1 else topic.beyond,
        tier_1,
        incomplete and not tier_1,
        back and not tier_1,
    )
