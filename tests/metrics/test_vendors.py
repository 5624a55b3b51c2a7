"""Reliability of vendors against plain loops over what was planted, minute by minute."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import (
    Closed,
    Event,
    Incident,
    Logged,
    VendorAnswered,
    VendorEngaged,
    in_utc,
)
from itilcore.metrics import (
    KeptShare,
    VendorReliability,
    VendorTimes,
    vendor_reliability,
    wilson,
)
from itilcore.routing import Vendor, Vendors

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
ACME = Vendor(name="Acme", answer_within=2 * HOUR, deliver_within=8 * HOUR, hours=OFFICE)
LATER = MONDAY + timedelta(days=30)


def at(hour: float) -> datetime:
    return MONDAY + hour * HOUR


def one(*events: Event, until: datetime = LATER, vendor: Vendor = ACME) -> VendorReliability:
    incident = Incident.replay("INC1", [Logged(MONDAY), *events])
    (found,) = vendor_reliability([incident], until, Vendors(vendor))
    return found


def verdicts(found: VendorReliability) -> list[bool | str]:
    told: list[bool | str] = []
    for share in (found.answered_in_time, found.delivered_in_time):
        assert share.population == share.n + sum(count for _, count in share.excluded) == 1
        told.append(share.kept == 1 if share.n else share.excluded[0][0])
    return told


ASKED = VendorEngaged(at(16), "Acme")  # Monday at 16:00: due on Tuesday at 10:00 and at 16:00


@pytest.mark.parametrize(
    ("events", "until", "wanted"),
    [
        ([VendorAnswered(at(34), "Acme")], LATER, [True, True]),
        ([VendorAnswered(at(40), "Acme")], LATER, [False, True]),
        ([VendorAnswered(at(40.01), "Acme")], LATER, [False, False]),
        ([VendorAnswered(at(20), "Acme", delivered=False)], LATER, [True, False]),
        ([], at(34), ["still within its time", "still within its time"]),
        ([], at(34.01), [False, "still within its time"]),
        ([], at(40.01), [False, False]),
        ([Closed(at(34))], LATER, ["incident over within its time"] * 2),
        ([Closed(at(35))], LATER, [False, "incident over within its time"]),
        ([Closed(at(90))], LATER, [False, False]),
        ([VendorAnswered(at(15), "Acme")], LATER, ["time runs backwards"] * 2),
        ([VendorAnswered(at(50), "Acme")], at(34), ["still within its time"] * 2),
    ],
)
def test_in_time(events: list[Event], until: datetime, wanted: list[bool | str]):
    assert verdicts(one(ASKED, *events, until=until)) == wanted


def test_what_cannot_be_judged():
    done = VendorAnswered(at(17), "Acme")
    nothing = "nothing promised"
    assert verdicts(one(ASKED, done, vendor=Vendor(name="Acme"))) == [nothing, nothing]
    assert verdicts(one(ASKED, done, vendor=Vendor(name="Globex"))) == [nothing, nothing]
    half = evolve(ACME, deliver_within=None)
    assert verdicts(one(ASKED, done, vendor=half)) == [True, nothing]
    never = OFFICE & BusinessCalendar.weekly("Sun 09:00-17:00", tz="UTC")
    untold = "its hours cannot be told"
    assert verdicts(one(ASKED, done, vendor=evolve(half, hours=never))) == [untold, nothing]


def test_figures_and_words():
    told = [
        [VendorEngaged(at(9), "Acme"), VendorAnswered(at(10), "Acme")],
        [VendorEngaged(at(9), "Acme"), VendorAnswered(at(13), "Acme")],
        [VendorEngaged(at(9), "Acme"), VendorEngaged(at(9), "Globex"), Closed(at(19))],
        [VendorEngaged(at(39), "Acme")],
        [VendorEngaged(at(10), "Acme"), VendorAnswered(at(9), "Acme")],
    ]
    incidents = (Incident.replay(f"INC{n}", events) for n, events in enumerate(told))
    acme, globex = vendor_reliability(incidents, at(40), Vendors(ACME))
    assert (acme.engagements, acme.answered, acme.delivered, acme.still_open) == (5, 3, 3, 1)
    assert acme.answered_in_time == KeptShare(
        5, 3, 1, (("still within its time", 1), ("time runs backwards", 1))
    )
    assert acme.answered_in_time.interval == wilson(1, 3)
    assert acme.waits.to_dict() == {
        "population": 5,
        "n": 2,
        "total": 16 * 3600.0,
        "mean": 2.5 * 3600,
        "median": 2.5 * 3600,
        "median_with_open": 4 * 3600.0,
        "excluded": {"incident over without it": 1, "still waiting": 1, "time runs backwards": 1},
    }
    assert str(acme) == (
        "Acme: 5 engagements, 3 answered, 3 delivered, 1 still open; answered in time "
        "1 of 3 (6.1 % to 79.2 %), delivered in time 2 of 3 (20.8 % to 93.9 %); "
        "waits mean 2.5 h, median 2.5 h"
    )
    assert str(globex) == (
        "Globex: 1 engagements, 0 answered, 0 delivered, 0 still open; answered in time unknown, "
        "delivered in time unknown; waits unknown"
    )
    found = json.loads(json.dumps(globex.to_dict()))
    assert list(found) == [
        "vendor", "engagements", "answered", "delivered", "still_open",
        "answered_in_time", "delivered_in_time", "waits",
    ]  # fmt: skip
    assert found["answered_in_time"] == {
        "population": 1,
        "n": 0,
        "kept": 0,
        "excluded": {"nothing promised": 1},
        "value": None,
        "interval": None,
    }
    between = acme.to_dict()["answered_in_time"]["interval"]
    assert between == pytest.approx([0.0614919, 0.7923404], abs=1e-6)


def test_wrong_calls():
    wrong: Any = vendor_reliability
    with pytest.raises(InvalidInput, match="vendors: is 'Acme': give Vendors"):
        wrong([], MONDAY, "Acme")
    with pytest.raises(NaiveInstant):
        wrong([], datetime(2026, 1, 5))
    with pytest.raises(NaiveInstant):
        VendorTimes().result(datetime(2026, 1, 5))
    assert vendor_reliability([], MONDAY) == ()


@frozen
class Planted:
    """One engagement in quarters of an hour: begun, answers, and how it ended."""

    vendor: str
    start: int
    answers: tuple[int, ...]
    end: int | None
    delivered: bool

    def events(self) -> list[Event]:
        found: list[Event] = [Logged(MONDAY), VendorEngaged(quarter(self.start), self.vendor)]
        found += [VendorAnswered(quarter(q), self.vendor, delivered=False) for q in self.answers]
        if self.end is not None:
            over = VendorAnswered(quarter(self.end), self.vendor)
            found.append(over if self.delivered else Closed(quarter(self.end)))
        return found


def quarter(number: int) -> datetime:
    return MONDAY + number * timedelta(minutes=15)


@st.composite
def planted(draw: st.DrawFn) -> Planted:
    start = draw(st.integers(0, 600))
    answers = sorted(draw(st.lists(st.integers(start, start + 200), max_size=2)))
    last = answers[-1] if answers else start
    end = draw(st.none() | st.integers(last, last + 200))
    vendor = draw(st.sampled_from(["Acme", "Globex"]))
    return Planted(vendor, start, tuple(answers), end, draw(st.booleans()))


def is_open(number: int, office: bool) -> bool:
    moment = quarter(number)
    return not office or (moment.weekday() < 5 and 9 <= moment.hour < 17)


def due(start: int, quarters: int, office: bool) -> int:
    """By stepping through the quarters of an hour and counting the open ones."""
    here = start
    while quarters:
        quarters -= is_open(here, office)
        here += 1
    return here


@given(st.lists(planted(), max_size=12), st.integers(0, 1_100), st.booleans())
def test_against_a_count_in_quarters_of_an_hour(stories: list[Planted], until: int, office: bool):
    hours = OFFICE if office else None
    vendors = Vendors(
        Vendor(name=name, answer_within=2 * HOUR, deliver_within=24 * HOUR, hours=hours)
        for name in ("Acme", "Globex")
    )
    incidents = [Incident.replay(f"INC{n}", each.events()) for n, each in enumerate(stories)]
    found = {each.vendor: each for each in vendor_reliability(incidents, quarter(until), vendors)}
    for name in ("Acme", "Globex"):
        mine = [each for each in stories if each.vendor == name and each.start <= until]
        if not mine:
            assert name not in found
            continue
        tally = {"answered": [0, 0], "delivered": [0, 0]}
        waited, all_waited = [], 0
        for each in mine:
            ended = each.end if each.end is not None and each.end <= until else None
            came = ended if each.delivered else None
            answers = [q for q in each.answers if q <= until]
            first = min([*answers, *([] if came is None else [came])], default=None)
            stop = until if ended is None else ended
            for what, done, promised in (("answered", first, 8), ("delivered", came, 96)):
                limit = due(each.start, promised, office)
                if done is not None:
                    tally[what][done <= limit] += 1
                elif stop > limit:
                    tally[what][False] += 1
            all_waited += stop - each.start
            if came is not None:
                waited.append(came - each.start)
        vendor = found[name]
        for what, share in (
            ("answered", vendor.answered_in_time),
            ("delivered", vendor.delivered_in_time),
        ):
            late, kept = tally[what]
            assert (share.n, share.kept) == (late + kept, kept)
            assert share.n + sum(dict(share.excluded).values()) == share.population == len(mine)
        waits = vendor.waits
        assert waits.total == all_waited * 900
        assert waits.n + sum(dict(waits.excluded).values()) == waits.population == len(mine)
        assert waits.n == vendor.delivered == len(waited)
        if waited:
            assert waits.mean == pytest.approx(sum(waited) * 900 / len(waited))
            ordered, half = sorted(waited), len(waited) // 2
            middle = ordered[half] if len(waited) % 2 else sum(ordered[half - 1 : half + 1]) / 2
            assert waits.median == middle * 900


@given(st.lists(planted(), max_size=8), st.permutations(range(8)))
def test_the_order_of_incidents_means_nothing(stories: list[Planted], order: list[int]):
    incidents = [Incident.replay(f"INC{n}", each.events()) for n, each in enumerate(stories)]
    mixed = [incidents[n] for n in order if n < len(incidents)]
    end = max((in_utc(e.at) for each in incidents for e in each.timeline), default=MONDAY)
    assert vendor_reliability(mixed, end) == vendor_reliability(iter(incidents), end)
    times = VendorTimes()
    for each in incidents:
        times.add(each.timeline)
    assert times.result(end) == vendor_reliability(incidents, end)


@given(
    st.lists(planted(), max_size=12),
    st.integers(0, 1_100),
    st.integers(1, 200),
    st.integers(0, 200),
    st.booleans(),
)
def test_a_longer_promise_is_never_kept_less_often(
    stories: list[Planted], until: int, hours: int, more: int, office: bool
):
    incidents = [Incident.replay(f"INC{n}", each.events()) for n, each in enumerate(stories)]
    calendar = OFFICE if office else None

    def found(within: timedelta) -> list[KeptShare]:
        vendors = Vendors(
            Vendor(name=name, answer_within=within, deliver_within=within, hours=calendar)
            for name in ("Acme", "Globex")
        )
        return [
            share
            for each in vendor_reliability(incidents, quarter(until), vendors)
            for share in (each.answered_in_time, each.delivered_in_time)
        ]

    for short, long in zip(found(hours * HOUR), found((hours + more) * HOUR), strict=True):
        assert short.kept <= long.kept
        assert short.n - short.kept >= long.n - long.kept
        assert short.population == long.population
