"""The rule of committed files: no index of packages, no path of somebody's machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .tree import Tree, Violation

# Written in two halves, so that this file keeps its own rule.
HOSTS = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "ana" + "conda.org",
)
FOLDERS = ("ro" + "ot", "wo" + "rk", "ho" + "me", "Us" + "ers", "tmp/" + "dev")

_FORBIDDEN = re.compile(
    "|".join(
        [
            *(re.escape(host) for host in HOSTS),
            # At the start of a path only: "elsewhere/work/" and "$work/" are other folders.
            rf"(?<![\w.$}}/-])/(?:{'|'.join(FOLDERS)})/[\w.-]",
            r"^\s*(?:-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b.*",
        ]
    ),
    re.IGNORECASE | re.MULTILINE,
)


def forbidden_words(tree: Tree) -> list[Violation]:
    """A package index's host or option, or an absolute path of one machine, in a file."""
    found = []
    for path in _files(tree.root):
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [
            Violation(
                tree.relative(path),
                text.count("\n", 0, hit.start()) + 1,
                f"{hit[0].strip()} does not belong into a committed file",
            )
            for hit in _FORBIDDEN.finditer(text)
        ]
    return found


def _files(root: Path) -> Iterator[Path]:
    """What git would commit from *root*; where *root* is no checkout, every file."""
    if (root / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        paths = [root / name for name in listing.stdout.split("\0") if name]
    else:
        paths = sorted(root.rglob("*"))
    yield from (path for path in paths if path.is_file())
