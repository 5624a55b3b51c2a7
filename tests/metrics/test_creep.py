"""Priority creep and its test for a drift, against plain loops and a correlation."""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import NormalDist, correlation

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.errors import InvalidInput
from itilcore.exchange import read
from itilcore.incident import Assigned, Facts, Incident, Logged, Prioritised
from itilcore.metrics import CreepCount, TrendTest, priority_creep, trend_test
from itilcore.priority import Impact, Priority, PriorityMatrix, PriorityTable, Urgency

ITIL = PriorityMatrix.itil()
IMPACTS, URGENCIES = Impact.default_scale(), Urgency.default_scale()


def day(month, year=2026):
    return datetime(year, month, 3, tzinfo=UTC)


def row(month=1, priority=Priority.P3, impact=Impact.LOW, urgency=Urgency.MEDIUM, **more):
    return Facts(
        **{"reference": "1", "logged_at": day(month), "priority": priority, "impact": impact,
           "urgency": urgency, **more}
    )  # fmt: skip


def test_everything_is_urgent():
    rows = [row(month, Priority.P1 if n < 3 * month else Priority.P3) for month in (1, 2, 3)
            for n in range(12)]  # fmt: skip
    found = priority_creep(rows, ITIL)
    assert [(each.key, each.high, each.expected_high) for each in found.months] == [
        ("2026-01", 3, 0), ("2026-02", 6, 0), ("2026-03", 9, 0),
    ]  # fmt: skip
    assert found.total.high_share == found.total.judged_share == 0.5
    assert found.total.expected_share == 0
    assert found.total.above == 18
    assert found.drift == found.above_drift
    assert found.drift is not None
    assert found.drift.z > 2.4
    assert found.drift.p_value < 0.02
    assert json.loads(json.dumps(found.to_dict()))["drift"]["z"] == found.drift.z


def test_overrides_by_team_and_by_requester():
    nine = day(1)
    by = Actor.person("boss")

    def incident(group, requester, priority, computed):
        events = [
            Logged(nine, "t", requester),
            Assigned(nine, group),
            Prioritised(nine, Impact.LOW, Urgency.LOW, Priority.P4),
            Prioritised(nine, Impact.LOW, Urgency.LOW, priority, computed, "loud", by=by),
        ]
        return Incident.replay("1", events)

    found = priority_creep(
        iter(
            [
                incident("A", "ada", Priority.P1, Priority.P4),
                incident("B", "ada", Priority.P1, Priority.P4),
                incident("B", "bob", Priority.P2, Priority.P4),
                incident(None, "bob", Priority.P4, None),
                incident("C", None, Priority.P5, Priority.P4),
                incident("a", "ida", Priority.P4, None),
            ]
        ),
        ITIL,
    )
    assert [(e.key, e.overridden, e.above, e.below, e.changed) for e in found.teams] == [
        ("B", 2, 2, 0, 2), ("A", 1, 1, 0, 1), ("C", 1, 0, 1, 1), ("a", 0, 0, 0, 0),
        (None, 0, 0, 0, 0),
    ]  # fmt: skip
    assert [(e.key, e.overridden) for e in found.requesters] == [
        ("ada", 2), ("bob", 1), (None, 1), ("ida", 0),
    ]  # fmt: skip


def test_what_cannot_be_judged_is_counted():
    rows = [
        row(priority=None), row(logged_at=None), row(impact=None), row(urgency=None),
        row(impact=Impact("Extensive", 1)), row(urgency=Urgency("Now", 1)), row(),
    ]  # fmt: skip
    found = priority_creep(rows, ITIL)
    assert found.excluded == (("logged_at unknown", 1), ("priority unknown", 1))
    assert found.unjudged == (
        ("impact is not on the scale of the matrix", 1),
        ("impact unknown", 1),
        ("urgency is not on the scale of the matrix", 1),
        ("urgency unknown", 1),
    )
    assert (found.total.incidents, found.total.judged) == (5, 1)
    holes = PriorityTable.from_grid(
        [[None, "P1"]], [IMPACTS[2]], URGENCIES[1:], Priority.default_scale()
    )
    assert priority_creep([row()], holes).unjudged == (("the matrix gives no priority", 1),)
    nothing = priority_creep([], ITIL)
    assert nothing.total == CreepCount(key=None)
    assert nothing.total.high_share is nothing.total.judged_share is None
    assert nothing.total.expected_share is None
    assert nothing.to_dict()["drift"] is nothing.drift is nothing.above_drift is None


def test_wrong_calls():
    with pytest.raises(InvalidInput) as caught:
        priority_creep([], "itil", high=0)
    assert [str(each) for each in caught.value.defects] == [
        "matrix: is 'itil': give a matrix or a table",
        "high: is 0: it must be a whole number from 1",
    ]
    for wrong in [(0, 2, 1)], [(0, -1, 1)], [(0.5, 1, 1)], [(0, True, 1)], [(0, 1)]:
        with pytest.raises(InvalidInput):
            trend_test(wrong)


