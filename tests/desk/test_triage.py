"""Triage, similar reports and problems at both desks, over both stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from itilcore.classification import Category, TicketKind
from itilcore.decision import Decision
from itilcore.errors import ActionRefused, InvalidInput, UnknownIncident
from itilcore.incident import LinkKind, Logged, Noted, ResolutionKind
from itilcore.intake import TriageRules
from itilcore.policy import Book, loads
from itilcore.problems import Problem
from itilcore.repositories import Commit
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


def test_a_desk_without_sections_has_the_usual_rules() -> None:
    assert Book().triage == TriageRules()
