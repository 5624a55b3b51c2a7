"""Alerts at both desks, over both stores: one thing is one incident, whatever is sent and when."""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itilcore.desk import AsyncDesk, Desk
from itilcore.errors import (
    CorruptEvent,
    IdempotencyKeyReused,
    InvalidInput,
    VersionConflict,
)
from itilcore.incident import Noted, Phase, Reopened, ResolutionKind
from itilcore.intake import AlertDraft, AlertStatus, read_alertmanager
from itilcore.policy import Book, loads
from itilcore.priority import Impact, Priority, PriorityTable, Urgency
from itilcore.problems import Alert, group_alerts
from itilcore.repositories import Query
from itilcore.stores import MemoryStore, SqliteStore, Threaded

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIX = {"kind": ResolutionKind.FIX, "code": "restarted", "notes": "Restarted it."}
BOOK = loads(
    """
[services.payroll]
[alerts]
window = "2h"
reopen_within = "10m"
"""
)


def alert(minutes: float = 0, *, ended: float | None = None, fingerprint: str = "f1") -> AlertDraft:
    return AlertDraft(
        fingerprint=fingerprint,
        status=AlertStatus.FIRING if ended is None else AlertStatus.RESOLVED,
        title="Disk of db1 is full",
        text="98 %",
        service="db",
        starts_at=NINE + minutes * MINUTE,
        ends_at=None if ended is None else NINE + ended * MINUTE,
        impact=Impact.HIGH,
        urgency=Urgency.HIGH,
    )


def test_an_alert_becomes_an_incident_once(make, store) -> None:
    desk = make(store, BOOK)
    first = desk.receive(alert(), "INC1", at=NINE + MINUTE)
    facts = first.incident.facts
    assert (facts.priority, facts.service, facts.channel) == (Priority.P1, "db", "monitoring")
    assert (facts.impact_started_at, facts.detected_at) == (NINE, NINE)
    again = desk.receive(alert(), "INC2", at=NINE + 2 * MINUTE)
    assert (again.repeated, again.incident.reference, again.events) == (True, "INC1", ())
    other = desk.receive(alert(fingerprint="f2"), "INC2", at=NINE + 2 * MINUTE)
    assert other.incident.reference == "INC2"


def test_what_fires_again_in_the_window_is_one(make, store) -> None:
    desk = make(store, BOOK)
    desk.receive(alert(), "INC1", at=NINE)
    told = desk.receive(alert(0, ended=5), "X", at=NINE + 6 * MINUTE)
    assert told.incident.reference == "INC1"
    assert told.events[0].text == "The alert resolved at 2026-01-05T09:05:00+00:00."
    flap = desk.receive(alert(10), "X", at=NINE + 10 * MINUTE)
    assert flap.events[0].text == "The alert fires again, since 2026-01-05T09:10:00+00:00."
    late = desk.receive(alert(121), "INC2", at=NINE + 121 * MINUTE)
    assert late.incident.reference == "INC2"  # the window had ended
    # Its end belongs to the latest that is open.
    assert desk.receive(alert(121, ended=300), "X", at=NINE + 300 * MINUTE).incident.reference == (
        "INC2"
    )


def resolved(desk, reference: str, at: datetime) -> None:
    desk.start(reference, at=at)
    desk.resolve(reference, at=at, **FIX)


def test_a_resolved_incident_takes_no_alert_but_within_the_policy(make, store) -> None:
    desk = make(store, BOOK)
    desk.receive(alert(), "INC1", at=NINE)
    resolved(desk, "INC1", NINE + 10 * MINUTE)
    assert desk.receive(alert(0, ended=11), "X", at=NINE + 11 * MINUTE) is None
    back = desk.receive(alert(15), "X", at=NINE + 20 * MINUTE)
    assert (back.incident.reference, back.incident.phase) == ("INC1", Phase.ACTIVE)
    assert back.incident.facts.reopenings == 1
    resolved_again = NINE + 30 * MINUTE
    desk.resolve("INC1", at=resolved_again, **FIX)
    new = desk.receive(alert(41), "INC2", at=resolved_again + 11 * MINUTE)
    assert new.incident.reference == "INC2"


