"""How things are timed: in turn with their floor, so that a slow moment slows both."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

Row = dict[str, Any]


def paired(
    ours: Callable[[], object],
    floor: Callable[[], object],
    runs: int,
    *,
    collecting: bool = False,
) -> tuple[float, float]:
    """Median seconds of both, run in turn and each as often first.

    Memory is tidied before each run and, unless *collecting*, left alone during it.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(runs):
        pairs = [(ours, times[0]), (floor, times[1])]
        for measured, kept in pairs if run % 2 else reversed(pairs):
            gc.collect()
            if not collecting:
                gc.disable()
            start = time.perf_counter()
            measured()
            kept.append(time.perf_counter() - start)
            gc.enable()
    return statistics.median(times[0]), statistics.median(times[1])


def asking(
    ask: Callable[[Any, Any], object], given: Sequence[tuple[Any, Any]]
) -> Callable[[], object]:
    """Every question of *given* put to *ask*, one by one."""
    return lambda: [ask(a, b) for a, b in given]


def row(
    name: str,
    ours: float,
    floor: float | None = None,
    goal: float | None = None,
    peer: float | None = None,
) -> Row:
    """``ratio`` is ours over the floor, ``peer_ratio`` ours over the peer: below 1 is faster."""
    return {
        "name": name,
        "ours": ours,
        "floor": floor,
        "ratio": None if floor is None else ours / floor,
        "goal": goal,
        "peer": peer,
        "peer_ratio": None if peer is None else ours / peer,
    }


def command(*arguments: str) -> None:
    """Run Python with *arguments*, quietly."""
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
