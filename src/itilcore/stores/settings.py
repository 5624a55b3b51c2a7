"""Settings: what a database says of itself, and what is raised where it says nothing."""

from __future__ import annotations

from typing import Final

from itilcore.errors import StorageFailure

__all__: list[str] = []

VERSION: Final = 2
"""The version of the schema that this itilcore makes and works with."""

SCHEMA, CREATED, LATEST = "schema", "created", "policy"
"""The settings: the version of the schema, the incidents created, the latest policy book."""


def absent(name: str) -> StorageFailure:
    """The error where the setting *name* has no row."""
    return StorageFailure(f"the settings of the database have no row {name!r}: they are damaged")


def schema_version(found: object) -> int:
    """The version that the database says its schema has.

    Raises `itilcore.errors.StorageFailure` for one that there never was.
    """
    if type(found) is int and found >= 1:
        return found
    problem = f"the database says that its schema has version {found!r:.60}, which there never was"
    raise StorageFailure(f"{problem}: its settings are damaged")
