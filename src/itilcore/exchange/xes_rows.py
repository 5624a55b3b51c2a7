"""Events out of an XES log (IEEE 1849), one after the other, without holding the whole of it.

Document types and so entities are refused, sizes and depth are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final, TextIO
from xml.parsers import expat

from attrs import define, field

from itilcore.errors import UnreadableSource

__all__ = ["XesEvent", "xes_events"]

LONGEST_TRACE: Final = 16_777_216
"""Characters in the keys and values of one trace, its events included; more are refused."""

LONGEST_TAG: Final = 4_194_304
"""Bytes between two tags, or in one; more are refused."""

DEEPEST: Final = 32
"""Elements within each other; deeper ones are refused."""

_CHUNK: Final = 1 << 16
_CUT_OFF: Final = frozenset({"no element found", "unclosed token", "unclosed CDATA section"})
_PASSED_OVER: Final = frozenset({"extension", "global", "classifier"})


@define
class XesEvent:
    """An event: the line (1-based) on which it begins, and its attributes as texts by key.

    ``own`` are those of the event, ``case`` those of its trace with ``case:`` before their key;
    the events of a trace share them, and ``mark``, which is another text for other ones.
    Within another attribute the key follows that one's key and ``/``.
    """

    line: int
    own: dict[str, str] = field(factory=dict)
    case: dict[str, str] = field(factory=dict)
    mark: str = ""

    def get(self, key: str) -> str:
        """The attribute *key* as a text, empty where it has none."""
        return self.own.get(key) or self.case.get(key, "")

    @property
    def names(self) -> Iterator[str]:
        """The keys of its attributes, its trace's last."""
        return chain(self.own, self.case)

    @property
    def identity(self) -> str:
        """A text that two events share only when they have the same attributes."""
        return "\x1f".join([self.mark, *(f"{k}={v}" for k, v in sorted(self.own.items()))])


class _Handler:
    """What the parser calls; ``found`` are the events that are whole."""

    def __init__(self, name: str) -> None:
        self.found: list[XesEvent] = []
        self.parser = parser = expat.ParserCreate("utf-8", " ")
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartDoctypeDeclHandler = self.doctype
        self._name = name
        # One entry an open element: the key of an attribute, or "" for anything else.
        self._keys: list[str] = []
        self._case: dict[str, str] = {}
        self._events: list[XesEvent] = []
        self._trace = False
        self._event: XesEvent | None = None
        self._skipped = 0
        self._size = 0

    def fail(self, problem: str) -> UnreadableSource:
        return UnreadableSource(self._name, problem, self.parser.CurrentLineNumber)

    def doctype(self, *_: object) -> None:
        raise self.fail("declares a document type, which may define entities: that is refused")

    def start(self, tag: str, given: dict[str, str]) -> None:
        local = tag.rpartition(" ")[2]
        depth = len(self._keys)
        if depth >= DEEPEST:
            raise self.fail(f"has elements nested over {DEEPEST} deep")
        if not depth and local != "log":
            raise self.fail(f"is XML, but no XES log: its root is <{local[:40]}>")
        key = ""
        if self._skipped or (depth == 1 and local in _PASSED_OVER):
            self._skipped += 1
        elif depth == 1 and local == "trace":
            self._trace = True
        elif depth == 1 + self._trace and local == "event":
            self._event = XesEvent(self.parser.CurrentLineNumber)
        elif self._trace or self._event is not None:
            key = given.get("key", "")
            if key:
                self._keep(key, given.get("value", ""))
        self._keys.append(key)

    def _keep(self, key: str, value: str) -> None:
        path = "/".join([*filter(None, self._keys), key])
        self._size += len(path) + len(value)
        if self._size > LONGEST_TRACE:
            raise self.fail(f"a trace has over {LONGEST_TRACE:,} characters")
        if self._event is None:
            values, path = self._case, f"case:{path}"
        else:
            values = self._event.own
        # Only in a list may a key stand twice.
        values[path] = f"{values[path]}, {value}" if path in values else value

    def end(self, _tag: str) -> None:
        self._keys.pop()
        depth = len(self._keys)
        if self._skipped:
            self._skipped -= 1
        elif self._event is not None and depth == 1 + self._trace:
            self._events.append(self._event)
            self._event = None
        elif self._trace and depth == 1:
            self._trace = False
        if depth == 1 and not self._trace:
            mark = str(hash(tuple(sorted(self._case.items()))))
            for event in self._events:
                event.case, event.mark = self._case, mark
            self.found += self._events
            self._case, self._events, self._size = {}, [], 0


def xes_events(name: str, first: str, rest: TextIO) -> Iterator[XesEvent]:
    """The events of the log that begins with *first* and goes on in *rest*.

    Events come trace by trace, in the order of the file.  Raises
    `itilcore.errors.UnreadableSource`, with the line, where the text is no XES log, is cut off,
    declares a document type or exceeds a bound.
    """
    handler = _Handler(name)
    parser = handler.parser
    fed = 0
    chunk = first.lstrip("\ufeff \t\r\n")
    while True:
        # The text is decoded already; what no UTF-8 can hold is no XML either.
        data = chunk.encode("utf-8", "replace")
        fed += len(data)
        try:
            parser.Parse(data, not chunk)
        except expat.ExpatError as error:
            said = expat.ErrorString(error.code)
            problem = "is cut off" if said in _CUT_OFF else "is no well-formed XML"
            raise UnreadableSource(name, f"{problem}: {said}", error.lineno) from None
        if fed - parser.CurrentByteIndex > LONGEST_TAG + _CHUNK * 4:
            raise handler.fail(f"has over {LONGEST_TAG:,} bytes without a tag")
        yield from handler.found
        handler.found.clear()
        if not chunk:
            return
        chunk = rest.read(_CHUNK)
