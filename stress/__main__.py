"""``python -m stress``: what a store has to bear, with a tally; 1 where something is wrong.

All of it takes some minutes.  PostgreSQL is one of its own, as the tests have it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from attrs import evolve

from tests.stores import postgres

from .crowd import crowd
from .faults import faults
from .kills import kills
from .tally import Tally

TRIALS = ("crowd", "kills", "faults")
STORES = ("sqlite", "postgresql")


def trials(options: argparse.Namespace, stack: ExitStack) -> Iterator[Tally]:
    """Everything that was asked for, one by one."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    places: dict[str, Callable[[], str]] = {
        "sqlite": lambda: str(Path(tempfile.mkdtemp(dir=folder)) / "desk.db")
    }
    if "postgresql" in options.store and set(options.only) != {"faults"}:
        places["postgresql"] = stack.enter_context(postgres.server()).database
    for name in options.store:
        diaries = Path(tempfile.mkdtemp(dir=folder))
        if "crowd" in options.only:
            sizes = (options.processes, options.commands, options.incidents)
            found = crowd(places[name](), diaries, *sizes, options.seed)
            yield evolve(found, name=f"{name}, {found.name}")
        if "kills" in options.only:
            found = kills(places[name](), diaries, options.kills, options.seed)
            yield evolve(found, name=f"{name}, {found.name}")
    if "faults" in options.only:
        yield faults(folder)


def main() -> int:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m stress", description=__doc__)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--commands", type=int, default=2_000, help="of each process")
    parser.add_argument("--incidents", type=int, default=50, help="that all of them act on")
    parser.add_argument("--kills", type=int, default=200, help="runs that are killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=TRIALS, default=TRIALS)
    parser.add_argument("--store", nargs="+", choices=STORES, default=STORES)
    parser.add_argument("--json", action="store_true", help="a list of tallies as JSON")
    options = parser.parse_args()
    found: list[Tally] = []
    if not options.json:
        print(f"seed {options.seed}")
    with ExitStack() as stack:
        for tally in trials(options, stack):
            found.append(tally)
            if not options.json:
                print("\n".join(tally.lines()), flush=True)
    if options.json:
        print(json.dumps([each.plain() for each in found]))
    return int(any(each.wrong for each in found))


if __name__ == "__main__":
    sys.exit(main())
