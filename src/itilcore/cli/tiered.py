"""A week of a tiered desk, played: routed, handed off and escalated by hand."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from itilcore.actor import Actor
from itilcore.calendars import Interval
from itilcore.classification import Category
from itilcore.desk import Desk
from itilcore.errors import ActionRefused
from itilcore.incident import (
    DiagnosticStep,
    HandOffNotes,
    Incident,
    Phase,
    ResolutionKind,
    Role,
)
from itilcore.metrics import (
    MISROUTED,
    PING_PONG,
    TIER_1_SHARE,
    TRANSFERRED_OFTEN,
    GroupTime,
    HandOffQuality,
    ShareResult,
    hand_off_quality,
    measure_all,
    time_in_groups,
)
from itilcore.policy import Book
from itilcore.priority import Impact, Urgency
from itilcore.report import plain
from itilcore.repositories import Query
from itilcore.routing import DoubleBooking, double_bookings, gaps
from itilcore.sample import TIERED_START, TieredIncident

from .play import stored

__all__: list[str] = []

_UNRESOLVED: Final = tuple(phase for phase in Phase if phase.is_unresolved)
_PAGE: Final = 500
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_END: Final = TIERED_START + 7 * _DAY
_LOOK_AGAIN: Final = 30 * _MINUTE
_IMPACTS, _URGENCIES = Impact.default_scale(), Urgency.default_scale()
_MANAGER, _SCRIBE = "marta", "diogo"
_BY_HAND: Final = "Desk Porto"
_STEPS: Final = ("restart the client", "reach the gateway", "try another line")
_SHARES: Final = (MISROUTED, PING_PONG, TRANSFERRED_OFTEN, TIER_1_SHARE)


@frozen
class TieredWeek:
    """What a week showed.

    ``unroutable`` and ``refused`` are references with what the desk said; ``loads`` the open
    incidents of each person at the end of each day; ``waited`` how many incidents had to wait
    until somebody had room, and ``waiting`` how many still do; ``uncovered`` when no triage
    captain was on duty.
    """

    incidents: int
    unroutable: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str], ...]
    loads: tuple[tuple[datetime, tuple[tuple[str, int], ...]], ...]
    waited: int
    waiting: int
    shares: tuple[ShareResult, ...]
    groups: tuple[GroupTime, ...]
    quality: HandOffQuality
    on_duty: tuple[tuple[datetime, tuple[tuple[str, str], ...]], ...]
    uncovered: tuple[Interval, ...]
    double_booked: tuple[DoubleBooking, ...]


class _Told:
    """What the desk refused on the way."""

    def __init__(self) -> None:
        self.unroutable: list[tuple[str, str]] = []
        self.refused: list[tuple[str, str]] = []
        self.waited: set[str] = set()


def play_week(desk: Desk, week: list[TieredIncident]) -> TieredWeek:
    """Play *week* on *desk*, every incident in its own time, and look at what came of it."""
    told = _Told()
    lives = [_life(desk, row, told) for row in week]
    # By instant and number: whatever happens at one instant does so in the order of the week.
    waiting = [(row.at, number) for number, row in enumerate(week)]
    heapq.heapify(waiting)
    ends = [TIERED_START + day * _DAY for day in range(1, 8)]
    loads: list[tuple[datetime, tuple[tuple[str, int], ...]]] = []
    while waiting and waiting[0][0] < _END:
        at, number = heapq.heappop(waiting)
        while ends[len(loads)] <= at:
            loads.append((ends[len(loads)], open_loads(desk)))
        following = next(lives[number], None)
        if following is not None:
            heapq.heappush(waiting, (following, number))
    while len(loads) < len(ends):
        loads.append((ends[len(loads)], open_loads(desk)))
    incidents = list(stored(desk.store))
    return _seen(desk.book, incidents, told, loads)


def _life(desk: Desk, row: TieredIncident, told: _Told) -> Iterator[datetime]:
    """What happens to one incident; each instant is when it is to go on."""
    reference = row.reference
    _logged(desk, row)
    try:
        desk.assign_next(reference, at=row.at)
    except ActionRefused as error:
        told.unroutable.append((reference, error.why))
        desk.assign(reference, at=row.at, group=_BY_HAND, by=Actor.person(_MANAGER))
        desk.assign_next(reference, at=row.at)
    at = yield from _begun(desk, row, row.at, told)
    if row.impact == row.urgency == 1:  # one of the week is a major incident
        desk.assume_role(reference, at=at, role=Role.MAJOR_INCIDENT_MANAGER, person=_MANAGER)
        desk.assume_role(reference, at=at, role=Role.SCRIBE, person=_SCRIBE)
    for number, group in enumerate(_way(row, desk.get(reference).group)):
        at += 25 * _MINUTE
        yield at
        _passed_on(desk, row, group, at, told, hasty=row.first_incomplete and number == 0)
        desk.assign_next(reference, at=at)
        at = yield from _begun(desk, row, at, told)
    at += row.minutes * _MINUTE
    yield at
    notes = f"{row.service}: {row.title}"
    desk.resolve(reference, at=at, kind=ResolutionKind.FIX, code="fixed", notes=notes)


def _way(row: TieredIncident, first: str | None) -> tuple[str, ...]:
    """The groups that it is handed to, one after the other."""
    if first is None or first == row.solver:
        return ()
    return (row.solver, first, row.solver) if row.comes_back else (row.solver,)


def _begun(
    desk: Desk, row: TieredIncident, at: datetime, told: _Told
) -> Generator[datetime, None, datetime]:
    """Work begins once somebody has it: where nobody had room, it is looked at again and again."""
    while desk.get(row.reference).assignee is None:
        told.waited.add(row.reference)
        at += _LOOK_AGAIN
        yield at
        desk.assign_next(row.reference, at=at)
    at += 5 * _MINUTE
    yield at
    desk.start(row.reference, at=at)
    return at


def _logged(desk: Desk, row: TieredIncident) -> None:
    desk.log(
        row.reference,
        at=row.at,
        title=row.title,
        requester=row.requester,
        channel=row.channel,
        category=Category(*row.category),
        service=row.service,
        impact=_IMPACTS[row.impact - 1],
        urgency=_URGENCIES[row.urgency - 1],
    )


def _passed_on(
    desk: Desk, row: TieredIncident, group: str, at: datetime, told: _Told, *, hasty: bool
) -> None:
    whole = HandOffNotes(
        summary=row.title,
        steps=[DiagnosticStep(name) for name in _STEPS],
        device={"os": "Windows 11", "model": "T14"},
        user={"login": row.requester},
        environment="production",
        evidence="screenshot 1",
        next_step=f"look at {row.service}",
    )
    if hasty:
        try:
            desk.hand_off(row.reference, at=at, group=group, details=HandOffNotes(summary="?"))
        except ActionRefused as error:
            told.refused.append((row.reference, ", ".join(name for name, _ in error.missing)))
    desk.hand_off(row.reference, at=at, group=group, details=whole)


def open_loads(desk: Desk) -> tuple[tuple[str, int], ...]:
    """The open incidents of each person who has any, by identifier."""
    found: Counter[str] = Counter()
    after: str | None = None
    while True:
        page = desk.store.find(Query(phase=_UNRESOLVED), limit=_PAGE, after=after)
        found.update(each.assignee for each in page.incidents if each.assignee is not None)
        after = page.next
        if after is None:
            return tuple(sorted(found.items()))


def _seen(
    book: Book,
    incidents: list[Incident],
    told: _Told,
    loads: list[tuple[datetime, tuple[tuple[str, int], ...]]],
) -> TieredWeek:
    shares = measure_all(_SHARES, incidents, at=_END)
    triage = [rota for rota in book.rotas if rota.name.startswith("Triage")]
    noons = [TIERED_START + day * _DAY + _DAY / 2 for day in range(7)]
    return TieredWeek(
        incidents=len(incidents),
        unroutable=tuple(told.unroutable),
        refused=tuple(told.refused),
        loads=tuple(loads),
        waited=len(told.waited),
        waiting=sum(each.assignee is None and each.phase in _UNRESOLVED for each in incidents),
        shares=tuple(shares[metric.name] for metric in _SHARES),
        groups=time_in_groups(incidents, _END),
        quality=hand_off_quality(incidents, book.hand_offs),
        on_duty=tuple((noon, book.on_duty(noon)) for noon in noons),
        uncovered=gaps(triage, book.calendar("sun"), TIERED_START, _END),
        double_booked=double_bookings(book.rotas, TIERED_START, _END),
    )


def lines(book: Book, week: TieredWeek) -> Iterator[str]:
    """The week in lines for a terminal."""
    yield "A tiered desk, one week"
    routed = week.incidents - len(week.unroutable)
    yield f"  {week.incidents} incidents, {routed} routed by rules, {len(week.unroutable)} by hand"
    for reference, why in week.unroutable[:1]:
        yield f"    {reference}, which no rule fits: {plain(why, 120)}"
    yield f"  {week.waited} had to wait until somebody had room, {week.waiting} still do"
    yield f"  {len(week.refused)} hand-offs refused at first"
    for missing, count in Counter(missing for _, missing in week.refused).most_common(3):
        yield f"    {count} lacked {plain(missing, 120)}"
    done = week.quality.mean_completeness
    told = "-" if done is None else f"{done:.0%}"
    yield f"  hand-offs: {week.quality.hand_offs}, complete on average to {told}"
    for share in week.shares:
        value = "-" if share.value is None else f"{share.value:.1%}"
        yield f"  {share.name}: {share.count} of {share.n} = {value}"
    yield "  hours with each group:"
    for spent in week.groups[:4]:
        yield f"    {plain(spent.group or 'nobody', 40)}: {spent.seconds / 3_600:,.0f}"
    yield "  who has most at the end of the day, of their capacity; who is on duty at noon UTC:"
    for (_, loads), (noon, on_duty) in zip(week.loads, week.on_duty, strict=True):
        names = ", ".join(f"{plain(rota, 40)}: {plain(person)}" for rota, person in on_duty)
        yield f"    {noon:%a %Y-%m-%d}: {_most(book, loads)}; {names or 'nobody'}"
    for gap in week.uncovered:
        yield f"  no triage captain: {gap}"
    for booking in week.double_booked:
        yield f"  on duty twice: {plain(str(booking), 120)}"


def _most(book: Book, loads: tuple[tuple[str, int], ...]) -> str:
    """Who has the largest share of their capacity, as people say it."""
    found = []
    for name, count in loads:
        person = book.directory.person(name)
        capacity = None if person is None else person.capacity
        share = 0.0 if capacity is None else count / capacity
        text = f"{plain(name)} {count}" + ("" if capacity is None else f" of {capacity}")
        found.append((-share, -count, name, text))
    return min(found)[-1] if found else "nobody has any"
