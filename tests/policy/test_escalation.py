"""Escalation rules in a book, and what falls due by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from itilcore.errors import InvalidPolicy
from itilcore.escalation import (
    EscalationRule,
    EscalationScope,
    FindingKind,
    Recipient,
    RecipientKind,
    Stop,
    Trigger,
    TriggerKind,
)
from itilcore.incident import EscalationKind, Incident, Logged
from itilcore.policy import DueKind, loads

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
GOOD = """
[calendars.office]
hours = "Mon-Fri 09:00-17:00"
[calendars.night]
hours = "Mon-Sun 22:00-06:00"
[people.ada]
[groups.Network]
members = "ada"
[rotas.Duty]
people = "ada"
first = 2026-01-05
[[escalation]]
name = "nobody took it"
trigger = "no acknowledgement"
after = "15m"
kind = "hierarchic"
to = "rota Duty"
calendar = "office"
quiet = "night"
repeat_every = "30m"
most = 3
applies = { priority = ["P1", "P2"], severity = "SEV1", service = "mail", category = "Network", group = "Network" }
stops = ["on hold", "assigned"]
[[escalation]]
name = "near"
trigger = "percent of target"
percent = 75
clocks = "resolution"
kind = "functional"
to = "next tier"
"""


def defects(text: str) -> list[str]:
    with pytest.raises(InvalidPolicy) as caught:
        loads(text)
    return [str(each) for each in caught.value.defects]


def test_rules():
    book = loads(GOOD)
    near, nobody = book.escalation.rules
    assert nobody == EscalationRule(
        name="nobody took it",
        trigger=Trigger(TriggerKind.NO_ACKNOWLEDGEMENT),
        after=timedelta(minutes=15),
        kind=EscalationKind.HIERARCHIC,
        to=Recipient(RecipientKind.ROTA, "Duty"),
        calendar=book.calendar("office"),
        quiet=book.calendar("night"),
        repeat_every=timedelta(minutes=30),
        most=3,
        applies=EscalationScope(
            priorities=["P1", "P2"],
            severities="SEV1",
            services="mail",
            categories="Network",
            groups="Network",
        ),
        stops=[Stop.ASSIGNED, Stop.ON_HOLD],
    )
    assert near.trigger == Trigger(TriggerKind.PERCENT_OF_TARGET, percent=75, clocks=["resolution"])
    assert loads(GOOD.replace("15m", "16m")).version != book.version
    assert {each.kind for each in book.escalation_findings()} == {
        FindingKind.NOBODY,
        FindingKind.SILENCE,
    }
    free = loads("[[escalation]]\nname='x'\ntrigger='breach'\nkind='hierarchic'\nto='person x'")
    assert free.escalation.rules[0].applies == EscalationScope()
    assert [each.kind for each in free.escalation_findings()] == []


def test_everything_wrong_at_once():
    text = """
[priority]
preset = "itil"
[people.ada]
[groups.Network]
[[escalation]]
nam = "x"
trigger = "reasignments"
after = "-15m"
kind = "upward"
to = "group Netwrok"
calendar = "office"
quiet = "night"
repeat_every = "0m"
most = 0
applies = { priority = "P9", group = "Desk", service = [], category = "a > ", site = "x" }
stops = ["acked", "on hold"]
[[escalation]]
name = "second"
trigger = "reassignments"
kind = "functional"
to = "manager"
after = "2 business days"
[[escalation]]
name = "second"
trigger = "vendor silent"
kind = "hierarchic"
to = "persn ada"
after = "1h"
skills = 5
[[escalation]]
name = "third"
trigger = "no progress"
kind = "hierarchic"
to = "rota Night"
most = 2
[[escalation]]
name = "fourth"
trigger = "breach"
kind = "hierarchic"
to = "person adda"
applies = 5
[[escalation]]
"""
    assert defects(text) == [
        "line 6, escalation[0].name: is missing",
        "line 7, escalation[0].nam: is no such key; did you mean 'name'?",
        "line 8, escalation[0].trigger: is 'reasignments'; did you mean 'reassignments'?",
        "line 9, escalation[0].after: is '-15m': give a time such as '30m' or '4h'",
        "line 10, escalation[0].kind: is 'upward'; there are functional, hierarchic",
        "line 11, escalation[0].to: there is no group 'Netwrok'; did you mean 'Network'?",
        "line 12, escalation[0].calendar: there is no calendar 'office', and no other",
        "line 13, escalation[0].quiet: there is no calendar 'night', and no other",
        "line 14, escalation[0].repeat_every: is 0:00:00: give a time of more than nothing, up to 366 days",
        "line 15, escalation[0].most: is 0: give a whole number from 1 to 100",
        "line 16, escalation[0].applies.category[0]: is blank",
        "line 16, escalation[0].applies.group: there is no group 'Desk'; there are Network",
        "line 16, escalation[0].applies.priority: there is no priority 'P9'; there are P1, P2, P3, P4",
        "line 16, escalation[0].applies.service: is empty: leave it out where all are meant",
        "line 16, escalation[0].applies.site: is no such key; there are priority, severity, service, category, group",
        "line 17, escalation[0].stops: is 'acked'; there are acknowledged, assigned, progress, on hold, workaround",
        "line 18, escalation[1].count: is what reassignments needs",
        "line 22, escalation[1].to: is a manager: that is a hierarchic escalation",
        "line 23, escalation[1].after: is '2 business days': give a time such as '30m' or '4h'",
        "line 25, escalation[2].name: is 'second', which stands above already",
        "line 28, escalation[2].to: is 'persn ada'; did you mean 'person NAME'?",
        "line 30, escalation[2].skills: is 5: give a name or a list of names",
        "line 31, escalation[3].after: is nothing: say how long no progress may last",
        "line 35, escalation[3].to: there is no rota 'Night', and no other",
        "line 36, escalation[3].most: is 2, and repeat_every says not how far apart",
        "line 41, escalation[4].to: there is no person 'adda'; did you mean 'ada'?",
        "line 42, escalation[4].applies: is 5, not a table",
        "line 43, escalation[5].kind: is missing",
        "line 43, escalation[5].name: is missing",
        "line 43, escalation[5].to: is missing",
        "line 43, escalation[5].trigger: is missing",
    ]
    assert defects("escalation = 5") == ["line 1, escalation: is 5, not an array of tables"]


def test_managers_that_go_round_are_no_directory():
    text = (
        "[people.ada]\nmanager = 'bo'\n[people.bo]\nmanager = 'ada'\n"
        + """
