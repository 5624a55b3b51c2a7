"""The week of a tiered desk: what it says adds up with what is stored."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from click.testing import CliRunner

from itilcore.cli import tiered
from itilcore.cli.commands import cli
from itilcore.cli.tiered import lines, play_week
from itilcore.desk import Desk
from itilcore.incident import Assigned, HandedOff, Role
from itilcore.policy import Book, loads
from itilcore.repositories import Query
from itilcore.sample import TIERED_BOOK, TIERED_START, tiered_week
from itilcore.stores import MemoryStore

BOOK = loads(TIERED_BOOK)
WEEK = list(tiered_week())


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


def test_nobody_has_more_than_they_can_take(played):
    _, incidents = played
    moments = sorted(
        event.at for each in incidents for event in each.timeline if isinstance(event, Assigned)
    )
    for at in moments[:: max(len(moments) // 40, 1)]:
        counts = Counter(
            facts.assignee
            for facts in (each.as_of(at).facts for each in incidents)
            if facts.phase is not None and facts.phase.is_unresolved and facts.assignee
        )
        for person, count in counts.items():
            known = BOOK.directory.person(person)
            assert known is not None
            assert known.capacity is None or count <= known.capacity, (person, at)


def test_hand_offs_and_refusals(played):
    week, incidents = played
    hand_offs = [e for each in incidents for e in each.timeline if isinstance(e, HandedOff)]
    assert week.quality.hand_offs == week.quality.complete == len(hand_offs)
    hasty = {row.reference for row in WEEK if row.first_incomplete}
    assert week.refused
    assert {reference for reference, _ in week.refused} <= hasty
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
    assert week.double_booked == 1
    assert week.on_duty[0][0] == TIERED_START + timedelta(hours=12)


def test_the_lines(played):
    week, _ = played
    text = "\n".join(lines(BOOK, week))
    for words in ("150 incidents", "MISROUTED: ", "no triage captain: 2026-03-06T20:00", "of 3"):
        assert words in text
    empty = evolve(
        week,
        loads=((TIERED_START, ()), (TIERED_START, (("ghost", 3),))),
        shares=(evolve(week.shares[0], value=None),),
        quality=evolve(week.quality, mean_completeness=None),
        groups=(evolve(week.groups[0], group=None),),
        refused=(),
        unroutable=(),
        uncovered=(),
    )
    text = "\n".join(lines(Book(), empty))
    for words in ("nobody has any", "ghost 3", "MISROUTED: ", "= -", "nobody: ", "to -"):
        assert words in text


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


def test_the_demo_shows_the_week(tmp_path):
    store = tmp_path / "demo.db"
    result = CliRunner().invoke(cli, ["demo", "--store", str(store)])
    assert result.exit_code == 0, result.output
    assert "A tiered desk, one week" in result.output
