"""What is wrong with a JSON value: every defect, with its path."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

import attrs
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError

from itilcore.errors import Defect, InvalidInput

__all__: list[str] = []

T = TypeVar("T")

READ_ERRORS: Final = (ValueError, RecursionError, ClassValidationError)
"""What reading a value may raise.  All else is a mistake of the library and shows itself."""

LONGEST: Final = 60
"""How many letters of a wrong value a defect shows."""


class Reading:
    """Reads a value part by part, and keeps what is wrong until all parts are read."""

    def __init__(self) -> None:
        self.defects: list[Defect] = []

    def part(self, path: str, read: Callable[[Any], T], value: object) -> T | None:
        """What *read* makes of *value*, or ``None`` and more defects."""
        try:
            return read(value)
        except READ_ERRORS as error:
            self.defects += defects_of(error, path)
            return None

    def finish(self, subject: str) -> None:
        """Raise what was found, if anything was."""
        if self.defects:
            raise InvalidInput(subject, self.defects)


def defects_of(error: Exception, path: str = "") -> list[Defect]:
    """Every defect in what a reader raised at *path*."""
    match error:
        case ClassValidationError():
            return list(_of_fields(error, path))
        case InvalidInput():
            return [Defect(join(path, defect.path), defect.problem) for defect in error.defects]
        case RecursionError():
            return [Defect(path, "is nested too deeply")]
        case ValueError():
            return [Defect(path, str(error))]
        case _:
            raise error


def _of_fields(error: ClassValidationError, path: str) -> Iterable[Defect]:
    fields, whole = error.group_exceptions()
    for inner, note in fields:
        place = join(path, note.name)
        # cattrs looks a field up before it reads it: no reader of ours raises KeyError.
        yield from [Defect(place, "is missing")] if _is_missing(inner) else defects_of(inner, place)
    for inner in whole:
        if isinstance(inner, ForbiddenExtraKeysError):
            known = [field.name for field in attrs.fields(inner.cl)]
            for key in sorted(map(str, inner.extra_fields)):
                yield Defect(join(path, key), f"is no such key; {nearest(key, known)}")
        else:
            yield from defects_of(inner, path)


def _is_missing(error: Exception) -> bool:
    return isinstance(error, KeyError)


def join(path: str, part: str) -> str:
    """The path of *part* in what stands at *path*.

    >>> join("events[3]", "at"), join("events", "[3]"), join("", "at")
    ('events[3].at', 'events[3]', 'at')
    """
    return f"{path}.{part}" if path and part and not part.startswith("[") else path + part


def nearest(value: object, known: Iterable[str]) -> str:
    """Words that lead from *value* to the right one of *known*.

    >>> nearest("recieved_at", ["at", "recorded_at"])
    "did you mean 'recorded_at'?"
    """
    names = list(known)
    near = get_close_matches(str(value)[:LONGEST], names, 1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"


def shown(value: object) -> str:
    """*value* as a defect shows it: whole where it is short, its kind where it has parts.

    >>> shown("x"), shown([1, 2]), shown("x" * 99)[-6:]
    ("'x'", 'a list', "xxxxx…")
    """
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return repr(value) if len(value) < LONGEST else f"{value[:LONGEST]!r}"[:-1] + "…"
    if isinstance(value, int) and value.bit_length() > LONGEST:
        return "a huge number"  # Python refuses to write out those beyond 4,300 digits
    return repr(value)


def type_name(kind: Any) -> str:
    """A type as people write it.

    >>> type_name(list[int | None])
    'list[int | None]'
    """
    names = [type_name(item) for item in get_args(kind)]
    if get_origin(kind) in {Union, UnionType}:
        return " | ".join(names)
    if kind is NoneType:
        return "None"
    if kind is Ellipsis:
        return "..."
    name = getattr(kind, "__name__", str(kind))
    return f"{name}[{', '.join(names)}]" if names else name
