"""Levels: ordered within a kind, strangers across kinds."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput
from itilcore.priority import Impact, Level, Priority, Severity, Urgency

from .strategies import KINDS, levels, names, scales


def test_the_defaults() -> None:
    assert [str(level) for level in Impact.default_scale()] == ["HIGH", "MEDIUM", "LOW"]
    assert Urgency.default_scale() == (Urgency.HIGH, Urgency.MEDIUM, Urgency.LOW)
    assert [level.rank for level in Priority.default_scale()] == [1, 2, 3, 4, 5]
    assert [level.name for level in Severity.default_scale()] == ["SEV1", "SEV2", "SEV3", "SEV4"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_default_scale_is_the_very_same_values(kind: type[Level]) -> None:
    for level in kind.default_scale():
        assert getattr(kind, level.name) is level
        assert repr(level) == f"{kind.__name__}.{level.name}"


def test_a_level_of_ones_own_shows_name_and_rank() -> None:
    assert repr(Impact("Extensive", 1)) == "Impact('Extensive', 1)"
    assert repr(Impact("HIGH", 2)) == "Impact('HIGH', 2)"
    assert repr(Impact("HIGH", 9)) == "Impact('HIGH', 9)"


@given(names, st.integers(1, 9))
def test_kinds_are_never_equal(name: str, rank: int) -> None:
    made = [kind(name, rank) for kind in (*KINDS, Level)]
    assert len(set(made)) == len(made)


@given(levels(), levels())
def test_equality_is_kind_name_and_rank(one: Level, other: Level) -> None:
    same = (type(one), one.name, one.rank) == (type(other), other.name, other.rank)
    assert (one == other) is same
    assert (one != other) is not same
    assert not same or hash(one) == hash(other)


@given(levels())
def test_a_level_survives_pickling_and_copying(level: Level) -> None:
    for twin in (pickle.loads(pickle.dumps(level)), copy.deepcopy(level)):
        assert twin == level
        assert hash(twin) == hash(level)
        assert repr(twin) == repr(level)


def test_its_hash_is_the_same_in_every_process() -> None:
    code = "from itilcore.priority import Impact; print(hash(Impact('Extensive', 2)))"
    outs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outs == {f"{hash(Impact('Extensive', 2))}\n"}


@given(scales(Urgency))
def test_the_earlier_in_a_scale_outranks_the_later(scale: tuple[Urgency, ...]) -> None:
    for i, one in enumerate(scale):
        for j, other in enumerate(scale):
            assert one.outranks(other) is (i < j)


@given(levels(), levels())
def test_only_one_kind_is_ranked(one: Level, other: Level) -> None:
    if type(one) is type(other):
        assert one.outranks(other) is (one.rank < other.rank)
    else:
        with pytest.raises(TypeError, match="are not on one scale"):
            one.outranks(other)


def test_there_is_no_sign_of_order() -> None:
    with pytest.raises(TypeError):
        _ = Impact.HIGH < Impact.LOW


@pytest.mark.parametrize(
    ("name", "rank", "paths"),
    [
        ("", 1, ["name"]),
        ("  ", 0, ["name", "rank"]),
        (None, 1, ["name"]),
        ("HIGH", -1, ["rank"]),
        ("HIGH", True, ["rank"]),
        ("HIGH", 1.0, ["rank"]),
        ("HIGH", "1", ["rank"]),
    ],
)
def test_a_bad_level_is_refused_with_every_defect(name: str, rank: int, paths: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        Severity(name, rank)
    assert refused.value.subject == "severity"
    assert [defect.path for defect in refused.value.defects] == paths


def test_a_scale_is_refused_with_every_defect() -> None:
    with pytest.raises(InvalidInput) as refused:
        Impact.scale("Major", " ", "Major", 3)  # type: ignore[arg-type]  # what is tested
    assert refused.value.subject == "impact scale"
    assert [str(defect) for defect in refused.value.defects] == [
        "[1]: is ' ': it must be a text that is not blank",
        "[2]: is 'Major', which stands before",
        "[3]: is 3: it must be a text that is not blank",
    ]


def test_a_scale_has_levels() -> None:
    with pytest.raises(InvalidInput, match="has no levels"):
        Priority.scale()


def test_a_level_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Priority.P1.rank = 2  # type: ignore[misc]  # what is tested
