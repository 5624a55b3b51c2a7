"""Kills: processes that are ended by the system in the middle of whatever they do."""

from __future__ import annotations

import time
from collections import Counter
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from .acting import ACCEPTED, marks, outcomes, work
from .judging import histories, judge, keys, outbox
from .places import opened, settled
from .tally import Tally

_FORK = get_context("fork")
VICTIMS = 2
LONGEST = 0.15
"""Seconds that the processes of a run live at most, from their first words."""


def _awaited(process: BaseProcess, diary: Path) -> None:
    """Wait until *process* has written its first words, however busy the machine is."""
    while process.is_alive() and not (diary.exists() and diary.stat().st_size):
        time.sleep(0.001)


def kills(place: str, folder: Path, runs: int, seed: int) -> Tally:
    """*runs* times two processes, each killed at a moment by chance; judged after each.

    The first run finds nothing at *place*, so the tables are made in it.
    """
    chance = Random(seed)  # noqa: S311  # a seed's chance
    counts: Counter[str] = Counter(runs=runs, killed=0, accepted=0, unheard=0, silent=0)
    wrong: list[str] = []
    start = time.perf_counter()
    for run in range(runs):
        references = [f"RUN{run}-{number}" for number in range(5)]
        diaries = [folder / f"diary-{run}-{number}" for number in range(VICTIMS)]
        victims = [
            _FORK.Process(
                target=work,
                args=(
                    place,
                    references,
                    f"r{run}v{number}",
                    1_000_000,
                    chance.getrandbits(32),
                    diary,
                ),
            )
            for number, diary in enumerate(diaries)
        ]
        for each in victims:
            each.start()
        for each, diary in zip(victims, diaries, strict=True):
            if run % 4:  # else it may be killed before it has done anything
                _awaited(each, diary)
            time.sleep(chance.uniform(0, LONGEST / VICTIMS))
            each.kill()
            each.join()
            counts["killed"] += each.exitcode == -9
        settled(place)
        noted = outcomes(diaries)
        accepted = sum(each.kind == ACCEPTED for each in noted)
        with opened(place) as store:
            found, unreadable = histories(store, references)
            problems = unreadable + judge(found, outbox(store), noted) + keys(store, found)
        stored = sum(1 for each in found for _ in marks(each))
        counts["accepted"] += accepted
        counts["unheard"] += stored - accepted
        counts["silent"] += not noted
        if stored - accepted > VICTIMS:
            problems.append(f"{stored - accepted} are stored of which nobody heard")
        wrong += [f"run {run}: {problem}" for problem in problems]
    if not counts["accepted"]:
        wrong.append("nothing was accepted before it was killed, so nothing is shown")
    if counts["killed"] != VICTIMS * runs:
        wrong.append(f"{VICTIMS * runs - counts['killed']} processes ended by themselves")
    return Tally(f"kill -9 in {runs} runs", dict(counts), wrong, time.perf_counter() - start)
