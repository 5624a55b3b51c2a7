"""A part of a report beside its figures: tables for people, values for programs."""

from __future__ import annotations

from typing import Any

from attrs import frozen

__all__ = ["Section", "SectionTable"]


@frozen
class SectionTable:
    """A table: what it is about, the heads of its columns, and its rows of texts.

    ``note`` says what people have to know to read it.  Texts of the source stand here as they
    are: whoever shows them makes them harmless.

    >>> SectionTable("Groups", ("group", "incidents"), (("Network", "3"),)).rows
    (('Network', '3'),)
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@frozen
class Section:
    """A part of a report under a ``name``, with ``tables`` for people and ``data`` as JSON values.

    >>> Section("groups", (), {"n": 3}).data
    {'n': 3}
    """

    name: str
    tables: tuple[SectionTable, ...]
    data: dict[str, Any]
