"""What falls due: laws over random lives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.desk import Desk
from itilcore.errors import NaiveInstant
from itilcore.incident import Announced, AnnouncementKind, Closed, Incident, Logged, Resolved
from itilcore.policy import Book, Closing, DueItem, DueKind, loads
from itilcore.repositories import Commit
from itilcore.sla import Agreement, Target, TargetKind, Threshold
from itilcore.stores import MemoryStore
from tests.sla.stories import MINUTE, NINE, event

BOOK = loads(
    """
    [calendars.always]
    hours = "Mon-Sun 00:00-24:00"
    [calendars.office]
    hours = "Mon-Fri 09:00-17:00"
    [sla.gold]
    calendar = "always"
    targets = [
      { kind = "resolution", within = "10h", warn = ["50 %", "1h before", "1h after"] },
      { kind = "response", within = "1h" },
      { kind = "update", within = "3h", warn = ["80 %"] },
    ]
    [closing]
    after = "6h"
    calendar = "office"
    """
)
OFFICE = loads(
    """
    [calendars.office]
    hours = "Mon-Fri 09:00-17:00"
    [sla.gold]
    calendar = "office"
    targets = [
      { kind = "resolution", within = "8h", warn = ["50 %", "100 %", "1h after"] },
      { kind = "response", within = "3h" },
      { kind = "update", within = "2 business days" },
    ]
    [sla.silver]
    calendar = "office"
    due = "next_open"
    targets = [{ kind = "resolution", within = "8h" }, { kind = "response", within = "4h" }]
    [closing]
    after = "6h"
    calendar = "office"
    """
)
BOOKS = {"always": BOOK, "office": OFFICE}
WORDS = ("start", "hold:A", "resume", "resolve", "reopen", "note", "in", "out", "ack", "cancel")
steps = st.lists(st.tuples(st.integers(0, 400), st.sampled_from(WORDS)), max_size=7)
minutes = st.integers(0, 4_000)


def life(given_steps) -> Incident:
    now, events = NINE, [Logged(NINE)]
    for wait, word in given_steps:
        now += wait * MINUTE
        events.append(event(word, now))
    return Incident.replay("INC1", events)


def identifiers(incident: Incident, at: datetime, book: Book = BOOK) -> set[str]:
    return {item.identifier for item in book.due(incident, at).items}


@example([(140, "start"), (400, "hold:A")], 0, 1)  # held at the very instant of a threshold
@given(steps, minutes, minutes)
def test_what_is_due_stays_due_as_time_goes_on(given_steps, wait: int, more: int):
    incident = life(given_steps)
    at = incident.timeline[-1].at + wait * MINUTE
    assert identifiers(incident, at) <= identifiers(incident, at + more * MINUTE)


@pytest.mark.parametrize("name", ["always", "office"])
@example([], 480)  # a target ends at the very closing
@given(steps, minutes)
def test_the_instant_to_look_again_is_the_first_at_which_there_is_more(
    name: str, given_steps, wait: int
):
    book = BOOKS[name]
    incident = life(given_steps)
    at = incident.timeline[-1].at + wait * MINUTE
    outlook = book.due(incident, at)
    if outlook.items:
        assert outlook.look_again_at == outlook.items[0].at <= at
        assert list(outlook.items) == sorted(outlook.items, key=lambda i: (i.at, i.identifier))
        for item in outlook.items:
            before = identifiers(incident, item.at - timedelta(microseconds=1), book)
            assert item.at < incident.timeline[-1].at or item.identifier not in before
        return
    later = outlook.look_again_at
    if later is None:
        assert identifiers(incident, at + timedelta(days=400), book) == set()
        return
    assert later > at
    assert identifiers(incident, later - timedelta(microseconds=1), book) == set()
    assert identifiers(incident, later, book)


@pytest.mark.parametrize("name", ["always", "office"])
@example([], 480)
@example([(201, "start"), (400, "hold:A")], 0)  # held after its target and before a threshold
@given(steps, minutes)
def test_a_desk_that_is_looked_at_when_it_says_so_has_something_to_do_each_time(
    name: str, given_steps, wait: int
):
    """Also where it slept through its targets: it comes to an end, and never looks in vain."""
    book = BOOKS[name]
    events = life(given_steps).timeline.events
    store = MemoryStore()
    first = book.look_again_at(Incident.replay("INC1", events), events[-1].at)
    store.commit(Commit(reference="INC1", expected_version=0, events=events, look_again_at=first))
    desk = Desk(store, book)
    now: datetime | None = events[-1].at + wait * MINUTE
    seen: set[str] = set()
    for _ in range(40):
        agenda = desk.agenda(now)
        fresh = {item.identifier for item in agenda.items}
        assert not fresh & seen
        seen |= fresh
        for item in agenda.items:
            assert desk.act(item, at=now).events
        later = desk.agenda(now).look_again_at
        if later is None:
            return
        assert later > now
        assert desk.agenda(later).items
        now = later
    pytest.fail("it never comes to an end")


@given(steps, minutes)
def test_what_was_done_is_not_due_again(given_steps, wait: int):
    incident = life(given_steps)
    at = incident.timeline[-1].at + wait * MINUTE
    for _ in range(30):
        items = BOOK.due(incident, at).items
        if not items:
            break
        incident = incident.record(_done(items[0], at))
    assert BOOK.due(incident, at).items == ()


def _done(item: DueItem, at: datetime):
    if item.kind is DueKind.AUTO_CLOSE:
        return Closed(at)
    kind = AnnouncementKind.WARNING if item.kind is DueKind.WARNING else AnnouncementKind.BREACH
    return Announced(at, kind, item.clock, item.agreement, item.instant, item.threshold)


@given(st.integers(0, 500), st.integers(0, 300), st.integers(0, 300), minutes)
def test_a_longer_hold_makes_nothing_of_the_resolution_due_earlier(
    start: int, length: int, more: int, wait: int
):
    def due(hold: int) -> set[str]:
        incident = life([(start, "hold:A"), (hold, "resume")])
        at = NINE + (start + length + more + wait) * MINUTE
        found = BOOK.due(incident, at).items
        return {f"{i.kind}{i.threshold}" for i in found if i.clock == "resolution"}

    assert due(length + more) <= due(length)


def test_an_instant_carries_an_offset():
    with pytest.raises(NaiveInstant):
        Book().due(life([]), NINE.replace(tzinfo=None))


def test_a_clock_that_was_cancelled_late_is_not_announced():
    incident = life([(700, "cancel")])
    assert BOOK.due(incident, datetime(2026, 2, 1, tzinfo=UTC)).items == ()


def test_a_clock_that_has_no_target_is_never_due():
    book = loads("""
        [calendars.always]
        hours = "Mon-Sun 00:00-24:00"
        [sla.gold]
        calendar = "always"
        targets = [{ kind = "response", within = "1h", applies = { priority = "P1" } }]
        """)
    (reading,) = book.read(life([]), NINE)
    assert (reading.target, reading.due) == (None, None)
    found = book.due(life([]), NINE + 9_000 * MINUTE)
    assert (found.items, found.look_again_at) == ((), None)


def test_what_was_late_before_the_holidays_end_stays_late():
    holidays = Holidays.snapshot([date(2026, 12, 25)], [2026])
    office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC", holidays=holidays)
    hour = timedelta(hours=1)
    targets = [
        Target(TargetKind.RESPONSE, hour, office),
        Target(TargetKind.RESOLUTION, 40 * hour, office),
    ]
    book = Book(agreements=(Agreement("gold", targets),))
    at = datetime(2026, 12, 30, 9, tzinfo=UTC)
    logged = Incident.replay("INC1", [Logged(at)])
    for later in (2 * hour, 39 * hour, 400 * hour):
        found = book.due(logged, at + later)
        assert [(item.kind, item.clock) for item in found.items] == [(DueKind.BREACH, "response")]
        assert any("gold, resolution" in each for each in found.untold)
    # Nor is it looked at in vain for what came due on the last day that is known.
    short = Target(TargetKind.RESOLUTION, 12 * hour, office, warn=Threshold.percent(80))
    book = Book(agreements=(Agreement("gold", short),))
    found = book.due(logged, at + 400 * hour)
    assert (found.items, found.look_again_at) == ((), at + 424 * hour)
    # A target that ends at the last closing that is known is not late before the next opening.
    last = Target(TargetKind.RESOLUTION, 16 * hour, office)
    book = Book(agreements=(Agreement("gold", last),))
    found = book.due(logged, at + hour)
    assert (found.items, found.look_again_at) == ((), at + 25 * hour)
    assert [each.partition(":")[0] for each in found.untold] == ["gold, resolution"]
    young = Incident.replay("INC2", [Logged(datetime(2027, 1, 4, 9, tzinfo=UTC))])
    assert book.due(young, at + 400 * hour).items == ()


def test_what_a_calendar_cannot_tell_stops_nothing():
    """The holidays are known for this year only; a resolution is due in the next."""
    holidays = Holidays.snapshot([date(2026, 12, 25)], [2026])
    office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC", holidays=holidays)
    targets = [
        Target(TargetKind.RESPONSE, timedelta(hours=1), office),
        Target(TargetKind.RESOLUTION, timedelta(hours=40), office),
    ]
    book = Book(
        agreements=(Agreement("gold", targets),), closing=Closing(calendar=office), notifications=()
    )
    at = datetime(2026, 12, 30, 9, tzinfo=UTC)
    logged = Incident.replay("INC1", [Logged(at)])
    beyond = "2027 is outside the years 2026 to 2026 that the calendar knows"
    found = book.due(logged, at + 2 * timedelta(hours=1))
    assert [item.clock for item in found.items] == ["response"]
    assert found.untold == (f"gold, resolution: {beyond}",)
    resolved = logged.record(Resolved(at))
    found = book.due(resolved, at)
    assert found.items == ()
    assert found.untold == (f"gold, resolution: {beyond}", f"closing: {beyond}")
    assert found.look_again_at == at + timedelta(days=1)
    assert book.facts(resolved, at)["auto_close_due"] is False
    last = datetime.max.replace(tzinfo=UTC)
    assert book.due(resolved, last).look_again_at == last
