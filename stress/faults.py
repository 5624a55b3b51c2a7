"""Faults: a disk that is full, a file that may not be written, schemas, a damaged event."""

from __future__ import annotations

import os
import pwd
import resource
import sqlite3
import time
import traceback
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from itilcore.errors import CorruptEvent, NewerSchema, StorageFailure, UnknownIncident
from itilcore.incident import Logged, Noted
from itilcore.repositories import Commit, Query
from itilcore.stores import SqliteStore

from .acting import START
from .tally import Tally

INCIDENTS = 20
_FORK = get_context("fork")


def _filled(path: Path) -> None:
    with SqliteStore(path) as store:
        for number in range(INCIDENTS):
            events = [Logged(START), Noted(START, f"note {number}")]
            store.commit(Commit(reference=f"INC{number}", expected_version=0, events=events))


def _whole(path: Path) -> None:
    """Everything is still there and the file is sound."""
    with SqliteStore(path) as store:
        page = store.find(Query())
        assert len(page.incidents) == INCIDENTS, len(page.incidents)
        assert [each.version for each in page.incidents] == [2] * INCIDENTS
        assert page.unreadable == ()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def _refused(act: Callable[[], object], *words: str) -> None:
    """*act* is refused, and the error says why."""
    with pytest.raises(StorageFailure) as caught:
        act()
    assert any(word in caught.value.problem for word in words), caught.value.problem


def _big(number: int) -> Commit:
    return Commit(
        reference=f"BIG{number}",
        expected_version=0,
        events=[Logged(START), Noted(START, "x" * 1_000_000)],
    )


def _gone(store: SqliteStore, reference: str) -> None:
    with pytest.raises(UnknownIncident):
        store.get(reference)


def no_room(path: Path) -> None:
    """A file that may have no more pages: what SQLite says of a full disk."""
    _filled(path)
    with SqliteStore(path) as store:
        on = store._connection  # the limit is the connection's
        (pages,) = on.execute("PRAGMA page_count").fetchone()
        (most,) = on.execute("PRAGMA max_page_count").fetchone()
        on.execute(f"PRAGMA max_page_count = {pages + 10}")
        _refused(lambda: store.commit(_big(1)), "full")
        _gone(store, "BIG1")
        assert store.get("INC3").version == 2
        on.execute(f"PRAGMA max_page_count = {most}")
        assert store.commit(_big(1)).version == 2
        assert store.get("BIG1").version == 2
        on.execute("DELETE FROM events WHERE reference = 'BIG1'")
        on.execute("DELETE FROM incidents WHERE reference = 'BIG1'")
    _whole(path)


def no_more_bytes(path: Path) -> None:
    """The system writes no byte past a limit, in the middle of what is written."""
    _filled(path)
    with SqliteStore(path) as store:
        most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, most[1]))
        _refused(lambda: store.commit(_big(1)), "I/O", "full")
        _gone(store, "BIG1")
        assert store.get("INC3").version == 2
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
        small = Commit(reference="INC3", expected_version=2, look_again_at=START, events=[])
        store.commit(small)
    _whole(path)


def read_only(path: Path) -> None:
    """A file, and then a folder as well, that may be read and not written."""
    _filled(path)
    before = path.read_bytes()
    path.chmod(0o444)
    if os.geteuid() == 0:  # who may write everything
        path.parent.chmod(0o755)
        path.parent.parent.chmod(0o755)
        os.setegid(pwd.getpwnam("nobody").pw_gid)
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    else:
        path.parent.chmod(0o555)
    _refused(lambda: SqliteStore(path), "readonly", "read-only", "unable to open")
    _refused(lambda: SqliteStore(path.parent / "absent" / "desk.db"), "unable to open")
    if os.getuid() == 0:
        os.seteuid(0)
    path.parent.chmod(0o755)
    path.chmod(0o644)
    assert path.read_bytes() == before
    _whole(path)


def older_schema(path: Path) -> None:
    """A file of version 1 is brought up to date, and keeps what it holds."""
    _filled(path)
    connection = sqlite3.connect(path)
    connection.execute("DROP INDEX notifications_waiting")
    connection.execute("UPDATE itilcore_settings SET number = 1 WHERE name = 'schema'")
    connection.commit()
    _whole(path)
    found = connection.execute("SELECT number FROM itilcore_settings WHERE name = 'schema'")
    assert found.fetchone() == (2,)
    index = "SELECT count(*) FROM sqlite_master WHERE name = 'notifications_waiting'"
    assert connection.execute(index).fetchone() == (1,)
    connection.close()


def newer_schema(path: Path) -> None:
    """A file of a later version is refused, and left as it is."""
    _filled(path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE itilcore_settings SET number = 99 WHERE name = 'schema'")
    connection.commit()
    dump = list(connection.iterdump())
    with pytest.raises(NewerSchema) as caught:
        SqliteStore(path)
    assert (caught.value.found, caught.value.known) == (99, 2)
    assert list(connection.iterdump()) == dump
    connection.execute("UPDATE itilcore_settings SET number = 2 WHERE name = 'schema'")
    connection.commit()
    connection.close()
    _whole(path)


def damaged_event(path: Path) -> None:
    """An event that cannot be read is told with its place; the others are there."""
    _filled(path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE events SET event = '{' WHERE reference = 'INC7' AND sequence = 2")
    connection.execute("DELETE FROM events WHERE reference = 'INC8' AND sequence = 1")
    connection.commit()
    connection.close()
    with SqliteStore(path) as store:
        for reference, sequence in (("INC7", 2), ("INC8", 1)):
            with pytest.raises(CorruptEvent) as caught:
                store.get(reference)
            assert (caught.value.reference, caught.value.sequence) == (reference, sequence)
        page = store.find(Query())
        assert [each.reference for each in page.unreadable] == ["INC7", "INC8"]
        assert len(page.incidents) == INCIDENTS - 2


FAULTS = (no_room, no_more_bytes, read_only, older_schema, newer_schema, damaged_event)


def _tried(fault: Callable[[Path], None], path: Path, out: Connection) -> None:
    try:
        fault(path)
    except BaseException:
        out.send(traceback.format_exc())
    else:
        out.send("")


def faults(folder: Path) -> Tally:
    """Each fault in a process of its own, for limits and users are a process's."""
    start = time.perf_counter()
    wrong: list[str] = []
    for fault in FAULTS:
        place = folder / fault.__name__
        place.mkdir()
        found, out = _FORK.Pipe(duplex=False)
        process = _FORK.Process(target=_tried, args=(fault, place / "desk.db", out))
        process.start()
        process.join()
        problem = found.recv() if found.poll() else f"it ended with {process.exitcode}"
        wrong += [f"{fault.__name__}: {problem}"] if problem else []
    counts = {"faults": len(FAULTS), "borne": len(FAULTS) - len(wrong)}
    return Tally("faults", counts, wrong, time.perf_counter() - start)
