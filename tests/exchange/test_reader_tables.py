"""Exports with one row per ticket: GLPI, Frappe Helpdesk and spreadsheets of one's own."""

from __future__ import annotations

import io
import json

import pytest

from itilcore.errors import InvalidInput, InvalidMapping
from itilcore.exchange import ExportMapping, read
from itilcore.sample import (
    write_frappe,
    write_frappe_list,
    write_glpi,
    write_glpi_list,
    write_servicenow,
    write_servicenow_table,
    write_spreadsheet,
)

from .exports import put
from .same_figures import HISTORIES, differing, figures, written

CASES = {
    "glpi": (write_glpi, "tickets.json", "glpi"),
    "glpi list": (write_glpi_list, "tickets.csv", "glpi-list"),
    "frappe": (write_frappe, "tickets.json", "frappe-helpdesk"),
    "frappe list": (write_frappe_list, "tickets.csv", "frappe-helpdesk"),
    "spreadsheet": (write_spreadsheet, "tickets.csv", "generic"),
}


END = max(history.steps[-1].at for history in HISTORIES)
# What these tools do not say: how often a ticket was reopened or went to another group.
SILENT = {
    "FCR_PROXY",
    "FCR_PROXY_OF_ALL",
    "MISROUTED",
    "NEVER_REASSIGNED",
    "PING_PONG",
    "REASSIGNMENTS",
    "REOPENED_OF_ALL",
    "REOPENINGS",
    "REOPEN_RATE",
    "REOPEN_RATE_WITHIN_7_DAYS",
    "TRANSFERRED_OFTEN",
}
# What they say and ServiceNow's incident table does not; its audit log does.
ACKNOWLEDGED = {"MTTA", "ACKNOWLEDGEMENT_SHARE"}


@pytest.mark.parametrize("name", CASES)
def test_the_figures_are_those_of_the_incident_table(tmp_path, name):
    write, file, mapping = CASES[name]
    path = written(tmp_path, write, file)
    assert detected(path) == mapping
    # Frappe tells no closing, so its last event is not the desk's: all are measured at one.
    ours = figures(path, END)
    table = figures(written(tmp_path, write_servicenow_table, "table.csv"), END)
    log = figures(written(tmp_path, write_servicenow, "log.csv"), END)
    silent = set() if name == "spreadsheet" else SILENT
    if "frappe" in name:
        silent = silent | {"DETECTION_SOURCES"}
    assert differing(ours, table) == silent | ACKNOWLEDGED
    assert all(ours[metric]["n"] == 0 for metric in silent)
    assert 500 < ours["MTTR"]["n"] < 600
    for figure in ("mean", "median", "p90"):
        assert ours["MTTA"][figure] == log["MTTA"][figure]
        for priority, group in ours["MTTA"]["by"].items():
            assert group[figure] == log["MTTA"]["by"][priority][figure]


def test_columns_are_found_in_any_case_and_one_of_several_is_enough(tmp_path):
    text = "TICKET_ID;opened;STATE;Prio\n1;2026-01-05T09:00Z;in PROGRESS;urgent\n"
    (one,) = read(put(tmp_path, text))
    assert (one.reference, str(one.facts.status), str(one.facts.priority)) == (
        "1",
        "IN_PROGRESS",
        "P1",
    )


def test_a_mapping_of_ones_own_may_try_several_columns(tmp_path):
    mapping = {
        "shape": "incidents",
        "columns": {"reference": {"first_of": ["id", "nr"]}, "logged_at": "t"},
        "derive": {"resolved": {"column": ["fixed", "done"]}, "reopened": {"count": ["a", "b"]}},
    }
    text = (
        "nr,t,fixed,done,a,b\n"
        "1,2026-01-05T09:00Z,,2026-01-05T10:00Z,,2\n"
        "2,2026-01-05T09:00Z,,,,\n"
        "3,2026-01-05T09:00Z,2026-01-05T09:30Z,2026-01-05T10:00Z,1,2\n"
    )
    rows = [
        incident.facts
        for incident in read(put(tmp_path, text), ExportMapping.from_mapping(mapping))
    ]
    assert [None if f.resolved_at is None else f.resolved_at.hour for f in rows] == [10, None, 9]
    assert [facts.reopenings for facts in rows] == [2, None, 1]
    with pytest.raises(InvalidMapping) as error:
        read(put(tmp_path, "number,t\n1,2026-01-05T09:00Z\n"), ExportMapping.from_mapping(mapping))
    assert [str(defect) for defect in error.value.defects] == [
        "a: is no column of export.csv, nor is any of b",
        "fixed: is no column of export.csv, nor is any of done",
        "id: is no column of export.csv, nor is any of nr",
    ]


def test_texts_that_differ_in_case_alone_are_kept_apart(tmp_path):
    mapping = ExportMapping.from_mapping(
        {
            "shape": "incidents",
            "columns": {"reference": "id", "logged_at": "t", "status": "s"},
            "values": {"status": {"Open": "NEW", "OPEN": "IN_PROGRESS", "Done": "RESOLVED"}},
        }
    )
    text = "id,t,s\n" + "".join(
        f"{n},2026-01-05T09:00Z,{s}\n" for n, s in enumerate(["Open", "OPEN", "open", "DONE"])
    )
    found = [str(incident.facts.status) for incident in read(put(tmp_path, text), mapping)]
    assert found == ["NEW", "IN_PROGRESS", "UNKNOWN(open)", "RESOLVED"]


@pytest.mark.parametrize("write", [write_glpi, write_frappe])
def test_a_desk_without_tickets_is_an_empty_export(write):
    out = io.StringIO()
    write([], out)
    assert json.loads(out.getvalue()) in ([], {"data": []})


def detected(path):
    reading = read(path, zone="UTC")
    reading.close()
    return reading.mapping.name


@pytest.mark.parametrize("name", CASES)
def test_times_without_a_zone_are_refused(tmp_path, name):
    write, file, _ = CASES[name]
    path = written(tmp_path, write, file)
    if name == "spreadsheet":
        # Its times may carry an offset: each row is asked.
        reading = read(path)
        assert list(reading) == []
        assert "zone" in reading.rejected[0].reason
    else:
        with pytest.raises(InvalidInput, match="zone"):
            read(path)
