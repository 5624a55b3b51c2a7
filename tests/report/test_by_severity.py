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
    text, html = shown(report), page(report)
    for words in (
        "High priorities, and what the matrix gives",
        "Who overrides priorities: requesters",
        "Major, and nobody proposed it",
        "Updates to stakeholders",
        "Escalations by rule",
        "DOWNTIME_COST",
    ):
        assert words in text
    for words in ("High priorities", "Escalations by rule"):
        assert words in html


def test_of_nothing_nothing_is_said() -> None:
    noted = Incident.replay("INC1", [Noted(START, "x")])
    told = build(AtHand("desk", [noted]), book=Book()).to_dict()["source"]
    assert not {"creep", "majors", "cadence", "escalations"} & set(told)
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
