"""Problems, and which incidents their fix resolves."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest

from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import (
    Cancelled,
    Closed,
    Held,
    HoldReason,
    Incident,
    Linked,
    LinkKind,
    Logged,
    Noted,
    Reopened,
    Resolved,
    Status,
    StatusChanged,
)
from itilcore.problems.records import Problem, offered

OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIXED = OPENED + timedelta(days=3)


def problem(**parts) -> Problem:
    return Problem(**{"reference": "PRB1", "title": "VPN drops", "opened_at": OPENED, **parts})


def incident(reference: str, *more, logged=OPENED, link="PRB1", kind=LinkKind.PROBLEM) -> Incident:
    return Incident.replay(reference, [Logged(logged), Linked(logged, kind, link), *more])


def test_a_known_error_has_a_cause_and_a_workaround() -> None:
    assert not problem().is_known_error
    assert not problem(cause="a leak").is_known_error
    assert not problem(workaround="restart").is_known_error
    assert problem(cause="a leak", workaround="restart").is_known_error


def test_incidents_are_kept_once_in_order_and_instants_in_utc() -> None:
    east = timezone(timedelta(hours=9))
    one = problem(incidents=["INC2", "INC1", "INC2"], fixed_at=FIXED.astimezone(east))
    assert one.incidents == ("INC1", "INC2")
    assert one == problem(incidents=("INC1", "INC2"), fixed_at=FIXED)
    assert one.fixed_at.tzinfo is UTC
    assert problem(incidents="INC1").incidents == ("INC1",)
    assert len({one, problem(incidents=("INC1", "INC2"), fixed_at=FIXED)}) == 1


@pytest.mark.parametrize(
    ("parts", "paths"),
    [
        ({"reference": "", "title": 3}, ["reference", "title"]),
        ({"cause": " ", "workaround": 1}, ["cause", "workaround"]),
        ({"incidents": [1, []]}, ["incidents[0]", "incidents[1]"]),
        ({"incidents": None}, ["incidents[0]"]),
        (
            {"opened_at": None, "fixed_at": 1, "closed_at": "x"},
            ["opened_at", "fixed_at", "closed_at"],
        ),
        (
            {"fixed_at": OPENED - timedelta(1), "closed_at": OPENED - timedelta(1)},
            ["fixed_at", "closed_at"],
        ),
    ],
)
def test_a_problem_tells_all_that_is_wrong_with_it(parts, paths: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        problem(**parts)
    assert [each.path for each in caught.value.defects] == paths


@pytest.mark.parametrize("name", ["opened_at", "fixed_at", "closed_at"])
def test_instants_need_an_offset(name: str) -> None:
    with pytest.raises(NaiveInstant):
        problem(**{name: datetime(2026, 5, 1)})


def test_the_fix_offers_what_is_linked_and_not_resolved() -> None:
    later = OPENED + timedelta(hours=1)
    open_again = [Resolved(later), Reopened(later)]
    given_ones = [
        incident("I1"),
        incident("I2", StatusChanged(later, Status.IN_PROGRESS)),
        incident("I3", Held(later, HoldReason.AWAITING_CALLER)),
        incident("I4", *open_again),
        incident("I5", logged=FIXED),
        incident("N1", Resolved(later)),
        incident("N2", Closed(later)),
        incident("N3", Cancelled(later)),
        incident("N4", link="PRB2"),
        incident("N5", kind=LinkKind.RELATED),
        incident("N6", logged=FIXED + timedelta(minutes=1)),
        Incident.replay("N7", [Linked(later, LinkKind.PROBLEM, "PRB1")]),
        Incident.replay("N8", [Logged(OPENED)]),
        Incident.replay("I6", [Logged(OPENED)]),
        Incident.replay("I7", [StatusChanged(later, Status.NEW), Noted(later, "imported")]),
    ]
    fixed = problem(fixed_at=FIXED, incidents=["I6", "I7", "gone"])
    wanted = tuple(f"I{n}" for n in range(1, 8))
    assert offered(fixed, given_ones) == wanted
    random.Random(1).shuffle(given_ones)
    assert offered(fixed, iter([*given_ones, *given_ones])) == wanted


def test_without_a_fix_nothing_is_offered() -> None:
    assert offered(problem(), [incident("I1")]) == ()
    assert offered(problem(closed_at=FIXED), [incident("I1")]) == ()
    assert offered(problem(fixed_at=FIXED), []) == ()


def test_what_is_no_problem_and_no_incident_is_told() -> None:
    with pytest.raises(InvalidInput) as caught:
        offered("PRB1", ["INC1"])
    assert [each.path for each in caught.value.defects] == ["problem", "incidents[0]"]
    with pytest.raises(InvalidInput):
        offered(problem(), 3)