def test_where_nothing_may_be_reopened_it_is_a_new_incident(make, store) -> None:
    book = loads(
        "[alerts]\nwindow = '72h'\nreopen_within = '48h'\n[closing]\nreopen_within_days = 1\n"
    )
    desk = make(store, book)
    desk.receive(alert(), "INC1", at=NINE)
    resolved(desk, "INC1", NINE + MINUTE)
    day = 24 * 60
    assert desk.receive(alert(day), "X", at=NINE + day * MINUTE).incident.reference == "INC1"
    desk.resolve("INC1", at=NINE + (day + 1) * MINUTE, **FIX)
    late = 2 * day + 2
    found = desk.receive(alert(late), "INC2", at=NINE + late * MINUTE)
    assert found.incident.reference == "INC2"
    with pytest.raises(VersionConflict):  # the reference is taken, and nothing is overwritten
        desk.receive(alert(fingerprint="f2"), "INC2", at=NINE + late * MINUTE)


def test_a_storm_of_alerts_in_any_order_of_repetition_is_few_incidents(make) -> None:
    chance = random.Random(1)
    sent = [alert(n, fingerprint=f"f{n % 3}") for n in range(60)]
    twice = sorted(
        [*sent, *chance.choices(sent, k=60)], key=lambda each: (each.starts_at, each.fingerprint)
    )
    store = MemoryStore()
    desk = make(store, BOOK)
    for number, each in enumerate(twice):
        desk.receive(each, f"INC{number:03}", at=each.starts_at)
    kept = store.find(Query()).incidents
    assert len(kept) == 3
    notes = sum(isinstance(e, Noted) for each in kept for e in each.timeline)
    assert notes == 60  # a note for each further one, and the text of the first three


@pytest.mark.parametrize(("draft", "reference"), [(3, "INC1"), (alert(), " "), (None, None)])
def test_wrong_alerts_are_refused(make, store, draft, reference) -> None:
    with pytest.raises(InvalidInput):
        make(store).receive(draft, reference, at=NINE)


def reasons(outcome) -> dict[str, str]:
    return {each.rule: each.text for each in outcome.reasons}


def kept(store) -> tuple:
    return store.find(Query()).incidents


def notes(incident) -> list[str]:
    return [each.text for each in incident.timeline if isinstance(each, Noted)]


def test_the_window_ends_where_that_of_groups_does(make, store) -> None:
    desk = make(store, BOOK)
    desk.receive(alert(), "INC1", at=NINE)
    within = desk.receive(alert(119), "X", at=NINE + 120 * MINUTE - timedelta.resolution)
    assert within.incident.reference == "INC1"
    assert reasons(within) == {"fingerprint": "it has the fingerprint of INC1"}
    outside = desk.receive(alert(120), "INC2", at=NINE + 120 * MINUTE)
    assert outside.incident.reference == "INC2"
    assert reasons(outside) == {
        "start": "it is a new incident: the window of INC1, 2:00:00 from its start, had ended"
    }
    # The old one is known again, and told as that.
    again = desk.receive(alert(), "X", at=NINE + 121 * MINUTE)
    assert (again.repeated, again.incident.reference) == (True, "INC1")
    assert reasons(again) == {
        "repetition": "what is told of the firing at 2026-01-05T09:00:00+00:00 stands on INC1 "
        "already"
    }


