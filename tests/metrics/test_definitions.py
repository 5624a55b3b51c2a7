"""Each definition where it matters: what counts, what does not, and the words for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from itilcore.classification import Category
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import (
    Acknowledged,
    Asserted,
    Assigned,
    Cancelled,
    Classified,
    Closed,
    Contacted,
    Direction,
    Facts,
    Incident,
    Logged,
    Observed,
    Prioritised,
    Reopened,
    Resolved,
    Status,
    StatusChanged,
)
from itilcore.metrics import (
    ACKNOWLEDGEMENT_SHARE,
    BACKLOG,
    DETECTION_SOURCES,
    FCR,
    FCR_PROXY,
    MTTA,
    MTTR,
    NEVER_REASSIGNED,
    PRIORITY_CHANGED,
    REOPEN_RATE,
    SLA_CLAIMED,
    STANDARD,
    TIME_ACTIVE,
    TIME_RESOLVED,
    TIME_TO_DETECT,
    DataGrade,
    DowntimeCost,
    canonical,
    columns,
    measure_all,
)
from itilcore.priority import Impact, Priority

from .stories import START, at, incident


def made(*events) -> Incident:
    return Incident.replay("INC1", events)


def resolved_by_tier_one(*more, channel="phone"):
    return made(
        Logged(at(0), channel=channel),
        Assigned(at(1), "Desk", None, 1),
        Resolved(at(30)),
        *more,
    )


def fcr(one):
    result = FCR.measure([one])
    return result.value if result.n else next(iter(dict(result.excluded)))


def test_first_contact_resolution():
    assert fcr(resolved_by_tier_one()) == 1
    assert fcr(resolved_by_tier_one(channel="monitoring")) == 1
    assert fcr(resolved_by_tier_one(channel=None)) == "interactions unknown"
    called_again = Contacted(at(20), Direction.INBOUND)
    again = made(
        Logged(at(0), channel="phone"),
        Assigned(at(1), "Desk", None, 1),
        called_again,
        Resolved(at(30)),
    )
    assert fcr(again) == 0
    assert fcr(resolved_by_tier_one(Reopened(at(60)))) == 0
    assert fcr(resolved_by_tier_one(Reopened(at(60 * 24 * 8)))) == 1
    second = made(Logged(at(0), channel="phone"), Assigned(at(1), "Net", None, 2), Resolved(at(30)))
    assert fcr(second) == 0
    moved = made(
        Logged(at(0), channel="phone"),
        Assigned(at(1), "Net", None, 2),
        Assigned(at(2), "Desk", None, 1),
        Resolved(at(30)),
    )
    assert fcr(moved) == 0
    assert fcr(made(Logged(at(0), channel="phone"), Resolved(at(9)))) == "tier unknown"
    assert fcr(made(Logged(at(0)))) == "not resolved yet"
    silent = Asserted(at(40), {"reassignments": None})
    assert fcr(resolved_by_tier_one(silent)) == "hand-offs unknown"
    assert fcr(resolved_by_tier_one(Asserted(at(40), {"reopenings": None}))) == "reopenings unknown"
    claimed = Asserted(at(40), {"reopenings": 1})
    assert fcr(resolved_by_tier_one(claimed)) == "instant of the reopening unknown"


def test_what_may_still_come_back_is_told():
    assert FCR.measure([resolved_by_tier_one()]).pending == 1
    assert FCR.measure([resolved_by_tier_one()], at=at(60 * 24 * 8)).pending == 0
    assert REOPEN_RATE.measure([resolved_by_tier_one()]).pending is None


def excluded(metric, *events):
    return dict(metric.measure([made(*events)]).excluded)


def test_why_a_time_to_resolve_is_not_there():
    logged = Logged(at(0))
    assert excluded(MTTR, logged) == {"not resolved yet": 1}
    assert excluded(MTTR, logged, Cancelled(at(1))) == {"cancelled": 1}
    assert excluded(MTTR, logged, Closed(at(1))) == {"closed without a resolution": 1}
    assert excluded(MTTR, Observed(at(1), status=Status.CLOSED)) == {
        "instant of resolution unknown": 1
    }
    assert excluded(MTTR, logged, StatusChanged(at(1), Status.unknown("?"))) == {
        "instant of resolution unknown": 1
    }
    assert excluded(MTTR, Observed(at(1), status=Status.RESOLVED)) == {"start unknown": 1}
    assert excluded(MTTR, Logged(at(5)), Resolved(at(1))) == {"ends before it starts": 1}
    assert excluded(MTTR, Logged(at(0)), Resolved(at(1), status=Status.CLOSED)) == {}


def test_why_a_time_to_acknowledge_is_not_there():
    logged = Logged(at(0))
    assert excluded(MTTA, logged) == {"not acknowledged yet": 1}
    assert excluded(MTTA, logged, Resolved(at(1))) == {"resolved without an acknowledgement": 1}
    assert excluded(MTTA, logged, Cancelled(at(1))) == {"cancelled": 1}
    silent = Asserted(at(0), {"acknowledged_at": None})
    assert excluded(MTTA, logged, silent) == {"acknowledgement unknown": 1}
    assert excluded(MTTA, Acknowledged(at(0))) == {"start unknown": 1}
    claimed = Asserted(at(1), {"resolved_at": at(1)})
    assert excluded(MTTA, Logged(at(0), status=None), claimed) == {
        "resolved without an acknowledgement": 1
    }
    assert excluded(TIME_TO_DETECT, logged) == {"detection unknown": 1}


def test_the_share_of_acknowledgement():
    whole = made(Logged(at(0)), Acknowledged(at(15)), Resolved(at(60)))
    result = ACKNOWLEDGEMENT_SHARE.measure([whole])
    assert (result.value, result.part, result.whole) == (0.25, 0.25, 1.0)
    ratio = ACKNOWLEDGEMENT_SHARE
    assert excluded(ratio, Logged(at(0)), Resolved(at(1))) == {
        "resolved without an acknowledgement": 1
    }
    assert excluded(ratio, Logged(at(0)), Resolved(at(1)), Acknowledged(at(2))) == {
        "ends before it starts": 1
    }
    assert excluded(ratio, Acknowledged(at(0)), Observed(at(1), status=Status.RESOLVED)) == {
        "start unknown": 1
    }
    assert excluded(ratio, Logged(at(0))) == {"not resolved yet": 1}


def test_the_backlog_and_its_age():
    open_one = made(Logged(at(0)))
    undated = made(Observed(at(60), status=Status.NEW))
    over = [made(Logged(at(0)), end) for end in (Resolved(at(1)), Closed(at(1)), Cancelled(at(1)))]
    result = BACKLOG.measure([open_one, undated, *over])
    assert result.n == 2
    assert dict(result.excluded) == {"cancelled": 1, "closed": 1, "resolved": 1}
    assert (result.mean_age, result.oldest_age) == (1.0, 1.0)


def test_time_in_phases():
    one = made(
        Logged(at(0)), StatusChanged(at(60), Status.IN_PROGRESS), Resolved(at(180)), Closed(at(240))
    )
    found = measure_all([TIME_ACTIVE, TIME_RESOLVED], [one])
    assert (found["TIME_ACTIVE"].mean, found["TIME_RESOLVED"].mean) == (2.0, 1.0)
    assert excluded(TIME_ACTIVE, Logged(at(0))) == {"not resolved yet": 1}
    assert excluded(TIME_RESOLVED, Logged(at(0)), Resolved(at(1))) == {"not closed yet": 1}
    late = (Logged(at(0), status=None), Observed(at(9), status=Status.CLOSED))
    assert excluded(TIME_ACTIVE, *late) == {"statuses before the end unknown": 1}


def test_shares_that_a_source_cannot_tell():
    silent = Asserted(at(0), {"reassignments": None, "reopenings": None})
    assert excluded(NEVER_REASSIGNED, Logged(at(0)), silent) == {"reassignments unknown": 1}
    assert excluded(FCR_PROXY, Logged(at(0)), silent, Resolved(at(1))) == {
        "reassignments unknown": 1
    }
    some = Asserted(at(0), {"reopenings": None})
    assert excluded(FCR_PROXY, Logged(at(0)), some, Resolved(at(1))) == {"reopenings unknown": 1}
    assert excluded(PRIORITY_CHANGED, Logged(at(0))) == {"priority unknown": 1}
    assert excluded(SLA_CLAIMED, Logged(at(0))) == {"the source does not say": 1}
    assert SLA_CLAIMED.measure([made(Logged(at(0)), Asserted(at(0), {"sla_met": True}))]).value == 1
    counts = measure_all(STANDARD, [made(Logged(at(0)), silent)])
    assert dict(counts["REASSIGNMENTS"].excluded) == {"reassignments unknown": 1}
    assert excluded(DETECTION_SOURCES, Logged(at(0))) == {"source unknown": 1}


def test_what_downtime_costs():
    cost = DowntimeCost(rates={"Payroll": 2.0, "Mail": 1})
    pay = Classified(at(0), service="Payroll")
    found = [
        made(Logged(at(0)), pay, Resolved(at(30))),
        made(Logged(at(0)), pay),
        made(Logged(at(0)), Classified(at(0), service="Mail"), Resolved(at(10)), Closed(at(60))),
    ]
    result = cost.measure(found)
    assert (result.cost, result.minutes, result.ongoing) == (60 + 120 + 10, 100, 1)
    assert dict(result.services) == {"Mail": 10.0, "Payroll": 180.0}
    assert cost.measure(found, by="service").by["Mail"].cost == 10
    assert excluded(cost, Logged(at(0))) == {"service unknown": 1}
    assert excluded(cost, Classified(at(0), service="x")) == {
        "no cost per minute for the service": 1
    }
    assert excluded(cost, pay) == {"start unknown": 1}
    assert excluded(cost, pay, Logged(at(5)), Resolved(at(1))) == {"ends before it starts": 1}
    assert excluded(cost, Logged(at(0)), pay, Cancelled(at(1))) == {"cancelled": 1}
    assert excluded(cost, Logged(at(0)), pay, Closed(at(1))) == {"closed without a resolution": 1}
    for rate in (-1.0, float("nan"), float("inf"), True, "2"):
        with pytest.raises(InvalidInput, match=r"rates\.Payroll"):
            DowntimeCost(rates={"Payroll": rate})


def test_a_night_that_loses_an_hour_is_seven_hours_long():
    berlin = ZoneInfo("Europe/Berlin")
    night = (datetime(2026, 3, 28, 22, tzinfo=berlin), datetime(2026, 3, 29, 6, tzinfo=berlin))
    one = made(Logged(night[0]), Acknowledged(night[1]), Resolved(night[1]))
    assert MTTR.measure([one]).mean == 7.0
    facts = Facts(reference="1", logged_at=night[0], resolved_at=night[1])
    assert MTTR.measure([facts]).mean == 7.0
    assert facts.logged_at.tzinfo is UTC


def test_grouping_keys():
    assert canonical((Priority.P1, None)) == "P1 / (none)"
    assert canonical(datetime(2016, 3, 1, tzinfo=UTC)) == "2016-03"
    assert [canonical(v) for v in (True, False, 3, Category("a", "b"), Status.NEW.phase)] == [
        "true", "false", "3", "a > b", "open",
    ]  # fmt: skip
    assert columns()[0] == "reference"


def test_many_rows_are_one_source():
    early = made(Logged(at(0)), Prioritised(at(0), priority=Priority.P2), Resolved(at(30))).facts
    late = made(Logged(at(0)), Prioritised(at(0), priority=Priority.P2), Resolved(at(90))).facts
    result = MTTR.measure([late] * 9_000 + [early] * 9_000, by="priority")
    assert (result.n, result.mean, list(result.by)) == (18_000, 1.0, ["P2"])
    assert result.at == late.last_event_at
    assert MTTR.measure([Facts(reference="1")] * 9_000).at is None


def test_groups_stand_in_the_order_that_people_read():
    def of(**fields):
        return Facts(reference="1", **fields)

    rows = [of(priority=p) for p in (None, Priority.P3, Priority.P1, Priority("Top", 1))]
    assert list(BACKLOG.measure(rows, by="priority").by) == ["P1", "Top", "P3", "(none)"]
    rows = [of(reopenings=n) for n in (10, 2, None, 2)]
    assert list(BACKLOG.measure(rows, by="reopenings").by) == ["2", "10", "(none)"]
    rows = [of(priority=Priority.P2, group="b"), of(priority=Priority.P1, group=None)]
    assert list(BACKLOG.measure(rows, by=("priority", "group")).by) == ["P1 / (none)", "P2 / b"]
    rows = [of(logged_at=START), of(logged_at=START + timedelta(days=40))]
    assert list(BACKLOG.measure(rows, by="logged_at").by) == ["2026-01", "2026-02"]
    by_half = BACKLOG.measure(rows, by=lambda row: row.logged_at.month > 1)
    assert list(by_half.by) == ["false", "true"]
    assert by_half["true"].n == 1
    assert [key for key, _ in by_half] == ["false", "true"]
    levels = [of(impact=Impact.LOW), of(impact=Impact.HIGH)]
    assert list(BACKLOG.measure(levels, by="impact").by) == ["HIGH", "LOW"]


def test_wrong_calls():
    with pytest.raises(InvalidInput, match="did you mean 'priority'"):
        MTTR.measure([], by="priorty")
    with pytest.raises(InvalidInput, match="there are reference"):
        MTTR.measure([], by="zzzzzzzz")
    with pytest.raises(InvalidInput, match="MTTR: stands twice"):
        measure_all([MTTR, MTTR], [])
    with pytest.raises(InvalidInput, match="ends before it starts"):
        MTTR.measure([], during=(at(1), at(0)))
    naive = datetime(2026, 1, 1)
    with pytest.raises(NaiveInstant):
        MTTR.measure([], at=naive)
    with pytest.raises(NaiveInstant):
        MTTR.measure([], during=(naive, naive))
    with pytest.raises(NaiveInstant):
        Facts(reference="1", logged_at=naive)
    with pytest.raises(TypeError, match="not dict"):
        MTTR.measure([{"a": 1}])


def test_html_is_escaped():
    bad = "<script>alert(1)</script>"
    rows = [Facts(reference="1", group=bad, logged_at=START)]
    for metric in (*STANDARD, DataGrade(metrics=STANDARD)):
        html = metric.measure(rows, by="group")._repr_html_()
        assert "<script>" not in html
    grade = DataGrade(metrics=STANDARD).measure(rows).grade
    assert "<script>" not in grade._repr_html_()


def test_grades():
    full = DataGrade(metrics=(MTTR, MTTA, FCR))
    known = resolved_by_tier_one(Acknowledged(at(40)))
    grade = full.measure([known]).grade
    assert {s.metric: s.level for s in grade.supports} == {
        "MTTR": "supported", "MTTA": "supported", "FCR": "supported",
    }  # fmt: skip
    assert grade.advice == "Nothing is missing."
    part = full.measure([known, *[resolved_by_tier_one() for _ in range(9)]]).grade
    assert part["MTTA"].level == "partly"
    assert "acknowledged_at known for 10.0%" in part["MTTA"].why
    bare = full.measure([made(Logged(at(0)), Resolved(at(1)))]).grade
    assert bare["MTTA"].missing == ("acknowledged_at",)
    assert (bare.next_column, bare.unlocks) == ("acknowledged_at", ("MTTA",))
    two = DataGrade(metrics=(FCR,)).measure([made(Logged(at(0)), Resolved(at(1)))]).grade
    assert two.advice == "Add interactions and resolved_tier next: it unlocks FCR."
    assert two.to_dict()["metrics"]["FCR"]["level"] == "not supported"
    still_open = DataGrade(metrics=(MTTR,)).measure([incident(1, [(0, "logged", None)])]).grade
    assert still_open["MTTR"].level == "not supported"


def test_the_page_of_metrics_names_every_metric_and_every_reason():
    page = (Path(__file__).parents[2] / "docs/reference/metrics.md").read_text()
    for metric in STANDARD:
        assert f"`{metric.name}`" in page
    from itilcore.metrics import population

    for name in population.__all__:
        assert getattr(population, name) in page
