"""A desk's rules about what comes back, over incidents."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from itilcore.calendars import Interval
from itilcore.classification import Category
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import Assigned, Classified, Incident, Linked, LinkKind, Logged
from itilcore.problems import (
    AlertPolicy,
    Occurrence,
    ProblemRules,
    RecurrenceRules,
    SimilarReports,
    SimilarRules,
    recurrences,
    report_of,
)

START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
EVERY = ("configuration_item", "category", "service", "requester", "group", "site", "title")


def incident(reference: str = "INC1", *events) -> Incident:
    logged = Logged(START, "  VPN   Drops ", "ada")
    return Incident.replay(reference, [logged, *events])


def test_an_incident_as_an_occurrence() -> None:
    events = [
        Classified(
            START, category=Category("Network", "VPN"), service="vpn", configuration_item="gw-7"
        ),
        Assigned(START, "Desk"),
        Assigned(START, "Network"),
        Linked(START, LinkKind.PARENT, "INC9"),
        Linked(START, LinkKind.PROBLEM, "PRB1"),
    ]
    found = RecurrenceRules(by=EVERY).occurrence(incident("INC1", *events), "Porto")
    assert found == Occurrence(
        "INC1",
        START,
        {
            "configuration_item": "gw-7",
            "category": "Network > VPN",
            "service": "vpn",
            "requester": "ada",
            "group": "Desk",
            "site": "Porto",
            "title": "vpn drops",
        },
        "PRB1",
    )
    assert RecurrenceRules().occurrence(Incident.replay("INC2", [])) is None
    assert RecurrenceRules(by="site").occurrence(incident()).keys == ()


def test_what_comes_back_is_what_recurrences_say_of_the_spans() -> None:
    chance = random.Random(3)
    seen = [
        Occurrence(f"A{n}", START + DAY * chance.uniform(0, 119.9), {"service": f"s{n % 40}"})
        for n in range(400)
    ]
    seen += [
        Occurrence(f"B{n}", START + DAY * (100 + chance.uniform(0, 19.9)), {"service": "mail"})
        for n in range(14)
    ]
    at = START + DAY * 120
    rules = RecurrenceRules(recent=20 * DAY, by="service")
    found = rules.find(seen, at)
    tick = timedelta(microseconds=1)
    first = min(each.at for each in seen)
    assert found.recent == Interval(at - 20 * DAY + tick, at + tick)
    assert found.usual == Interval(first, at - 20 * DAY + tick)
    spans = (found.recent, found.usual)
    assert found.candidates == recurrences(seen, *spans, rules.level)
    assert [each.value for each in found.candidates] == ["mail"]
    assert found.occurrences == 414
    # What happens later does not exist yet.
    assert rules.find([*seen, Occurrence("C", at + tick, {"service": "x"})], at) == found
    told = found.to_dict()
    assert told["candidates"][0]["value"] == "mail"
    assert told["recent"]["end"] == (at + tick).isoformat()


def test_the_usual_span_has_a_longest_length() -> None:
    seen = [Occurrence(f"A{n}", START + DAY * n, {"service": "mail"}) for n in range(300)]
    found = RecurrenceRules(recent=7 * DAY, usual=60 * DAY).find(seen, START + DAY * 299)
    assert found.usual.duration == 60 * DAY


def test_a_rhythm_is_told_apart_from_the_working_day() -> None:
    chance = random.Random(5)

    def working() -> datetime:
        day = START + DAY * chance.randrange(20) * 7 + DAY * chance.randrange(5)
        return day + timedelta(hours=9, minutes=chance.randrange(480))

    seen = [Occurrence(f"A{n}", working(), {"service": f"s{n % 5}"}) for n in range(300)]
    monday = [
        Occurrence(f"M{n}", START + DAY * 7 * n + timedelta(hours=9, minutes=n), {"service": "crm"})
        for n in range(20)
    ]
    found = RecurrenceRules(by="service").find(seen + monday, START + DAY * 140)
    assert [(dimension, value) for dimension, value, _ in found.rhythms] == [("service", "crm")]
    assert found.rhythms[0][2].phase == "Monday 09:00"
    assert found.tested == 6
    assert found.to_dict()["rhythms"][0]["period"] == "weekly"


def test_a_rhythm_that_a_problem_has_is_told_again_after_its_fix() -> None:
    chance = random.Random(5)
    seen = [
        Occurrence(f"A{n}", START + DAY * chance.uniform(0, 139), {"service": f"s{n % 5}"})
        for n in range(300)
    ]
    linked = [
        Occurrence(f"M{n}", START + DAY * 7 * n + timedelta(hours=9), {"service": "crm"}, "PRB1")
        for n in range(20)
    ]
    rules, at = RecurrenceRules(by="service"), START + DAY * 140
    assert rules.find(seen + linked, at).rhythms == ()
    assert rules.find(seen + linked, at).tested == 5
    fixed_at = linked[7].at  # what came at that very instant was not after it
    assert rules.find(seen + linked, at, fixed={"PRB2": fixed_at}).rhythms == ()
    ((_, value, rhythm),) = rules.find(seen + linked, at, fixed={"PRB1": fixed_at}).rhythms
    assert (value, rhythm.phase, rhythm.count) == ("crm", "Monday 09:00", 12)


def test_reports_of_incidents() -> None:
    found = report_of(incident("INC1", Classified(START, service="vpn")))
    assert (found.reference, found.at, found.text, found.service, found.requester) == (
        "INC1",
        START,
        "  VPN   Drops ",
        "vpn",
        "ada",
    )
    assert report_of(Incident.replay("INC1", [])) is None
    assert report_of(Incident.replay("INC1", [Logged(START)])).text == ""


def test_rules_make_an_index() -> None:
    rules = SimilarRules(window=DAY, least=0.9, most=2)
    index = rules.index()
    assert isinstance(index, SimilarReports)
    assert (index.window, index.least, index.most) == (DAY, 0.9, 2)


def test_versions_follow_what_the_rules_say() -> None:
    usual = ProblemRules()
    others = [
        ProblemRules(similar=SimilarRules(least=0.9)),
        ProblemRules(alerts=AlertPolicy(window=DAY)),
        ProblemRules(recurrence=RecurrenceRules(by="site")),
        ProblemRules(recurrence=RecurrenceRules(tz=ZoneInfo("Asia/Tokyo"))),
    ]
    assert len({usual.version, *(each.version for each in others)}) == 5
    assert ProblemRules().version == usual.version


@pytest.mark.parametrize(
    ("call", "paths"),
    [
        (lambda: SimilarRules(window=3, least=2, most=0), ["window", "least", "most"]),
        (
            lambda: RecurrenceRules(
                recent=-DAY, usual=3, level=1, by=("x", "site", "site"), rhythm_level=0.0, tz="Mars"
            ),
            ["recent", "usual", "level", "rhythm_level", "by[0]", "by[2]", "tz"],
        ),
        (lambda: RecurrenceRules(by=()), ["by"]),
        (lambda: ProblemRules(alerts=3, similar=None), ["alerts", "similar"]),
        (lambda: report_of(3), ["incident"]),
        (lambda: RecurrenceRules().occurrence(3), ["incident"]),
    ],
)
def test_everything_wrong_is_told(call, paths) -> None:
    with pytest.raises(InvalidInput) as error:
        call()
    assert [each.path for each in error.value.defects] == paths


def test_an_instant_has_an_offset() -> None:
    with pytest.raises(NaiveInstant):
        RecurrenceRules().find([], datetime(2026, 1, 5))
