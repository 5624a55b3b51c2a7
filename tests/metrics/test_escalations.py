"""Escalations as metrics, and what downtime costs by service and severity."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput
from itilcore.exchange import (
    read_facts_csv,
    read_facts_parquet,
    write_facts_csv,
    write_facts_parquet,
)
from itilcore.incident import (
    Asserted,
    Cancelled,
    Classified,
    Closed,
    Escalated,
    EscalationKind,
    ImpactStarted,
    Incident,
    Logged,
    Resolved,
    SeverityDeclared,
)
from itilcore.metrics import (
    ESCALATION_METRICS,
    ESCALATION_RATE,
    FUNCTIONAL_ESCALATION_RATE,
    HIERARCHIC_ESCALATION_RATE,
    TIME_TO_ESCALATE,
    CostRow,
    DowntimeCost,
    measure_all,
)
from itilcore.priority import Severity

from .stories import at

UP, OVER = EscalationKind.HIERARCHIC, EscalationKind.FUNCTIONAL


def made(*events, number=1):
    return Incident.replay(f"INC{number}", [Logged(at(0)), *events])


def excluded(metric, *events):
    return dict(metric.measure([made(*events)]).excluded)


def test_how_many_were_escalated_and_to_whom():
    found = measure_all(
        ESCALATION_METRICS,
        [
            made(Escalated(at(30), UP, "the manager"), Escalated(at(90), OVER, "network")),
            made(Escalated(at(60), OVER, "network"), number=2),
            made(number=3),
            made(Asserted(at(1), {"escalations": None}), number=4),
            made(Asserted(at(1), {"escalations": 2}), number=5),
        ],
    )
    rate, functional, hierarchic = (found[m.name] for m in ESCALATION_METRICS[:3])
    assert (rate.count, rate.n, dict(rate.excluded)) == (3, 4, {"escalations unknown": 1})
    assert (functional.count, functional.n) == (2, 3)
    assert (hierarchic.count, hierarchic.n) == (1, 3)
    spent = found["TIME_TO_ESCALATE"]
    assert (spent.n, spent.mean, spent.censored) == (2, 0.75, 1)
    assert dict(spent.excluded) == {
        "escalations unknown": 1,
        "instant of the escalation unknown": 1,
        "not escalated yet": 1,
    }


def test_the_first_escalation_is_the_earliest_in_whatever_order_they_are_written_down():
    late = made(
        Escalated(at(50), OVER, "b"), Escalated(at(31), UP, "a"), Escalated(at(70), UP, "c")
    )
    assert TIME_TO_ESCALATE.measure([late]).mean == pytest.approx(31 / 60)
    assert late.facts.first_escalated_at == at(31)


def test_why_there_is_no_first_escalation():
    assert excluded(TIME_TO_ESCALATE, Closed(at(5))) == {"ended without an escalation": 1}
    assert excluded(TIME_TO_ESCALATE, Cancelled(at(5))) == {"cancelled": 1}
    told = made(Asserted(at(1), {"escalations": 1, "first_escalated_at": at(120)}), Closed(at(180)))
    assert TIME_TO_ESCALATE.measure([told]).mean == 2.0
    assert ESCALATION_RATE.measure([told]).value == 1.0
    assert excluded(FUNCTIONAL_ESCALATION_RATE, Asserted(at(1), {"escalations": 3})) == {
        "escalations unknown": 1
    }
    assert HIERARCHIC_ESCALATION_RATE.measure([made()]).value == 0.0


KINDS = st.sampled_from([UP, OVER])
LIVES = st.lists(
    st.tuples(st.lists(st.tuples(st.integers(1, 500), KINDS), max_size=3), st.booleans()),
    min_size=1,
    max_size=8,
)


@given(lives=LIVES)
def test_incidents_rows_and_files_give_the_same_and_a_plain_count_agrees(lives, tmp_path_factory):
    incidents = [
        made(
            *(Escalated(at(minute), kind, "x") for minute, kind in escalations),
            *([Resolved(at(600))] if resolved else []),
            number=number,
        )
        for number, (escalations, resolved) in enumerate(lives)
    ]
    facts = [incident.facts for incident in incidents]
    folder = tmp_path_factory.mktemp("facts")
    text = io.StringIO(newline="")
    write_facts_csv(facts, text)
    (folder / "facts.csv").write_text(text.getvalue(), newline="")
    with (folder / "facts.parquet").open("wb") as file:
        write_facts_parquet(facts, file)
    metrics = (*ESCALATION_METRICS, COST)
    found = measure_all(metrics, incidents)
    for source in (
        facts,
        list(read_facts_csv(folder / "facts.csv")),
        list(read_facts_parquet(folder / "facts.parquet")),
    ):
        assert measure_all(metrics, source) == found
    assert found["ESCALATION_RATE"].count == sum(bool(each) for each, _ in lives)
    for name, kind in (("FUNCTIONAL", OVER), ("HIERARCHIC", UP)):
        count = sum(any(own is kind for _, own in each) for each, _ in lives)
        assert found[f"{name}_ESCALATION_RATE"].count == count
    firsts = [min(minute for minute, _ in each) / 60 for each, _ in lives if each]
    if firsts:
        assert found["TIME_TO_ESCALATE"].mean == pytest.approx(sum(firsts) / len(firsts))


COST = DowntimeCost(
    rows=[
        CostRow(9_000, service="Payroll", severity=Severity.SEV1),
        CostRow(600, service="Payroll"),
        CostRow(120, severity="SEV2"),
    ],
    rates={"Mail": 1},
)


def down(service, severity, minutes, number=1):
    told = [Classified(at(0), service=service)]
    if severity is not None:
        told.append(SeverityDeclared(at(0), severity))
    return made(*told, *([] if minutes is None else [Resolved(at(minutes))]), number=number)


def test_the_first_row_that_fits_is_the_cost_and_the_rates_come_last():
    found = COST.measure(
        [
            down("Payroll", Severity.SEV1, 20),
            down("Payroll", Severity.SEV3, 60, 2),
            down("Payroll", None, 30, 3),
            down("Web", Severity.SEV2, 30, 4),
            down("Mail", Severity.SEV1, 60, 5),
            down("Payroll", Severity.SEV1, None, 6),
        ]
    )
    assert (found.n, found.ongoing, found.excluded) == (6, 1, ())
    # The last one runs on to the latest instant of all, an hour after it was logged.
    assert dict(found.services) == {"Mail": 60, "Payroll": 3_000 + 600 + 300 + 9_000, "Web": 60}
    assert dict(found.severities) == {
        "(none)": 300, "SEV1": 3_000 + 60 + 9_000, "SEV2": 60, "SEV3": 600,
    }  # fmt: skip
    assert found.cost == sum(dict(found.services).values())
    assert found.to_dict()["severities"]["SEV2"] == 60
    twice = [
        down("Payroll", Severity.SEV1, 20),
        down("Payroll", Severity.SEV1, None, 2),
        made(number=3),
    ]
    parted = COST.measure(twice, by="severity")
    assert (parted.by["SEV1"].cost, parted.cost) == (6_000, 6_000)


SPELLS = st.lists(
    st.tuples(st.integers(-60, 700), st.sampled_from(["SEV1", "SEV2", "SEV3", "SEV4"])),
    max_size=4,
    unique_by=lambda spell: spell[0],
)


@given(spells=SPELLS, impact=st.integers(-30, 30), end=st.none() | st.integers(30, 600))
def test_each_minute_costs_what_it_does_at_the_severity_of_that_time(spells, impact, end):
    per_minute = {"SEV1": 10.0, "SEV2": 2.0, "SEV3": 0.5}
    scale = {each.name: each for each in Severity.default_scale()}
    cost = DowntimeCost(
        rows=[CostRow(60 * each, severity=name) for name, each in per_minute.items()]
    )
    events = [ImpactStarted(at(impact))]
    events += [SeverityDeclared(at(minute), scale[name]) for minute, name in sorted(spells)]
    events += [] if end is None else [Resolved(at(end))]
    incident = made(*events)
    found = cost.measure([incident])
    last = max([0, impact, *(minute for minute, _ in spells)]) if end is None else end
    spent, unpriced = 0.0, 0
    ordered = sorted(spells)
    names = []
    for minute in range(impact, last):
        so_far = [name for since, name in ordered if since <= minute] or [
            name for _, name in ordered[:1]
        ]
        names += so_far[-1:]
        if so_far and so_far[-1] in per_minute:
            spent += per_minute[so_far[-1]]
        else:
            unpriced += 1
    if found.n:
        assert found.cost == pytest.approx(spent)
        assert found.unpriced == pytest.approx(unpriced)
        assert sum(each[3] for each in found.parts) == pytest.approx(spent)
        assert found.minutes == pytest.approx(sum(each[2] for each in found.parts))
        assert found.minutes + found.unpriced == pytest.approx(last - impact)
    else:
        assert not spent
    of_rows = cost.measure([incident.facts])
    if len({name for _, name in spells}) <= 1:
        assert of_rows.cost == found.cost


def test_a_severity_that_the_source_claims_holds_all_the_time():
    claimed = made(
        SeverityDeclared(at(0), Severity.SEV1),
        SeverityDeclared(at(10), Severity.SEV2),
        SeverityDeclared(at(5), Severity.SEV1),
        Resolved(at(60)),
    )
    cost = DowntimeCost(rows=[CostRow(600, severity="SEV1"), CostRow(60, severity="SEV2")])
    # What was written down last is not what was said last: only the last is taken.
    assert cost.measure([claimed]).cost == 600
    at_once = made(SeverityDeclared(at(0), Severity.SEV2), Resolved(at(0)))
    assert (cost.measure([at_once]).cost, cost.measure([at_once]).n) == (0, 1)
    before = made(
        SeverityDeclared(at(0), Severity.SEV4),
        Resolved(at(60)),
        SeverityDeclared(at(70), Severity.SEV1),
    )
    assert excluded(cost, *before.timeline.events[1:]) == {
        "no cost for its service and severity": 1
    }


def test_what_has_no_cost_says_why():
    assert excluded(COST) == {"service unknown": 1}
    assert excluded(COST, Classified(at(0), service="Web")) == {"severity unknown": 1}
    other = (Classified(at(0), service="Web"), SeverityDeclared(at(0), Severity.SEV4))
    assert excluded(COST, *other) == {"no cost for its service and severity": 1}
    by_severity = DowntimeCost(rows=CostRow(60, severity="SEV1"))
    assert excluded(by_severity) == {"severity unknown": 1}
    assert by_severity.measure([made(SeverityDeclared(at(0), Severity.SEV1))]).cost == 0
    assert "severity" in by_severity.reads
    assert "severity" not in DowntimeCost(rates={}).reads


def test_costs_that_are_none_are_told_at_once():
    with pytest.raises(InvalidInput) as caught:
        CostRow(-1, service="", severity=5)
    assert [each.path for each in caught.value.defects] == ["per_hour", "service", "severity"]
    for wrong in (True, "9", float("nan"), float("inf")):
        with pytest.raises(InvalidInput, match="per_hour"):
            CostRow(wrong)
    for rows, path in (("x", "0"), ([CostRow(1), 5], "1"), (7, "0")):
        with pytest.raises(InvalidInput, match=rf"rows\[{path}\]"):
            DowntimeCost(rows=rows)
