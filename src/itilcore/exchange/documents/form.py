"""The form of a document: how one kind of nested JSON unrolls into rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

__all__ = ["BrokenDocument", "Content", "DocumentForm"]

Content = Mapping[str, Any]


class BrokenDocument(ValueError):
    """A document that cannot be used as it stands, in words such as "has no key"."""


@frozen
class DocumentForm:
    """How the documents of one tool are told and unrolled.

    ``fits`` tells whether a document is of this form; ``unroll`` gives its rows in the order
    of time, as texts by column, an empty text where there is none, and raises `BrokenDocument`;
    ``columns`` are all the columns that its rows can have.  A mapping with
    ``documents = "<name>"`` says what the columns mean.
    """

    name: str
    columns: tuple[str, ...]
    fits: Callable[[Content], bool]
    unroll: Callable[[Content], list[dict[str, str]]]
