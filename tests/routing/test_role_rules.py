"""Which roles one person alone has, and which nobody has together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput
from itilcore.incident import Role, RoleSpell, role_conflict
from itilcore.routing import RoleRules

NINE, TEN = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
NAMES = ("requester", "tier 1 resolver", "resolver", "scribe", "major incident manager", "own")
spells = st.lists(
    st.builds(
        RoleSpell,
        st.sampled_from(NAMES).map(Role),
        st.sampled_from(["ada", "bob"]),
        st.just(NINE),
        st.sampled_from([None, TEN]),
    ),
    max_size=6,
)
pairs = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda p: p[0] != p[1]),
    max_size=3,
)


def together(found: list[RoleSpell], pair: tuple[str, str]) -> bool:
    """By the words of the documentation, person by person."""
    for person in ("ada", "bob"):
        names = [s.role.name for s in found if s.person == person and s.end is None]
        for place, one in enumerate(names):
            for other in names[place + 1 :]:
                for a, b in (pair, pair[::-1]):
                    fits_one = one == a or (a == "resolver" and one == "tier 1 resolver")
                    fits_other = other == b or (b == "resolver" and other == "tier 1 resolver")
                    if fits_one and fits_other:
                        return True
    return False


@given(spells, pairs)
def test_a_conflict_is_one_of_the_pairs_or_of_manager_and_resolver(
    found: list[RoleSpell], apart: list[tuple[str, str]]
) -> None:
    wanted = role_conflict(found) is not None or any(together(found, pair) for pair in apart)
    assert (RoleRules(apart=apart).conflict(found) is not None) is wanted


def test_the_order_means_nothing_to_the_version() -> None:
    one = RoleRules(single=["a", "b"], apart=[("a", "b"), ("c", "d")])
    other = RoleRules(single=["b", "a"], apart=[("d", "c"), ("b", "a")])
    assert one.version == other.version != RoleRules().version


def test_what_are_no_rules() -> None:
    wrong: Any = RoleRules
    with pytest.raises(InvalidInput) as caught:
        wrong(single=5, apart=5)
    assert [each.path for each in caught.value.defects] == ["single[0]", "apart[0]"]