@given(st.lists(st.integers(1, 90), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_incidents_are_as_many_as_groups(gaps) -> None:
    instants = [NINE + sum(gaps[:n]) * MINUTE for n in range(len(gaps) + 1)]
    store = MemoryStore()
    desk = Desk(store, BOOK)
    for number, at in enumerate(instants):
        minutes = (at - NINE) / MINUTE
        desk.receive(alert(minutes), f"INC{number}", at=at)
    told = [Alert(fingerprint="f1", at=at, title="Disk") for at in instants]
    groups = group_alerts(told, BOOK.problems.alerts)
    assert [each.facts.logged_at for each in kept(store)] == [each.started_at for each in groups]


def made(kind, tmp_path):
    return MemoryStore() if kind == "memory" else SqliteStore(tmp_path / "alerts.db")


def at_once(kind, store, sent, book=BOOK) -> list:
    """What a desk answers to all of *sent*, (draft, reference, at), that come at once."""
    if kind == "threads":
        desk, barrier = Desk(store, book), Barrier(len(sent))

        def take(each):
            barrier.wait()
            return desk.receive(each[0], each[1], at=each[2])

        with ThreadPoolExecutor(len(sent)) as pool:
            return list(pool.map(take, sent))

    async def all_of_them():
        desk = AsyncDesk(Threaded(store), book)
        return await asyncio.gather(*(desk.receive(d, r, at=at) for d, r, at in sent))

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("kind", ["threads", "awaited"])
@pytest.mark.parametrize("own", [True, False], ids=["own references", "one reference"])
def test_one_alert_many_times_at_once_is_one_incident(kind, own, tmp_path) -> None:
    for number, where in enumerate(["memory", "sqlite"] * 5):
        folder = tmp_path / str(number)
        folder.mkdir()
        with made(where, folder) as store:
            sent = [(alert(), f"INC{n * own}", NINE + MINUTE) for n in range(6)]
            outcomes = at_once(kind, store, sent)
            (incident,) = kept(store)
            assert {each.incident.reference for each in outcomes} == {incident.reference}
            assert sum(not each.repeated for each in outcomes) == 1
            assert notes(incident) == ["98 %"]
            ends = [(alert(0, ended=2), "X", NINE + 2 * MINUTE)] * 6
            assert sum(not each.repeated for each in at_once(kind, store, ends)) == 1
            assert len(notes(kept(store)[0])) == 2


@pytest.mark.parametrize("kind", ["threads", "awaited"])
def test_several_firings_at_once_are_one_incident(kind, tmp_path) -> None:
    for number, where in enumerate(["memory", "sqlite"] * 5):
        folder = tmp_path / str(number)
        folder.mkdir()
        with made(where, folder) as store:
            desk = Desk(store, BOOK)
            for window in range(3):  # in each window anew
                start = 130 * window
                sent = [
                    (alert(start + n), f"INC{start + n}", NINE + (start + n) * MINUTE)
                    for n in range(6)
                ]
                outcomes = at_once(kind, store, sent)
                assert len({each.incident.reference for each in outcomes}) == 1
                assert not any(each.repeated for each in outcomes)
                incident = desk.get(outcomes[0].incident.reference)
                assert sum(text.startswith("The alert fires") for text in notes(incident)) == 5
            assert len(kept(store)) == 3


def test_many_incidents_of_a_fingerprint_are_counted(make) -> None:
    store = MemoryStore()
    desk = make(store, BOOK)
    for number in range(12):
        at = NINE + 121 * number * MINUTE
        desk.receive(alert(121 * number), f"INC{number}", at=at)
        again = desk.receive(alert(121 * number + 1), "X", at=at + MINUTE)
        assert again.incident.reference == f"INC{number}"


def test_two_sources_may_have_one_fingerprint(make, store) -> None:
    desk = make(store, BOOK)
    desk.receive(alert(), "INC1", at=NINE)
    other = AlertDraft(
        fingerprint="f1", status=AlertStatus.FIRING, title="x", starts_at=NINE, source="nagios"
    )
    assert desk.receive(other, "INC2", at=NINE).incident.facts.detection_source == "nagios f1"


def flaps(desk, times: int, start: int = 0) -> list:
    found = []
    for n in range(times):
        first = start + 10 * n
        for ended in (None, first + 5):
            at = NINE + (first if ended is None else ended) * MINUTE
            found.append(desk.receive(alert(first, ended=ended), "INC1", at=at))
    return found


def test_what_flaps_is_noted_once(make, store) -> None:
    desk = make(store, BOOK)
    outcomes = flaps(desk, 6)
    told = [text for text in notes(desk.get("INC1")) if "flaps" in text]
    assert told == [
        "The alert fires again, since 2026-01-05T09:20:00+00:00. It flaps: 4 changes within "
        "1:00:00."
    ]
    assert ["flapping" in reasons(each) for each in outcomes] == [False] * 4 + [True] * 8
    assert reasons(outcomes[4])["flapping"] == "it flaps: 4 changes within 1:00:00"


def test_flapping_is_what_it_is_in_groups(make) -> None:
    for flapping, within in (
        (0, "1h"),
        (3, "9m"),
        (3, "10m"),
        (11, "50m"),
        (11, "49m"),
        (12, "9h"),
    ):
        book = loads(
            f"[alerts]\nwindow='9h'\nreopen_within='1h'\nflapping={flapping}\n"
            f"flapping_within='{within}'\n"
        )
        store = MemoryStore()
        desk = make(store, book)
        flaps(desk, 6)
        sent = [
            Alert(fingerprint="f", at=NINE + 5 * n * MINUTE, firing=n % 2 == 0, title="x")
            for n in range(12)
        ]
        (group,) = group_alerts(sent, book.problems.alerts)
        said = any("flaps" in text for text in notes(desk.get("INC1")))
        assert said == group.flapping, (flapping, within)


def test_what_fires_twice_or_is_said_by_people_is_no_change(make, store) -> None:
    desk = make(store, BOOK)
    desk.receive(alert(), "INC1", at=NINE)
    for minutes in range(1, 8):
        desk.receive(alert(minutes), "X", at=NINE + minutes * MINUTE)
        desk.note("INC1", at=NINE + minutes * MINUTE, text="The alert resolved at nine.")
    assert not any("flaps" in text for text in notes(desk.get("INC1")))


def test_flapping_may_show_when_it_is_reopened(make, store) -> None:
    desk = make(store, BOOK)
    flaps(desk, 2)
    resolved(desk, "INC1", NINE + 16 * MINUTE)
    back = desk.receive(alert(20), "X", at=NINE + 20 * MINUTE)
    (event,) = (each for each in back.events if isinstance(each, Reopened))
    assert event.reason.endswith("It flaps: 4 changes within 1:00:00.")
    assert set(reasons(back)) == {"reopening", "flapping"}
    more = desk.receive(alert(20, ended=25), "X", at=NINE + 25 * MINUTE)
    assert "flaps" not in more.events[0].text
    assert "flapping" in reasons(more)


def test_what_still_fires_after_a_resolution_is_reopened_or_new(make, store) -> None:
    desk = make(store, BOOK)
    desk.receive(alert(), "INC1", at=NINE)
    resolved(desk, "INC1", NINE + 10 * MINUTE)
    # What was sent before it was resolved comes late: it tells nothing.
    assert desk.receive(alert(), "X", at=NINE + 10 * MINUTE).repeated
    back = desk.receive(alert(), "X", at=NINE + 14 * MINUTE)
    assert (back.incident.reference, back.incident.phase) == ("INC1", Phase.ACTIVE)
    assert back.events[-1].reason == "The alert still fires, since 2026-01-05T09:00:00+00:00."
    assert desk.receive(alert(), "X", at=NINE + 15 * MINUTE).repeated
    desk.resolve("INC1", at=NINE + 20 * MINUTE, **FIX)
    late = desk.receive(alert(), "INC2", at=NINE + 240 * MINUTE)
    assert late.incident.reference == "INC2"
    assert reasons(late) == {
        "start": "it is a new incident: INC1 had been resolved, and it is reopened for 0:10:00 only"
    }
    again = desk.receive(alert(), "X", at=NINE + 480 * MINUTE)
    assert (again.repeated, again.incident.reference) == (True, "INC2")
    # Its end belongs to where it fired last.
    ended = desk.receive(alert(0, ended=490), "X", at=NINE + 490 * MINUTE)
    assert ended.incident.reference == "INC2"
    assert len(kept(store)) == 2


def test_what_still_fires_is_as_the_policy_says(make, store) -> None:
    desk = make(store, loads("[alerts]\nreopen_within = 'never'\n"))
    desk.receive(alert(), "INC1", at=NINE)
    resolved(desk, "INC1", NINE + 10 * MINUTE)
    new = desk.receive(alert(), "INC2", at=NINE + 11 * MINUTE)
    assert reasons(new)["start"].endswith("INC1 had been resolved, and nothing reopens it")
    desk.start("INC2", at=NINE + 12 * MINUTE)
    desk.resolve("INC2", at=NINE + 12 * MINUTE, **FIX)
    desk.confirm("INC2", at=NINE + 13 * MINUTE)
    desk.close("INC2", at=NINE + 13 * MINUTE, code="fixed")
    closed = desk.receive(alert(), "INC3", at=NINE + 14 * MINUTE)
    assert reasons(closed)["start"].endswith("INC2 had ended")


def test_after_a_cancellation_it_is_told_once(make, store) -> None:
    desk = make(store, BOOK)
    desk.receive(alert(), "INC1", at=NINE)
    desk.cancel("INC1", at=NINE + 5 * MINUTE, reason="A test of the alarm.")
    told = desk.receive(alert(), "X", at=NINE + 6 * MINUTE)
    assert not told.repeated
    assert notes(told.incident)[-1] == "The alert still fires, since 2026-01-05T09:00:00+00:00."
    for minutes in (7, 300):
        again = desk.receive(alert(), "X", at=NINE + minutes * MINUTE)
        assert (again.repeated, again.incident.version) == (True, told.incident.version)
    # What fires anew is another thing.
    assert desk.receive(alert(301), "INC2", at=NINE + 301 * MINUTE).incident.reference == "INC2"
    assert desk.receive(alert(), "X", at=NINE + 302 * MINUTE).incident.reference == "INC1"


def test_what_comes_after_its_own_end_tells_nothing(make, store) -> None:
    desk = make(store, BOOK)
    desk.receive(alert(), "INC1", at=NINE)
    resolved(desk, "INC1", NINE + 10 * MINUTE)
    for _ in range(2):
        assert desk.receive(alert(0, ended=11), "X", at=NINE + 11 * MINUTE) is None
    stale = desk.receive(alert(), "X", at=NINE + 12 * MINUTE)
    assert (stale.repeated, stale.incident.phase) == (True, Phase.RESOLVED)
    assert desk.receive(alert(fingerprint="f9", ended=3), "X", at=NINE) is None
    assert len(kept(store)) == 1


def test_the_end_of_what_was_never_told_belongs_to_the_latest(make, store) -> None:
    desk = make(store, BOOK)
    desk.receive(alert(), "INC1", at=NINE)
    ended = desk.receive(alert(7, ended=8), "X", at=NINE + 9 * MINUTE)
    assert ended.incident.reference == "INC1"
    assert desk.receive(alert(7, ended=8), "X", at=NINE + 10 * MINUTE).repeated
    # Of the future nothing is told: an end counts as of its receipt.
    draft = AlertDraft(
        fingerprint="f1", status=AlertStatus.RESOLVED, title="x", starts_at=NINE + 20 * MINUTE
    )
    open_ended = desk.receive(draft, "X", at=NINE + 21 * MINUTE)
    assert open_ended.events[0].text == "The alert resolved at 2026-01-05T09:21:00+00:00."
    future = desk.receive(alert(22, ended=900), "X", at=NINE + 23 * MINUTE)
    assert future.events[0].text == "The alert resolved at 2026-01-05T09:23:00+00:00."


def test_a_start_in_the_future_counts_as_of_the_receipt(make, store) -> None:
    desk = make(store, BOOK)
    told = desk.receive(alert(600), "INC1", at=NINE)
    facts = told.incident.facts
    assert (facts.impact_started_at, facts.detected_at, facts.logged_at) == (NINE, NINE, NINE)
    late = "it starts at 2026-01-05T19:00:00+00:00, later than it was received, which counts"
    assert reasons(told)["clock"] == late
    assert notes(told.incident) == [f"98 %\n\nThe alert says that {late}."]
    assert desk.receive(alert(600), "X", at=NINE + MINUTE).repeated


OWN = Book(
    priority=PriorityTable.from_rows(
        [("major", "soon", "1")], impacts=["major"], urgencies=["soon"], priorities=["1"]
    )
)
"""A book with levels of its own."""


def test_levels_that_are_not_on_the_scale_are_left_out(make, store) -> None:
    told = make(store, OWN).receive(alert(), "INC1", at=NINE)
    facts = told.incident.facts
    assert (facts.impact, facts.urgency) == (None, None)
    assert [each.text for each in told.reasons if each.rule == "severity"] == [
        "impact HIGH is not on the scale of the book: both are left out",
        "urgency HIGH is not on the scale of the book: both are left out",
    ]


def test_a_book_reads_no_severity_that_it_does_not_have(make, store) -> None:
    book = loads(
        """
        [priority]
        impacts = ["major", "minor"]
        urgencies = ["now", "later"]
        priorities = ["first", "second"]
        matrix = [["first", "second"], ["second", "second"]]
        """
    )
    assert book.alerts.severities == ()
    posted = {
        "status": "firing",
        "labels": {"severity": "critical"},
        "startsAt": "2026-01-05T09:00:00Z",
        "fingerprint": "c1",
    }
    payload = {"version": "4", "status": "firing", "alerts": [posted]}
    (draft,) = read_alertmanager(payload, book.alerts)
    assert make(store, book).receive(draft, "INC1", at=NINE).incident.facts.impact is None


class Contested(MemoryStore):
    """Where somebody else is always quicker: what is asked for is never what is stored then."""

    def __init__(self, error, after: int) -> None:
        super().__init__()
        self.error, self.after, self.asked = error, after, 0

    def commit(self, commit):
        if len(commit.events) == 1 and isinstance(commit.events[0], Noted):
            self.asked += 1
            if self.asked <= self.after:
                raise self.error
        return super().commit(commit)


@pytest.mark.parametrize(
    "error", [VersionConflict("INC1", 1, 2), IdempotencyKeyReused("k", "INC1", "INC2")]
)
def test_who_is_overtaken_tries_again_but_not_for_ever(error) -> None:
    for after, attempts in ((99, 100), (100, 100)):
        store = Contested(error, after)
        desk = Desk(store, BOOK)
        desk.receive(alert(), "INC1", at=NINE)
        if after < attempts:
            assert not desk.receive(alert(1), "X", at=NINE + MINUTE).repeated
        else:
            with pytest.raises(type(error)):
                desk.receive(alert(1), "X", at=NINE + MINUTE)
        assert store.asked == attempts


class Meanwhile(MemoryStore):
    """Where something is done just before the commit number *when*."""

    def __init__(self, when: int, done) -> None:
        super().__init__()
        self.when, self.done = when, done

    def commit(self, commit):
        self.when -= 1
        if self.when == 0:
            self.done(self)
        return super().commit(commit)


def test_the_key_of_a_new_incident_is_kept_though_somebody_wrote() -> None:
    def note(store) -> None:
        Desk(store).note("INC1", at=NINE, text="I look at it.")

    store = Meanwhile(2, note)
    desk = Desk(store, BOOK)
    desk.receive(alert(), "INC1", at=NINE)
    assert notes(desk.get("INC1"))[-1] == "I look at it."
    desk.receive(alert(121), "INC2", at=NINE + 121 * MINUTE)
    known = desk.receive(alert(), "X", at=NINE + 122 * MINUTE)
    assert (known.repeated, known.incident.reference) == (True, "INC1")


@pytest.mark.parametrize("own", [True, False], ids=["own reference", "same reference"])
def test_another_alert_may_log_it_meanwhile(own) -> None:
    def other(store) -> None:
        Desk(store, BOOK).receive(alert(1), "INC2" if own else "INC1", at=NINE + MINUTE)

    store = Meanwhile(1, other)
    told = Desk(store, BOOK).receive(alert(), "INC1", at=NINE + MINUTE)
    (incident,) = kept(store)
    assert (told.incident.reference, told.repeated) == (incident.reference, False)
    assert notes(incident)[-1] == "The alert fires again, since 2026-01-05T09:00:00+00:00."


class Late(MemoryStore):
    """A store of another kind: it sees that the incident is there before it sees the key."""

    def commit(self, commit):
        try:
            return super().commit(commit)
        except IdempotencyKeyReused:
            raise VersionConflict(commit.reference, 0, None) from None


def test_a_store_may_tell_of_the_version_first() -> None:
    def other(store) -> None:
        Desk(store, BOOK).receive(alert(), "INC2", at=NINE)

    class Both(Meanwhile, Late):
        pass

    told = Desk(Both(1, other), BOOK).receive(alert(), "INC1", at=NINE)
    assert (told.incident.reference, told.repeated) == ("INC2", True)


class Broken(MemoryStore):
    """INC1 cannot be read any more."""

    broken = False

    def get(self, reference):
        if self.broken and reference == "INC1":
            raise CorruptEvent(reference, 1, "it is no JSON")
        return super().get(reference)


def test_an_incident_that_cannot_be_read_costs_no_alert(make) -> None:
    store = Broken()
    desk = make(store, BOOK)
    desk.receive(alert(), "INC1", at=NINE)
    desk.receive(alert(-9, ended=-5), "X", at=NINE)
    store.broken = True
    assert desk.receive(alert(-9, ended=-5), "X", at=NINE) is None
    new = desk.receive(alert(), "INC2", at=NINE + MINUTE)
    assert new.incident.reference == "INC2"
    assert desk.receive(alert(), "X", at=NINE + 2 * MINUTE).repeated
