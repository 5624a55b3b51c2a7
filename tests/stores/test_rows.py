"""What is stored comes back: texts, instants, events, places."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.classification import Category
from itilcore.errors import CorruptEvent, InvalidInput, NaiveInstant
from itilcore.incident import (
    Classified,
    Closed,
    Event,
    Incident,
    Logged,
    Noted,
    Phase,
    Prioritised,
    Status,
    StatusChanged,
)
from itilcore.priority import Impact
from itilcore.stores.columns import (
    checked_limit,
    cursor,
    escaped,
    microseconds,
    position,
    unescaped,
)
from itilcore.stores.rows import from_json_text, incident_of, json_text
from tests.incident.strategies import timelines

# Surrogates, alone and side by side, NUL, the sign of the escape, and what looks like one.
HOSTILE = st.text(
    st.sampled_from("\x00\x1a\ud800\udfff\ud83d\ude00\U0001f600 0d8é\\\"u'%_;") | st.characters()
)


@given(HOSTILE, HOSTILE)
def test_every_text_is_held_and_comes_back(one: str, other: str) -> None:
    held = escaped(one)
    held.encode()
    assert "\x00" not in held
    assert unescaped(held) == one
    assert (held == escaped(other)) == (one == other)
    # So what a category begins with can be compared as it is stored.
    assert escaped(one + other) == held + escaped(other)


@given(HOSTILE)
def test_every_note_is_ascii_and_comes_back(text: str) -> None:
    event = Noted(datetime(2026, 1, 5, tzinfo=UTC), text=text)
    held = json_text(event)
    assert held.isascii()
    assert "\x00" not in held
    assert from_json_text(Event, held) == event


@given(timelines())
def test_every_event_comes_back(events: list[Event]) -> None:
    held = [(number, json_text(event)) for number, event in enumerate(events, 1)]
    found = incident_of("INC1", len(held), held)
    # As they are written: Python says that an instant in an hour that comes twice is not equal
    # to itself in another zone.
    assert [json_text(event) for event in found.timeline] == [text for _, text in held]
    assert found.facts.status == Incident.replay("INC1", events).facts.status


@given(HOSTILE.filter(str.strip), HOSTILE.filter(str.strip))
def test_hostile_text_anywhere_comes_back(one: str, other: str) -> None:
    at = datetime(2026, 1, 5, tzinfo=UTC)
    kept = Category(one.replace(">", "-"), other.replace(">", "-"))
    events = [
        Logged(at, by=Actor.person(one), title=other, requester=one),
        Classified(at, category=kept),
        Prioritised(at, impact=Impact(one, 1)),
        StatusChanged(at, status=Status(one, Phase.WAITING)),
        Closed(at, steps=(one, other)),
    ]
    held = [(number, json_text(event)) for number, event in enumerate(events, 1)]
    assert list(incident_of(one, len(held), held).timeline) == events


@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()))
def test_instants_sort_as_they_are(one: datetime, other: datetime) -> None:
    try:
        numbers = microseconds("at", one), microseconds("at", other)
    except InvalidInput:
        assert {one.year, other.year} & {1, 9999}
        return
    first, second = one.astimezone(UTC), other.astimezone(UTC)
    assert (numbers[0] < numbers[1]) == (first < second)
    assert timedelta(microseconds=numbers[0]) == first - datetime(1970, 1, 1, tzinfo=UTC)


def test_the_first_and_the_last_instant() -> None:
    assert microseconds("at", datetime.min.replace(tzinfo=UTC)) == -62_135_596_800_000_000
    assert microseconds("at", datetime.max.replace(tzinfo=UTC)) == 253_402_300_799_999_999
    east = timezone(timedelta(hours=1))
    with pytest.raises(InvalidInput, match="at: is 0001-01-01T00:00:00.*before year 1"):
        microseconds("at", datetime.min.replace(tzinfo=east))
    with pytest.raises(NaiveInstant):
        microseconds("at", datetime(2026, 1, 5))


def logged(number: int) -> tuple[int, str]:
    return number, json_text(Logged(datetime(2026, 1, 5, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("rows", "sequence", "problem"),
    [
        ([], 1, "not there"),
        ([logged(2)], 1, "not there"),
        ([logged(1), logged(3)], 2, "not there"),
        ([logged(1)], 2, "not there"),
        ([logged(1), (2, "{")], 2, "is not JSON"),
        ([logged(1), (2, '{"event":"logged","at":"noon"}')], 2, "noon"),
        ([logged(1), (2, "null")], 2, "not an object"),
    ],
)
def test_damage_is_told_with_its_place(
    rows: list[tuple[int, str]], sequence: int, problem: str
) -> None:
    with pytest.raises(CorruptEvent, match=problem) as caught:
        incident_of("INC1", 2, rows)
    assert (caught.value.reference, caught.value.sequence) == ("INC1", sequence)


@given(st.lists(st.integers(-(10**18) + 1, 10**18 - 1), min_size=1, max_size=3))
def test_places_come_back(place: list[int]) -> None:
    assert position(cursor(place), len(place)) == tuple(place)


@pytest.mark.parametrize("after", ["", "1.2", "a", "1 ", "01", "٣", "1e3", "-0x1", "9" * 19, 7])
def test_what_is_no_cursor_is_refused(after: str) -> None:
    with pytest.raises(InvalidInput, match="after: is"):
        position(after, 1)


@pytest.mark.parametrize("limit", [0, -1, 1_001, True, 1.0, "1", None])
def test_a_page_has_one_to_a_thousand(limit: int) -> None:
    with pytest.raises(InvalidInput, match="limit: is"):
        checked_limit(limit)
    assert checked_limit(1_000) == 1_000
