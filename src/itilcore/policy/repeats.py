"""The sections ``[similar]`` and ``[recurrence]``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from attrs import fields, frozen

from itilcore.problems import RecurrenceRules, SimilarRules

from .promises import hours_within
from .reading import Place

__all__ = ["read_recurrence", "read_similar"]

_MOST_DAYS: Final = 36_500


@frozen(kw_only=True)
class WrittenSimilar:
    """``[similar]``."""

    window: str | None = None
    least: float | None = None
    most: int | None = None


@frozen(kw_only=True)
class WrittenRecurrence:
    """``[recurrence]``."""

    recent_days: int | None = None
    usual_days: int | None = None
    level: float | None = None
    by: Any = None
    rhythm_level: float | None = None
    tz: str | None = None


def _written(record: object) -> dict[str, Any]:
    """What is written of a section."""
    attributes: Any = type(record)
    found = {each.name: getattr(record, each.name) for each in fields(attributes)}
    return {name: value for name, value in found.items() if value is not None}


def read_similar(place: Place, given: object) -> SimilarRules:
    """How like and how near reports are that may tell the same."""
    record = place.record(WrittenSimilar, given)
    values = {} if record is None else _written(record)
    if "window" in values:
        length = hours_within(place / "window", values.pop("window"))
        if length is not None:
            values["window"] = length
    with place.catching():
        return SimilarRules(**values)
    return SimilarRules()


def read_recurrence(place: Place, given: object) -> RecurrenceRules:
    """What counts as coming back."""
    record = place.record(WrittenRecurrence, given)
    values = {} if record is None else _written(record)
    for name in ("recent_days", "usual_days"):
        if name in values:
            days = values.pop(name)
            if not 1 <= days <= _MOST_DAYS:
                problem = f"is {days}: give a whole number from 1 to {_MOST_DAYS:,}"
                (place / name).refuse(problem)
                continue
            values[name.removesuffix("_days")] = timedelta(days=days)
    if "by" in values:
        values["by"] = (place / "by").names(values["by"])
    with place.catching():
        return RecurrenceRules(**values)
    return RecurrenceRules()
