"""Drafts from resolutions, what is worth writing, and what articles did."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import Category
from itilcore.errors import InvalidInput
from itilcore.incident import (
    Classified,
    Closed,
    Facts,
    Incident,
    Logged,
    Phase,
    Reopened,
    Resolved,
    WorkaroundFound,
)
from itilcore.knowledge.articles import Article
from itilcore.knowledge.learning import deflection, draft_of, resolved_by_article, top_repeats

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
VPN = Category("Network", "VPN")
LOGGED = Logged(NINE, "No VPN ")
NOTES = Resolved(NINE + HOUR, notes=" Renewed the certificate ")


def incident(*events, reference: str = "INC1") -> Incident:
    return Incident.replay(reference, events)


def test_a_draft_has_all_that_was_recorded() -> None:
    found = draft_of(
        incident(
            LOGGED,
            Classified(NINE, category=VPN, service="vpn"),
            WorkaroundFound(NINE, "use the old one"),
            WorkaroundFound(NINE, "use the web"),
            NOTES,
            Closed(NINE + HOUR, cause="it expired", steps=["open", " ", "renew"]),
        )
    )
    assert found == Article(
        identifier="draft of INC1",
        title="No VPN",
        text="Renewed the certificate\nWorkaround: use the web\nCause: it expired\n1. open\n2. renew",
        categories="Network > VPN",
        services="vpn",
        draft=True,
        made_from="INC1",
    )


def test_a_draft_needs_no_more_than_title_and_notes() -> None:
    events = [LOGGED, Classified(NINE, service=" "), WorkaroundFound(NINE, " "), NOTES]
    found = draft_of(incident(*events, Closed(NINE + HOUR, cause=" ", knowledge=" ")))
    assert (found.text, found.categories, found.services) == ("Renewed the certificate", (), ())


@pytest.mark.parametrize(
    "events",
    [
        [],
        [LOGGED],
        [NOTES],
        [Logged(NINE, " "), NOTES],
        [LOGGED, Resolved(NINE, notes=" ")],
        [LOGGED, Resolved(NINE)],
        [LOGGED, NOTES, Reopened(NINE + HOUR)],
        [LOGGED, NOTES, Closed(NINE + HOUR, knowledge="KB1")],
    ],
)
def test_where_there_is_nothing_to_teach_there_is_no_draft(events) -> None:
    assert draft_of(incident(*events)) is None


def test_a_draft_is_of_an_incident() -> None:
    with pytest.raises(InvalidInput):
        draft_of("INC1")


rows = st.lists(
    st.tuples(
        st.sampled_from([None, VPN, Category("Mail")]),
        st.sampled_from([None, "vpn", "mail"]),
        st.none() | st.integers(0, 40),
        st.integers(0, 8),
        st.sampled_from([None, 1, 2]),
    ),
    max_size=25,
)


def middle(hours: list[float]) -> float:
    ordered = sorted(hours)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


@given(
    rows,
    st.booleans(),
    st.sampled_from([None, HOUR]),
    st.integers(1, 12),
    st.integers(1, 3),
    st.randoms(),
)
def test_repeats_are_those_of_counts_by_hand(
    given_rows, working, first_tier, most, least, chance
) -> None:
    facts, times, first, own = [], {}, [], {}
    for number, (category, service, took, worked, tier) in enumerate(given_rows):
        facts.append(
            Facts(
                reference=f"INC{number}",
                category=category,
                service=service,
                logged_at=NINE,
                resolved_at=None if took is None else NINE + took * HOUR,
                active_seconds=worked * 3600.0,
                resolved_tier=tier,
            )
        )
        if took is not None:
            hours = worked if working else took
            times.setdefault((category, service), []).append(hours)
            if tier == 1:
                first.append(hours)
                own.setdefault(category, []).append(hours)
    every = top_repeats(facts, 99, working=working, first_tier=first_tier, least=least)
    assert {(each.category, each.service) for each in every} == {
        name for name, hours in times.items() if len(hours) >= least
    }
    for each in every:
        mine = each.category is not None and len(own.get(each.category, [])) >= 5
        looked = own[each.category] if mine else first
        base = 1.0 if first_tier else middle(looked) if looked else None
        assert each.first_tier_n == (None if first_tier else len(looked))
        assert each.first_tier_own == (mine and not first_tier)
        hours = times[each.category, each.service]
        assert each.count == len(hours)
        assert each.median_hours == middle(hours)
        assert each.first_tier_hours == base
        if base is None:
            assert each.saved_hours is None
        else:
            assert isclose(each.saved_hours, len(hours) * max(0, middle(hours) - base))
    counts = [each.count for each in every]
    assert counts == sorted(counts, reverse=True)
    chance.shuffle(facts)
    again = top_repeats(iter(facts), most, working=working, first_tier=first_tier, least=least)
    assert again == every[:most]


def test_what_is_not_known_does_not_count_and_clocks_do_not_run_backwards() -> None:
    early = Facts(reference="INC1", logged_at=NINE, resolved_at=NINE - HOUR)
    unknown = Facts(reference="INC2", resolved_at=NINE)
    (found,) = top_repeats([early, unknown], least=1)
    assert (found.count, found.median_hours) == (1, 0.0)
    assert top_repeats([early, unknown]) == ()


def took(hours: int, tier: int, category: str, **more: object) -> Facts:
    return Facts(
        reference=f"{category}{hours}",
        category=Category(category),
        logged_at=NINE,
        resolved_at=NINE + hours * HOUR,
        tier=tier,
        **more,
    )


def test_what_was_only_ever_seen_closed_counts_for_the_tier_it_was_closed_with() -> None:
    closed = [took(hours, 1, "Access", phase=Phase.CLOSED) for hours in (1, 2, 3, 4, 5)]
    late = [took(40, 2, "Network", phase=Phase.CLOSED) for _ in range(2)]
    seen = [took(9, 1, "Access", was_resolved=True, resolved_tier=tier) for tier in (2, None)]
    access, network = top_repeats([*closed, *late, *seen])
    assert (access.first_tier_hours, access.first_tier_n, access.first_tier_own) == (3.0, 5, True)
    assert (network.first_tier_hours, network.first_tier_n) == (3.0, 5)
    assert not network.first_tier_own and network.saved_hours == 2 * 37.0


def test_a_quick_category_is_compared_with_its_own_first_tier() -> None:
    quick = [
        took(hours, tier, "Password")
        for hours, tier in zip((1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 4), [1] * 5 + [2] * 6, strict=True)
    ]
    slow = [took(90, 1, "Disk") for _ in range(9)]
    password, disk = top_repeats([*quick, *slow])
    assert (password.median_hours, password.first_tier_hours, password.saved_hours) == (4, 1, 33)
    assert (disk.first_tier_own, disk.saved_hours) == (True, 0.0)


@pytest.mark.parametrize(
    ("given_ones", "arguments", "count"),
    [
        ([3], {}, 1),
        (3, {}, 1),
        ([], {"most": 0, "working": 1, "first_tier": -HOUR, "least": 0}, 4),
        ([], {"most": True, "first_tier": 3}, 2),
    ],
)
def test_wrong_arguments_of_repeats_are_told(given_ones, arguments, count: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        top_repeats(given_ones, **arguments)
    assert len(caught.value.defects) == count


def test_deflection_is_the_share_without_a_ticket() -> None:
    assert deflection(0, 0) is None
    assert deflection(4, 4) == 0.0
    assert deflection(4, 1) == 0.75
    for views, tickets in ((1, 2), (-1, 0), (True, 0), (1.0, 0), ("1", None)):
        with pytest.raises(InvalidInput):
            deflection(views, tickets)


def test_an_article_counts_where_its_resolution_stands() -> None:
    by_article = Closed(NINE, knowledge="KB1")
    given_ones = [
        incident(by_article, reference="INC1"),
        incident(by_article, Reopened(NINE), reference="INC2"),
        incident(by_article, Reopened(NINE), Closed(NINE, knowledge="KB2"), reference="INC3"),
        incident(by_article, Closed(NINE), reference="INC4"),
        incident(Closed(NINE, knowledge=" "), reference="INC5"),
        incident(Closed(NINE, knowledge="KB2"), reference="INC6"),
        incident(Closed(NINE, knowledge="KB0"), reference="INC7"),
        incident(LOGGED, reference="INC8"),
    ]
    random.Random(2).shuffle(given_ones)
    assert resolved_by_article(given_ones) == (("KB2", 2), ("KB0", 1), ("KB1", 1))
    assert resolved_by_article([]) == ()
    with pytest.raises(InvalidInput):
        resolved_by_article(["INC1"])
