"""Major incidents: candidates with reasons, authority as data, roles that are vacant."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import Disruption
from itilcore.errors import InvalidInput
from itilcore.incident import (
    Assigned,
    Classified,
    Incident,
    Linked,
    LinkKind,
    Logged,
    MajorState,
    Prioritised,
    Role,
    RoleAssumed,
    SeverityDeclared,
)
from itilcore.intake import Criticality, Service, ServiceCatalogue
from itilcore.major import (
    MAJOR_STEPS,
    CandidateRule,
    MajorFacts,
    MajorIncidentRules,
)
from itilcore.priority import Authority, Priority, Severity
from itilcore.routing import Directory, Person

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
RULES = MajorIncidentRules()
NOTHING = MajorFacts(
    users=0, criticality=Criticality.LOW, disruption=Disruption.DEGRADATION, related=0, is_vip=False
)
PLAIN = Incident.replay(
    "INC1",
    [
        Logged(NINE, "Mail", "ada"),
        Prioritised(NINE, None, None, Priority.P3),
        SeverityDeclared(NINE, Severity.SEV3),
    ],
)


@pytest.mark.parametrize(
    ("events", "facts", "why"),
    [
        ([SeverityDeclared(NINE, Severity.SEV1)], {}, "the severity is SEV1"),
        ([Prioritised(NINE, None, None, Priority.P1)], {}, "the priority is P1"),
        ([], {"users": 100}, "affected users: 100, at least 100"),
        ([], {"related": 5}, "incidents that belong to it: 5, at least 5"),
        (
            [],
            {"criticality": Criticality.CRITICAL, "disruption": Disruption.OUTAGE},
            "the criticality of the service is critical; the disruption is outage",
        ),
        (
            [Prioritised(NINE, None, None, Priority.P2)],
            {"is_vip": True},
            "the priority is P2; the requester is a VIP",
        ),
    ],
)
def test_each_rule_makes_a_candidate_by_itself(events, facts, why):
    known = MajorFacts(**{name: facts.get(name, getattr(NOTHING, name)) for name in FIELDS})
    decision = RULES.assess(PLAIN.record(*events), known)
    assert decision.answer is True
    assert "; ".join(map(str, decision.reasons)) == why
    assert decision.version == RULES.version


FIELDS = ("users", "criticality", "disruption", "related", "is_vip")


def test_what_is_none_says_why_and_what_is_not_known_is_not_no():
    decision = RULES.assess(PLAIN, NOTHING)
    assert decision.answer is False
    assert str(decision.reasons[0]) == "the severity is SEV3, not SEV1"
    unknown = RULES.assess(Incident.replay("INC1", []))
    assert unknown.answer is None
    told = [str(each) for each in unknown.reasons]
    assert "the severity is not known, SEV1 is asked for" in told
    assert "how many affected users there are is not known, 100 are asked for" in told
    assert "the requester may be a VIP: nobody knows" in told
    unsure = MajorFacts(criticality=Criticality.CRITICAL, disruption=Disruption.UNKNOWN)
    rule = CandidateRule(
        name="down", criticalities=Criticality.CRITICAL, disruptions=Disruption.OUTAGE
    )
    assert rule.judge(PLAIN, unsure)[0] is None
    empty = MajorIncidentRules(candidates=()).assess(PLAIN)
    assert (empty.answer, str(empty.reasons[0])) == (False, "there are no rules of candidates")


@given(
    st.booleans(),
    st.lists(st.sampled_from(FIELDS), unique=True),
    st.integers(0, 200),
    st.integers(0, 10),
)
def test_more_that_is_known_never_turns_yes_into_unknown(vip, hidden, users, related):
    known = {
        "users": users,
        "criticality": Criticality.CRITICAL,
        "disruption": Disruption.OUTAGE if vip else Disruption.DEGRADATION,
        "related": related,
        "is_vip": vip,
    }
    whole = RULES.assess(PLAIN, MajorFacts(**known)).answer
    part: dict[str, Any] = {name: None if name in hidden else known[name] for name in known}
    partial = RULES.assess(PLAIN, MajorFacts(**part)).answer
    assert partial is None or partial == whole
    assert whole is not None
    more = MajorFacts(**{**known, "users": users + 50})
    assert RULES.assess(PLAIN, more).answer or not whole


def test_facts_come_from_what_the_book_knows():
    incident = PLAIN.record(
        Classified(NINE, service="payroll"),
        Linked(NINE, LinkKind.CHILD, "INC2"),
        Linked(NINE, LinkKind.PROBLEM, "PRB1"),
    )
    services = ServiceCatalogue([Service(name="payroll", criticality=Criticality.CRITICAL)])
    people = Directory([Person(identifier="ada", is_vip=True)])
    found = MajorFacts.of(incident, services, people, users=7, duplicates=2)
    assert found == MajorFacts(users=7, criticality=Criticality.CRITICAL, related=3, is_vip=True)
    some = MajorFacts(related=1, related_is_all=False)
    assert MajorFacts.of(incident, ServiceCatalogue(), Directory()) == some
    bare = Incident.replay("INC1", [])
    assert MajorFacts.of(bare, services, people) == MajorFacts(related=0, related_is_all=False)
    rule = CandidateRule(name="many", related=2)
    answer, (reason,) = rule.judge(incident, some)
    assert answer is None
    assert str(reason) == "incidents that belong to it: 1 are known, 2 are asked for"
    assert CandidateRule(name="one", related=1).judge(incident, some)[0] is True


def test_what_is_wrong_is_told_at_once():
    wrong: dict[str, Any] = {
        "users": -1, "criticality": "critical", "disruption": 7, "related": True, "is_vip": 1,
        "related_is_all": None,
    }  # fmt: skip
    with pytest.raises(InvalidInput) as caught:
        MajorFacts(**wrong)
    assert [str(each) for each in caught.value.defects] == [
        "users: is -1: give a whole number from 0 on, or None",
        "related: is True: give a whole number from 0 on, or None",
        "criticality: is 'critical': give a Criticality, or None",
        "disruption: is 7: give a Disruption, or None",
        "is_vip: is 1: give True or False, or None",
        "related_is_all: is None: give True or False",
    ]
    rule: dict[str, Any] = {
        "name": " ", "severities": [""], "criticalities": "critical", "disruptions": "outage",
        "users": 0, "related": "many", "vip": "yes",
    }  # fmt: skip
    with pytest.raises(InvalidInput) as caught:
        CandidateRule(**rule)
    assert [each.path for each in caught.value.defects] == [
        "name", "severities[0]", "criticalities[0]", "disruptions[0]", "users", "related", "vip",
    ]  # fmt: skip
    with pytest.raises(InvalidInput, match="sets nothing: every incident would be a candidate"):
        CandidateRule(name="x")
    row = CandidateRule(name="x", users=1)
    rules: dict[str, Any] = {
        "candidates": [row, "x", row], "promote": None, "demote": "ada", "roles": [" "],
        "covered": ["ab", ("scribe", "scribe"), ("resolver", Role.MAJOR_INCIDENT_MANAGER), (1, 2)],
    }  # fmt: skip
    with pytest.raises(InvalidInput) as caught:
        MajorIncidentRules(**rules)
    assert [str(each).partition(": it must")[0] for each in caught.value.defects] == [
        "candidates[1]: is 'x': give a CandidateRule",
        "candidates[2].name: is 'x', which stands above already",
        "promote: is None: give an Authority",
        "demote: is 'ada': give an Authority",
        "roles[0]: is ' '",
        "covered[0]: is 'ab': give two roles",
        "covered[1]: has 'scribe' twice",
        "covered[2]: whoever resolves it cannot manage it",
        "covered[3]: is 1",
        "covered[3]: is 2",
    ]


def test_authority_is_data():
    some = Authority(roles=Role.SCRIBE.name, groups="Leads", people="cy")
    rules = MajorIncidentRules(promote=some, demote=Authority(people="cy"))
    assert rules.authority("promote") == rules.authority("reject") == some
    assert rules.authority("demote") == Authority(people="cy")
    assert rules.authority("propose") is None
    assert RULES.authority("demote") == RULES.promote


def test_vacant_roles_and_the_least_that_will_do():
    assert RULES.vacant(PLAIN) == RULES.roles
    manager = PLAIN.record(
        RoleAssumed(NINE, Role.MAJOR_INCIDENT_MANAGER, "mia"), Assigned(NINE, "Desk", "bo", 2)
    )
    assert RULES.vacant(manager) == ("communications lead", "scribe")
    small = MajorIncidentRules.small_team(Authority(people="mia"))
    assert small.vacant(manager) == ()
    assert str(small.promote) == "people mia"
    assert RULES.speaker(manager) == ("major incident manager", "mia")
    lead = manager.record(RoleAssumed(NINE, Role.COMMUNICATIONS_LEAD, "cy"))
    assert RULES.speaker(lead) == ("communications lead", "cy")
    assert RULES.vacant(lead) == ("scribe",)
    assert MajorIncidentRules(roles=Role.SCRIBE).roles == ("scribe",)


def test_versions_are_those_of_the_content():
    assert pickle.loads(pickle.dumps(RULES)) == RULES
    assert MajorIncidentRules().version == RULES.version
    assert MajorIncidentRules.small_team().version != RULES.version
    other = MajorIncidentRules(demote=Authority(people="a"), propose=Authority(people="b"))
    assert other.version != RULES.version


def test_steps_lead_from_every_state():
    assert {step.target for step in MAJOR_STEPS} == set(MajorState)
    left = {state for step in MAJOR_STEPS for state in step.sources}
    assert left == {None, *MajorState}
