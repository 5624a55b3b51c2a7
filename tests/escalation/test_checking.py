"""What is amiss in rules: every kind of finding, planted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve

from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.errors import NaiveInstant
from itilcore.escalation import (
    EscalationPolicy,
    EscalationScope,
    FindingKind,
    TriggerKind,
    check_escalation,
)
from itilcore.priority import Priority
from itilcore.routing import Directory, Person, SupportGroup
from itilcore.sla import Agreement, Applies, BusinessDays, Target, TargetKind

from .scenes import DIRECTORY, GOLD, HOUR, LUNCH, MINUTE, NINE, OFFICE, ROTA, book, rule

K = TriggerKind
ALWAYS = BusinessCalendar.always()


def found(*rules, kind: FindingKind, **given) -> list[str]:
    filled = {"directory": DIRECTORY, "rotas": [ROTA], "agreements": [GOLD], **given}
    findings = check_escalation(EscalationPolicy(rules), **filled)
    return [each.problem for each in findings if each.kind is kind]


def test_rules_without_a_fault_have_no_findings():
    rules = [
        rule("nobody took it", to="rota Duty", repeat_every=10 * MINUTE, most=3),
        rule("near", K.PERCENT_OF_TARGET, percent=75, to="person bo"),
        rule("late", K.BREACH, to="person cy"),
        rule("silent", K.VENDOR_SILENT, to="next tier"),
    ]
    assert book(*rules).escalation_findings() == ()


def test_gaps():
    narrow = rule("mail", applies=EscalationScope(priorities="P2", services="mail"))
    first = rule("first", applies=EscalationScope(priorities="P1"))
    levels = [Priority.P1, Priority.P2, Priority.P3]
    assert found(narrow, first, kind=FindingKind.GAP, priorities=levels) == [
        "P2: no rule is for every incident of it, only for some: mail",
        "P3: no rule is for every incident of it",
    ]
    assert len(check_escalation(EscalationPolicy())) == 5


@pytest.mark.parametrize(
    ("one", "two", "who"),
    [
        ("person ada", "person ada", "ada, 0:15:00"),
        ("person ada", "group Desk", "ada, 0:15:00"),
        ("rota Duty", "person bo", "bo, 0:15:00"),
        ("manager", "manager", "(manager), 0:15:00"),
        ("group Desk", "group Desk", "(group Desk), ada, 0:15:00"),
        ("person ada", "person bo", ""),
        ("person ada", "rota Nobody", ""),
    ],
)
def test_overlaps(one, two, who):
    problems = found(rule("a", to=one), rule("b", to=two), kind=FindingKind.OVERLAP)
    people, _, at = who.rpartition(", ")
    expected = f"a and b both tell {people} of no acknowledgement, {at} after it"
    assert problems == ([expected] if who else [])


def test_what_is_no_overlap():
    def overlaps(**given):
        return found(rule("a"), rule("b", **given), kind=FindingKind.OVERLAP)

    assert overlaps(after=5 * MINUTE, repeat_every=5 * MINUTE, most=3) == [
        "a and b both tell ada of no acknowledgement, 0:15:00 after it"
    ]
    assert overlaps(after=5 * MINUTE, repeat_every=4 * MINUTE, most=3) == []
    assert overlaps(calendar=OFFICE) == overlaps(quiet=LUNCH) == []
    p1, p2 = (EscalationScope(priorities=name) for name in ("P1", "P2"))
    apart = [rule("a", applies=p1), rule("b", applies=p2)]
    assert found(*apart, kind=FindingKind.OVERLAP) == []
    at_once = [rule(name, K.VIP_REQUESTER, after=timedelta()) for name in "ab"]
    assert found(*at_once, kind=FindingKind.OVERLAP) == [
        "a and b both tell ada of VIP requester, no time after it"
    ]


def test_loops():
    def to(name, group, target):
        scope = EscalationScope(groups=group)
        return rule(name, kind=K.NO_PROGRESS, to=f"group {target}", applies=scope)

    circle = [to("a", "Desk", "Mail"), to("b", "Mail", "Network"), to("c", "Network", "Desk")]
    tail = "whoever could help is where it began"
    assert found(*circle, kind=FindingKind.LOOP) == [f"Desk > Mail > Network > Desk: {tail}"]
    assert found(to("a", "Desk", "Desk"), kind=FindingKind.LOOP) == [f"Desk > Desk: {tail}"]
    assert found(*circle[:2], kind=FindingKind.LOOP) == []
    wide = [*circle[:2], to("d", "Mail", "Desk"), to("e", ["Desk", "Network"], "Experts")]
    assert found(*wide, kind=FindingKind.LOOP) == [f"Desk > Mail > Desk: {tail}"]
    # Two ways to one group, and one from there to another circle.
    split = [
        to("a", "Desk", "Mail"),
        to("b", "Desk", "Network"),
        to("c", ["Mail", "Network"], "Experts"),
        to("d", "Experts", "Mail"),
    ]
    assert found(*split, kind=FindingKind.LOOP) == [f"Experts > Mail > Experts: {tail}"]


def test_too_late():
    def late(*rules, within=HOUR, calendar=ALWAYS, kind=TargetKind.RESPONSE, **given):
        agreement = Agreement("x", [Target(kind, within, calendar, **given)])
        return found(*rules, kind=FindingKind.TOO_LATE, agreements=[agreement])

    hour = rule(after=HOUR)
    assert late(hour) == [
        "rule: 1:00:00 is not before the end of response within 1 h for every incident"
    ]
    assert len(late(rule(after=HOUR, calendar=OFFICE))) == 1
    assert len(late(rule(after=HOUR, calendar=OFFICE), calendar=OFFICE)) == 1
    # By hours that differ the delay may well be over before the target.
    assert late(hour, calendar=OFFICE) == []
    assert late(hour, within=2 * HOUR) == late(hour, kind=TargetKind.RESOLUTION) == []
    assert late(hour, within=BusinessDays(1)) == []
    assert len(late(rule(kind=K.NO_PROGRESS, after=HOUR), kind=TargetKind.RESOLUTION)) == 1
    second = rule(after=HOUR, applies=EscalationScope(priorities="P2"))
    assert late(second, applies=Applies(priorities="P1")) == []
    assert len(late(second, applies=Applies(priorities=["P1", "P2"]))) == 1
    assert late(rule(kind=K.PERCENT_OF_TARGET, percent=120)) == [
        "rule: at 120 % of the target it is lost already"
    ]
    assert late(rule(kind=K.PERCENT_OF_TARGET, percent=99)) == []


def nobody(given, **more) -> list[str]:
    return found(given, kind=FindingKind.NOBODY, **more)


def test_nobody_is_on_duty():
    covered = evolve(ROTA, cover=OFFICE)
    on_call = rule(to="rota Duty")
    assert nobody(on_call, rotas=[covered]) == [
        "rule: nobody is on duty for Duty from Wed 2026-01-07 00:00 to Wed 2026-01-07 09:00 UTC"
    ]
    assert nobody(rule(to="rota Duty", calendar=OFFICE), rotas=[covered]) == []
    closed = ALWAYS - OFFICE
    assert nobody(rule(to="rota Duty", quiet=closed), rotas=[covered]) == []
    lunch = evolve(ROTA, cover=OFFICE - LUNCH)
    assert nobody(rule(to="rota Duty", calendar=OFFICE, quiet=LUNCH), rotas=[lunch]) == []
    assert nobody(on_call, rotas=[]) == []  # told as unknown
    holidays = Holidays.snapshot([date(2020, 1, 1)], [2020])
    known = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", "UTC", holidays=holidays)
    (problem,) = nobody(on_call, rotas=[evolve(ROTA, cover=known)])
    assert problem.startswith("rule: who is on duty for Duty cannot be told: ")


def test_nobody_is_on_duty_before_a_rota_begins():
    later = evolve(ROTA, first=date(2030, 1, 1))
    on_call = rule(to="rota Duty")
    assert nobody(on_call, rotas=[later]) == []  # nobody knows which day it is
    told = (
        "rule: nobody is on duty for Duty from Mon 2026-01-05 09:00 to Mon 2026-02-02 09:00 UTC: "
        "its first turn begins on 2030-01-01"
    )
    assert nobody(on_call, rotas=[later], at=NINE) == [told]
    (soon,) = nobody(on_call, rotas=[later], at=datetime(2029, 12, 31, tzinfo=UTC))
    assert "from Mon 2029-12-31 00:00 to Tue 2030-01-01" in soon
    assert nobody(on_call, rotas=[later], at=datetime(2030, 2, 1, tzinfo=UTC)) == []
    with pytest.raises(NaiveInstant):
        nobody(on_call, at=NINE.replace(tzinfo=None))


def test_nobody_is_there():
    empty = Directory([], [SupportGroup(name="Desk")])
    assert nobody(rule(to="group Desk"), directory=empty) == ["rule: Desk has no members"]
    assert nobody(rule(to="group Desk")) == nobody(rule(to="person ada")) == []
    assert nobody(rule(to="manager")) == [
        "rule: the directory names no manager of cy, who may have an incident"
    ]
    own, other = EscalationScope(groups="Top"), EscalationScope(groups="Desk")
    boss = Directory(
        [Person(identifier="cy"), Person(identifier="ada", manager="cy")],
        [SupportGroup(name="Desk", members=["ada"]), SupportGroup(name="Top", members=["cy"])],
    )
    assert len(nobody(rule(to="manager", applies=own), directory=boss)) == 1
    assert nobody(rule(to="manager", applies=other), directory=boss) == []
    names = [f"p{index}" for index in range(7)]
    people = [Person(identifier=name) for name in names]
    many = Directory(people, [SupportGroup(name="Desk", members=names)])
    assert nobody(rule(to="manager"), directory=many) == [
        "rule: the directory names no manager of p0, p1, p2, p3, p4, ..., who may have an incident"
    ]
    assert nobody(rule(to="manager"), directory=Directory()) == []


def test_there_is_no_next_tier():
    up = rule(kind=K.NO_PROGRESS, to="next tier")
    assert nobody(up) == []
    flat = Directory([], [SupportGroup(name="A"), SupportGroup(name="B", tier=1)])
    assert nobody(up, directory=flat) == ["rule: there is no group of a tier above A, B"]
    top = evolve(up, applies=EscalationScope(groups=["Experts", "Desk"]))
    assert nobody(top) == ["rule: there is no group of a tier above Experts"]
    assert nobody(up, directory=Directory()) == []


def test_silence():
    silent = "nobody hears of it any more, though it may still be unacknowledged"
    tail = "no rule for a breach or for no progress takes over"
    assert found(rule(), kind=FindingKind.SILENCE) == [
        f"rule: after its only step {silent}: {tail}"
    ]
    several = rule(repeat_every=HOUR, most=3)
    assert found(several, kind=FindingKind.SILENCE) == [f"rule: after its 3 steps {silent}: {tail}"]
    late = rule("late", K.BREACH)
    assert found(rule(), late, kind=FindingKind.SILENCE) == []
    other = evolve(late, applies=EscalationScope(priorities="P1"))
    p2 = rule(applies=EscalationScope(priorities="P2"))
    assert len(found(p2, other, kind=FindingKind.SILENCE)) == 1


def test_unknown_names():
    def unknown(given, **more):
        return found(given, kind=FindingKind.UNKNOWN, **more)

    assert unknown(rule(to="group Netwrok")) == [
        "rule: there is no group 'Netwrok'; did you mean 'Network'?"
    ]
    assert unknown(rule(to="person adda")) == [
        "rule: there is no person 'adda'; did you mean 'ada'?"
    ]
    assert unknown(rule(to="rota Dutty")) == [
        "rule: there is no rota 'Dutty'; did you mean 'Duty'?"
    ]
    assert unknown(rule(to="rota Duty"), rotas=[]) == [
        "rule: there is no rota 'Duty'; there are none"
    ]
    scoped = rule(applies=EscalationScope(groups="Dessk"))
    assert unknown(scoped) == ["rule: there is no group 'Dessk'; did you mean 'Desk'?"]
    # A directory without any knows everybody.
    assert unknown(rule(to="group X"), directory=Directory()) == []
    assert unknown(rule(to="person x"), directory=Directory()) == []
    assert unknown(rule(to="manager")) == []


def test_what_can_never_come():
    (problem,) = found(rule(quiet=ALWAYS), kind=FindingKind.NEVER)
    assert problem.startswith("rule: its quiet hours never end: ")
    assert found(rule(quiet=LUNCH), kind=FindingKind.NEVER) == []
    policy = EscalationPolicy(rule(quiet=ALWAYS))
    assert str(check_escalation(policy, rotas=())[-1]).startswith("never: rule: ")
