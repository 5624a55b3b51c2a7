"""Honesty checks: what they count, against plain loops; what is planted is found, chance is not."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import (
    Asserted,
    Cancelled,
    Held,
    HoldReason,
    Incident,
    Logged,
    Observed,
    Phase,
    Prioritised,
    Reopened,
    Resolved,
    Status,
    StatusChanged,
)
from itilcore.metrics import Honesty, honesty
from itilcore.priority import Priority
from itilcore.sla import (
    Agreement,
    Applies,
    BusinessDays,
    Condition,
    Conditions,
    Conventions,
    Target,
    TargetKind,
)

from .desk_sample import AGREEMENT, HOURS, LEVELS, START, UNTIL, desk

ALWAYS = BusinessCalendar.always()
TEN = Agreement("ten", Target(TargetKind.RESOLUTION, timedelta(hours=10), ALWAYS))
CALLER = HoldReason.AWAITING_CALLER
NAMES = (
    "HOLDS_BEFORE_BREACH",
    "RESOLVED_JUST_IN_TIME",
    "RESOLVED_AND_REOPENED",
    "LOWERED_AFTER_BREACH",
)
PLANTED = dict(zip(("held", "resolved", "reopened", "lowered"), NAMES, strict=True))


def at(hours):
    return START + timedelta(hours=hours)


def made(*events, reference="1"):
    return Incident.replay(reference, [Logged(START), *events])


def check(name, *incidents, agreements=TEN, until=UNTIL, **settings):
    return honesty(incidents, agreements, at=until, **settings)[name]


def left_out(name, *incidents, **settings):
    return dict(check(name, *incidents, **settings).excluded)


# The oracle: a walk over the events with two variables, by a clock that never closes.


def walked(incident):
    """Hours run at each hold, at the resolution and at the lowering, and whether it came back."""
    level, ran, since, waiting = None, 0.0, 0.0, False
    found = {"holds": [], "lowered": None, "resolved": None, "back": False, "levels": []}
    for event in incident.timeline.events:
        now = (event.at - START).total_seconds() / 3600
        if found["resolved"] is not None:
            found["back"] = found["back"] or (isinstance(event, Reopened) and now - since <= 7 * 24)
            continue
        ran += 0.0 if waiting else now - since
        since = now
        if isinstance(event, Prioritised):
            if level is not None:
                found["lowered"] = ran
            level = LEVELS.index(event.priority)
            found["levels"].append(level)
        elif isinstance(event, Held):
            waiting = True
            found["holds"].append(ran)
        elif isinstance(event, StatusChanged):
            waiting = False
        elif isinstance(event, Resolved):
            found["resolved"] = ran
    return found


def expected(walks, window=0.1):
    """Per check: how many, of how many, and how many chance would give."""
    ran, near, holds = defaultdict(float), defaultdict(float), defaultdict(int)
    late_ran, late_near, lowered = defaultdict(float), defaultdict(float), defaultdict(int)
    every, again, in_time = defaultdict(int), defaultdict(int), defaultdict(int)
    counts, bins = dict.fromkeys(NAMES, 0), [0, 0, 0]
    for walk in walks:
        level = walk["levels"][0]
        whole = HOURS[level]
        end = walk["resolved"] if walk["lowered"] is None else walk["lowered"]
        late_ran[level] += end
        late_near[level] += max(0.0, end - (1 - window) * whole)
        if walk["lowered"] is not None:
            lowered[level] += 1
            counts["LOWERED_AFTER_BREACH"] += end >= (1 - window) * whole
            rest = HOURS[level + 1]  # from then on it could be lowered again under another target
            continue_ = walk["resolved"]
            assert continue_ >= end
            assert rest > whole
            continue
        stop = min(walk["resolved"], whole)
        ran[level] += stop
        near[level] += max(0.0, stop - (1 - window) * whole)
        for hold in walk["holds"]:
            if hold < whole:
                holds[level] += 1
                counts["HOLDS_BEFORE_BREACH"] += hold >= (1 - window) * whole
        share = walk["resolved"] / whole
        every[level] += 1
        again[level] += walk["back"]
        place = [1 - 2 * window <= share < 1 - window, 1 - window <= share <= 1]
        place.append(1 < share <= 1 + window)
        bins = [a + b for a, b in zip(bins, place, strict=True)]
        in_time[level] += place[1]
        counts["RESOLVED_AND_REOPENED"] += place[1] and walk["back"]
    counts["RESOLVED_JUST_IN_TIME"] = bins[1]
    return {
        "HOLDS_BEFORE_BREACH": (
            sum(holds.values()),
            sum(n * near[k] / ran[k] for k, n in holds.items()),
        ),
        "RESOLVED_JUST_IN_TIME": (sum(bins), None),
        "RESOLVED_AND_REOPENED": (
            sum(in_time.values()),
            sum(n * again[k] / every[k] for k, n in in_time.items()),
        ),
        "LOWERED_AFTER_BREACH": (
            sum(lowered.values()),
            sum(n * late_near[k] / late_ran[k] for k, n in lowered.items()),
        ),
    }, counts


@pytest.mark.parametrize("planted", ["", *PLANTED])
def test_the_counts_are_those_of_a_plain_walk(planted):
    incidents = desk(11, 500, planted)
    report = honesty(incidents, AGREEMENT, at=UNTIL)
    truth, counts = expected([walked(each) for each in incidents])
    for name in NAMES:
        found = report[name]
        opportunities, chance = truth[name]
        assert (found.count, found.opportunities) == (counts[name], opportunities), name
        if chance is not None:
            assert found.expected == pytest.approx(chance)


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_is_found_and_only_that(planted):
    asked = Counter()
    for seed in range(8):
        report = honesty(desk(seed, 700, planted), AGREEMENT, at=UNTIL)
        asked.update(each.name for each in report.checks if each.stands_out)
    assert asked.pop(PLANTED[planted]) >= 6
    assert asked.total() <= 1


def test_honest_desks_are_asked_no_more_often_than_the_level_says():
    level, desks = 0.05, 120
    reports = [honesty(desk(1_000 + n, 150), AGREEMENT, at=UNTIL) for n in range(desks)]
    assert sum(bool(each.questions) for each in reports) <= level * desks
    for name in NAMES:
        chances = [each[name].p_value for each in reports if each[name].p_value is not None]
        assert len(chances) > desks / 2
        for bound in (0.05, 0.2, 0.5):
            # Never below uniform by more than three standard errors: no test is too eager.
            eager = sum(chance <= bound for chance in chances)
            most = len(chances) * bound + 3 * (len(chances) * bound * (1 - bound)) ** 0.5
            assert eager <= most, (name, bound)


@given(st.integers(0, 10_000), st.floats(0.01, 0.5), st.sampled_from(["", *PLANTED]))
def test_all_adds_up_and_nothing_counts_twice(seed, window, planted):
    incidents = desk(seed, 30, planted)
    report = honesty(incidents, AGREEMENT, window=window)
    holds = sum(isinstance(e, Held) for each in incidents for e in each.timeline.events)
    lowered = sum(isinstance(e, Prioritised) for each in incidents for e in each.timeline.events)
    every = (holds, len(incidents), len(incidents), lowered - len(incidents))
    assert tuple(each.population for each in report.checks) == every
    for each in report.checks:
        assert 0 <= each.count == len(each.incidents) <= each.opportunities
        assert set(each.incidents) <= {incident.reference for incident in incidents}
        if each.opportunities:
            assert each.p_value <= each.adjusted <= 1
            assert each.expected <= each.opportunities + 1e-9
            assert each.rate == each.count / each.opportunities
        else:
            assert (each.p_value, each.adjusted, each.rate, each.expected) == (None,) * 4
        if each.name != "HOLDS_BEFORE_BREACH":
            assert len(set(each.incidents)) == each.count
    json.dumps(report.to_dict())
    shuffled = honesty(incidents[::-1], AGREEMENT, window=window)
    for one, other in zip(report.checks, shuffled.checks, strict=True):
        assert (one.count, one.p_value) == (other.count, pytest.approx(other.p_value))


def test_a_hold_counts_or_says_why_not():
    name = "HOLDS_BEFORE_BREACH"
    near = made(Held(at(9.5), CALLER), Resolved(at(20)))
    assert check(name, near).incidents == ("1",)
    assert check(name, made(Held(at(8.9), CALLER), Resolved(at(20)))).count == 0
    assert left_out(name, made(Held(at(10), CALLER))) == {"late already": 1}
    assert left_out(name, made(Held(START, CALLER))) == {"the clock had not run yet": 1}
    two_reasons = made(
        Held(at(9.5), CALLER), Held(at(9.6), HoldReason.AWAITING_VENDOR), Resolved(at(20))
    )
    assert (check(name, two_reasons).count, check(name, two_reasons).population) == (1, 1)
    again = made(Resolved(at(1)), Reopened(at(2)), Held(at(9.5), CALLER))
    assert left_out(name, again) == {"after the first resolution": 1}
    caller_only = Target(
        TargetKind.RESOLUTION,
        timedelta(hours=10),
        ALWAYS,
        conditions=Conditions(pause=Condition(hold_reasons=CALLER), stop=Condition(Phase.RESOLVED)),
    )
    other = made(Held(at(9.5), HoldReason.AWAITING_VENDOR))
    assert left_out(name, other, agreements=Agreement("caller", caller_only)) == {
        "the hold stops no clock": 1
    }


def test_working_time_is_what_is_near():
    office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
    two_days = Agreement("days", Target(TargetKind.RESOLUTION, BusinessDays(2), office))
    monday = datetime(2026, 1, 5, 9, tzinfo=UTC)
    afternoon = monday + timedelta(days=2, hours=7)
    held = Incident.replay("1", [Logged(monday), Held(afternoon, CALLER), Resolved(afternoon)])
    found = honesty([held], two_days)["HOLDS_BEFORE_BREACH"]
    assert (found.count, found.opportunities) == (1, 1)
    # 23 of 24 hours ran, of these the last 1.4 within the window of 2.4.
    assert found.expected == pytest.approx(1.4 / 23)
    hours = honesty([held], two_days, window=timedelta(hours=2))["HOLDS_BEFORE_BREACH"]
    assert hours.expected == pytest.approx(1 / 23)
    half = honesty([held], two_days, window=timedelta(days=9))["HOLDS_BEFORE_BREACH"]
    assert half.expected == pytest.approx(11 / 23)


def test_a_resolution_counts_or_says_why_not():
    name = "RESOLVED_JUST_IN_TIME"
    shares = {8: (0, 1), 8.99: (0, 1), 9: (1, 1), 10: (1, 1), 10.01: (0, 1), 11: (0, 1)}
    for hours, counted in shares.items():
        found = check(name, made(Resolved(at(hours))))
        assert (found.count, found.opportunities) == counted
    for hours in (7.9, 11.1):
        assert left_out(name, made(Resolved(at(hours)))) == {"resolved further from its target": 1}
    assert left_out(name, made()) == {"not resolved": 1}
    assert left_out(name, made(Cancelled(at(1)))) == {"cancelled": 1}
    silent = made(Asserted(START, {"resolved_at": None}), Resolved(at(9)))
    assert left_out(name, silent) == {"instant of resolution unknown": 1}
    claimed = made(Asserted(START, {"resolved_at": at(99)}), Resolved(at(9)), Reopened(at(50)))
    assert check(name, claimed).count == 1
    assert left_out(name, made(), agreements=AGREEMENT) == {
        "no resolution target applies, or its clock has not started": 1
    }
    response = Agreement("hello", Target(TargetKind.RESPONSE, timedelta(hours=1), ALWAYS))
    assert check(name, made(Resolved(at(9.5))), agreements=[response, TEN]).count == 1
    backwards = made(Resolved(at(-1)))
    assert left_out(name, backwards) == {"instant of resolution unknown": 1}


def test_of_two_agreements_the_first_that_fits_judges():
    mail = Target(TargetKind.RESOLUTION, timedelta(hours=5), ALWAYS, Applies(services="Mail"))
    resolved = made(Resolved(at(9.5)))
    found = honesty([resolved], [Agreement("mail", mail), TEN], at=UNTIL)
    assert found["RESOLVED_JUST_IN_TIME"].count == 1
    assert [name for name, _ in found.agreements] == ["mail", "ten"]


def test_what_a_calendar_cannot_tell_is_left_out():
    known = BusinessCalendar.weekly(
        "Mon-Fri 09:00-17:00", tz="UTC", holidays=Holidays.snapshot([], range(2020, 2022))
    )
    office = Agreement("office", Target(TargetKind.RESOLUTION, timedelta(hours=9), known))
    beyond = "outside the years that its calendar knows, or without open time"
    assert left_out("RESOLVED_JUST_IN_TIME", made(Resolved(at(9))), agreements=office) == {
        beyond: 1
    }


def test_a_target_that_changed_is_not_judged_and_the_first_priority_is_no_change():
    name = "RESOLVED_JUST_IN_TIME"
    targets = [*AGREEMENT.targets, Target(TargetKind.RESOLUTION, timedelta(hours=60), ALWAYS)]
    every = Agreement("every", targets)
    given_later = made(Prioritised(at(1), priority=Priority.P1), Resolved(at(19)))
    assert check(name, given_later, agreements=every).count == 1
    raised = made(
        Prioritised(START, priority=Priority.P2),
        Prioritised(at(1), priority=Priority.P1),
        Held(at(2), CALLER),
        Resolved(at(19)),
    )
    changed = {"its target changed on the way": 1}
    assert left_out(name, raised, agreements=every) == changed
    assert left_out("HOLDS_BEFORE_BREACH", raised, agreements=every) == changed


def test_a_reopening_counts_or_says_why_not():
    name = "RESOLVED_AND_REOPENED"
    soon = made(Resolved(at(9.5)), Reopened(at(12)))
    found = check(name, soon, made(Resolved(at(5)), reference="2"))
    assert (found.incidents, found.opportunities, found.expected) == (("1",), 1, 0.5)
    assert dict(found.excluded) == {"resolved at another time: what it is compared with": 1}
    assert check(name, soon, soon=timedelta(hours=2)).count == 0
    assert left_out(name, soon, until=at(100)) == {"resolved too lately: it may be reopened yet": 1}
    unknown = made(Asserted(START, {"reopenings": None}), Resolved(at(9.5)))
    assert left_out(name, unknown) == {"reopenings unknown": 1}
    counted = made(Asserted(START, {"reopenings": 2}), Resolved(at(9.5)))
    assert left_out(name, counted) == {"instant of the reopening unknown": 1}
    assert left_out(name, made()) == {"not resolved": 1}


def test_a_lowering_counts_or_says_why_not():
    name = "LOWERED_AFTER_BREACH"
    first, lower = Prioritised(START, priority=LEVELS[0]), LEVELS[1]

    def lowered(hours, *more):
        return made(first, Prioritised(at(hours), priority=lower), *more)

    assert check(name, lowered(25), agreements=AGREEMENT).count == 1
    assert check(name, lowered(18), agreements=AGREEMENT).count == 1
    assert check(name, lowered(17.9), agreements=AGREEMENT).count == 0
    assert left_out(name, lowered(0), agreements=AGREEMENT) == {"the clock had not run yet": 1}
    twice = lowered(25, Prioritised(at(26), priority=LEVELS[2]))
    assert left_out(name, twice, agreements=AGREEMENT) == {
        "another lowering of the same incident": 1
    }
    down = Prioritised(at(26), priority=lower)
    assert left_out(name, made(first, Resolved(at(25)), down), agreements=AGREEMENT) == {
        "after the first resolution": 1
    }
    back = made(first, Resolved(at(24)), Reopened(at(25)), down)
    assert left_out(name, back, agreements=AGREEMENT) == {"after the first resolution": 1}
    unknown = made(first, Prioritised(at(1)), down, Observed(at(27), priority=LEVELS[0]))
    assert check(name, unknown, agreements=AGREEMENT).population == 0
    other = Agreement(
        "other", Target(TargetKind.RESOLUTION, timedelta(1), ALWAYS, Applies(services="Mail"))
    )
    assert left_out(name, lowered(25), agreements=other) == {
        "no resolution target applies, or its clock has not started": 1
    }


def test_what_ran_before_a_raise_counts_under_its_own_target():
    raised = made(
        Prioritised(START, priority=Priority.P2),
        Prioritised(at(10), priority=Priority.P1),
        Prioritised(at(19), priority=Priority.P3),
    )
    found = check("LOWERED_AFTER_BREACH", raised, agreements=AGREEMENT)
    # Under P1 from hour 10 to hour 19 of 20: one of these nine hours lies in the last two.
    assert (found.count, found.expected) == (1, pytest.approx(1 / 9))


def test_a_restarted_clock_keeps_only_what_ran_since():
    restart = Agreement("restart", AGREEMENT.targets, Conventions.servicenow())
    raised = made(
        Prioritised(START, priority=Priority.P2),
        Prioritised(at(10), priority=Priority.P1),
        Prioritised(at(29), priority=Priority.P3),
    )
    found = check("LOWERED_AFTER_BREACH", raised, agreements=restart)
    assert (found.count, found.expected) == (1, pytest.approx(1 / 19))


def test_a_record_that_runs_backwards_is_not_judged():
    odd = made(
        Prioritised(START, priority=Priority.P2),
        Prioritised(at(12), priority=Priority.P1),
        Resolved(at(9.5)),
    )
    assert left_out("RESOLVED_JUST_IN_TIME", odd, agreements=AGREEMENT) == {
        "its record runs backwards": 1
    }


def test_a_hold_that_lasts_takes_nothing_from_days_that_are_promised():
    office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
    days = Agreement("days", Target(TargetKind.RESOLUTION, BusinessDays(2), office))
    monday = datetime(2026, 1, 5, 10, tzinfo=UTC)
    held = [Logged(monday), Held(monday + timedelta(hours=1), CALLER)]
    found = honesty([Incident.replay("1", held)], days, at=monday + timedelta(days=9))
    holds = found["HOLDS_BEFORE_BREACH"]
    assert (holds.opportunities, holds.count) == (1, 0)


def test_open_incidents_run_up_to_the_instant():
    gathered = Honesty(TEN)
    gathered.add(made(Held(at(9.5), CALLER), StatusChanged(at(9.6), Status.IN_PROGRESS)))
    gathered.add(Incident.replay("none", []))
    report = gathered.result(at(20))
    assert (report.incidents, report["HOLDS_BEFORE_BREACH"].expected) == (1, pytest.approx(0.1))
    earlier = gathered.result()
    assert earlier.at == at(9.6)
    assert earlier["HOLDS_BEFORE_BREACH"].expected == pytest.approx(0.5 / 9.5)
    # Events after the instant do not exist.
    before = honesty([made(Held(at(9.5), CALLER), Resolved(at(12)))], TEN, at=at(9))
    assert before["HOLDS_BEFORE_BREACH"].population == 0


def test_nothing_is_nothing():
    report = honesty([], TEN)
    assert (report.incidents, report.at, report.checks, report.questions) == (0, None, (), ())
    assert str(report) == (
        "0 incidents; shortly before the target is the last 10 % of the target's time"
    )
    assert report.to_dict()["at"] is None
    half = honesty([], TEN, window=timedelta(minutes=30))
    assert half.shortly == "the last 30 min, at most half, of the target's time"


def test_it_asks_and_never_accuses():
    report = honesty(desk(3, 700, "held"), AGREEMENT, at=UNTIL)
    found = report["HOLDS_BEFORE_BREACH"]
    assert found.stands_out
    assert found.question == report.questions[0]
    assert found.question.startswith(f"Were these {found.count} holds placed because")
    assert found.question in str(found)
    assert "p below 0.0001, corrected" in str(found)
    quiet = report["LOWERED_AFTER_BREACH"]
    assert (quiet.question, quiet.stands_out) == (None, False)
    assert "?" not in str(quiet)
    assert str(check("LOWERED_AFTER_BREACH", made())) == (
        "LOWERED_AFTER_BREACH: no lowerings of priority to judge"
    )
    for each in report.checks:
        assert "?" in each.asks
        assert not {"cheat", "game", "fraud", "dishonest"} & set(each.asks.lower().split())
    told = report.to_dict()
    assert list(told["checks"]) == list(NAMES)
    assert told["checks"]["HOLDS_BEFORE_BREACH"]["question"] == found.question
    assert (told["soon_hours"], told["level"]) == (168.0, 0.05)


def test_settings_that_are_none_are_told_at_once():
    with pytest.raises(InvalidInput) as caught:
        honesty([], [], window=0.6, soon=timedelta(), level=1.0)
    assert [each.path for each in caught.value.defects] == [
        "agreements", "window", "soon", "level",
    ]  # fmt: skip
    for wrong in (0, True, "x", -0.1, timedelta()):
        with pytest.raises(InvalidInput, match="window"):
            honesty([], TEN, window=wrong)
    for name, wrong in (("soon", 7), ("level", "x"), ("level", 0.0)):
        with pytest.raises(InvalidInput, match=name):
            honesty([], TEN, **{name: wrong})
    with pytest.raises(InvalidInput, match=r"agreements\[1\]"):
        honesty([], [TEN, "gold"])
    with pytest.raises(NaiveInstant):
        honesty([], TEN, at=datetime(2026, 1, 1))
