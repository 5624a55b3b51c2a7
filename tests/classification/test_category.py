"""Categories: paths of names, with text as their other form."""

from __future__ import annotations

import copy
import pickle

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import Category
from itilcore.errors import InvalidInput

names = (
    st.text(min_size=1, max_size=6)
    .filter(lambda text: ">" not in text and text.strip() != "")
    .map(str.strip)
)
few = st.sampled_from(["Network", "VPN", "network"])


def categories(of: st.SearchStrategy[str]) -> st.SearchStrategy[Category]:
    return st.lists(of, min_size=1, max_size=4).map(lambda path: Category(*path))


@given(categories(names))
def test_parsing_is_the_inverse_of_str(category: Category) -> None:
    assert Category.parse(str(category)) == category


@given(st.lists(names, min_size=1), st.sampled_from([">", " > ", ">  ", "\t>\n"]))
def test_blanks_around_names_mean_nothing(path: list[str], between: str) -> None:
    assert Category.parse(f" {between.join(path)} ").path == tuple(path)


@given(categories(few), categories(few), categories(few))
def test_containing_is_a_partial_order(a: Category, b: Category, c: Category) -> None:
    assert a.contains(a)
    assert not (a.contains(b) and b.contains(a)) or a == b
    assert not (a.contains(b) and b.contains(c)) or a.contains(c)


@given(categories(names))
def test_a_parent_contains_its_child_and_is_one_shorter(category: Category) -> None:
    parent = category.parent
    assert category.depth == len(category.path)
    assert (parent is None) is (category.depth == 1)
    if parent is not None:
        assert parent.contains(category)
        assert not category.contains(parent)
        assert parent.path == category.path[:-1]
        assert parent.top == category.top


@given(categories(names))
def test_it_survives_pickling_and_copying(category: Category) -> None:
    for twin in (pickle.loads(pickle.dumps(category)), copy.deepcopy(category)):
        assert twin == category
        assert hash(twin) == hash(category)


def test_case_is_kept() -> None:
    assert Category("network") != Category("Network")
    assert repr(Category(" Network ", "VPN")) == "Category('Network', 'VPN')"


def test_every_defect_is_listed() -> None:
    with pytest.raises(InvalidInput) as refused:
        Category("Network", " ", "a > b", 3)  # type: ignore[arg-type]  # what is tested
    assert [str(defect) for defect in refused.value.defects] == [
        "path[1]: is blank",
        "path[2]: has a '>' in it",
        "path[3]: is 3, not a text",
    ]


@pytest.mark.parametrize("text", ["", " ", "Network >", "> VPN", "Network > > VPN"])
def test_a_text_with_a_blank_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is blank"):
        Category.parse(text)


def test_no_names_are_no_category() -> None:
    with pytest.raises(InvalidInput, match="path: has no name"):
        Category()


def test_it_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Category("Network").path = ()  # type: ignore[misc]  # what is tested
