"""Compliance with the cadence as a metric: incidents that needed updates and had them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.communications import Cadences, cadence_compliance
from itilcore.incident import Event, Incident, Logged, SeverityDeclared, StakeholdersUpdated
from itilcore.metrics import CadenceMetric, measure_all
from itilcore.priority import Severity

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DEFAULT = Cadences.default()
METRIC = CadenceMetric.of(DEFAULT)


def told(reference: str, severity: Severity | None, *minutes: int) -> Incident:
    events: list[Event] = [Logged(NINE)]
    if severity is not None:
        events.append(SeverityDeclared(NINE, severity))
    events += [StakeholdersUpdated(NINE + each * MINUTE, "users") for each in minutes]
    return Incident.replay(reference, events)


def test_an_incident_keeps_it_where_each_update_came_in_time():
    incidents = [
        told("kept", Severity.SEV1, 30, 60),
        told("late", Severity.SEV1, 30, 70),
        told("silent", Severity.SEV2),
        told("quiet", Severity.SEV3),
        told("none", None),
    ]
    found = METRIC.measure([*incidents, incidents[0].facts], at=NINE + 80 * MINUTE, by="severity")
    assert (found.population, found.n, found.kept) == (6, 3, 1)
    assert dict(found.excluded) == {
        "no timeline: measure the incidents themselves": 1,
        "no update was due": 2,
    }
    assert (found.updates, found.in_time, found.late, found.never) == (5, 3, 1, 1)
    assert found.value == pytest.approx(1 / 3)
    assert found.update_value == 3 / 5
    assert (found.median_late_minutes, found.p90_late_minutes) == (15, 19)
    assert found["SEV1"].kept == 1
    assert found["SEV3"].value is None
    assert found.figures()["interval"] == [found.interval.low, found.interval.high]
    assert found["SEV3"].figures()["interval"] is None
    soon = METRIC.measure([told("new", Severity.SEV1)], at=NINE + 10 * MINUTE)
    assert (soon.n, dict(soon.excluded)) == (0, {"no update was due": 1})


def test_the_definition_says_the_rhythm():
    assert "SEV1: every 15 min to 30 min; SEV2: every 30 min to 1 h" in METRIC.definition
    assert "no severity has a rhythm" in CadenceMetric.of(Cadences()).definition


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, *Severity.default_scale()]),
            st.lists(st.integers(0, 200), max_size=4).map(sorted),
        ),
        max_size=5,
    ),
    st.integers(0, 300),
)
def test_its_updates_are_those_of_the_fold(given_incidents, minutes):
    at = NINE + minutes * MINUTE
    incidents = [
        told(f"INC{number}", severity, *words)
        for number, (severity, words) in enumerate(given_incidents)
    ]
    found = measure_all([METRIC], incidents, at=at)["CADENCE_COMPLIANCE"]
    whole = cadence_compliance(incidents, DEFAULT, at)
    assert (found.updates, found.in_time) == (whole.n, whole.in_time)
    assert found.late + found.never == len(whole.late)
    assert found.n + sum(count for _, count in found.excluded) == found.population
    due = [cadence_compliance([each], DEFAULT, at) for each in incidents]
    assert found.kept == sum(each.n > 0 and each.in_time == each.n for each in due)
