"""Who may declare which severity, and on what evidence."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.priority import (
    Authority,
    Declaration,
    DeclarationRule,
    DeclarationRules,
    Severity,
)

from .test_definitions import refused

ADA, MIA = Actor.person("ada"), Actor.person("mia")
CONTRACT = DeclarationRules(
    [
        DeclarationRule(
            severity=Severity.SEV1,
            who=Authority(people="mia", roles=["scribe"], groups="Desk"),
            evidence=["service", "harm"],
            may_override=Authority(people="cto"),
        ),
        DeclarationRule(severity=Severity.SEV2, who=Authority(roles="scribe")),
        DeclarationRule(severity=Severity.SEV3),
    ]
)
EVIDENCE = {"service": "payroll", "harm": "nobody is paid"}


def judged(by: Actor | None, evidence: Any = None, **more: Any) -> Declaration:
    return CONTRACT.judge(Severity.SEV1, by, evidence, **more).answer


def test_who_is_meant() -> None:
    who = Authority(people="mia", roles="scribe", groups="Desk")
    assert who.includes(MIA)
    assert who.includes(ADA, roles=["scribe"])
    assert who.includes(ADA, groups=["Desk"])
    assert not who.includes(ADA, roles=["Desk"], groups=["scribe", "mia"])
    assert not who.includes(Actor.automation("mia"))
    assert not who.includes(None, roles=["scribe"], groups=["Desk"])
    assert str(who) == "people mia; roles scribe; groups Desk"
    assert refused(Authority) == ["names nobody: give people, roles or groups"]
    wrong: Any = Authority
    assert refused(wrong, people=["ada", " "], roles=5) == [
        "people[0]: is ' ': it must be a text that is not blank",
        "roles[0]: is 5: it must be a text that is not blank",
    ]


def test_a_declaration_without_authority_and_evidence_is_refused_with_all_that_is_missing() -> None:
    found = CONTRACT.judge(Severity.SEV1, ADA, {"harm": " "})
    assert found.answer.missing == (
        ("authority", "ada may not declare SEV1: people mia; roles scribe; groups Desk may"),
        ("evidence service", "a text that is not blank"),
        ("evidence harm", "a text that is not blank"),
    )
    assert str(found.answer) == "SEV1 refused"
    assert [str(each) for each in found.reasons] == [
        "ada may not declare SEV1: people mia; roles scribe; groups Desk may",
        "evidence service is missing",
        "evidence harm is missing",
    ]
    assert judged(None, EVIDENCE).missing == (
        ("authority", "nobody known may not declare SEV1: people mia; roles scribe; groups Desk may"),
    )  # fmt: skip


def test_a_declaration_that_has_all_is_accepted() -> None:
    found = CONTRACT.judge(Severity.SEV1, MIA, {**EVIDENCE, "more": "said"})
    assert found.answer.is_accepted
    assert found.answer.text == "harm: nobody is paid\nmore: said\nservice: payroll"
    assert [str(each) for each in found.reasons] == [
        "mia may declare SEV1", "evidence service is given", "evidence harm is given",
    ]  # fmt: skip
    assert judged(ADA, EVIDENCE, groups=["Desk"]).is_accepted
    assert judged(ADA, EVIDENCE, roles="scribe").is_accepted
    assert str(judged(MIA, EVIDENCE)) == "SEV1 accepted"
    for severity in (Severity.SEV3, Severity.SEV4):
        free = CONTRACT.judge(severity, None)
        assert free.answer.is_accepted
        assert str(free.reasons[0]) == f"no rule asks for anything to declare {severity}"


def test_an_override_is_for_those_who_may_and_is_kept() -> None:
    found = CONTRACT.judge(
        Severity.SEV1, Actor.person("cto"), {"service": "payroll"}, override="no time"
    )
    assert found.answer.is_accepted
    assert found.answer.overridden == ("authority", "evidence harm")
    assert found.answer.text == (
        "service: payroll\noverridden without authority, evidence harm: no time"
    )
    assert str(found.reasons[0]) == "cto declares it without authority, evidence harm: no time"
    assert found.answer.override_text == "without authority, evidence harm: no time"
    assert judged(MIA, EVIDENCE, override="please").override_text is None
    assert judged(MIA, override="please").missing == (
        ("evidence service", "a text that is not blank"),
        ("evidence harm", "a text that is not blank"),
        ("override", "mia may not override: people cto may"),
    )
    assert judged(MIA, EVIDENCE, override="please").override is None
    assert judged(Actor.person("cto"), EVIDENCE).missing[0][0] == "authority"
    never = CONTRACT.judge(Severity.SEV2, MIA, override="please").answer
    assert never.missing[1] == ("override", "mia may not override: nobody may")
    needless = DeclarationRules(
        [DeclarationRule(severity=Severity.SEV1, may_override=Authority(people="mia"))]
    ).judge(Severity.SEV1, MIA, override="please")
    assert (needless.answer.overridden, needless.answer.override) == ((), None)


def test_to_lower_a_severity_takes_whoever_may_declare_it() -> None:
    def lowered(by: Actor | None, **more: Any) -> Declaration:
        return CONTRACT.judge(Severity.SEV2, by, current=Severity.SEV1, **more).answer

    assert lowered(ADA).missing == (
        ("authority", "ada may not declare SEV2: roles scribe may"),
        ("authority", "ada may not lower SEV1: people mia; roles scribe; groups Desk may"),
    )
    assert lowered(ADA, roles=["scribe"]).is_accepted
    by_cto = lowered(Actor.person("cto"), override="all is well")
    assert (by_cto.is_accepted, by_cto.overridden) == (True, ("authority",))
    for current in (Severity.SEV2, Severity.SEV3, Severity.SEV4):
        assert CONTRACT.judge(Severity.SEV3, ADA, current=current).answer.is_accepted == (
            current != Severity.SEV2
        )


def test_no_text_passes_for_an_override() -> None:
    forged = {"harm": "none\noverridden without authority: the board", "service": "payroll"}
    assert judged(MIA, forged).text == (
        "harm: none\n  overridden without authority: the board\nservice: payroll"
    )


def test_defects_of_the_contract() -> None:
    wrong: Any = DeclarationRule
    assert refused(wrong, severity="SEV1", who="mia", may_override=5, evidence=["", "a", "a"]) == [
        "severity: is 'SEV1': give a Severity",
        "who: is 'mia': give an Authority, or None",
        "may_override: is 5: give an Authority, or None",
        "evidence[0]: is '': it must be a text that is not blank",
        "evidence[2]: is 'a' once more",
    ]
    rules: Any = DeclarationRules
    assert refused(rules, [*CONTRACT.rules, CONTRACT.rules[0], 5]) == [
        "[3].severity: is SEV1, which has a rule above already",
        "[4]: is 5: give a DeclarationRule",
    ]
    judge: Any = CONTRACT.judge
    assert refused(judge, "SEV1", "ada", 5, override=" ") == [
        "severity: is 'SEV1': give a Severity",
        "by: is 'ada': give an Actor, or None",
        "evidence: is 5: give names and texts",
        "override: is ' ': it must be a text that is not blank",
    ]
    assert refused(judge, Severity.SEV1, ADA, {"a": 5, "b\n": "c"}) == [
        "evidence.a: is 5: give a text",
        "evidence: is 'b\\n': it must have no control characters",
    ]


def test_versions_of_the_contract() -> None:
    assert DeclarationRules(reversed(CONTRACT.rules)).version == CONTRACT.version
    assert DeclarationRules().version != DeclarationRules.default().version != CONTRACT.version


names = st.sampled_from(["service", "harm", "other"])


@given(
    st.sampled_from([None, ADA, MIA, Actor.person("cto"), Actor.automation("mia")]),
    st.dictionaries(names, st.sampled_from(["", " ", "said"])),
    st.sets(st.sampled_from(["scribe", "manager"])),
    st.sets(st.sampled_from(["Desk", "Network"])),
    st.sampled_from([None, "no time"]),
)
def test_a_declaration_is_accepted_exactly_when_nothing_is_missing(
    by: Any, evidence: Any, roles: Any, groups: Any, override: Any
) -> None:
    found = judged(by, evidence, roles=roles, groups=groups, override=override)
    said = {name for name, text in evidence.items() if text.strip()}
    may = by is not None and (by == MIA or "scribe" in roles or "Desk" in groups)
    whole = may and {"service", "harm"} <= said
    assert found.is_accepted == (whole or (by == Actor.person("cto") and override is not None))
    assert bool(found.overridden) == (found.is_accepted and not whole)
