"""The week of a tiered desk: what it says adds up with what is stored."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from operator import eq

import pytest
from attrs import evolve
from click.testing import CliRunner

from itilcore.cli import play, tiered
from itilcore.cli.commands import cli
from itilcore.cli.tiered import lines, play_week
from itilcore.desk import Desk
from itilcore.incident import Assigned, HandedOff, Resolved, Role
from itilcore.policy import Book, loads
from itilcore.repositories import Query
from itilcore.routing import RoutingQuestion
from itilcore.sample import TIERED_BOOK, TIERED_START, tiered_week
from itilcore.stores import MemoryStore

BOOK = loads(TIERED_BOOK)
WEEK = list(tiered_week())
END = TIERED_START + timedelta(days=7)


@pytest.fixture(scope="module")
def played():
    store = MemoryStore()
    week = play_week(Desk(store, BOOK), WEEK)
    return week, store.find(Query(), limit=1_000).incidents


def test_every_incident_is_played(played):
    week, incidents = played
    assert week.incidents == len(incidents) == len(WEEK)
    visitors = {row.reference for row in WEEK if row.requester == "visitor"}
    assert {reference for reference, _ in week.unroutable} <= visitors
    assert week.unroutable


def test_the_loads_are_those_of_the_histories(played):
    week, incidents = played
    for at, loads_ in week.loads:
        counts = Counter()
        for incident in incidents:
            facts = incident.as_of(at - timedelta(microseconds=1)).facts
            if facts.phase is not None and facts.phase.is_unresolved and facts.assignee:
                counts[facts.assignee] += 1
        assert dict(loads_) == counts


def spells(incident):
    """From the bare events: since when, until when, with which group and with whom."""
    found = []
    for event in incident.timeline:
        now = None
        if isinstance(event, Assigned | HandedOff):
            now = (event.group, event.assignee)
        elif not isinstance(event, Resolved):
            continue
        if found and found[-1][1] is None:
            found[-1][1] = event.at
        if now is not None:
            found.append([event.at, None, *now])
    return [(since, until or END, group, person) for since, until, group, person in found]


def test_nobody_has_more_than_they_can_take_and_nobody_waits_while_somebody_has_room(played):
    week, incidents = played
    every = {each.reference: spells(each) for each in incidents}
    flat = [spell for own in every.values() for spell in own]
    waited = set()
    for at in {spell[0] for spell in flat}:
        counts = Counter(who for since, until, _, who in flat if who and since <= at < until)
        for person, count in counts.items():
            known = BOOK.directory.person(person)
            assert known is not None
            assert known.capacity is not None
            assert count <= known.capacity, (person, at)
    for incident in incidents:
        for number, (at, until, group, person) in enumerate(every[incident.reference]):
            if person is not None or until == at:
                continue
            waited.add(incident.reference)
            # What ends at that very instant may have ended after the choice.
            counts = Counter(who for since, end, _, who in flat if who and since <= at <= end)
            question = RoutingQuestion.of(incident.as_of(at), BOOK.directory)
            route = BOOK.routing.choose(question)
            needed = set() if number or route is None else set(route.skills)
            for each in BOOK.directory.members(group):
                full = counts[each.identifier] >= each.capacity
                assert full or needed - set(each.skills), (incident.reference, each)
    assert week.waited == len(waited) > 0
    assert week.waiting == 0


def test_whoever_really_solves_it_does(played):
    _, incidents = played
    solvers = {row.reference: row.solver for row in WEEK}
    done = [each for each in incidents if each.facts.first_resolved_at is not None]
    assert len(done) > 100
    for each in done:
        assert each.group == solvers[each.reference]
        assert each.assignee in BOOK.directory.group(each.group).members


def test_the_shares_and_times_are_those_of_the_histories(played):
    week, incidents = played
    ways = {}
    spent = Counter()
    for each in incidents:
        own = spells(each)
        groups = [group for _, _, group, _ in own]
        ways[each.reference] = [
            group
            for number, group in enumerate(groups)
            if number == 0 or group != groups[number - 1]
        ]
        for since, until, group, _ in own:
            spent[group] += (until - since).total_seconds()
    done = [each.reference for each in incidents if each.facts.first_resolved_at is not None]
    back = {name for name, way in ways.items() if any(map(eq, way, way[2:]))}
    shares = {share.name: (share.count, share.n) for share in week.shares}
    tier_1 = [name for name in done if ways[name][-1].startswith("Desk")]
    assert shares == {
        "MISROUTED": (sum(ways[name][0] != ways[name][-1] for name in done), len(done)),
        "PING_PONG": (len(back), len(incidents)),
        "TRANSFERRED_OFTEN": (sum(len(way) > 3 for way in ways.values()), len(incidents)),
        "TIER_1_SHARE": (len(tier_1), len(done)),
    }
    assert {each.group: each.seconds for each in week.groups} == pytest.approx(dict(spent))
    returning = {row.reference for row in WEEK if row.comes_back}
    assert back <= returning


def test_hand_offs_and_refusals(played):
    week, incidents = played
    hand_offs = [e for each in incidents for e in each.timeline if isinstance(e, HandedOff)]
    assert week.quality.hand_offs == week.quality.complete == len(hand_offs)
    hasty = {row.reference for row in WEEK if row.first_incomplete}
    assert week.refused
    refused = [reference for reference, _ in week.refused]
    assert len(set(refused)) == len(refused)
    first = {each.reference for each in incidents if each.facts.hand_offs}
    assert set(refused) == hasty & first
    misrouted, ping_pong, *_ = week.shares
    assert 0 < ping_pong.count < misrouted.count < misrouted.n


def test_the_major_incident_has_a_manager_who_resolves_nothing(played):
    _, incidents = played
    (row,) = (row for row in WEEK if row.impact == row.urgency == 1)
    (major,) = (each for each in incidents if each.reference == row.reference)
    managers = {s.person for s in major.role_spells if s.role == Role.MAJOR_INCIDENT_MANAGER}
    resolvers = {s.person for s in major.role_spells if "resolver" in s.role.name}
    assert managers == {"marta"}
    assert resolvers
    assert not managers & resolvers


def test_the_gap_and_the_double_booking_are_found(played):
    week, _ = played
    (gap,) = week.uncovered
    assert (gap.start, gap.end) == (
        datetime(2026, 3, 6, 20, tzinfo=UTC),
        datetime(2026, 3, 7, tzinfo=UTC),
    )
    (twice,) = week.double_booked
    assert (twice.person, twice.rotas) == ("tom", ("On call Network", "On call Platform"))
    assert [noon for noon, _ in week.on_duty] == [
        TIERED_START + timedelta(days=day, hours=12) for day in range(7)
    ]
    on_call = {"On call Network": "tom", "On call Platform": "theo"}
    assert [dict(found) for _, found in week.on_duty] == [
        *({**on_call, "Triage Porto": name} for name in ("ana", "bruno", "ana", "bruno", "ana")),
        on_call,
        on_call,
    ]


def test_the_lines(played):
    week, _ = played
    found = list(lines(BOOK, week))
    assert len(found) < 30
    text = "\n".join(found)
    for words in (
        "150 incidents",
        "MISROUTED: ",
        "no triage captain: 2026-03-06T20:00",
        "on duty twice: tom for",
        "Mon 2026-03-02: ",
        " of 2; On call Network: tom",
    ):
        assert words in text
    at = TIERED_START
    empty = evolve(
        week,
        loads=((at, ()), (at, (("ghost", 3), ("\x1b", 1)))),
        on_duty=((at, ()), (at, (("\x1b", "x"),))),
        shares=(evolve(week.shares[0], value=None),),
        quality=evolve(week.quality, mean_completeness=None),
        groups=(evolve(week.groups[0], group=None),),
        refused=(("x", "\x1b"),),
        unroutable=(),
        uncovered=(),
        double_booked=(),
    )
    text = "\n".join(lines(Book(), empty))
    for words in ("nobody has any; nobody", "ghost 3; ", "MISROUTED: ", "= -", "nobody: ", "to -"):
        assert words in text
    assert "\x1b" not in text


def test_a_short_week_ends_before_its_days_do():
    week = play_week(Desk(MemoryStore(), BOOK), WEEK[:2])
    assert len(week.loads) == 7


def test_loads_are_counted_page_by_page(monkeypatch):
    monkeypatch.setattr(tiered, "_PAGE", 1)
    desk = Desk(MemoryStore(), BOOK)
    for number, person in enumerate(("ana", "bruno", "ana")):
        desk.log(f"INC{number}", at=TIERED_START, title="x")
        desk.assign(f"INC{number}", at=TIERED_START, group="Desk Porto", assignee=person)
    assert tiered.open_loads(desk) == (("ana", 2), ("bruno", 1))


def test_the_demo_shows_the_week_in_the_terminal_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(play, "INCIDENTS", 20)

    def shown(name, *options):
        store = str(tmp_path / f"{name}.db")
        result = CliRunner().invoke(cli, ["demo", "--store", store, *options])
        assert result.exit_code == 0, result.output
        return "A tiered desk, one week" in result.output

    assert shown("terminal")
    assert not shown("json", "--json")
    assert not shown("page", "--html", str(tmp_path / "demo.html"))
