"""Routing rules: what they say, what they refuse, and what they find in themselves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from itilcore.classification import Category, TicketKind
from itilcore.errors import InvalidInput
from itilcore.incident import (
    Assigned,
    Classified,
    Incident,
    Logged,
    Prioritised,
    SeverityDeclared,
)
from itilcore.priority import Impact, Priority, Severity, Urgency
from itilcore.routing.people import Directory, Person, SupportGroup
from itilcore.routing.question import fold_words
from itilcore.routing.rules import (
    Route,
    RoutingQuestion,
    RoutingRule,
    RoutingRules,
    RuleFinding,
)

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
VPN = Category("Network", "VPN", "Tunnel")

EVERYTHING = RoutingQuestion(
    category=VPN,
    service="vpn",
    impact=Impact.HIGH,
    urgency=Urgency.LOW,
    priority=Priority.P2,
    severity=Severity.SEV1,
    kind=TicketKind.INCIDENT,
    site="Bonn",
    customer="Acme",
    text="No VPN in the office",
)
CONDITIONS = {
    "categories": "Network > VPN",
    "services": "vpn",
    "impacts": "HIGH",
    "urgencies": "LOW",
    "priorities": "P2",
    "severities": "SEV1",
    "kinds": TicketKind.INCIDENT,
    "sites": "Bonn",
    "customers": "Acme",
    "words": "no vpn",
}


def rule(name: str = "one", group: str = "Desk", **parts: object) -> RoutingRule:
    return RoutingRule(name=name, group=group, **parts)


def problems(error: pytest.ExceptionInfo[InvalidInput]) -> dict[str, str]:
    return {defect.path: defect.problem for defect in error.value.defects}


def test_a_question_is_taken_from_an_incident_and_the_directory() -> None:
    incident = Incident.replay(
        "INC1",
        [
            Logged(NINE, "No VPN in the office", "eve"),
            Classified(NINE, TicketKind.INCIDENT, VPN, "vpn"),
            Prioritised(NINE, Impact.HIGH, Urgency.LOW, Priority.P2),
            SeverityDeclared(NINE, Severity.SEV1),
        ],
    )
    people = Directory([Person(identifier="eve", site="Bonn")])
    assert RoutingQuestion.of(incident, people, "Acme") == EVERYTHING
    bare = RoutingQuestion.of(incident)
    assert (bare.site, bare.customer) == (None, "eve")
    assert RoutingQuestion.of(incident, Directory()).site is None


def test_blank_texts_of_an_incident_are_unknown() -> None:
    events = [Logged(NINE, " ", " "), Classified(NINE, service="")]
    question = RoutingQuestion.of(Incident.replay("INC1", events), Directory())
    assert (question.service, question.customer, question.folded) == (None, None, "")


def test_wrong_parts_of_a_question_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as error:
        RoutingQuestion(category="Network", impact=Urgency.HIGH, site=" ", text=5)
    assert set(problems(error)) == {"category", "impact", "site", "text"}
    with pytest.raises(InvalidInput) as error:
        RoutingQuestion.of(None, "people", " ")
    assert set(problems(error)) == {"incident", "directory", "customer"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("--- !", ""),
        ("E-Mail, again", " e mail again "),
        ("STRASSE Straße", " strasse strasse "),
        ("Zu\u0308rich", " zürich "),
        ("हिन्दी में", " हिन्दी में "),
        ("snake_case é_1", " snake_case é_1 "),
    ],
)
def test_words_are_whole_and_in_any_case(text: str, words: str) -> None:
    assert fold_words(text) == words


@pytest.mark.parametrize("condition", CONDITIONS)
def test_each_condition_fits_by_itself_and_never_what_is_unknown(condition: str) -> None:
    one = rule(**{condition: CONDITIONS[condition]})
    assert one.fits(EVERYTHING)
    assert one.failed(RoutingQuestion()) == (condition,)
    assert RoutingRules([one]).choose(EVERYTHING) == Route("Desk", "one")
    assert RoutingRules([one]).choose(RoutingQuestion()) is None
    assert RoutingRules([one]).unreachable() == ()
    assert one.covers(one) and one.overlaps(one)
    assert rule().covers(one) and not one.covers(rule())
    (part,) = {"name", "group", condition} & set(one.content) - {"name", "group"}
    assert part == condition


def test_every_condition_that_is_set_has_to_fit() -> None:
    assert rule(**CONDITIONS).fits(EVERYTHING)
    for condition in CONDITIONS:
        other = TicketKind.QUESTION if condition == "kinds" else "other"
        assert rule(**{**CONDITIONS, condition: other}).failed(EVERYTHING) == (condition,)


def test_levels_and_categories_do_as_well_as_their_names() -> None:
    one = rule(impacts=Impact.HIGH, priorities=[Priority.P2, "P1"], categories=Category("A", "B"))
    assert one == rule(impacts=["HIGH", "HIGH"], priorities=["P1", "P2"], categories="A>B")


def test_order_within_a_condition_and_case_of_words_mean_nothing() -> None:
    one = RoutingRules([rule(services=["a", "b"], words=["VPN", "no  Tunnel"], skills=["x", "a"])])
    two = RoutingRules([rule(services=["b", "a"], words=["no tunnel", "vpn"], skills=["a", "x"])])
    assert one == two
    assert one.version == two.version != RoutingRules([rule(tier=2)]).version
    assert one.content == [
        {
            "name": "one",
            "group": "Desk",
            "services": ["a", "b"],
            "words": ["no tunnel", "vpn"],
            "skills": ["a", "x"],
        }
    ]
    assert rule(tier=2, kinds=TicketKind.CHANGE).content == {
        "name": "one",
        "group": "Desk",
        "kinds": ["change"],
        "tier": 2,
    }


def test_a_rule_says_all_that_is_wrong_with_it() -> None:
    with pytest.raises(InvalidInput) as error:
        RoutingRule(
            name=" ",
            group=None,
            categories=["A > ", 5],
            services="",
            impacts=[Urgency.HIGH],
            kinds=["incident"],
            words=["++", ["vpn"]],
            tier=True,
            skills=[None],
        )
    assert problems(error) == {
        "name": "is ' ': it must be a text that is not blank",
        "group": "is None: it must be a text that is not blank",
        "tier": "is True: give a whole number from 1 on, or None",
        "categories[0]": "path[1] is blank",
        "categories[1]": "is 5: it must be a text that is not blank",
        "services[0]": "is '': it must be a text that is not blank",
        "impacts[0]": "is Urgency.HIGH: it must be a text that is not blank",
        "kinds[0]": "is 'incident': give a TicketKind",
        "words[0]": "is '++', which has no letter or digit",
        "words[1]": "is ['vpn']: it must be a text that is not blank",
        "skills[0]": "is None: it must be a text that is not blank",
    }
    with pytest.raises(InvalidInput, match="tier"):
        rule(tier=0)
    with pytest.raises(InvalidInput, match="tier"):
        rule(tier="2")


def test_rules_say_all_that_is_wrong_with_them() -> None:
    groups = [SupportGroup(name="Network"), SupportGroup(name="Desk"), SupportGroup(name="Desk")]
    with pytest.raises(InvalidInput) as error:
        RoutingRules([rule(), rule(), rule("two", "Netwrok")], groups)
    assert problems(error) == {
        "rules.one": "stands twice",
        "groups.Desk": "stands twice",
        "rules.two.group": "is 'Netwrok', which is unknown; did you mean 'Network'?",
    }
    with pytest.raises(InvalidInput) as error:
        RoutingRules([rule(), "two"], 5)
    assert set(problems(error)) == {"rules[1]", "groups[0]"}
    with pytest.raises(InvalidInput):
        RoutingRules("mail")
    assert RoutingRules(rule(), SupportGroup(name="Desk")).rules == (rule(),)


def test_the_first_rule_that_fits_decides_and_says_why() -> None:
    rules = RoutingRules(
        [
            rule("mail", "Mail", services="mail"),
            rule("vpn", "Network", **CONDITIONS, tier=2, skills="vpn"),
            rule("all"),
        ]
    )
    decision = rules.route(EVERYTHING)
    assert decision.answer == rules.choose(EVERYTHING) == Route("Network", "vpn", ("vpn",), 2)
    assert [reason.text for reason in decision.reasons] == [
        "it goes to Network: of 3 rules this is the first that fits",
        "category Network > VPN > Tunnel lies in Network > VPN",
        "service is vpn",
        "impact is HIGH",
        "urgency is LOW",
        "priority is P2",
        "severity is SEV1",
        "kind is incident",
        "site is Bonn",
        "customer is Acme",
        "text has no vpn",
    ]
    assert {reason.rule for reason in decision.reasons} == {"vpn"}
    assert decision.reasons[1].inputs == (("category", VPN),)
    assert decision.version == rules.version
    assert rules.choose(RoutingQuestion()) == Route("Desk", "all")


@pytest.mark.parametrize(
    ("parts", "question", "chosen"),
    [
        (
            [{"categories": "A > B"}, {"categories": "A"}],
            {"category": Category("A", "B", "C")},
            "r0",
        ),
        ([{"categories": "A > B"}, {"categories": "A"}], {"category": Category("A", "C")}, "r1"),
        ([{"categories": "A > B"}], {"category": Category("A")}, None),
        ([{"words": "vpn"}, {}], {"text": "no mail"}, "r1"),
        ([{"words": "no vpn"}], {"text": "no mail, vpn"}, None),
        ([{"words": "no mail"}, {"words": "no vpn"}], {"text": "no mail, no vpn"}, "r0"),
        ([{"words": "no mail"}, {"words": "no vpn"}], {"text": "no vpn"}, "r1"),
        ([{"words": "mail"}], {"text": "mails"}, None),
    ],
)
def test_the_first_that_fits_is_found(
    parts: list[dict[str, object]], question: dict[str, object], chosen: str | None
) -> None:
    rules = RoutingRules([rule(f"r{n}", **each) for n, each in enumerate(parts)])
    route = rules.choose(RoutingQuestion(**question))
    assert (None if route is None else route.rule) == chosen


def test_all_words_that_were_found_are_told() -> None:
    rules = RoutingRules([rule(words=["office", "wlan", "vpn"])])
    assert rules.route(EVERYTHING).reasons[1].text == "text has office and vpn"


def test_what_no_rule_fits_is_told_by_the_nearest_misses() -> None:
    rules = RoutingRules(
        [
            rule("far", "A", services="x", sites="x", customers="x"),
            rule("near", "B", categories="Network > LAN", services="vpn"),
            rule("middle", "C", words=["wlan", "mail"], impacts="LOW"),
            rule("close", "D", kinds=[TicketKind.CHANGE, TicketKind.PROBLEM]),
        ]
    )
    decision = rules.route(EVERYTHING)
    assert decision.answer is None
    assert [(reason.rule, reason.text) for reason in decision.reasons] == [
        ("near", "not to B: category Network > VPN > Tunnel does not lie in Network > LAN"),
        ("close", "not to D: kind is incident, not change or problem"),
        ("middle", "not to C: impact is HIGH, not LOW; text does not have mail or wlan"),
    ]
    assert decision.reasons[2].inputs == (("impact", Impact.HIGH), ("text", EVERYTHING.text))
    unknown = rules.route(RoutingQuestion()).reasons
    assert [reason.text for reason in unknown] == [
        "not to D: kind is unknown, and has to be change or problem",
        "not to B: category is unknown, and has to lie in Network > LAN; "
        "service is unknown, and has to be vpn",
        "not to C: impact is unknown, and has to be LOW; "
        "text is unknown, and has to have mail or wlan",
    ]


def test_no_rules_route_nothing() -> None:
    assert RoutingRules().choose(EVERYTHING) is None
    (reason,) = RoutingRules().route(EVERYTHING).reasons
    assert reason.text == "there are no rules"


def test_an_assignment_is_left_alone_unless_it_is_asked_again() -> None:
    rules = RoutingRules([rule("vpn", "Network", services="vpn")])
    incident = Incident.replay("INC1", [Logged(NINE), Assigned(NINE, "Mail")])
    kept = rules.route(EVERYTHING, current=incident.group)
    assert kept.answer is None
    assert [reason.text for reason in kept.reasons] == [
        "it is assigned to Mail, and routing leaves it there"
    ]
    asked = rules.route(EVERYTHING, current="Mail", again=True)
    assert asked.answer == Route("Network", "vpn")
    assert asked.reasons[0].text == "it is assigned to Mail, and is routed again as asked"
    assert asked.reasons[1:] == rules.route(EVERYTHING).reasons
    assert rules.route(EVERYTHING, again=True) == rules.route(EVERYTHING)
    lost = rules.route(RoutingQuestion(), current="Mail", again=True)
    assert (lost.answer, len(lost.reasons)) == (None, 2)


def test_wrong_calls_are_refused() -> None:
    rules = RoutingRules([rule()])
    with pytest.raises(InvalidInput) as error:
        rules.route("vpn", current=" ", again="yes")
    assert set(problems(error)) == {"question", "current", "again"}
    with pytest.raises(InvalidInput):
        rules.choose(None)


@pytest.mark.parametrize(
    ("first", "second", "covers", "overlaps"),
    [
        ({"categories": "A"}, {"categories": ["A > B", "A > C"]}, True, True),
        ({"categories": "A"}, {"categories": ["A > B", "C"]}, False, True),
        ({"categories": "A > B"}, {"categories": "A"}, False, True),
        ({"categories": "A > B"}, {"categories": "A > C"}, False, False),
        ({"categories": "A"}, {"services": "x"}, False, True),
        ({"services": ["x", "y"]}, {"services": "x"}, True, True),
        ({"services": "x"}, {"services": ["x", "y"]}, False, True),
        ({"services": "x"}, {"services": "y"}, False, False),
        ({"services": "x"}, {"services": "x", "sites": "z"}, True, True),
        ({"words": "vpn"}, {"words": ["no vpn", "vpn down"]}, True, True),
        ({"words": "vpn"}, {"words": "vpns"}, False, True),
        ({"words": "no vpn"}, {"words": "vpn"}, False, True),
        ({"kinds": list(TicketKind)}, {}, False, True),
        ({}, {"kinds": TicketKind.CHANGE}, True, True),
    ],
)
def test_rules_find_what_is_never_reached_and_what_overlaps(
    first: dict[str, object], second: dict[str, object], covers: bool, overlaps: bool
) -> None:
    rules = RoutingRules([rule("one", "A", **first), rule("two", "B", **second)])
    problem = "is never reached: one takes all that it fits"
    assert rules.unreachable() == ((RuleFinding("two", "one", problem),) if covers else ())
    problem = "to B shares incidents with one, which takes them to A"
    assert rules.overlaps() == ((RuleFinding("two", "one", problem),) if overlaps else ())
    assert RoutingRules([rule("one", **first), rule("two", **second)]).overlaps() == ()


def test_rules_and_routes_read_well() -> None:
    assert str(rule()) == "one: every incident -> Desk"
    assert str(rule(kinds=TicketKind.CHANGE, words=["a", "b"])) == (
        "one: kind change, text with a or b -> Desk"
    )
    assert str(Route("Desk", "one")) == "Desk by rule one"
    assert str(RuleFinding("b", "a", "is odd")) == "b: is odd"


def test_a_text_without_end_is_read_in_part() -> None:
    for sign in ("\u0301", "x ", "字"):
        assert len(fold_words(sign * 1_000_000).replace(" ", "")) <= 5_000
    rule = RoutingRule(name="vpn", group="Network", words="vpn")
    assert rule.fits(RoutingQuestion(text="VPN " + "\u0315\u0300" * 500_000))


def test_an_accent_is_one_sign_however_it_was_typed() -> None:
    rule = RoutingRule(name="r", group="G", sites="Sa\u0303o Paulo", services="cafe\u0301")
    rules = RoutingRules([rule])
    for site, service in (("São Paulo", "café"), ("Sa\u0303o Paulo", "cafe\u0301")):
        question = RoutingQuestion(site=site, service=service)
        assert rules.choose(question) is not None
        assert rule.fits(question)


def test_a_rule_with_too_many_ways_to_fit_is_looked_at_as_a_whole() -> None:
    rule = RoutingRule(name="r", group="G", services=["a", "b"], sites=["x", "y"])
    assert len(list(rule.ways(4))) == 4
    assert list(rule.ways(3)) == [rule]
