"""Each trigger: when it is so, since when, who hears it and what ends it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve

from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.classification import Category
from itilcore.escalation import (
    EscalationPolicy,
    EscalationScope,
    Stop,
    TriggerKind,
)
from itilcore.incident import (
    Asserted,
    Assigned,
    Classified,
    Contacted,
    Direction,
    Escalated,
    EscalationKind,
    ImpactStarted,
    Incident,
    Logged,
    Observed,
    SeverityDeclared,
    Status,
)
from itilcore.priority import Severity
from itilcore.routing import Directory, Person, SupportGroup

from .scenes import (
    HOUR,
    LUNCH,
    MINUTE,
    NIGHT,
    NINE,
    OFFICE,
    ROBOT,
    ROTA,
    book,
    incident,
    rule,
)

DAY = timedelta(days=1)
K = TriggerKind


def heard(given, found: Incident, minutes: float = 5_000) -> list[tuple[float, str]]:
    """The steps that are due so many minutes after nine: when, in such minutes, and who."""
    steps = book(given).escalations(found, NINE + minutes * MINUTE).steps
    return [((step.at - NINE) / MINUTE, step.to) for step in steps]


@pytest.mark.parametrize(
    ("kind", "given", "steps", "expected"),
    [
        (K.NO_ACKNOWLEDGEMENT, {}, [], [(15, "ada")]),
        (K.NO_ACKNOWLEDGEMENT, {}, [(5, "ack")], []),
        (K.NO_PROGRESS, {}, [(5, "note"), (5, "robot")], [(20, "ada")]),
        (K.NO_PROGRESS, {}, [(5, "robot")], [(15, "ada")]),
        (K.NO_PROGRESS, {}, [(5, "hold")], []),
        (K.NO_PROGRESS, {}, [(5, "vendor"), (5, "start")], [(25, "ada")]),
        (K.PERCENT_OF_TARGET, {"percent": 50, "clocks": "resolution"}, [], [(135, "ada")]),
        (K.PERCENT_OF_TARGET, {"percent": 50}, [(1, "ack")], [(135, "ada")]),
        (K.PERCENT_OF_TARGET, {"percent": 50}, [(1, "ack"), (60, "hold")], []),
        (K.PERCENT_OF_TARGET, {"percent": 50}, [(1, "resolve")], []),
        (K.BREACH, {"clocks": "response"}, [], [(75, "ada")]),
        (K.BREACH, {"clocks": "response"}, [(90, "ack")], []),
        (K.BREACH, {"clocks": "resolution"}, [(1, "ack")], [(255, "ada")]),
        (K.BREACH, {"clocks": "resolution"}, [(240, "hold")], []),  # held when it was due
        (K.REASSIGNMENTS, {"count": 2}, [(1, "desk"), (1, "mail"), (1, "desk")], [(18, "ada")]),
        (K.REASSIGNMENTS, {"count": 2}, [(1, "desk"), (1, "mail")], []),
        (K.REOPENINGS, {"count": 1}, [(1, "resolve"), (9, "reopen")], [(25, "ada")]),
        (K.AUTHORITY_EXCEEDED, {"tier": 2}, [(5, "desk")], [(20, "ada")]),
        (K.AUTHORITY_EXCEEDED, {"tier": 2}, [(5, "mail")], []),
        (K.AUTHORITY_EXCEEDED, {"tier": 3}, [(5, "network")], [(20, "ada")]),
        (K.AUTHORITY_EXCEEDED, {"tier": 3}, [], []),
        (K.DIAGNOSTICS_EXHAUSTED, {}, [(5, "exhausted")], [(20, "ada")]),
        (K.DIAGNOSTICS_EXHAUSTED, {}, [(5, "network")], []),
        (K.EXPERTISE_NEEDED, {"skills": ["bgp"]}, [(5, "mail")], [(20, "ada")]),
        (K.EXPERTISE_NEEDED, {"skills": ["bgp"]}, [(5, "network")], []),
        (K.EXPERTISE_NEEDED, {"skills": ["vpn"]}, [(5, "desk")], []),  # a member has it
        (K.EXPERTISE_NEEDED, {"skills": ["bgp"]}, [], []),
        (K.IMPACT_GROWN, {}, [(5, "p3"), (5, "p1")], [(25, "ada")]),
        (K.IMPACT_GROWN, {}, [(5, "p1"), (5, "p3")], []),
        (K.VIP_REQUESTER, {}, [], [(15, "ada")]),
        (K.VENDOR_SILENT, {}, [(5, "vendor")], [(20, "ada")]),
        (K.VENDOR_SILENT, {}, [(5, "hold")], []),
        (K.VENDOR_SILENT, {}, [(5, "ask")], [(20, "ada")]),
        (K.VENDOR_SILENT, {}, [(5, "ask"), (5, "answer")], [(25, "ada")]),
        (K.VENDOR_SILENT, {}, [(5, "ask"), (5, "ask"), (5, "vendor")], [(20, "ada")]),
        (K.VENDOR_SILENT, {}, [(5, "ask"), (5, "other"), (5, "deliver")], [(25, "ada")]),
        (K.VENDOR_SILENT, {}, [(5, "ask"), (5, "deliver")], []),
        (K.VENDOR_SILENT, {}, [(5, "answer")], []),
        (K.VENDOR_SILENT, {}, [(5, "ask"), (5, "close"), (5, "reopen")], []),
        (K.VENDOR_SILENT, {}, [(5, "vendor"), (5, "start")], []),
    ],
)
def test_when_a_trigger_is_so(kind, given, steps, expected):
    assert heard(rule(kind=kind, **given), incident(*steps)) == expected


def test_a_clock_that_no_rule_names_is_none_of_its_business():
    given = rule(kind=K.BREACH, clocks=["update"])
    assert heard(given, incident()) == []
    every = rule(kind=K.BREACH)
    assert heard(every, incident()) == [(75, "ada"), (255, "ada")]


def test_a_breach_without_a_delay_comes_when_it_is_late_and_not_before():
    given = rule(kind=K.BREACH, clocks="response", after=timedelta())
    found = incident()
    policy = book(given)
    assert policy.escalations(found, NINE + HOUR).steps == ()
    tick = timedelta(microseconds=1)
    assert policy.escalations(found, NINE + HOUR).look_again_at == NINE + HOUR + tick
    (step,) = policy.escalations(found, NINE + HOUR + tick).steps
    assert (step.at, str(step.reasons[0])) == (
        NINE + HOUR + tick,
        "gold, response was due at 2026-01-05 10:00 UTC",
    )


def test_nothing_is_taken_for_granted():
    """What the source is silent about is no reason to wake anybody."""
    silent = Incident.replay("INC1", [Logged(NINE), Asserted(NINE, {"acknowledged_at": None})])
    claimed = Incident.replay("INC1", [Logged(NINE), Asserted(NINE, {"acknowledged_at": NINE})])
    unknown = Incident.replay("INC1", [Logged(NINE), Asserted(NINE, {"reassignments": None})])
    told = Incident.replay("INC1", [Logged(NINE), Asserted(NINE, {"reassignments": 7})])
    assert heard(rule(), silent) == heard(rule(), claimed) == []
    many = rule(kind=K.REASSIGNMENTS, count=3)
    assert (heard(many, unknown), heard(many, told)) == ([], [(15, "ada")])
    assert heard(rule(kind=K.VIP_REQUESTER), Incident.replay("INC1", [Logged(NINE)])) == []
    nothing = Incident.replay("INC1", [])
    assert book(rule()).escalations(nothing, NINE).look_again_at is None
    later = Incident.replay("INC1", [Logged(NINE + DAY)])
    assert book(rule()).escalations(later, NINE).look_again_at is None


def test_what_was_seen_before_it_was_logged_does_not_count():
    early = Incident.replay("INC1", [ImpactStarted(NINE - HOUR, recorded_at=NINE), Logged(NINE)])
    assert heard(rule(), early) == [(15, "ada")]
    mid_life = Incident.replay("INC1", [Observed(NINE, status=Status.IN_PROGRESS, by=ROBOT)])
    assert heard(rule(), mid_life) == heard(rule(kind=K.NO_PROGRESS), mid_life) == [(15, "ada")]


def test_a_word_of_the_requester_is_no_progress_and_one_to_them_is():
    asked, told = (
        Incident.replay("INC1", [Logged(NINE), Contacted(NINE + 5 * MINUTE, way)])
        for way in (Direction.INBOUND, Direction.OUTBOUND)
    )
    given = rule(kind=K.NO_PROGRESS)
    assert (heard(given, asked), heard(given, told)) == ([(15, "ada")], [(20, "ada")])


def test_scopes():
    grave = Incident.replay("INC1", [Logged(NINE), SeverityDeclared(NINE, Severity.SEV1)])
    assert heard(rule(applies=EscalationScope(severities=Severity.SEV1)), grave) == [(15, "ada")]
    assert heard(rule(applies=EscalationScope(severities="SEV2")), grave) == []
    assert heard(rule(applies=EscalationScope(severities="SEV1")), incident()) == []
    on_mail = incident((1, "classify"), (1, "mail"), (1, "p1"))
    whole = EscalationScope(priorities="P1", services="mail", groups="Mail")
    assert heard(rule(applies=whole), on_mail) == [(15, "ada")]
    assert heard(rule(applies=EscalationScope(groups="Desk")), on_mail) == []
    assert heard(rule(applies=EscalationScope(categories="Network")), on_mail) == []
    assert whole.is_whole("P1") is False
    assert EscalationScope(priorities="P1").is_whole("P2") is False


def test_who_hears():
    managed = rule(to="manager", repeat_every=HOUR, most=4)
    assert heard(managed, incident((5, "desk")), 200) == [
        (15, "bo"),
        (75, "cy"),
        (135, "cy"),
        (195, "cy"),
    ]
    assert heard(managed, incident(), 20) == [(15, "manager")]
    assert heard(managed, incident((1, "exhausted")))[:1] == [(15, "manager")]
    top = Incident.replay("INC1", [Logged(NINE), *incident((1, "network")).timeline[1:]])
    assert heard(managed, top, 20) == [(15, "cy")]
    functional = {"kind": K.VIP_REQUESTER, "to": "next tier"}
    assert heard(rule(**functional), incident((1, "desk"))) == [(15, "Mail")]
    assert heard(rule(**functional), incident((1, "desk"), (1, "classify"))) == [(15, "Mail")]
    assert heard(rule(**functional), incident((1, "network"))) == [(15, "Experts")]
    assert heard(rule(**functional), incident()) == [(15, "next tier")]
    highest = Incident.replay(
        "INC1", [Logged(NINE, requester="vip"), Observed(NINE, group="Experts", tier=3)]
    )
    assert heard(rule(**functional), highest) == [(15, "next tier")]


def test_the_owner_of_the_category_comes_first():
    found = EscalationPolicy(rule(kind=K.NO_PROGRESS, to="next tier"))
    groups = [
        SupportGroup(name="Desk", tier=1),
        SupportGroup(name="A", tier=2),
        SupportGroup(name="B", tier=2, categories="Network"),
        SupportGroup(name="C"),
    ]

    def to(category: str) -> str:
        events = [
            Logged(NINE),
            Classified(NINE, category=Category.parse(category)),
            Assigned(NINE, "Desk"),
        ]
        given = Incident.replay("INC1", events)
        (step,) = found.outlook(given, NINE + HOUR, (), Directory([], groups)).steps
        return step.to

    assert [to(each) for each in ("Network", "Network > VPN", "Networking")] == ["B", "B", "A"]


def test_whoever_is_on_duty_when_it_comes_hears_it():
    """However late the agenda is looked at; where nobody is, the rota itself is named."""
    given = rule(to="rota Duty")
    assert heard(given, incident(), 15) == heard(given, incident(), 3_000) == [(15, "ada")]
    policy = EscalationPolicy(given)
    at = NINE + HOUR
    (nobody,) = policy.outlook(incident(), at).steps
    assert (nobody.to, nobody.reasons[-1].text) == (
        "rota Duty",
        "there is no rota 'Duty': nobody is known",
    )
    covered = evolve(ROTA, cover=NIGHT)
    (away,) = policy.outlook(incident(), at, rotas=[covered]).steps
    assert away.reasons[-1].text == "nobody is on duty for Duty at 2026-01-05 09:15 UTC"
    holidays = Holidays.snapshot([date(2020, 1, 1)], [2020])
    known = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", "UTC", holidays=holidays)
    (unknown,) = policy.outlook(incident(), at, rotas=[evolve(ROTA, cover=known)]).steps
    assert unknown.to == "rota Duty"
    assert unknown.reasons[-1].text.startswith("nobody is known to be on duty for Duty: ")


def test_no_manager_is_known():
    lonely = Directory([Person(identifier="ada")])
    (step,) = (
        EscalationPolicy(rule(to="manager"))
        .outlook(incident((1, "desk")), NINE + HOUR, directory=lonely)
        .steps
    )
    assert (step.to, step.reasons[-1].text) == (
        "manager",
        "the directory names no manager of ada",
    )


def test_stops():
    for stop, word, others in (
        (Stop.ACKNOWLEDGED, "ack", "note"),
        (Stop.ASSIGNED, "desk", "mail"),
        (Stop.PROGRESS, "note", "robot"),
        (Stop.ON_HOLD, "hold", "start"),
        (Stop.WORKAROUND, "workaround", "note"),
    ):
        given = rule(kind=K.VIP_REQUESTER, stops=stop)
        assert heard(given, incident((5, word))) == [], stop
        assert heard(given, incident((5, others))) == [(15, "ada")], stop
    assert heard(rule(kind=K.VIP_REQUESTER), incident((5, "resolve"))) == []


def test_it_begins_anew_once_nothing_stops_it():
    given = rule(kind=K.VIP_REQUESTER, stops=Stop.ON_HOLD)
    found = incident((5, "hold"), (60, "start"))
    assert heard(given, found) == [(80, "ada")]
    (step,) = book(given).escalations(found, NINE + DAY).steps
    assert step.step == "2026-01-05T09:00:00+00:00@2026-01-05T10:05:00+00:00#1"
    assert "nothing stops it since 2026-01-05 10:05 UTC" in step.why
    # A hold that was over before anything began stops nothing.
    late = rule(kind=K.BREACH, clocks="resolution", stops=Stop.ON_HOLD)
    assert heard(late, incident((5, "hold"), (60, "start"))) == [(315, "ada")]
    again = rule(kind=K.VIP_REQUESTER, stops=Stop.WORKAROUND)
    assert heard(again, incident((1, "workaround"), (1, "resolve"), (8, "reopen"))) == [(25, "ada")]


def test_quiet_hours_and_calendars():
    night = rule(after=14 * HOUR, quiet=NIGHT, repeat_every=HOUR, most=3)  # at 23:00
    assert heard(night, incident()) == [(21 * 60, "ada"), (22 * 60, "ada"), (23 * 60, "ada")]
    at = NINE + 14 * HOUR
    outlook = book(night).escalations(incident(), at)
    assert (outlook.steps, outlook.look_again_at) == ((), NINE + 21 * HOUR)
    # One that came before the quiet hours, and was not looked at, waits for their end as well.
    lunch = rule(after=170 * MINUTE, quiet=LUNCH)
    noon = book(lunch).escalations(incident(), NINE + 200 * MINUTE)
    assert (noon.steps, noon.look_again_at) == ((), NINE + 4 * HOUR)
    (step,) = book(lunch).escalations(incident(), NINE + 4 * HOUR).steps
    assert step.at == NINE + 170 * MINUTE
    office = rule(after=9 * HOUR, calendar=OFFICE)
    assert heard(office, incident()) == [(25 * 60, "ada")]
    at_once = rule(kind=K.VIP_REQUESTER, after=timedelta(), calendar=OFFICE)
    evening = Incident.replay("INC1", [Logged(NINE + 10 * HOUR, requester="vip")])
    assert heard(at_once, evening) == [(24 * 60, "ada")]
    assert "by calendar:" in book(office).escalations(incident(), NINE + 2 * DAY).steps[0].why


def test_what_calendars_cannot_tell_is_said():
    always = BusinessCalendar.always()
    given = rule(quiet=always)
    outlook = book(given).escalations(incident(), NINE + HOUR)
    assert outlook.steps == ()
    assert len(outlook.untold) == 1
    assert outlook.untold[0].startswith("escalation rule: ")
    assert book(given).due(incident(), NINE + HOUR).untold == outlook.untold
    simulated = book(given).simulate(incident(), NINE)
    assert "cannot be told: escalation rule: " in simulated.text()


def test_the_version_under_which_it_started_is_kept():
    given = rule(repeat_every=HOUR, most=3)
    old = EscalationPolicy(given)
    (first,) = old.outlook(incident(), NINE + 20 * MINUTE).steps
    taken = incident().record(
        Escalated(
            NINE + 20 * MINUTE,
            EscalationKind.HIERARCHIC,
            "ada",
            rule=first.rule,
            step=first.step,
            policy=first.policy,
            by=ROBOT,
        )
    )
    new = EscalationPolicy([given, rule("other", K.REOPENINGS, count=1)])
    (second,) = new.outlook(taken, NINE + 80 * MINUTE).steps
    assert (second.number, second.policy, second.version) == (2, old.version, new.version)
    assert second.decision.version == new.version
    said = f"the chain started under {old.version}, the rules are {new.version} now"
    assert second.reasons[-1].text == said
    assert "step 2 of 3, 1:00:00 after the one before, around the clock" in second.why
    (same,) = old.outlook(taken, NINE + 80 * MINUTE).steps
    assert same.policy == same.version == old.version
    # What was told by hand is no step of any chain.
    by_hand = incident().record(Escalated(NINE, EscalationKind.HIERARCHIC, "ada", by=ROBOT))
    assert len(old.outlook(by_hand, NINE + 20 * MINUTE).steps) == 1
