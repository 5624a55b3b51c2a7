"""Recurrences: values whose rate is raised, amid values whose rate is as ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random

from itilcore.problems import Occurrence, recurrences

from .tables import NOISE, Cell, Score, Table, level_of, total

START = datetime(2026, 1, 1, tzinfo=UTC)
CHANGE = START + timedelta(days=90)
END = CHANGE + timedelta(days=30)
LEVEL = 0.05
RECENT = (30, 100)
"""How many recent incidents a planted value has."""
VALUES = {"item": 200, "category": 12, "requester": 300}
PLANTED = frozenset((dimension, "planted") for dimension in VALUES)

Key = tuple[str, str]
Seen = tuple[datetime, dict[str, str]]


def moment(start: datetime, end: datetime, chance: Random) -> datetime:
    """An instant from *start* up to *end*, each as likely as any."""
    return start + (end - start) * chance.random()


def background(a_day: int, chance: Random) -> list[Seen]:
    """Incidents whose values keep their rates: some often, most seldom."""
    found = []
    for _ in range(a_day * ((END - START) // timedelta(days=1))):
        keys = {
            name: f"{name} {min(int(chance.expovariate(4 / many)), many)}"
            for name, many in VALUES.items()
        }
        found.append((moment(START, END, chance), keys))
    return found


def planted(recent: int, noise: float, chance: Random) -> list[Seen]:
    """Of each dimension one value with *recent* incidents, of which that share is as usual.

    Such an incident is known by that value alone, so that it raises the rate of no other.
    """
    found: list[Seen] = []
    for name, value in sorted(PLANTED):
        found += [(moment(CHANGE, END, chance), {name: value}) for _ in range(recent)]
        usual = round(recent * noise * ((CHANGE - START) / (END - CHANGE)))
        found += [(moment(START, CHANGE, chance), {name: value}) for _ in range(usual)]
    return found


def flagged(seen: list[Seen]) -> set[Key]:
    """What `recurrences` reports."""
    given = [Occurrence(f"INC{number}", at, keys) for number, (at, keys) in enumerate(seen)]
    found = recurrences(given, (CHANGE, END), (START, CHANGE), LEVEL)
    return {(each.dimension, each.value) for each in found}


def judged(found: set[Key], truth: frozenset[Key]) -> Score:
    """What was reported, held against what was planted."""
    return Score(len(found), len(found & truth), len(truth), len(found & truth))


def table(seed: int, quick: bool) -> Table:
    """The table of recurrences."""
    runs, a_day = (8, 5) if quick else (40, 12)
    rows: list[tuple[Cell, ...]] = []
    for recent, noise in product(RECENT, NOISE):
        scores = []
        for run in range(runs):
            chance = Random(f"recurrences {seed} {recent} {noise} {run}")
            seen = background(a_day, chance) + planted(recent, noise, chance)
            scores.append(judged(flagged(seen), PLANTED))
        score = total(scores)
        times = f"{1 / noise:.0f} times" if noise else "never before"
        planned = score.planted
        rows.append((level_of(noise), recent, times, planned, score.precision, score.recall))
    return Table(
        "Recurrences",
        f"Each of {runs} runs has {a_day} incidents a day of up to {sum(VALUES.values())} values, "
        "whose rates stay, and of each dimension (item, category, requester) one value with "
        "as many incidents in the recent 30 days as the table says. Noise is how many of these "
        "would have come by the rate of the 90 days before, so that 50 % is a rate that has "
        f"doubled. Level {LEVEL:g}.",
        ("noise", "recent", "rate raised", "planted", "precision", "recall"),
        tuple(rows),
    )


def false_alarms(seed: int, runs: int) -> int:
    """In how many of *runs* anything is reported where nothing was planted."""
    return sum(bool(flagged(background(5, Random(f"level {seed} {run}")))) for run in range(runs))
