"""The tiered desk: the same for the same seed, and what its page says of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from itilcore.policy import loads
from itilcore.routing import double_bookings, gaps
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


END = TIERED_START + timedelta(days=7)
SITES = ("porto", "toronto", "singapore")


@pytest.fixture(scope="module")
def book():
    return loads(TIERED_BOOK)


def test_the_groups_hold_together(book):
    directory = book.directory
    assert Counter(group.tier for group in directory.groups) == {1: 3, 2: 3, 3: 2}
    assert (len(book.services.services), len(book.routing.rules), len(book.rotas)) == (12, 15, 5)
    # Whoever resolves has somebody above them who can manage, and resolves nothing.
    for group in directory.groups:
        for person in directory.members(group.name):
            top = directory.managers_of(person.identifier)[-1]
            assert (top.identifier, directory.groups_of(top.identifier)) == ("marta", ())
            assert (person.tier, person.capacity is None) == (group.tier, False)
    assert any(rule.scripts for rule in book.hand_offs.rules)


def test_each_site_has_a_holiday_of_its_own_and_none_in_the_week(book):
    for name, (month, day) in zip(SITES, ((4, 25), (7, 1), (8, 9)), strict=True):
        for year in range(2026, 2032):
            assert not book.calendar(name).is_open(datetime(year, month, day, 14, tzinfo=UTC))
    for day in range(5):
        at = TIERED_START + timedelta(days=day)
        for name in SITES:
            assert book.calendar(name).intervals(at, at + timedelta(days=1))


def test_the_sun_is_the_three_sites(book):
    porto, toronto, singapore = (book.calendar(name) for name in SITES)
    joined = (singapore | porto | toronto).intervals(TIERED_START, END)
    assert book.calendar("sun").intervals(TIERED_START, END) == joined


def test_the_triage_follows_the_sun_but_for_one_evening(book):
    triage = [rota for rota in book.rotas if rota.name.startswith("Triage")]
    (gap,) = gaps(triage, book.calendar("sun"), TIERED_START, END)
    # By asking every half hour, as somebody who looks at the board would.
    moments = [TIERED_START + timedelta(minutes=30 * number) for number in range(5 * 48)]
    empty = [at for at in moments if all(rota.who(at) is None for rota in triage)]
    assert empty == [at for at in moments if gap.start <= at < gap.end]
    assert (len(empty), empty[0]) == (8, datetime(2026, 3, 6, 20, tzinfo=UTC))
    (twice,) = double_bookings(book.rotas, TIERED_START, END)
    assert twice.person == "tom"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_incidents_are_of_the_book(book, seed):
    rows = list(tiered_week(seed))
    assert [row.reference for row in rows] == [f"TIER{number:04}" for number in range(1, 151)]
    assert all(TIERED_START <= row.at < END for row in rows)
    (major,) = [row for row in rows if row.impact == row.urgency == 1]
    assert major.at == TIERED_START + timedelta(days=2, hours=10)
    for row in rows:
        assert book.services.service(row.service) is not None
        assert (book.directory.group(row.solver).tier == 1) == row.tier_1_solves
        assert not (row.tier_1_solves and (row.first_incomplete or row.comes_back))
        known = book.directory.person(row.requester) is not None
        assert known or row.requester in {"visitor", "monitoring"}
    assert any(row.requester == "visitor" for row in rows)
    assert any(row.first_incomplete for row in rows)
    assert any(row.comes_back for row in rows)
    assert len(list(tiered_week(seed, incidents=1))) == 1
