"""Triage, similar reports, problems and alerts at both desks, over both stores."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from itilcore.classification import Category, TicketKind
from itilcore.decision import Decision
from itilcore.errors import ActionRefused, InvalidInput, UnknownIncident, VersionConflict
from itilcore.incident import LinkKind, Logged, Noted, Phase, ResolutionKind
from itilcore.intake import AlertDraft, AlertStatus, TriageRules
from itilcore.policy import Book, loads
from itilcore.priority import Impact, Priority, Urgency
from itilcore.problems import Problem
from itilcore.repositories import Commit, Query
from itilcore.stores import MemoryStore

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIX = {"kind": ResolutionKind.FIX, "code": "restarted", "notes": "Restarted it."}
BOOK = loads(
    """
[taxonomy.nodes.net]
name = "Network"
renamed_from = "Net"
[taxonomy.nodes.vpn]
name = "VPN"
parent = "net"
[services.payroll]
[alerts]
window = "2h"
reopen_within = "10m"
[similar]
window = "1h"
least = 0.6
"""
)


def test_a_desk_says_what_an_incident_is(make, store) -> None:
    desk = make(store, BOOK)
    desk.log("INC1", at=NINE, title="payroll is slow", requester="ada", service="payroll")
    found = desk.triage("INC1")
    assert found.kind.answer is TicketKind.INCIDENT
    assert not found.vague.answer  # the book knows the service
    assert found.version == BOOK.triage.version
    more = desk.triage("INC1", answers={"start": "nine"})
    assert "start" not in more.completeness.answer.missing
    desk.answer("INC1", at=NINE, answers={"start": "nine", "device": "PC 7"})
    assert desk.triage("INC1").completeness == more.completeness or "device" in str(
        desk.triage("INC1").completeness.reasons
    )
    assert "start" not in desk.triage("INC1").completeness.answer.missing

    class Model:
        def classify(self, _ticket):
            return Decision(TicketKind.CHANGE, (), "model:1")

    assert desk.triage("INC1", by=Model()).kind.answer is TicketKind.CHANGE
    with pytest.raises(UnknownIncident):
        desk.triage("INC9")


def test_a_taxonomy_is_kept(make, store) -> None:
    desk = make(store, BOOK)
    logged = desk.log("INC1", at=NINE, title="x", category=Category("net", "VPN"))
    assert logged.incident.category == Category("Network", "VPN")
    assert desk.classify("INC1", at=NINE, category=Category("Net")).incident.category == Category(
        "Network"
    )
    with pytest.raises(ActionRefused, match=r"cannot classify.*Network > LAN is unknown"):
        desk.classify("INC1", at=NINE, category=Category("Network", "LAN"))
    with pytest.raises(ActionRefused, match=r"Fax is unknown"):
        desk.log("INC2", at=NINE, title="x", category=Category("Fax"))
    with pytest.raises(UnknownIncident):
        desk.get("INC2")


def test_similar_reports_are_suggested(make, store) -> None:
    desk = make(store, BOOK)
    text = "VPN drops every minute for everybody"
    desk.log("OLD", at=NINE - 61 * MINUTE, title=text)
    desk.log("EDGE", at=NINE - 60 * MINUTE, title=text)
    desk.log("INC1", at=NINE, title="The printer is out of toner")
    desk.log("INC2", at=NINE + MINUTE, title="Drops each minute: vpn, everybody")
    desk.log("INC3", at=NINE, title="VPN drops every minute")
    assert [each.reference for each in desk.similar("INC3")] == ["EDGE"]
    assert [each.reference for each in desk.similar("INC2")] == ["INC3"]
    # Nothing is merged.
    assert desk.get("INC2").links == ()


def test_what_was_never_logged_is_like_nothing() -> None:
    from itilcore.desk import Desk

    store = MemoryStore()
    store.commit(Commit(reference="INC1", expected_version=0, events=[Noted(NINE, "x")]))
    assert Desk(store).similar("INC1") == ()
    first = datetime.min.replace(tzinfo=UTC)
    store.commit(Commit(reference="INC2", expected_version=0, events=[Logged(first, "x")]))
    assert Desk(store).similar("INC2") == ()


def test_a_fix_offers_what_it_resolves(make, store) -> None:
    desk = make(store)
    for reference in ("INC1", "INC2", "INC3", "INC4"):
        desk.log(reference, at=NINE, title="VPN drops", requester="ada")
    for reference in ("INC1", "INC2", "INC4"):
        desk.link(reference, at=NINE, kind=LinkKind.PROBLEM, other="PRB1")
    desk.start("INC2", at=NINE)
    desk.resolve("INC2", at=NINE + MINUTE, **FIX)
    problem = Problem(reference="PRB1", title="A leak", opened_at=NINE, fixed_at=NINE + MINUTE)
    assert desk.offered(problem) == ("INC1", "INC4")
    assert desk.offered(Problem(reference="PRB1", title="A leak", opened_at=NINE)) == ()
    with pytest.raises(InvalidInput):
        desk.offered("PRB1")


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


def test_a_desk_without_sections_has_the_usual_rules() -> None:
    assert Book().triage == TriageRules()
