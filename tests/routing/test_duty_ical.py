"""Duties as iCalendar: read back by another library, with names that try to break out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.routing.duty_ical import rota_to_ical
from itilcore.routing.overrides import Override
from itilcore.routing.rota import Rota

MADE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOSTILE = [
    "a, b; c",
    "back\\slash \\n and \\, and \\\\",
    "two\nlines\r\nthree\rfour",
    "x\r\nEND:VEVENT\r\nBEGIN:VALARM",
    'quote " colon : equals =',
    "🚒👩‍🚒 Łódź 東京",
    "🚒" * 300,
    "é" * 300,
    "long " * 60,
    "; ; ,\\" * 40,
    "trailing\\",
]


def utc(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def rota(name: str = "Desk", *people: str, **more: object) -> Rota:
    given = {"first": date(2026, 1, 5), "tz": "Europe/Berlin", "turn_days": 1}
    return Rota(name=name, people=people or ("ada", "bob"), **(given | more))


def events(text: str) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


FROM, UNTIL = utc(5), utc(8)


def ical(rotas: Rota | Iterable[Rota], start: datetime = FROM, end: datetime = UNTIL) -> str:
    return rota_to_ical(rotas, start, end, made_at=MADE)


def well_formed(text: str) -> None:
    """What the format asks of lines, whatever they say."""
    assert text.endswith("END:VCALENDAR\r\n")
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert not re.search(r"[\x00-\x1f\x7f]", "".join(lines))
    assert not any(re.search(r"[\x85\u2028\u2029]", line) for line in lines)
    unfolded = text.replace("\r\n ", "").split("\r\n")[:-1]
    known = "BEGIN|END|VERSION|PRODID|UID|DTSTAMP|DTSTART|DTEND|SUMMARY|DESCRIPTION"
    assert all(re.match(f"({known}):", line) for line in unfolded)
    assert [line for line in unfolded if line.startswith("BEGIN:VALARM")] == []


def test_every_duty_is_an_event() -> None:
    one, two = (
        rota(),
        rota(
            "Mail",
            "cy",
            turn_days=7,
            cover=BusinessCalendar.weekly("Mon-Fri 10:00-12:00", tz="UTC"),
        ),
    )
    text = ical([two, one])
    well_formed(text)
    duties = sorted(
        [*one.duties(utc(5), utc(8)), *two.duties(utc(5), utc(8))], key=lambda d: (d.start, d.rota)
    )
    found = events(text)
    assert len(found) == len(duties) == 6
    for event, duty in zip(found, duties, strict=True):
        assert event.decoded("dtstart") == duty.start
        assert event.decoded("dtend") == duty.end
        assert event.decoded("dtstamp") == MADE
        assert event["summary"] == f"{duty.rota}: {duty.person}"
        assert event["description"] == duty.why
    calendar = icalendar.Calendar.from_ical(text)
    assert (calendar["version"], calendar["prodid"]) == ("2.0", "-//itilcore//rota//EN")


def test_without_duties_there_are_no_events() -> None:
    assert (
        ical(rota(), utc(1), utc(2))
        == ical([])
        == ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//itilcore//rota//EN\r\nEND:VCALENDAR\r\n")
    )


def test_the_same_is_the_same_text_whatever_the_order_and_the_zone() -> None:
    one, two = rota(), rota("Mail", "cy")
    tokyo = ZoneInfo("Asia/Tokyo")
    moved = rota_to_ical(
        iter([two, one]),
        utc(5).astimezone(tokyo),
        utc(8).astimezone(tokyo),
        made_at=MADE.astimezone(tokyo),
    )
    assert moved == ical([one, two])


def test_an_event_is_known_by_its_rota_and_its_start() -> None:
    plain = {event.decoded("dtstart"): event["uid"] for event in events(ical(rota()))}
    assert len(set(plain.values())) == len(plain) == 3
    assert next(iter(plain.values())) == "cfec1424-df7c-512b-a10a-5553f13ac3f9"
    swapped = rota().swapped(date(2026, 1, 5), date(2026, 1, 6))
    later = events(rota_to_ical(swapped, utc(5), utc(9), made_at=MADE + timedelta(days=1)))
    assert {event.decoded("dtstart"): event["uid"] for event in later[:3]} == plain
    other = {event["uid"] for event in events(ical(rota("Mail")))}
    assert not other & set(plain.values())


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_come_back_as_they_were(name: str) -> None:
    given = rota(name, f"{name}|", overrides=[Override("eve", utc(6), utc(7), f"{name}|")])
    text = ical(given)
    well_formed(text)
    found = events(text)
    whole = re.sub(r"\r\n?", "\n", name)
    assert [event["summary"] for event in found] == [
        f"{whole}: {who}" for who in (f"{whole}|", "eve", f"{whole}|", f"{whole}|")
    ]
    assert found[1]["description"] == f"override: {whole}|"


@given(st.text(min_size=1, max_size=120).filter(str.strip), st.text(max_size=90))
def test_no_name_breaks_out(name: str, reason: str) -> None:
    given = rota(name, name, overrides=[Override(name, utc(6), utc(7), f"|{reason}")])
    text = ical(given)
    well_formed(text)
    text.encode()
    found = events(text)
    assert len(found) == 4
    kept = "\n".join(f"{name}|".splitlines())[:-1]
    kept = re.sub(r"[\x00-\x09\x0b-\x1f\x7f]", " ", kept)
    assert found[0]["summary"] == f"{kept}: {kept}"


def test_control_characters_and_halves_of_pairs() -> None:
    text = ical(rota("bell\x07 tab\t next\x85line \u2028 sep", "half \ud83d", turn_days=7))
    well_formed(text)
    (event,) = events(text)
    assert event["summary"] == "bell  tab  next\nline \n sep: half ?"


def test_fractions_of_a_second_are_left_out() -> None:
    blink = [
        Override("eve", utc(6) + timedelta(microseconds=low), utc(6) + timedelta(microseconds=high))
        for low, high in ((100_000, 200_000), (1_500_000, 2_500_000))
    ]
    text = rota_to_ical(
        rota("Desk", "ada", turn_days=7, overrides=blink),
        utc(5),
        utc(7),
        made_at=MADE.replace(microsecond=9),
    )
    found = [(e["summary"], e.decoded("dtstart"), e.decoded("dtend")) for e in events(text)]
    second = timedelta(seconds=1)
    assert found == [
        ("Desk: ada", utc(5, 8), utc(6)),
        ("Desk: ada", utc(6), utc(6) + second),
        ("Desk: eve", utc(6) + second, utc(6) + 2 * second),
        ("Desk: ada", utc(6) + 2 * second, utc(7)),
    ]
    assert len({event["uid"] for event in events(text)}) == 4
    assert "DTSTAMP:20260102T030405Z" in text


@given(st.integers(0, 400), st.integers(0, 400))
def test_events_are_the_duties_of_the_window(one: int, two: int) -> None:
    low, high = (utc(1) + hour * timedelta(hours=1) for hour in sorted((one, two)))
    given = evolve(
        rota(), cover=BusinessCalendar.weekly("Mon-Sat 06:00-22:00", tz="America/New_York")
    )
    text = ical(given, low, high)
    found = [(event.decoded("dtstart"), event.decoded("dtend")) for event in events(text)]
    assert found == [(duty.start, duty.end) for duty in given.duties(low, high)]


def test_bad_questions() -> None:
    with pytest.raises(NaiveInstant):
        rota_to_ical([], utc(5), utc(6), made_at=datetime(2026, 1, 5))
    with pytest.raises(NaiveInstant):
        rota_to_ical([], datetime(2026, 1, 5), utc(6), made_at=MADE)
    with pytest.raises(InvalidInput):
        rota_to_ical(rota(), utc(5), None, made_at=MADE)
    with pytest.raises(InvalidInput):
        rota_to_ical([rota(), "Mail"], utc(5), utc(6), made_at=MADE)
    with pytest.raises(InvalidInput, match="the name of 2"):
        rota_to_ical([rota(), rota()], utc(5), utc(6), made_at=MADE)
