"""Exports become incidents; bad ones become one clear error or rejected rows."""

from __future__ import annotations

import random
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from itilcore.errors import InvalidMapping, ScatteredIncident, UnreadableSource
from itilcore.exchange import ExportMapping, detect, read
from itilcore.incident import HoldReason, Phase, Status
from itilcore.metrics import MTTA, MTTR, measure_all
from itilcore.sample import generate, write_servicenow, write_servicenow_table

from .exports import HEADER, LIFE, gzipped, log, put, row, zipped


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


def facts_of(path, **options):
    return [incident.facts for incident in read(path, zone="UTC", **options)]


def test_a_life_is_read_as_it_was(tmp_path):
    reading = read(put(tmp_path, LIFE), zone="UTC")
    first, second = list(reading)
    facts = first.facts
    assert reading.mapping.name == "servicenow-audit-log"
    assert (reading.rows, reading.incidents, reading.rejected_count) == (9, 2, 0)
    assert facts.logged_at == utc(5, 9)
    assert facts.acknowledged_at == utc(5, 9, 10)
    assert facts.first_resolved_at == utc(5, 11)
    assert facts.resolved_at == utc(6, 12)
    assert facts.closed_at == utc(11, 12)
    assert (facts.reopenings, facts.reassignments) == (1, 1)
    assert facts.waiting_seconds == 3600
    assert facts.phase is Phase.CLOSED
    assert facts.interactions is None
    assert facts.resolved_tier is None
    assert second.status == Status.NEW
    assert second.facts.resolved_at is None
    held = next(e for e in first.timeline if getattr(e, "hold_reason", None) is not None)
    assert held.hold_reason == HoldReason.AWAITING_CALLER


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_line_ends_and_delimiters_change_nothing(tmp_path, end, delimiter):
    other = LIFE.replace(",", delimiter).replace("\n", end)
    assert facts_of(put(tmp_path, other, "other.csv")) == facts_of(put(tmp_path, LIFE))


def test_packing_quoting_a_mark_and_blank_lines_change_nothing(tmp_path):
    plain = facts_of(put(tmp_path, LIFE))
    quoted = "\n".join(",".join(f'"{c}"' for c in line.split(",")) for line in LIFE.splitlines())
    assert facts_of(put(tmp_path, quoted)) == plain
    assert facts_of(gzipped(tmp_path, LIFE.encode())) == plain
    assert facts_of(zipped(tmp_path, ("__MACOSX/x", b""), ("a.csv", LIFE.encode()))) == plain
    assert facts_of(put(tmp_path, "\ufeff" + LIFE)) == plain
    assert facts_of(put(tmp_path, "\n\n" + LIFE.replace("\n", "\n\n"))) == plain
    assert facts_of(put(tmp_path, LIFE.encode("utf-16")), encoding="utf-16") == plain


def test_json_lines_say_the_same_as_csv(tmp_path):
    import csv
    import json

    rows = list(csv.DictReader(LIFE.splitlines()))
    lines = "\n\n".join(json.dumps(r) for r in rows)
    assert facts_of(put(tmp_path, lines, "x.jsonl")) == facts_of(put(tmp_path, LIFE))


def test_json_values_of_every_kind_are_texts(tmp_path):
    mapping = ExportMapping.from_mapping(
        {
            "shape": "incidents",
            "time": {"formats": ["epoch_s"]},
            "columns": {"reference": "id", "logged_at": "t.opened", "sla_met": "ok", "title": "n"},
        }
    )
    text = '{"id": 7, "t": {"opened": 1767603600}, "ok": true, "n": null, "more": [1]}\n'
    (incident,) = read(put(tmp_path, text), mapping)
    assert (incident.reference, incident.facts.logged_at) == ("7", utc(5, 9))
    assert incident.facts.sla_met is True
    text = text.replace("true", "false")
    (incident,) = read(put(tmp_path, text), mapping)
    assert incident.facts.sla_met is False


