"""Assets: the register, and what a record says about a ticket."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.intake.asset_context import AssetRules, context
from itilcore.intake.assets import Asset, AssetChange, AssetRegister

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
LAPTOP = Asset(
    identifier="LT-7",
    owner="ada",
    kind="laptop",
    os="Debian 13",
    patched_on=date(2026, 2, 1),
    seen_on=date(2026, 3, 9),
    depends_on=["wifi", "sso"],
    changes=[
        AssetChange(AT - timedelta(days=8), "New disk"),
        AssetChange(AT - timedelta(days=1), "New driver"),
    ],
    failures=[AT - timedelta(days=1), AT - timedelta(days=90), AT + timedelta(1)],
)


def defects(make: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        make()
    return [str(each) for each in caught.value.defects]


def told(decision: Any) -> list[str]:
    return [f"{each.rule}: {each.text}" for each in decision.reasons]


def test_what_the_record_says():
    decision = context("LT-7", AssetRegister(LAPTOP), "bob", at=AT)
    assert decision.answer is LAPTOP
    assert told(decision) == [
        "record: LT-7: laptop, Debian 13, last patched: 2026-02-01",
        "owner: its owner is ada, not bob",
        "recent change: changed 1 day before the start: New driver",
        "failures: failed 2 times before, last at 2026-03-09T09:00:00+00:00",
        "dependencies: depends on sso, wifi",
    ]
    early = context("LT-7", AssetRegister(LAPTOP), "ada", at=AT, start=AT - timedelta(days=2))
    assert "recent change: changed 6 days before the start: New disk" in told(early)
    assert not any("driver" in each or each.startswith("owner") for each in told(early))
    assert context("LT-7", AssetRegister(LAPTOP), at=AT).answer is LAPTOP


def test_a_bare_record_says_what_is_not_known():
    decision = context("x", AssetRegister(Asset(identifier="x")), "ada", at=AT)
    assert told(decision) == [
        "record: x: kind unknown, operating system unknown, last patched: unknown",
        "stale record: nobody knows when it was last seen",
        "owner: its owner is unknown",
    ]


@given(st.integers(-5, 100), st.integers(1, 60))
def test_a_record_is_stale_after_so_many_days(age, most):
    asset = Asset(identifier="x", seen_on=AT.date() - timedelta(days=age))
    decision = context(
        "x", AssetRegister([asset]), at=AT, rules=AssetRules(stale_after=timedelta(days=most))
    )
    assert any(each.rule == "stale record" for each in decision.reasons) == (age > most)


@given(st.lists(st.integers(-50, 50), max_size=6, unique=True), st.integers(1, 30))
def test_changes_are_recent_from_so_long_before_the_start_up_to_it(hours, most):
    asset = Asset(
        identifier="x", changes=[AssetChange(AT + timedelta(hours=h), str(h)) for h in hours]
    )
    rules = AssetRules(changed_within=timedelta(hours=most))
    decision = context(
        "x", AssetRegister([asset]), at=AT + timedelta(days=9), start=AT, rules=rules
    )
    found = [
        each.text.rsplit(": ", 1)[1] for each in decision.reasons if each.rule == "recent change"
    ]
    assert found == [str(h) for h in sorted(hours) if -most <= h <= 0]


def test_an_unknown_device_is_shadow_it():
    decision = context("x" * 100, AssetRegister(LAPTOP), at=AT)
    assert decision.answer is None
    assert told(decision) == [
        f"unknown device: {'x' * 60 + '...'!r} is not in the register: shadow IT"
    ]
    assert told(context("x", AssetRegister(LAPTOP), "bob", at=AT))[1] == "owner: bob has no asset"


def test_without_a_device_it_is_the_only_one_of_the_person():
    register = AssetRegister(
        [LAPTOP, *(Asset(identifier=f"P{n:02}", owner="bob") for n in range(12))]
    )
    only = context(None, register, "ada", at=AT)
    assert only.answer is LAPTOP and told(only)[0] == "owner: LT-7 is the only asset of ada"
    many = context(None, register, "bob", at=AT)
    assert many.answer is None
    assert told(many)[0].endswith(
        "bob has P00, P01, P02, P03, P04, P05, P06, P07, P08, P09 and 2 more: which one is it?"
    )
    assert told(context(None, register, "eve", at=AT)) == [
        "no device: no device is named, and eve has no asset"
    ]
    assert told(context(None, register, at=AT)) == [
        "no device: neither the device nor the person is known"
    ]


@given(st.permutations([LAPTOP, Asset(identifier="a", owner="ada"), Asset(identifier="b")]))
def test_the_order_of_assets_means_nothing(assets):
    register = AssetRegister(assets)
    assert [each.identifier for each in register.assets_of("ada")] == ["LT-7", "a"]
    assert register == AssetRegister(assets[::-1])
    assert register.asset("b") == Asset(identifier="b") and register.asset("c") is None


def test_orders_within_an_asset_mean_nothing():
    again = Asset(
        identifier="x",
        failures=LAPTOP.failures[::-1],
        changes=LAPTOP.changes[::-1],
        depends_on=("b", "a"),
    )
    assert again.failures == LAPTOP.failures and again.changes == LAPTOP.changes
    assert Asset(identifier="x", changes=LAPTOP.changes[0], failures=AT).failures == (AT,)


def test_wrong_parts_are_told_at_once():
    wrong: Any = Asset
    assert defects(
        lambda: wrong(
            identifier="",
            owner=" ",
            kind=5,
            os="",
            patched_on=AT,
            seen_on="today",
            depends_on=["", "b", 5],
            changes=["x"],
            failures=[AT.replace(tzinfo=None), "x"],
        )
    ) == [
        "identifier: is '': it must be a text that is not blank",
        "owner: is ' ': it must be a text that is not blank",
        "kind: is 5: it must be a text that is not blank",
        "os: is '': it must be a text that is not blank",
        f"patched_on: is {AT!r:.60}: give a date or None",
        "seen_on: is 'today': give a date or None",
        "depends_on[0]: is '': it must be a text that is not blank",
        "depends_on[0]: is the asset itself",
        "depends_on[2]: is 5: it must be a text that is not blank",
        "changes[0]: is 'x': give an AssetChange",
        "failures[0]: is 2026-03-10T09:00:00, which has no UTC offset",
        "failures[1]: is 'x': give a date-time with a UTC offset",
    ]
    change: Any = AssetChange
    assert len(defects(lambda: change("now", ""))) == 2
    register: Any = AssetRegister
    assert defects(lambda: register({"a": LAPTOP})) == [
        f"assets[0]: is { ({'a': LAPTOP})!r:.60}: give an Asset"
    ]
    assert defects(lambda: register([LAPTOP, LAPTOP])) == ["LT-7: stands twice"]
    rules: Any = AssetRules
    assert len(defects(lambda: rules(stale_after=30, changed_within=timedelta()))) == 2
    ask: Any = context
    assert defects(lambda: ask("", register(), 5, at=AT, rules=7)) == [
        "identifier: is '': it must be a text that is not blank",
        "person: is 5: it must be a text that is not blank",
        "rules: is 7: give AssetRules or None",
    ]
    with pytest.raises(NaiveInstant):
        context("x", AssetRegister(), at=AT.replace(tzinfo=None))
    with pytest.raises(NaiveInstant):
        context("x", AssetRegister(), at=AT, start=AT.replace(tzinfo=None))


def test_a_source_that_answers_nonsense_is_told():
    class Broken:
        def asset(self, identifier: str) -> Any:
            return "LT-7"

        def assets_of(self, person: str) -> Any:
            return None

    assert defects(lambda: context("x", Broken(), at=AT)) == ["asset: answers 'LT-7': no Asset"]
    assert defects(lambda: context("x", Broken(), "ada", at=AT)) == [
        "assets_of: answers None: no Asset"
    ]
