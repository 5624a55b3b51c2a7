"""People, groups and services from CSV and from the rows of a database."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import Any

import pytest

from itilcore.calendars import BusinessCalendar
from itilcore.errors import InvalidInput, UnreadableSource
from itilcore.exchange import directories, read_groups, read_people, read_services
from itilcore.intake import Criticality, Service
from itilcore.routing import Directory, Person, SupportGroup

OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")


def defects(read: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read()
    return [str(each) for each in caught.value.defects]


def test_people_of_a_file(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(
        "\ufeffIdentifier, manager,skills,tier,vip,capacity\n"
        'ada,bob,"vpn; mail;",2,yes,\n\n"=bob",,,,0,5\n',
        encoding="utf-8",
    )
    assert read_people(path) == (
        Person(identifier="ada", manager="bob", skills=["vpn", "mail"], tier=2, is_vip=True),
        Person(identifier="=bob", capacity=5),
    )
    assert read_people(str(path)) == read_people(path)


def test_a_directory_of_a_database():
    on = sqlite3.connect(":memory:")
    on.row_factory = sqlite3.Row
    on.executescript(
        "CREATE TABLE staff (login TEXT, boss TEXT, level INTEGER);"
        "INSERT INTO staff VALUES ('ada', 'bob', 1), ('bob', NULL, NULL);"
    )
    rows = on.execute("SELECT login AS identifier, boss AS manager, level AS tier FROM staff")
    people = read_people(dict(row) for row in rows)
    on.close()
    groups = read_groups(
        [{"name": "Desk", "members": ["ada"], "hours": "office", "tier": 1}], {"office": OFFICE}
    )
    directory = Directory(people, groups)
    assert [each.identifier for each in directory.managers_of("ada")] == ["bob"]
    assert groups == (SupportGroup(name="Desk", members="ada", hours=OFFICE, tier=1),)


def test_services():
    row = {
        "name": "payroll",
        "criticality": "Critical",
        "owner": "bob",
        "tolerable_downtime": "1.5",
        "degradation_counts": True,
        "depends_on": "db;sso",
        "hours": "office",
    }
    assert read_services([row], {"office": OFFICE}) == (
        Service(
            name="payroll",
            criticality=Criticality.CRITICAL,
            owner="bob",
            tolerable_downtime=timedelta(hours=1.5),
            degradation_counts=True,
            depends_on=["db", "sso"],
            hours=OFFICE,
        ),
    )


def test_every_defect_at_once(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("identifier,tier,vip,skils\nada,x,maybe,\n,,,\nbob,0,,\n,1,,\n")
    assert defects(lambda: read_people(path)) == [
        "line 2: tier: is 'x', no whole number",
        "line 2: vip: is 'maybe', neither yes nor no",
        "line 2: skils: is no such column; did you mean 'skills'?",
        "line 4: skils: is no such column; did you mean 'skills'?",
        "line 5: skils: is no such column; did you mean 'skills'?",
    ]
    assert defects(lambda: read_people([{"tier": 1}, {"identifier": "b", "tier": 0}])) == [
        "row 1: identifier: is missing",
        "row 2: tier: is 0: give a whole number from 1 on, or None",
    ]
    assert defects(
        lambda: read_services(
            [{"name": "a", "criticality": "hi", "tolerable_downtime": "inf", "hours": "x"}]
        )
    ) == [
        "row 1: criticality: is 'hi'; did you mean 'high'?",
        "row 1: tolerable_downtime: is 'inf', no number of hours above 0",
        "row 1: hours: names no calendar 'x'; none were given",
    ]
    assert defects(
        lambda: read_groups([{"name": "a", "members": 5, "hours": "ofice"}], {"office": OFFICE})
    ) == [
        "row 1: members: is 5: give names with ; between them",
        "row 1: hours: names no calendar 'ofice'; did you mean 'office'?",
    ]
    wrong: Any = 5
    assert defects(lambda: read_people(wrong)) == ["is 5: give a file, or rows"]
    wrong = [5]
    assert defects(lambda: read_people(wrong)) == ["row 1: is 5, no mapping"]


def test_defects_without_end_are_cut(monkeypatch):
    monkeypatch.setattr(directories, "MOST_DEFECTS", 3)
    assert len(defects(lambda: read_people([{"tier": 1}] * 10))) == 3


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"identifier,identifier\n", "line 1: has a column twice"),
        (b"identifier,tier\nada\n", "line 2: has 1 cells, and the header 2"),
        (b"identifier\n\xff\n", "is not UTF-8"),
        (b'identifier\n"ada\n', "is not CSV"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, raw, problem):
    path = tmp_path / "people.csv"
    path.write_bytes(raw)
    with pytest.raises(UnreadableSource, match=problem):
        read_people(path)
    with pytest.raises(UnreadableSource, match="No such file"):
        read_people(tmp_path / "none.csv")
    for empty in (b"", b"\n"):
        path.write_bytes(empty)
        with pytest.raises(UnreadableSource, match="line 1: has no header"):
            read_people(path)
    path.write_bytes(b"identifier\n")
    assert read_people(path) == ()
    assert defects(lambda: read_services([{"name": "c", "tolerable_downtime": "-1"}])) == [
        "row 1: tolerable_downtime: is '-1', no number of hours above 0"
    ]
