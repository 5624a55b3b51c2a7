"""Lines of TOML: every key and item of what the standard library reads has the line it is on."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.policy.lines import lines_of

# No blank keys: they leave no trace in a path.
keys = st.one_of(
    st.sampled_from(["a", "b-c", "d_e", "7", "Mon"]),
    st.text(
        st.characters(exclude_categories=["C"], exclude_characters=".[]\"\\'"),
        min_size=1,
        max_size=5,
    ),
)
scalars = st.one_of(
    st.integers(-5, 5),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.datetimes().map(lambda at: at.replace(microsecond=0)),
    st.dates(),
)


def bare(key: str) -> bool:
    return bool(key) and all(c.isascii() and (c.isalnum() or c in "-_") for c in key)


def written_key(key: str) -> str:
    return key if bare(key) else json.dumps(key, ensure_ascii=False)


def written(value: Any, draw: Any) -> str:
    """A value as TOML, in one of the ways in which it can be written."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for the control character 7F.
        text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
        if draw(st.booleans()):
            return f'""{text[:1]}\n{text[1:-1]}{text[-1:]}""'
        if "'" not in value and value.isprintable() and draw(st.booleans()):
            return f"'{value}'"
        return text
    if isinstance(value, list):
        items = [written(item, draw) for item in value]
        if draw(st.booleans()):
            return "[\n" + "".join(f"  {item}, # ] }}\n" for item in items) + "]"
        return f"[{', '.join(items)}]"
    if isinstance(value, dict):
        pairs = [f"{written_key(key)} = {written(item, draw)}" for key, item in value.items()]
        return f"{{{', '.join(pairs)}}}"
    return str(value).lower() if isinstance(value, float) else str(value)


def document(tree: dict[str, Any], draw: Any, prefix: str = "") -> str:
    """A tree as TOML: plain keys first, then tables and arrays of tables under headers."""
    lines, later = [], []
    for key, value in tree.items():
        path = f"{prefix}.{written_key(key)}" if prefix else written_key(key)
        tables = isinstance(value, list) and value and all(isinstance(v, dict) for v in value)
        if isinstance(value, dict) and draw(st.booleans()):
            later.append(f"\n[{path}] # [x]\n{document(value, draw, path)}")
        elif tables and draw(st.booleans()):
            for each in value:
                later.append(f"\n[[ {path} ]]\n{document(each, draw, path)}")
        else:
            lines.append(f"{written_key(key)}= {written(value, draw)}\n")
    return "".join(lines) + "".join(later)


trees = st.recursive(
    st.dictionaries(keys, scalars, max_size=4),
    lambda inner: st.dictionaries(
        keys, st.one_of(scalars, inner, st.lists(inner, max_size=3)), max_size=4
    ),
    max_leaves=12,
)


def paths(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Every path, with the key that its line must have in it."""
    found = []
    if isinstance(value, dict):
        for key, item in value.items():
            below = f"{path}.{key}" if path else key
            found += [(below, key), *paths(item, below)]
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += [(f"{path}[{index}]", ""), *paths(item, f"{path}[{index}]")]
    return found


@given(trees, st.data())
def test_every_key_stands_in_the_line_that_is_said(tree: dict[str, Any], data: st.DataObject):
    text = document(tree, data.draw)
    read = tomllib.loads(text)
    found = lines_of(text)
    lines = text.split("\n")
    wanted = paths(read)
    assert {path for path, _ in wanted} <= set(found)
    for path, key in wanted:
        assert written_key(key) in lines[found[path] - 1] or not key


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1", "a", 1),
        ("# a = 0\n\na = 1", "a", 3),
        ('x = """\na = 2\n"""\na = 1', "a", 4),
        ("x = '''\na = '' 2\n''''\na = 1", "a", 4),
        ('x = """"q\\""""""\na = 1', "a", 2),
        ("x = 2026-01-05 09:00:00 # ]\na = 1", "a", 2),
        ("[a.b]\n[a.c]\nd.e = [1, [2,\n3]]", "a.c.d.e[1][1]", 4),
        ("[[a]]\n[[a]]\n[[a.b]]\n[[a.b]]\nc = 1", "a[1].b[1].c", 5),
        ("[[a]]\nx = 1\n[a.b]\nc = 1", "a[0].b.c", 4),
        ('"a\\U00000042" . c = 1', "aB.c", 1),
        ("x = 1\n'a b'.c = 1", "a b.c", 2),
        ("a = { b = [ { c = 'x' }, { c =\t'}' } ] }", "a.b[1].c", 1),
    ],
)
def test_ways_to_write(text: str, path: str, line: int):
    tomllib.loads(text)
    assert lines_of(text)[path] == line
