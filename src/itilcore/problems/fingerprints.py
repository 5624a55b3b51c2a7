"""Fingerprints of alerts: what is told by the same source of the same thing has the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from itilcore.errors import Defect, InvalidInput, blank_defects

__all__ = ["fingerprint"]

_DIGITS: Final = 32
"""Hexadecimal digits: among thousand millions of alerts no two share a fingerprint by chance."""


def fingerprint(source: str, labels: Mapping[str, str], *, without: Iterable[str] = ()) -> str:
    """A text that names what an alert is about: 32 hexadecimal digits.

    It is made of *source*, who tells, and of *labels*, names and texts in any order, except
    those *without* which an alert is still the same, such as a measured value.  Texts count
    sign by sign: another case is another label.  It stays the same between runs, machines and
    releases.  Raises `itilcore.errors.InvalidInput` for a blank source, and for names and
    values that are no texts.

    >>> one = fingerprint("watcher", {"host": "db1", "check": "disk", "n": "9"}, without=["n"])
    >>> one == fingerprint("watcher", {"host": "db1", "check": "disk"})
    True
    """
    defects = blank_defects("source", source)
    left_out = _names(without, defects)
    if not isinstance(labels, Mapping):
        defects.append(Defect("labels", f"is {labels!r:.60}: give names and texts"))
    else:
        for name, value in labels.items():
            defects += blank_defects("a name of labels", name)
            if not isinstance(value, str):
                defects.append(Defect(f"labels.{name!s:.60}", f"is {value!r:.60}: give a text"))
    if defects:
        raise InvalidInput("fingerprint", defects)
    kept = sorted((name, value) for name, value in labels.items() if name not in left_out)
    text = json.dumps([source, kept], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _names(given: Any, defects: list[Defect]) -> frozenset[str]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        defects.append(Defect("without", f"is {given!r:.60}: give names of labels"))
        return frozenset()
    names = list(given)
    for index, name in enumerate(names):
        defects += blank_defects(f"without[{index}]", name)
    return frozenset(name for name in names if isinstance(name, str))
