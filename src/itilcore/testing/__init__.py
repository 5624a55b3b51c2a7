"""For tests: the contract that every store holds, and values to try it with.

Needs the extra ``testing``: pytest and hypothesis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .blocking import Blocking

if TYPE_CHECKING:
    from .contract import StoreContract
    from .machine import store_machine

__all__ = ["Blocking", "StoreContract", "store_machine"]


def __getattr__(name: str) -> object:
    if name == "StoreContract":
        from .contract import StoreContract

        return StoreContract
    if name == "store_machine":
        from .machine import store_machine

        return store_machine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
