"""Severity by the words of the business, and adjustments that leave it alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput
from itilcore.priority import (
    Adjustments,
    Priority,
    PriorityAdjustment,
    Severity,
    SeverityDefinition,
    SeverityRules,
    SituationFacts,
)

from .situations import situations, worsened
from .test_definitions import refused

HOUR = timedelta(hours=1)
PAYROLL = SituationFacts(
    service="payroll", critical_service=True, service_down=True, in_critical_window=True
)
SCALE = Priority.default_scale()


def definition(severity: Severity = Severity.SEV1, **more: Any) -> SeverityDefinition:
    return SeverityDefinition(
        **{"severity": severity, "meaning": "It hurts.", "examples": "payroll", **more}
    )


def test_payroll_down_during_its_processing_window_is_sev1() -> None:
    rules = SeverityRules.default()
    found = rules.assess(PAYROLL)
    assert found.answer == Severity.SEV1
    assert str(found.reasons[0]) == (
        "severity is SEV1: service is down; critical service; within its critical window"
    )
    assert rules.assess(evolve(PAYROLL, in_critical_window=False)).answer == Severity.SEV2
    said = [str(each) for each in rules.assess(evolve(PAYROLL, in_critical_window=None)).reasons]
    assert said[1] == (
        "it might be SEV1: in_critical_window, revenue_at_risk, safety_at_risk, users_share unknown"
    )
    assert rules.assess(SituationFacts(users_affected=1)).answer == Severity.SEV4
    nothing = rules.assess(SituationFacts())
    assert nothing.answer is None
    assert str(nothing.reasons[0]) == "what is known fits no severity"
    assert len(nothing.reasons) == 5
    sev1 = rules.definition(Severity.SEV1)
    assert sev1 is not None
    assert sev1.maximum_tolerable_downtime == HOUR
    assert rules.definition(Severity("worse", 9)) is None
    assert "payroll down during its processing window" in rules.markdown()
    assert rules.markdown().count("\n") == 5


def test_defects_of_a_definition() -> None:
    assert refused(definition, meaning=" ", examples=[], maximum_tolerable_downtime=-HOUR) == [
        "meaning: is ' ': it must be a text that is not blank",
        "examples: are none: people need one to compare with",
        f"maximum_tolerable_downtime: is {-HOUR!r}: give a timedelta of more than nothing",
    ]
    wrong: Any = "Sev1"
    assert refused(definition, wrong, examples=["a", ""], maximum_tolerable_downtime=5) == [
        "severity: is 'Sev1': give a Severity",
        "examples[1]: is '': it must be a text that is not blank",
        "maximum_tolerable_downtime: is 5: give a timedelta of more than nothing",
    ]
    moves = "moves the priority of the work, never the severity"
    when = [{"workaround": False, "blocks_others": True, "capacity_short": True}, {}, 5]
    assert refused(definition, when=when) == [
        *(f"when[0].{n}: {moves}" for n in ("blocks_others", "capacity_short", "workaround")),
        "when[1]: has no conditions",
        "when[2]: is 5: give facts and what is wanted of them",
    ]
    assert refused(definition, when={"service_down": False})[0].startswith("when[0].service_down")


def test_defects_of_severities() -> None:
    wrong: Any = SeverityRules
    assert refused(wrong, [5], ["SEV1"]) == [
        "definitions[0]: is 5: give a SeverityDefinition",
        "scale[0]: is 'SEV1': give a Severity",
    ]
    twice = [definition(), definition(Severity("Sev9", 9)), definition()]
    assert refused(wrong, twice) == [
        "definitions[1].severity: is Sev9, which is none of SEV1, SEV2, SEV3, SEV4",
        "definitions[2].severity: is SEV1, which is defined above already",
    ]
    assert refused(wrong, [], [Severity("a", 1), Severity("b", 1)]) == [
        "scale: has severities of one rank: a, b"
    ]
    backwards = [
        definition(Severity.SEV3, maximum_tolerable_downtime=HOUR),
        definition(Severity.SEV2),
        definition(maximum_tolerable_downtime=1.5 * HOUR),
    ]
    assert refused(wrong, backwards) == [
        "SEV1: tolerates 1 h 30 min of downtime, the lower SEV3 1 h"
    ]
    assert refused(SeverityRules().assess, None) == ["facts: is None: give SituationFacts"]


def test_the_order_of_definitions_means_nothing() -> None:
    rows = SeverityRules.default().definitions
    assert SeverityRules(reversed(rows)) == SeverityRules.default()
    assert SeverityRules(reversed(rows)).version == SeverityRules.default().version
    own = SeverityRules([], Severity.scale("Sev1", "Sev2"))
    assert own.version != SeverityRules().version
    assert own.assess(PAYROLL).answer is None
    declared_only = SeverityRules([definition()])
    assert declared_only.assess(PAYROLL).answer is None
    assert declared_only.markdown().endswith("| SEV1 | It hurts. |  |  | payroll |")


@given(situations(), st.booleans(), st.booleans(), st.booleans())
def test_what_moves_the_work_never_moves_the_severity(
    facts: SituationFacts, workaround: bool, blocks: bool, short: bool
) -> None:
    rules = SeverityRules.default()
    other = evolve(facts, workaround=workaround, blocks_others=blocks, capacity_short=short)
    assert rules.assess(other).answer == rules.assess(facts).answer


@given(worsened())
def test_worsening_a_fact_never_lowers_the_severity(pair: Any) -> None:
    before, after = (SeverityRules.default().assess(each).answer for each in pair)
    if before is not None:
        assert after is not None
        assert not before.outranks(after)


def row(name: str, steps: int, **when: Any) -> PriorityAdjustment:
    return PriorityAdjustment(name=name, when=when, steps=steps)


def test_adjustments_add_up_and_stay_on_the_scale() -> None:
    rows = Adjustments(
        [
            row("workaround", 1, workaround=True),
            row("dependency", -2, blocks_others=True),
            row("capacity", 1, capacity_short=True),
        ]
    )
    facts = SituationFacts(workaround=True, blocks_others=True)
    found = rows.apply(Priority.P3, facts, SCALE)
    assert found.answer == Priority.P2
    assert [str(each) for each in found.reasons] == [
        "workaround: 1 step lower",
        "dependency: 2 steps higher",
        "together from P3 to P2",
        "capacity_short is unknown: 'capacity' does not count",
    ]
    assert rows.apply(Priority.P1, facts, SCALE).answer == Priority.P1
    assert rows.apply(Priority.P2, SituationFacts(workaround=False), SCALE).answer == Priority.P2
    worst = SituationFacts(workaround=True, capacity_short=True)
    assert rows.apply(Priority.P3, worst, SCALE[:4]).answer == Priority.P4
    (only, *_) = rows.apply(Priority.P4, worst, [Priority.P4, Priority.P3]).reasons
    assert str(only) == "workaround: 1 step lower"
    assert Adjustments().apply(Priority.P2, worst, SCALE).reasons == ()


def test_defects_of_adjustments() -> None:
    assert refused(row, " ", 0, users=5) == [
        "name: is ' ': it must be a text that is not blank",
        "steps: is 0: give a whole number, above 0 to lower the priority",
        "when.users: is no fact; did you mean 'users_share'?",
    ]
    assert refused(row, "a", True, workaround=True) == [
        "steps: is True: give a whole number, above 0 to lower the priority"
    ]
    assert refused(row, "a", 1, users_affected=5, work_halted=True, workaround=False) == [
        "when.users_affected: lowers for more harm",
        "when.work_halted: lowers for more harm",
        "when.workaround: lowers for more harm",
    ]
    assert refused(row, "a", -1, workaround=True) == ["when.workaround: raises for less harm"]
    wrong: Any = Adjustments
    rows = [row("a", 1, workaround=True), row("a", -1, vip_affected=True), 5]
    assert refused(wrong, rows) == [
        "[1].name: is 'a', which stands above already",
        "[2]: is 5: give a PriorityAdjustment",
    ]
    assert refused(Adjustments().apply, Priority.P5, PAYROLL, SCALE[:2]) == [
        "priority: is Priority.P5, which is none of P1, P2"
    ]
    with pytest.raises(InvalidInput):
        Adjustments().apply(Priority.P1, "facts", SCALE)  # type: ignore[arg-type]  # on purpose


@given(
    st.lists(st.integers(-6, 6).filter(bool), max_size=4),
    st.sampled_from(SCALE),
    st.permutations(SCALE),
)
def test_steps_are_a_sum_within_the_scale(steps: list[int], start: Priority, scale: Any) -> None:
    rows = [row(f"row {index}", each, service="a") for index, each in enumerate(steps)]
    found = Adjustments(rows).apply(start, SituationFacts(service="a"), scale)
    assert found.answer.rank == max(1, min(5, start.rank + sum(steps)))
    assert len(found.reasons) == len(steps) + (len(steps) > 1)
    assert Adjustments(rows).version == Adjustments(list(rows)).version
    if steps:
        assert Adjustments(rows).version != Adjustments().version


@pytest.mark.parametrize(
    ("known", "severity"),
    [
        ({"users_share": 1.0, "service_down": True}, Severity.SEV2),
        ({"users_affected": 500, "service_down": True}, Severity.SEV2),
        ({"users_share": 0.4, "service_down": True}, Severity.SEV3),
        ({"revenue_per_hour": 1e9}, Severity.SEV3),
        ({"revenue_per_hour": 1e9, "service_down": True}, Severity.SEV2),
        ({"revenue_per_hour": 0}, None),
        ({"compliance_deadline_within": timedelta()}, Severity.SEV2),
        ({"compliance_deadline_within": timedelta(hours=24)}, Severity.SEV3),
        ({"compliance_deadline_within": timedelta(hours=25)}, None),
    ],
)
def test_much_harm_of_one_kind_has_a_severity(known, severity):
    assert SeverityRules.default().assess(SituationFacts(**known)).answer == severity
