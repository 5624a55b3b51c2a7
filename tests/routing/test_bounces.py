"""Stays with groups, transfers and ping-pong, against plain loops over lists of names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput
from itilcore.incident import (
    Asserted,
    Assigned,
    HandedOff,
    Incident,
    Logged,
    Noted,
    Observed,
    Resolved,
    Status,
)
from itilcore.routing import (
    Bounce,
    BounceCheck,
    GroupStay,
    bounces,
    check_bounces,
    group_stays,
    transfers,
)

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NINE + timedelta(minutes=minute)


def way(*groups):
    """One event an hour, of the kinds that show a group by turns."""
    kinds = (
        lambda when, group: Assigned(when, group),
        lambda when, group: Observed(when, group=group),
        lambda when, group: HandedOff(when, group) if group else Assigned(when),
    )
    return [kinds[n % 3](at(60 * n), group) for n, group in enumerate(groups)]


def test_stays_are_the_changes_of_the_group():
    east = timezone(timedelta(hours=2))
    events = [
        Logged(at(0)),
        Assigned(at(1).astimezone(east), "Desk"),
        Assigned(at(2), "Desk", "ada"),
        Noted(at(3), "still there"),
        HandedOff(at(4), "Network"),
        Observed(at(9), status=Status.IN_PROGRESS, group="Network"),
        Assigned(at(10)),
        Resolved(at(11)),
    ]
    assert group_stays(iter(events)) == (
        GroupStay("Desk", at(1), at(4)),
        GroupStay("Network", at(4), at(10)),
        GroupStay(None, at(10), None),
    )
    assert [stay.seconds for stay in group_stays(events)] == [180.0, 360.0, None]
    assert group_stays(events)[0].start.tzinfo is UTC
    assert group_stays([]) == group_stays([Logged(at(0))]) == ()


def test_a_stay_is_negative_where_time_runs_backwards():
    events = [Assigned(at(5), "Desk"), Assigned(at(3), "Network")]
    assert [stay.seconds for stay in group_stays(events)] == [-120.0, None]


def test_ping_pong_has_its_groups_and_instants():
    assert bounces(way("A", "B", "A", "B", "C", "B")) == (
        Bounce("A", "B", at(60), at(120)),
        Bounce("B", "A", at(120), at(180)),
        Bounce("B", "C", at(240), at(300)),
    )
    assert bounces(way("A", "B", "A"))[0].seconds == 3600.0
    assert bounces(way("A", "B", "C", "A")) == ()
    assert bounces([]) == ()


def test_nobody_in_between_is_passed_over():
    assert transfers(way("A", None, "A")) == 0
    assert transfers(way("A", None, "B", None, None, "A")) == 2
    assert bounces(way("A", None, "B", None, None, "A")) == (Bounce("A", "B", at(120), at(300)),)
    assert bounces(way("A", None, "A")) == ()
    assert transfers([]) == transfers(way(None, "A")) == 0


def test_what_the_source_claims_is_not_what_the_trail_shows():
    events = [*way("A", "B"), Asserted(at(90), {"reassignments": 9})]
    assert Incident.replay("INC1", events).facts.reassignments == 9
    assert transfers(events) == 1
    assert check_bounces(events).answer == ()


def test_what_is_noticed():
    decision = check_bounces(way("A", "B", "A", "B"))
    assert decision.answer == ("transferred 3 times", "ping-pong between A and B")
    assert decision.explain().splitlines()[1:3] == [
        "  transferred 3 times, 3 or more: A > B > A > B [transfers]",
        "  ping-pong between A and B: it came back to A at 2026-01-05T11:00:00+00:00, "
        "to B at 2026-01-05T12:00:00+00:00 [ping-pong]",
    ]
    two = check_bounces(way("A", "B", "A", "C", "A"), most=9)
    assert two.answer == ("ping-pong between A and B", "ping-pong between A and C")
    assert check_bounces(way("A", "B"), most=1).answer == ("transferred once",)


def test_nothing_to_notice_has_its_reasons_too():
    for groups, words in (((), "never"), (("A", "B"), "once"), (("A", "B", "C"), "2 times")):
        decision = check_bounces(way(*groups))
        assert decision.answer == ()
        assert [reason.text for reason in decision.reasons] == [
            f"transferred {words}, fewer than 3",
            "it never came back to the group before the last",
        ]


def test_a_check_is_a_value_with_a_version():
    assert BounceCheck() == BounceCheck(3)
    assert BounceCheck(4).content == {"most": 4}
    assert BounceCheck().version == check_bounces([]).version != BounceCheck(4).version


@pytest.mark.parametrize("most", [0, -1, 2.0, True, "3", None])
def test_a_limit_is_a_whole_number_from_one_on(most):
    with pytest.raises(InvalidInput, match="whole number from 1 on"):
        check_bounces([], most)


names = st.lists(st.sampled_from(["A", "B", "C", None]), max_size=12)


def known(groups):
    """The known groups, none twice in a row, by looking back."""
    found = []
    for name in groups:
        if name is not None and name != (found or [None])[-1]:
            found.append(name)
    return found


@given(names)
def test_transfers_and_bounces_are_those_of_plain_loops(groups):
    events, path = way(*groups), known(groups)
    assert transfers(events) == len(path[1:])
    assert [(b.group, b.via) for b in bounces(events)] == [
        (path[n], path[n - 1]) for n in range(2, len(path)) if path[n - 2] == path[n]
    ]
    assert all(bounce.sent_at < bounce.returned_at for bounce in bounces(events))


@given(names)
def test_the_trail_and_the_facts_agree(groups):
    events = way(*groups)
    facts = Incident.replay("INC1", events).facts
    assert transfers(events) == facts.reassignments
    assert len(bounces(events)) == facts.ping_pongs
    assert facts.first_group == next((name for name in groups if name), None)


@given(names)
def test_stays_follow_each_other_and_cover_all_of_it(groups):
    events = way(*groups)
    stays = group_stays(events)
    assert [stay.end for stay in stays[:-1]] == [stay.start for stay in stays[1:]]
    assert all(a.group != b.group for a, b in zip(stays, stays[1:], strict=False))
    # Hour by hour: who had it is what the last event said.
    for hour, name in enumerate(groups):
        (holder,) = [
            stay for stay in stays
            if stay.start <= at(60 * hour) and (stay.end is None or at(60 * hour) < stay.end)
        ]  # fmt: skip
        assert holder.group == name
    assert transfers(events) >= len(bounces(events))


@given(names, st.integers(1, 6))
def test_a_check_notices_no_more_and_no_less(groups, most):
    path = known(groups)
    answer = check_bounces(way(*groups), most).answer
    pairs = {frozenset(path[n - 1 : n + 1]) for n in range(2, len(path)) if path[n - 2] == path[n]}
    assert any(text.startswith("transferred") for text in answer) is (len(path) - 1 >= most)
    told = [text for text in answer if text.startswith("ping-pong")]
    assert {
        frozenset(text.removeprefix("ping-pong between ").split(" and ")) for text in told
    } == pairs
    assert len(told) == len(pairs)
