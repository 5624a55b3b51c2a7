"""The outage of a payroll, played: what it says adds up with what is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from click.testing import CliRunner

from itilcore.cli import play
from itilcore.cli.commands import cli
from itilcore.cli.sev1 import Sev1Moment, play_sev1
from itilcore.cli.sev1_lines import lines
from itilcore.communications import CadenceCompliance
from itilcore.desk import Desk
from itilcore.incident import (
    Closed,
    Escalated,
    MajorIncidentMarked,
    Phase,
    Prioritised,
    RoleAssumed,
    SeverityDeclared,
    StakeholdersUpdated,
)
from itilcore.policy import loads
from itilcore.priority import Priority, Severity
from itilcore.sample import SEV1_BOOK, SEV1_START
from itilcore.stores import MemoryStore, SqliteStore

BOOK = loads(SEV1_BOOK)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def day():
    with SqliteStore(":memory:") as store:
        found = play_sev1(Desk(store, BOOK))
        assert store.get("INC1") == found.incident
        assert list(store.pending(limit=10)) == []  # whatever was to be told has been
    return found


def events(day, kind):
    return [event for event in day.incident.timeline if isinstance(event, kind)]


def test_the_rules_of_the_book_are_sound():
    assert BOOK.escalation_findings() == ()


def test_the_agenda_escalates_as_simulated_until_somebody_takes_it(day):
    taken = day.incident.facts.acknowledged_at
    planned = [(s.at, s.step.to, s.step.rule) for s in day.simulation.steps if s.at < taken]
    done = [(e.at, e.to, e.rule) for e in events(day, Escalated) if e.at < taken]
    assert planned == done
    assert [to for _, to, _ in done] == ["paulo", "paulo", "marta"]


def test_every_rule_but_that_of_the_breach_has_spoken(day):
    spoken = {event.rule for event in events(day, Escalated)}
    assert spoken == {rule.name for rule in BOOK.escalation.rules} - {"it is late"}
    heard = [each for moment in day.moments for each in moment.heard]
    told = [each.recipient for each in heard if each.audience == "escalation"]
    assert told == [event.to for event in events(day, Escalated)]


def test_nothing_that_was_refused_has_happened(day):
    assert len(day.refused) == 4
    refused = {moment.at for moment in day.refused}
    assert not refused & {event.at for event in day.incident.timeline}
    assert all(moment.heard == () for moment in day.refused)
    (declared,) = events(day, SeverityDeclared)
    assert (declared.by.identifier, declared.severity) == ("marta", Severity.SEV1)
    states = [event.state.value for event in events(day, MajorIncidentMarked)]
    assert states == ["proposed", "promoted", "demoted"]


def test_the_manager_is_no_resolver(day):
    people = {event.role.name: event.person for event in events(day, RoleAssumed)}
    assert people["major incident manager"] == "marta"
    resolvers = {s.person for s in day.incident.role_spells if s.role.resolves}
    assert resolvers == {"paulo"}
    assert BOOK.major.unfilled(s.role.name for s in day.incident.role_spells) == ()


def test_the_priority_moves_and_the_severity_stays(day):
    *_, moved = events(day, Prioritised)
    assert (moved.priority, moved.computed) == (Priority.P2, Priority.P1)
    assert moved.reason == "workaround: 1 step lower, P1 to P2"
    assert day.incident.severity == Severity.SEV1


def test_one_update_of_the_cadence_was_late(day):
    updates = sorted({event.at for event in events(day, StakeholdersUpdated)})
    (declared,) = events(day, SeverityDeclared)
    due, late = declared.at + 30 * MINUTE, []
    for at in updates:
        if at > due:
            late.append((due, at - due))
        due = at + 30 * MINUTE
    assert late == [(each.due_at, each.late) for each in day.compliance.late]
    assert day.compliance.n == len(updates)  # the last one came before another was due
    reminders = [
        (each.at, each.recipient)
        for moment in day.moments
        for each in moment.heard
        if each.rule == "overdue update"
    ]
    ((at, whom),) = reminders
    assert (at - late[0][0], whom) == (timedelta(microseconds=1), "cleo")


def test_it_closes_by_itself_only_once_it_is_no_major_incident(day):
    (closed,) = events(day, Closed)
    *_, demoted = events(day, MajorIncidentMarked)
    assert closed.at == demoted.at == SEV1_START + timedelta(days=3, hours=3)
    assert day.incident.phase is Phase.CLOSED
    assert closed.at - day.incident.facts.resolved_at > BOOK.closing.after


def test_the_review_and_the_cost(day):
    assert sum((gap.length for gap in day.review.gaps), timedelta()) == 200 * MINUTE
    longest, *_ = day.review.longest()
    assert (longest.start, longest.length) == (SEV1_START + 5 * MINUTE, 32 * MINUTE)
    assert day.review.lacked == ("the category is not known", "the requester is not known")
    assert [action.owner for action in day.review.actions] == ["paulo"]
    assert day.cost.minutes == 190
    assert day.cost.cost == pytest.approx(18_000 / 60 * 190)
    assert day.cost.severities == (("SEV1", day.cost.cost),)


def test_the_lines(day):
    found = list(lines(day))
    assert len(found) < 100
    text = "\n".join(found)
    for words in (
        "06:15 paulo: nobody took it 1/2",
        "06:40 REFUSED: paulo declares a Sev1: without authority",
        "06:42 REFUSED: marta declares it: without evidence service, evidence business_impact",
        "07:25 agenda: an update is overdue",
        "-> staff, executives: INC1: The payroll run of March",
        "a major incident does not close by itself",
        "06:05 0:32:00: priority P1",
        "updates in time: 5 of 6 = 83%",
        "due 07:25, late by 0:07:00",
        "the outage: 190 minutes, 57,000",
    ):
        assert words in text
    hostile = evolve(
        day,
        moments=(Sev1Moment(SEV1_START, "\x1b[31m"),),
        compliance=CadenceCompliance((), SEV1_START),
        cost=evolve(day.cost, minutes=None, cost=None),
        review=evolve(day.review, lacked=(), actions=(), gaps=()),
    )
    text = "\n".join(lines(hostile))
    for words in ("in time: 0 of 0 = -", "the outage: 0 minutes, 0"):
        assert words in text
    assert "\x1b" not in text


def test_another_store_shows_the_same(day):
    assert play_sev1(Desk(MemoryStore(), BOOK)) == day


def test_the_demo_shows_it_in_the_terminal_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(play, "INCIDENTS", 20)

    def shown(name, *options):
        store = str(tmp_path / f"{name}.db")
        result = CliRunner().invoke(cli, ["demo", "--store", store, *options])
        assert result.exit_code == 0, result.output
        return "A Sev1, hour by hour" in result.output

    assert shown("terminal")
    assert not shown("json", "--json")
