"""JSON objects out of a text, one after the other, without holding the whole of it.

The text holds objects one after another, an array of them, or pages: objects with a list of
documents under a known key, as web interfaces return them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TextIO

from attrs import frozen

from itilcore.errors import UnreadableSource

__all__ = ["Document", "documents", "is_json_line"]

LISTS: Final = ("issues", "tickets", "incidents", "results", "data", "values", "message", "items")
"""The keys under which pages hold their documents."""

LONGEST_DOCUMENT: Final = 16_777_216
"""Characters in one document; a longer one is refused."""

_CHUNK: Final = 1 << 18
_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\r\n]*")


@frozen
class Document:
    """A JSON object and the line (1-based) on which it begins."""

    line: int
    content: Mapping[str, Any]


def is_json_line(line: str) -> bool:
    """Whether *line* is a whole JSON object and no page: so the text is JSON lines."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        # A line that ends in a brace was meant to be whole; the reader of lines says what is
        # wrong with it.
        return line.rstrip().endswith("}")
    return isinstance(value, dict) and _page(value) is None


def _page(value: Mapping[str, Any]) -> str | None:
    """The key under which *value* holds documents, or ``None`` if it is no page."""
    for key in LISTS:
        inner = value.get(key)
        if isinstance(inner, list) and all(isinstance(item, dict) for item in inner):
            return key
    return None


class _Scanner:
    """A window on the text: what is before it was read, what is behind it comes as needed."""

    def __init__(self, name: str, first: str, rest: TextIO) -> None:
        self.name = name
        self.line = 1
        self._window = first
        self._rest = rest
        self._at = 0
        self._ended = False

    def fail(self, problem: str) -> UnreadableSource:
        return UnreadableSource(self.name, problem, self.line)

    def _more(self) -> bool:
        if self._ended:
            return False
        chunk = self._rest.read(_CHUNK)
        self._ended = not chunk
        self._window = self._window[self._at :] + chunk
        self._at = 0
        return bool(chunk)

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            match = _SPACE.match(self._window, self._at)
            end = match.end() if match else self._at
            self.line += self._window.count("\n", self._at, end)
            self._at = end
            if end < len(self._window):
                return self._window[end]
            if not self._more():
                return ""

    def take(self, expected: str) -> None:
        found = self.peek()
        if found != expected:
            raise self.fail(
                f"is not JSON: {found!r} where {expected!r} belongs" if found else "is cut off"
            )
        self._at += 1

    def skip(self, character: str) -> bool:
        if self.peek() != character:
            return False
        self._at += 1
        return True

    def value(self) -> Any:
        """The next value whole."""
        self.peek()
        wanted = 0
        while True:
            try:
                value, end = _DECODER.raw_decode(self._window, self._at)
            except RecursionError:
                raise self.fail("is nested too deeply") from None
            except ValueError as error:
                # Try again only when the window has doubled: each character is then read
                # a bounded number of times.
                left = len(self._window) - self._at
                if left > LONGEST_DOCUMENT:
                    problem = f"a document has over {LONGEST_DOCUMENT:,} characters"
                    raise self.fail(problem) from None
                wanted = max(2 * left, _CHUNK)
                grew = False
                while len(self._window) - self._at < wanted and self._more():
                    grew = True
                if not grew:
                    broken = getattr(error, "msg", str(error))
                    raise self.fail(f"is not JSON, or is cut off: {broken}") from None
                continue
            # A number at the end of the window may go on behind it.
            if end == len(self._window) and self._more():
                continue
            self.line += self._window.count("\n", self._at, end)
            self._at = end
            return value


def documents(name: str, first: str, rest: TextIO) -> Iterator[Document]:
    """The objects of the text that begins with *first* and goes on in *rest*.

    Raises `itilcore.errors.UnreadableSource`, with the line, where the text is no JSON, is cut
    off, or lacks a page in the middle.
    """
    scanner = _Scanner(name, first, rest)
    pages = _Pages(scanner)
    while start := scanner.peek():
        if start == "[":
            yield from _array(scanner, pages)
        elif start == "{":
            yield from _top(scanner, pages)
        else:
            raise scanner.fail(f"is not JSON: {start!r} where an object or an array belongs")
    pages.check()


def _array(scanner: _Scanner, pages: _Pages) -> Iterator[Document]:
    scanner.take("[")
    if scanner.skip("]"):
        return
    while True:
        scanner.peek()
        line = scanner.line
        yield from _documents(scanner, scanner.value(), line, pages)
        if not scanner.skip(","):
            scanner.take("]")
            return


def _documents(scanner: _Scanner, value: Any, line: int, pages: _Pages) -> Iterator[Document]:
    if not isinstance(value, dict):
        raise UnreadableSource(scanner.name, "has a JSON value that is no object", line)
    key = _page(value)
    if key is None:
        yield Document(line, value)
        return
    pages.seen({name: inner for name, inner in value.items() if name != key}, len(value[key]))
    for item in value[key]:
        yield Document(line, item)


def _top(scanner: _Scanner, pages: _Pages) -> Iterator[Document]:
    """An object at the top: a page, whose list is streamed, or else a document.

    Only the first list of objects under a known key is streamed; the other keys are read whole.
    """
    line = scanner.line
    scanner.take("{")
    rest: dict[str, Any] = {}
    count: int | None = None
    while not scanner.skip("}"):
        if rest or count is not None:
            scanner.take(",")
        if scanner.peek() != '"':
            scanner.take('"')
        key = scanner.value()
        scanner.take(":")
        if key in LISTS and count is None and scanner.peek() == "[":
            count = 0
            for document in _array(scanner, pages):
                count += 1
                yield document
        else:
            rest[key] = scanner.value()
    if count is not None:
        pages.seen(rest, count)
    else:
        yield Document(line, rest)


class _Pages:
    """Checks that pages which count their documents follow each other without a gap."""

    def __init__(self, scanner: _Scanner) -> None:
        self._scanner = scanner
        self._next: int | None = None
        self._total: int | None = None

    def seen(self, page: Mapping[str, Any], count: int) -> None:
        start, total = (_number(page, *keys) for keys in (("startAt", "offset"), ("total",)))
        if start is None:
            return
        expected = 0 if self._next is None else self._next
        if start > expected:
            raise self._scanner.fail(
                f"lacks a page: documents {expected} to {start - 1} are missing"
            )
        self._next = max(expected, start + count)
        self._total = total if total is not None else self._total

    def check(self) -> None:
        if self._next is not None and self._total is not None and self._next < self._total:
            raise self._scanner.fail(
                f"lacks a page: it has {self._next} of {self._total} documents"
            )


def _number(page: Mapping[str, Any], *keys: str) -> int | None:
    for key in keys:
        value = page.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None
