"""A JSON object as one row: texts by key, nested keys joined with dots."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["flat", "text"]


def text(value: object) -> str:
    """A JSON value as the text of a cell; ``null`` is empty.

    >>> text(None), text(True), text(2.5), text("x"), text([1])
    ('', 'true', '2.5', 'x', '[1]')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def flat(content: Mapping[str, Any]) -> dict[str, str]:
    """*content* as texts by key.

    >>> flat({"id": 3, "group": {"name": "Network", "lead": None}})
    {'id': '3', 'group.name': 'Network', 'group.lead': ''}
    """
    row: dict[str, str] = {}
    stack: list[tuple[str, object]] = [("", content)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, dict):
            stack += [
                (f"{path}.{key}" if path else key, inner) for key, inner in reversed(node.items())
            ]
        else:
            row[path] = text(node)
    return row
