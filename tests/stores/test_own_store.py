"""The store of the page on one's own: whatever is written there is held to the contract."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy.exc import IntegrityError

from itilcore.incident import Logged
from itilcore.repositories import Commit, Query

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "own-store.md"
CODE = "\n".join(
    re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
)

names: dict[str, Any] = {"__name__": __name__}
exec(compile(CODE, PAGE, "exec"), names)

TestTicketDesk = names["TestTicketDesk"]
TestTickets = names["TestTickets"]
TestTicketsDoAsMemoryDoes = names["TestTicketsDoAsMemoryDoes"]
TestTicketsDoAsMemoryDoes.settings = settings(
    max_examples=15, stateful_step_count=15, deadline=None
)


def test_the_ticket_is_written_with_the_events_or_not_at_all(tmp_path: Path) -> None:
    store = TestTicketDesk().make_store(tmp_path)
    logged = Logged(datetime(2026, 1, 5, 9, tzinfo=UTC), "Mail is slow")
    with store.engine.begin() as connection:
        connection.execute(
            names["text"](
                "CREATE TRIGGER fire BEFORE INSERT ON tickets WHEN new.number = 'INC2' BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        )
    store.commit(Commit(reference="INC1", expected_version=0, events=[logged], idempotency_key="k"))
    with pytest.raises(IntegrityError, match="no"):
        store.commit(
            Commit(reference="INC2", expected_version=0, events=[logged], idempotency_key="l")
        )
    with store.engine.connect() as connection:
        rows = connection.execute(names["text"]("SELECT number, title, state FROM tickets")).all()
    assert rows == [("INC1", "Mail is slow", "new")]
    assert [each.reference for each in store.find(Query()).incidents] == ["INC1"]
    assert store.committed("l") is None
    store.close()
