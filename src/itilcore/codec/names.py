"""Values that are mostly their name: levels, statuses, hold reasons, categories, enums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn

from itilcore.classification import Category
from itilcore.errors import Defect, InvalidInput
from itilcore.incident import STANDARD_STATUSES, HoldReason, Status
from itilcore.priority import Level

from .defects import Reading, nearest, shown
from .scalars import text
from .shapes import Read, Write, read_record

__all__: list[str] = []


def register(made: Converter) -> None:
    """Teach *made* the values that are written by name."""
    _register_standard(made, _is(Status), lambda _kind: STANDARD_STATUSES)
    _register_standard(made, _is_a(Level), lambda kind: kind.default_scale())

    made.register_structure_hook_factory(_is_a(Enum), _read_member)
    made.register_unstructure_hook_func(_is_a(Enum), lambda member: member.value)

    made.register_structure_hook_func(_is(HoldReason), _hold_reason)
    made.register_unstructure_hook_func(_is(HoldReason), lambda reason: reason.name)

    made.register_structure_hook_func(_is(Category), _category)
    made.register_unstructure_hook_func(_is(Category), lambda category: list(category.path))


def _is(wanted: type) -> Callable[[Any], bool]:
    return lambda kind: kind is wanted


def _is_a(wanted: type) -> Callable[[Any], bool]:
    return lambda kind: isinstance(kind, type) and issubclass(kind, wanted)


def _register_standard(
    made: Converter, predicate: Callable[[Any], bool], standard: Callable[[Any], Sequence[Any]]
) -> None:
    """The *standard* values of a type are their names, others objects with all their fields."""

    def reader(kind: Any) -> Read:
        by_name = {known.name: known for known in standard(kind)}
        read_fields = read_record(kind, made)

        def read(value: object, _kind: object) -> Any:
            if not isinstance(value, str):
                return read_fields(value, kind)
            found = by_name.get(value)
            if found is None:
                raise ValueError(f"is {shown(value)}; {nearest(value, by_name)}")
            return found

        return read

    def writer(kind: Any) -> Write:
        by_name = {known.name: known for known in standard(kind)}
        write_fields = make_dict_unstructure_fn(kind, made, _cattrs_omit_if_default=True)

        def write(value: Any) -> Any:
            return value.name if by_name.get(value.name) == value else write_fields(value)

        return write

    made.register_structure_hook_factory(predicate, reader)
    made.register_unstructure_hook_factory(predicate, writer)


def _read_member(kind: type[Enum]) -> Read:
    members = {member.value: member for member in kind}

    def read(value: object, _kind: object) -> Enum:
        found = members.get(text(value))
        if found is None:
            raise ValueError(f"is {shown(value)}; {nearest(value, members)}")
        return found

    return read


def _hold_reason(value: object, _kind: object) -> HoldReason:
    name = text(value)
    try:
        return HoldReason(name)
    except InvalidInput as error:
        # In JSON it is a text and has no part that a path could name.
        raise ValueError(error.defects[0].problem) from None


def _category(value: object, _kind: object) -> Category:
    if isinstance(value, str):
        try:
            return Category.parse(text(value))
        except InvalidInput:
            raise ValueError(f"is {shown(value)}, which has a blank name in it") from None
    if not isinstance(value, list):
        raise ValueError(f"is {shown(value)}, not a list of names")
    reading = Reading()
    for index, name in enumerate(value):
        reading.part(f"[{index}]", text, name)
    reading.finish("category")
    try:
        return Category(*value)
    except InvalidInput as error:
        defects = [Defect(d.path.removeprefix("path"), d.problem) for d in error.defects]
        raise InvalidInput("category", defects) from None
