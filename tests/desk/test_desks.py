"""The two desks over their stores: one set of rules, whether it answers or is awaited."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta

import pytest

from itilcore.actor import Actor
from itilcore.desk import AsyncDesk, Desk, LogIncident, Note
from itilcore.errors import (
    ActionRefused,
    CorruptEvent,
    IdempotencyKeyReused,
    InvalidInput,
    NaiveInstant,
    StorageFailure,
    UnknownIncident,
    VersionConflict,
)
from itilcore.incident import (
    Announced,
    AnnouncementKind,
    Direction,
    HoldReason,
    Lifecycle,
    Linked,
    LinkKind,
    Logged,
    Noted,
    Phase,
    ResolutionKind,
    Status,
    Transition,
    family_heads,
)
from itilcore.policy import Book, DueKind, loads
from itilcore.priority import Impact, Priority, Urgency
from itilcore.repositories import Commit, Page, Query
from itilcore.stores import MemoryStore, Threaded

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA = Actor.person("ada")
FIX = {"kind": ResolutionKind.FIX, "code": "restarted", "notes": "Restarted the relay."}
BOOK = loads(
    """
    [calendars.always]
    hours = "Mon-Sun 00:00-24:00"
    [sla.gold]
    calendar = "always"
    targets = [
      { kind = "resolution", within = "4h", warn = ["50 %", "1h before"] },
      { kind = "response", within = "1h" },
    ]
    [closing]
    after = "2 business days"
    """
)


def test_a_life_from_logging_to_closing(make, store):
    desk = make(store)
    desk.log("INC1", at=NINE, by=ADA, title="Mail is slow", requester="ada")
    desk.classify("INC1", at=NINE, service="mail", configuration_item="relay 1")
    desk.answer("INC1", at=NINE, by=ADA, answers={"start": "nine"})
    desk.prioritise("INC1", at=NINE, impact=Impact.HIGH, urgency=Urgency.MEDIUM)
    desk.acknowledge("INC1", at=NINE)
    desk.assign("INC1", at=NINE, group="Network", assignee="bob", tier=2)
    desk.unassign("INC1", at=NINE)
    desk.assign("INC1", at=NINE, group="Network")
    desk.start("INC1", at=NINE)
    desk.hold("INC1", at=NINE, reason=HoldReason.AWAITING_CALLER)
    desk.contact("INC1", at=NINE, direction=Direction.OUTBOUND)
    desk.resume("INC1", at=NINE)
    desk.note("INC1", at=NINE, text="looked at the relay")
    desk.record_workaround("INC1", at=NINE, text="use the web")
    desk.restore("INC1", at=NINE)
    desk.resolve("INC1", at=NINE + HOUR, **FIX)
    desk.reopen("INC1", at=NINE + HOUR, reason="still slow")
    desk.resolve("INC1", at=NINE + 2 * HOUR, **FIX)
    desk.confirm("INC1", at=NINE + 2 * HOUR)
    done = desk.close("INC1", at=NINE + 2 * HOUR, summary="s", steps=["a"])
    assert done.incident.phase is Phase.CLOSED
    assert desk.get("INC1") == done.incident
    facts = done.incident.facts
    assert (facts.priority, facts.reopenings, facts.service) == (Priority.P2, 1, "mail")
    assert facts.configuration_item == "relay 1"
    assert done.incident.answers == (("start", "nine"),)
    told = []

    async def deliver_later(notification):
        told.append(notification.rule)

    deliver = deliver_later if make is not Desk else lambda each: told.append(each.rule)
    assert desk.drain(deliver) == len(told)
    assert told == [
        "logged", "assigned", "assigned", "started", "held", "started", "resolved", "started",
        "resolved", "closed",
    ]  # fmt: skip
    assert desk.drain(deliver) == 0


def test_every_command_has_a_method_on_both_desks():
    for name, method in inspect.getmembers(Desk, inspect.isfunction):
        if not name.startswith("_"):
            assert inspect.signature(method).parameters.keys() == (
                inspect.signature(getattr(AsyncDesk, name)).parameters.keys()
            )


def test_cancelling_and_moving(make, store):
    desk = make(store)
    desk.log("INC1", at=NINE, title="x")
    desk.move("INC1", at=NINE, take="start")
    assert desk.cancel("INC1", at=NINE, reason="a mistake").incident.phase is Phase.CANCELLED


def test_a_key_makes_a_repetition_harmless(make, store):
    desk = make(store)
    first = desk.log("INC1", at=NINE, title="x", requester="ada", key="a")
    again = desk.log("INC1", at=NINE, title="x", requester="ada", key="a")
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.incident, again.events) == (first.incident, first.events)
    assert again.notifications == first.notifications
    desk.resolve("INC1", at=NINE, key="b", **FIX)
    assert desk.resolve("INC1", at=NINE, key="b", **FIX).repeated
    with pytest.raises(ActionRefused):
        desk.resolve("INC1", at=NINE, key="c", **FIX)
    desk.log("INC2", at=NINE, title="x")
    with pytest.raises(IdempotencyKeyReused):
        desk.note("INC2", at=NINE, text="x", key="a")
    with pytest.raises(VersionConflict):
        desk.log("INC2", at=NINE, title="another")


def test_what_is_so_already_stores_nothing(make, store):
    desk = make(store)
    desk.log("INC1", at=NINE, title="x")
    desk.acknowledge("INC1", at=NINE)
    same = desk.acknowledge("INC1", at=NINE)
    assert (same.events, same.incident.version) == ((), desk.get("INC1").version)


def test_a_version_that_was_seen_is_held_to(make, store):
    desk = make(store)
    seen = desk.log("INC1", at=NINE, title="x").incident.version
    desk.note("INC1", at=NINE, text="x", expected_version=seen)
    with pytest.raises(VersionConflict) as caught:
        desk.note("INC1", at=NINE, text="y", expected_version=seen)
    assert (caught.value.expected, caught.value.actual) == (seen, seen + 1)


class Meddled(MemoryStore):
    """Somebody else writes in front of the first commits."""

    def __init__(self, times, event):
        super().__init__()
        self.times = times
        self.event = event

    def commit(self, commit: Commit):
        if commit.expected_version and self.times:
            self.times -= 1
            seen = self.get(commit.reference).version
            super().commit(
                Commit(reference=commit.reference, expected_version=seen, events=[self.event])
            )
        return super().commit(commit)


def test_a_command_that_meets_another_is_decided_anew(make):
    desk = make(Meddled(2, Noted(NINE, "meanwhile")))
    desk.log("INC1", at=NINE, title="x")
    assert desk.start("INC1", at=NINE).incident.status == Status.IN_PROGRESS
    assert [type(e).__name__ for e in desk.get("INC1").timeline].count("Noted") == 2
    often = make(Meddled(30, Noted(NINE, "meanwhile")))
    often.log("INC1", at=NINE, title="x")
    with pytest.raises(VersionConflict):
        often.start("INC1", at=NINE)
    held = make(Meddled(1, Noted(NINE, "meanwhile")))
    seen = held.log("INC1", at=NINE, title="x").incident.version
    with pytest.raises(VersionConflict):
        held.start("INC1", at=NINE, expected_version=seen)


class Twin(MemoryStore):
    """The same command is carried out elsewhere between the look at the key and the commit."""

    def committed(self, key):
        return None


def test_two_who_do_the_same_at_once_do_it_once(make):
    desk = make(Twin())
    desk.log("INC1", at=NINE, title="x")
    first = desk.note("INC1", at=NINE, text="x", key="k")
    second = desk.note("INC1", at=NINE, text="x", key="k")
    assert (first.repeated, second.repeated) == (False, True)
    assert second.events == first.events


def test_what_may_be_done_next(make, store):
    desk = make(store)
    desk.log("INC1", at=NINE, title="x")
    before = desk.get("INC1").version
    allowed = [o.action for o in desk.options("INC1", at=NINE) if o.allowed]
    assert allowed == ["start"]
    more = desk.options("INC1", at=NINE, facts={"group": "Network", "reason": "x"})
    assert [o.action for o in more if o.allowed] == ["assign", "start", "cancel"]
    assert desk.get("INC1").version == before
    desk.resolve("INC1", at=NINE, **FIX)
    late = desk.options("INC1", at=NINE + 30 * 24 * HOUR, facts={"reason": "x"})
    assert [o.action for o in late if o.allowed] == ["close"]


def test_parents_and_children_know_each_other(make, store):
    desk = make(store)
    for reference in ("INC1", "INC2", "INC3"):
        desk.log(reference, at=NINE, title=reference)
    desk.link("INC2", at=NINE, kind=LinkKind.PARENT, other="INC1", key="a")
    desk.link("INC2", at=NINE, kind=LinkKind.PARENT, other="INC1", key="a")
    desk.link("INC1", at=NINE, kind=LinkKind.CHILD, other="INC3")
    assert desk.get("INC1").links == ((LinkKind.CHILD, "INC2"), (LinkKind.CHILD, "INC3"))
    assert desk.get("INC3").links == ((LinkKind.PARENT, "INC1"),)
    done = desk.resolve("INC1", at=NINE, **FIX)
    assert done.offers == ("INC2", "INC3")
    everybody = [desk.get(reference) for reference in ("INC1", "INC2", "INC3")]
    assert [each.reference for each in family_heads(everybody)] == ["INC1"]
    with pytest.raises(InvalidInput, match="would be its own ancestor: INC1 < INC3 < INC1"):
        desk.link("INC1", at=NINE, kind=LinkKind.PARENT, other="INC3")
    with pytest.raises(UnknownIncident):
        desk.link("INC1", at=NINE, kind=LinkKind.PARENT, other="INC404")
    with pytest.raises(UnknownIncident):
        desk.link("INC1", at=NINE, kind=LinkKind.DUPLICATE_OF, other="INC404")
    desk.link("INC2", at=NINE, kind=LinkKind.DUPLICATE_OF, other="INC3")
    desk.link("INC1", at=NINE, kind=LinkKind.PROBLEM, other="PRB1")
    assert desk.get("INC1").version == 7


def test_parents_that_go_round_are_no_endless_walk(make):
    store = MemoryStore()
    desk = make(store)
    for reference in ("A", "B", "C"):
        desk.log(reference, at=NINE, title=reference, links=[])
    # Whoever writes past the desk may make a circle; looking up ends all the same.
    for young, old in (("A", "B"), ("B", "A"), ("A", "gone")):
        past_the_desk(store, young, old)
    desk.link("C", at=NINE, kind=LinkKind.PARENT, other="A")


def past_the_desk(store, young, old, *more):
    event = Linked(NINE, LinkKind.PARENT, old)
    seen = 0 if more else store.get(young).version
    store.commit(Commit(reference=young, expected_version=seen, events=[*more, event]))


def test_families_never_go_round(make, store):
    desk = make(store)
    for reference in "ABCD":
        desk.log(reference, at=NINE, title="x")
    desk.link("A", at=NINE, kind=LinkKind.PARENT, other="B")
    desk.link("A", at=NINE, kind=LinkKind.PARENT, other="C")  # a second one
    desk.link("C", at=NINE, kind=LinkKind.DUPLICATE_OF, other="D")
    for young, old in (("D", "A"), ("B", "A"), ("D", "C")):
        for kind in (LinkKind.PARENT, LinkKind.DUPLICATE_OF):
            with pytest.raises(InvalidInput, match="would be its own ancestor"):
                desk.link(young, at=NINE, kind=kind, other=old)
    with pytest.raises(InvalidInput, match="would be its own ancestor: D < A < C < D"):
        desk.link("A", at=NINE, kind=LinkKind.CHILD, other="D")
    links = [(LinkKind.PARENT, "A"), (LinkKind.CHILD, "D")]
    with pytest.raises(InvalidInput, match="would be its own ancestor: D < E < A < C < D"):
        desk.log("E", at=NINE, title="x", links=links)
    with pytest.raises(UnknownIncident):
        desk.link("A", at=NINE, kind=LinkKind.RELATED, other="NOPE")
    assert LinkKind.RELATED not in [kind for kind, _ in desk.get("A").links]


def test_links_of_a_new_incident_have_two_ends(make, store):
    desk = make(store)
    for reference in ("A", "B"):
        desk.log(reference, at=NINE, title="x")
    with pytest.raises(UnknownIncident):
        desk.log("C", at=NINE, title="x", links=[(LinkKind.PARENT, "NOPE")])
    links = [(LinkKind.PARENT, "A"), (LinkKind.RELATED, "B"), (LinkKind.PROBLEM, "PRB1")]
    for _ in range(2):
        desk.log("C", at=NINE, title="x", links=links, key="k")
    assert desk.get("A").links == ((LinkKind.CHILD, "C"),)
    assert desk.get("B").links == ((LinkKind.RELATED, "C"),)


def test_what_is_over_already_is_not_offered(make, store):
    desk = make(store)
    desk.log("A", at=NINE, title="x")
    for reference in ("B", "C", "D"):
        desk.log(reference, at=NINE, title="x", links=[(LinkKind.PARENT, "A")])
    past_the_desk(store, "A", "A2")
    event = Linked(NINE, LinkKind.CHILD, "gone")
    seen = desk.get("A").version
    store.commit(Commit(reference="A", expected_version=seen, events=[event]))
    desk.cancel("C", at=NINE, reason="nothing")
    for repeated in (False, True):
        done = desk.resolve("A", at=NINE, **FIX, key="k")
        assert (done.repeated, done.offers) == (repeated, ("B", "D"))


def test_a_key_of_nothing_is_kept(make, store):
    desk = make(store)
    desk.log("A", at=NINE, title="x")
    desk.assign("A", at=NINE, group="Net")
    assert desk.assign("A", at=NINE, group="Net", key="k").events == ()
    desk.assign("A", at=NINE, group="Srv")
    again = desk.assign("A", at=NINE, group="Net", key="k")
    assert (again.repeated, again.incident.group) == (True, "Srv")


def test_a_key_of_nothing_swallows_no_other_command(make, store):
    desk = make(store)
    desk.log("A", at=NINE, title="x")
    for _ in range(2):
        desk.acknowledge("A", at=NINE, key="k")
    assert desk.acknowledge("A", at=NINE, key="z").events == ()
    done = desk.resolve("A", at=NINE, **FIX, key="z")
    assert (done.repeated, done.incident.phase) == (False, Phase.RESOLVED)
    assert desk.resolve("A", at=NINE, **FIX, key="z").repeated
    with pytest.raises(NaiveInstant):
        desk.reschedule(NINE.replace(tzinfo=None))


def test_a_key_is_of_one_command(make, store):
    desk = make(store)
    desk.log("A", at=NINE, title="x")
    desk.note("A", at=NINE, text="x", key="k")
    with pytest.raises(IdempotencyKeyReused, match="was used for A .Noted. before"):
        desk.resolve("A", at=NINE, **FIX, key="k")
    with pytest.raises(InvalidInput, match="expected_version: is 7"):
        desk.do(LogIncident(reference="B", at=NINE, title="x"), expected_version=7)


def test_what_is_written_down_late_hides_nothing_that_falls_due(make, store):
    desk = make(store, BOOK)
    desk.log("A", at=NINE, title="x")
    desk.start("A", at=NINE)
    desk.hold("A", at=NINE + HOUR, reason=HoldReason("X"))
    desk.resume("A", at=NINE + 2 * HOUR)
    late = desk.note("A", at=NINE + 1.5 * HOUR, text="called at half past ten")
    assert late.look_again_at == NINE + 3 * HOUR
    assert desk.agenda(NINE + 9 * HOUR).items


def test_the_other_kind_of_store_is_refused():
    with pytest.raises(InvalidInput, match="store: is awaited: give it to AsyncDesk"):
        Desk(Threaded(MemoryStore()))
    with pytest.raises(InvalidInput, match="store: answers at once: give it to Desk"):
        AsyncDesk(MemoryStore())
    for make in (Desk, AsyncDesk):
        with pytest.raises(InvalidInput, match="store: is of type str, which has no commit"):
            make("x")
    wrong = 5
    with pytest.raises(InvalidInput, match="book: is 5: give a Book, or None"):
        Desk(MemoryStore(), wrong)


class Later:
    """What may be awaited and is no coroutine."""

    def __await__(self):
        yield


def test_a_deliverer_that_is_awaited_delivers_nothing_here():
    desk = Desk(MemoryStore())
    desk.log("A", at=NINE, title="x", requester="ada")

    async def deliver(notification):
        raise AssertionError

    for wrong in (deliver, lambda _: Later()):
        with pytest.raises(InvalidInput, match="deliver: is awaited: use AsyncDesk"):
            desk.drain(wrong)
    assert len(desk.store.pending()) == 1


def test_what_may_not_close_stops_no_agenda(make, store):
    rows = [
        Transition(Status.NEW, "resolve", Status.RESOLVED),
        Transition(Status.RESOLVED, "close", Status.CLOSED, ["confirmed"]),
        Transition(Status.RESOLVED, "reopen", Status.NEW),
    ]
    desk = make(store, Book(lifecycle=Lifecycle(rows, Status.NEW)))
    desk.log("A", at=NINE, title="x")
    desk.resolve("A", at=NINE, **FIX)
    late = NINE + 30 * 24 * HOUR
    found = desk.agenda(late)
    assert (found.items, found.look_again_at) == ((), late + 24 * HOUR)
    assert found.untold == (
        "A: closing: A is RESOLVED: cannot close: needs confirmed: "
        "the requester agrees that it is resolved",
    )


def test_an_item_that_somebody_else_settled_is_done(make, store):
    desk = make(store)
    desk.log("A", at=NINE, title="x")
    desk.resolve("A", at=NINE, **FIX)
    late = NINE + 6 * 24 * HOUR
    (item,) = desk.agenda(late).items
    desk.reopen("A", at=late, reason="again")
    done = desk.act(item, at=late)
    assert (done.events, done.incident.phase) == ((), Phase.ACTIVE)
    for wrong in (None, "x"):
        with pytest.raises(InvalidInput, match="item: is"):
            desk.act(wrong, at=late)
    for limit in (0, True, "x"):
        with pytest.raises(InvalidInput, match="limit: is"):
            desk.agenda(late, limit=limit)
    with pytest.raises(InvalidInput, match="facts: are"):
        desk.options("A", at=late, facts=[1])
    with pytest.raises(NaiveInstant):
        desk.options("A", at=NINE.replace(tzinfo=None))


def test_a_word_from_before_the_resolution_is_no_objection(make, store):
    desk = make(store)
    desk.log("A", at=NINE, title="x")
    desk.resolve("A", at=NINE + HOUR, **FIX)
    desk.contact("A", at=NINE, direction=Direction.INBOUND)  # written down late
    assert [item.kind for item in desk.agenda(NINE + 6 * 24 * HOUR).items] == [DueKind.AUTO_CLOSE]


def test_a_long_line_of_parents_is_a_mistake():
    store = MemoryStore()
    desk = Desk(store)
    for number in range(1_001):
        past_the_desk(store, f"I{number}", f"I{number + 1}", Logged(NINE))
    desk.log("young", at=NINE, title="x")
    with pytest.raises(InvalidInput, match="has a line of more than 1,000 parents"):
        desk.link("young", at=NINE, kind=LinkKind.PARENT, other="I0")


def test_what_may_not_be_reopened_is_followed_by_another(make, store):
    desk = make(store)
    desk.log("INC1", at=NINE, title="Mail is slow", requester="ada", channel="phone")
    desk.resolve("INC1", at=NINE, **FIX)
    late = NINE + 8 * 24 * HOUR
    with pytest.raises(ActionRefused, match="log a new incident"):
        desk.reopen("INC1", at=late, reason="again")
    new = desk.follow_up("INC1", at=late, new_reference="INC2", reason="again", key="k")
    assert new.incident.title == "Mail is slow"
    assert new.incident.facts.requester == "ada"
    assert new.incident.links == ((LinkKind.RELATED, "INC1"),)
    assert desk.get("INC1").links == ((LinkKind.RELATED, "INC2"),)
    assert desk.follow_up("INC1", at=late, new_reference="INC2", reason="again", key="k").repeated
    desk.log("INC3", at=NINE, title="x")
    bare = Noted(NINE, "an import without a title")
    store.commit(Commit(reference="INC4", expected_version=0, events=[bare]))
    named = desk.follow_up("INC4", at=late, new_reference="INC5", reason="again")
    assert named.incident.title == "INC4"


def test_the_agenda_says_what_falls_due_and_when_to_look_again(make, store):
    desk = make(store, BOOK)
    assert desk.agenda(NINE).look_again_at is None
    desk.log("INC1", at=NINE, title="x")
    first = desk.agenda(NINE)
    assert (first.items, first.look_again_at) == ((), NINE + HOUR + timedelta(microseconds=1))
    at = NINE + 3 * HOUR
    due = desk.agenda(at)
    assert [(i.kind, i.clock, i.threshold, i.at) for i in due.items] == [
        (DueKind.BREACH, "response", None, NINE + HOUR + timedelta(microseconds=1)),
        (DueKind.WARNING, "resolution", "50 %", NINE + 2 * HOUR),
        (DueKind.WARNING, "resolution", "60 min before", NINE + 3 * HOUR),
    ]
    for item in due.items:
        assert [type(e).__name__ for e in desk.act(item, at=at).events] == ["Announced"]
        assert desk.act(item, at=at).repeated
    after = desk.agenda(at)
    assert (after.items, after.look_again_at) == ((), NINE + 4 * HOUR + timedelta(microseconds=1))
    announced = [e for e in desk.get("INC1").timeline if isinstance(e, Announced)]
    assert [e.what for e in announced] == [
        AnnouncementKind.BREACH,
        AnnouncementKind.WARNING,
        AnnouncementKind.WARNING,
    ]


def test_holidays_that_end_stop_no_desk(make, store):
    book = loads("""
        [calendars.office]
        hours = "Mon-Fri 09:00-17:00"
        holidays = { country = "DE", years = [2026, 2026] }
        [sla.gold]
        calendar = "office"
        targets = [{ kind = "resolution", within = "40h" }]
        """)
    desk, day = make(store, book), timedelta(days=1)
    at = datetime(2026, 12, 30, 9, tzinfo=UTC)
    assert desk.log("INC1", at=at, title="x").look_again_at == at + day
    found = desk.agenda(at + day)
    assert (found.items, found.look_again_at) == ((), at + 2 * day)
    assert found.untold == (
        "INC1: gold, resolution: 2027 is outside the years 2026 to 2026 that the calendar knows",
    )


def test_a_resolved_incident_closes_by_itself(make, store):
    desk = make(store, BOOK)
    desk.log("INC1", at=NINE, title="x", requester="ada")
    desk.acknowledge("INC1", at=NINE)
    done = desk.resolve("INC1", at=NINE + HOUR, **FIX)
    closes_at = datetime(2026, 1, 8, tzinfo=UTC)
    assert done.look_again_at == closes_at
    assert desk.agenda(closes_at - HOUR).items == ()
    (item,) = desk.agenda(closes_at).items
    assert item.kind is DueKind.AUTO_CLOSE
    closed = desk.act(item, at=closes_at)
    assert closed.incident.phase is Phase.CLOSED
    assert closed.events[0].by == Actor.automation("agenda")
    assert desk.act(item, at=closes_at).repeated
    assert desk.agenda(closes_at).items == ()


def test_a_hold_moves_what_is_due(make, store):
    desk = make(store, BOOK)
    desk.log("INC1", at=NINE, title="x")
    desk.start("INC1", at=NINE)
    held = desk.hold("INC1", at=NINE + HOUR, reason=HoldReason.AWAITING_CALLER)
    assert held.look_again_at is None
    assert desk.agenda(NINE + 100 * HOUR).items == ()
    resumed = desk.resume("INC1", at=NINE + 5 * HOUR)
    assert resumed.look_again_at == NINE + 6 * HOUR


def test_an_agenda_has_pages(make, store):
    desk = make(store, BOOK)
    for number in range(5):
        desk.log(f"INC{number}", at=NINE, title="x")
    at = NINE + 2 * HOUR
    some = desk.agenda(at, limit=1)
    assert not some.more  # one page of the store holds them all
    assert len(some.items) == 10
    for item in some.items:
        desk.act(item, at=at)
    assert desk.agenda(at).items == ()


def test_more_than_a_page_is_said_to_be_more(monkeypatch, make, store):
    from itilcore.desk import agenda

    monkeypatch.setattr(agenda, "_PAGE", 2)
    desk = make(store, BOOK)
    for number in range(5):
        desk.log(f"INC{number}", at=NINE, title="x")
    at = NINE + 2 * HOUR
    some = desk.agenda(at, limit=3)
    assert (some.more, some.look_again_at, len(some.items)) == (True, at, 4)
    assert len(desk.agenda(at).items) == 10
    assert desk.reschedule(at) == 5


def test_another_book_says_another_instant(make, store):
    make(store, BOOK).log("INC1", at=NINE, title="x")
    plain = make(store, Book())
    assert plain.agenda(NINE + 10 * HOUR).items == ()
    assert store.next_due(NINE) is None
    assert make(store, BOOK).reschedule(NINE, Query(phase="open")) == 1
    assert store.next_due(NINE) == NINE + HOUR + timedelta(microseconds=1)


class Overtaken(MemoryStore):
    """Somebody else writes just before the instant to look again is moved."""

    def commit(self, commit: Commit):
        if not commit.events:
            raise VersionConflict(commit.reference, commit.expected_version, None)
        return super().commit(commit)


def test_moving_an_instant_gives_way_to_whoever_wrote(make):
    store = Overtaken()
    make(store, BOOK).log("INC1", at=NINE, title="x")
    assert make(store, Book()).agenda(NINE + 10 * HOUR).items == ()


class Damaged(MemoryStore):
    """An incident that cannot be read stands on every page."""

    def due(self, until, *, limit=100, after=None):
        return Page((), None, (CorruptEvent("INC9", 3, "is no JSON"),))


def test_a_damaged_incident_is_told_and_stops_nothing(make):
    found = make(Damaged(), BOOK).agenda(NINE)
    assert [each.reference for each in found.unreadable] == ["INC9"]


def test_what_a_deliverer_does_not_take_stays(make, store):
    desk = make(store)
    for number in range(3):
        desk.log(f"INC{number}", at=NINE, title="x", requester="ada")
    taken = []

    def deliver(notification):
        if len(taken) == 1:
            raise ConnectionError("the mail server is away")
        taken.append(notification.identifier)

    async def deliver_later(notification):
        deliver(notification)

    with pytest.raises(ConnectionError):
        desk.drain(deliver_later if make is not Desk else deliver)
    assert len(store.pending()) == 2
    taken.clear()
    assert desk.drain(deliver_later if make is not Desk else deliver, limit=1) == 1


class Broken(MemoryStore):
    def get(self, reference):
        raise StorageFailure("the disk is full")


def test_a_failure_of_the_store_is_told(make):
    with pytest.raises(StorageFailure, match="the disk is full"):
        make(Broken()).do(Note(reference="INC1", at=NINE, text="x"))


def test_wrong_types_are_refused_all_at_once(make, store):
    desk = make(store)
    with pytest.raises(InvalidInput) as caught:
        desk.log("INC1", at="now", by="ada", title=5, requester=7, impact="HIGH", links={})
    assert [str(each) for each in caught.value.defects] == [
        "at: is 'now': it must be of datetime",
        "by: is 'ada': it must be of Actor",
        "title: is 5: it must be a text",
        "requester: is 7: it must be a text",
        "impact: is 'HIGH': it must be of Impact",
    ]
    with pytest.raises(InvalidInput) as caught:
        desk.log("INC1", at=NINE, title="x", links=[("parent", "A"), (LinkKind.PARENT, "INC1"), 5])
    assert [str(each) for each in caught.value.defects] == [
        "links[0]: is ('parent', 'A'): give a LinkKind and a reference",
        "links[1]: is the incident itself",
        "links[2]: is 5: give a LinkKind and a reference",
    ]
    with pytest.raises(InvalidInput, match=r"links\[0\]: is \(5, 5\): give a LinkKind"):
        desk.log("INC1", at=NINE, title="x", links=5)
    with pytest.raises(InvalidInput, match="tier: is True: it must be of int"):
        desk.assign("INC1", at=NINE, group="x", tier=True)
    for steps, problem in (
        (["restart", None], "steps.1.: is None"),
        (5, "steps.0.: is 5"),
        (["x" * 2_000_001], "steps.0.: has 2,000,001 characters: at most 2,000,000"),
    ):
        with pytest.raises(InvalidInput, match=problem):
            desk.close("INC1", at=NINE, steps=steps)
    with pytest.raises(InvalidInput, match=r"facts\[0\]: is \(5, 'x'\): give a name and a value"):
        desk.move("INC1", at=NINE, take="x", facts=[(5, "x")])
    with pytest.raises(InvalidInput, match="command: is 'x': it must be a command"):
        desk.do("x")
    for key in ("", 5):
        with pytest.raises(InvalidInput, match="key: is"):
            desk.log("INC1", at=NINE, title="Mail is slow", key=key)
    with pytest.raises(UnknownIncident):
        store.get("INC1")
