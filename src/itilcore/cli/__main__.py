"""``python -m itilcore.cli``: the same as the command ``itilcore``."""

from __future__ import annotations

from . import main

if __name__ == "__main__":  # pragma: no branch  # nothing imports it
    main()
