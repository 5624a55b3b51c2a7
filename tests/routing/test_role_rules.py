"""Which roles one person alone has, and which nobody has together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput
from itilcore.incident import Role, RoleSpell, role_conflict
from itilcore.routing import RoleRules

NINE, TEN, ELEVEN = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 11))
NAMES = ("requester", "tier 1 resolver", "resolver", "scribe", "major incident manager", "own")
spells = st.lists(
    st.builds(
        RoleSpell,
        st.sampled_from(NAMES).map(Role),
        st.sampled_from(["ada", "bob"]),
        st.sampled_from([NINE, TEN]),
        st.sampled_from([None, TEN, ELEVEN]),
    ),
    max_size=6,
)
pairs = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda p: p[0] != p[1]),
    max_size=3,
)


def broken(found: list[RoleSpell], apart: list[tuple[str, str]]) -> bool:
    """By the words of the documentation, instant by instant and person by person."""
    resolvers = {"resolver", "tier 1 resolver"}
    always = [("major incident manager", name) for name in resolvers]
    for half_hours in range(6):
        now = [s for s in found if s.holds(NINE + half_hours * timedelta(minutes=30))]
        if len({s.person for s in now if s.role == Role.MAJOR_INCIDENT_MANAGER}) > 1:
            return True
        for person in ("ada", "bob"):
            # By their places: one who has a role twice has not two roles.
            had = [(at, s.role.name) for at, s in enumerate(now) if s.person == person]
            for (one, first), (other, second) in permutations(had, 2):
                for a, b in (*always, *apart):
                    fits_first = first == a or (a == "resolver" and first in resolvers)
                    fits_second = second == b or (b == "resolver" and second in resolvers)
                    if one != other and fits_first and fits_second:
                        return True
    return False


@given(spells, pairs)
def test_a_conflict_is_one_of_the_pairs_or_of_manager_and_resolver(
    found: list[RoleSpell], apart: list[tuple[str, str]]
) -> None:
    assert (RoleRules(apart=apart).conflict(found) is not None) is broken(found, apart)
    assert (role_conflict(found) is not None) <= broken(found, [])


def test_what_was_is_told_as_past() -> None:
    manages = RoleSpell(Role.MAJOR_INCIDENT_MANAGER, "ada", NINE, ELEVEN)
    resolves = RoleSpell(Role.RESOLVER, "ada ", TEN)
    assert role_conflict([manages, resolves]) == (
        f"ada was, since {TEN.isoformat()}, major incident manager and resolver: "
        "whoever resolves it cannot manage it"
    )
    rules = RoleRules(apart=[("Requester", "scribe")], single="Scribe ")
    asks = RoleSpell(Role.REQUESTER, "ada", NINE, ELEVEN)
    writes = RoleSpell(Role.SCRIBE, "ada", TEN)
    assert (
        rules.conflict([asks, writes]) == "ada was requester and scribe: the roles are kept apart"
    )
    two = [RoleSpell(Role.SCRIBE, name, NINE, TEN) for name in ("ada", "bob")]
    assert rules.conflict(two) == "ada and bob were scribe: one person is at a time"


def test_the_order_means_nothing_to_the_version() -> None:
    one = RoleRules(single=["a", "b"], apart=[("a", "b"), ("c", "d")])
    other = RoleRules(single=["b", "a"], apart=[("d", "c"), ("b", "a")])
    assert one.version == other.version != RoleRules().version


def test_what_are_no_rules() -> None:
    wrong: Any = RoleRules
    with pytest.raises(InvalidInput) as caught:
        wrong(single=5, apart=5)
    assert [each.path for each in caught.value.defects] == ["single[0]", "apart[0]"]
