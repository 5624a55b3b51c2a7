"""Content versions: same content, same version; other content, other version."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.version import content_version

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
json_values = st.recursive(
    scalars | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return [reversed_keys(item) for item in value] if isinstance(value, list) else value


def test_the_text_that_is_hashed_is_canonical() -> None:
    digest = hashlib.sha256(b'{"a":[1,null],"b":"\\u00e9"}').hexdigest()
    assert content_version("matrix", {"b": "é", "a": (1, None)}) == f"matrix:{digest[:12]}"


@given(json_values)
def test_the_order_of_keys_means_nothing(value: Any) -> None:
    assert content_version("m", value) == content_version("m", reversed_keys(value))


@given(json_values)
def test_a_value_keeps_its_version_through_json(value: Any) -> None:
    assert content_version("m", value) == content_version("m", json.loads(json.dumps(value)))


@given(json_values, json_values)
def test_other_content_has_another_version(one: Any, other: Any) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (content_version("m", one) == content_version("m", other)) is same


def test_the_kind_is_part_of_it() -> None:
    assert content_version("a", 1).removeprefix("a") == content_version("b", 1).removeprefix("b")
    assert content_version("a", 1) != content_version("b", 1)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")]])
def test_a_number_that_is_not_finite_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="JSON"):
        content_version("m", value)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x"])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="JSON"):
        content_version("m", value)
