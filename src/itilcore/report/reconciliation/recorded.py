"""What a tool recorded about its clocks: verdicts and durations, read from texts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["Recorded", "recorded"]

Recorded = bool | timedelta
"""A verdict (``True``: in time), or a duration."""

_VERDICTS: Final = {
    **dict.fromkeys(("true", "yes", "y", "met", "fulfilled", "in time"), True),
    **dict.fromkeys(("false", "no", "n", "breached", "failed", "missed"), False),
}
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER: Final = re.compile(r"-?\d{1,12}(?:\.\d{1,9})?\Z", re.ASCII)
_CLOCK: Final = re.compile(r"(?:(\d{1,6})(?: days?,?)? )?(\d{1,6}):(\d{2}):(\d{2})\Z", re.ASCII)
_SINCE_1970: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})\Z", re.ASCII)
_ISO: Final = re.compile(
    r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?\Z", re.ASCII
)


def recorded(text: str) -> Recorded | None:
    """A verdict or a duration, or ``None`` for a text that is neither.

    Durations are seconds, ``8:00:00``, ``1 day, 8:00:00``, ``PT8H``, or a date-time counted
    from the beginning of 1970, as ServiceNow exports them.

    >>> recorded("true"), recorded("28800"), recorded("1970-01-02 08:00:00")
    (True, datetime.timedelta(seconds=28800), datetime.timedelta(days=1, seconds=28800))
    >>> recorded("soon") is None
    True
    """
    word = text.strip()
    if word.casefold() in _VERDICTS:
        return _VERDICTS[word.casefold()]
    if _NUMBER.match(word):
        return timedelta(seconds=float(word))
    match = _CLOCK.match(word)
    if match is not None:
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    match = _SINCE_1970.match(word)
    if match is not None and match[1] == "1970":
        return _since_1970(*(int(part) for part in match.groups()[1:]))
    match = _ISO.match(word)
    if match is not None and any(match.groups()):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return None


def _since_1970(month: int, day: int, hour: int, minute: int, second: int) -> timedelta | None:
    try:
        return datetime(1970, month, day, hour, minute, second, tzinfo=UTC) - EPOCH
    except ValueError:
        return None
