"""Many at once: the answers of single questions, with numpy and without."""

from __future__ import annotations

import math
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.errors import EndlessSearch, InvalidInput, MissingExtra, UnknownYear

from .strategies import calendars

OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:30; Sun 22:00-02:00", tz="Europe/Berlin")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
YEAR = 365 * 86_400

# Years that start a table: before the epoch, at it, a leap year, ours, and one that a float still tells well.
ORIGINS = (-1_000_000_000, 0, 951_782_400, int(START), 4_000_000_000)
# Whole seconds, seconds with microseconds and less, and half hours, which edges of shifts are.
offsets = (
    st.integers(0, YEAR)
    | st.floats(0, YEAR)
    | st.integers(0, YEAR * 10**6).map(lambda micros: micros / 10**6)
    | st.integers(0, 2 * 8760).map(lambda half: 1800 * half)
)
lengths = st.integers(-900_000, 900_000) | st.floats(-1e6, 1e6) | st.just(0)


@st.composite
def rows(draw: st.DrawFn, second: Any = None) -> list[tuple[float, float]]:
    """Pairs of instants, or of an instant and something else, of one year."""
    origin = draw(st.sampled_from(ORIGINS))
    seconds = offsets.map(lambda offset: origin + offset)
    return draw(st.lists(st.tuples(seconds, seconds if second is None else second), max_size=30))


def instant(number: float) -> datetime:
    return EPOCH + timedelta(seconds=number)


def one_elapsed(calendar: BusinessCalendar, start: float, end: float) -> float:
    return calendar.elapsed(instant(start), instant(end)).total_seconds()


def one_added(calendar: BusinessCalendar, start: float, length: float, due: Any) -> float:
    return calendar.add(instant(start), timedelta(seconds=length), due=due).timestamp()


@given(calendars(), rows())
def test_elapsed_many_is_elapsed(
    calendar: BusinessCalendar, pairs: list[tuple[float, float]]
) -> None:
    expected = [one_elapsed(calendar, start, end) for start, end in pairs]
    starts, ends = [a for a, _ in pairs], [b for _, b in pairs]
    assert calendar.elapsed_many(starts, ends) == expected
    found = calendar.elapsed_many(np.array(starts, dtype=float), np.array(ends, dtype=float))
    assert found.tolist() == expected


@given(
    calendars(),
    rows(lengths),
    st.sampled_from(["close", "next_open"]),
)
def test_add_many_is_add(
    calendar: BusinessCalendar, pairs: list[tuple[float, float]], due: Any
) -> None:
    expected = [one_added(calendar, start, length, due) for start, length in pairs]
    starts, amounts = [a for a, _ in pairs], [b for _, b in pairs]
    assert calendar.add_many(starts, amounts, due=due) == expected
    found = calendar.add_many(
        np.array(starts, dtype=float), np.array(amounts, dtype=float), due=due
    )
    assert found.tolist() == expected


@given(calendars(), st.integers(0, 2**32 - 1), st.booleans())
def test_thousands_are_looked_up_in_buckets(
    calendar: BusinessCalendar, seed: int, whole: bool
) -> None:
    numbers: Any = np.random.default_rng(seed).uniform(START, START + YEAR / 4, (2, 9_000))
    if whole:
        numbers = numbers.astype(np.int64) // 900 * 900
    starts, ends = numbers
    found = calendar.elapsed_many(starts, ends)
    assert found.tolist() == calendar.elapsed_many(starts.tolist(), ends.tolist())
    for at in range(0, 9_000, 911):
        assert found[at] == one_elapsed(calendar, starts[at].item(), ends[at].item())


def test_more_than_a_block_at_once() -> None:
    numbers = np.random.default_rng(1).uniform(START, START + 3 * YEAR, (2, 70_000))
    starts, ends = numbers
    assert OFFICE.elapsed_many(starts, ends).tolist() == OFFICE.elapsed_many(*numbers.tolist())
    amounts = ends - starts
    assert OFFICE.add_many(starts, amounts).tolist() == OFFICE.add_many(
        starts.tolist(), amounts.tolist()
    )


