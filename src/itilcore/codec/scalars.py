"""Single values as JSON: instants, durations, levels, statuses, categories, claims."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final

from itilcore.classification import Category, TicketKind
from itilcore.errors import nearest
from itilcore.incident import STANDARD_STATUSES, HoldReason, Phase, Role, Status
from itilcore.priority import Impact, Level, Priority, Severity, Urgency

__all__: list[str] = []

_DURATION: Final = re.compile(
    r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,6}))?S)?)?", re.ASCII
)
_BY_NAME: Final = {status.name: status for status in STANDARD_STATUSES}


def refuse(problem: str) -> ValueError:
    """What a reader raises: the words that end up in the defect."""
    return ValueError(problem)


def text(value: object, what: str = "a text") -> str:
    """*value* if it is a text that UTF-8 can hold."""
    if not isinstance(value, str):
        raise refuse(f"is {_short(value)}, not {what}")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise refuse("has half of a surrogate pair in it") from None
    return value


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:59] + "…"


def whole(value: object) -> int:
    """*value* if it is a whole number; True, "3" and 3.0 are none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(f"is {_short(value)}, not a whole number")
    return value


def number(value: object) -> float:
    """*value* if it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(f"is {_short(value)}, not a number")
    found = float(value)
    if not math.isfinite(found):
        raise refuse(f"is {value!r}, not a finite number")
    return found


def flag(value: object) -> bool:
    """*value* if it is true or false."""
    if not isinstance(value, bool):
        raise refuse(f"is {_short(value)}, neither true nor false")
    return value


def instant(value: object) -> datetime:
    """An ISO 8601 text with a UTC offset."""
    raw = text(value, "an instant")
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        raise refuse(f"is {_short(raw)}, not an ISO 8601 instant") from None
    if found.tzinfo is UTC:  # as nearly every instant is; the rest takes longer
        return found
    if found.tzinfo is None:
        raise refuse(f"is {_short(raw)}, which has no UTC offset")
    return found if found.utcoffset() else found.replace(tzinfo=UTC)


def duration(value: object) -> timedelta:
    """An ISO 8601 duration of days, hours, minutes and seconds."""
    raw = text(value, "a duration")
    found = _DURATION.fullmatch(raw)
    if found is None or raw.endswith(("P", "T")):
        raise refuse(f"is {_short(raw)}, not an ISO 8601 duration such as PT1H30M")
    days, hours, minutes, seconds = (int(part or 0) for part in found.group(2, 3, 4, 5))
    micros = int((found[6] or "").ljust(6, "0"))
    try:
        length = timedelta(
            days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micros
        )
    except OverflowError:
        raise refuse(f"is {_short(raw)}, longer than can be held") from None
    return -length if found[1] else length


def duration_text(value: timedelta) -> str:
    """*value* as an ISO 8601 duration."""
    sign, rest = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, seconds = divmod(rest.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest.microseconds:06d}".rstrip("0").rstrip(".")
    time = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    if seconds or rest.microseconds:
        time += f"{seconds}{fraction}S"
    days = f"{rest.days}D" * bool(rest.days)
    return f"{sign}P{days}{'T' + time if time else ''}" if days or time else "PT0S"


def level(kind: type[Level], value: object) -> Level:
    """A level: the name of a default one, or name and rank."""
    scale = {known.name: known for known in kind.default_scale()}
    if isinstance(value, Mapping):
        fields(value, ("name", "rank"), required=("name", "rank"))
        return kind(text(value["name"]), whole(value["rank"]))
    found = scale.get(text(value, f"one of {', '.join(scale)}"))
    if found is None:
        raise refuse(f"is {_short(value)}; {nearest(str(value), tuple(scale))}")
    return found


def level_json(value: Level) -> object:
    """The name of a default level; name and rank of any other."""
    if value in type(value).default_scale():
        return value.name
    return {"name": value.name, "rank": value.rank}


def status(value: object) -> Status:
    """A status: the name of a standard one, or name, phase and raw."""
    if isinstance(value, Mapping):
        fields(value, ("name", "phase", "raw"), required=("name", "phase"))
        raw = value.get("raw")
        phase = choice(Phase, value["phase"])
        return Status(text(value["name"]), phase, None if raw is None else text(raw))
    found = _BY_NAME.get(text(value, f"one of {', '.join(_BY_NAME)}"))
    if found is None:
        raise refuse(f"is {_short(value)}; {nearest(str(value), tuple(_BY_NAME))}")
    return found


def status_json(value: Status) -> object:
    """The name of a standard status; all of any other."""
    if _BY_NAME.get(value.name) == value:
        return value.name
    found: dict[str, object] = {"name": value.name, "phase": value.phase.value}
    if value.raw is not None:
        found["raw"] = value.raw
    return found


def category(value: object) -> Category:
    """A category: a list of names, or a text with ``>`` between them."""
    if isinstance(value, str):
        return Category.parse(text(value))
    if not isinstance(value, list | tuple):
        raise refuse(f"is {_short(value)}, not a list of names")
    return Category(*(text(name) for name in value))


def choice(kind: type[Enum], value: object) -> Any:
    """The member of *kind* that has this value."""
    values = tuple(str(member.value) for member in kind)
    if not isinstance(value, str) or value not in values:
        raise refuse(f"is {_short(value)}; {nearest(str(value), values)}")
    return kind(value)


def fields(
    value: Mapping[Any, Any], known: tuple[str, ...], required: tuple[str, ...] = ()
) -> None:
    """Refuse unknown and missing keys of a small object."""
    problems = [
        f"unknown key {_short(k)}; {nearest(str(k), known)}" for k in value if k not in known
    ]
    problems += [f"lacks the key {key!r}" for key in required if key not in value]
    if problems:
        raise refuse("; ".join(problems))


# What may stand in the inputs of a reason and is no JSON value by itself.
_TAGGED: Final[dict[str, type[Any]]] = {
    "impact": Impact,
    "urgency": Urgency,
    "priority": Priority,
    "severity": Severity,
    "status": Status,
    "hold reason": HoldReason,
    "role": Role,
    "category": Category,
    "ticket kind": TicketKind,
    "phase": Phase,
    "instant": datetime,
    "duration": timedelta,
}


def tagged_json(value: object) -> object:
    """A value of a reason's inputs: JSON as it is, known values with their type."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    for tag, kind in _TAGGED.items():
        if isinstance(value, kind):
            return {"type": tag, "value": plain_json(value)}
    raise TypeError(f"{type(value).__name__} cannot stand in the inputs of a reason as JSON")


