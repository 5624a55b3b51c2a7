"""Content versions: the same rules have the same version, wherever they were built.

A version is the first 12 hexadecimal digits of the SHA-256 of a canonical JSON text
of the content (keys sorted, no white space).  It names the content and is no secret.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

__all__ = ["JSONValue", "content_version"]

Scalar = None | bool | int | float | str
JSONValue = Scalar | Sequence["JSONValue"] | Mapping[str, "JSONValue"]


def content_version(kind: str, content: JSONValue) -> str:
    """The version of *content*, a value of JSON types, prefixed with its *kind*.

    >>> content_version("matrix", [["HIGH", "HIGH", "P1"]])
    'matrix:...'
    >>> content_version("m", {"a": 1, "b": 2}) == content_version("m", {"b": 2, "a": 1})
    True

    Raises `TypeError` for anything that JSON cannot hold and `ValueError` for a
    float that is not finite.
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"
