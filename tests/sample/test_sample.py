"""The generated desk: the same for the same seed, lawful, and like a desk."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from itilcore.sample import generate, write_servicenow, write_servicenow_table


def text(write, *arguments, **options):
    out = io.StringIO()
    write(generate(*arguments, **options), out)
    return out.getvalue()


@pytest.fixture(scope="module")
def desk():
    return list(generate(seed=2))


@pytest.mark.parametrize("write", [write_servicenow, write_servicenow_table])
def test_a_seed_is_a_desk(write):
    assert text(write, 4, incidents=300) == text(write, 4, incidents=300)
    assert text(write, 4, incidents=300) != text(write, 5, incidents=300)


def test_wrong_sizes_are_refused():
    for options in ({"incidents": 0}, {"weeks": 0}):
        with pytest.raises(ValueError, match="at least 1"):
            generate(**options)


def test_tiny_desks_and_long_ones():
    assert len(list(generate(seed=1, incidents=1, weeks=1))) >= 1
    assert abs(len(list(generate(seed=1, incidents=9_000, weeks=26))) - 9_000) < 200


def test_steps_run_forward_within_the_period(desk):
    end = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(weeks=13)
    for history in desk:
        assert history.steps
        assert history.steps[0].at >= history.logged_at
        assert all(a.at < b.at for a, b in pairwise(history.steps))
        assert history.steps[-1].at < end
        assert all(step.at.second == 0 for step in history.steps)
    assert [h.reference for h in desk] == sorted(h.reference for h in desk)
    assert all(a.logged_at <= b.logged_at for a, b in pairwise(desk))


def test_the_log_says_what_the_histories_are(desk):
    out = io.StringIO()
    write_servicenow(desk, out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert len(rows) == sum(len(history.steps) for history in desk)
    numbers = [row["number"] for row in rows]
    assert len({n for n, m in pairwise([*numbers, ""]) if n != m}) == len(desk)
    last = {row["number"]: row for row in rows}
    for history in desk:
        row = last[history.reference]
        assert int(row["reopen_count"]) == history.reopenings
        assert int(row["reassignment_count"]) == history.reassignments
        assert int(row["priority"][0]) == int(row["impact"][0]) + int(row["urgency"][0]) - 1
    table = io.StringIO()
    write_servicenow_table(desk, table)
    for row in csv.DictReader(io.StringIO(table.getvalue())):
        log = last[row["number"]]
        assert row["reopen_count"] == log["reopen_count"]
        assert (row["closed_at"] == "") == (log["closed_at"] == "?")


def test_it_is_like_a_desk(desk):
    n = len(desk)
    assert abs(n - 2_000) < 60
    reopened = sum(history.reopenings > 0 for history in desk)
    assert 0.01 < reopened / n < 0.04
    assert sum(h.steps[-1].priority == 1 for h in desk) < 0.03 * n
    assert any(h.steps[-1].status in {"new", "active", "hold"} for h in desk)
    days = Counter(h.logged_at.weekday() for h in desk)
    assert days.most_common(1)[0][0] == 0
    assert days[5] + days[6] < 0.1 * n
    hours = Counter(h.logged_at.hour for h in desk)
    assert sum(hours[h] for h in range(8, 17)) > 0.7 * n
    assert any(a != b for h in desk for a, b in pairwise(s.priority for s in h.steps))
    assert {"stray", "hold", "closed"} <= {s.status for h in desk for s in h.steps}


def test_what_was_planted_is_there(desk):
    by_scenario = Counter(history.scenario for history in desk)
    assert set(by_scenario) == {
        "ordinary", "lockout", "outage", "weekly failure", "vague complaint", "onboarding failure",
    }  # fmt: skip
    weekly = [h for h in desk if h.scenario == "weekly failure"]
    assert len(weekly) == 13
    assert {(h.logged_at.weekday(), h.item) for h in weekly} == {(0, "srv-report-01")}
    assert all(abs(h.logged_at.hour * 60 + h.logged_at.minute - 540) <= 10 for h in weekly)
    outage = [h for h in desk if h.scenario == "outage"]
    (main,) = [h for h in outage if h.parent is None]
    assert main.steps[0].priority == 1
    assert {h.parent for h in outage} == {None, main.reference}
    assert max(h.logged_at for h in outage) - main.logged_at < timedelta(hours=3)
    early = [h for h in desk if h.scenario == "onboarding failure" and h.logged_at.day <= 4]
    assert len(early) > 0.2 * by_scenario["onboarding failure"]


def test_a_desk_may_start_on_any_day():
    found = list(generate(seed=3, incidents=200, start=date(2024, 2, 28), weeks=2))
    assert found[0].logged_at.date() >= date(2024, 2, 28)


def test_a_rare_late_return_happens_in_a_large_desk():
    found = generate(seed=1, incidents=30_000, weeks=52)
    back = [h for h in found if any(
        (a.status, b.status) == ("closed", "active") for a, b in pairwise(h.steps))]  # fmt: skip
    assert back
