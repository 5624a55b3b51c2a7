"""Holidays as a value, and where they come from."""

from __future__ import annotations

import itertools
import pickle
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import holidays
import pytest

from itilcore.calendars import BusinessCalendar, Holidays, YearlyRule
from itilcore.errors import InvalidInput, MissingExtra, UnknownYear

EVE = date(2026, 12, 24)


def test_dates_and_rules_in_every_form() -> None:
    expected = ((EVE, "holiday"),), ((YearlyRule("12-25"), "holiday"),)
    for given in ([EVE, "12-25"], ["2026-12-24", YearlyRule("12-25")], {EVE: "holiday", "12-25": "holiday"}.items()):  # fmt: skip
        pairs: Any = dict(given) if not isinstance(given, list) else given
        found = Holidays.of(pairs)
        assert (found.dates, found.rules) == expected
    assert Holidays.of(found) is found


def test_a_date_comes_before_a_rule() -> None:
    found = Holidays.of({"12-24": "every year", EVE: "this year"})
    assert found.name_on(EVE) == "this year"
    assert found.in_year(2026) == {EVE: "this year"}
    assert found.name_on(date(2027, 12, 24)) == "every year"


def test_a_rule_that_leaves_its_year() -> None:
    found = Holidays.of({"easter-100": "long before"})
    assert date(2025, 12, 26) in found.in_year(2025)
    assert date(2025, 12, 26) not in found.in_year(2026)
    assert found.name_on(date(2025, 12, 26)) == "long before"


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        (["13-25", EVE, 5, None, datetime(2026, 1, 1)], ["[0]", "[2]", "[3]", "[4]"]),
        ("2026-12-24", [""]),
        (5, [""]),
    ],
)
def test_no_holidays(given: Any, paths: list[str]) -> None:
    with pytest.raises(InvalidInput) as error:
        Holidays.of(given)
    assert [defect.path for defect in error.value.defects] == paths


def test_a_date_time_is_no_date() -> None:
    """It would be found in no set of dates, and so taken for a working day."""
    with pytest.raises(InvalidInput, match="give a date"):
        Holidays.of([EVE]).name_on(datetime(2026, 12, 24))
    office = BusinessCalendar.weekly("Mon 09:00-17:00", "UTC", holidays=[EVE])
    with pytest.raises(InvalidInput, match="give a date"):
        office.is_holiday(datetime(2026, 12, 24, tzinfo=UTC))


def test_a_snapshot_of_anything_that_can_be_asked() -> None:
    mapping = Holidays.snapshot({EVE: "Eve", date(2029, 1, 1): "later"}, [2028, 2026])
    assert mapping == Holidays(((EVE, "Eve"),), (), (2026, 2028))
    plain = Holidays.snapshot({EVE}, iter([2026]))
    assert plain.name_on(EVE) == "holiday"
    assert plain.name_on(date(2026, 12, 25)) is None
    for year in (2025, 2027):
        with pytest.raises(UnknownYear) as error:
            plain.name_on(date(year, 6, 1))
        assert (error.value.first, error.value.last) == (2026, 2026)


@pytest.mark.parametrize("years", [[], 2026, ["2026"], [1599], [2026, 4001], None, [10**20]])
def test_no_years(years: Any) -> None:
    makers: list[Callable[[], Holidays]] = [
        lambda: Holidays.snapshot([], years),
        lambda: Holidays.country("DE", years=years),
        lambda: Holidays.icalendar("", years=years),
    ]
    for make in makers:
        with pytest.raises(InvalidInput, match="give several years from 1600 to 4000"):
            make()


def test_a_country_and_a_subdivision() -> None:
    germany = Holidays.country("DE", years=[2026])
    bavaria = Holidays.country("DE", subdivision="BY", years=[2026])
    epiphany = date(2026, 1, 6)
    assert germany.name_on(epiphany) is None
    assert bavaria.name_on(epiphany)
    assert germany.name_on(date(2026, 10, 3))
    half = Holidays.country("HR", years=[2026], categories=["public"])
    assert half.name_on(date(2026, 12, 25))


def test_the_years_between_are_asked_for_as_well() -> None:
    found = Holidays.country("DE", years=[2024, 2026])
    assert found.name_on(date(2025, 12, 25))


@pytest.mark.parametrize(
    ("code", "more"),
    [("XX", {}), ("DE", {"subdivision": "XX"}), ("DE", {"categories": ["none such"]})],
)
def test_what_the_library_has_not(code: str, more: Any) -> None:
    with pytest.raises(InvalidInput):
        Holidays.country(code, years=[2026], **more)


def test_a_calendar_of_the_library() -> None:
    library = holidays.country_holidays("DE", years=[2025, 2026])
    assert Holidays.of(library).years == (2025, 2026)
    assert Holidays.of(library) == Holidays.country("DE", years=[2025, 2026])
    with pytest.raises(InvalidInput, match="holds no years yet"):
        Holidays.of(holidays.country_holidays("DE"))
    with pytest.raises(InvalidInput, match="no years between"):
        Holidays.of(holidays.country_holidays("DE", years=[2024, 2026]))


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(MissingExtra, match=r"itilcore\[holidays\]"):
        Holidays.country("DE", years=[2026])


def test_joining() -> None:
    ours = Holidays.of({EVE: "ours", "05-04": "outing"})
    source = Holidays.snapshot({EVE: "theirs", date(2026, 1, 1): "New Year"}, [2025, 2026])
    both = ours | source
    assert both.years == (2025, 2026) == (source | ours).years
    assert both.name_on(EVE) == "ours"
    assert (source | ours).name_on(EVE) == "theirs"
    assert both.name_on(date(2026, 5, 4)) == "outing"
    assert (source | Holidays.snapshot([], [2026, 2030])).years == (2026, 2026)
    with pytest.raises(InvalidInput, match="know no year in common"):
        _ = source | Holidays.snapshot([], [2027])


def test_half_days() -> None:
    found = Holidays.of({EVE: "Eve", "12-31": "not a date"}).hours("closed", over_holidays=True)
    assert list(found) == [EVE]
    assert found[EVE].over_holidays
    assert found[EVE].name == "Eve"
    assert found[EVE].hours == ()
    with pytest.raises(InvalidInput):
        Holidays.of([EVE]).hours("nine to five")


def test_a_value() -> None:
    found = Holidays.of({EVE: "Eve", "12-25": "Day"})
    found.name_on(EVE)
    assert pickle.loads(pickle.dumps(found)) == found
    assert hash(pickle.loads(pickle.dumps(found))) == hash(found)
    assert Holidays.of({"12-25": "Day", EVE: "Eve"}) == found


def test_what_is_no_country() -> None:
    with pytest.raises(InvalidInput, match="country: is None: give a code"):
        Holidays.country(None, years=[2026])  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("years", [range(10**12), itertools.count(2026), range(2026, 10**9)])
def test_years_without_end_are_refused_at_once(years: Any) -> None:
    with pytest.raises(InvalidInput, match="give several years from 1600 to 4000"):
        Holidays.snapshot([], years)
