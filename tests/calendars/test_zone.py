"""Zones, and what a wall-clock time means in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from itilcore.calendars import BusinessCalendar, resolve_local, tz_version, zone
from itilcore.errors import InvalidCalendar, InvalidInput


@pytest.mark.parametrize("given", ["Europe/Berlin", ZoneInfo("Europe/Berlin")])
def test_a_zone_by_name_or_as_one(given: Any) -> None:
    calendar = BusinessCalendar.always(given)
    assert calendar == BusinessCalendar.always("Europe/Berlin")
    assert calendar.tz is ZoneInfo("Europe/Berlin")


def test_utc_as_python_has_it() -> None:
    assert BusinessCalendar.always(UTC) == BusinessCalendar.always("UTC")


@pytest.mark.parametrize(
    "given", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "Europe", "x\0y", "\udcff", "E" * 5_000]
)  # fmt: skip
def test_no_zones(given: str) -> None:
    with pytest.raises(InvalidCalendar, match="is no time zone of the database") as error:
        BusinessCalendar.always(given)
    assert len(str(error.value)) < 250


@pytest.mark.parametrize("given", [None, 5, timezone(timedelta(hours=1))])
def test_zones_without_a_name(given: Any) -> None:
    with pytest.raises(InvalidCalendar, match="give a name such as 'Europe/Berlin'"):
        BusinessCalendar.always(given)


@pytest.mark.parametrize(
    ("tz", "local", "expected"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 2, 30), "2026-03-29T03:30:00+02:00"),
        ("Europe/Berlin", datetime(2026, 10, 25, 2, 30), "2026-10-25T02:30:00+02:00"),
        ("Europe/Berlin", datetime(2026, 10, 25, 2, 30, fold=1), "2026-10-25T02:30:00+01:00"),
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, 15), "2026-10-04T02:45:00+11:00"),
        ("Australia/Lord_Howe", datetime(2026, 4, 5, 1, 45, fold=1), "2026-04-05T01:45:00+10:30"),
        ("Pacific/Apia", datetime(2011, 12, 30, 9), "2011-12-31T09:00:00+14:00"),
    ],
)
def test_wall_clock_times(tz: str, local: datetime, expected: str) -> None:
    assert resolve_local(local, tz).isoformat() == expected


def test_an_offset_that_changes_where_the_question_ends() -> None:
    change = int(datetime(2026, 3, 29, 1, tzinfo=UTC).timestamp())
    berlin = ZoneInfo("Europe/Berlin")
    assert zone.segments(berlin, change - 60, change) == [(change - 60, change, 3600)]
    assert zone.segments(berlin, change - 60, change + 1) == [
        (change - 60, change, 3600),
        (change, change + 1, 7200),
    ]


def test_no_wall_clock_times() -> None:
    with pytest.raises(InvalidInput, match="has a zone already"):
        resolve_local(datetime(2026, 1, 1, tzinfo=UTC), "UTC")
    for wrong in (date(2026, 1, 1), "2026-01-01", None):
        with pytest.raises(InvalidInput, match="give a date and a time"):
            resolve_local(wrong, "UTC")  # type: ignore[arg-type]  # on purpose


def test_the_version_of_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zone, "TZPATH", (str(tmp_path / "none"), str(tmp_path)))
    monkeypatch.setattr(zone, "installed_version", lambda name: f"{name} 2026.1")
    assert tz_version() == "tzdata 2026.1"
    (tmp_path / "+VERSION").write_text("2025c\n")
    assert tz_version() == "2025c"
    (tmp_path / "tzdata.zi").write_text("# version 2026a\n# more\n")
    assert tz_version() == "2026a"
    (tmp_path / "tzdata.zi").write_bytes(b"\xff")
    assert tz_version() == "2025c"


def test_a_machine_that_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(zone, "TZPATH", ())
    monkeypatch.setattr(zone, "installed_version", absent)
    assert tz_version() == "unknown"
