"""What holds for every metric over every desk, and the figures against an independent oracle."""

from __future__ import annotations

import json
import pickle
from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import StaleFacts
from itilcore.incident import Incident
from itilcore.metrics import (
    BACKLOG,
    FCR_PROXY,
    MTTA,
    MTTR,
    REASSIGNMENTS,
    REOPEN_RATE,
    REOPENINGS,
    STANDARD,
    DataGrade,
    DowntimeCost,
    DurationResult,
    measure_all,
)

from . import oracle
from .stories import START, at, desks, incident, incidents

COST = DowntimeCost(rates={"Payroll": 2.0})
ALL = (*STANDARD, COST, DataGrade(metrics=STANDARD))


def agree(result, truth):
    for name, value in truth.items():
        found = result.n if name == "n" else getattr(result, name)
        assert found == (value if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)), name


@given(desks)
def test_the_figures_are_those_of_an_independent_computation(desk):
    found = measure_all([*STANDARD, REOPEN_RATE.within(timedelta(days=2))], incidents(desk))
    agree(found["MTTR"], oracle.mttr(desk))
    agree(found["MTTA"], oracle.mtta(desk))
    agree(found["REOPEN_RATE"], oracle.reopen_rate(desk))
    agree(found["REOPEN_RATE_WITHIN_7_DAYS"], oracle.reopen_rate(desk, 7 * 1440))
    agree(found["REOPEN_RATE_WITHIN_2_DAYS"], oracle.reopen_rate(desk, 2 * 1440))
    agree(found["FCR_PROXY"], oracle.fcr_proxy(desk))
    assert found["BACKLOG"].n == oracle.backlog(desk)
    changes = [oracle.group_changes(story) for story in desk]
    assert found["REASSIGNMENTS"].total == (sum(changes) if desk else None)
    assert found["REOPENINGS"].most == max(
        (len(oracle.reopenings(story)) for story in desk), default=None
    )


@given(desks, st.sampled_from([None, "priority", ("group", "phase"), lambda f: f.reopenings]))
def test_every_incident_is_counted_or_excluded_for_one_reason(desk, by):
    for result in measure_all(ALL, incidents(desk), by=by).values():
        for group in (result, *result.by.values()):
            assert group.n + sum(count for _, count in group.excluded) == group.population
        assert result.population == len(desk)
        if by is not None:
            assert sum(group.population for group in result.by.values()) == result.population
            assert sum(group.n for group in result.by.values()) == result.n


@given(desks)
def test_without_censoring_kaplan_meier_is_the_plain_median(desk):
    for result in measure_all(STANDARD, incidents(desk)).values():
        if isinstance(result, DurationResult) and not result.censored:
            assert result.kaplan_meier_median == result.median


@given(desks, st.integers(-(10**6), 10**6))
def test_shifting_all_instants_changes_no_figure(desk, minutes):
    moved = [[(minute + minutes, what, extra) for minute, what, extra in story] for story in desk]
    one = measure_all(ALL, incidents(desk))
    two = measure_all(ALL, incidents(moved))
    for name, result in one.items():
        assert json.dumps(result.figures()) == json.dumps(two[name].figures()), name


@given(desks, st.randoms(use_true_random=False))
def test_the_order_of_incidents_changes_nothing(desk, chance):
    found = incidents(desk)
    mixed = found[:]
    chance.shuffle(mixed)
    one, two = (measure_all(ALL, source, by="priority") for source in (found, mixed))
    for name, result in one.items():
        other = two[name].to_dict()
        assert result.to_dict()["by"].keys() == other["by"].keys()
        same(result.to_dict(), other)


def same(one, other):
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            same(one[key], other[key])
    elif isinstance(one, list):
        for a, b in zip(one, other, strict=True):
            same(a, b)
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-9, abs=1e-9)
    else:
        assert one == other


@given(desks)
def test_incidents_their_facts_and_a_mix_measure_the_same(desk):
    found = incidents(desk)
    whole = measure_all(ALL, found, by="group")
    mixed = [i if n % 2 else i.facts for n, i in enumerate(found)]
    assert measure_all(ALL, [i.facts for i in found], by="group") == whole
    assert measure_all(ALL, iter(mixed), by="group") == whole
    for metric in ALL:
        assert metric.measure(found, by="group") == whole[metric.name]


