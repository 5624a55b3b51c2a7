"""Every error: one tree, facts as attributes, a readable text, and a life in other processes."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest

from itilcore import errors
from itilcore.errors import (
    ActionRefused,
    CorruptEvent,
    CorruptNotification,
    Defect,
    EndlessSearch,
    IdempotencyKeyReused,
    InvalidCalendar,
    InvalidInput,
    InvalidLifecycle,
    InvalidMapping,
    InvalidMatrix,
    InvalidPolicy,
    ItilcoreError,
    MissingExtra,
    NaiveInstant,
    NewerSchema,
    ScatteredIncident,
    StaleFacts,
    StorageError,
    StorageFailure,
    UnknownIncident,
    UnknownPolicy,
    UnknownPriorityInput,
    UnknownReference,
    UnknownYear,
    UnreadableSource,
    UnwritableOutput,
    VersionConflict,
    blank_defects,
    require_aware,
)

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
TEN = datetime(2026, 1, 5, 10, tzinfo=UTC)
DEFECTS = (Defect("a", "is missing"), Defect("", "is empty"))

RAISED: list[ItilcoreError] = [
    ItilcoreError("something"),
    InvalidInput("the form", DEFECTS),
    InvalidMatrix("matrix", DEFECTS),
    InvalidLifecycle("lifecycle", DEFECTS),
    InvalidMapping("mapping", DEFECTS),
    InvalidCalendar("calendar", DEFECTS),
    InvalidPolicy("book.toml", (Defect("sla.gold", "is wrong", 3),)),
    NaiveInstant("at", NINE.replace(tzinfo=None)),
    UnknownPriorityInput("impact", "HUGE", ["HIGH", "LOW"]),
    UnreadableSource("export.csv", "has no header"),
    UnknownReference("export.csv", "INC1", ["INC2"]),
    UnwritableOutput("page.html", "cannot be written"),
    UnknownYear(2031, 2025, 2030),
    EndlessSearch("open time", NINE, TEN),
    ScatteredIncident("export.csv", "INC1", 17),
    StaleFacts("INC1", TEN, NINE),
    MissingExtra("rich", "cli"),
    ActionRefused("INC1", "close", "RESOLVED", [("confirmed", "the requester agrees")]),
    StorageError("something"),
    UnknownIncident("INC1"),
    UnknownPolicy("book:1"),
    VersionConflict("INC1", 3, 4),
    IdempotencyKeyReused("k", "INC1", "INC2"),
    CorruptEvent("INC1", 3, "is no JSON"),
    CorruptNotification("INC1:1:a:b", "is no JSON"),
    NewerSchema(3, 2),
    StorageFailure("disk full"),
]


def test_an_instance_of_every_error_is_tried_here() -> None:
    exported = {getattr(errors, name) for name in errors.__all__}
    classes = {item for item in exported if isinstance(item, type)}
    assert {type(error) for error in RAISED} == {c for c in classes if issubclass(c, Exception)}


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_it_survives_pickling_and_copying(error: ItilcoreError) -> None:
    error.add_note("while reading the export")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert twin.args == error.args
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)
        assert twin.__notes__ == ["while reading the export"]


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_its_class_is_named_in_the_drawn_tree(error: ItilcoreError) -> None:
    assert errors.__doc__ is not None
    assert type(error).__name__ in errors.__doc__


@pytest.mark.parametrize(
    ("error", "base"),
    [
        (InvalidInput, ValueError),
        (InvalidMatrix, InvalidInput),
        (InvalidLifecycle, InvalidInput),
        (InvalidMapping, InvalidInput),
        (NaiveInstant, ValueError),
        (UnknownPriorityInput, LookupError),
        (UnreadableSource, ValueError),
        (ScatteredIncident, UnreadableSource),
        (StaleFacts, ValueError),
        (MissingExtra, ImportError),
    ],
)
def test_the_tree(error: type[Exception], base: type[Exception]) -> None:
    assert issubclass(error, base)
    assert issubclass(error, ItilcoreError)


def test_invalid_input_lists_every_defect_with_its_path() -> None:
    error = InvalidInput("the form", iter(DEFECTS))
    assert error.subject == "the form"
    assert error.defects == DEFECTS
    assert str(error) == "the form: 2 defects\n  a: is missing\n  is empty"


def test_one_defect_is_singular() -> None:
    assert str(InvalidInput("the form", DEFECTS[1:])) == "the form: 1 defect\n  is empty"


def test_a_naive_instant_names_the_parameter() -> None:
    naive = datetime(2026, 3, 1, 9)
    with pytest.raises(NaiveInstant) as caught:
        require_aware("since", naive)
    assert (caught.value.name, caught.value.value) == ("since", naive)
    assert (
        str(caught.value) == "since is 2026-03-01T09:00:00, which has no UTC offset: give it a zone"
    )


class Nowhere(tzinfo):
    """A zone that does not know its offset: such a datetime is naive all the same."""

    def utcoffset(self, _at: datetime | None) -> None:
        return None

    dst = utcoffset

    def tzname(self, _at: datetime | None) -> str:
        return "nowhere"


def test_a_zone_without_an_offset_is_naive() -> None:
    with pytest.raises(NaiveInstant):
        require_aware("at", datetime(2026, 3, 1, tzinfo=Nowhere()))


def test_an_aware_instant_comes_back_as_it_was() -> None:
    assert require_aware("at", NINE) is NINE


def test_unknown_priority_input_lists_the_scale() -> None:
    error = UnknownPriorityInput("impact", "HUGE", iter(["HIGH", "LOW"]))
    assert (error.name, error.value, error.known) == ("impact", "HUGE", ("HIGH", "LOW"))
    assert str(error) == "impact HUGE is not on the scale: HIGH, LOW"


def test_an_unreadable_source_says_where() -> None:
    whole, line = UnreadableSource("a.csv", "is empty"), UnreadableSource("a.csv", "has a tab", 3)
    assert (str(whole), whole.line) == ("a.csv: is empty", None)
    assert (str(line), line.source, line.reason, line.line) == (
        "a.csv, line 3: has a tab",
        "a.csv",
        "has a tab",
        3,
    )


def test_a_scattered_incident_says_what_to_do() -> None:
    error = ScatteredIncident("a.csv", "INC1", 17)
    assert (error.reference, error.line) == ("INC1", 17)
    assert str(error) == (
        "a.csv, line 17: incident INC1 comes back after other incidents; "
        "read the export with scattered=True"
    )


def test_stale_facts_name_both_instants() -> None:
    error = StaleFacts("INC1", TEN, NINE)
    assert (error.reference, error.last_event_at, error.at) == ("INC1", TEN, NINE)
    assert str(error).startswith(
        "INC1 was folded up to 2026-01-05T10:00:00+00:00, after 2026-01-05T09:00:00+00:00: "
    )


def test_a_missing_extra_says_what_to_install() -> None:
    error = MissingExtra("rich", "cli")
    assert (error.library, error.extra) == ("rich", "cli")
    assert str(error) == error.msg == "rich is not installed: pip install 'itilcore[cli]'"
    twin = pickle.loads(pickle.dumps(error))
    assert twin.msg == error.msg


@pytest.mark.parametrize("value", ["", " \t\n", None, 7])
def test_blank_is_a_defect(value: object) -> None:
    (defect,) = blank_defects("name", value)
    assert defect == Defect("name", f"is {value!r}: it must be a text that is not blank")


def test_a_text_is_no_defect() -> None:
    assert blank_defects("name", " x ") == []


def test_a_defect_hashes_and_pickles() -> None:
    twin = pickle.loads(pickle.dumps(DEFECTS[0]))
    assert twin == DEFECTS[0]
    assert hash(twin) == hash(DEFECTS[0])


def test_what_is_missing_or_why_nothing_would_help():
    lacks = ActionRefused("INC1", "close", "RESOLVED", [("confirmed", "the requester agrees")])
    assert str(lacks) == "INC1 is RESOLVED: cannot close: needs confirmed: the requester agrees"
    never = ActionRefused("INC1", "close", "NEW")
    assert str(never) == "INC1 is NEW: cannot close: no row of the lifecycle allows it"
    assert str(UnknownPolicy(None)) == "there is no policy book at all"
    assert str(VersionConflict("INC1", 3, None)) == "INC1 has changed, not at 3: read it again"


def test_an_instant_that_utc_does_not_hold_is_refused() -> None:
    two_hours = timezone(timedelta(hours=2))
    with pytest.raises(InvalidInput, match="at: is 0001-01-01T00:00:00.02:00, before year 1"):
        require_aware("at", datetime(1, 1, 1, tzinfo=two_hours))
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert require_aware("at", first) is first
