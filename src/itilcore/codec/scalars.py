"""Single values: texts, numbers, instants and durations.  None is converted on the way."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from .defects import Reading, shown

__all__: list[str] = []

_DURATION: Final = re.compile(
    r"(-)?P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,6}))?S)?)?", re.ASCII
)


def text(value: object, _kind: object = None) -> str:
    """*value* if it is a text that UTF-8 can hold."""
    if not isinstance(value, str):
        raise ValueError(f"is {shown(value)}, not a text")
    if not value.isascii() and not can_be_written(value):
        raise ValueError("has half of a surrogate pair in it")
    return value


def can_be_written(value: str) -> bool:
    """Whether UTF-8 can hold *value*: not where it has half of a surrogate pair."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def whole(value: object, _kind: object = None) -> int:
    """*value* if it is a whole number; True, "3" and 3.0 are none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"is {shown(value)}, not a whole number")
    return value


def number(value: object, _kind: object = None) -> float:
    """*value* if it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"is {shown(value)}, not a number")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ValueError(f"is {shown(value)}, not a finite number")
    return found


def flag(value: object, _kind: object = None) -> bool:
    """*value* if it is true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"is {shown(value)}, neither true nor false")
    return value


def instant(value: object, _kind: object = None) -> datetime:
    """An ISO 8601 text with a UTC offset; what is finer than a microsecond is dropped."""
    if not isinstance(value, str):
        raise ValueError(f"is {shown(value)}, not an instant")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"is {shown(value)}, not an ISO 8601 instant") from None
    if found.tzinfo is UTC:
        return found
    if found.tzinfo is None:
        raise ValueError(f"is {shown(value)}, which has no UTC offset")
    try:
        found.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"is {shown(value)}, which is outside the years 1 to 9999 in UTC") from None
    return found


def instant_text(value: datetime) -> str:
    """*value* in ISO 8601 with its offset."""
    return value.isoformat()


def duration(value: object, _kind: object = None) -> timedelta:
    """An ISO 8601 duration of days, hours, minutes and seconds.

    >>> duration("-P1DT1H30M")
    datetime.timedelta(days=-2, seconds=81000)
    """
    if not isinstance(value, str):
        raise ValueError(f"is {shown(value)}, not a duration")
    found = _DURATION.fullmatch(value)
    if found is None:
        raise ValueError(f"is {shown(value)}, not an ISO 8601 duration such as PT1H30M")
    try:
        days, hours, minutes, seconds = (int(part or 0) for part in found.group(2, 3, 4, 5))
        micros = int((found[6] or "").ljust(6, "0"))
        length = timedelta(
            days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micros
        )
    except (OverflowError, ValueError):  # ValueError: more digits than Python reads
        raise ValueError(f"is {shown(value)}, longer than can be held") from None
    return -length if found[1] else length


def duration_text(value: timedelta) -> str:
    """*value* as an ISO 8601 duration.

    >>> duration_text(timedelta(days=-1, hours=-1, minutes=-30))
    '-P1DT1H30M'
    """
    sign, rest = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, seconds = divmod(rest.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest.microseconds:06d}".rstrip("0").rstrip(".")
    days = f"{rest.days}D" * bool(rest.days)
    time = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    if seconds or rest.microseconds:
        time += f"{seconds}{fraction}S"
    return f"{sign}P{days}{'T' * bool(time)}{time}" if days or time else "PT0S"


def plain(value: object) -> Any:
    """*value* if it is JSON all through: no infinities, no half surrogate pairs."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return number(value)
    if isinstance(value, str):
        return text(value)
    reading = Reading()
    if isinstance(value, list):
        return_list = [reading.part(f"[{i}]", plain, item) for i, item in enumerate(value)]
        reading.finish("list")
        return return_list
    if isinstance(value, dict):
        for key, item in value.items():
            reading.part("", text, key)
            reading.part(str(key), plain, item)
        reading.finish("object")
        return dict(value)
    raise ValueError(f"is {shown(value)}, which is no JSON")
