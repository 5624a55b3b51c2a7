"""Facts as Parquet: every value comes back, the shape is always one, and faults are told."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from itertools import chain

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore import __version__
from itilcore.classification import Category, TicketKind
from itilcore.errors import InvalidInput, UnreadableSource
from itilcore.exchange import (
    facts_parquet,
    read,
    read_facts_csv,
    read_facts_parquet,
    write_facts_csv,
    write_facts_parquet,
)
from itilcore.exchange.facts_columns import facts_columns
from itilcore.incident import Facts, HoldReason, Incident, Phase, Status
from itilcore.priority import Impact, Level, Priority
from itilcore.sample import write_servicenow
from tests.incident.strategies import timelines, zones

from .exports import put
from .same_figures import written

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
names = (texts | st.sampled_from(['["a"]', "{", "'", "=1", "P1"])).filter(str.strip)
KINDS = {
    str: texts,
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False) | st.integers(0, 2**53),
    bool: st.booleans(),
    datetime: st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=zones),
    TicketKind: st.sampled_from(TicketKind),
    Phase: st.sampled_from(Phase),
    Status: st.builds(Status, names, st.sampled_from(Phase), st.none() | texts),
    HoldReason: st.builds(HoldReason, names),
    Category: st.lists(
        names.map(lambda name: name.replace(">", "")).filter(str.strip), min_size=1
    ).map(lambda path: Category(*path)),
}


def values(column):
    kind = column.kind
    if issubclass(kind, Level):
        found = st.sampled_from(kind.default_scale()) | st.builds(
            kind, names, st.integers(1, 2**70)
        )
    else:
        found = KINDS[kind]
    if column.name == "reference":
        return found.filter(bool)
    return st.none() | found if column.optional else found


odd_facts = st.fixed_dictionaries({c.name: values(c) for c in facts_columns().values()}).map(
    lambda row: Facts(**row)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("parquet")


def parquet(items):
    out = io.BytesIO()
    assert write_facts_parquet(items, out) == len(items)
    return out.getvalue()


def again(folder, content):
    return list(read_facts_parquet(put(folder, content, "facts.parquet")))


def changed(change, *rows):
    """A file of ours after *change* of its table, as another tool would write it."""
    table = pq.read_table(io.BytesIO(parquet(rows or [Facts(reference="1")])))
    out = io.BytesIO()
    pq.write_table(change(table), out)
    return out.getvalue()


def with_column(name, array):
    def change(table):
        place = table.schema.get_field_index(name)
        return table.set_column(place, name, array)

    return change


@given(st.lists(odd_facts, max_size=4))
def test_odd_facts_come_back_from_parquet_and_from_csv(folder, rows):
    assert again(folder, parquet(rows)) == rows
    out = io.StringIO(newline="")
    write_facts_csv(rows, out)
    assert read_facts_csv(put(folder, out.getvalue(), "facts.csv")) == rows


@given(st.lists(timelines(), max_size=3))
def test_incidents_are_written_as_their_facts(folder, found):
    incidents = [Incident.replay(f"I{n}", timeline) for n, timeline in enumerate(found)]
    rows = [incident.facts for incident in incidents]
    assert again(folder, parquet(incidents)) == rows
    assert parquet(incidents) == parquet(rows)


def test_a_text_may_hold_what_csv_cannot_tell_apart(folder):
    row = Facts(reference="\0", group="", assignee="'", service="\r\n")
    assert again(folder, parquet([row])) == [row]


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_time_come_back(folder, at):
    row = Facts(reference="1", logged_at=at)
    assert again(folder, parquet([row])) == [row]


def test_the_schema_is_the_same_for_no_rows_and_for_full_ones():
    full = Facts(reference="1", status=Status.NEW, tier=1, logged_at=AT, sla_met=True)
    schemas = [pq.read_schema(io.BytesIO(parquet(rows))) for rows in ([], [full])]
    assert schemas[0].equals(schemas[1], check_metadata=True)
    assert schemas[0].metadata[b"itilcore.version"] == __version__.encode()
    assert schemas[0].metadata[b"itilcore.columns"].startswith(b"facts:")
    assert schemas[0].names == list(facts_columns())
    shown = {
        "reference": pa.field("reference", pa.string(), nullable=False),
        "status": pa.field("status", pa.string()),
        "category": pa.field("category", pa.string()),
        "tier": pa.field("tier", pa.int64()),
        "logged_at": pa.field("logged_at", pa.timestamp("us", tz="UTC")),
        "backwards": pa.field("backwards", pa.int64(), nullable=False),
        "open_seconds": pa.field("open_seconds", pa.float64(), nullable=False),
        "sla_met": pa.field("sla_met", pa.bool_()),
    }
    assert {name: schemas[0].field(name) for name in shown} == shown


def test_rows_are_held_in_groups(folder, monkeypatch):
    monkeypatch.setattr(facts_parquet, "ROWS", 2)
    rows = [Facts(reference=str(number)) for number in range(5)]
    content = parquet(rows)
    assert pq.ParquetFile(io.BytesIO(content)).num_row_groups == 3
    assert again(folder, content) == rows


def test_no_more_than_a_group_is_asked_for_ahead(monkeypatch):
    monkeypatch.setattr(facts_parquet, "ROWS", 2)
    out, sizes = io.BytesIO(), []

    def source():
        for number in range(6):
            sizes.append(out.tell())
            yield Facts(reference=str(number))

    assert write_facts_parquet(source(), out) == 6
    assert sizes[1] < sizes[2] == sizes[3] < sizes[4]


def test_the_columns_hold_what_the_cells_of_csv_say(tmp_path):
    export = written(tmp_path, write_servicenow, "desk.csv")
    incidents = list(read(export, zone="UTC"))
    out = io.StringIO(newline="")
    write_facts_csv(incidents, out)
    cells = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    columns = pq.read_table(io.BytesIO(parquet(incidents))).to_pylist()

    def cell(value):
        match value:
            case None:
                return ""
            case datetime():
                return value.astimezone(UTC).isoformat()
            case str():
                return value
            case _:
                return json.dumps(value)

    assert len(columns) == 600
    assert [{name: cell(v) for name, v in row.items()} for row in columns] == [
        {name: text.removeprefix("'") for name, text in row.items()} for row in cells
    ]


def test_objects_are_texts_that_a_data_frame_can_group_by():
    row = Facts(
        reference="1",
        kind=TicketKind.SERVICE_REQUEST,
        status=Status("Müde", Phase.WAITING),
        phase=Phase.WAITING,
        hold_reason=HoldReason("[PARTS"),
        priority=Priority.P2,
        impact=Impact("Extensive", 1),
        category=Category("a", "b"),
    )
    (found,) = pq.read_table(io.BytesIO(parquet([row]))).to_pylist()
    assert [found[n] for n in ("kind", "phase", "hold_reason", "priority", "category")] == [
        "service request",
        "waiting",
        "[PARTS",
        "P2",
        "a > b",
    ]
    assert found["status"] == '{"name": "Müde", "phase": "waiting"}'
    assert found["impact"] == '{"name": "Extensive", "rank": 1}'


@pytest.mark.parametrize(
    ("fields", "defect"),
    [
        ({"reference": ""}, "row 2: reference: is missing"),
        ({"backwards": None}, "row 2: backwards: is missing"),
        ({"tier": 1.5}, "row 2: tier: is 1.5, not of the kind int"),
        ({"tier": True}, "row 2: tier: is True, not of the kind int"),
        ({"tier": 2**63}, "row 2: tier: "),
        ({"group": b"x"}, "row 2: group: is b'x', not of the kind str"),
        ({"group": "\ud800"}, "row 2: group: "),
        ({"status": Status("\ud800", Phase.OPEN)}, "row 2: status: "),
        ({"priority": Impact.HIGH}, "row 2: priority: is Impact.HIGH, not of the kind Priority"),
        ({"open_seconds": 2**60 + 1}, "row 2: open_seconds: "),
    ],
)
def test_what_cannot_be_held_is_refused(fields, defect):
    rows = [Facts(reference="1"), Facts(**{"reference": "2"} | fields)]
    with pytest.raises(InvalidInput) as error:
        write_facts_parquet(rows, io.BytesIO())
    (found,) = error.value.defects
    assert str(found).startswith(defect)


def test_all_that_cannot_be_held_is_told_in_the_order_of_rows(monkeypatch):
    monkeypatch.setattr(facts_parquet, "ROWS", 3)
    wrong = [Facts(reference="", tier="x"), Facts(reference="1", tier="y", group=3)]
    with pytest.raises(InvalidInput) as error:
        write_facts_parquet([Facts(reference="0")] * 3 + wrong, io.BytesIO())
    assert [defect.path for defect in error.value.defects] == [
        "row 4: reference",
        "row 4: tier",
        "row 5: group",
        "row 5: tier",
    ]


class Broken(Exception):
    pass


def test_what_was_not_written_to_its_end_is_no_file(folder, monkeypatch):
    monkeypatch.setattr(facts_parquet, "ROWS", 1)

    def source():
        yield Facts(reference="1")
        raise Broken

    out = io.BytesIO()
    with pytest.raises(Broken):
        write_facts_parquet(source(), out)
    assert not out.closed
    with pytest.raises(UnreadableSource, match="is cut off"):
        again(folder, out.getvalue())


def test_a_full_disk_is_said_as_it_is():
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(28, "No space left")

    with pytest.raises(OSError, match="No space left"):
        write_facts_parquet([Facts(reference="1")], Full())


GOOD = parquet([Facts(reference="1", group="desk")])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "facts.parquet: is no Parquet file"),
        (b"PAR", "facts.parquet: is no Parquet file"),
        (b"reference\n1\n", "facts.parquet: is no Parquet file"),
        (b"PAR1", "facts.parquet: is cut off"),
        (GOOD[:-1], "facts.parquet: is cut off"),
        (GOOD[: len(GOOD) // 2], "facts.parquet: is cut off"),
        (b"PAR1PAR1", "facts.parquet: is broken Parquet"),
        (GOOD[:-8] + b"\xff\xff\xff\x7fPAR1", "facts.parquet: is broken Parquet"),
        (GOOD[:-600] + bytes(592) + GOOD[-8:], "facts.parquet: is broken Parquet"),
    ],
)
def test_what_is_no_parquet(folder, content, words):
    with pytest.raises(UnreadableSource, match=words):
        again(folder, content)


def test_a_file_that_cannot_be_opened(folder):
    for path in (folder / "none", folder):
        with pytest.raises(UnreadableSource, match="cannot be opened"):
            read_facts_parquet(path)


def test_damage_in_the_rows_is_seen(folder):
    place = GOOD.index(b"desk")
    with pytest.raises(UnreadableSource, match="is broken Parquet"):
        again(folder, GOOD[:place] + b"duck" + GOOD[place + 4 :])


def test_rows_that_are_promised_and_not_there_are_missed(folder, monkeypatch):
    # A damaged head of a page makes pyarrow skip it without a word.
    monkeypatch.setattr(facts_parquet, "_batches", lambda *_: iter(()))
    with pytest.raises(UnreadableSource, match="has 0 rows and promises 1"):
        again(folder, GOOD)


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_no_damage_goes_unseen_or_raises_what_is_not_ours(folder, place, bits):
    damaged = bytearray(GOOD)
    damaged[place] ^= bits
    try:
        found = again(folder, bytes(damaged))
    except (UnreadableSource, InvalidInput):
        return
    # What is left are the statistics and the words about the file.
    assert found == again(folder, GOOD)


def test_columns_that_are_wrong_are_told_together_and_at_once(folder):
    def change(table):
        table = table.drop_columns(["tier", "sla_met"])
        table = with_column("backwards", pa.array([1.0]))(table)
        table = with_column("logged_at", pa.array([AT.replace(tzinfo=None)]))(table)
        table = table.append_column("colour", pa.array(["red"]))
        return table.append_column("group", pa.array([[1]]))

    path = put(folder, changed(change), "facts.parquet")
    with pytest.raises(InvalidInput) as error:
        read_facts_parquet(path)
    assert str(error.value).splitlines() == [
        "facts.parquet: 7 defects",
        "  colour: is no column of Facts",
        "  group: stands twice in the header",
        "  tier: is no column of the file",
        "  sla_met: is no column of the file",
        "  logged_at: holds timestamp[us], not timestamp[us, tz=UTC]",
        "  backwards: holds double, not int64",
        "  group: holds list<element: int64>, not string",
    ]


def test_another_tool_may_order_the_columns_and_use_large_texts(folder):
    row = Facts(reference="1", group="desk", status=Status.NEW)

    def change(table):
        table = with_column("group", table["group"].cast(pa.large_string()))(table)
        return table.select(table.column_names[::-1]).replace_schema_metadata(None)

    assert again(folder, changed(change, row)) == [row]


def test_values_that_are_wrong_are_told_with_their_rows(folder, monkeypatch):
    rows = [Facts(reference=str(number)) for number in range(1, 5)]
    strange = pa.array([None, b"\xff", b"ok", None]).view(pa.string())
    late = pa.array([None, None, None, 2**62]).view(pa.timestamp("us", tz="UTC"))
    changes = {
        "reference": pa.array(["1", None, "", "4"]),
        "priority": pa.array([None, "P1", "P9", '{"name": "", "rank": 0}']),
        "status": pa.array([None, "{", "{}", "[" * 100_000]),
        "group": strange,
        "logged_at": late,
        "was_resolved": pa.array([True, True, None, True]),
    }

    def change(table):
        for name, array in changes.items():
            table = with_column(name, array)(table)
        return table

    path = put(folder, changed(change, *rows), "facts.parquet")
    with pytest.raises(InvalidInput) as error:
        list(read_facts_parquet(path))
    assert [defect.path for defect in error.value.defects] == [
        "row 2: reference",
        "row 2: status",
        "row 2: group",
        "row 3: reference",
        "row 3: status",
        "row 3: priority",
        "row 3: was_resolved",
        "row 4: status",
        "row 4: priority",
        "row 4: logged_at",
    ]
    problems = {defect.path: defect.problem for defect in error.value.defects}
    assert problems["row 2: reference"] == problems["row 3: was_resolved"] == "is missing"
    assert problems["row 4: priority"].count("; ") == 1
    assert problems["row 4: logged_at"] == "is an instant outside of the years 1 to 9999"
    monkeypatch.setattr(facts_parquet, "MOST_DEFECTS", 4)
    with pytest.raises(InvalidInput) as error:
        list(read_facts_parquet(path))
    assert len(error.value.defects) == 4


def test_what_was_right_comes_before_the_error(folder, monkeypatch):
    monkeypatch.setattr(facts_parquet, "ROWS", 2)
    rows = [Facts(reference=str(number)) for number in range(1, 7)]
    wrong = with_column("priority", pa.array([None, None, "P9", None, None, "P8"]))
    reading = read_facts_parquet(put(folder, changed(wrong, *rows), "facts.parquet"))
    assert [next(reading), next(reading)] == rows[:2]
    with pytest.raises(InvalidInput) as error:
        next(reading)
    assert [d.path for d in error.value.defects] == ["row 3: priority", "row 6: priority"]


def test_what_the_caller_raises_between_rows_is_the_callers(folder):
    reading = read_facts_parquet(put(folder, GOOD, "facts.parquet"))
    next(reading)
    with pytest.raises(ValueError, match="mine"):
        reading.throw(ValueError("mine"))
    with pytest.raises(ValueError, match="mine"):
        write_facts_parquet(chain([Facts(reference="1")], map(_raise, "x")), io.BytesIO())


def _raise(_):
    raise ValueError("mine")


def test_files_of_an_earlier_version_lack_the_configuration_item(folder):
    rows = [Facts(reference="1", service="mail", configuration_item="db1"), Facts(reference="2")]

    def older(table):
        return table.drop_columns(["configuration_item"])

    earlier = [Facts(reference="1", service="mail"), Facts(reference="2")]
    assert again(folder, changed(older, *rows)) == earlier
    out = io.StringIO(newline="")
    write_facts_csv(rows, out)
    lines = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    assert [line.pop("configuration_item") for line in lines] == ["db1", ""]
    old = io.StringIO(newline="")
    writer = csv.DictWriter(old, lines[0])
    writer.writeheader()
    writer.writerows(lines)
    assert read_facts_csv(put(folder, old.getvalue(), "facts.csv")) == earlier
