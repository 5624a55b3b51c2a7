"""Triage: five decisions about one ticket, and what to ask."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import (
    Category,
    Disruption,
    KindRules,
    Taxonomy,
    TaxonomyNode,
    Ticket,
    TicketKind,
)
from itilcore.decision import Decision, Reason
from itilcore.errors import InvalidInput
from itilcore.incident import Classified, Incident, Logged, Noted
from itilcore.intake import CompletenessGrade, Forms, Triage, TriageRules, ticket_of

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
RULES = TriageRules()
WORDS = [
    "help",
    "it",
    "is",
    "slow",
    "vpn",
    "down",
    "new",
    "mouse",
    "please",
    "نظام",
    "打印机",
    "🔥",
]


@given(
    st.lists(st.sampled_from(WORDS)).map(" ".join),
    st.none() | st.sampled_from(["vpn", "mail"]),
    st.dictionaries(st.sampled_from(["start", "symptoms", "device", "other"]), st.text(max_size=9)),
)
def test_triage_is_what_its_parts_say(title: str, service: str | None, answers: dict) -> None:
    ticket = Ticket(title=title, service=service)
    found = RULES.triage(ticket, answers)
    assert found.kind == RULES.kinds.decide(ticket)
    assert found.disruption == RULES.outages.decide(ticket)
    complaint = found.kind.answer in (None, TicketKind.INCIDENT, TicketKind.PROBLEM)
    vague = [RULES.vague.check(each).answer for each in (title, answers.get("symptoms", ""))]
    assert found.vague.answer == (all(vague) and complaint)
    asked = [each.question for each, _ in RULES.forms.fields(found.kind.answer, None)]
    if found.vague.answer:
        assert found.questions[:4] == RULES.vague.questions()
        assert not set(asked) & set(found.questions[4:])
    # An answer can only help.
    without = RULES.triage(ticket)
    assert found.completeness.answer.score >= without.completeness.answer.score
    assert len(set(found.questions)) == len(found.questions)


def test_what_the_ticket_says_needs_no_answer() -> None:
    ticket = Ticket(title="Mail is down, nobody can send", service="mail", requester="ada")
    missing = RULES.triage(ticket).completeness.answer.missing
    assert missing == (
        "start",
        "who_is_affected",
        "recent_changes",
        "evidence",
        "steps_to_reproduce",
    )
    told = {"start": "9 o'clock", "affected_service": None, "symptoms": ""}
    assert "affected_service" not in RULES.triage(ticket, told).completeness.answer.missing


def test_a_long_ticket_still_tells_its_symptoms() -> None:
    long = Ticket(title="Mail is down, nobody can send", text="x" * 1_000_000, service="mail")
    assert "symptoms" not in RULES.triage(long).completeness.answer.missing


def test_a_category_stands_as_the_taxonomy_has_it() -> None:
    network = TaxonomyNode(identifier="n", name="Network", renamed_from="Net")
    rules = TriageRules(taxonomy=Taxonomy([network]))
    ticket = Ticket(title="No link", category=Category("Net"))
    assert rules.triage(ticket).category.answer == Category("Network")
    assert RULES.triage(ticket).category.answer == Category("Net")
    unknown = rules.triage(Ticket(category=Category("Fax")))
    assert unknown.category.answer is None
    assert rules.version != RULES.version


def test_a_model_may_tell_the_kind() -> None:
    class Model:
        def classify(self, ticket: Ticket) -> Decision[TicketKind | None]:
            return Decision(TicketKind.CHANGE, [Reason("model", "0.9")], "model:1")

    found = RULES.triage(Ticket(title="It is slow"), by=Model())
    assert found.kind.answer is TicketKind.CHANGE
    assert not found.vague.answer
    assert "affected_service" in found.completeness.answer.missing


def test_known_names_make_a_complaint_clear() -> None:
    ticket = Ticket(title="payroll is slow")
    assert RULES.triage(ticket).vague.answer
    assert not RULES.triage(ticket, known=["payroll"]).vague.answer


def test_as_json_values() -> None:
    found = RULES.triage(Ticket(title="VPN is down, nobody can work")).to_dict()
    assert found["kind"] == {
        "answer": "incident",
        "reasons": list(
            map(str, RULES.kinds.decide(Ticket(title="VPN is down, nobody can work")).reasons)
        ),
    }
    assert found["disruption"]["answer"] == Disruption.OUTAGE.value
    assert found["category"]["answer"] is None
    assert found["vague"]["answer"] is False
    assert found["completeness"]["answer"].startswith(CompletenessGrade.POOR.value)


def test_an_incident_as_a_ticket() -> None:
    incident = Incident.replay(
        "INC1",
        [
            Logged(NINE, "No VPN", " ", "phone"),
            Classified(NINE, category=Category("Network"), service="vpn"),
            Noted(NINE, "since nine"),
            Noted(NINE, "later"),
        ],
    )
    assert ticket_of(incident) == Ticket(
        title="No VPN",
        text="since nine",
        source="phone",
        category=Category("Network"),
        service="vpn",
    )
    assert ticket_of(Incident.replay("INC2", [])) == Ticket()


@pytest.mark.parametrize(
    "call",
    [
        lambda: TriageRules(kinds=3),
        lambda: TriageRules(forms=KindRules()),
        lambda: RULES.triage("x"),
        lambda: RULES.triage(Ticket(), [("start", "x")]),
        lambda: ticket_of("INC1"),
    ],
)
def test_wrong_types_are_refused(call) -> None:
    with pytest.raises(InvalidInput):
        call()


def test_rules_and_triage_are_values() -> None:
    assert TriageRules() == RULES
    assert isinstance(RULES.triage(Ticket()), Triage)
    assert TriageRules(forms=Forms()).version != RULES.version


def test_who_says_afterwards_what_is_wrong_is_not_vague_any_more() -> None:
    slow = Ticket(title="It is slow", service="vpn")
    rest = {"start": "nine", "who_is_affected": "all of us"}
    assert RULES.triage(slow, rest).vague.answer
    assert RULES.triage(slow, {**rest, "symptoms": "very slow"}).vague.answer
    assert RULES.triage(slow, {**rest, "symptoms": ["every call freezes"]}).vague.answer
    found = RULES.triage(slow, {**rest, "symptoms": "Every call freezes for ten seconds"})
    assert not found.vague.answer
    assert found.questions == ()


def test_where_the_kind_is_undecided_the_forms_of_what_it_was_filed_as_are_asked() -> None:
    hello = Ticket(title="Hello there, one more time about what we spoke of")
    assert RULES.triage(hello).completeness.answer.score == 1
    found = RULES.triage(hello, filed=TicketKind.INCIDENT)
    assert found.kind.answer is None
    assert "affected_service" in found.completeness.answer.missing
    request = RULES.triage(Ticket(title="A new mouse, please"), filed=TicketKind.INCIDENT)
    assert "symptoms" not in request.completeness.answer.missing


def test_an_answer_that_cannot_be_seen_takes_no_place_of_what_was_said() -> None:
    ticket = Ticket(title="slow vpn vpn vpn vpn")
    for nothing in ("\ud7fc", " ", "\x00", ""):
        found = TriageRules().triage(ticket, {"symptoms": nothing}).completeness
        assert found.answer == TriageRules().triage(ticket).completeness.answer
