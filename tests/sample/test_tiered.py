"""The tiered desk: the same for the same seed, and what its page says of it."""

from __future__ import annotations

import pytest

from itilcore.policy import loads
from itilcore.sample import TIERED_BOOK, TIERED_START, tiered_week


def test_the_company():
    book = loads(TIERED_BOOK)
    assert (len(book.directory.people), len(book.directory.groups)) == (30, 8)
    assert {person.site for person in book.directory.people} == {"Porto", "Toronto", "Singapore"}
    assert len({str(rota.tz) for rota in book.rotas if rota.name.startswith("Triage")}) == 3
    assert book.routing.unreachable() == ()


def test_the_week():
    week = list(tiered_week())
    assert week == list(tiered_week(seed=1, incidents=150))
    assert week != list(tiered_week(seed=2))
    assert [row.at for row in week] == sorted(row.at for row in week)
    assert all(0 <= (row.at - TIERED_START).total_seconds() + 86_400 < 9 * 86_400 for row in week)
    known = {group.name for group in loads(TIERED_BOOK).directory.groups}
    assert {row.solver for row in week} <= known
    assert len({row.reference for row in week}) == 150
    with pytest.raises(ValueError, match="at least 1"):
        tiered_week(incidents=0)
