"""Rules as values: what they say of themselves, and all that is wrong with them at once."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.escalation import (
    EscalationPolicy,
    EscalationRule,
    EscalationScope,
    Recipient,
    RecipientKind,
    Simulation,
    Stop,
    Trigger,
    TriggerKind,
    escalation_notices,
    simulate,
)
from itilcore.incident import Escalated, EscalationKind, Incident, Logged, Noted
from itilcore.sla import Agreement, Target, TargetKind

from .scenes import HOUR, LUNCH, MINUTE, NINE, OFFICE, book, incident, rule


def told(make) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        make()
    return [str(each) for each in caught.value.defects]


@pytest.mark.parametrize("kind", TriggerKind)
def test_a_trigger_has_what_it_needs_and_nothing_else(kind):
    everything = {"percent": 75, "count": 2, "tier": 1, "skills": ["x"], "clocks": ["y"]}
    defects = told(lambda: Trigger(kind, **everything))
    strange = {each.split(":")[0] for each in defects}
    needs = set(everything) - strange - {"clocks"}
    if needs:
        (need,) = needs
        assert told(lambda: Trigger(kind)) == [f"{need}: is what {kind.value} needs"]
    assert kind is not TriggerKind.BREACH or "clocks" not in strange


def test_wrong_triggers():
    assert told(lambda: Trigger("breach")) == ["kind: is 'breach': give a TriggerKind"]
    for value in (0, -1, 1_001, float("nan"), float("inf"), True, "75"):
        (defect,) = told(lambda v=value: Trigger(TriggerKind.PERCENT_OF_TARGET, percent=v))
        assert defect == f"percent: is {value!r}: more than 0 and at most 1,000"
    for value in (0, True, 1.5):
        (defect,) = told(lambda v=value: Trigger(TriggerKind.REASSIGNMENTS, count=v))
        assert defect == f"count: is {value!r}: give a whole number from 1 on"
    assert told(lambda: Trigger(TriggerKind.EXPERTISE_NEEDED, skills=[""])) == [
        "skills[0]: is '': it must be a text that is not blank"
    ]
    assert told(lambda: Trigger(TriggerKind.BREACH, clocks=[" "])) == [
        "clocks[0]: is ' ': it must be a text that is not blank"
    ]


def test_triggers_say_what_they_are():
    clocked = Trigger(TriggerKind.PERCENT_OF_TARGET, percent=75, clocks=["resolution", "response"])
    assert str(clocked) == "percent of target: percent 75, clocks resolution, response"
    assert clocked.content == {
        "kind": "percent of target",
        "percent": 75,
        "clocks": ["resolution", "response"],
    }
    assert str(Trigger(TriggerKind.VENDOR_SILENT)) == "vendor silent"
    assert Trigger(TriggerKind.EXPERTISE_NEEDED, skills="bgp").content["skills"] == ["bgp"]


@pytest.mark.parametrize(
    "text", ["group Network", "person ada", "rota Night", "manager", "next tier"]
)
def test_recipients_are_their_text(text):
    assert str(Recipient.parse(f" {text} ")) == text


def test_wrong_recipients():
    assert told(lambda: Recipient.parse("groop Network")) == [
        "is 'groop Network'; did you mean 'group NAME'?"
    ]
    assert told(lambda: Recipient.parse("managr")) == ["is 'managr'; did you mean 'manager'?"]
    assert len(told(lambda: Recipient.parse(5))) == 1
    assert told(lambda: Recipient("group", "x")) == ["kind: is 'group': give a RecipientKind"]
    assert told(lambda: Recipient(RecipientKind.GROUP)) == [
        "name: is None: it must be a text that is not blank"
    ]
    assert told(lambda: Recipient(RecipientKind.MANAGER, "bo")) == [
        "name: means nothing to manager"
    ]


def test_scopes():
    assert told(lambda: EscalationScope(priorities=[""], categories=["a > ", 5])) == [
        "priorities[0]: is '': it must be a text that is not blank",
        "categories[0]: is 5: it must be a text that is not blank",
        "categories[1]: is blank",
    ]
    assert str(EscalationScope()) == "every incident"
    scope = EscalationScope(categories=["Network > VPN"], groups=["b", "a", "b"])
    assert scope.content == {"categories": ["Network > VPN"], "groups": ["a", "b"]}
    assert scope.meets(EscalationScope(categories="Network"))
    assert EscalationScope(categories="Network").meets(scope)
    assert not scope.meets(EscalationScope(categories="Mail"))
    assert not scope.meets(EscalationScope(groups="c"))


def test_everything_wrong_with_a_rule_at_once():
    def wrong():
        return EscalationRule(
            name=" ",
            trigger="breach",
            kind="hierarchic",
            to="the boss",
            after=-15 * MINUTE,
            calendar="office",
            quiet=5,
            repeat_every=timedelta(),
            most=0,
            applies=None,
            stops=["acknowledged", Stop.ON_HOLD],
        )

    assert told(wrong) == [
        "name: is ' ': it must be a text that is not blank",
        "trigger: is 'breach': give a value of Trigger",
        "kind: is 'hierarchic': give a value of EscalationKind",
        "applies: is None: give a value of EscalationScope",
        "to: is 'the boss'; there are group NAME, person NAME, rota NAME, manager, next tier",
        "after: is -0:15:00: give a time from nothing to 366 days",
        "repeat_every: is 0:00:00: give a time of more than nothing, up to 366 days",
        "most: is 0: give a whole number from 1 to 100",
        "calendar: is 'office': give a BusinessCalendar, or None",
        "quiet: is 5: give a BusinessCalendar, or None",
        "stops[0]: is 'acknowledged': give a Stop",
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"after": 15}, ["after: is 15: give a timedelta"]),
        ({"after": timedelta(days=367)}, ["after: is 367 days, 0:00:00: give a time from ..."]),
        ({"after": timedelta()}, ["after: is nothing: say how long no acknowledgement may last"]),
        ({"repeat_every": 5, "most": 2}, ["repeat_every: is 5: give a timedelta, or None"]),
        ({"repeat_every": HOUR}, ["repeat_every: is given, and most lets nothing be repeated"]),
        ({"most": 3}, ["most: is 3, and repeat_every says not how far apart"]),
        ({"most": True}, ["most: is True: give a whole number from 1 to 100"]),
        ({"most": 101}, ["most: is 101: give a whole number from 1 to 100"]),
        ({"to": 5}, ["to: is 5: give a Recipient, or its text"]),
        (
            {"to": "manager", "kind": EscalationKind.FUNCTIONAL},
            ["to: is a manager: that is a hierarchic escalation"],
        ),
        (
            {"to": "next tier", "kind": EscalationKind.HIERARCHIC},
            ["to: is the next tier: that is a functional escalation"],
        ),
    ],
)
def test_what_is_wrong_with_a_rule(given, expected):
    def make():
        filled = {"kind": EscalationKind.HIERARCHIC, "to": "person ada", "after": MINUTE, **given}
        trigger = Trigger(TriggerKind.NO_ACKNOWLEDGEMENT)
        return EscalationRule(name="x", trigger=trigger, **filled)

    (defect,), (start,) = told(make), expected
    assert defect.startswith(start.removesuffix("..."))


def test_rules_are_values():
    made = rule(calendar=OFFICE, quiet=LUNCH, repeat_every=HOUR, most=2, stops=["x"][:0])
    assert pickle.loads(pickle.dumps(made)) == made
    assert made.content["repeat_every"] == 3_600
    assert rule(stops=[Stop.PROGRESS, Stop.ACKNOWLEDGED]) == rule(
        stops=[Stop.ACKNOWLEDGED, Stop.PROGRESS]
    )
    assert hash(EscalationPolicy([made])) == hash(EscalationPolicy(made))
    assert EscalationPolicy(made).version != EscalationPolicy(rule()).version


def test_wrong_policies_and_questions():
    assert told(lambda: EscalationPolicy(["x", rule()])) == [
        "rules[0]: is 'x': give an EscalationRule"
    ]
    assert told(lambda: EscalationPolicy([rule(), rule(to="manager")])) == [
        "rules: 'rule' is the name of 2 of them"
    ]
    policy = EscalationPolicy(rule())
    naive = NINE.replace(tzinfo=None)
    for ask in (
        lambda: policy.outlook(incident(), naive),
        lambda: policy.planned(incident(), NINE, naive),
        lambda: simulate(policy, incident(), naive),
        lambda: book().escalations(incident(), naive),
    ):
        with pytest.raises(NaiveInstant):
            ask()
    for hours in (0, -1, 9_000, float("nan"), True, "48"):
        (defect,) = told(lambda h=hours: simulate(policy, incident(), NINE, hours=h))
        assert defect == f"hours: is {hours!r}: more than 0 and at most 8,784"


def test_a_simulation_reads_as_a_timeline_and_as_a_chart():
    rules = [
        rule("slow: <b>", to="rota Duty", after=23 * HOUR),
        rule("nobody took it", to="manager", repeat_every=HOUR, most=2),
    ]
    found = book(*rules).simulate(incident((1, "desk")), NINE + MINUTE)
    since = "nobody has acknowledged it since 2026-01-05 09:00 UTC"
    assert str(found).splitlines() == [
        "INC1: if nobody acts from 2026-01-05 09:01 to 2026-01-07 09:01 UTC",
        f"  Mon 2026-01-05 09:15  bo   hierarchic, nobody took it 1/2  {since}",
        f"  Mon 2026-01-05 10:15  cy   hierarchic, nobody took it 2/2  {since}",
        f"  Tue 2026-01-06 08:00  ada  hierarchic, slow: <b> 1/1       {since}",
    ]
    assert found.mermaid(ZoneInfo("Asia/Tokyo")).splitlines() == [
        "timeline",
        "    title INC1 if nobody acts",
        "    section Mon 2026-01-05",
        "        18h15 : bo : nobody took it 1/2",
        "        19h15 : cy : nobody took it 2/2",
        "    section Tue 2026-01-06",
        "        17h00 : ada : slow b 1/1",
    ]
    assert "2026-01-06 17:00" in found.text(ZoneInfo("Asia/Tokyo"))
    assert Simulation(":", NINE, NINE, ()).mermaid() == "timeline\n    title ? if nobody acts"


def test_a_simulation_ends():
    given = rule(repeat_every=HOUR, most=100)
    found = book(given).simulate(incident(), NINE, hours=2.25)
    assert [step.at for step in found.steps] == [
        NINE + minutes * MINUTE for minutes in (15, 75, 135)
    ]
    # What is overdue in quiet hours that outlast the question is not heard in time.
    lunch = book(rule(quiet=LUNCH)).simulate(incident(), NINE + 200 * MINUTE, hours=0.5)
    assert lunch.steps == ()


def test_a_calendar_that_does_not_know_is_told():
    known = BusinessCalendar.weekly(
        "Mon 09:00-10:00", "UTC", holidays=Holidays.snapshot([date(2026, 1, 1)], [2026])
    )
    far = Agreement("far", [Target(TargetKind.RESOLUTION, 100 * HOUR, known)])
    found = simulate(EscalationPolicy(rule()), incident(), NINE, agreements=[far])
    assert len(found.untold) == 1
    assert found.untold[0].startswith("far, resolution: ")


def test_notices():
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    new = Incident.replay("INC1", [Logged(at)])
    up = Escalated(at, EscalationKind.FUNCTIONAL, "Network", "x" * 20_000, rule="late", step="k#1")
    (said,) = escalation_notices(new, [Noted(at, "x"), up])
    assert (said.identifier, said.rule, said.audience, said.recipient, said.subject) == (
        "INC1:escalated:late:k#1",
        "late",
        "escalation",
        "Network",
        "INC1 is escalated to Network",
    )
    assert len(said.text) == 10_000
    assert escalation_notices(new, [Noted(at, "x")]) == ()
    (bare,) = escalation_notices(new, [Escalated(at, EscalationKind.FUNCTIONAL, "Network")])
    assert (bare.identifier, bare.text) == ("INC1:2:escalated", "")
