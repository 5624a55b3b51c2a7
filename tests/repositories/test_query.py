"""Queries: what they take, what they refuse, and which states they fit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import Category, TicketKind
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import Phase, Status
from itilcore.priority import Priority
from itilcore.repositories import IncidentState, Query

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_values_are_taken_by_their_names() -> None:
    query = Query(
        kind=TicketKind.INCIDENT,
        status=[Status.NEW, "mine"],
        phase=Phase.OPEN,
        priority=(Priority.P1, "P2"),
        category=Category("Network", "VPN"),
        group={"Desk"},
    )
    assert query.names() == (
        ("kind", ("incident",)),
        ("status", ("NEW", "mine")),
        ("phase", ("open",)),
        ("priority", ("P1", "P2")),
        ("group", ("Desk",)),
        ("category", ("Network > VPN",)),
    )


@pytest.mark.parametrize("given", [7, None, [7], [None], ["x", b"y"]])
def test_what_is_no_name_is_refused(given: Any) -> None:
    with pytest.raises(InvalidInput, match="query"):
        Query(group=given)


def test_a_range_goes_forward_and_has_instants() -> None:
    with pytest.raises(InvalidInput) as caught:
        Query(logged_at=(NINE, NINE - HOUR), closed_at=(NINE, NINE - HOUR))
    assert [each.path for each in caught.value.defects] == ["logged_at", "closed_at"]
    with pytest.raises(NaiveInstant):
        Query(resolved_at=(None, NINE.replace(tzinfo=None)))
    assert Query(logged_at=(None, None)).ranges() == ()
    assert Query(logged_at=(NINE, NINE)).ranges() == (("logged_at", (NINE, NINE)),)


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        (Query(), True),
        (Query(group=["a", "b"]), True),
        (Query(group="b", assignee="x"), False),
        (Query(category="Net"), True),
        (Query(category="Net > VPN"), True),
        (Query(category=["Ne", "Net > VP"]), False),
        (Query(logged_at=(NINE, None)), True),
        (Query(logged_at=(NINE + HOUR, None)), False),
        (Query(logged_at=(None, NINE)), False),
        (Query(logged_at=(None, NINE + HOUR)), True),
        (Query(closed_at=(None, NINE)), False),
    ],
)
def test_a_query_fits_where_every_part_does(query: Query, fits: bool) -> None:
    state = IncidentState(group="b", category="Net > VPN", logged_at=NINE)
    assert query.fits(state) is fits


@given(st.integers(-3, 3), st.integers(0, 3), st.integers(-3, 6))
def test_ranges_are_half_open(start: int, length: int, at: int) -> None:
    bounds = (NINE + start * HOUR, NINE + (start + length) * HOUR)
    state = IncidentState(logged_at=NINE + at * HOUR)
    assert Query(logged_at=bounds).fits(state) == (start <= at < start + length)
