"""Which targets leave nothing to others: against every incident of a small world."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from itilcore.sla import Applies

PATHS = ("Network", "Network > VPN", "Network > VPN > Client", "Mail")
NAMES = ("a", "b")
conditions = st.builds(
    Applies,
    priorities=st.lists(st.sampled_from(NAMES), max_size=2),
    services=st.lists(st.sampled_from(NAMES), max_size=2),
    categories=st.lists(st.sampled_from(PATHS), max_size=2),
)
# What an incident may be: of no name of a condition is another one.
WORLD = [*product((*NAMES, None, "c"), (*NAMES, None, "c"), (*PATHS, None, "Other"))]


def fits(each: Applies, priority: str | None, service: str | None, path: str | None) -> bool:
    """By the words of the documentation, one condition after the other."""
    if each.priorities and priority not in each.priorities:
        return False
    if each.services and service not in each.services:
        return False
    return not each.categories or any(
        path is not None and f"{path} > ".startswith(f"{wanted} > ") for wanted in each.categories
    )


@given(conditions, conditions)
def test_what_covers_another_fits_all_that_it_fits(wide: Applies, narrow: Applies) -> None:
    if wide.covers(narrow):
        assert all(fits(wide, *one) for one in WORLD if fits(narrow, *one))
        assert set(wide.reach) & set(narrow.may_lie_in)


def test_a_condition_that_the_other_does_not_ask_for() -> None:
    assert not Applies(categories="Network").covers(Applies())
    assert Applies().covers(Applies(categories="Network"))
