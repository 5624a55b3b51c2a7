"""What the tests of the SQLAlchemy stores share: places, incidents, and tasks for others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from itilcore.communications import Notification
from itilcore.errors import UnknownIncident, VersionConflict
from itilcore.incident import Event, Logged, Noted
from itilcore.repositories import Commit
from itilcore.stores import SqlAlchemyStore

ROOT: Final = Path(__file__).parents[2]
START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def created(reference: str = "INC1", **more: Any) -> Commit:
    return Commit(reference=reference, expected_version=0, events=[Logged(START)], **more)


def noted(version: int, *texts: str, reference: str = "INC1", **more: Any) -> Commit:
    events: list[Event] = [Noted(at(version), text=text) for text in texts or ("seen",)]
    return Commit(reference=reference, expected_version=version, events=events, **more)


def told(identifier: str, reference: str = "INC1") -> Notification:
    return Notification(
        identifier=identifier,
        reference=reference,
        rule="logged",
        audience="requester",
        at=START,
        subject=f"{reference} was logged",
    )


def texts(store: Any, reference: str = "INC1") -> list[str]:
    timeline = store.get(reference).timeline
    return [event.text for event in timeline if isinstance(event, Noted)]


class Task:
    """A call in a thread of its own, and what came of it."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call
        self._found: Any = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._found = self._call()
        except Exception as error:
            self._found = error

    def waits(self) -> bool:
        """Whether it still runs after a while."""
        self._thread.join(0.2)
        return self._thread.is_alive()

    def result(self) -> Any:
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self._found


def commit_many(url: str, worker: int, count: int, references: int) -> tuple[int, int]:
    """Notes of one worker among several, on the same incidents: accepted ones and conflicts."""
    accepted = conflicts = 0
    with SqlAlchemyStore.open(url) as store:
        for number in range(count):
            reference = f"INC{number % references}"
            while True:
                try:
                    version = store.get(reference).version
                except UnknownIncident:
                    version = 0
                name = f"{worker}.{number}"
                more = {"idempotency_key": name, "notifications": [told(name, reference)]}
                change = noted(version, name, reference=reference, **more)
                try:
                    store.commit(change)
                except VersionConflict:
                    conflicts += 1
                else:
                    accepted += 1
                    break
    return accepted, conflicts


def start_worker(url: str, worker: int, count: int, references: int) -> subprocess.Popen[str]:
    """`commit_many` in a process of its own, which prints what it returns."""
    code = (
        "import json, sys; from tests.stores.sqlalchemy_cases import commit_many; "
        "print(json.dumps(commit_many(sys.argv[1], *map(int, sys.argv[2:]))))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, url, str(worker), str(count), str(references)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )


def what_it_printed(worker: subprocess.Popen[str]) -> Any:
    printed, _ = worker.communicate(timeout=60)
    assert worker.returncode == 0
    return json.loads(printed)
