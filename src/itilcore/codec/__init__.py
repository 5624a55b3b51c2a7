"""JSON both ways, for every value of the house; every defect of an input at once."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from itilcore.errors import Defect, InvalidInput

__all__ = ["dumps", "from_json", "loads", "to_json"]

T = TypeVar("T")
# json.dumps with options makes an encoder each time.
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def to_json(value: object) -> Any:
    """*value* as JSON types: objects, lists, texts, numbers, true, false and ``None``.

    What is at its default is left out.  Instants are ISO 8601 texts with their offset (the
    name of a zone is not kept), durations ISO 8601, levels and statuses of the defaults their
    name, categories a list.  An incident is its reference and its events.

    >>> from itilcore.priority import Impact
    >>> to_json([Impact.HIGH, Impact("Extensive", 1)])
    ['HIGH', {'name': 'Extensive', 'rank': 1}]
    """
    from .converting import converter

    return converter().unstructure(value)


def from_json(kind: type[T], value: object) -> T:
    """A value of *kind* from JSON types; nothing is guessed or converted on the way.

    Raises `itilcore.errors.InvalidInput` with every defect and its path.

    >>> from itilcore.incident import Timeline
    >>> from_json(Timeline, [{"event": "noted", "at": "2026-01-05", "txt": "x"}])
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: Timeline: 3 defects
      [0].at: is '2026-01-05', which has no UTC offset
      [0].text: is missing
      [0].txt: is no such key; did you mean 'text'?
    """
    from .converting import converter, defects_of

    try:
        return converter().structure(value, kind)
    except RecursionError:
        defects = [Defect("", "is nested too deeply")]
    except Exception as error:  # cattrs lets through whatever a class raises at birth
        defects = defects_of(error)
    raise InvalidInput(getattr(kind, "__name__", str(kind)), defects) from None


def dumps(value: object) -> str:
    """*value* as compact JSON text, keys in a fixed order.

    >>> from itilcore.actor import Actor
    >>> dumps(Actor.automation("monitoring"))
    '{"identifier":"monitoring","kind":"automation"}'
    """
    return _encode(to_json(value))


def loads(kind: type[T], text: str | bytes) -> T:
    """A value of *kind* from JSON text.

    Raises `itilcore.errors.InvalidInput`, also for text that is no JSON, for a key that
    stands twice in one object, for NaN and the infinities, and for nesting without end.

    >>> from itilcore.priority import Priority
    >>> loads(Priority, '"P1"')
    Priority.P1
    """
    name = getattr(kind, "__name__", str(kind))
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_finite)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidInput(name, [Defect(place, f"is not JSON: {error.msg}")]) from None
    except (ValueError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        problem = "is nested too deeply" if deep else str(error)
        raise InvalidInput(name, [Defect("", problem)]) from None
    return from_json(kind, value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"has the key {', '.join(map(repr, twice))} twice in one object")
    return found


def _finite(name: str) -> Any:
    raise ValueError(f"has {name} in it, which is no number")
