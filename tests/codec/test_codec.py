"""JSON both ways: what it looks like, that nothing is lost, and every defect at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.classification import Category, TicketKind
from itilcore.codec import dumps, from_json, loads, to_json
from itilcore.codec.converting import EVENTS
from itilcore.decision import Decision, Reason
from itilcore.errors import InvalidInput
from itilcore.incident import (
    Answered,
    Asserted,
    Classified,
    Escalated,
    EscalationKind,
    Event,
    Facts,
    HoldReason,
    Incident,
    Lifecycle,
    Logged,
    Noted,
    Phase,
    Resolved,
    SeverityDeclared,
    Status,
    Timeline,
    Transition,
)
from itilcore.priority import Impact, Priority, PriorityMatrix, PriorityTable, Severity, Urgency
from tests.incident.strategies import timelines

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def there_and_back(kind: Any, value: Any) -> None:
    assert loads(kind, dumps(value)) == value
    assert from_json(kind, json.loads(json.dumps(to_json(value)))) == value


def instants_alike(kind: Any, value: Any) -> None:
    """JSON keeps an instant and its offset, not its zone's name.

    In the hour that a clock change repeats, Python calls no two instants of different zones
    equal; so it is the written forms that are compared, and the values once they were read.
    """
    once = loads(kind, dumps(value))
    assert dumps(once) == dumps(value)
    there_and_back(kind, once)


@given(timelines(backwards=True))
def test_every_timeline_comes_back(timeline):
    instants_alike(Timeline, timeline)
    incident = Incident.replay("INC1", timeline)
    instants_alike(Incident, incident)
    again = loads(Incident, dumps(incident))
    assert dumps(again.facts) == dumps(incident.facts)


@given(timelines())
def test_every_row_of_facts_comes_back(timeline):
    instants_alike(Facts, Incident.replay("INC1", timeline).facts)


@given(st.timedeltas())
def test_every_duration_comes_back(length):
    there_and_back(timedelta, length)


def test_every_kind_of_event_has_a_tag():
    assert set(EVENTS.values()) == set(Event.__subclasses__())
    assert {"logged", "status_changed", "policy_adopted", "handed_off"} <= set(EVENTS)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Status, Status.ON_HOLD, '"ON_HOLD"'),
        (Status, Status("LEGAL", Phase.WAITING), '{"name":"LEGAL","phase":"waiting"}'),
        (Status, Status.unknown("-1"), '{"name":"UNKNOWN","phase":"unknown","raw":"-1"}'),
        (HoldReason, HoldReason("PARTS"), '"PARTS"'),
        (Impact, Impact("Extensive", 1), '{"name":"Extensive","rank":1}'),
        (Severity, Severity.SEV1, '"SEV1"'),
        (Category, Category("Network", "VPN"), '["Network","VPN"]'),
        (TicketKind, TicketKind.SERVICE_REQUEST, '"service request"'),
        (Actor, Actor.person("ada"), '{"identifier":"ada"}'),
        (timedelta, timedelta(days=1, hours=2, seconds=3.5), '"P1DT2H3.5S"'),
        (timedelta, timedelta(0), '"PT0S"'),
        (timedelta, -timedelta(minutes=90), '"-PT1H30M"'),
        (datetime, AT, '"2026-01-05T09:00:00+00:00"'),
    ],
)
def test_what_values_look_like(kind, value, text):
    assert dumps(value) == text
    there_and_back(kind, value)


def test_tables_lifecycles_and_decisions_come_back():
    matrix = PriorityMatrix.servicenow()
    there_and_back(PriorityMatrix, matrix)
    table = PriorityTable(
        [(Impact.HIGH, Urgency.HIGH, Priority.P1)], impacts=Impact.default_scale()
    )
    there_and_back(PriorityTable, table)
    there_and_back(Lifecycle, Lifecycle.default())
    there_and_back(Transition, Transition(Status.NEW, "x", Status.CLOSED, ("a", "b")))
    for decision in (matrix.assess(Impact.HIGH, Urgency.LOW), matrix.assess(None, None)):
        there_and_back(Decision[Priority], decision)
    inputs = {
        "a": AT,
        "b": timedelta(1),
        "c": Status.NEW,
        "d": HoldReason("X"),
        "e": Category("a"),
        "f": TicketKind.PROBLEM,
        "g": 3,
    }
    there_and_back(Decision, Decision("x", [Reason("r", "t", inputs)], "v"))
    with pytest.raises(TypeError, match="cannot stand in the inputs"):
        to_json(Reason("r", "t", {"a": object()}))


def test_an_instant_in_z_and_a_category_as_text_are_read():
    assert from_json(datetime, "2026-01-05T09:00:00Z") == AT
    assert from_json(datetime, "2026-01-05T10:00:00+01:00") == AT
    assert from_json(Category, "Network > VPN") == Category("Network", "VPN")
    assert from_json(float, 3) == 3.0
    assert loads(Event, b'{"event":"noted","at":"2026-01-05T09:00:00Z","text":"x"}') == Noted(
        AT, "x"
    )


def defects(kind, value):
    with pytest.raises(InvalidInput) as error:
        from_json(kind, value)
    return {defect.path: defect.problem for defect in error.value.defects}


def test_every_defect_is_told_at_once_with_its_path():
    found = defects(
        Incident,
        {
            "reference": 3,
            "events": [
                {"event": "loged", "at": "x"},
                {"event": "logged", "at": "2026-01-05", "recieved_at": 1, "title": ["a"]},
                {"event": "resolved", "at": "2026-13-05T00:00Z", "kind": "magic", "status": "DONE"},
                {"event": "held", "at": "2026-01-05T00:00Z", "hold_reason": 3},
                {"event": "asserted", "at": "2026-01-05T00:00Z", "claims": {"resolved_at": 3}},
                {"event": "asserted", "at": "2026-01-05T00:00Z", "claims": {"reopenings": "3"}},
                {"event": "asserted", "at": "2026-01-05T00:00Z", "claims": {"colour": 3}},
                {"event": "assigned", "at": "2026-01-05T00:00Z", "tier": True},
                {"event": "assigned", "at": "2026-01-05T00:00Z", "tier": 1.5},
                {"event": "noted", "at": None, "text": "\ud800"},
                "noted",
                {"event": "classified", "at": "2026-01-05T00:00Z", "category": 3},
                {"event": "prioritised", "at": "2026-01-05T00:00Z", "impact": "HIHG"},
                {"event": "prioritised", "at": "2026-01-05T00:00Z", "impact": {"name": "x"}},
                {
                    "event": "noted",
                    "at": "2026-01-05T00:00Z",
                    "text": "x",
                    "by": {"identifier": " "},
                },
            ],
            "events_": [],
        },
    )
    assert {
        "reference",
        "events_",
        "events[0]",
        "events[1].at",
        "events[1].recieved_at",
        "events[1].title",
        "events[2].at",
        "events[2].kind",
        "events[2].status",
        "events[3].hold_reason",
        "events[4].claims.resolved_at",
        "events[5].claims.reopenings",
        "events[7].tier",
        "events[8].tier",
        "events[9].at",
        "events[9].text",
        "events[10]",
        "events[11].category",
        "events[12].impact",
        "events[13].impact",
    } <= set(found)
    assert any(path.startswith("events[6]") for path in found)
    assert any(path.startswith("events[14].by") for path in found)
    assert "did you mean 'recorded_at'" in found["events[1].recieved_at"]
    assert "did you mean 'HIGH'" in found["events[12].impact"]
    assert len(found) == 22


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (Timeline, 3, "not a list"),
        (Incident, [], "not an object"),
        (Status, 3, "one of NEW"),
        (Status, {"name": "x"}, "lacks the key 'phase'"),
        (Status, {"name": "x", "phase": "on"}, "open"),
        (bool, 1, "neither true nor false"),
        (float, "3", "not a number"),
        (float, True, "not a number"),
        (float, float("inf"), "not a finite number"),
        (timedelta, "P", "not an ISO 8601 duration"),
        (timedelta, "P1DT", "not an ISO 8601 duration"),
        (timedelta, "1 hour", "not an ISO 8601 duration"),
        (timedelta, "P9999999999D", "longer than can be held"),
        (timedelta, 3, "not a duration"),
        (Priority, {"name": "P1", "rank": 1, "x": 1}, "unknown key 'x'"),
        (Reason, {"rule": "r"}, "lacks the key 'text'"),
        (Reason, {"rule": "r", "text": "t", "inputs": {"a": [1]}}, "not a value with its type"),
        (
            Reason,
            {"rule": "r", "text": "t", "inputs": {"a": {"type": "x", "value": 1}}},
            "has the type",
        ),
        (Decision, {"answer": 1}, "lacks the key 'reasons'"),
        (PriorityMatrix, {"cells": [["HIGH", "HIGH", "P1"], ["LOW", "LOW", "P2"]]}, "HIGH x LOW"),
        (Lifecycle, {"transitions": []}, "cannot reach an end"),
        (Impact, {"name": " ", "rank": 0}, "rank"),
    ],
)
def test_values_that_cannot_be(kind, value, words):
    assert words in "; ".join(f"{p}: {w}" for p, w in defects(kind, value).items())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "line 1, column 2: is not JSON"),
        ('{"a": 1, "a": 2}', "has the key 'a' twice"),
        ("NaN", "has NaN in it"),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff", "utf-8"),
    ],
)
def test_text_that_is_no_json(text, words):
    with pytest.raises(InvalidInput, match=words):
        loads(Timeline, text)


def test_nesting_without_end_in_values_is_one_defect():
    value: Any = []
    for _ in range(100_000):
        value = [value]
    deep: Any = list
    for _ in range(3):
        deep = list[deep]  # type: ignore[valid-type]  # on purpose
    with pytest.raises(InvalidInput):
        from_json(Timeline, value)


def test_a_stack_that_runs_out_is_one_defect(monkeypatch):
    from itilcore.codec import converting

    class Deep:
        def structure(self, _value, _kind):
            raise RecursionError

    monkeypatch.setattr(converting, "converter", Deep)
    assert defects(Timeline, []) == {"": "is nested too deeply"}


def test_an_incident_is_folded_again_never_trusted():
    incident = Incident.replay("INC1", [Logged(AT), Resolved(AT)])
    assert to_json(incident) == {
        "reference": "INC1",
        "events": [
            {"event": "logged", "at": "2026-01-05T09:00:00+00:00"},
            {"event": "resolved", "at": "2026-01-05T09:00:00+00:00"},
        ],
    }
    claimed = Asserted(AT, {"resolved_at": AT, "interactions": None, "sla_met": True})
    assert to_json(claimed)["claims"] == {
        "interactions": None,
        "resolved_at": "2026-01-05T09:00:00+00:00",
        "sla_met": True,
    }
    there_and_back(Event, claimed)


def test_a_missing_key_is_named_once():
    with pytest.raises(InvalidInput) as caught:
        from_json(Timeline, [{"event": "noted", "at": "2026-01-05", "txt": "x"}])
    assert [str(defect) for defect in caught.value.defects] == [
        "[0].at: is '2026-01-05', which has no UTC offset",
        "[0].text: is missing",
        "[0].txt: is no such key; did you mean 'text'?",
    ]
    with pytest.raises(InvalidInput) as caught:
        from_json(Lifecycle, {"transitions": [3]})
    assert [str(defect) for defect in caught.value.defects] == ["transitions[0]: is not an object"]


def test_events_stored_before_there_were_configuration_items_still_load():
    old = '{"event":"classified","at":"2026-01-05T09:00:00+00:00","service":"mail"}'
    assert loads(Event, old) == Classified(AT, service="mail")
    assert dumps(loads(Event, old)) == old


def test_escalations_stored_before_they_said_under_which_rules_they_fired_still_load():
    old = (
        '{"event":"escalated","at":"2026-01-05T09:00:00+00:00","kind":"hierarchic","to":"bo",'
        '"rule":"late","step":"x#1","policy":"escalation:1"}'
    )
    found = loads(Event, old)
    assert found == Escalated(
        AT, EscalationKind.HIERARCHIC, "bo", rule="late", step="x#1", policy="escalation:1"
    )
    assert dumps(found) == old


def test_severities_stored_before_overrides_had_a_field_still_load():
    event = SeverityDeclared(AT, Severity.SEV1, "payroll")
    old = dumps(event)
    assert "override" not in old
    assert loads(Event, old) == event
    overridden = evolve(event, override="without authority: no time")
    assert loads(Event, dumps(overridden)) == overridden != event


@given(st.dictionaries(st.text(min_size=1).filter(str.strip), st.text()))
def test_answers_of_any_text_come_back(answers):
    event = Answered(AT, answers)
    there_and_back(Answered, event)
    assert loads(Event, dumps(event)) == event


@pytest.mark.parametrize(
    ("answers", "defect"),
    [
        ("null", "answers: is NoneType, not a list"),
        ('{"device":"PC 7"}', "answers: is dict, not a list"),
        ('[["device","PC 7"],["device","PC 8"]]', "answers.device: stands twice"),
        ('[["device",7]]', "answers[0][1]: is 7, not a text"),
        ('[["","x"]]', "answers: is ''"),
    ],
)
def test_answers_that_are_none_are_refused(answers, defect):
    text = f'{{"event":"answered","at":"2026-01-05T09:00:00+00:00","answers":{answers}}}'
    with pytest.raises(InvalidInput) as caught:
        loads(Event, text)
    assert str(caught.value.defects[0]).startswith(defect)
