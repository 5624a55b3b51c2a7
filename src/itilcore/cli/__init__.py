"""The command line: ``itilcore demo``, ``itilcore report`` and the others."""

from __future__ import annotations

import os
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
    try:
        try:
            cli(prog_name="itilcore")
        finally:
            if sys.stdout is not None:  # it is where the shell has closed it
                sys.stdout.flush()
    except OSError as error:
        if sys.stdout is not None:
            # Python writes what is left once more when it ends: let that go nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(f"itilcore: cannot write to standard output: {error.strerror}")
