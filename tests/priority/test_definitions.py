"""From facts to impact, urgency and priority: examples, defects, laws."""

from __future__ import annotations

import pickle
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput
from itilcore.priority import (
    Adjustments,
    Assessment,
    Impact,
    ImpactRules,
    LevelRule,
    LevelRules,
    Priority,
    PriorityAdjustment,
    PriorityMatrix,
    Severity,
    SeverityRules,
    SituationFacts,
    Urgency,
    UrgencyRules,
    assess,
)

from .situations import TIMES, TRUTHS, level_rows, situations, values, worsened
from .strategies import monotone_cells

HOUR = timedelta(hours=1)
DEFAULTS = ImpactRules.default(), UrgencyRules.default(), PriorityMatrix.itil()
GATEWAY = SituationFacts(
    service="payment gateway",
    service_down=True,
    critical_service=True,
    work_halted=True,
    revenue_per_hour=40_000,
)
SEARCH = SituationFacts(
    service="search", service_down=False, critical_service=False, users_affected=8
)


def refused(make: Any, *given: Any, **named: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        make(*given, **named)
    return [str(each) for each in caught.value.defects]


def rule(name: str, level: Any, **when: Any) -> LevelRule:
    return LevelRule(name=name, level=level, when=when)


def test_a_payment_gateway_outage_is_p1_and_a_slow_search_for_few_is_p3() -> None:
    assert assess(GATEWAY, *DEFAULTS).answer == Priority.P1
    assert assess(SEARCH, *DEFAULTS).answer == Priority.P3
    assert assess(SituationFacts(), *DEFAULTS).answer == Priority.P4


def test_what_is_known_of_facts() -> None:
    facts = SituationFacts(users_affected=3, revenue_per_hour=0.0)
    assert facts.stated == {"users_affected": 3, "revenue_at_risk": False, "revenue_per_hour": 0.0}
    assert pickle.loads(pickle.dumps(facts)) == facts
    assert evolve(facts, revenue_per_hour=5).known("revenue_at_risk") is True
    assert len({facts, evolve(facts), evolve(facts, workaround=True)}) == 2
    assert refused(facts.known, "user_share") == [
        "user_share: is no fact; did you mean 'users_share'?"
    ]
    assert refused(facts.known, 5)[0].startswith("5: is no fact")


@pytest.mark.parametrize(
    ("name", "wrong", "why"),
    [
        *((name, 1, "is 1: it must be true or false") for name in TRUTHS),
        *((name, -HOUR, "a time of nothing or more") for name in TIMES),
        *((name, 3, "a time of nothing or more") for name in TIMES),
        ("users_affected", -1, "a whole number from 0"),
        ("users_affected", 1.5, "a whole number from 0"),
        ("users_affected", True, "a whole number from 0"),
        ("users_share", 40, "a number from 0 to 1"),
        ("users_share", float("nan"), "a number from 0 to 1"),
        ("revenue_per_hour", float("inf"), "a number from 0"),
        ("revenue_per_hour", 10**400, "a number from 0"),
        ("revenue_per_hour", "much", "a number from 0"),
        ("service", " ", "a name"),
    ],
)
def test_values_that_are_none(name: str, wrong: Any, why: str) -> None:
    (said,) = refused(SituationFacts, **{name: wrong})
    assert said.startswith(f"{name}: is ")
    assert said.endswith(why)


def test_all_defects_of_facts_at_once_and_revenue_that_contradicts_itself() -> None:
    assert len(refused(SituationFacts, users_affected=-1, workaround="no")) == 2
    for amount, risk in ((5, False), (0, True)):
        (said,) = refused(SituationFacts, revenue_per_hour=amount, revenue_at_risk=risk)
        assert said == f"revenue_at_risk: is {risk}, and revenue_per_hour is {amount}"
    assert SituationFacts(revenue_per_hour=5, revenue_at_risk=True).revenue_at_risk


def test_defects_of_a_row() -> None:
    wrong: Any = LevelRule
    assert refused(wrong, name=" ", level="HIGH", when={}, example=5) == [
        "name: is ' ': it must be a text that is not blank",
        "level: is 'HIGH': give a level of a scale",
        "example: is 5: it must be a text",
        "when: has no conditions",
    ]
    when = {
        "user_share": 0.5, "users_share": 0, "workaround": True, "service": [], "work_halted": 1,
        "threshold_within": -HOUR,
    }  # fmt: skip
    assert refused(wrong, name="a", level=Impact.LOW, when=when) == [
        "when.service: is []: it must be one name or several",
        f"when.threshold_within: is {-HOUR!r}: it must be a time of nothing or more",
        "when.user_share: is no fact; did you mean 'users_share'?",
        "when.users_share: is 0, which is always so: give at least what",
        "when.work_halted: is 1: it must be true or false",
    ]
    assert refused(wrong, name="a", level=Impact.LOW, when="all") == [
        "when: is 'all': give facts and what is wanted of them"
    ]
    turned = "asks for less harm, so that more of it would lower the level"
    for wrong_name in ({"a": 1}, 5, None, ["a", 5]):
        assert refused(wrong, name="a", level=Impact.LOW, when={"service": wrong_name}) == [
            f"when.service: is {wrong_name!r}: it must be one name or several"
        ]
    easing = {"critical_service": False, "workaround": True}
    assert refused(wrong, name="a", level=Impact.LOW, when=easing) == [
        f"when.critical_service: {turned}", f"when.workaround: {turned}",
    ]  # fmt: skip
    assert rule("a", Impact.LOW, workaround=False, capacity_short=False).when.rows
    assert refused(wrong, name="a", level=Impact.LOW, when={5: True})[0].startswith("when.5: is no")


def test_defects_of_rules() -> None:
    wrong: Any = ImpactRules
    assert refused(wrong, [5], "LOW", {"users": 1, "workaround": 0}) == [
        "rules[0]: is 5: give a LevelRule",
        "otherwise: is 'LOW': give Impact levels",
        "assumed.users: is no fact; did you mean 'users_share'?",
        "assumed.workaround: is 0: it must be true or false",
    ]
    assert refused(wrong, [], Impact.LOW, 5) == ["assumed: is 5: give a mapping of facts to values"]
    assert refused(wrong, [rule("a", Urgency.HIGH, vip_affected=True)], Impact.LOW) == [
        "rules[0].level: is Urgency.HIGH: give Impact levels"
    ]
    rows = [
        rule("a", Impact.MEDIUM, vip_affected=True),
        rule("b", Impact.HIGH, safety_at_risk=True),
        rule("a", Impact.LOW, vip_affected=True, users_affected=5),
    ]
    assert refused(wrong, rows, Impact.MEDIUM) == [
        "rules[2].name: is 'a', which stands above already",
        "rules[2].when: is never reached: 'a' fits before",
        "rules[1].level: is HIGH, below rows that give MEDIUM: highest first",
        "otherwise: is MEDIUM, below rows that give LOW: highest first",
    ]
    many = [rule(str(n), Impact.LOW, vip_affected=True) for n in range(501)]
    assert refused(wrong, many, Impact.LOW) == ["rules: are 501 rows: at most 500"]
    assert refused(LevelRules, [], Impact.LOW) == ["use ImpactRules or UrgencyRules"]
    assert refused(DEFAULTS[0].assess, "facts") == ["facts: is 'facts': give SituationFacts"]


@pytest.mark.parametrize(
    ("above", "below", "covered"),
    [
        ({"users_affected": 5}, {"users_affected": 9}, True),
        ({"users_affected": 9}, {"users_affected": 5}, False),
        ({"threshold_within": 2 * HOUR}, {"threshold_within": HOUR}, True),
        ({"threshold_within": HOUR}, {"threshold_within": 2 * HOUR}, False),
        ({"service": ["a", "b"]}, {"service": "a"}, True),
        ({"service": "a"}, {"service": ["a", "b"]}, False),
        ({"capacity_short": True}, {"capacity_short": False}, False),
        ({"vip_affected": True}, {"work_halted": True}, False),
    ],
)
def test_rows_that_are_never_reached(above: Any, below: Any, covered: bool) -> None:
    rows = [
        LevelRule(name="a", level=Impact.HIGH, when=above),
        LevelRule(name="b", level=Impact.LOW, when=below),
    ]
    if covered:
        assert refused(ImpactRules, rows, Impact.LOW) == [
            "rules[1].when: is never reached: 'a' fits before"
        ]
    else:
        assert ImpactRules(rows, Impact.LOW).levels == (Impact.HIGH, Impact.LOW)


def test_missing_facts_are_named_and_assumed() -> None:
    rows = [
        rule("many", Impact.HIGH, users_affected=100, vip_affected=True),
        rule("some", Impact.MEDIUM, users_affected=2),
    ]
    rules = ImpactRules(rows, Impact.LOW, {"users_affected": 3, "workaround": False})
    found = rules.assess(SituationFacts(vip_affected=True))
    assert found.answer == Impact.MEDIUM
    assert [str(each) for each in found.reasons] == [
        "impact is MEDIUM, some: at least 2 users affected",
        "users_affected is unknown: assumed to be 3",
    ]
    found = ImpactRules(rows, Impact.LOW).assess(SituationFacts())
    assert found.answer == Impact.LOW
    assert [str(each) for each in found.reasons] == [
        "no row fits: impact is LOW otherwise",
        "users_affected is unknown, and fits nothing: it might have fitted 'many', 'some'",
        "vip_affected is unknown, and fits nothing: it might have fitted 'many'",
    ]
    assert found.reasons[1].inputs == (("users_affected", None),)
    said = [str(each) for each in DEFAULTS[1].assess(SituationFacts()).reasons]
    assert "work_halted is unknown: assumed to be false" in said


def test_definitions_are_published() -> None:
    rules = UrgencyRules(
        [
            LevelRule(
                name="a|b",
                level=Urgency.HIGH,
                when={
                    "service": ["pay", "roll"], "users_share": 0.25, "threshold_within": 1.5 * HOUR,
                    "users_affected": 1_000, "revenue_per_hour": 5, "workaround": False,
                    "compliance_deadline_within": timedelta(seconds=5),
                },
                example="<b>all</b>\nof it",
            )
        ],
        Urgency.LOW,
    )  # fmt: skip
    when = (
        "service is pay or roll; at least 1,000 users affected; at least 25 % of the users "
        "affected; at least 5 lost an hour; compliance deadline within 5 s; "
        "threshold reached within 1 h 30 min; no workaround"
    )
    assert rules.definitions() == (
        ("HIGH", "a|b", when, "<b>all</b>\nof it"),
        ("LOW", "otherwise", "", ""),
    )
    lines = rules.markdown().splitlines()
    assert lines[0] == "| Urgency | Definition | When | Example |"
    assert lines[2] == f"| HIGH | a\\|b | {when} | &lt;b&gt;all&lt;/b&gt; of it |"
    assert len(lines) == 4
    for defaults in DEFAULTS[:2]:
        assert all(example for *_, example in defaults.definitions()[:-1])


def test_versions_are_of_the_content() -> None:
    assert DEFAULTS[0].version == ImpactRules.default().version
    assert DEFAULTS[0].version != DEFAULTS[1].version
    one = ImpactRules(
        [rule("a", Impact.HIGH, service=["a", "b"], threshold_within=HOUR)], Impact.LOW
    )
    other = ImpactRules(
        [rule("a", Impact.HIGH, service=["b", "a"], threshold_within=HOUR)], Impact.LOW
    )
    assert one == other
    assert one.version == other.version != evolve(one, assumed={"workaround": True}).version
    assert evolve(one, otherwise=Impact.MEDIUM).version != one.version


def test_levels_that_the_matrix_does_not_have_give_no_priority() -> None:
    matrix = PriorityMatrix.from_grid([["first"]], ["all"], ["now"], ["first"])
    found = assess(GATEWAY, *DEFAULTS[:2], matrix)
    assert found.answer is None
    assert str(found.reasons[-1]) == "no priority: impact HIGH is not on the scale: all"
    whole = Assessment.of(GATEWAY, *DEFAULTS[:2], matrix)
    assert (whole.answer.computed, whole.answer.priority, str(whole.answer)) == (
        None,
        None,
        "unknown",
    )


def test_an_assessment_joins_all_reasons() -> None:
    facts = evolve(GATEWAY, workaround=True)
    found = Assessment.of(
        facts, *DEFAULTS, adjustments=Adjustments.default(), severities=SeverityRules.default()
    )
    assert found.answer == Assessment(
        impact=Impact.HIGH,
        urgency=Urgency.HIGH,
        computed=Priority.P1,
        priority=Priority.P2,
        severity=Severity.SEV1,
    )
    assert {each.rule for each in found.reasons} == {
        "impact rules", "urgency rules", "priority matrix", "priority adjustments", "severity rules",
    }  # fmt: skip
    assert str(found.answer) == "P2, SEV1"
    alone = assess(facts, *DEFAULTS, adjustments=Adjustments.default())
    assert alone.answer == Priority.P2
    assert alone.version != found.version
    assert not any(each.rule == "severity rules" for each in alone.reasons)


@given(worsened())
def test_worsening_a_fact_never_lowers_impact_or_urgency(pair: Any) -> None:
    before, after = pair
    for rules in DEFAULTS[:2]:
        assert rules.assess(before).answer.rank >= rules.assess(after).answer.rank


@given(level_rows(), worsened(), st.booleans())
def test_worsening_never_lowers_by_any_rules_that_exist(rows: Any, pair: Any, assume: bool) -> None:
    assumed = {"users_affected": 40, "work_halted": True} if assume else {}
    reached = [
        row
        for index, row in enumerate(rows)
        if not any(above.when.covers(row.when) for above in rows[:index])
    ]
    rules = ImpactRules(reached, Impact.LOW, assumed)
    before, after = (rules.assess(each).answer for each in pair)
    assert not before.outranks(after)


@given(worsened(), st.lists(st.tuples(st.sampled_from(TRUTHS), st.integers(1, 3))))
def test_worsening_never_lowers_the_priority_adjusted_or_not(pair: Any, rows: Any) -> None:
    adjustments = Adjustments(
        PriorityAdjustment(
            name=f"row {index}",
            when={name: True},
            steps=steps if name == "workaround" else -steps,
        )
        for index, (name, steps) in enumerate(rows)
    )
    matrix = PriorityMatrix.servicenow()
    before, after = (
        assess(each, *DEFAULTS[:2], matrix, adjustments=adjustments).answer for each in pair
    )
    assert before is not None
    assert after is not None
    assert not before.outranks(after)


@given(monotone_cells(), situations())
def test_raising_impact_or_urgency_never_lowers_priority_after_adjustments(
    cells: Any, facts: SituationFacts
) -> None:
    matrix = PriorityMatrix(cells)
    adjustments = Adjustments.default()

    def adjusted(impact: Impact, urgency: Urgency) -> Priority:
        computed = matrix.assess(impact, urgency).answer
        assert computed is not None
        return adjustments.apply(computed, facts, matrix.priorities).answer

    places = list(product(matrix.impacts, matrix.urgencies))
    for (impact, urgency), (lower, later) in product(places, places):
        if impact.rank <= lower.rank and urgency.rank <= later.rank:
            assert not adjusted(lower, later).outranks(adjusted(impact, urgency))


@given(situations())
def test_a_row_fits_exactly_where_a_plain_reading_of_it_does(facts: SituationFacts) -> None:
    for rules in DEFAULTS[:2]:
        known = {**dict(rules.assumed), **facts.stated}
        expected = rules.otherwise
        for row in reversed(rules.rules):
            if all(name in known and plain(known[name], want) for name, want in row.when.rows):
                expected = row.level  # type: ignore[assignment]  # rows are of the kind of their rules
        assert rules.assess(facts).answer == expected
    assert set(values) == {*facts.stated} | {n for n in values if facts.known(n) is None}


def plain(value: Any, want: Any) -> bool:
    if isinstance(want, bool):
        return value is want
    if isinstance(want, timedelta):
        return bool(value.total_seconds() <= want.total_seconds())
    return bool(value >= want)


def test_a_wrong_assumption_hides_no_order() -> None:
    wrong: Any = ImpactRules
    rows = [
        LevelRule(name="a", level=Impact.LOW, when={"vip_affected": True}),
        LevelRule(name="a", level=Impact.HIGH, when={"service_down": True}),
    ]
    assert [each.partition(":")[0] for each in refused(wrong, rows, Impact.LOW, {"user": 1})] == [
        "rules[1].name",
        "rules[1].level",
        "assumed.user",
    ]