months = st.lists(
    st.tuples(st.integers(1, 40), st.integers(0, 30), st.integers(0, 30)), max_size=8
).map(lambda rows: [(score, r, r + rest) for score, r, rest in rows])


@given(months)
def test_the_trend_is_the_correlation_of_single_incidents(rows):
    people = [(s, int(n < r)) for s, r, trials in rows for n in range(trials)]
    scores, marks = [s for s, _ in people], [m for _, m in people]
    found = trend_test(rows)
    if len(set(scores)) < 2 or len(set(marks)) < 2:
        assert found is None
        return
    assert found is not None
    z = correlation(scores, marks) * math.sqrt(len(people))
    assert math.isclose(found.z, z, rel_tol=1e-6, abs_tol=1e-7)
    assert math.isclose(found.p_value, 2 * NormalDist().cdf(-abs(z)), rel_tol=1e-4, abs_tol=1e-9)


@given(months, st.integers(-100, 100), st.integers(1, 5))
def test_a_trend_knows_no_origin_and_turns_with_its_direction(rows, shift, scale):
    found = trend_test(rows)
    moved = trend_test([(scale * s + shift, r, n) for s, r, n in rows])
    turned = trend_test([(-s, r, n) for s, r, n in rows])
    failures = trend_test([(s, n - r, n) for s, r, n in rows])
    assume(found is not None)
    assert moved is not None
    assert turned is not None
    assert failures is not None
    assert math.isclose(moved.z, found.z, rel_tol=1e-9, abs_tol=1e-12)
    assert turned == failures == TrendTest(-found.z, found.p_value)


facts = st.builds(
    row,
    st.integers(1, 12),
    st.sampled_from(Priority.default_scale()),
    st.sampled_from(IMPACTS),
    st.sampled_from(URGENCIES),
    group=st.sampled_from([None, "A", "B"]),
    computed_priority=st.sampled_from([None, *Priority.default_scale()]),
    priority_changes=st.integers(0, 2),
)


@given(st.lists(facts), st.integers(1, 3))
def test_the_counts_are_those_of_plain_loops(rows, high):
    found = priority_creep(iter(rows), ITIL, high=high)
    points = {"HIGH": 0, "MEDIUM": 1, "LOW": 2}
    expected = {}
    for each in rows:
        together = points[each.impact.name] + points[each.urgency.name]
        rank = {0: 1, 1: 2, 4: 4}.get(together, 3)
        counted = expected.setdefault(f"2026-{each.logged_at.month:02d}", [0] * 7)
        counted[0] += 1
        counted[1] += each.priority.rank <= high
        counted[2] += rank <= high
        counted[3] += each.priority.rank < rank
        counted[4] += each.priority.rank > rank
        counted[5] += each.computed_priority not in {None, each.priority}
        counted[6] += each.priority_changes > 0
    assert {
        e.key: [e.judged, e.judged_high, e.expected_high, e.above, e.below, e.overridden, e.changed]
        for e in found.months
    } == expected
    assert [e.key for e in found.months] == sorted(expected)
    for parts in (found.months, found.teams, found.requesters):
        for name in ("incidents", "high", "judged", "above", "below", "overridden", "changed"):
            assert sum(getattr(e, name) for e in parts) == getattr(found.total, name)


def changes_in(path):
    """By month of opening: incidents, high ones, those whose priority changed; by the csv module."""
    rows = {}
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if not n.startswith("__MACOSX"))
        with io.TextIOWrapper(archive.open(name), encoding="utf-8", newline="") as text:
            for each in csv.DictReader(text):
                rows.setdefault(each["number"], []).append(each)
    found = {}
    for history in rows.values():
        _, month, year = history[0]["opened_at"].split()[0].split("/")
        counted = found.setdefault(f"{year}-{int(month):02d}", [0, 0, 0])
        counted[0] += 1
        counted[1] += history[-1]["priority"][0] in "12"
        counted[2] += len({each["priority"] for each in history}) > 1
    return found


def test_the_creep_of_a_real_log(request):
    named = request.config.getoption("--export-log")
    if not named:
        pytest.skip("no real log is named")
    found = priority_creep(read(Path(named), zone="UTC"), ITIL)
    months = {each.key: [each.incidents, each.high, each.changed] for each in found.months}
    assert months == changes_in(named)
    if found.total.incidents == 24_918:
        assert found.total.changed == 383
        # No creep: what is high is what the matrix gives.  Of overrides the log says nothing.
        assert found.total.high == found.total.expected_high == 678
        assert (found.total.above, found.total.below, found.total.overridden) == (0, 103, 0)
        assert found.drift is not None
        assert round(found.drift.p_value, 4) == 0.0751
        assert found.above_drift is None
