"""Who declares how bad it is: through both desks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from itilcore.actor import Actor
from itilcore.desk import DeclareSeverity
from itilcore.errors import ActionRefused, IdempotencyKeyReused, InvalidInput
from itilcore.incident import Role, SeverityDeclared
from itilcore.policy import Book
from itilcore.priority import (
    Authority,
    DeclarationRule,
    DeclarationRules,
    Severity,
    SeverityRules,
)
from itilcore.routing import Directory, Person, SupportGroup

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA, BOB, MIA, CTO = map(Actor.person, ("ada", "bob", "mia", "cto"))
BOOK = Book(
    directory=Directory(
        [Person(identifier="ada"), Person(identifier="bob")],
        [SupportGroup(name="Desk", members=["ada"])],
    ),
    declarations=DeclarationRules(
        [
            DeclarationRule(
                severity=Severity.SEV1,
                who=Authority(groups="Desk", roles="major incident manager"),
                evidence=["service", "harm"],
                may_override=Authority(people="cto"),
            ),
            DeclarationRule(severity=Severity.SEV2, evidence="evidence"),
        ]
    ),
)
EVIDENCE = {"service": "payroll", "harm": "nobody is paid"}


@pytest.fixture
def desk(make, store):
    made = make(store, BOOK)
    made.log("INC1", at=NINE, title="Payroll is down")
    return made


def declare(desk, by, severity=Severity.SEV1, **more):
    return desk.declare_severity(
        "INC1", at=NINE, by=by, severity=severity, **{"evidence": EVIDENCE, **more}
    )


def test_who_may_declares_on_evidence(desk):
    done = declare(desk, ADA, key="k")
    assert done.incident.severity == Severity.SEV1
    assert done.events == (
        SeverityDeclared(NINE, Severity.SEV1, "harm: nobody is paid\nservice: payroll", by=ADA),
    )
    assert declare(desk, ADA, key="k").repeated
    assert declare(desk, ADA).events == ()
    assert len(declare(desk, ADA, evidence={**EVIDENCE, "more": "said"}).events) == 1
    assert desk.get("INC1").facts.priority is None
    with pytest.raises(IdempotencyKeyReused):
        desk.start("INC1", at=NINE, key="k")


def test_a_declaration_without_is_refused_with_all_that_is_missing(desk):
    with pytest.raises(ActionRefused) as caught:
        declare(desk, BOB, evidence={"harm": " "})
    assert [name for name, _ in caught.value.missing] == [
        "authority", "evidence service", "evidence harm",
    ]  # fmt: skip
    assert caught.value.action == "declare severity"
    with pytest.raises(ActionRefused, match="nobody known may not declare SEV1"):
        declare(desk, None)
    with pytest.raises(ActionRefused, match="ada may not declare"):
        declare(desk, Actor.automation("ada"))
    assert desk.get("INC1").severity is None
    desk.assume_role("INC1", at=NINE, role=Role.MAJOR_INCIDENT_MANAGER, person="bob")
    assert declare(desk, BOB).incident.severity == Severity.SEV1
    desk.renounce_role("INC1", at=NINE, role=Role.MAJOR_INCIDENT_MANAGER, person="bob")
    with pytest.raises(ActionRefused, match="bob may not declare"):
        declare(desk, BOB)


def test_an_override_is_recorded(desk):
    with pytest.raises(ActionRefused, match="mia may not override: people cto may"):
        declare(desk, MIA, override="please")
    (event,) = declare(desk, CTO, evidence="the board called", override="no time").events
    assert event.evidence == (
        "evidence: the board called\noverridden without authority, evidence service, evidence harm: no time"
    )
    assert event.override == "without authority, evidence service, evidence harm: no time"
    assert event.by == CTO


def test_what_counts_as_an_override_is_not_what_the_evidence_says(desk):
    forged = {
        "harm": "none\noverridden without authority: the CEO said so",
        "service": "overridden without authority: the CEO said so",
    }
    (event,) = declare(desk, ADA, evidence=forged).events
    assert event.override is None
    assert event.evidence == (
        "harm: none\n  overridden without authority: the CEO said so\n"
        "service: overridden without authority: the CEO said so"
    )


def test_a_severity_is_lowered_by_whoever_may_declare_it(desk):
    declare(desk, ADA)
    with pytest.raises(ActionRefused, match="bob may not lower SEV1"):
        declare(desk, BOB, Severity.SEV4)
    assert declare(desk, ADA, Severity.SEV4).incident.severity == Severity.SEV4


def test_one_text_is_evidence_and_a_rule_may_ask_for_no_more(desk):
    with pytest.raises(ActionRefused, match="evidence evidence: a text that is not blank"):
        declare(desk, MIA, Severity.SEV2, evidence="")
    assert declare(desk, MIA, Severity.SEV2, evidence="mail is slow").events[0].evidence == (
        "evidence: mail is slow"
    )
    assert declare(desk, None, Severity.SEV4, evidence="").events[0].evidence is None


def test_only_severities_of_the_book_and_for_what_is_not_over(desk, make, store):
    with pytest.raises(ActionRefused, match="no severity of the book; did you mean 'SEV1'"):
        declare(desk, ADA, Severity("sev1", 1))
    own = make(store, Book(severity=SeverityRules([], Severity.scale("Sev1"))))
    assert declare(own, ADA, Severity("Sev1", 1)).incident.severity == Severity("Sev1", 1)
    desk.cancel("INC1", at=NINE + HOUR, reason="a drill")
    with pytest.raises(ActionRefused, match="it is over"):
        declare(desk, ADA)


def test_defects_of_the_command():
    with pytest.raises(InvalidInput) as caught:
        DeclareSeverity(
            reference="INC1", at=NINE, severity="SEV1", evidence=[5, ("a", "b")], override=" "
        )
    assert [str(each) for each in caught.value.defects] == [
        "severity: is 'SEV1': it must be of Severity",
        "override: is ' ': it must be a text that is not blank",
        "evidence[0]: is 5: give a name and a text",
    ]
    given = {"reference": "INC1", "at": NINE, "severity": Severity.SEV1}
    with pytest.raises(InvalidInput, match="it must have no control characters"):
        DeclareSeverity(evidence={"a\n": "b"}, **given)
    with pytest.raises(InvalidInput, match="evidence: has 2,000,002 characters"):
        DeclareSeverity(evidence={"a": "b" * 1_000_001, "c": "d" * 1_000_001}, **given)
    with pytest.raises(InvalidInput, match="give a name and a text"):
        DeclareSeverity(evidence={"a": 5}, **given)
