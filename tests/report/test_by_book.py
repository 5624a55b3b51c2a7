"""What a policy book adds to a report, and to the explanation of one incident."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime, timedelta

from rich.console import Console

from itilcore.classification import Category
from itilcore.incident import (
    Assigned,
    Classified,
    Closed,
    HandedOff,
    Incident,
    Logged,
    Noted,
    Resolved,
)
from itilcore.policy import Book, loads
from itilcore.report import (
    AtHand,
    build,
    explain,
    explanation_page,
    page,
    show,
    show_explanation,
)

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOOK = loads(
    """
[people.ada]
site = "Porto"
[services.vpn]
[groups.Network]
[[routing]]
name = "net"
group = "Network"
category = "Network"
[taxonomy.nodes.net]
name = "Network"
renamed_from = "Net"
[recurrence]
recent_days = 10
by = ["service", "site"]
"""
)


def shown(report, width=200) -> str:
    out = io.StringIO()
    show(report, Console(file=out, width=width))
    return out.getvalue()


def incidents() -> list[Incident]:
    chance = random.Random(2)
    found = []
    for number in range(200):
        at = START + timedelta(days=chance.uniform(0, 90))
        raised = number >= 180
        at = START + timedelta(days=chance.uniform(80, 90)) if raised else at
        service = "vpn" if raised else f"s{number % 20}"
        category = Category(("Net", "Network", "Fax")[number % 3]) if number % 10 else None
        events = [
            Logged(at, "<b>drops</b>", "ada" if number % 2 else None),
            Classified(at, category=category, service=service),
            Assigned(at, "Desk", tier=1),
        ]
        if number % 4 == 0:
            events += [Resolved(at + HOUR, notes="x")]
        if number % 8 == 0:
            events += [Closed(at + 2 * HOUR, knowledge="KB1")]
        if number == 6:
            events += [HandedOff(at + HOUR, "Network")]
        found.append(Incident.replay(f"INC{number}", events))
    # One that nobody logged is in no span.
    return [*found, Incident.replay("INC900", [Noted(START, "x")])]


def test_without_a_book_there_are_no_sections() -> None:
    report = build(AtHand("desk", incidents()))
    assert report.sections == ()
    assert "coming_back" not in report.to_dict()["source"]


def test_a_book_says_what_comes_back() -> None:
    report = build(AtHand("desk", incidents()), book=BOOK, pieces=True)
    told = report.to_dict()["source"]
    found = [(each["dimension"], each["value"]) for each in told["coming_back"]["candidates"]]
    assert found[0] == ("service", "vpn")
    assert set(found) <= {("service", "vpn"), ("site", "Porto")}
    assert told["coming_back"]["occurrences"] == 200
    assert told["hand_offs"]["hand_offs"] == 1
    assert told["knowledge"]["resolved_by"] == {"KB1": 25}
    assert sum(each["count"] for each in told["knowledge"]["repeats"]) <= 50
    assert told["categories"]["n"] == 201
    assert told["categories"]["without"] == 21
    kept = sum(n % 3 == 1 and n % 10 > 0 for n in range(200))
    assert told["categories"]["kept"] == kept
    text = shown(report)
    for words in ("service: vpn", "What hand-offs lacked", "KB1", "Fax", "unknown to the taxonomy"):
        assert words in text
    html = page(report)
    assert 'id="book"' in html
    assert "service: vpn" in html
    assert html.count("By the policy book") == 2  # in the contents, and as a heading


def test_a_book_without_a_past_says_so() -> None:
    report = build(AtHand("desk", incidents()[:1]), book=Book(), pieces=True)
    told = report.to_dict()["source"]
    assert told["coming_back"]["usual"] is None
    assert "nothing before the last 28 days" in shown(report)
    assert "What comes back more than usual: nothing" in page(report)
    assert "categories" not in told


def test_a_rhythm_is_shown() -> None:
    week = timedelta(days=7)
    beats = [Incident.replay(f"M{n}", [Logged(START + n * week, "crm down")]) for n in range(20)]
    chance = random.Random(4)
    others = [
        Incident.replay(f"O{n}", [Logged(START + chance.uniform(0, 19) * week, f"other {n}")])
        for n in range(300)
    ]
    report = build(AtHand("desk", [*beats, *others]), book=Book())
    assert report.to_dict()["source"]["coming_back"]["rhythms"][0]["phase"] == "Monday 09:00"
    assert "What comes in a rhythm" in shown(report)


def test_of_nothing_nothing_is_said() -> None:
    assert build(AtHand("desk", []), book=BOOK).sections == ()
    noted = Incident.replay("INC1", [Noted(START, "x")])
    names = [each.name for each in build(AtHand("desk", [noted]), book=BOOK).sections]
    assert names == ["categories"]


def test_an_explanation_says_what_the_book_decides() -> None:
    events = [
        Logged(START, "<script>VPN is down, nobody can work", "ada"),
        Classified(START, category=Category("Network"), service="vpn"),
    ]
    incident = Incident.replay("INC1", events)
    found = explain(incident, book=BOOK)
    told = found.to_dict()["decided"]
    assert told["kind"]["answer"] == "incident"
    assert told["route"]["version"] == BOOK.routing.version
    assert "Network" in told["route"]["answer"]
    assert told["category"]["answer"] == "Network"
    out = io.StringIO()
    show_explanation(found, Console(file=out, width=200))
    assert "What the book decides" in out.getvalue()
    html = explanation_page(found)
    assert "What the book decides" in html
    assert "<script>VPN" not in html
    plain = explain(incident)
    assert plain.decided == ()
    assert "decided" not in plain.to_dict()
    unknown = explain(Incident.replay("INC2", [Logged(START, "Hello")]), book=Book())
    assert unknown.to_dict()["decided"]["kind"]["answer"] is None
    show_explanation(unknown, Console(file=out, width=200))
    assert "undecided" in out.getvalue()
