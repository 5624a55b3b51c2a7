"""What a trial counted, and what was wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import asdict, frozen


@frozen
class Tally:
    """One trial: nothing in ``wrong`` is as it has to be."""

    name: str
    counts: Mapping[str, int]
    wrong: Sequence[str]
    seconds: float

    def lines(self) -> list[str]:
        """For people."""
        counted = ", ".join(f"{name} {count:,}" for name, count in self.counts.items())
        first = f"{self.name}: {counted}; wrong {len(self.wrong)} ({self.seconds:.1f} s)"
        return [first, *(f"  WRONG {each}" for each in self.wrong[:20])]

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)
