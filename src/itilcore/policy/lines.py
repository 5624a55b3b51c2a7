"""Where things stand in a TOML text: the line of every key and of every item of an array.

The standard library reads TOML and says no lines.  This walks over a text that it has read,
and so may take for granted that the text is well formed.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from typing import Final

__all__ = ["lines_of"]

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SPACE: Final = re.compile(r"[ \t]*")
_PLAIN: Final = re.compile(r"[^\s,\]}#]+(?: \d\d:[^\s,\]}#]*)?")
"""A number, a truth or a date, which may have a blank before its time."""
_STRINGS: Final = tuple(
    (opening, re.compile(pattern, re.DOTALL))
    for opening, pattern in (
        ('"""', r'"""(?:\\.|[^\\])*?"""(?:"{0,2}(?!"))?'),
        ("'''", r"'''.*?'''(?:'{0,2}(?!'))?"),
        ('"', r'"(?:\\.|[^"\\\n])*"'),
        ("'", r"'[^'\n]*'"),
    )
)


def lines_of(text: str) -> dict[str, int]:
    r"""The lines of *text*, from 1, by paths such as ``sla.gold.targets[2].within``.

    *text* is TOML that has been read without an error.

    >>> lines_of('[sla.gold]\nkind = "SLA"\ntargets = [\n  {within = "4h"},\n]')
    {'sla': 1, 'sla.gold': 1, 'sla.gold.kind': 2, 'sla.gold.targets': 3, 'sla.gold.targets[0]': 4,
    'sla.gold.targets[0].within': 4}
    """
    return _Walk(text).run()


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._found: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        """How many tables each array of tables has."""

    def run(self) -> dict[str, int]:
        prefix = ""
        while self._skip(_BLANK) < len(self._text):
            if self._text.startswith("[[", self._at):
                prefix = self._header("[[", "]]")
            elif self._text.startswith("[", self._at):
                prefix = self._header("[", "]")
            else:
                self._pair(prefix)
        return self._found

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()
        return self._at

    def _note(self, path: str) -> None:
        if path not in self._found:
            self._found[path] = bisect_left(self._ends, self._at) + 1

    def _header(self, opening: str, closing: str) -> str:
        self._at += len(opening)
        start, keys = self._at, self._keys()
        end, self._at = self._at, start
        path = ""
        for place, key in enumerate(keys):
            path = _under(path, key)
            self._note(path)
            if opening == "[[" and place == len(keys) - 1:
                count = self._counts.get(path, 0)
                self._counts[path] = count + 1
                self._note(f"{path}[{count}]")
            if path in self._counts:  # a table of an array is the last one so far
                path = f"{path}[{self._counts[path] - 1}]"
        self._at = end
        self._skip(_SPACE)
        self._at += len(closing)
        return path

    def _keys(self) -> list[str]:
        """The parts of a dotted key."""
        keys = []
        while True:
            self._skip(_SPACE)
            keys.append(self._key())
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return keys
            self._at += 1

    def _key(self) -> str:
        start = self._at
        self._skip(_BARE)
        if self._at > start:
            return self._text[start : self._at]
        self._string()
        quoted = self._text[start : self._at]
        return _unquoted(quoted)

    def _pair(self, prefix: str) -> None:
        start, keys = self._at, self._keys()
        end, self._at = self._at, start
        path = prefix
        for key in keys:
            path = _under(path, key)
            self._note(path)
        self._at = end
        self._at = self._text.index("=", self._at) + 1
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: str) -> None:
        if self._text.startswith("[", self._at):
            self._array(path)
        elif self._text.startswith("{", self._at):
            self._table(path)
        elif not self._string():
            self._skip(_PLAIN)

    def _string(self) -> bool:
        for opening, pattern in _STRINGS:
            if self._text.startswith(opening, self._at):
                self._skip(pattern)
                return True
        return False

    def _array(self, path: str) -> None:
        self._at += 1
        index = 0
        while self._text[self._skip(_BLANK)] != "]":
            self._note(f"{path}[{index}]")
            self._value(f"{path}[{index}]")
            index += 1
            if self._text[self._skip(_BLANK)] == ",":
                self._at += 1
        self._at += 1

    def _table(self, path: str) -> None:
        self._at += 1
        while self._text[self._skip(_BLANK)] != "}":
            self._pair(path)
            if self._text[self._skip(_BLANK)] == ",":
                self._at += 1
        self._at += 1


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _unquoted(text: str) -> str:
    if text[0] == "'":
        return text[1:-1]
    # TOML's \UXXXXXXXX is the one escape that JSON has not.
    wide = re.sub(r"\\U([0-9A-Fa-f]{8})", lambda m: chr(int(m[1], 16)), text)
    found: str = json.loads(wide, strict=False)
    return found
