"""``python -m benchmarks``: each of our times as a ratio to a floor of the same run."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks import (
    calendars,
    duplicates,
    incidents,
    peers,
    processes,
    records,
    recurrence,
    rotas,
    routing,
    sla,
    stores,
)
from benchmarks.timing import Row

GROUPS: dict[str, Callable[[bool], Iterable[Row]]] = {
    "processes": processes.all_of,
    "calendars": calendars.single,
    "building": calendars.building,
    "many": calendars.many,
    "sla": sla.readings,
    "peers": peers.beside,
    "records": records.run,
    "stores": stores.run,
    "routing": routing.run,
    "rotas": rotas.run,
    "duplicates": duplicates.run,
    "recurrence": recurrence.run,
    "incidents": incidents.all_of,  # the last: it leaves memory in pieces
}


def line(found: Row) -> str:
    parts = [f"{found['name']}: {found['ours']:.4g}"]
    parts += [
        f"{name.replace('_', ' ')} {found[name]:.4g}"
        for name in ("floor", "ratio", "goal", "peer", "peer_ratio")
        if found[name] is not None
    ]
    return "  ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print a list of rows as JSON")
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run at all?")
    parser.add_argument("--peers", action="store_true", help="other libraries beside ours, too")
    parser.add_argument(
        "--only", action="append", choices=GROUPS, help="this group of rows; may be repeated"
    )
    parser.add_argument("--shares", action="store_true", help="where the time of readings goes")
    parser.add_argument(
        "--export",
        type=Path,
        help="a ServiceNow audit log to report on; else ITILCORE_AUDIT_LOG, else a generated one",
    )
    options = parser.parse_args()
    if options.export is not None:
        os.environ["ITILCORE_AUDIT_LOG"] = str(options.export)
    if options.shares:
        for name, share in sla.shares().items():
            print(f"{share:6.1%}  {name}")
        return
    chosen = options.only or [name for name in GROUPS if options.peers or name != "peers"]
    rows = []
    for name in chosen:
        for found in GROUPS[name](options.quick):
            rows.append(found)
            if not options.json:
                print(line(found), flush=True)
    if options.json:
        print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
