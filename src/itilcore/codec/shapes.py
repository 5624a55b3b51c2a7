"""Lists, objects and what may be absent.  A type that is not named here has no JSON form."""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.fns import identity
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from .defects import READ_ERRORS, Reading, shown, type_name

__all__: list[str] = []

Read = Callable[[Any, Any], Any]
Write = Callable[[Any], Any]


def register(made: Converter) -> None:
    """Teach *made* the shapes, and to refuse every other type.

    cattrs asks what was registered last first: the refusal stands behind all that follows,
    and in front of its own guesses.
    """
    made.register_structure_hook_factory(lambda _kind: True, _refuse)
    made.register_structure_hook_factory(_is_optional, lambda kind: _read_optional(kind, made))
    made.register_structure_hook_factory(_is_list, lambda kind: _read_list(kind, made))
    made.register_structure_hook_factory(_is_object, lambda kind: _read_object(kind, made))
    made.register_structure_hook_factory(_is_record, lambda kind: read_record(kind, made))

    made.register_unstructure_hook_factory(lambda _kind: True, _refuse)
    made.register_unstructure_hook_func({NoneType, bool, int, float}.__contains__, identity)
    made.register_unstructure_hook_factory(_is_optional, lambda kind: _write_optional(kind, made))
    made.register_unstructure_hook_func(
        lambda kind: (get_origin(kind) or kind) in {list, tuple},
        lambda value: [made.unstructure(item) for item in value],
    )
    made.register_unstructure_hook_func(
        lambda kind: (get_origin(kind) or kind) is dict,
        lambda value: {_key(name): made.unstructure(item) for name, item in value.items()},
    )
    made.register_unstructure_hook_factory(
        _is_record, lambda kind: make_dict_unstructure_fn(kind, made, _cattrs_omit_if_default=True)
    )


def _refuse(kind: Any) -> Any:
    raise TypeError(f"{type_name(kind)} has no JSON form")


def _key(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"{name!r} cannot be a key in JSON: it must be a text")
    return name


def _is_optional(kind: Any) -> bool:
    args = get_args(kind)
    return get_origin(kind) in {Union, UnionType} and len(args) == 2 and NoneType in args


def _is_list(kind: Any) -> bool:
    args = get_args(kind)
    return get_origin(kind) is list or (get_origin(kind) is tuple and args[1:] == (...,))


def _is_object(kind: Any) -> bool:
    return get_origin(kind) is dict and get_args(kind)[0] is str


def _is_record(kind: Any) -> bool:
    return attrs.has(get_origin(kind) or kind)


def _present(kind: Any) -> Any:
    return next(item for item in get_args(kind) if item is not NoneType)


def _read_optional(kind: Any, made: Converter) -> Read:
    inner = _present(kind)
    read = made.get_structure_hook(inner)
    return lambda value, _kind: None if value is None else read(value, inner)


def _write_optional(kind: Any, made: Converter) -> Write:
    write = made.get_unstructure_hook(_present(kind))
    if write is identity:  # cattrs then copies the field without a call
        return write
    return lambda value: None if value is None else write(value)


def _read_list(kind: Any, made: Converter) -> Read:
    inner, *_ = get_args(kind)
    read, build = made.get_structure_hook(inner), get_origin(kind)

    def read_list(value: object, _kind: object) -> Any:
        items = listed(value)
        try:
            return build([read(item, inner) for item in items])
        except READ_ERRORS:  # read again, to find all that is wrong
            reading = Reading()
            for index, item in enumerate(items):
                reading.part(f"[{index}]", lambda item: read(item, inner), item)
            reading.finish(type_name(kind))
            raise

    return read_list


def _read_object(kind: Any, made: Converter) -> Read:
    _, inner = get_args(kind)
    read = made.get_structure_hook(inner)

    def read_object(value: object, _kind: object) -> dict[str, Any]:
        reading = Reading()
        found = {
            name: reading.part(str(name), lambda item: read(item, inner), item)
            for name, item in keyed(value).items()
        }
        reading.finish(type_name(kind))
        return found

    return read_object


def read_record(kind: Any, made: Converter, **overrides: Any) -> Read:
    """How an object with the fields of *kind* is read: no key too many, none too few."""
    read: Read = make_dict_structure_fn(kind, made, **overrides)
    return lambda value, _kind: read(keyed(value), kind)


def keyed(value: object) -> dict[str, Any]:
    """*value* if it is a JSON object."""
    if not isinstance(value, dict):
        raise ValueError(f"is {shown(value)}, not an object")
    return value


def listed(value: object) -> list[Any]:
    """*value* if it is a JSON list."""
    if not isinstance(value, list):
        raise ValueError(f"is {shown(value)}, not a list")
    return value
