"""The columns of facts as every flat file has them: what they hold, and objects as texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from attrs import frozen

from itilcore.classification import Category
from itilcore.codec import from_json, loads, to_json
from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Facts, Incident, Status
from itilcore.priority import Level

__all__: list[str] = []

ADDED: Final = frozenset({"configuration_item"})
"""Columns that files of earlier versions do not have: there they are ``None``."""


@frozen
class FactsColumn:
    """A column: its name, the kind of its values, and whether ``None`` may stand in it."""

    name: str
    kind: type[Any]
    optional: bool


@cache
def facts_columns() -> dict[str, FactsColumn]:
    """The columns of `Facts` by name, in order."""
    found: dict[str, FactsColumn] = {}
    for name, hint in get_type_hints(Facts).items():
        parts = get_args(hint)
        kind = next((part for part in parts if part is not NoneType), hint)
        found[name] = FactsColumn(name, kind, NoneType in parts)
    return found


def facts_of(source: Iterable[Incident] | Iterable[Facts]) -> Iterator[Facts]:
    """The facts of each of *source*, one at a time."""
    for item in source:
        yield item.facts if isinstance(item, Incident) else item


def column_defects(names: list[str], required: Iterable[str]) -> list[Defect]:
    """What is wrong with the column *names* of a file that must have those *required*."""
    unknown = sorted(set(names) - set(facts_columns()))
    twice = sorted({name for name in names if names.count(name) > 1})
    defects = [Defect(name, "is no column of Facts") for name in unknown]
    defects += [Defect(name, "stands twice in the header") for name in twice]
    defects += [Defect(name, "is no column of the file") for name in required if name not in names]
    return defects


def text_of(value: object) -> str:
    """A level, status, category or another such value as one text, which `value_of` reads.

    A category is its path; all else its name or, where it is a team's own level or status, JSON.
    """
    if isinstance(value, Category):
        return str(value)
    plain = to_json(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def value_of(kind: type[Any], text: str) -> Any:
    """The value of *kind* that `text_of` wrote.  Raises `ValueError` with what is wrong."""
    try:
        # A category or a hold reason may begin with a bracket, and is no JSON for that.
        if text.startswith("{") and issubclass(kind, Level | Status):
            return loads(kind, text)
        return from_json(kind, text)
    except InvalidInput as error:
        raise ValueError("; ".join(map(str, error.defects))) from None
