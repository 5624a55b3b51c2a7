"""Queries: what they take, what they refuse, and which states they fit."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, fields
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


def test_everything_that_is_wrong_is_told_with_its_place() -> None:
    given: Any = {
        "group": 7,
        "assignee": ["x", None],
        "phase": "opne",
        "service": [],
        "logged_at": 5,
    }
    with pytest.raises(InvalidInput) as caught:
        Query(kind=["incident", "party"], closed_at=(NINE, 7), resolved_at=(1, 2, 3), **given)
    assert [str(each) for each in caught.value.defects] == [
        "kind: has 'party', which there is not; there are incident, problem, service request, question, change",
        "phase: has 'opne', which there is not; did you mean 'open'?",
        "group: is 7: give names",
        "assignee: has None, which is no name",
        "service: is an empty list, which nothing fits: leave it out for any",
        "logged_at: is 5: give two instants, (start, end)",
        "resolved_at: is (1, 2, 3): give two instants, (start, end)",
        "closed_at: is 7: give a date-time with a UTC offset",
    ]


@pytest.mark.parametrize("name", [each.name for each in fields(Query) if "_at" not in each.name])
@pytest.mark.parametrize("given", [(), [], set(), iter(())])
def test_an_empty_list_is_not_everything(name: str, given: Any) -> None:
    with pytest.raises(InvalidInput, match=f"{name}: is an empty list"):
        Query(**{name: given})


def test_what_is_not_given_is_everything() -> None:
    every = Query()
    assert (every.group, every.phase, every.names(), every.ranges()) == ((), (), (), ())
    for same in (Query(), evolve(every), copy.deepcopy(every), pickle.loads(pickle.dumps(every))):
        assert same == every and hash(same) == hash(every)
        assert evolve(same, group="Desk") == Query(group="Desk")
    assert repr(every.group) == "()"


@pytest.mark.parametrize("phase", Phase)
def test_phases_in_letters_of_any_case(phase: Phase) -> None:
    for name in (phase, phase.name, phase.value, phase.value.title()):
        assert Query(phase=name).phase == (phase.value,)
    assert Query(kind="Service Request").kind == ("service request",)
    assert Query(status="new").status == ("new",)  # a desk's own words are as they are


def test_a_range_may_be_a_list() -> None:
    given: Any = [NINE, None]
    assert Query(logged_at=given) == Query(logged_at=(NINE, None))


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
