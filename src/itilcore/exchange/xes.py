"""Timelines as XES event logs (IEEE 1849), for process mining; what is written is read back."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final, TextIO, cast
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from itilcore.codec import from_json, to_json
from itilcore.errors import Defect, InvalidInput, UnreadableSource
from itilcore.incident import Event, Incident

__all__ = ["Trace", "read_xes_timelines", "traces", "write_xes"]

Trace = tuple[dict[str, str], list[dict[str, str]]]
"""The attributes of a trace, and those of its events, as texts by key."""

_EVENT: Final = "itilcore:event"
_CHUNK: Final = 1 << 16
MOST_BYTES: Final = 1 << 32
"""What a packed log may unpack to."""

LONGEST_TRACE: Final = 1 << 26
"""Characters in the attributes of one trace; a longer one is refused."""

_ATTRIBUTES: Final = frozenset({"string", "date", "int", "float", "boolean", "id"})
# What XML 1.0 cannot hold, and the halves of pairs that no encoding can.
_IMPOSSIBLE: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_xes(incidents: Iterable[Incident], out: TextIO) -> int:
    """Write *incidents* to *out* as a log with a trace each; how many they were.

    An event has the standard attributes ``concept:name``, ``time:timestamp`` and, where they
    are known, ``lifecycle:transition`` (the status), ``org:group`` and ``org:resource``; the
    event itself stands whole in ``itilcore:event``, as JSON.  Characters that XML cannot hold
    are left out of the others.
    """
    out.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<log xes.version="2.0" xes.features="" xmlns="http://www.xes-standard.org/">\n'
        '<extension name="Concept" prefix="concept" '
        'uri="http://www.xes-standard.org/concept.xesext"/>\n'
        '<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>\n'
        '<extension name="Organizational" prefix="org" '
        'uri="http://www.xes-standard.org/org.xesext"/>\n'
        '<extension name="Lifecycle" prefix="lifecycle" '
        'uri="http://www.xes-standard.org/lifecycle.xesext"/>\n'
    )
    count = 0
    for count, incident in enumerate(incidents, 1):  # noqa: B007  # it is the result
        out.write("<trace>\n" + _attribute("string", "concept:name", incident.reference))
        # The name may hold what XML cannot: the exact one is JSON.
        out.write(_attribute("string", "itilcore:reference", json.dumps(incident.reference)))
        out.writelines(
            "<event>\n" + "".join(_written(event)) + "</event>\n" for event in incident.timeline
        )
        out.write("</trace>\n")
    out.write("</log>\n")
    return count


def _written(event: Event) -> Iterator[str]:
    plain = to_json(event)
    yield _attribute("string", "concept:name", plain["event"])
    yield _attribute("date", "time:timestamp", event.at.isoformat())
    known = (
        ("lifecycle:transition", getattr(event, "status", None)),
        ("org:group", getattr(event, "group", None)),
        ("org:resource", getattr(event, "assignee", None)),
    )
    for key, value in known:
        if value is not None:
            yield _attribute("string", key, str(value))
    yield _attribute("string", _EVENT, json.dumps(plain))


def _attribute(kind: str, key: str, value: str) -> str:
    return f"<{kind} key={quoteattr(key)} value={quoteattr(_IMPOSSIBLE.sub('', value))}/>\n"


def read_xes_timelines(path: str | Path) -> list[Incident]:
    """The incidents of a log that `write_xes` wrote, also gzipped.

    Raises `itilcore.errors.UnreadableSource` for a file that is no such log, and
    `itilcore.errors.InvalidInput` with every defect, by trace and event.
    """
    found: list[Incident] = []
    defects: list[Defect] = []
    for number, (attributes, events) in enumerate(traces(path)):
        try:
            reference = _json(attributes, "itilcore:reference")
            content = {"reference": reference, "events": [_json(e, _EVENT) for e in events]}
            found.append(from_json(Incident, content))
        except InvalidInput as error:
            defects += [Defect(f"trace[{number}].{d.path}", d.problem) for d in error.defects]
    if defects:
        raise InvalidInput(Path(path).name, defects)
    return found


def _json(attributes: dict[str, str], key: str) -> Any:
    try:
        return json.loads(attributes[key])
    except KeyError:
        problem = "is missing: the log was not written by itilcore"
    except (ValueError, RecursionError):
        problem = "is not JSON"
    raise InvalidInput("event", [Defect(key, problem)])


class _Handler:
    """Gathers traces while the parser reads; nested attributes have their keys joined by dots."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done: list[Trace] = []
        self._trace: Trace | None = None
        self._event: dict[str, str] | None = None
        self._keys: list[str] = []
        self._size = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._doctype

    def fail(self, problem: str) -> UnreadableSource:
        return UnreadableSource(self.name, problem, self.parser.CurrentLineNumber)

    def _doctype(self, *_: object) -> None:
        raise self.fail("has a document type, which may hide entities: it is refused")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "trace":
            self._trace, self._size = ({}, []), 0
        elif tag == "event" and self._trace is not None:
            self._event = {}
            self._trace[1].append(self._event)
        elif tag in _ATTRIBUTES or tag in {"list", "container"}:
            self._keys.append(attributes.get("key", ""))
            if self._trace is not None and "value" in attributes:
                into = self._trace[0] if self._event is None else self._event
                into[".".join(self._keys)] = attributes["value"]
                self._size += len(attributes["value"]) + 64
                if self._size > LONGEST_TRACE:
                    raise self.fail(f"a trace has over {LONGEST_TRACE:,} characters")

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "trace" and self._trace is not None:
            self.done.append(self._trace)
            self._trace = None
        elif tag == "event":
            self._event = None
        elif tag in _ATTRIBUTES or tag in {"list", "container"}:
            self._keys.pop()


def traces(path: str | Path) -> Iterator[Trace]:
    """The traces of a log, one after the other, plain or gzipped; memory holds a few at a time.

    A document type is refused, and with it every entity.  Raises
    `itilcore.errors.UnreadableSource`, with the line, for what is no XML or is cut off.
    """
    path = Path(path)
    handler = _Handler(path.name)
    count = 0
    try:
        with _opened(path) as log:
            while chunk := log.read(_CHUNK):
                count += len(chunk)
                if count > MOST_BYTES:
                    raise handler.fail(f"unpacks to over {MOST_BYTES:,} bytes")
                handler.parser.Parse(chunk, False)
                done, handler.done = handler.done, []
                yield from done
            handler.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise handler.fail(f"is not XML, or is cut off: {expat.ErrorString(error.code)}") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableSource(path.name, f"its packing is cut or broken: {error}") from None
    except OSError as error:
        raise UnreadableSource(str(path), f"cannot be opened: {error.strerror}") from None


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    # The caller closes it.
    return cast("IO[bytes]", gzip.open(path)) if packed else path.open("rb")
