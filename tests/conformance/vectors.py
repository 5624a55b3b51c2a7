"""A file of vectors: what is in it, and what is said of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from attrs import frozen


class NoVectors(ValueError):
    """The file is no file of vectors."""


@frozen
class VectorFile:
    """The vectors of a file, calendars filled in."""

    name: str
    vectors: tuple[dict[str, Any], ...]

    @classmethod
    def read(cls, path: Path, kinds: Collection[str]) -> VectorFile:
        """The file at *path*; raises `NoVectors` for one that is not of the schema.

        A vector of another kind than *kinds* is not left out: the whole file is refused.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            calendars = content.get("calendars", {})
            vectors = [
                {**vector, "calendar": vector.get("calendar") and calendars[vector["calendar"]]}
                for vector in content["vectors"]
            ]
            for vector in vectors:
                vector["id"], vector["kind"], vector["input"], vector["expect"]
            if not vectors:
                raise ValueError("it has none")
        except (OSError, ValueError, AttributeError, TypeError, KeyError) as problem:
            raise NoVectors(f"{path} is no file of vectors: {problem!r}") from problem
        strange = sorted({vector["kind"] for vector in vectors} - set(kinds))
        if strange:
            raise NoVectors(f"{path} has kinds without an adapter: {', '.join(strange)}")
        return cls(path.name, tuple(vectors))

    def summary(self, held: Counter[str]) -> Iterator[str]:
        """How many vectors of which kind there are, and under which convention they held."""
        kinds = Counter(vector["kind"] for vector in self.vectors)
        by_kind = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        yield f"{len(self.vectors)} vectors of {self.name}: {by_kind}"
        yield f"{held.total()} held: {', '.join(f'{c} {n}' for n, c in sorted(held.items()))}"
