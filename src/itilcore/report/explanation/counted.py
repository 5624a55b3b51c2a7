"""What a metric counted for one incident, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from attrs import frozen

from itilcore.incident import Facts
from itilcore.metrics import (
    BacklogResult,
    CostResult,
    CountResult,
    DurationResult,
    Metric,
    MixResult,
    RatioResult,
    Result,
    ShareResult,
    SlaResult,
)
from itilcore.report.text import hours, plain, share

__all__ = ["Counted", "count"]


@frozen
class Counted:
    """What the metric ``name`` made of one incident.

    ``reason`` says why it was left out; ``None`` means that it counts, and then ``figure`` is
    what it counted as in ``unit`` (1 or 0 for a share) and ``said`` the same in words.
    ``evidence`` are the columns of `itilcore.incident.Facts` that decided, with their values;
    ``None`` is unknown.
    """

    name: str
    definition: str
    unit: str
    reason: str | None
    figure: float | str | None
    said: str
    evidence: tuple[tuple[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON values, instants in ISO 8601."""
        return {
            "definition": self.definition,
            "unit": self.unit,
            "counted": self.reason is None,
            "reason": self.reason,
            "figure": self.figure,
            "evidence": {name: _json(value) for name, value in self.evidence},
        }

    def why(self, when: Callable[[datetime], str]) -> str:
        """The evidence in words; *when* writes an instant.  What is unknown is told last."""
        known = [(name, value) for name, value in self.evidence if value is not None]
        unknown = [name for name, value in self.evidence if value is None]
        parts = [f"{name} {_shown(name, value, when)}" for name, value in known]
        return "; ".join(parts + [f"{', '.join(unknown)} not known or not so"] * bool(unknown))


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float) else _text(value)


def _text(value: object) -> str:
    return str(getattr(value, "value", value))


def _shown(name: str, value: Any, when: Callable[[datetime], str]) -> str:
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_seconds"):
        return hours(value / 3600)
    return plain(_text(value))


def count(
    metric: Metric, result: Result, facts: Facts, local: Callable[[datetime], datetime]
) -> Counted:
    """What *metric* counted, where *result* is its result over the one row *facts*."""
    values = ((name, getattr(facts, name)) for name in metric.reads)
    evidence = tuple((n, local(v) if isinstance(v, datetime) else v) for n, v in values)
    reason = result.excluded[0][0] if result.excluded else None
    figure: float | str | None = None
    said = f"left out: {reason}"
    if reason is None:
        figure, said = _figure(result)
    elif isinstance(result, DurationResult) and result.censored:
        said += "; the median with the open ones takes it in as still running"
    return Counted(metric.name, metric.definition, metric.unit, reason, figure, said, evidence)


def _figure(result: Result) -> tuple[float | str | None, str]:
    """The figure of a result over one incident that counts, and the same in words."""
    match result:
        case DurationResult(mean=float(mean)):
            return mean, hours(mean)
        case ShareResult():
            pending = "; its window still runs" if result.pending else ""
            return result.count, ("yes" if result.count else "no") + pending
        case SlaResult():
            late = "running late" if result.running_late else "breached"
            return result.met, "in time" if result.met else late
        case CountResult(total=int(total)):
            return total, f"{total:,}"
        case BacklogResult():
            return result.mean_age, f"unresolved, {hours(result.mean_age)} old"
        case RatioResult():
            return result.value, share(result.value)
        case MixResult():
            return result.counts[0][0], plain(result.counts[0][0])
        case CostResult(cost=float(cost), minutes=float(minutes)):
            return cost, f"{cost:,.2f} for {hours(minutes / 60)}"
        case _:
            return None, "counts"
