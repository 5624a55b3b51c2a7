"""Well-formed events: what may be kept, so that whatever is kept can be read again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from attrs import fields, frozen

from itilcore.errors import Defect

from . import events
from .events import Answer, Answered, Asserted, Claim, Event
from .status import Status

__all__ = ["LONGEST_TEXT", "event_defects", "field_defects"]

LONGEST_TEXT: Final = 2_000_000
"""The most characters of one text of an event."""

_LARGEST: Final = 2**63 - 1
"""The largest whole number: what every database and every reader of JSON holds."""

# attrs makes each class twice, and the first of the two may still be about.
_KINDS: Final = frozenset(
    kind for kind in Event.__subclasses__() if getattr(events, kind.__name__, None) is kind
)
_WORDS: Final = {
    str: "a text",
    int: "a whole number",
    bool: "True or False",
    datetime: "a date-time",
    tuple: "a tuple",
    NoneType: "None",
}
_CLAIMS: Final = get_type_hints(Asserted)["claims"]
_ANSWERS: Final = get_type_hints(Answered)["answers"]
# What needs a second look even where it is of a right type.
_LOOKED_INTO: Final = frozenset({int, tuple, Status})


@frozen
class _Field:
    """What may stand in one field: ``plain`` are types that need no second look."""

    name: str
    plain: frozenset[type]
    allowed: tuple[type, ...]
    claims: bool
    answers: bool


@frozen
class _Shape:
    values: Callable[[Any], tuple[Any, ...]]
    fields: tuple[_Field, ...]


def event_defects(event: object) -> list[Defect]:
    """What is wrong with *event*, so that it could not be read again; nothing where all is well.

    An event must be of one of the kinds that this package has, and each of its fields of the
    type that it says: strictly, so that ``True`` is no number.  A text has at most 2,000,000
    characters, a whole number at most 64 bits.  Each `itilcore.errors.Defect` has the name of the
    field as its path, ``steps[1]`` for the second text of a tuple, ``""`` for what is no event.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Closed
    >>> print(*event_defects(Closed(datetime(2026, 1, 5, tzinfo=UTC), steps=["restart", None])))
    steps[1]: is None: it must be a text
    """
    if type(event) not in _KINDS:
        return [Defect("", f"is {event!r:.60}: it must be an event, such as Noted")]
    return field_defects(event)


def field_defects(value: Any) -> list[Defect]:
    """What is wrong with the fields of *value*, an instance of any class of attrs.

    As `event_defects`, which says what is looked at.

    >>> from itilcore.actor import Actor
    >>> field_defects(Actor.person("ada"))
    []
    """
    shape = _shape(type(value))  # type: ignore[arg-type]  # a class can be hashed
    defects: list[Defect] = []
    for found, each in zip(shape.values(value), shape.fields, strict=True):
        kind = type(found)
        if kind not in each.plain or (kind is str and len(found) > LONGEST_TEXT):
            defects += _defects(each, found)
    return defects


@cache
def _shape(kind: type) -> _Shape:
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind)]
    return _Shape(attrgetter(*names), tuple(_field(name, hints[name]) for name in names))


def _field(name: str, hint: Any) -> _Field:
    origin = get_origin(hint)
    ways = get_args(hint) if origin in (UnionType, Union) else (hint,)
    allowed = tuple(get_origin(way) or way for way in ways)
    plain = frozenset(allowed) - _LOOKED_INTO
    return _Field(name, plain, allowed, _CLAIMS in ways, _ANSWERS in ways)


def _defects(each: _Field, found: Any) -> list[Defect]:
    """The defects of a value that is not plainly right."""
    path = each.name
    if not _is_one(found, each.allowed):
        return [Defect(path, f"is {found!r:.60}: it must be {_words(each.allowed)}")]
    if isinstance(found, str):
        return _long(path, found)
    if isinstance(found, int):
        return _large(path, found)
    if isinstance(found, Status) and not isinstance(found.raw, str | None):
        return [Defect(f"{path}.raw", f"is {found.raw!r:.60}: it must be a text or None")]
    if isinstance(found, tuple):
        if each.answers:
            return _answered(path, found)
        return _claimed(found) if each.claims else _texts(path, found)
    return []


def _is_one(found: object, allowed: tuple[type, ...]) -> bool:
    if isinstance(found, bool):
        return bool in allowed
    return isinstance(found, allowed)


def _words(allowed: tuple[type, ...]) -> str:
    return " or ".join(_WORDS.get(each, each.__name__) for each in allowed)


def _long(path: str, text: str) -> list[Defect]:
    if len(text) <= LONGEST_TEXT:
        return []
    problem = f"has {len(text):,} characters: {LONGEST_TEXT:,} are the most that can be kept"
    return [Defect(path, problem)]


def _large(path: str, number: int) -> list[Defect]:
    if -_LARGEST <= number <= _LARGEST:
        return []
    return [Defect(path, "is a number of more than 64 bits")]


def _texts(path: str, found: tuple[object, ...]) -> list[Defect]:
    defects: list[Defect] = []
    for index, text in enumerate(found):
        place = f"{path}[{index}]"
        if isinstance(text, str):
            defects += _long(place, text)
        else:
            defects.append(Defect(place, f"is {text!r:.60}: it must be a text"))
    return defects


def _answered(path: str, answers: tuple[Answer, ...]) -> list[Defect]:
    """The defects of answers: their class has seen to it that they are pairs of texts."""
    defects: list[Defect] = []
    for name, answer in answers:
        defects += _long(path, name) + _long(f"{path}.{name:.60}", answer)
    return defects


def _claimed(claims: tuple[Claim, ...]) -> list[Defect]:
    """The defects of claims, whose names say of which type they are."""
    defects: list[Defect] = []
    for name, claim in claims:
        path = f"claims.{name}"
        allowed = (datetime,) if name.endswith("_at") else (int, bool)
        if claim is not None and not _is_one(claim, allowed):
            problem = f"is {claim!r:.60}: it must be {_words((*allowed, NoneType))}"
            defects.append(Defect(path, problem))
        elif isinstance(claim, int):
            defects += _large(path, claim)
    return defects
