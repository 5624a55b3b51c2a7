"""Whether two exports of the same desk give the same figures."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

from itilcore.exchange import read
from itilcore.metrics import STANDARD, measure_all
from itilcore.sample import generate


def _some_open(histories):
    """Every fifth history is cut somewhere, so that incidents stand in every status."""
    for number, history in enumerate(histories):
        kept = len(history.steps) if number % 5 else 1 + number % len(history.steps)
        yield replace(history, steps=history.steps[:kept])


HISTORIES = tuple(_some_open(islice(generate(seed=1), 600)))


def written(folder: Path, write, name: str) -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as out:
        write(HISTORIES, out)
    return path


def figures(path: Path, at=None) -> dict[str, dict]:
    reading = read(path, zone="UTC")
    found = measure_all(STANDARD, reading, by="priority", at=at)
    assert reading.rejected_count == 0
    return {name: result.to_dict() for name, result in found.items()}


def differing(one: dict[str, dict], other: dict[str, dict]) -> set[str]:
    """The metrics whose figures, exclusions or groups differ."""
    return {name for name in one if one[name] != other[name]}
