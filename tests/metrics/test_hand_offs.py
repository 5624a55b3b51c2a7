"""Figures of hand-offs against plain loops over what happened."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import Category
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import (
    Asserted,
    Assigned,
    Cancelled,
    Classified,
    Closed,
    DiagnosticStep,
    HandedOff,
    HandOffNotes,
    Incident,
    Logged,
    Observed,
    Reopened,
    Resolved,
    Status,
    StatusChanged,
)
from itilcore.metrics import (
    MISROUTED,
    PING_PONG,
    TIER_1_SHARE,
    TRANSFERRED_OFTEN,
    GroupTime,
    hand_off_quality,
    measure_all,
    time_in_groups,
)
from itilcore.routing import HandOffRule, HandOffRules

from . import oracle
from .stories import at, desks, incidents, stories

ALL = (MISROUTED, PING_PONG, TRANSFERRED_OFTEN, TIER_1_SHARE)


def made(*events, reference="INC1") -> Incident:
    return Incident.replay(reference, events)


def excluded(metric, *events):
    return dict(metric.measure([made(*events)]).excluded)


def share(metric, *events):
    result = metric.measure([made(*events)])
    assert not result.excluded
    return result.value


def test_the_facts_of_groups():
    logged, desk = Logged(at(0)), Assigned(at(1), "Desk")
    facts = made(
        logged, Assigned(at(1), None), desk, HandedOff(at(2), "Network"), Resolved(at(3)),
        Assigned(at(4), "Mail"), Resolved(at(5)),
    ).facts  # fmt: skip
    assert (facts.first_group, facts.resolving_group, facts.ping_pongs) == ("Desk", "Network", 0)
    again = made(
        desk, HandedOff(at(2), "Network"), Resolved(at(3)), Reopened(at(4)),
        Assigned(at(5), "Desk"), Resolved(at(6)), Closed(at(7)),
    ).facts  # fmt: skip
    assert (again.first_group, again.resolving_group, again.ping_pongs) == ("Desk", "Desk", 1)
    straight = made(desk, Resolved(at(2), status=Status.CLOSED)).facts
    assert straight.resolving_group == "Desk"
    nobody = made(desk, Assigned(at(2)), Resolved(at(3))).facts
    assert (nobody.first_group, nobody.resolving_group) == ("Desk", None)
    never = made(desk, Closed(at(2))).facts
    assert never.resolving_group is None
    assert made(logged).facts.first_group is None


def test_whether_the_trail_shows_all_groups():
    moves = (Assigned(at(1), "Desk"), HandedOff(at(2), "Network"))
    assert made(*moves).facts.groups_shown
    for claimed, shown in ((None, False), (0, True), (1, True), (2, False)):
        found = made(*moves, Asserted(at(3), {"reassignments": claimed})).facts
        assert found.groups_shown is shown
        assert found.reassignments == claimed
        assert (found.first_group, found.ping_pongs) == ("Desk", 0)


def test_misrouted():
    desk = (Logged(at(0)), Assigned(at(1), "Desk"))
    assert share(MISROUTED, *desk, Resolved(at(2))) == 0
    assert share(MISROUTED, *desk, HandedOff(at(2), "Network"), Resolved(at(3))) == 1
    assert share(MISROUTED, *desk, HandedOff(at(2), "B"), HandedOff(at(3), "Desk"), Resolved(at(4))) == 0  # fmt: skip
    assert excluded(MISROUTED, *desk) == {"not resolved yet": 1}
    assert excluded(MISROUTED, *desk, Cancelled(at(2))) == {"cancelled": 1}
    assert excluded(MISROUTED, *desk, Closed(at(2))) == {"closed without a resolution": 1}
    assert excluded(MISROUTED, Logged(at(0)), Resolved(at(1))) == {"group unknown": 1}
    assert excluded(MISROUTED, *desk, Assigned(at(2)), Resolved(at(3))) == {"group unknown": 1}


def snapshot(claimed):
    """An export of one row: only the end is shown."""
    return (
        Logged(at(0), status=None),
        Asserted(at(0), {"reassignments": claimed}),
        Observed(at(9), status=Status.RESOLVED, group="Network"),
    )


def test_an_export_that_shows_only_the_end_says_nothing_of_the_way():
    for metric in (MISROUTED, PING_PONG):
        for claimed in (None, 2):
            assert excluded(metric, *snapshot(claimed)) == {"some of the groups unknown": 1}
        assert share(metric, *snapshot(0)) == 0


def test_ping_pong():
    there = (Logged(at(0)), Assigned(at(1), "Desk"), HandedOff(at(2), "Network"))
    assert share(PING_PONG, *there) == 0
    assert share(PING_PONG, *there, HandedOff(at(3), "Desk")) == 1
    assert share(PING_PONG, *there, HandedOff(at(3), "Mail"), HandedOff(at(4), "Desk")) == 0
    assert excluded(PING_PONG, Logged(at(0))) == {"group unknown": 1}


def test_transferred_often():
    def moved(count, *more):
        return (Logged(at(0)), *(Assigned(at(n), f"G{n}") for n in range(count + 1)), *more)

    assert [share(TRANSFERRED_OFTEN, *moved(count)) for count in (0, 2, 3, 4)] == [0, 0, 1, 1]
    silent = Asserted(at(9), {"reassignments": None})
    assert excluded(TRANSFERRED_OFTEN, *moved(3, silent)) == {"reassignments unknown": 1}
    assert share(TRANSFERRED_OFTEN, *moved(0, Asserted(at(9), {"reassignments": 5}))) == 1


def test_the_share_of_tier_1():
    def by(tier):
        return (Logged(at(0)), Assigned(at(1), "Desk", None, tier), Resolved(at(2)))

    assert share(TIER_1_SHARE, *by(1)) == 1
    assert share(TIER_1_SHARE, *by(2)) == 0
    assert excluded(TIER_1_SHARE, *by(None)) == {"tier unknown": 1}
    assert excluded(TIER_1_SHARE, *by(1)[:2]) == {"not resolved yet": 1}


def test_what_each_share_reads():
    assert MISROUTED.reads[:3] == ("first_group", "resolving_group", "groups_shown")
    assert PING_PONG.reads == ("first_group", "ping_pongs", "groups_shown")


# The oracle: stories as lists of steps, looked at as a whole.


def ways(story):
    """The group after each step, ``None`` for nobody, with the minute."""
    steps = [(minute, extra if what == "assigned" else extra or "Desk", what)
             for minute, what, extra in story if what in {"assigned", "handed off"}]  # fmt: skip
    return [(minute, group) for minute, group, _ in steps]


def known_groups(story):
    found = []
    for _, group in ways(story):
        if group and found[-1:] != [group]:
            found.append(group)
    return found


def resolving(story):
    """Group and tier at the last resolution: the first resolved of the last run that has one."""
    held, tier, result, counted = None, None, None, False
    for _, what, extra in story:
        if what == "assigned":
            held, tier = extra, 1 if extra == "Desk" else 2
        elif what == "handed off":
            held, tier = extra or "Desk", 2
        elif what == "resolved":
            if not counted:
                result = (held, tier)
            counted = True
        elif what in {"started", "held", "reopened"}:
            counted = False
    return result


def verdicts(desk):
    misrouted, to_and_fro, often, tier_1 = [], [], [], []
    for story in desk:
        path, result = known_groups(story), resolving(story)
        if path:
            to_and_fro.append(any(path[n] == path[n - 2] for n in range(2, len(path))))
        often.append(len(path) > 3)
        if result is not None:
            if path and result[0]:
                misrouted.append(path[0] != result[0])
            if result[1] is not None:
                tier_1.append(result[1] == 1)
    return misrouted, to_and_fro, often, tier_1


@given(desks)
def test_the_shares_are_those_of_an_independent_computation(desk):
    found = measure_all(ALL, incidents(desk))
    for metric, each in zip(ALL, verdicts(desk), strict=True):
        truth, result = oracle.share(each), found[metric.name]
        assert {name: getattr(result, name) for name in truth} == truth, metric.name
        assert result.n + sum(count for _, count in result.excluded) == len(desk)


MINUTE_STATES = {"logged": True, "started": True, "held": True, "reopened": True,
                 "resolved": False, "closed": False, "cancelled": False}  # fmt: skip


def minutes_in_groups(story, until):
    """Minute by minute: whose it was while it was unresolved; and who ever had it."""
    had = {}
    for now in range(story[0][0], until):
        running, holder, placed = True, None, False
        for minute, what, extra in story:
            if minute > now:
                break
            running = MINUTE_STATES.get(what, running)
            if what in {"assigned", "handed off"}:
                placed, holder = True, extra if what == "assigned" else extra or "Desk"
        if placed and running:
            had[holder] = had.get(holder, 0) + 1
    return had


short_desks = st.lists(
    stories().map(lambda s: [(minute // 60, what, extra) for minute, what, extra in s]), max_size=4
)


@given(short_desks, st.integers(0, 900))
def test_time_in_groups_is_what_a_count_by_the_minute_counts(desk, until):
    found = time_in_groups(iter(incidents(desk)), at(until))
    spent, visits, ever = {}, {}, {}
    for story in desk:
        past = [step for step in story if step[0] <= until]
        if past:
            for group, count in minutes_in_groups(past, until).items():
                spent[group] = spent.get(group, 0) + count
        before, first = None, True
        for _, group in ways(past):
            if first or group != before:
                visits[group] = visits.get(group, 0) + 1
            before, first = group, False
        for group in {group for _, group in ways(past)}:
            ever[group] = ever.get(group, 0) + 1
    assert {e.group: e.seconds for e in found} == {g: 60.0 * spent.get(g, 0) for g in visits}
    assert {e.group: e.visits for e in found} == visits
    assert {e.group: e.incidents for e in found} == ever
    assert not any(e.negative for e in found)
    assert [e.seconds for e in found] == sorted((e.seconds for e in found), reverse=True)
    assert time_in_groups(reversed(incidents(desk)), at(until)) == found


def test_time_in_groups_counts_work_and_not_the_time_after_it():
    one = made(
        Logged(at(0)),
        Assigned(at(10), "Desk"),
        Resolved(at(30)),
        Reopened(at(50)),
        Observed(at(60), status=Status.IN_PROGRESS, group="Network"),
        Observed(at(65), group="Network"),
        StatusChanged(at(70), Status.unknown("?")),
        Closed(at(80)),
        Assigned(at(90), "Desk"),
    )
    found = time_in_groups([one], at(1_000))
    assert found == (GroupTime("Desk", 30 * 60.0, 2, 1), GroupTime("Network", 20 * 60.0, 1, 1))
    assert found[0].mean == 30 * 60.0
    assert found[0].to_dict() == {
        "group": "Desk", "seconds": 1800.0, "visits": 2, "incidents": 1, "mean": 1800.0,
        "negative": 0,
    }  # fmt: skip
    assert time_in_groups([one], at(20)) == (GroupTime("Desk", 600.0, 1, 1),)
    assert time_in_groups([one], at(5)) == time_in_groups([], at(5)) == ()


def test_stretches_that_run_backwards_are_counted_and_left_out():
    one = made(Assigned(at(9), "Desk"), Assigned(at(5), "Network"), Assigned(at(8)))
    found = time_in_groups([one], at(10))
    assert found == (
        GroupTime("Network", 180.0, 1, 1),
        GroupTime(None, 120.0, 1, 1),
        GroupTime("Desk", 0.0, 1, 1, 1),
    )
    with pytest.raises(NaiveInstant):
        time_in_groups([one], at(5).replace(tzinfo=None))


def test_equals_stand_by_name_and_nobody_last():
    moves = [made(Assigned(at(0), group)) for group in ("b", None, "a")]
    assert [each.group for each in time_in_groups(moves, at(1))] == ["a", "b", None]


FULL = HandOffNotes(summary="s", steps=DiagnosticStep("ping"), next_step="n")
HALF = HandOffNotes(summary="s")


def test_the_quality_of_hand_offs():
    rules = HandOffRules(
        [
            HandOffRule(categories="Network", requires=["summary", "evidence"]),
            *HandOffRules.default().rules,
        ]
    )
    mail, net = Category("Mail"), Category("Network", "VPN")
    found = hand_off_quality(
        iter(
            [
                made(
                    HandedOff(at(0), "Desk", details=FULL),
                    Classified(at(1), category=mail),
                    HandedOff(at(2), "Network", details=HALF),
                ),
                made(
                    Observed(at(0), category=net, group="Desk"),
                    HandedOff(at(1), "Network", details=FULL),
                    Assigned(at(2), "Mail"),
                    HandedOff(at(3), "Desk"),
                ),
                made(Logged(at(0))),
            ]
        ),
        rules,
    )
    assert (found.hand_offs, found.complete, found.rated) == (4, 1, 4)
    assert found.mean_completeness == pytest.approx((1 + 1 / 3 + 3 / 4 + 0) / 4)
    assert found.missing == (("evidence", 2), ("next_step", 2), ("steps", 2), ("summary", 1))
    assert [(g.group, g.hand_offs, g.complete) for g in found.groups] == [
        ("Desk", 2, 0), ("Mail", 1, 0), (None, 1, 1),
    ]  # fmt: skip
    shown = found.to_dict()
    assert json.loads(json.dumps(shown)) == shown
    assert shown["version"] == rules.version
    assert shown["missing"]["evidence"] == 2
    assert shown["groups"][2] == {
        "group": None, "hand_offs": 1, "complete": 1, "rated": 1, "mean_completeness": 1.0,
    }  # fmt: skip


def test_hand_offs_for_which_nothing_is_required_are_complete_and_not_rated():
    one = made(HandedOff(at(0), "Desk"))
    found = hand_off_quality([one], HandOffRules())
    assert (found.hand_offs, found.complete, found.rated, found.mean_completeness) == (
        1,
        1,
        0,
        None,
    )
    nothing = hand_off_quality([], HandOffRules.default())
    assert (nothing.hand_offs, nothing.mean_completeness, nothing.groups) == (0, None, ())
    with pytest.raises(InvalidInput, match="give HandOffRules"):
        hand_off_quality([], None)


offs = st.lists(
    st.tuples(st.sampled_from(["A", "B"]), st.sampled_from([None, HandOffNotes(), HALF, FULL])),
    max_size=5,
)


@given(st.lists(offs, max_size=4))
def test_the_quality_is_that_of_plain_loops(histories):
    lacking = {None: 3, HandOffNotes(): 3, HALF: 2, FULL: 0}
    made_ones = [
        made(*(HandedOff(at(n), group, details=notes) for n, (group, notes) in enumerate(history)))
        for history in histories
    ]
    found = hand_off_quality(made_ones, HandOffRules.default())
    every = [notes for history in histories for _, notes in history]
    assert found.hand_offs == len(every)
    assert found.complete == every.count(FULL)
    if every:
        mean = sum(1 - lacking[notes] / 3 for notes in every) / len(every)
        assert found.mean_completeness == pytest.approx(mean)
    assert sum(count for _, count in found.missing) == sum(lacking[notes] for notes in every)
    assert sum(group.hand_offs for group in found.groups) == found.hand_offs
    assert sum(group.complete for group in found.groups) == found.complete
    assert hand_off_quality(reversed(made_ones), HandOffRules.default()) == found


@given(desks, st.integers(1, 10_000))
def test_later_incidents_change_no_share(desk, minutes):
    moved = [[(minute + minutes, what, extra) for minute, what, extra in story] for story in desk]
    one, two = measure_all(ALL, incidents(desk)), measure_all(ALL, incidents(moved))
    for metric in ALL:
        assert one[metric.name].figures() == two[metric.name].figures()
    assert evolve(MISROUTED, window=timedelta(days=7)).reads == MISROUTED.reads
