"""Sources: the rows of a file, whatever it is packed in, with every way it can be broken."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, Final

from attrs import frozen

from itilcore.errors import UnreadableSource

from .documents import (
    BrokenDocument,
    Document,
    DocumentForm,
    documents,
    flat,
    form_of,
    is_json_line,
)
from .xes_rows import XesEvent, xes_events

__all__ = ["BrokenRow", "Progress", "Rows", "open_rows"]

Progress = Callable[[int, int | None], None]
"""Called now and then with the bytes read so far and, where it is known, how many there are."""

LONGEST_LINE: Final = 1_048_576
"""Characters in a line of JSON; a longer one is refused."""

MOST_TIMES: Final = 200
"""How many times its packed size a file may unpack to, past the first 64 MiB."""

FREE_BYTES: Final = 64 * 1024 * 1024
EVERY_ROWS: Final = 4_096
EVERY_DOCUMENTS: Final = 256
AHEAD_EVENTS: Final = 2_000
AHEAD_CHARACTERS: Final = 67_108_864
"""Of an XES log so many events, or so many characters, are read first to know its columns."""

_DELIMITERS: Final = (",", ";", "\t", "|")


@frozen
class BrokenRow:
    """A row that cannot be used as it stands: its line (1-based) and why."""

    line: int
    reason: str


class Rows:
    """The rows of one file: iterate to get ``(line, cells, identity)`` or a `BrokenRow`.

    ``cells`` are the texts of the wanted columns in their order; ``identity`` is a text that
    two rows share only when they are the same in every column.
    """

    form: DocumentForm | None = None
    """What unrolled nested documents into these rows; ``None`` for plain rows."""

    def __init__(self, name: str, columns: tuple[str, ...]) -> None:
        self.name = name
        self.columns = columns

    def select(
        self, wanted: tuple[str, ...]
    ) -> Iterator[tuple[int, tuple[str, ...], str] | BrokenRow]:
        """The rows, with the columns *wanted*: some of ``columns``."""
        raise NotImplementedError  # pragma: no cover  # both kinds of file say how

    def close(self) -> None:
        """Close the file."""
        raise NotImplementedError  # pragma: no cover


class _Bounded(io.RawIOBase):
    """Counts what is read and refuses a file that unpacks to far more than it is."""

    def __init__(self, raw: IO[bytes], below: IO[bytes], name: str, packed: int | None) -> None:
        super().__init__()
        self._raw = raw
        self._below = below
        self._name = name
        self._limit = None if packed is None else FREE_BYTES + MOST_TIMES * packed
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]  # typeshed: any buffer
        try:
            data = self._raw.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            raise UnreadableSource(self._name, f"its packing is cut or broken: {error}") from None
        self.count += len(data)
        if self._limit is not None and self.count > self._limit:
            raise UnreadableSource(
                self._name,
                f"unpacks to over {MOST_TIMES} times its size: unpack it first if you trust it",
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        # A packed file does not close the file that it was opened on.
        self._raw.close()
        self._below.close()
        super().close()


def open_rows(
    path: str | Path, *, encoding: str = "utf-8-sig", progress: Progress | None = None
) -> Rows:
    """Open *path*: CSV, JSON or XES, plain, zipped (one file inside) or gzipped.

    The kind is told by the content, not by the name.  Raises
    `itilcore.errors.UnreadableSource` where the file cannot be used at all.
    """
    path = Path(path)
    name = path.name
    try:
        size = path.stat().st_size
        below: IO[bytes] = path.open("rb")
    except OSError as error:
        raise UnreadableSource(str(path), f"cannot be opened: {error.strerror}") from None
    try:
        head = below.read(4)
        below.seek(0)
        raw, packed, total = _unpacked(below, head, name, size)
        bounded = _Bounded(raw, below, name, packed)
        text = io.TextIOWrapper(
            io.BufferedReader(bounded, 1 << 18), encoding=encoding, newline="", errors="strict"
        )
    except LookupError:
        below.close()
        raise UnreadableSource(name, f"{encoding} is no encoding that Python knows") from None
    except BaseException:
        below.close()
        raise
    try:
        return _rows(name, text, bounded, total, progress)
    except BaseException:
        text.close()
        raise


def _unpacked(
    below: IO[bytes], head: bytes, name: str, size: int
) -> tuple[IO[bytes], int | None, int | None]:
    """What to read, its packed size where it is packed, and its full size where that is known."""
    if head[:2] == b"\x1f\x8b":
        unpacked: Any = gzip.open(below)  # noqa: SIM115  # closed by _Bounded
        return unpacked, size, None
    if head == b"PK\x05\x06":
        raise UnreadableSource(name, "is a zip file with nothing in it")
    if head == b"PK\x03\x04":
        member, full = _member(below, name)
        return member, size, full
    return below, None, size


def _member(raw: IO[bytes], name: str) -> tuple[IO[bytes], int]:
    try:
        archive = zipfile.ZipFile(raw)
        members = [
            info
            for info in archive.infolist()
            if not info.is_dir()
            and not info.filename.startswith(("__MACOSX/", "."))
            and "/." not in info.filename
        ]
        if len(members) != 1:
            names = ", ".join(info.filename for info in members[:5]) or "nothing"
            raise UnreadableSource(name, f"a zip file must hold one export; it holds {names}")
        return archive.open(members[0]), members[0].file_size
    except zipfile.BadZipFile as error:
        raise UnreadableSource(name, f"the zip file is cut or broken: {error}") from None
    except (RuntimeError, NotImplementedError) as error:
        # An encrypted member and an unknown compression, in zipfile's words.
        raise UnreadableSource(name, f"the zip file cannot be unpacked: {error}") from None


def _rows(
    name: str,
    text: io.TextIOWrapper,
    bounded: _Bounded,
    total: int | None,
    progress: Progress | None,
) -> Rows:
    def tick() -> None:
        if progress is not None:
            progress(bounded.count, total)

    try:
        first = text.readline(LONGEST_LINE)
        while first and not first.strip():
            first = text.readline(LONGEST_LINE)
    except UnicodeError as error:
        raise UnreadableSource(name, _undecodable(text, error)) from None
    if not first:
        raise UnreadableSource(name, "is empty")
    if "\0" in first:
        raise UnreadableSource(name, "is binary, or text in an encoding such as UTF-16: name it")
    if len(first) >= LONGEST_LINE and first.lstrip()[:1] not in {"{", "[", "<"}:
        raise UnreadableSource(name, f"the first line has {LONGEST_LINE:,} characters or more", 1)
    start = first.lstrip()[:1]
    if start == "{" and is_json_line(first) and not _is_formed(first):
        return _JsonLines(name, first, text, tick)
    if start in {"{", "["}:
        return _Documents(name, documents(name, first, text), text, tick)
    if start == "<":
        return _Xes(name, xes_events(name, first, text), text, tick)
    return _Csv(name, first, text, tick)


def _undecodable(text: io.TextIOWrapper, error: UnicodeError) -> str:
    return f"is not {text.encoding.removesuffix('-sig').upper()}: {error}"


class _Csv(Rows):
    def __init__(
        self, name: str, first: str, text: io.TextIOWrapper, tick: Callable[[], None]
    ) -> None:
        delimiter = max(_DELIMITERS, key=first.count)
        self._text = text
        self._tick = tick
        self._reader = csv.reader(chain([first], text), delimiter=delimiter, strict=True)
        try:
            header = next(self._reader)
        except (csv.Error, StopIteration) as error:
            raise UnreadableSource(name, f"the header is broken: {error}", 1) from None
        super().__init__(name, tuple(cell.strip() for cell in header))

    def close(self) -> None:
        self._text.close()

    def select(
        self, wanted: tuple[str, ...]
    ) -> Iterator[tuple[int, tuple[str, ...], str] | BrokenRow]:
        places = [self.columns.index(c) for c in wanted]
        width = len(self.columns)
        pick: Callable[[list[str]], tuple[str, ...]] = (
            itemgetter(*places) if len(places) > 1 else lambda cells: (cells[places[0]],)
        )
        reader = self._reader
        tick = self._tick
        join = "\x1f".join
        line = reader.line_num + 1
        count = 0
        try:
            for cells in reader:
                if len(cells) == width:
                    yield line, pick(cells), join(cells)
                elif cells:
                    yield BrokenRow(line, f"has {len(cells)} cells, the header has {width}")
                line = reader.line_num + 1
                count += 1
                if not count % EVERY_ROWS:
                    tick()
        except csv.Error as error:
            raise UnreadableSource(self.name, _broken(str(error)), line) from None
        except UnicodeError as error:
            raise UnreadableSource(self.name, _undecodable(self._text, error), line) from None
        finally:
            self.close()
        tick()


def _broken(error: str) -> str:
    if "field larger than" in error:
        return f"a cell is too long ({error}), or a quotation mark is never closed"
    if "unexpected end" in error:
        return "a quotation mark is never closed"
    return f"is not CSV: {error}"


class _JsonLines(Rows):
    def __init__(
        self, name: str, first: str, text: io.TextIOWrapper, tick: Callable[[], None]
    ) -> None:
        self._first = first
        self._text = text
        self._tick = tick
        row = _object(first)
        if isinstance(row, str):
            raise UnreadableSource(name, f"the first line {row}", 1)
        super().__init__(name, tuple(row))

    def close(self) -> None:
        self._text.close()

    def _lines(self) -> Iterator[str]:
        yield self._first
        while line := self._text.readline(LONGEST_LINE):
            if len(line) >= LONGEST_LINE:
                raise UnreadableSource(self.name, f"a line has {LONGEST_LINE:,} characters or more")
            yield line

    def select(
        self, wanted: tuple[str, ...]
    ) -> Iterator[tuple[int, tuple[str, ...], str] | BrokenRow]:
        try:
            for number, line in enumerate(self._lines(), 1):
                if not line.strip():
                    continue
                row = _object(line)
                if isinstance(row, str):
                    yield BrokenRow(number, row)
                else:
                    yield number, tuple(row.get(column, "") for column in wanted), line.strip()
                if not number % EVERY_ROWS:
                    self._tick()
        except UnicodeError as error:
            raise UnreadableSource(self.name, _undecodable(self._text, error)) from None
        finally:
            self.close()
        self._tick()


class _Documents(Rows):
    """Nested documents of JSON: those of a known form unrolled, others as one row each."""

    def __init__(
        self,
        name: str,
        found: Iterator[Document],
        text: io.TextIOWrapper,
        tick: Callable[[], None],
    ) -> None:
        self._text = text
        self._tick = tick
        try:
            first = next(found, None)
        except UnicodeError as error:
            raise UnreadableSource(name, _undecodable(text, error)) from None
        if first is None:
            raise UnreadableSource(name, "holds no JSON objects to read")
        self._found = chain([first], found)
        self.form = form_of(first.content)
        super().__init__(name, self.form.columns if self.form else tuple(flat(first.content)))

    def close(self) -> None:
        self._text.close()

    def select(
        self, wanted: tuple[str, ...]
    ) -> Iterator[tuple[int, tuple[str, ...], str] | BrokenRow]:
        unroll = self.form.unroll if self.form else (lambda content: [flat(content)])
        try:
            for number, document in enumerate(self._found, 1):
                try:
                    rows = unroll(document.content)
                except BrokenDocument as error:
                    yield BrokenRow(document.line, str(error))
                    continue
                for row in rows:
                    identity = "\x1f".join(f"{key}={value}" for key, value in sorted(row.items()))
                    yield document.line, tuple(row.get(name, "") for name in wanted), identity
                if not number % EVERY_DOCUMENTS:
                    self._tick()
        except UnicodeError as error:
            raise UnreadableSource(self.name, _undecodable(self._text, error)) from None
        finally:
            self.close()
        self._tick()


class _Xes(Rows):
    """The events of an XES log; the first of them tell which columns it has."""

    def __init__(
        self,
        name: str,
        found: Iterator[XesEvent],
        text: io.TextIOWrapper,
        tick: Callable[[], None],
    ) -> None:
        self._text = text
        self._tick = tick
        ahead: list[XesEvent] = []
        size = 0
        try:
            for event in islice(found, AHEAD_EVENTS):
                ahead.append(event)
                size += sum(map(len, event.own.values())) + sum(map(len, event.case.values()))
                if size > AHEAD_CHARACTERS:
                    break
        except UnicodeError as error:
            raise UnreadableSource(name, _undecodable(text, error)) from None
        if not ahead:
            raise UnreadableSource(name, "is an XES log without events")
        if any("itilcore:event" in event.own for event in ahead):
            # Its events stand whole in it: by their names alone they would be misread.
            problem = "was written by itilcore: read it with exchange.read_xes_timelines"
            raise UnreadableSource(name, problem)
        self._found = chain(ahead, found)
        super().__init__(name, tuple(dict.fromkeys(c for event in ahead for c in event.names)))

    def close(self) -> None:
        self._text.close()

    def select(
        self, wanted: tuple[str, ...]
    ) -> Iterator[tuple[int, tuple[str, ...], str] | BrokenRow]:
        try:
            for number, event in enumerate(self._found, 1):
                cells = tuple([event.get(column) for column in wanted])
                yield event.line, cells, event.identity
                if not number % EVERY_ROWS:
                    self._tick()
        except UnicodeError as error:
            raise UnreadableSource(self.name, _undecodable(self._text, error)) from None
        finally:
            self.close()
        self._tick()


def _is_formed(line: str) -> bool:
    """Whether the JSON object in *line* is a document of a known form."""
    try:
        return form_of(json.loads(line)) is not None
    except (ValueError, RecursionError):
        return False


def _object(line: str) -> dict[str, str] | str:
    """A line as texts by key, nested keys joined with dots; a text says what is wrong."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"is not JSON: {error}"
    if not isinstance(value, dict):
        return "is JSON, but no object"
    return flat(value)