@given(desks, st.integers(0, 40_000))
def test_an_earlier_instant_is_a_world_that_ends_then(desk, minute):
    then = at(minute)
    found = incidents(desk)
    cut = [i.as_of(then) for i in found]
    cut = [i for i in cut if len(i.timeline)]
    one = measure_all(ALL, found, at=then)
    two = measure_all(ALL, cut, at=then)
    for name, result in one.items():
        same(result.to_dict(), two[name].to_dict())
    assert one["MTTR"].at == then


@given(desks, st.integers(0, 40_000))
def test_two_halves_of_a_period_add_up(desk, minute):
    found = incidents(desk)
    start, middle, end = at(0), at(minute), at(10**6)
    for metric in ALL:
        whole = metric.measure(found, during=(start, end))
        halves = [metric.measure(found, during=d) for d in ((start, middle), (middle, end))]
        assert whole.population == sum(half.population for half in halves)
        assert whole.n == sum(half.n for half in halves)


@given(desks)
def test_rungs_add_up(desk):
    result = MTTR.measure(incidents(desk))
    assert sum(count for _, count in result.start_rungs) == result.n
    assert sum(count for _, count in result.end_rungs) == result.n


@given(desks)
def test_results_are_json_and_survive_pickling(desk):
    for result in measure_all(ALL, incidents(desk), by="priority").values():
        json.dumps(result.to_dict(), allow_nan=False)
        assert pickle.loads(pickle.dumps(result)) == result
        assert result._repr_html_().startswith("<table>")


def test_over_nothing_every_figure_is_none():
    found = measure_all(ALL, [])
    assert (found["MTTR"].mean, found["MTTR"].median, found["MTTR"].interval) == (None, None, None)
    assert (found["FCR"].value, found["FCR"].interval, found["FCR"].pending) == (None, None, None)
    assert (found["REASSIGNMENTS"].total, found["REASSIGNMENTS"].most) == (None, None)
    assert found["ACKNOWLEDGEMENT_SHARE"].value is None
    assert found["DETECTION_SOURCES"].figures() == {"count": {}, "value": None}
    assert (found["DOWNTIME_COST"].cost, found["BACKLOG"].oldest_age) == (None, None)
    assert found["MTTR"].at is None


def test_facts_that_know_too_much_are_refused():
    one = incident(1, [(0, "logged", None), (60, "resolved", None)])
    with pytest.raises(StaleFacts, match="INC1"):
        MTTR.measure([one.facts], at=at(30))
    assert MTTR.measure([one.facts], at=at(60)).n == 1
    assert MTTR.measure([one.facts], at=at(-1)).population == 0
    assert MTTR.measure([one], at=at(-1)).population == 0


def test_a_claim_after_the_instant_is_not_yet_so():
    from itilcore.incident import Asserted, Logged

    one = Incident.replay("1", [Logged(START), Asserted(START, {"resolved_at": at(60)})])
    assert MTTR.measure([one], at=at(30)).n == 0
    assert MTTR.measure([one], at=at(90)).n == 0
    with pytest.raises(StaleFacts):
        MTTR.measure([one.facts], at=at(30))
    closed = evolve(one, timeline=one.timeline)
    assert closed == one


def test_fast_and_slow_ways_of_finding_rungs_agree():
    desk = [
        [(0, "impact", None), (10, "logged", None), (70, "resolved", None)],
        [(0, "detected", None), (10, "logged", None), (40, "resolved", None)],
        [(0, "logged", None), (30, "resolved", None)],
    ]
    result = MTTR.measure(incidents(desk))
    assert dict(result.start_rungs) == {
        "impact_started_at": 1,
        "detected_at": 1,
        "logged_at": 1,
    }
    whole = MTTR.measure(incidents(desk[:1]))
    assert dict(whole.start_rungs)["impact_started_at"] == 1
    assert [m.name for m in (MTTA, FCR_PROXY, BACKLOG, REASSIGNMENTS, REOPENINGS)]
