"""The sections ``[impact]``, ``[urgency]`` and ``[[adjustments]]``: facts and what they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar

from attrs import field, frozen

from itilcore.errors import InvalidInput, nearest
from itilcore.priority import (
    Adjustments,
    ImpactRules,
    Level,
    LevelRule,
    LevelRules,
    PriorityAdjustment,
    UrgencyRules,
)

from .promises import duration
from .reading import Place

__all__ = ["level_named", "read_adjustments", "read_conditions", "read_levels"]

_NAME: Final = "-"
"""Stands for a name that is missing, which has been told."""

L = TypeVar("L", bound=Level)


@frozen(kw_only=True)
class WrittenLevels:
    """``[impact]`` and ``[urgency]``."""

    rules: list[Any] | None
    otherwise: str | None
    assumed: Any = field(factory=dict)


@frozen(kw_only=True)
class WrittenLevelRule:
    """A row of ``rules``."""

    name: str | None
    level: str | None
    when: Any
    example: str = ""


@frozen(kw_only=True)
class WrittenAdjustment:
    """``[[adjustments]]``."""

    name: str | None
    when: Any
    steps: int | None


def read_conditions(place: Place, given: object) -> Mapping[str, object] | None:
    """Facts and what is wanted of them, times as such; ``None`` and a defect for no table.

    What else is wrong about them is for whoever keeps them to tell.
    """
    if not isinstance(given, Mapping):
        place.refuse(f"is {given!r:.60}, not a table of facts")
        return None
    return {str(name): _value(name, value) for name, value in given.items()}


def _value(name: object, value: object) -> object:
    """*value*, or the time that it says where *name* is a fact of time."""
    if not str(name).endswith("_within") or not isinstance(value, str):
        return value
    found: object = value
    try:
        found = duration(value)
    except InvalidInput:
        pass  # told with what is right, where the conditions are kept
    return found if isinstance(found, timedelta) else value


def level_named(place: Place, name: str | None, scale: Sequence[L]) -> L | None:
    """The level of that name on *scale*, or ``None`` and a defect; none of nothing."""
    if name is None:
        return None
    found = {level.name: level for level in scale}.get(name)
    if found is None:
        place.refuse(f"is {name!r}, which is not on the scale; {nearest(name, [*map(str, scale)])}")
    return found


def read_levels(
    place: Place, given: object, kind: type[ImpactRules | UrgencyRules], scale: Sequence[Any]
) -> LevelRules[Any] | None:
    """The rules of *kind* with levels of *scale*; ``None`` where they do not hold together."""
    record = place.record(WrittenLevels, given)
    if record is None:
        return None
    rules: list[LevelRule] = []
    places: list[str] = []
    seen: set[str] = set()
    kept: set[str] = set()
    for at, row in place.records("rules", WrittenLevelRule, record.rules or ()):
        rule = _level_rule(at, row, scale)
        # Where both rows are kept, their rules tell it.
        if row.name in seen and not (rule is not None and rule.name in kept):
            (at / "name").refuse(f"is {row.name!r}, which stands above already")
        seen.update(() if row.name is None else (row.name,))
        if rule is not None:
            kept.add(rule.name)
            rules.append(rule)
            places.append(at.path)
    otherwise = level_named(place / "otherwise", record.otherwise, scale)
    assumed = read_conditions(place / "assumed", record.assumed)
    with place.catching(lambda path: _as_written(path, place, places)):
        return kind(rules, scale[-1] if otherwise is None else otherwise, assumed or {})
    return None


def _level_rule(at: Place, row: WrittenLevelRule, scale: Sequence[Any]) -> LevelRule | None:
    level = level_named(at / "level", row.level, scale)
    when = None if row.when is None else read_conditions(at / "when", row.when)
    if when is None:
        return None
    with at.catching():
        # What is missing has been told; the rest is judged all the same.
        rule = LevelRule(
            name=_NAME if row.name is None else row.name,
            level=scale[0] if level is None else level,
            when=when,
            example=row.example,
        )
        return None if None in (row.name, level) else rule
    return None


def _as_written(path: str, place: Place, places: Sequence[str]) -> str:
    """A path of rules that were kept, as the book has them: wrong rows were left out."""
    if not path.startswith("rules["):
        return path
    index, _, rest = path.removeprefix("rules[").partition("]")
    return f"{places[int(index)].removeprefix(place.path + '.')}{rest}"


def read_adjustments(place: Place, given: object) -> Adjustments:
    """The rows that move a priority, without those that are wrong."""
    rows: list[PriorityAdjustment] = []
    names: set[str] = set()
    for at, row in place.records("", WrittenAdjustment, place.array(given)):
        when = None if row.when is None else read_conditions(at / "when", row.when)
        twice = row.name in names
        if twice:
            (at / "name").refuse(f"is {row.name!r}, which stands above already")
        names.update(() if row.name is None else (row.name,))
        if when is None or row.steps is None:
            continue
        with at.catching():
            made = PriorityAdjustment(
                name=_NAME if row.name is None else row.name,
                when=when,
                steps=row.steps,
            )
            if row.name is not None and not twice:
                rows.append(made)
    return Adjustments(rows)
