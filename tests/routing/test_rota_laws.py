"""The laws of rotas, and a walk from day to day that uses nothing of the library's turns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar, Interval
from itilcore.routing.duty import double_bookings, gaps, on_duty_now
from itilcore.routing.overrides import Override, Swap
from itilcore.routing.rota import Duty, Rota

STEP = timedelta(minutes=15)  # every offset, handover and edge below lies on one
STEPS = 10 * 96
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PEOPLE = ("ada", "bob", "cy", "dan")
CHANGES = {  # shortly before the clock is changed
    "Europe/Berlin": (date(2026, 3, 26), date(2026, 10, 22)),
    "America/New_York": (date(2026, 3, 5), date(2026, 10, 29)),
    "Australia/Lord_Howe": (date(2026, 10, 1), date(2026, 4, 2)),
    "Pacific/Apia": (date(2011, 12, 27), date(2012, 3, 29)),
    "UTC": (date(2026, 2, 26),),
}
ZONES = sorted(CHANGES)

quarters = st.integers(0, 95)
steps = st.integers(0, STEPS)


@frozen
class Hours:
    """Hours of some days of the week, and the same as a calendar."""

    days: tuple[int, ...]
    opens: time
    closes: time
    zone: str

    def hold(self, at: datetime) -> bool:
        wall = at.astimezone(ZoneInfo(self.zone))
        return wall.weekday() in self.days and self.opens <= wall.time() < self.closes

    @property
    def calendar(self) -> BusinessCalendar:
        days = ",".join(WEEKDAYS[day] for day in self.days)
        return BusinessCalendar.weekly(
            f"{days} {self.opens:%H:%M}-{self.closes:%H:%M}", tz=self.zone
        )


@frozen
class Plan:
    """A rota, the instant from which it is looked at, and its parts for the walk."""

    rota: Rota
    origin: datetime
    hours: Hours | None
    exchanged: dict[int, int]

    def at(self, step: int) -> datetime:
        return self.origin + step * STEP


def clock(quarter: int) -> time:
    return time(quarter // 4, quarter % 4 * 15)


@st.composite
def some_hours(draw: st.DrawFn) -> Hours:
    days = draw(st.sets(st.integers(0, 6), min_size=1))
    opens, closes = sorted(draw(st.lists(quarters, min_size=2, max_size=2, unique=True)))
    return Hours(tuple(sorted(days)), clock(opens), clock(closes), draw(st.sampled_from(ZONES)))


@st.composite
def plans(draw: st.DrawFn, names: Sequence[str] = ("Desk",), zones: Sequence[str] = ZONES) -> Plan:
    zone = draw(st.sampled_from(zones))
    base = draw(st.sampled_from(CHANGES[zone]))
    origin = datetime.combine(base, time(0), UTC) - timedelta(days=2)
    edges = sorted(draw(st.sets(steps, max_size=6)))
    kept = [pair for pair in pairwise(edges) if draw(st.booleans())]
    turns = draw(st.permutations(range(8)))
    swapped = list(zip(turns[::2], turns[1::2], strict=True))[: draw(st.integers(0, 3))]
    first = base + timedelta(days=draw(st.integers(0, 3)))
    turn_days = draw(st.integers(1, 4))
    hours = draw(st.none() | some_hours())
    rota = Rota(
        name=draw(st.sampled_from(names)),
        people=draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4)),
        first=first,
        tz=zone,
        turn_days=turn_days,
        handover=clock(draw(st.integers(0, 15) | quarters)),
        cover=None if hours is None else hours.calendar,
        overrides=[
            Override(
                draw(st.sampled_from(("eve", "ada"))), origin + low * STEP, origin + high * STEP
            )
            for low, high in kept
        ],
        swaps=[
            Swap(*(first + timedelta(days=turn * turn_days) for turn in pair)) for pair in swapped
        ],
    )
    exchanged = {one: two for pair in swapped for one, two in (pair, pair[::-1])}
    return Plan(rota, origin, hours, exchanged)


def walked(plan: Plan) -> list[str | None]:
    """Who is on duty at each step, from one local date to the next."""
    rota, zone = plan.rota, ZoneInfo(plan.rota.tz)
    turn, coming = -1, rota.first
    found: list[str | None] = []
    for step in range(STEPS + 1):
        at = plan.at(step)
        wall = at.astimezone(zone).replace(tzinfo=None)
        while wall >= datetime.combine(coming, rota.handover):
            turn += 1
            coming += timedelta(days=rota.turn_days)
        person = None
        if turn >= 0 and (plan.hours is None or plan.hours.hold(at)):
            person = rota.people[plan.exchanged.get(turn, turn) % len(rota.people)]
            for override in rota.overrides:
                if override.start <= at < override.end:
                    person = override.person
        found.append(person)
    return found


def told(plan: Plan, duties: Sequence[Duty], low: int, high: int) -> list[list[str]]:
    """Whom the duties name, step by step."""
    found: list[list[str]] = [[] for _ in range(low, high)]
    for duty in duties:
        first, last = ((at - plan.origin) // STEP - low for at in (duty.start, duty.end))
        for place in range(first, last):
            found[place].append(duty.person)
    return found


@given(plans())
def test_it_is_whom_a_walk_from_day_to_day_finds(plan: Plan) -> None:
    expected = walked(plan)
    assert [plan.rota.who(plan.at(step)) for step in range(STEPS + 1)] == expected


@given(plans(), steps)
def test_the_reasons_lead_to_the_same_answer(plan: Plan, step: int) -> None:
    decision = plan.rota.on_duty(plan.at(step))
    assert decision.answer == plan.rota.who(plan.at(step))
    rules = [reason.rule for reason in decision.reasons]
    if decision.answer is None:
        assert rules[0] in ("start", "cover")
    else:
        assert rules in (
            ["turn"],
            ["turn", "swap"],
            ["turn", "override"],
            ["turn", "swap", "override"],
        )
        (duty,) = plan.rota.duties(plan.at(step), plan.at(step) + STEP)
        assert duty.why.startswith("override") is ("override" in rules)
        assert "override" in rules or ("swapped" in duty.why) is ("swap" in rules)


@given(plans(), steps, steps)
def test_duties_are_the_cover_in_pieces_without_a_gap_or_an_overlap(
    plan: Plan, one: int, two: int
) -> None:
    low, high = sorted((one, two))
    duties = plan.rota.duties(plan.at(low), plan.at(high))
    expected = [[] if person is None else [person] for person in walked(plan)[low:high]]
    assert told(plan, duties, low, high) == expected
    assert all(duty.start < duty.end for duty in duties)
    for duty, later in pairwise(duties):
        assert duty.end <= later.start
        if duty.end == later.start:  # cut for a reason only
            edges = {edge for each in plan.rota.overrides for edge in (each.start, each.end)}
            assert duty.end in edges or duty.why != later.why
        assert plan.rota.who(duty.start) == duty.person
        assert plan.rota.who(duty.end - timedelta(microseconds=1)) == duty.person


@given(plans(), st.lists(steps, min_size=3, max_size=3).map(sorted))
def test_two_windows_side_by_side_tell_what_one_tells(plan: Plan, cuts: list[int]) -> None:
    low, middle, high = (plan.at(step) for step in cuts)
    parts = [*plan.rota.duties(low, middle), *plan.rota.duties(middle, high)]
    rejoined: list[Duty] = []
    for duty in parts:
        before = rejoined[-1] if rejoined else None
        if before and duty.start == middle == before.end and middle not in edges_of(plan.rota):
            assert (before.person, before.why) == (duty.person, duty.why)
            rejoined[-1] = evolve(before, end=duty.end)
        else:
            rejoined.append(duty)
    assert tuple(rejoined) == plan.rota.duties(low, high)


def edges_of(rota: Rota) -> set[datetime]:
    """Every handover of some weeks, and both ends of each override."""
    plain = evolve(rota, cover=None, overrides=(), swaps=(), people=("ada",))
    start = datetime.combine(rota.first, time(0), UTC) - timedelta(days=2)
    handovers = {duty.start for duty in plain.duties(start, start + timedelta(days=20))}
    return handovers | {edge for each in rota.overrides for edge in (each.start, each.end)}


@given(plans(), st.integers(0, 20), st.integers(0, 20))
def test_swapping_twice_is_as_before(plan: Plan, one: int, two: int) -> None:
    rota = evolve(plan.rota, swaps=())
    if one == two:
        two += 1
    dates = [rota.first + timedelta(days=turn * rota.turn_days) for turn in (one, two)]
    once = rota.swapped(*dates)
    assert once.swaps == (Swap(*dates),)
    back = once.swapped(*reversed(dates))
    assert back == rota
    assert back.version == rota.version
    window = (plan.origin, plan.at(STEPS))
    assert back.duties(*window) == rota.duties(*window)


@given(plans(), st.integers(0, 9_000))
def test_a_look_up_far_away_is_a_look_up_nearby(plan: Plan, rounds: int) -> None:
    # Without changes of the clock a rota repeats itself.
    rota = evolve(plan.rota, tz="UTC", cover=None, overrides=(), swaps=())
    start = datetime.combine(rota.first, rota.handover, UTC)
    cycle = timedelta(days=rota.turn_days * len(rota.people))
    for days in range(5):
        at = start + timedelta(days=days, minutes=7)
        assert rota.who(at + rounds * cycle) == rota.who(at)


@given(
    st.lists(
        plans(names=("A", "B", "C"), zones=("Europe/Berlin",)),
        max_size=3,
        unique_by=lambda p: p.rota.name,
    ),
    st.none() | some_hours(),
    steps,
    steps,
)
def test_gaps_and_duties_make_the_cover_that_is_wanted(
    several: list[Plan], hours: Hours | None, one: int, two: int
) -> None:
    low, high = sorted((one, two))
    origin = datetime(2026, 3, 24, tzinfo=UTC)
    rotas = [plan.rota for plan in several]
    start, end = origin + low * STEP, origin + high * STEP
    found = gaps(rotas, None if hours is None else hours.calendar, start, end)
    assert found == gaps(rotas[::-1], None if hours is None else hours.calendar, start, end)
    duties = [duty for rota in rotas for duty in rota.duties(start, end)]
    assert not any(gap & duty.interval for gap in found for duty in duties)
    assert all(before.end < gap.start for before, gap in pairwise(found))
    for step in range(low, high):
        at = origin + step * STEP
        wanted = hours is None or hours.hold(at)
        served = bool(on_duty_now(rotas, at))
        assert any(at in gap for gap in found) is (wanted and not served)


@given(
    st.lists(
        plans(names=("A", "B", "C"), zones=("Europe/Berlin",)),
        max_size=3,
        unique_by=lambda p: p.rota.name,
    ),
    st.lists(st.integers(0, 400), min_size=2, max_size=2),
)
def test_double_bookings_are_whoever_is_on_duty_twice_at_a_step(
    several: list[Plan], given_steps: list[int]
) -> None:
    low, high = sorted(given_steps)
    origin = datetime(2026, 3, 26, tzinfo=UTC)
    rotas = [plan.rota for plan in several]
    found = double_bookings(rotas, origin + low * STEP, origin + high * STEP)
    assert found == double_bookings(rotas[::-1], origin + low * STEP, origin + high * STEP)
    for step in range(low, high):
        at = origin + step * STEP
        by_person: dict[str, list[str]] = {}
        for name, person in on_duty_now(rotas, at):
            by_person.setdefault(person, []).append(name)
        expected = {(who, tuple(names)) for who, names in by_person.items() if len(names) > 1}
        now = [(each.person, each.rotas) for each in found if at in each.interval]
        assert set(now) == expected
        assert len(now) == len(expected)
    keys = [(each.interval.start, each.person) for each in found]
    assert keys == sorted(keys)
    assert all(
        Interval(origin + low * STEP, origin + high * STEP) & each.interval for each in found
    )
