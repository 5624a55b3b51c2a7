"""``python -m evaluation``: what is found again of what was planted, as tables.

Ends with 1 where something is reported out of nothing more often than its level says.
"""

from __future__ import annotations

import argparse
import json
import sys

from . import beating, chance, duplicates, kinds, recurring

TABLES = {
    "duplicates": duplicates.table,
    "recurrences": recurring.table,
    "rhythms": beating.table,
    "chance": chance.table,
    "kinds": kinds.table,
}


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m evaluation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="small sizes, some seconds")
    parser.add_argument("--json", action="store_true", help="the tables as JSON")
    parser.add_argument("--only", nargs="+", choices=TABLES, default=list(TABLES))
    options = parser.parse_args(arguments)
    found = []
    if not options.json:
        print(f"seed {options.seed}{', quick' if options.quick else ''}\n")
    for name in options.only:
        found.append(TABLES[name](options.seed, options.quick))
        if not options.json:
            print("\n".join(found[-1].lines()), flush=True)
    if options.json:
        plain = [each.plain() for each in found]
        print(json.dumps({"seed": options.seed, "quick": options.quick, "tables": plain}, indent=2))
    return int(any("NO" in row for each in found for row in each.rows))


if __name__ == "__main__":
    sys.exit(main())
