"""Bringing the rows of one incident together: streamed, or through a file on disk."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

from itilcore.errors import ScatteredIncident

__all__: list[str] = []

_CACHE_KIB: Final = 65_536


KeyedRow = tuple[str, int, tuple[str, ...], str]
"""A row that has a key: the key, its line, its cells and the text that identifies it."""


def contiguous(rows: Iterable[KeyedRow], source: str) -> Iterator[tuple[str, list[KeyedRow]]]:
    """The rows of each incident, where they stand together in the file.

    Memory: the rows of one incident and the references seen.  An incident that comes back
    raises `itilcore.errors.ScatteredIncident`, which names it.
    """
    finished: set[str] = set()
    key: str | None = None
    gathered: list[KeyedRow] = []
    for row in rows:
        if row[0] != key:
            if key is not None:
                yield key, gathered
                finished.add(key)
            key, gathered = row[0], []
            if key in finished:
                raise ScatteredIncident(source, key, row[1])
        gathered.append(row)
    if key is not None:
        yield key, gathered


def scattered(rows: Iterable[KeyedRow]) -> Iterator[tuple[str, list[KeyedRow]]]:
    """The rows of each incident, wherever they stand; incidents in the order of their first row.

    All rows go through a temporary file, which SQLite keeps and removes.  Memory: a cache of
    64 MiB and the rows of one incident.
    """
    database = sqlite3.connect("")
    try:
        database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        database.execute("PRAGMA temp_store = FILE")
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("CREATE TABLE kept (line INTEGER PRIMARY KEY, key TEXT, row TEXT)")
        database.executemany(
            "INSERT INTO kept VALUES (?, ?, ?)",
            ((line, key, json.dumps([cells, text])) for key, line, cells, text in rows),
        )
        database.execute("CREATE INDEX by_key ON kept (key, line)")
        found = database.execute(
            "SELECT kept.key, kept.line, kept.row FROM kept JOIN"
            " (SELECT key, MIN(line) AS first FROM kept GROUP BY key) AS firsts"
            " ON kept.key = firsts.key ORDER BY firsts.first, kept.line"
        )
        together: list[KeyedRow] = []
        for key, line, text in found:
            if together and together[0][0] != key:
                yield together[0][0], together
                together = []
            cells, identity = json.loads(text)
            together.append((key, line, tuple(cells), identity))
        if together:
            yield together[0][0], together
    finally:
        database.close()
