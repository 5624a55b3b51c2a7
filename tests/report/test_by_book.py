"""What a policy book adds to a report, and to the explanation of one incident."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from itilcore.classification import Category
from itilcore.incident import (
    Assigned,
    Classified,
    Closed,
    HandedOff,
    Incident,
    Linked,
    LinkKind,
    Logged,
    Noted,
    Resolved,
    Role,
    RoleAssumed,
)
from itilcore.knowledge import Repeat
from itilcore.policy import Book, loads
from itilcore.report import (
    AtHand,
    build,
    by_book,
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
    assert all(each["count"] > 1 for each in told["knowledge"]["repeats"])
    assert told["categories"]["n"] == 201
    assert told["categories"]["without"] == 21
    kept = sum(n % 3 == 1 and n % 10 > 0 for n in range(200))
    assert told["categories"]["kept"] == kept
    text = shown(report)
    narrow = shown(report, 80)
    assert "Why that is more than usual" in narrow
    candidate = narrow[narrow.index("Why that is more than usual") :].partition("\n\n")[0]
    assert len(candidate.splitlines()) <= 4 + 4 * len(found)
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


def test_a_short_past_is_said_to_be_little() -> None:
    def text(days: int) -> str:
        logged = [START + timedelta(days=n) for n in range(days)]
        those = [Incident.replay(f"D{n}", [Logged(at, "x")]) for n, at in enumerate(logged)]
        return " ".join(shown(build(AtHand("desk", those), book=Book())).split())

    assert "little to compare with" in text(34)
    assert "little to compare with" not in text(60)


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
    assert names == ["categories", "routing"]


def test_an_explanation_says_what_the_book_decides() -> None:
    events = [
        Logged(START, "<script>VPN is down, nobody can work", "ada"),
        Classified(START, category=Category("Network"), service="vpn"),
    ]
    incident = Incident.replay("INC1", events)
    found = explain(incident, book=BOOK)
    told = found.to_dict()["decided"]
    assert told["kind"]["answer"] == "incident"
    assert told["vague"]["answer"] is False
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


PEOPLE = loads(
    """
[calendars.office]
hours = "Mon-Fri 09:00-17:00"
[people.ana]
capacity = 1
[people.bob]
[groups.Desk]
tier = 1
members = ["ana", "bob"]
[groups.Network]
tier = 2
members = "bob"
[[routing]]
name = "net"
group = "Network"
category = "Network"
[[routing]]
name = "mail"
group = "Desk"
service = "mail"
[[routing]]
name = "never"
group = "Desk"
service = "fax"
[rotas.captain]
people = "ana"
first = 2026-01-05
cover = "office"
[rotas.phone]
people = "ana"
first = 2026-01-06
cover = "office"
"""
)


def routed() -> list[Incident]:
    network, day = Category("Network"), timedelta(days=1)
    found = []
    for number in range(12):
        at = START + number * day
        events = [
            Logged(at, "x", "eve"),
            Classified(
                at, category=network if number < 6 else None, service="mail" if number > 8 else None
            ),
            Assigned(at, "Desk", "ana" if number % 2 else "bob"),
        ]
        if number == 0:
            events += [Assigned(at + HOUR, "Network", "bob"), Resolved(at + 2 * HOUR)]
        if number == 11:
            events += [Resolved(at + HOUR)]
        if number == 3:
            events += [RoleAssumed(at + HOUR, Role.MAJOR_INCIDENT_MANAGER, "ana")]
        found.append(Incident.replay(f"INC{number}", events))
    return found


def test_a_book_says_where_incidents_belong_who_has_them_and_who_was_on_duty() -> None:
    report = build(AtHand("desk", routed()), book=PEOPLE, pieces=True)
    told = report.to_dict()["source"]
    assert told["routing"]["asked"] == 12
    assert told["routing"]["unroutable"] == 3
    assert told["routing"]["unroutable_first"] == ["INC6", "INC7", "INC8"]
    assert told["routing"]["never_fired"] == ["never"]
    net, mail, _ = told["routing"]["rules"]
    assert (net["incidents"], net["first_group"]) == (6, 0)
    assert (net["resolved"], net["resolved_there"]) == (1, 1)
    assert (mail["incidents"], mail["first_group"]) == (3, 3)
    assert told["routing"]["overlaps"] == [
        "mail: to Desk shares incidents with net, which takes them to Network",
        "never: to Desk shares incidents with net, which takes them to Network",
    ]
    assert told["load"]["people"] == [
        {"person": "ana", "open": 5, "capacity": 1},
        {"person": "bob", "open": 5, "capacity": None},
    ]
    # From Monday at nine on: the nights, and the weekend.
    assert told["duty"]["nobody"][0] == {
        "start": "2026-01-05T17:00:00+00:00",
        "end": "2026-01-06T09:00:00+00:00",
    }
    at = datetime.fromisoformat(told["duty"]["end"])
    open_hours = (
        sum(
            ((START + timedelta(minutes=n)).weekday() < 5)
            and 9 <= (START + timedelta(minutes=n)).hour < 17
            for n in range(int((at - START) / timedelta(minutes=1)))
        )
        / 60
    )
    assert told["duty"]["nobody_hours"] == (at - START) / HOUR - open_hours
    assert told["duty"]["double_bookings"][0]["rotas"] == ["captain", "phone"]
    assert told["roles"]["count"] == 1
    assert told["roles"]["incidents"][0]["reference"] == "INC3"
    text, html = shown(report), page(report)
    for words in (
        "Where the rules would send them",
        "Rules that share incidents",
        "Who has how much at the end",
        "When no rota had anybody on duty",
        "Who was on duty twice",
        "Roles that one person had together",
    ):
        assert words in text
        assert words in html


def test_the_tiers_of_a_book_stand_for_those_that_a_source_does_not_tell() -> None:
    without = build(AtHand("desk", routed()))["TIER_1_SHARE"]
    assert (without.n, dict(without.excluded)) == (0, {"not resolved yet": 10, "tier unknown": 2})
    found = build(AtHand("desk", routed()), book=PEOPLE)["TIER_1_SHARE"]
    assert (found.n, found.count) == (2, 1)
    told = explain(routed()[3], book=PEOPLE)
    assert told.noticed[-1].startswith("ana is major incident manager and tier 1 resolver")
    assert explain(routed()[3]).noticed[-1].startswith("ana is major incident manager and resolver")


def test_a_duty_that_cannot_be_told_says_so() -> None:
    book = loads(
        """
