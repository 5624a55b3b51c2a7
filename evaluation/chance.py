"""What is reported where there is nothing: how often, against the level that was asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from itilcore.calendars import Interval
from itilcore.problems import rhythms

from . import recurring
from .beating import FIRST, LEVEL, ZONE
from .tables import Cell, Table, least_likely_above, most_likely_below

SPAN = timedelta(days=60)


def poisson(a_day: float, chance: Random) -> list[datetime]:
    """Arrivals within `SPAN` that know nothing of each other."""
    found: list[datetime] = []
    at = FIRST + timedelta(days=chance.expovariate(a_day))
    while at < FIRST + SPAN:
        found.append(at)
        at += timedelta(days=chance.expovariate(a_day))
    return found


def false_rhythms(kind: str, seed: int, runs: int) -> int:
    """In how many of *runs* of Poisson arrivals there is any rhythm."""
    count = 0
    for run in range(runs):
        chance = Random(f"{kind} {seed} {run}")
        instants = poisson(chance.choice((0.5, 1, 3)), chance)
        patches = poisson(0.2, chance) if kind == "patches" else []
        others = poisson(2, chance) if kind == "others" else None
        span = Interval(FIRST, FIRST + SPAN)
        count += bool(rhythms(instants, ZONE, LEVEL, after=patches, others=others, during=span))
    return count


def row(name: str, level: float, count: int, runs: int) -> tuple[Cell, ...]:
    """A row of the table: whether the bound holds, or the level is surely exceeded."""
    bound = most_likely_below(count, runs)
    if bound <= level:
        held = "yes"
    else:
        held = "NO" if least_likely_above(count, runs) > level else "too few runs to say"
    return name, level, runs, count, count / runs, bound, held


def table(seed: int, quick: bool) -> Table:
    """The table of false alarms."""
    runs = 60 if quick else 600
    kinds = {
        "rhythms": "rhythm of Poisson arrivals",
        "patches": "rhythm of Poisson arrivals, with patches at random",
        "others": "rhythm of Poisson arrivals, set apart from others",
    }
    rows = [row(name, LEVEL, false_rhythms(kind, seed, runs), runs) for kind, name in kinds.items()]
    alarms = recurring.false_alarms(seed, runs)
    rows.append(row("recurrence at rates that stay", recurring.LEVEL, alarms, runs))
    return Table(
        "Found where there is nothing",
        f"{runs} runs of each: {SPAN // timedelta(days=1)} days with 0.5, 1 or 3 arrivals a day; "
        "120 days with 5 incidents a day. A run counts where anything at all is reported. The "
        "bound is the upper 95 % bound of Clopper and Pearson for the rate; it holds where it is "
        "not above the level.",
        ("what", "level", "runs", "false", "rate", "upper bound", "holds"),
        tuple(rows),
    )
