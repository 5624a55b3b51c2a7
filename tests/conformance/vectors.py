"""A file of vectors: what is in it, what of it can be run, and what is said of the rest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from attrs import frozen


class NoVectors(ValueError):
    """The file is no file of vectors."""


@frozen
class VectorFile:
    """The vectors of a file, calendars filled in, parted by whether their kind is supported."""

    name: str
    run: tuple[dict[str, Any], ...]
    left_out: Counter[str]

    @classmethod
    def read(cls, path: Path, kinds: Collection[str]) -> VectorFile:
        """The file at *path*; raises `NoVectors` if it is not of the schema."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            calendars = content.get("calendars", {})
            vectors = [
                {**vector, "calendar": vector.get("calendar") and calendars[vector["calendar"]]}
                for vector in content["vectors"]
            ]
            for vector in vectors:
                vector["id"], vector["kind"], vector["input"], vector["expect"]
        except (OSError, ValueError, AttributeError, TypeError, KeyError) as problem:
            raise NoVectors(f"{path} is no file of vectors: {problem!r}") from problem
        run = tuple(vector for vector in vectors if vector["kind"] in kinds)
        return cls(path.name, run, Counter(v["kind"] for v in vectors if v["kind"] not in kinds))

    def summary(self) -> str:
        """One line: how many vectors are run, and how many are not for want of an adapter."""
        line = f"{len(self.run)} vectors of {self.name} have an adapter"
        if not self.left_out:
            return f"{line}, none has not"
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.left_out.items()))
        return f"{line}, {self.left_out.total()} have not: {kinds}"
