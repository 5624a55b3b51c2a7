"""A crowd: processes that act on the same incidents at the same time."""

from __future__ import annotations

import time
from collections import Counter
from multiprocessing import get_context
from pathlib import Path

from .acting import ACCEPTED, CONFLICT, REPEATED, outcomes, work
from .judging import histories, judge, keys, listed, outbox
from .places import opened
from .tally import Tally

# The parent holds no store while it starts them, so nothing of one is handed down.
_FORK = get_context("fork")


def crowd(
    place: str, folder: Path, processes: int, commands: int, incidents: int, seed: int
) -> Tally:
    """*processes* times *commands* at *place*, judged."""
    references = [f"INC{number:04d}" for number in range(incidents)]
    diaries = [folder / f"diary-{number}" for number in range(processes)]
    opened(place).close()
    start = time.perf_counter()
    running = [
        _FORK.Process(
            target=work,
            args=(place, references, f"p{number}", commands, seed * 1_000 + number, diary),
        )
        for number, diary in enumerate(diaries)
    ]
    for each in running:
        each.start()
    for each in running:
        each.join()
    seconds = time.perf_counter() - start
    wrong = [f"a process ended with {each.exitcode}" for each in running if each.exitcode]
    noted = outcomes(diaries)
    kinds = Counter(each.kind for each in noted)
    ended = kinds[ACCEPTED] + kinds[CONFLICT] + kinds[REPEATED]
    if ended != processes * commands:
        wrong.append(f"{processes * commands - ended} commands have no end")
    with opened(place) as store:
        found, unreadable = histories(store, references)
        wrong += unreadable + judge(found, outbox(store), noted)
        wrong += keys(store, found) + listed(store, len(found))
    counts = {
        "commands": processes * commands,
        "accepted": kinds[ACCEPTED],
        "conflicts": kinds[CONFLICT],
        "repeated": kinds[REPEATED],
        "incidents": len(found),
        "events": sum(each.version for each in found),
    }
    return Tally(f"{processes} processes x {commands} commands", counts, wrong, seconds)