def test_edges_that_share_no_length_are_searched_for() -> None:
    odd = BusinessCalendar.weekly(
        "Mon-Fri 09:00-17:00",
        tz="UTC",
        closures=[(datetime(2026, 1, 7, 10, 0, 7), datetime(2026, 1, 7, 11))],
    )
    starts = START + np.arange(0, 30 * 86_400, 3_599.5)
    ends = starts[::-1] + 0.25
    expected = [one_elapsed(odd, a, b) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    assert odd.elapsed_many(starts, ends).tolist() == expected


@pytest.mark.parametrize("make", [list, np.array], ids=["list", "array"])
def test_one_number_goes_with_each_of_the_others(make: Any) -> None:
    monday = int(datetime(2026, 1, 5, 12, tzinfo=UTC).timestamp())
    row = make([monday, monday + 3600])
    assert list(OFFICE.elapsed_many(row, monday + 7200)) == [7200.0, 3600.0]
    assert list(OFFICE.elapsed_many(monday, row)) == [0.0, 3600.0]
    assert list(OFFICE.add_many(row, 3600)) == [monday + 3600.0, monday + 7200.0]


def test_two_numbers_are_a_row_of_one() -> None:
    assert OFFICE.elapsed_many(START, START + 86_400 * 4) == [
        one_elapsed(OFFICE, START, START + 86_400 * 4)
    ]


def test_what_is_missing_stays_missing() -> None:
    starts = [START, None, math.nan, START, math.nan]
    ends = [START + 1, START, START, math.nan, None]
    found = OFFICE.elapsed_many(starts, ends)
    assert found[0] == 0.0
    assert found[1] is None
    assert math.isnan(found[2])
    assert math.isnan(found[3])
    assert found[4] is None
    assert OFFICE.elapsed_many([START, START], None) == [None, None]
    assert OFFICE.add_many([None, START], [1, 0]) == [None, START]
    assert OFFICE.elapsed_many([None], [None]) == [None]
    # Nothing is built where there is nothing to answer.
    fresh = BusinessCalendar.always()
    assert fresh.elapsed_many([None], [START]) == [None]
    assert fresh.table.starts == []


def test_what_is_missing_in_an_array_is_nan() -> None:
    starts = np.array([START, np.nan, START])
    found = OFFICE.elapsed_many(starts, [START + 86_400 * 7, START, None])
    assert found[0] == one_elapsed(OFFICE, START, START + 86_400 * 7)
    assert np.isnan(found[1:]).all()
    assert np.isnan(OFFICE.add_many(starts, np.nan)).all()
    assert np.isnan(OFFICE.add_many(starts, 1.0)).tolist() == [False, True, False]


def test_nothing_makes_nothing() -> None:
    assert OFFICE.elapsed_many([], []) == []
    assert OFFICE.add_many([], 3600) == []
    assert OFFICE.elapsed_many(np.array([]), []).tolist() == []
    assert OFFICE.add_many(np.array([]), 5).tolist() == []


def test_numbers_of_every_kind() -> None:
    whole = int(START)
    expected = [one_elapsed(OFFICE, whole, whole + 86_400 * 3)]
    for kind in (np.int64, np.uint64, np.float64, np.float32, Decimal):
        assert OFFICE.elapsed_many([kind(whole)], [whole + 86_400 * 3]) == expected or (
            kind is np.float32
        )
    for name in ("int64", "uint64", "int32", "object"):
        assert OFFICE.elapsed_many(np.array([whole], dtype=name), whole + 86_400 * 3) == expected


class TestRefused:
    def defects(self, *given: Any) -> list[str]:
        with pytest.raises(InvalidInput) as error:
            OFFICE.elapsed_many(*given)
        return [str(defect) for defect in error.value.defects]

    def test_in_a_list(self) -> None:
        found = self.defects([START, math.inf, "5", True, 10**400, 1e11], [object()] * 6)
        assert found[:3] == [
            "starts[1]: is inf: not in the years that are known, 1600 to 4000",
            "starts[2]: is '5': give a number of seconds",
            "starts[3]: is True: give a number of seconds",
        ]
        assert found[3].startswith("starts[4]: is 1000000")
        assert found[4].startswith("starts[5]: is 100000000000.0: not in the years")
        assert len(found) == 11

    def test_a_number_too_large_for_a_float(self) -> None:
        assert self.defects([Decimal("1e999"), Decimal("sNaN")], [0, 0])[1] == (
            "starts[1]: is Decimal('sNaN'): give a number of seconds"
        )

    def test_in_an_array(self) -> None:
        found = self.defects(np.array([START, -np.inf, np.nan]), np.array([1e12, START, START]))
        assert found == [
            "starts[1]: is -inf: not in the years that are known, 1600 to 4000",
            "ends[0]: is 1000000000000.0: not in the years that are known, 1600 to 4000",
        ]

    @pytest.mark.parametrize("make", [list, np.array], ids=["list", "array"])
    def test_the_first_twenty(self, make: Any) -> None:
        found = self.defects(make([math.inf] * 1_050), make([START] * 1_050))
        assert len(found) == 21
        assert found[19].startswith("starts[19]")
        assert found[20] == "and 1,030 more"

    @pytest.mark.parametrize("make", [list, np.array], ids=["list", "array"])
    def test_rows_that_make_no_pairs(self, make: Any) -> None:
        assert self.defects(make([START] * 3), make([START] * 2)) == [
            "3 numbers and 2 make no pairs"
        ]

    def test_arrays_that_are_no_row_of_numbers(self) -> None:
        assert self.defects(np.array(["a"]), np.ones((2, 2))) == [
            "starts: is <U1 in 1 dimensions: give a row of numbers",
            "ends: is float64 in 2 dimensions: give a row of numbers",
        ]
        days = np.array(["2026-01-01"], dtype="datetime64[s]")
        assert self.defects(days, START)[0].startswith("starts: is datetime64[s]")
        assert self.defects(np.array([True]), START)[0].startswith("starts: is bool")

    @pytest.mark.parametrize("make", [list, np.array], ids=["list", "array"])
    def test_years_that_a_source_does_not_know(self, make: Any) -> None:
        known = BusinessCalendar.weekly(
            "Mon-Fri 09:00-17:00",
            tz="UTC",
            holidays=Holidays.snapshot({date(2026, 1, 1): "New Year"}, [2026]),
        )
        with pytest.raises(InvalidInput, match="2026 to 2026"):
            known.elapsed_many(make([START, START - 86_400 * 2]), START)
        assert sum(known.elapsed_many(make([START + 86_400]), START + YEAR)) > 0
        with pytest.raises(UnknownYear) as error:
            known.add_many(make([START + 86_400, math.nan, START]), make([0, 1, 1e9]))
        assert error.value.__notes__ == ["add_many: at index 2"]

    @pytest.mark.parametrize("make", [list, np.array], ids=["list", "array"])
    def test_a_search_without_end(self, make: Any) -> None:
        with pytest.raises(EndlessSearch) as error:
            OFFICE.add_many(make([START, START]), make([0.0, 9e10]))
        assert error.value.__notes__ == ["add_many: at index 1"]
        with pytest.raises(EndlessSearch):
            OFFICE.add_many(make([START, START]), make([0.0, -9e10]))
        with pytest.raises(InvalidInput, match=r"seconds\[0\]: is inf: longer than any calendar"):
            OFFICE.add_many(make([START]), math.inf)

    @pytest.mark.parametrize("make", [list, np.array], ids=["list", "array"])
    def test_another_due(self, make: Any) -> None:
        with pytest.raises(InvalidInput, match="is 'later': give 'close' or 'next_open'"):
            OFFICE.add_many(make([START]), 5, due="later")  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("make", [list, np.array], ids=["list", "array"])
def test_a_calendar_that_is_not_open_in_the_years_asked(make: Any) -> None:
    short = BusinessCalendar.weekly(
        {}, tz="UTC", special_hours={date(2026, 5, 4): [("09:00", "17:00")]}
    )
    assert list(short.elapsed_many(make([0.0, 5e8]), make([9e8, 4e8]))) == [0.0, 0.0]
    assert list(short.elapsed_many(make([0.0]), make([2e9]))) == [8 * 3600.0]
    assert list(short.elapsed_many(make([1.9e9]), make([2e9]))) == [0.0]


class TestWithoutNumpy:
    @pytest.fixture(autouse=True)
    def hidden(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "numpy", None)

    def test_lists_are_answered(self) -> None:
        assert OFFICE.elapsed_many([START], [START + YEAR]) == [
            one_elapsed(OFFICE, START, START + YEAR)
        ]
        assert OFFICE.add_many((START,), [3600]) == [one_added(OFFICE, START, 3600, "close")]

    def test_an_array_names_the_extra(self) -> None:
        with pytest.raises(MissingExtra, match=r"itilcore\[fast\]"):
            OFFICE.elapsed_many(np.array([START]), START)
        with pytest.raises(MissingExtra, match=r"itilcore\[fast\]"):
            OFFICE.add_many([START], np.array([START]))


def test_what_is_masked_is_missing() -> None:
    found = OFFICE.elapsed_many(np.ma.array([START, START], mask=[True, False]), START + 3600)
    assert math.isnan(found[0])
    assert found[1] == OFFICE.elapsed_many(START, START + 3600)
    whole = OFFICE.elapsed_many(np.ma.array([int(START)] * 2, mask=[False, True]), START + 3600)
    assert [math.isnan(each) for each in whole.tolist()] == [False, True]


@pytest.mark.parametrize("kind", ["f2", "f4"])
def test_numbers_too_short_for_an_instant_are_refused(kind: str) -> None:
    with pytest.raises(InvalidInput, match="which cannot tell seconds apart: give float64"):
        OFFICE.elapsed_many(np.zeros(2, dtype=kind), START)