[calendars.office]
hours = "Mon-Fri 09:00-17:00"
holidays = { country = "DE", years = [2020, 2021] }
[rotas.captain]
people = "ana"
first = 2026-01-05
cover = "office"
"""
    )
    report = build(AtHand("desk", routed()), book=book)
    assert "2026" in report.to_dict()["source"]["duty"]["untold"]
    assert "It cannot be told" in shown(report)


def test_forty_reports_of_one_outage_come_back_once() -> None:
    day = timedelta(days=1)
    even = [
        Incident.replay(
            f"E{n}", [Logged(START + n * day, "x"), Classified(START + n * day, service="a")]
        )
        for n in range(60)
    ]
    at = START + 59 * day
    storm = [
        Incident.replay(
            f"S{n}",
            [
                Logged(at, "down"),
                Classified(at, service="b"),
                *(
                    [Linked(at, LinkKind.PARENT if n % 2 else LinkKind.DUPLICATE_OF, "S0")]
                    if n
                    else []
                ),
            ],
        )
        for n in range(40)
    ]
    told = build(AtHand("desk", [*even, *storm]), book=BOOK).to_dict()["source"]
    assert told["coming_back"]["occurrences"] == 61
    assert told["coming_back"]["candidates"] == []


def test_a_renamed_category_is_no_new_one() -> None:
    day = timedelta(days=1)
    old = [
        Incident.replay(
            f"I{n}",
            [
                Logged(START + n * day / 2, "x"),
                Classified(START + n * day / 2, category=Category("Net" if n < 150 else "Network")),
            ],
        )
        for n in range(180)
    ]
    book = loads(
        "[taxonomy.nodes.n]\nname = 'Network'\nrenamed_from = 'Net'\n[recurrence]\nrecent_days = 15\nby = 'category'"
    )
    told = build(AtHand("desk", old), book=book).to_dict()["source"]
    assert told["coming_back"]["candidates"] == []
    assert (told["categories"]["moved"], told["categories"]["kept"]) == (150, 30)


@pytest.mark.parametrize(
    ("hours", "n", "own", "said"),
    [(None, 0, False, "-"), (2.0, 7, True, "2.0 h (7)"), (2.0, 1_500, False, "2.0 h (1,500)*")],
)
def test_what_the_first_tier_takes_says_of_how_many(hours, n, own, said) -> None:
    repeat = Repeat(
        category=None,
        service=None,
        count=2,
        median_hours=3.0,
        first_tier_hours=hours,
        first_tier_n=n,
        first_tier_own=own,
        saved_hours=None,
    )
    assert by_book._first_tier(repeat) == said


def test_one_rota_books_nobody_twice_and_a_whole_hand_off_lacks_nothing() -> None:
    book = loads("hand_offs = []\n[rotas.captain]\npeople = 'ana'\nfirst = 2026-01-05\n")
    handed = Incident.replay(
        "INC1", [Logged(START, "x"), Assigned(START, "Desk"), HandedOff(START, "Network")]
    )
    report = build(AtHand("desk", [handed, *routed()]), book=book)
    told = report.to_dict()["source"]
    assert told["duty"]["double_bookings"] == []
    assert told["hand_offs"]["missing"] == {}
    assert "Who was on duty twice" not in shown(report)
