"""The short form of ``python -m stress``, and that its judge sees what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from itilcore.incident import Incident, Logged, Noted
from itilcore.repositories import Commit
from itilcore.stores import MemoryStore
from stress.acting import ACCEPTED, ASKED, CONFLICT, REPEATED, START, Outcome, act
from stress.judging import histories, judge, keys, listed, outbox
from stress.tally import Tally

ROOT = Path(__file__).parents[2]


def test_crowds_kills_and_faults_lose_nothing() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "stress", "--json", "--processes", "4", "--commands", "60", "--incidents", "8", "--kills", "8"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    tallies = json.loads(run.stdout)
    assert [each["wrong"] for each in tallies] == [[]] * 5
    crowds = [each["counts"] for each in tallies if "processes" in each["name"]]
    assert len(crowds) == 2
    for counts in crowds:
        assert counts["accepted"] + counts["conflicts"] + counts["repeated"] == 240
        assert (
            counts["accepted"] <= counts["events"] <= counts["accepted"] + 2 * counts["incidents"]
        )
        assert counts["accepted"] > 60 and counts["conflicts"] and counts["repeated"]
    killed = [each["counts"] for each in tallies if "kill" in each["name"]]
    assert [each["killed"] for each in killed] == [16, 16]
    assert all(each["accepted"] for each in killed)
    assert tallies[-1]["counts"] == {"faults": 6, "borne": 6}


def played(count: int = 60) -> tuple[MemoryStore, list[Outcome]]:
    store = MemoryStore()
    return store, list(act(store, ["INC1", "INC2"], "p0", count, 1))


def test_what_one_process_does_is_judged_to_be_right() -> None:
    store, noted = played()
    found, unreadable = histories(store, ["INC1", "INC2", "INC3"])
    assert len(found) == 2 and unreadable == []
    assert judge(found, outbox(store), noted) == []
    assert store.pending() == ()
    assert keys(store, found) == [] and listed(store, 2) == []
    assert listed(store, 3) == ["2 incidents are listed, not 3"]
    assert {each.kind for each in noted} >= {ASKED, ACCEPTED, REPEATED}
    assert act_again() == noted


def act_again() -> list[Outcome]:
    return played()[1]


def without(incident: Incident, index: int) -> Incident:
    events = list(incident.timeline)
    del events[index]
    return Incident.replay(incident.reference, events)


def found_wrong(change: Any) -> str:
    store, noted = played()
    found, _ = histories(store, ["INC1", "INC2"])
    told = outbox(store)
    found, told, noted = change(found, told, noted)
    return "\n".join(judge(found, told, noted))


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("was to be", lambda f, t, n: ([without(f[0], 3), f[1]], t, n)),
        ("was to be", lambda f, t, n: (f[:1], t, n)),
        ("nothing happened", lambda f, t, n: (f[:1], t, n)),
        ("is there twice", lambda f, t, n: ([f[0].record(f[1].timeline[2]), f[1]], t, n)),
        ("is nobody's", lambda f, t, n: ([f[0].record(Noted(START, "?")), f[1]], t, n)),
        ("is nobody's", lambda f, t, n: ([f[0].record(Logged(START)), f[1]], t, n)),
        ("was refused and is there", lambda f, t, n: (f, t, [*n, Outcome(CONFLICT, "INC1", 0, f[0].timeline[2].group)])),
        ("nothing is told", lambda f, t, n: (f, t[1:], n)),
        ("is told 2 times", lambda f, t, n: (f, [*t, t[0]], n)),
    ],
)  # fmt: skip
def test_the_judge_sees(words: str, change: Any) -> None:
    assert words in found_wrong(change)


def test_a_command_that_nobody_heard_of_may_be_there() -> None:
    store, noted = played()
    found, _ = histories(store, ["INC1", "INC2"])
    last = max(index for index, each in enumerate(noted) if each.kind == ACCEPTED)
    assert judge(found, outbox(store), noted[:last] + noted[last + 1 :]) == []


def test_a_key_that_is_absent_is_seen() -> None:
    store = MemoryStore()
    store.commit(Commit(reference="INC1", expected_version=0, events=[Noted(START, "x")]))
    assert keys(store, [store.get("INC1")]) == ["the key None says None"]


def test_a_tally_says_what_is_wrong() -> None:
    tally = Tally("trial", {"runs": 1_000}, ["this"], 1.0)
    assert tally.lines() == ["trial: runs 1,000; wrong 1 (1.0 s)", "  WRONG this"]