def plain_json(value: Any) -> object:
    """A single value of a known type as JSON."""
    match value:
        case Level():
            return level_json(value)
        case Status():
            return status_json(value)
        case HoldReason() | Role():
            return value.name
        case Category():
            return list(value.path)
        case Enum():
            return value.value
        case datetime():
            return value.isoformat()
        case _:
            return duration_text(value)


def tagged(value: object) -> object:
    """What `tagged_json` wrote."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if not isinstance(value, Mapping):
        raise refuse(f"is {_short(value)}, not a value with its type")
    fields(value, ("type", "value"), required=("type", "value"))
    kind = _TAGGED.get(str(value["type"]))
    if kind is None:
        raise refuse(
            f"has the type {_short(value['type'])}; {nearest(str(value['type']), tuple(_TAGGED))}"
        )
    return plain(kind, value["value"])


def plain(kind: type[Any], value: object) -> Any:
    """A single value of *kind* from JSON."""
    if issubclass(kind, Level):
        return level(kind, value)
    if issubclass(kind, Enum):
        return choice(kind, value)
    readers: dict[type[Any], Any] = {
        Status: status,
        HoldReason: lambda raw: HoldReason(text(raw)),
        Role: lambda raw: Role(text(raw)),
        Category: category,
        datetime: instant,
        timedelta: duration,
    }
    return readers[kind](value)
