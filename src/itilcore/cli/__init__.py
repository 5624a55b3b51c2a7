"""The command line: ``itilcore demo``, ``itilcore report`` and the others."""

from __future__ import annotations

import sys

from itilcore.errors import MissingExtra

__all__ = ["main"]


def main() -> None:
    """Run the command line.

    Where click or rich is not installed it says which extra to install and exits with 1.
    """
    try:
        from .commands import cli
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        sys.exit(f"itilcore: {MissingExtra(error.name, 'cli')}")
    cli(prog_name="itilcore")