UNUSABLE = {
    "empty": (b"", "is empty"),
    "blank": (b"\n \n", "is empty"),
    "header only": ((HEADER + "\n").encode(), "has a header and no rows"),
    "binary": (b"\x7fELF\x00\x01\x02\x00" * 50, "binary"),
    "binary with high bytes": (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "is not UTF-8"),
    "another encoding": (LIFE.replace("Desk", "Büro").encode("latin-1"), "is not UTF-8"),
    "utf-16": (LIFE.encode("utf-16-le"), "binary, or text in an encoding such as UTF-16"),
    "utf-16 with a mark": (LIFE.encode("utf-16"), "is not UTF-8"),
    "never closed quote": (log(row().replace("Desk", '"Desk'), row()).encode(), "never closed"),
    "never closed quote in the header": (b'"number,x', "the header is broken"),
    "a cell of 10 MB": (log(row(group="x" * 10_000_000)).encode(), "a cell is too long"),
    "a first line of 2 MB": (b"x" * 2_000_000, "the first line has"),
    "a stray quote": (log(row().replace("Desk", '"De"sk')).encode(), "is not CSV"),
    "other columns": (b"name,colour\na,b\n", "no built-in mapping .*: name a mapping$"),
    "no key column": (
        log(row()).replace("number", "nr").encode(),
        r"\(servicenow-audit-log comes closest; it lacks number\)",
    ),
    "an array of other objects": (b'[{"number": 1}]', "no built-in mapping"),
    "an array of numbers": (b"[1, 2]", "is no object"),
    "an empty array": (b"[]", "no JSON objects"),
    "a broken line of JSON": (b'{"number": oops}', "the first line is not JSON"),
    "broken JSON": (b'{"number": ', "line 1: is not JSON, or is cut off"),
    "nothing zipped": (b"PK\x05\x06" + b"\0" * 18, "nothing in it"),
    "half a zip": (b"PK\x03\x04" + b"\0" * 40, "cut or broken"),
    "cut gzip": (b"\x1f\x8b\x08\x00", "cut or broken"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_an_export_that_cannot_be_used_is_one_clear_error(tmp_path, name):
    content, words = UNUSABLE[name]
    with pytest.raises(UnreadableSource, match=words) as error:
        list(read(put(tmp_path, content), zone="UTC"))
    assert len(str(error.value)) < 600


def test_a_gzip_cut_in_the_middle_is_one_clear_error(tmp_path):
    whole = gzipped(tmp_path, (LIFE * 500).encode()).read_bytes()
    with pytest.raises(UnreadableSource, match="cut or broken"):
        list(read(put(tmp_path, whole[: len(whole) // 2]), zone="UTC", scattered=True))


def test_a_zip_with_a_damaged_member_is_one_clear_error(tmp_path):
    noise = random.Random(1).randbytes(4000).hex()
    path = zipped(tmp_path, ("a.csv", (LIFE + noise).encode()))
    content = bytearray(path.read_bytes())
    content[600:700] = b"\0" * 100
    with pytest.raises(UnreadableSource, match="broken"):
        list(read(put(tmp_path, bytes(content)), zone="UTC"))


def test_a_zip_must_hold_one_export(tmp_path):
    with pytest.raises(UnreadableSource, match=r"it holds a\.csv, b\.csv"):
        read(zipped(tmp_path, ("a.csv", b"x"), ("b.csv", b"y")))
    with pytest.raises(UnreadableSource, match="it holds nothing"):
        read(zipped(tmp_path, ("__MACOSX/a.csv", b"x"), (".hidden", b"y"), ("d/.x", b"z")))


def test_an_encrypted_zip_is_one_clear_error(tmp_path):
    path = zipped(tmp_path, ("a.csv", LIFE.encode()))
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableSource, match="cannot be unpacked"):
        read(put(tmp_path, bytes(content)))


def test_a_zip_bomb_is_refused_long_before_it_is_unpacked(tmp_path, monkeypatch):
    from itilcore.exchange import sources

    monkeypatch.setattr(sources, "FREE_BYTES", 100_000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", HEADER + "\n" + (row() + "\n") * 400_000)
    with pytest.raises(UnreadableSource, match="unpacks to over 200 times"):
        list(read(path, zone="UTC"))


def test_no_file_a_folder_and_no_encoding(tmp_path):
    with pytest.raises(UnreadableSource, match="cannot be opened"):
        read(tmp_path / "missing.csv")
    with pytest.raises(UnreadableSource, match="cannot be opened"):
        read(tmp_path)
    with pytest.raises(UnreadableSource, match="no encoding that Python knows"):
        read(put(tmp_path, LIFE), encoding="klingon")


def rejected(path, **options):
    reading = read(path, zone="UTC", **options)
    incidents = list(reading)
    return incidents, [(r.line, r.column, r.value, r.reason) for r in reading.rejected]


def test_rows_are_rejected_by_name_and_the_rest_is_kept(tmp_path):
    text = log(
        row(),
        row(at="31/2/2026 09:00"),
        row(at="?"),
        row(at="soon"),
        row(),
        row(number=""),
        row() + ",more",
        "INC1,New",
        row(state="Resolved", at="5/1/2026 10:00"),
    )
    incidents, rows = rejected(put(tmp_path, text))
    formats = "%d/%m/%Y %H:%M or %Y-%m-%d %H:%M:%S or %d/%m/%Y %H:%M:%S"
    # The two rows of another width are met while the rows of INC1 are still gathered.
    assert sorted(rows) == [
        (3, "sys_updated_at", "31/2/2026 09:00", f"is no time in the format {formats}"),
        (4, "sys_updated_at", "?", "is missing"),
        (5, "sys_updated_at", "soon", f"is no time in the format {formats}"),
        (6, None, None, "repeats another row exactly"),
        (7, "number", None, "has no reference"),
        (8, None, None, "has 11 cells, the header has 10"),
        (9, None, None, "has 2 cells, the header has 10"),
    ]
    (incident,) = incidents
    assert incident.facts.resolved_at == utc(5, 10)


def test_json_lines_that_are_none_are_rejected(tmp_path):
    text = (
        '{"number": "1", "incident_state": "New", "sys_updated_at": "5/1/2026 09:00"}\n'
        "nonsense\n[1]\n" + "[" * 100_000 + "\n"
    )
    incidents, rows = rejected(put(tmp_path, text))
    assert len(incidents) == 1
    assert [(line, reason.split(":")[0]) for line, _, _, reason in rows] == [
        (2, "is not JSON"),
        (3, "is JSON, but no object"),
        (4, "is not JSON"),
    ]


def test_a_line_of_json_without_end_is_refused(tmp_path):
    first = '{"number": "1", "incident_state": "New", "sys_updated_at": "5/1/2026 09:00"}\n'
    with pytest.raises(UnreadableSource, match="a line has"):
        rejected(put(tmp_path, first + '"' + "x" * 1_100_000))
    with pytest.raises(UnreadableSource, match="is not UTF-8"):
        rejected(put(tmp_path, first.encode() * 9000 + b'{"a": "\xff"}'))


def test_a_wrong_byte_late_in_a_csv_names_the_line(tmp_path):
    content = LIFE.encode() + (row(number="INC9") + "\n").encode() * 9000 + b"\xff"
    with pytest.raises(UnreadableSource, match="is not UTF-8"):
        rejected(put(tmp_path, content))


def test_only_a_thousand_rejected_rows_are_kept(tmp_path):
    reading = read(put(tmp_path, log(*[row(at="x")] * 1_200, row())), zone="UTC")
    assert len(list(reading)) == 1
    assert (reading.rejected_count, len(reading.rejected)) == (1_200, 1_000)


def test_resolved_before_logged_is_kept_and_excluded_by_reason(tmp_path):
    text = log(row(opened="9/1/2026 09:00"), row(state="Resolved", at="5/1/2026 10:00"))
    incidents = list(read(put(tmp_path, text), zone="UTC"))
    result = MTTR.measure(incidents)
    assert (result.n, dict(result.excluded)) == (0, {"ends before it starts": 1})


def test_rows_out_of_order_are_kept_in_the_order_of_the_file(tmp_path):
    text = log(row(at="5/1/2026 12:00"), row(state="Resolved", at="5/1/2026 11:00"))
    (incident,) = read(put(tmp_path, text), zone="UTC")
    assert incident.facts.backwards == 1
    assert incident.status == Status.RESOLVED


def test_unknown_statuses_are_kept_and_counted_by_row(tmp_path):
    text = log(
        row(),
        row(state="-100", at="5/1/2026 10:00"),
        row(state="-100", at="5/1/2026 10:30"),
        row(state="Resolved", at="5/1/2026 11:00"),
    )
    reading = read(put(tmp_path, text), zone="UTC")
    (incident,) = reading
    assert reading.unmapped == {"status": {"-100": 2}}
    assert Status.unknown("-100") in [getattr(e, "status", None) for e in incident.timeline]


def test_priorities_that_no_rule_knows_are_unknown_and_counted(tmp_path):
    reading = read(
        put(tmp_path, log(row(priority="banana"), row(number="2", priority="P2"))), zone="UTC"
    )
    one, two = list(reading)
    assert (one.priority, str(two.priority)) == (None, "P2")
    assert reading.unmapped == {"priority": {"banana": 1}}


def test_a_flood_of_unknown_texts_is_bounded(tmp_path):
    rows = [row(number=f"I{n}", priority=f"x{n}") for n in range(1_500)]
    reading = read(put(tmp_path, log(*rows)), zone="UTC")
    assert len(list(reading)) == 1_500
    assert sum(reading.unmapped["priority"].values()) == 1_500
    assert len(reading.unmapped["priority"]) == 1_001


def test_the_zone_is_needed_and_checked(tmp_path):
    path = put(tmp_path, LIFE)
    with pytest.raises(InvalidMapping, match="time.zone: is missing"):
        read(path)
    with pytest.raises(InvalidMapping, match="no IANA time zone"):
        read(path, zone="Europe/Londn")
    with pytest.raises(InvalidMapping, match="no IANA time zone"):
        read(path, zone="../etc/passwd")
    (first, _) = read(path, zone="America/New_York")
    assert first.facts.logged_at == utc(5, 14)


def test_naive_iso_times_without_a_zone_are_rejected_by_row(tmp_path):
    mapping = ExportMapping.from_mapping(
        {"shape": "updates", "columns": {"reference": "id", "at": "t"}}
    )
    text = "id,t\n1,2026-01-05T09:00\n2,2026-01-05T09:00Z\n3,0001-01-01T00:00+05:00\n"
    reading = read(put(tmp_path, text), mapping)
    (incident,) = reading
    assert incident.reference == "2"
    assert [r.reason for r in reading.rejected] == [
        "has no UTC offset and the mapping names no zone",
        "lies outside the years 1 to 9999 in UTC",
    ]


def test_key_columns_that_are_missing_or_there_twice(tmp_path):
    with pytest.raises(InvalidMapping, match=r"number: is no column .*; did you mean 'numbr'"):
        read(put(tmp_path, LIFE.replace("number", "numbr", 1)), "servicenow-audit-log", zone="UTC")
    twice = LIFE.replace("assignment_group", "number", 1)
    with pytest.raises(InvalidMapping, match="number: stands 2 times"):
        read(put(tmp_path, twice), zone="UTC")


def test_a_built_in_mapping_notes_what_is_absent_and_ones_own_refuses_it(tmp_path):
    text = "number,incident_state,sys_updated_at\nI,New,5/1/2026 09:00\nI,Resolved,5/1/2026 10:00\n"
    path = put(tmp_path, text)
    reading = read(path, zone="UTC")
    (incident,) = reading
    assert "assigned_to" in reading.absent
    results = measure_all([MTTR, MTTA], [incident])
    assert results["MTTR"].mean == 1.0
    assert dict(results["MTTA"].excluded) == {"acknowledgement unknown": 1}
    own = ExportMapping.from_mapping({"extends": "servicenow-audit-log"}, "own")
    with pytest.raises(InvalidMapping, match="assigned_to: is no column"):
        read(path, own, zone="UTC")


def test_scattered_rows_are_refused_by_name_or_brought_together(tmp_path):
    path = put(tmp_path, LIFE)
    whole = list(read(path, zone="UTC"))
    header, *rows = LIFE.splitlines()
    mixed = put(tmp_path, "\n".join([header, rows[0], rows[8], *rows[1:8]]), "mixed.csv")
    with pytest.raises(ScatteredIncident, match="incident INC1 comes back") as error:
        list(read(mixed, zone="UTC"))
    assert (error.value.reference, error.value.line) == ("INC1", 4)
    assert list(read(mixed, zone="UTC", scattered=True)) == whole
    assert list(read(path, zone="UTC", scattered=True)) == whole
    bad = put(tmp_path, log(row(number="")), "bad.csv")
    assert list(read(bad, zone="UTC", scattered=True)) == []


@pytest.mark.parametrize("seed", range(4))
def test_interleaving_the_incidents_of_a_desk_changes_nothing(tmp_path, seed):
    path = tmp_path / "desk.csv"
    with path.open("w", newline="") as out:
        write_servicenow(generate(seed=seed, incidents=60), out)
    header, *rows = path.read_text().splitlines()
    order = sorted(range(len(rows)), key=lambda i: (random.Random(i + seed).random() // 0.25, i))
    by_number: dict[str, list[str]] = {}
    for line in rows:
        by_number.setdefault(line.split(",")[0], []).append(line)
    queues = {number: iter(lines) for number, lines in by_number.items()}
    mixed = [next(queues[rows[i].split(",")[0]]) for i in order]
    other = put(tmp_path, "\n".join([header, *mixed]), "mixed.csv")
    one = {i.reference: i for i in read(path, zone="UTC")}
    two = {i.reference: i for i in read(other, zone="UTC", scattered=True)}
    assert one == two


def test_both_shapes_of_one_desk_say_the_same(tmp_path):
    paths = tmp_path / "log.csv", tmp_path / "table.csv"
    for path, write in zip(paths, (write_servicenow, write_servicenow_table), strict=True):
        with path.open("w", newline="") as out:
            write(generate(seed=3, incidents=400), out)
    one, two = ({i.reference: i.facts for i in read(path, zone="UTC")} for path in paths)
    assert one.keys() == two.keys()
    for reference, facts in one.items():
        other = two[reference]
        for name in ("logged_at", "reassignments", "priority", "group", "category", "reopenings"):
            assert getattr(facts, name) == getattr(other, name), (reference, name)
        if facts.status.raw is None and facts.was_resolved:
            assert facts.resolved_at == other.resolved_at, reference
            assert facts.closed_at == other.closed_at, reference


def test_progress_is_told(tmp_path):
    told = []
    path = put(tmp_path, log(*[row(number=f"I{n}") for n in range(9_000)]))
    list(read(path, zone="UTC", progress=lambda done, total: told.append((done, total))))
    size = path.stat().st_size
    assert len(told) == 3
    assert told[-1] == (size, size)
    told.clear()
    lines = '{"number": "1", "incident_state": "New", "sys_updated_at": "5/1/2026 09:00"}\n' * 5_000
    list(read(put(tmp_path, lines), zone="UTC", progress=lambda *now: told.append(now)))
    assert len(told) == 2


def test_a_reading_can_be_closed_early(tmp_path):
    reading = read(put(tmp_path, LIFE), zone="UTC")
    next(iter(reading))
    reading.close()


def test_detection_takes_the_mapping_that_fits_best():
    both = ("number", "incident_state", "sys_updated_at", "state", "opened_at")
    assert detect(both).name == "servicenow-audit-log"
    assert detect(("number", "state", "opened_at")).name == "servicenow-incident"


def test_a_long_memory_of_instants_and_values_is_bounded(tmp_path, monkeypatch):
    from itilcore.exchange import cells, instants

    monkeypatch.setattr(instants, "_REMEMBERED", 2)
    monkeypatch.setattr(cells, "_REMEMBERED", 2)
    assert facts_of(put(tmp_path, LIFE))[0].resolved_at == utc(6, 12)
    rows = [row(number=f"I{n}", priority=f"{n % 5 + 1}", state=s) for n, s in
            enumerate(["New", "Active", "Resolved", "Closed", "x"])]  # fmt: skip
    assert len(facts_of(put(tmp_path, log(*rows)))) == 5


@pytest.mark.parametrize(
    ("formats", "text"),
    [
        (["%d/%m/%Y %H:%M"], "5/1/2026 9:00"),
        (["%Y-%m-%d %H:%M:%S"], "2026-01-05 09:00:00"),
        (["%H:%M %d.%m.%Y"], "09:00 5.1.2026"),
        (["%H %Y-%m-%d"], "9 2026-01-05"),
        (["%d %b %Y %H:%M"], "5 Jan 2026 09:00"),
        (["%d/%m/%y %H"], "5/1/26 9"),
        (["iso"], "2026-01-05T09:00"),
        (["epoch_s"], "1767603600"),
        (["epoch_ms"], "1767603600000"),
        (["epoch_s", "iso"], "2026-01-05 09:00"),
    ],
)
def test_formats_of_time(formats, text):
    from itilcore.exchange.instants import InstantReader, UnreadableInstant

    reader = InstantReader(formats, "UTC")
    assert reader.read(text) == utc(5, 9)
    assert reader.read(f" {text}") == utc(5, 9)
    for bad in ("", "x", "99/99/2026 99:99", "9999-99-99 99:99:99", "99:99 99.99.2026", "1e999"):
        assert isinstance(reader.read(bad), UnreadableInstant)


def test_local_times_mean_the_first_of_two_and_skip_the_gap():
    from itilcore.exchange.instants import InstantReader

    reader = InstantReader(["iso"], "Europe/Berlin")
    assert reader.read("2026-10-25T02:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert reader.read("2026-03-29T02:30") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert reader.read("2026-03-29T02:30+02:00") - utc(1, 0) > timedelta(days=80)
