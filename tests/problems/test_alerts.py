"""Alerts in groups: examples, and laws against a fold that is written anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.problems.alerts import Alert, AlertGroup, AlertPolicy, group_alerts
from itilcore.problems.false_alerts import FalsePositives, false_positive_share
from itilcore.problems.fingerprints import fingerprint

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def alert(minute: float, firing: bool = True, name: str = "f", title: str = "Disk full") -> Alert:
    return Alert(fingerprint=name, at=NINE + minute * MINUTE, firing=firing, title=title)


def told(*minutes: float, name: str = "f") -> list[Alert]:
    """Firing and resolved in turn."""
    return [alert(minute, n % 2 == 0, name) for n, minute in enumerate(minutes)]


def minutes(groups: tuple[AlertGroup, ...]) -> list[list[float]]:
    return [[(each.at - NINE) / MINUTE for each in group.alerts] for group in groups]


def test_a_flapping_alert_is_one_group_where_it_is_reopened() -> None:
    policy = AlertPolicy(
        window=HOUR, reopen_within=5 * MINUTE, flapping=4, flapping_within=10 * MINUTE
    )
    (group,) = group_alerts(told(0, 2, 4, 6, 8), policy)
    assert group.flapping and group.reopenings == 2 and group.resolved_at is None
    assert [str(reason) for reason in group.reasons] == [
        "it starts with what fired at 2026-03-02T09:00:00+00:00",
        "it took 4 more with the same fingerprint",
        "it fires still, and was reopened 2 times",
        "it flaps: 4 changes within 0:10:00",
    ]
    (slow,) = group_alerts(told(0, 4, 8, 12, 16), policy)  # four changes take twelve minutes
    assert not slow.flapping


def test_two_alerts_in_turn_are_two_groups() -> None:
    alerts = [alert(n, name="ab"[n % 2]) for n in range(6)]
    groups = group_alerts(alerts, AlertPolicy(window=HOUR))
    assert minutes(groups) == [[0, 2, 4], [1, 3, 5]]


def test_a_window_ends_and_does_not_slide() -> None:
    policy = AlertPolicy(window=30 * MINUTE)
    groups = group_alerts([alert(n) for n in range(0, 61, 10)], policy)
    assert minutes(groups) == [[0, 10, 20], [30, 40, 50], [60]]
    assert "the window of the group before, 0:30:00 from its start, had ended" in str(
        groups[1].reasons[0]
    )
    assert [group.resolved_at for group in groups] == [None, None, None]


def test_what_resolved_takes_no_more_unless_it_is_reopened_in_time() -> None:
    alerts = told(0, 5, 10)
    never, late, just = (
        group_alerts(alerts, AlertPolicy(window=HOUR, reopen_within=within))
        for within in (None, 4 * MINUTE, 5 * MINUTE)
    )
    assert minutes(never) == minutes(late) == [[0, 5], [10]]
    assert minutes(just) == [[0, 5, 10]]
    assert "nothing reopens a group" in str(never[1].reasons[0])
    assert "a group is reopened for 0:04:00 only" in str(late[1].reasons[0])
    assert str(never[0].reasons[-1]) == (
        "it resolved at 2026-03-02T09:05:00+00:00, and was reopened 0 times"
    )


def test_it_resolves_after_its_window_as_well_and_nothing_resolves_twice() -> None:
    alerts = [alert(-1, False), alert(0), alert(90, False), alert(95, False)]
    (group,) = group_alerts(alerts, AlertPolicy(window=HOUR))
    assert minutes((group,)) == [[0, 90]]
    assert group.resolved_at == NINE + 90 * MINUTE


def test_in_one_instant_the_firing_comes_last() -> None:
    alerts = [alert(0), alert(5, False), alert(5)]
    (group,) = group_alerts(alerts, AlertPolicy(window=HOUR, reopen_within=timedelta()))
    assert group.resolved_at is None and group.reopenings == 1


def test_a_group_has_title_service_and_version() -> None:
    policy = AlertPolicy(window=HOUR)
    first = Alert(
        fingerprint="f",
        at=datetime(2026, 3, 2, 10, tzinfo=timezone(HOUR)),
        title="Disk",
        service="db",
    )
    (group,) = group_alerts([alert(1), first], policy)
    assert (group.title, group.service, group.started_at) == ("Disk", "db", NINE)
    assert group.version == policy.version == AlertPolicy(window=HOUR).version
    assert policy.version != AlertPolicy(window=HOUR, reopen_within=HOUR).version


policies = st.builds(
    AlertPolicy,
    window=st.integers(1, 12).map(MINUTE.__mul__),
    reopen_within=st.none() | st.integers(0, 5).map(MINUTE.__mul__),
    flapping=st.none() | st.integers(1, 4),
    flapping_within=st.integers(1, 6).map(MINUTE.__mul__),
)
streams = st.lists(
    st.builds(
        alert,
        st.integers(0, 25),
        st.booleans(),
        st.sampled_from("ab"),
        st.sampled_from(["x", "y"]),
    ),
    max_size=25,
)


def oracle(alerts: list[Alert], policy: AlertPolicy) -> dict[tuple[str, datetime], list[Alert]]:
    """Each fingerprint by itself, with plain states."""
    found = {}
    for name in "ab":
        own = {each for each in alerts if each.fingerprint == name}
        state, start, end = "none", NINE, NINE
        for each in sorted(own, key=lambda a: (a.at, a.firing, a.title)):
            if each.firing:
                joins = state == "firing" or (
                    state == "resolved"
                    and policy.reopen_within is not None
                    and each.at <= end + policy.reopen_within
                )
                if not joins or each.at >= start + policy.window:
                    start = each.at
                    found[name, start] = []
                state = "firing"
                found[name, start].append(each)
            elif state == "firing":
                state, end = "resolved", each.at
                found[name, start].append(each)
    return found


@given(streams, policies, st.randoms())
def test_groups_are_those_of_a_plain_fold(alerts: list[Alert], policy: AlertPolicy, chance) -> None:
    groups = group_alerts(alerts, policy)
    expected = oracle(alerts, policy)
    assert {(g.fingerprint, g.started_at): list(g.alerts) for g in groups} == expected
    assert len({group.reference for group in groups}) == len(groups)
    assert [(g.started_at, g.fingerprint) for g in groups] == sorted(
        (at, name) for name, at in expected
    )
    shuffled = [*alerts, *alerts[:5]]  # told again, and in another order
    chance.shuffle(shuffled)
    assert group_alerts(iter(shuffled), policy) == groups
    for group in groups:
        fired = [each.at for each in group.alerts if each.firing]
        assert max(fired) - group.started_at < policy.window
        assert (group.resolved_at is None) is group.alerts[-1].firing
        near = [
            many
            for many in range(len(group.changes))
            if policy.flapping is not None
            and sum(
                timedelta() <= at - group.changes[many] <= policy.flapping_within
                for at in group.changes[many:]
            )
            >= policy.flapping
        ]
        assert group.flapping is bool(near)
    kept = sum(each.firing for group in groups for each in group.alerts)
    assert kept == len({each for each in alerts if each.firing})


def test_false_ones_resolved_soon_and_nobody_acted() -> None:
    policy = AlertPolicy(window=HOUR)
    alerts = [
        *told(0, 5, name="false"),
        *told(0, 6, name="late"),
        *told(0, 1, name="acted"),
        *told(0, name="open"),
        *told(58, name="young"),
    ]
    groups = group_alerts(alerts, policy)
    acted = [group.reference for group in groups if group.fingerprint == "acted"]
    asked = {"within": 5 * MINUTE, "acted": acted, "at": NINE + HOUR}
    found = false_positive_share(groups, **asked)
    assert found == FalsePositives(count=1, of=4, undecided=1)
    assert found.share == 0.25
    assert false_positive_share(groups, **{**asked, "acted": acted[0]}) == found


def test_wrong_alerts_and_policies_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        Alert(fingerprint=" ", at=NINE, firing=1, title=3, service="")
    assert [each.path for each in caught.value.defects] == [
        "fingerprint",
        "title",
        "firing",
        "service",
    ]
    with pytest.raises(InvalidInput) as caught:
        AlertPolicy(window=timedelta(), reopen_within=-HOUR, flapping=True, flapping_within=3)
    assert len(caught.value.defects) == 4
    with pytest.raises(NaiveInstant):
        Alert(fingerprint="f", at=datetime(2026, 3, 2), title="Disk")
    with pytest.raises(InvalidInput):
        Alert(fingerprint="f", at="now", title="Disk")
    with pytest.raises(InvalidInput) as caught:
        group_alerts(["x"], None)
    assert [each.path for each in caught.value.defects] == ["alerts[0]", "policy"]
    with pytest.raises(InvalidInput):
        group_alerts(3, AlertPolicy(window=HOUR))


def test_wrong_questions_for_false_ones_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        false_positive_share(7, within=-HOUR, acted=[3], at=NINE)
    assert [each.path for each in caught.value.defects] == ["groups[0]", "within", "acted[0]"]
    groups = group_alerts([alert(0)], AlertPolicy(window=HOUR))
    with pytest.raises(InvalidInput, match="which is no group; did you mean"):
        false_positive_share(groups, within=HOUR, acted=[groups[0].reference[:-1]], at=NINE)
    with pytest.raises(InvalidInput):
        false_positive_share(groups, within=HOUR, acted=5, at=NINE)


def test_a_fingerprint_is_the_same_for_ever() -> None:
    found = fingerprint("watcher", {"host": "db1", "check": "disk"})
    assert found == "3de71149516ee1365e46b95c69c4d607"


@given(
    st.dictionaries(st.sampled_from("abcde"), st.text(max_size=3)),
    st.dictionaries(st.sampled_from("abcde"), st.text(max_size=3)),
    st.sets(st.sampled_from("abcde")),
)
def test_fingerprints_are_equal_just_when_what_counts_is(one, other, without) -> None:
    def kept(labels: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in labels.items() if name not in without}

    same = fingerprint("s", one, without=without) == fingerprint("s", other, without=without)
    assert same is (kept(one) == kept(other))
    turned = dict(reversed(one.items()))
    assert fingerprint("s", turned) == fingerprint("s", one) != fingerprint("t", one)


def test_wrong_fingerprints_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        fingerprint("", {" ": "x", "a": 3}, without=[5])
    paths = [each.path for each in caught.value.defects]
    assert paths == ["source", "without[0]", "a name of labels", "labels.a"]
    with pytest.raises(InvalidInput) as caught:
        fingerprint("s", [], without="ab")
    assert [each.path for each in caught.value.defects] == ["without", "labels"]
