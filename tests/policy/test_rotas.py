"""Rotas in a book."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from itilcore.errors import InvalidPolicy
from itilcore.policy import loads
from itilcore.routing import Override, Rota, Swap

GOOD = """
[calendars.office]
hours = "Mon-Fri 09:00-17:00"
[people.ada]
[people.bob]
[rotas.triage]
people = ["ada", "bob"]
first = 2026-01-05
tz = "Europe/Lisbon"
turn_days = 1
handover = 08:00:00
cover = "office"
overrides = [
  { person = "bob", start = 2026-01-05T10:00:00Z, end = "2026-01-05T11:00:00+00:00", reason = "x" },
]
swaps = [{ first = 2026-01-06, second = "2026-01-07" }]
"""


def defects(text: str) -> list[str]:
    with pytest.raises(InvalidPolicy) as caught:
        loads(text)
    return [str(each) for each in caught.value.defects]


def test_a_rota():
    book = loads(GOOD)
    (rota,) = book.rotas
    assert rota == Rota(
        name="triage",
        people=["ada", "bob"],
        first=date(2026, 1, 5),
        tz="Europe/Lisbon",
        turn_days=1,
        handover=time(8),
        cover=book.calendar("office"),
        overrides=Override(
            "bob",
            datetime(2026, 1, 5, 10, tzinfo=UTC),
            datetime(2026, 1, 5, 11, tzinfo=UTC),
            "x",
        ),
        swaps=Swap(date(2026, 1, 6), date(2026, 1, 7)),
    )
    on_duty = [book.on_duty(datetime(2026, 1, day, 10, 30, tzinfo=UTC)) for day in (5, 6, 10)]
    assert on_duty == [(("triage", "bob"),), (("triage", "ada"),), ()]
    slower = GOOD.replace("turn_days = 1", "turn_days = 3").partition("swaps")[0]
    assert loads(slower).version != book.version
    anybody = loads("[rotas.a]\npeople = 'x'\nfirst = '2026-01-05'\nhandover = '08:30'").rotas[0]
    assert (anybody.people, anybody.handover, anybody.turn_days) == (("x",), time(8, 30), 7)


def test_everything_wrong_at_once():
    text = """
[people.ada]
[rotas.a]
people = ["adda"]
first = "x"
handover = 3
cover = "c"
overrides = [
  { person = "bob", start = 2026-01-05T10:00:00, end = "x" },
  { person = "ada", start = 2026-01-05T10:00:00Z, end = 2026-01-05T09:00:00Z },
  { person = "boob", start = 2026-01-05T10:00:00Z, end = 2026-01-05T19:00:00Z },
]
swaps = [{ first = 2026-01-06 }, { first = 2026-01-06, second = 2026-01-06 }]
[rotas.b]
people = []
first = 2026-01-05
[rotas.c]
people = "ada"
first = 2026-01-05T10:00:00
[rotas.d]
people = "ada"
first = 2026-01-05
tz = "Mars"
turn_days = 0
[rotas.e]
first = 2026-01-05
"""
    assert [each.split(": ")[0] for each in defects(text)] == [
        "line 4, rotas.a.people",
        "line 5, rotas.a.first",
        "line 6, rotas.a.handover",
        "line 7, rotas.a.cover",
        "line 8, rotas.a.overrides",
        "line 9, rotas.a.overrides[0].end",
        "line 9, rotas.a.overrides[0].start",
        "line 10, rotas.a.overrides[1].end",
        "line 13, rotas.a.swaps[0].second",
        "line 13, rotas.a.swaps[1].second",
        "line 15, rotas.b.people",
        "line 19, rotas.c.first",
        "line 23, rotas.d.tz",
        "line 24, rotas.d.turn_days",
        "line 25, rotas.e.people",
    ]
    assert defects("rotas.f = 3") == ["line 1, rotas.f: is 3, not a table"]
