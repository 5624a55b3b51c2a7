"""The store of the page on one's own: whatever is written there is held to the contract."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hypothesis import settings

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "own-store.md"
CODE = "\n".join(
    re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
)

names: dict[str, Any] = {"__name__": __name__}
exec(compile(CODE, PAGE, "exec"), names)

TestTickets = names["TestTickets"]
TestTicketsDoAsMemoryDoes = names["TestTicketsDoAsMemoryDoes"]
TestTicketsDoAsMemoryDoes.settings = settings(
    max_examples=15, stateful_step_count=15, deadline=None
)
