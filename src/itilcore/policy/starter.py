"""The book to start from."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["starter"]


def starter() -> str:
    """The text of a book that can be used as it is, with comments that say what to change.

    >>> from itilcore.policy import loads
    >>> [agreement.name for agreement in loads(starter()).agreements]
    ['standard']
    """
    return files("itilcore.policy").joinpath("starter.toml").read_text(encoding="utf-8")