[[escalation]]
name = "x"
trigger = "breach"
kind = "hierarchic"
to = "manager"
"""
    )
    assert defects(text) == ["line 2, people.ada.manager: goes round: ada < bo < ada"]


def test_what_falls_due():
    book = loads(
        "[[escalation]]\nname='x'\ntrigger='no acknowledgement'\nafter='15m'\n"
        "kind='hierarchic'\nto='person x'"
    )
    incident = Incident.replay("INC1", [Logged(NINE)])
    quarter = NINE + timedelta(minutes=15)
    assert book.due(incident, NINE).look_again_at == quarter
    (item,) = book.due(incident, quarter).items
    assert (item.kind, item.at, item.instant) == (DueKind.ESCALATION, quarter, quarter)
    assert item.identifier == "INC1:escalation:x:2026-01-05T09:00:00+00:00#1"
    assert item.step == book.escalations(incident, quarter).steps[0]
    (later,) = book.due(incident, quarter + timedelta(days=1)).items
    assert later.identifier == item.identifier


NAMES = """
[calendars.office]
hours = "Mon-Fri 09:00-17:00"
[people.ada]
skills = ["vpn"]
[groups.Network]
members = "ada"
skills = ["firewall"]
[services.mail]
[sla.gold]
calendar = "office"
targets = [{ kind = "resolution", within = "4h" }]
[[escalation]]
name = "near"
trigger = "percent of target"
percent = 75
clocks = "resolution"
kind = "functional"
to = "next tier"
applies = { priority = "P1", severity = "SEV1", service = "mail" }
[[escalation]]
name = "skilled"
trigger = "expertise needed"
skills = ["vpn", "firewall"]
kind = "functional"
to = "next tier"
"""


def test_names_that_the_book_does_not_know():
    assert len(loads(NAMES).escalation.rules) == 2
    wrong = NAMES
    for name in ("P1", "SEV1", "vpn", "mail"):
        head, _, tail = wrong.rpartition(f'"{name}"')
        wrong = f'{head}"{name}0"{tail}'
    wrong = wrong.replace('clocks = "resolution"', 'clocks = ["resolutoin", " "]')
    assert defects(wrong) == [
        "line 17, escalation[0].clocks: there is no clock 'resolutoin'; did you mean 'resolution'?",
        "line 17, escalation[0].clocks[0]: is ' ': it must be a text that is not blank",
        "line 20, escalation[0].applies.priority: there is no priority 'P10'; did you mean 'P1'?",
        "line 20, escalation[0].applies.service: there is no service 'mail0'; did you mean 'mail'?",
        "line 20, escalation[0].applies.severity: there is no severity 'SEV10'; "
        "did you mean 'SEV1'?",
        "line 24, escalation[1].skills: there is no skill 'vpn0'; did you mean 'vpn'?",
    ]


def test_names_of_what_the_book_does_not_say_are_free():
    rules = NAMES[NAMES.index("[[escalation]]") :]
    free = loads(rules.replace('"mail"', '"any"').replace('"vpn"', '"any"'))
    assert len(free.escalation.rules) == 2
    # Of an agreement that is wrong the clocks are not known.
    wrong = NAMES.replace('kind = "resolution"', 'kind = "resolutoin"')
    assert [each.partition(":")[0] for each in defects(wrong)] == [
        "line 12, sla.gold.targets[0].kind"
    ]
    scale = '[severity]\nscale = ["SEV1", "SEV1"]\n[priority]\npreset = "x"\n'
    assert len(defects(scale + rules.replace('"P1"', '"P9"'))) == 2
