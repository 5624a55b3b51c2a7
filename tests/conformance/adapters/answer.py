"""What the library answers to a vector, and how it is held against what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen


@frozen
class Answer:
    """The answers by the names of *expect*, and the ``convention`` under which they are given."""

    values: Mapping[str, Any]
    convention: str = "default"
    says: str = field(default="", eq=False)


def known(given: Mapping[str, Any], *names: str, what: str = "input") -> Mapping[str, Any]:
    """*given*, which has these names only: what no adapter reads is a failure."""
    unknown = set(given) - set(names)
    assert not unknown, f"{what} has {', '.join(sorted(unknown))}, which no adapter reads"
    return given


_NO_ANSWER = {"due_convention"}
"""What *expect* says and no answer is: it chooses the convention."""


def read(value: Any) -> Any:
    """Instants as instants, never as texts; numbers as numbers."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return [read(each) for each in value] if isinstance(value, list) else value


def differences(answer: Answer, expected: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What is expected and answered otherwise, or not at all."""
    unknown = set(expected) - set(answer.values) - _NO_ANSWER
    assert not unknown, f"expect has {', '.join(sorted(unknown))}, which no adapter answers"
    return {
        name: (read(value), answer.values[name])
        for name, value in expected.items()
        if name not in _NO_ANSWER and not _same(read(value), answer.values[name])
    }


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None or found is None:
        return expected is found
    return bool(expected == found)
