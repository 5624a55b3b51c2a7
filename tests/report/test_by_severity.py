"""What a book says of how bad it was: creep, major incidents, updates, escalations, cost."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from rich.console import Console

from itilcore.desk import Desk
from itilcore.incident import (
    Acknowledged,
    Escalated,
    EscalationKind,
    Incident,
    Logged,
    MajorIncidentMarked,
    MajorState,
    Noted,
    Prioritised,
    Resolved,
    SeverityDeclared,
    StakeholdersUpdated,
)
from itilcore.policy import Book, loads
from itilcore.priority import Impact, Priority, Severity, Urgency
from itilcore.report import AtHand, build, explain, explanation_page, page, show, show_explanation
from itilcore.stores import MemoryStore

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOOK = loads(
    """
[groups.Desk]
[people.mia]
[[escalation]]
name = "nobody took it"
trigger = "no acknowledgement"
after = "30m"
kind = "hierarchic"
to = "person mia"
[[costs]]
severity = "SEV1"
per_hour = 600
"""
)


def shown(report) -> str:
    out = io.StringIO()
    show(report, Console(file=out, width=220))
    return out.getvalue()


def life(number: int) -> Incident:
    at = START + number * timedelta(days=3)
    computed = Priority.P4
    given = Priority.P1 if number % 3 == 0 else computed
    low = (Impact.LOW, Urgency.LOW, given)
    over = (computed, "because") if given != computed else ()
    events = [Logged(at, "<b>x</b>", "eve"), Prioritised(at, *low, *over)]
    if number == 3:
        events += [
            SeverityDeclared(at, Severity.SEV1),
            MajorIncidentMarked(at, MajorState.PROMOTED, "payroll"),
            StakeholdersUpdated(at + HOUR / 4, "board", at + HOUR / 2),
            Escalated(at, EscalationKind.FUNCTIONAL, "Network"),
            Escalated(at + HOUR, EscalationKind.HIERARCHIC, "mia", rule="nobody took it", step="1"),
            Resolved(at + 2 * HOUR),
        ]
    if number == 4:
        events += [SeverityDeclared(at, Severity.SEV4), Acknowledged(at)]
    return Incident.replay(f"INC{number}", events)


def test_a_book_says_how_bad_it_was() -> None:
    incidents = [life(number) for number in range(12)]
    report = build(AtHand("desk", incidents), book=BOOK, metrics=tuple(BOOK.metrics()), pieces=True)
    told = report.to_dict()["source"]
    creep = told["creep"]["total"]
    assert (creep["incidents"], creep["high"], creep["above"], creep["overridden"]) == (12, 4, 4, 4)
    assert told["majors"]["marked"] == ["INC3"]
    # P1 makes a candidate: 0, 6 and 9, and 3 which was promoted.
    assert told["majors"]["candidates"] == 3
    assert [each["reference"] for each in told["majors"]["candidates_first"]] == [
        "INC0",
        "INC6",
        "INC9",
    ]
    assert told["cadence"]["n"] == 1
    assert told["escalations"] == {
        "incidents": 1,
        "rules": [
            {"rule": "by hand", "kind": "functional", "steps": 1},
            {"rule": "nobody took it", "kind": "hierarchic", "steps": 1},
        ],
    }
    assert report["DOWNTIME_COST"].cost == 1200.0
    downtime = told["downtime"]
    assert (downtime["value"], downtime["n"], downtime["unpriced"]) == (1200.0, 1, 0.0)
    assert downtime["parts"] == [
        {"service": "(none)", "severity": "SEV1", "minutes": 120.0, "cost": 1200.0}
    ]
    text, html = shown(report), page(report)
    for words in (
        "High priorities, and what the matrix gives",
        "Who overrides priorities: requesters",
        "Major, and nobody proposed it",
        "Updates to stakeholders",
        "Escalations by rule",
        "DOWNTIME_COST",
        "Cost of downtime",
        "1,200.00 in all, of 1 incidents; 11 are left out.",
    ):
        assert words in text
    for words in ("High priorities", "Escalations by rule", "Cost of downtime", "1,200.00"):
        assert words in html


def test_of_nothing_nothing_is_said() -> None:
    noted = Incident.replay("INC1", [Noted(START, "x")])
    for book in (Book(), BOOK):
        told = build(AtHand("desk", [noted]), book=book).to_dict()["source"]
        assert not {"creep", "majors", "cadence", "escalations", "downtime"} & set(told)
    declared = Incident.replay("INC1", [Logged(START), SeverityDeclared(START, Severity.SEV4)])
    told = build(AtHand("desk", [declared]), book=Book()).to_dict()["source"]
    assert "cadence" not in told
    steady = Incident.replay(
        "INC1", [Logged(START), Prioritised(START, Impact.LOW, Urgency.LOW, Priority.P4)]
    )
    assert "too little to tell" in shown(build(AtHand("desk", [steady]), book=Book()))


def test_an_explanation_says_who_hears_of_it_if_nobody_acts() -> None:
    desk = Desk(MemoryStore(), BOOK)
    incident = desk.log("INC1", at=START, title="Mail is slow", requester="eve").incident
    found = explain(incident, book=BOOK, zone="Europe/Berlin")
    (ahead,) = found.to_dict()["ahead"]
    assert (ahead["at"], ahead["to"], ahead["rule"]) == (
        "2026-01-05T10:30:00+01:00",
        "mia",
        "nobody took it",
    )
    out = io.StringIO()
    show_explanation(found, Console(file=out, width=220))
    assert "If nobody acts" in out.getvalue()
    assert "If nobody acts" in explanation_page(found)
    assert "ahead" not in explain(incident).to_dict()
    taken = desk.acknowledge("INC1", at=START).incident
    assert explain(taken, book=BOOK).ahead == ()
    assert found.to_dict()["decided"]["major incident candidate"]["answer"] is None


def test_a_severity_that_was_lowered_costs_what_it_did_while_it_held() -> None:
    minute = HOUR / 60
    events = [
        Logged(START),
        SeverityDeclared(START, Severity.SEV1),
        SeverityDeclared(START + 100 * minute, Severity.SEV4),
        Resolved(START + 120 * minute),
    ]
    report = build(AtHand("desk", [Incident.replay("INC1", events)]), book=BOOK)
    downtime = report.to_dict()["source"]["downtime"]
    assert (downtime["value"], downtime["minutes"], downtime["unpriced"]) == (1000, 100, 20)
    assert "20.0 min at a severity without a cost are not in it." in " ".join(shown(report).split())


def test_an_explanation_says_whether_it_was_escalated_and_what_comes_next() -> None:
    desk = Desk(MemoryStore(), BOOK)
    desk.log("INC1", at=START, title="Mail is down", requester="eve")
    evidence = {"service": "mail", "business_impact": "nobody can write"}
    incident = desk.declare_severity(
        "INC1", at=START, severity=Severity.SEV1, evidence=evidence
    ).incident
    found = explain(incident, book=BOOK, zone="Europe/Berlin")
    assert found["ESCALATION_RATE"].said == "no"
    assert found["TIME_TO_ESCALATE"].reason == "not escalated yet"
    told = found.to_dict()["coming"]
    assert told["update"] == {
        "due_at": "2026-01-05T10:30:00+01:00",
        "earliest_at": "2026-01-05T10:15:00+01:00",
        "overdue": None,
        "why": "SEV1: every 15 min to 30 min, since SEV1 was declared",
    }
    assert (told["due"], told["look_again_at"]) == ([], "2026-01-05T10:30:00+01:00")
    later = explain(incident, book=BOOK, at=START + HOUR)
    told = later.to_dict()["coming"]
    assert [(each["kind"], each["what"]) for each in told["due"]] == [
        ("escalation", "nobody took it, to mia"),
        ("update", "cadence update"),
    ]
    assert (told["update"]["overdue"], told["look_again_at"]) == (
        1800.0,
        "2026-01-05T09:30:00+00:00",
    )
    out = io.StringIO()
    show_explanation(later, Console(file=out, width=220))
    for words in (
        "What comes next",
        "escalation has fallen due",
        "the next word to stakeholders, overdue",
        "the agenda looks again",
    ):
        assert words in out.getvalue()
        assert words in explanation_page(later)
    assert "coming" not in explain(incident).to_dict()
    assert "ESCALATION_RATE" not in explain(incident).to_dict()["metrics"]


def test_an_escalation_is_explained_without_a_book() -> None:
    found = explain(life(3))
    assert found["ESCALATION_RATE"].said == "yes"
    assert found["TIME_TO_ESCALATE"].figure == 0.0
