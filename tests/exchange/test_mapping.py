"""Mappings: every defect at once, and what each key does."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from importlib import resources

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from itilcore.classification import Category, TicketKind
from itilcore.errors import InvalidMapping
from itilcore.exchange import ExportMapping, builtin_names, read
from itilcore.incident import Classified, HoldReason, Phase, Status
from itilcore.priority import Impact

from .exports import put

BASE = {
    "shape": "updates",
    "columns": {"reference": "id", "at": "t", "status": "s", "group": "g", "assignee": "a"},
    "values": {"status": {"new": "NEW", "doing": "IN_PROGRESS", "done": "RESOLVED"}},
}


def mapping(**more):
    content = {key: dict(v) if isinstance(v, dict) else v for key, v in BASE.items()}
    for key, value in more.items():
        content[key] = {**content.get(key, {}), **value} if isinstance(value, dict) else value
    return ExportMapping.from_mapping(content, "mine")


def raw(name):
    text = (resources.files("itilcore.exchange") / "mappings" / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def rows(tmp_path, text, **more):
    return list(read(put(tmp_path, text), mapping(**more)))


def defects(content):
    with pytest.raises(InvalidMapping) as error:
        ExportMapping.from_mapping(content, "bad")
    return {defect.path: defect.problem for defect in error.value.defects}


def test_every_defect_is_told_at_once():
    found = defects(
        {
            "shape": "rows",
            "missing": 3,
            "tme": {},
            "time": {"formats": [], "zone": "Mars/Olympus", "zones": 1},
            "columns": {"reference": 1, "stauts": "x", "title": {"first": ["a"]}},
            "values": {
                "status": {
                    "a": "RESOLVD",
                    "b": {"status": "X", "phase": "sleeping"},
                    "c": {"status": "", "phase": "waiting"},
                    "d": {"status": "ON_HOLD", "reason": 3},
                    "e": {"status": {"x": 1}},
                    "f": 7,
                },
                "kind": {"a": "INCIDENT", "b": "thing"},
                "priority": {"a": "P9", "b": {"name": "P0", "rank": 0}},
                "hold_reason": {"a": " "},
                "colour": {},
            },
            "derive": {
                "resolved": {"enter": ["RESOLVED"]},
                "acknowledged": {"first_known": "assignee", "column": "x"},
                "closed": "yes",
                "tier": {"suffix_of": "team", "values": {"2nd": "two"}, "otherwise": "one"},
                "reassignments": {"changes": "group"},
                "reopend": {"count": "x"},
            },
        }
    )
    assert set(found) == {
        "shape",
        "missing",
        "tme",
        "time.formats",
        "time.zone",
        "time.zones",
        "columns.reference",
        "columns.stauts",
        "columns.title.first",
        "columns.title.first_of",
        "values.status.a",
        "values.status.b.phase",
        "values.status.c.status",
        "values.status.d.reason",
        "values.status.f",
        "values.kind.b",
        "values.priority.a",
        "values.priority.b",
        "values.hold_reason.a",
        "values.colour",
        "derive.resolved.enter",
        "derive.resolved",
        "derive.acknowledged",
        "derive.closed",
        "derive.tier.suffix_of",
        "derive.tier.values",
        "derive.tier.otherwise",
        "derive.reassignments.changes",
        "derive.reopend",
    }
    assert "did you mean 'status'" in found["columns.stauts"]
    assert "did you mean 'RESOLVED'" in found["values.status.a"]


def test_tables_that_are_none_and_missing_keys():
    found = defects({"shape": "incidents", "columns": 3, "values": {"status": 3}, "time": 1})
    assert set(found) == {"columns", "columns.reference", "columns.logged_at", "status", "time"}
    assert defects({"shape": "updates", "time": {"zone": 3}})["time.zone"] == (
        "is 3, not the name of a zone"
    )


def test_rules_that_need_a_trail_are_refused_for_a_table():
    found = defects(
        {
            "shape": "incidents",
            "columns": {"reference": "id", "logged_at": "t", "assignee": "a"},
            "derive": {"resolved": {"enters": ["RESOLVED"]}},
        }
    )
    assert "one row per update" in found["derive.resolved.enters"]


def test_statuses_that_a_rule_names_must_be_there():
    found = defects({**BASE, "derive": {"resolved": {"enters": ["RESOLVD"]}}})
    assert "did you mean 'RESOLVED'" in found["derive.resolved.enters"]
    own = {"status": {"fixed": {"status": "FIXED", "phase": "resolved"}}}
    assert mapping(values=own, derive={"resolved": {"enters": ["FIXED"]}})


def test_text_that_is_no_toml_a_missing_file_and_a_wrong_base(tmp_path):
    with pytest.raises(InvalidMapping, match="is not TOML"):
        ExportMapping.from_toml("shape =")
    with pytest.raises(InvalidMapping, match="of the built-in mappings there are .*glpi"):
        ExportMapping.load(tmp_path / "missing.toml")
    with pytest.raises(InvalidMapping, match="is no built-in mapping"):
        ExportMapping.from_mapping({"extends": "jiro"})
    with pytest.raises(InvalidMapping, match="is no built-in mapping"):
        ExportMapping.builtin("jiro")


def test_levels_are_named_or_made_and_tiers_are_read(tmp_path):
    text = (
        "id,t,p,g,n\n1,2026-01-05T09:00Z,urgent,Net 2nd,2.0\n2,2026-01-05T09:00Z,odd,,many\n"
        "3,2026-01-05T09:00Z,custom,Desk,-1\n4,2026-01-05T09:00Z,,Desk,\n"
    )
    found = ExportMapping.from_mapping(
        {
            "shape": "incidents",
            "time": {"formats": ["iso"], "zone": "Europe/London"},
            "columns": {"reference": "id", "logged_at": "t", "priority": "p", "group": "g"},
            "values": {"priority": {"urgent": "P1", "custom": {"name": "P7", "rank": 7}}},
            "derive": {
                "tier": {"suffix_of": "group", "values": {"2nd": 2}, "otherwise": 1},
                "reassignments": {"count": "n"},
            },
        }
    )
    rows = [incident.facts for incident in read(put(tmp_path, text), found)]
    one, _, three, _ = rows
    assert [facts.tier for facts in rows] == [2, None, 1, 1]
    assert [facts.reassignments for facts in rows] == [2, None, None, None]
    assert [str(facts.priority) for facts in (one, three)] == ["P1", "P7"]


def test_a_mapping_that_claims_nothing(tmp_path):
    found = ExportMapping.from_mapping(
        {"shape": "incidents", "columns": {"reference": "id", "logged_at": "t"}}
    )
    (one,) = read(put(tmp_path, "id,t\n1,2026-01-05T09:00Z\n"), found)
    assert one.facts.reassignments is None


def test_a_category_that_changes_is_classified_again(tmp_path):
    text = "id,t,s,c\n1,2026-01-05T09:00Z,new,Mail\n1,2026-01-05T10:00Z,new,VPN\n"
    columns = {"reference": "id", "at": "t", "status": "s", "category": "c"}
    found = ExportMapping.from_mapping({"shape": "updates", "columns": columns})
    (one,) = read(put(tmp_path, text), found)
    assert one.timeline.events[-1] == Classified(
        datetime(2026, 1, 5, 10, tzinfo=UTC), category=Category("VPN")
    )
    assert one.facts.category == Category("VPN")


def test_a_configuration_item_comes_changes_and_goes(tmp_path):
    text = (
        "id,t,s,ci\n1,2026-01-05T09:00Z,new,db1\n1,2026-01-05T10:00Z,new,db2\n"
        "1,2026-01-05T11:00Z,new,\n1,2026-01-05T12:00Z,new,db3\n2,2026-01-05T09:00Z,new,\n"
    )
    columns = {"reference": "id", "at": "t", "status": "s", "configuration_item": "ci"}
    found = ExportMapping.from_mapping({"shape": "updates", "columns": columns})
    one, two = read(put(tmp_path, text), found)
    items = [one.as_of(event.at).configuration_item for event in one.timeline[2:]]
    assert items == ["db1", "db2", None, "db3"]
    assert two.configuration_item is None
    columns = {"reference": "id", "logged_at": "t", "status": "s", "configuration_item": "ci"}
    found = ExportMapping.from_mapping({"shape": "incidents", "columns": columns})
    text = "id,t,s,ci\n1,2026-01-05T09:00Z,new,db1\n2,2026-01-05T10:00Z,new,\n"
    one, two = read(put(tmp_path, text), found)
    assert (one.facts.configuration_item, two.facts.configuration_item) == ("db1", None)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("servicenow-audit-log", "cmdb_ci"),
        ("servicenow-incident", "cmdb_ci"),
        ("glpi", "items_id"),
        ("jira", "Affected asset"),
        ("generic", "asset"),
    ],
)
def test_where_exports_have_the_configuration_item(name, column):
    assert column in ExportMapping.builtin(name).column("configuration_item").names


def test_a_file_and_a_name_load(tmp_path):
    path = put(tmp_path, 'extends = "servicenow-audit-log"\nmissing = []\n', "mine.toml")
    assert ExportMapping.load(path).missing == ("",)
    for name in builtin_names():
        assert ExportMapping.load(name).name == name


def test_statuses_of_ones_own_reasons_and_joined_columns(tmp_path):
    text = "id,t,s,u\n1,2026-01-05T09:00Z,Accepted,Wait\n1,2026-01-05T10:00Z,Accepted,Go\n"
    found = ExportMapping.from_mapping(
        {
            "shape": "updates",
            "columns": {"reference": "id", "at": "t", "status": ["s", "u"]},
            "values": {
                "status": {
                    "Accepted/Wait": {"status": "PARKED", "phase": "waiting", "reason": "LEGAL"},
                    "Accepted/Go": {"status": "ON_HOLD", "reason": "AWAITING_VENDOR"},
                }
            },
        }
    )
    (incident,) = read(put(tmp_path, text), found)
    assert incident.as_of(datetime(2026, 1, 5, 9, tzinfo=UTC)).status == Status(
        "PARKED", Phase.WAITING
    )
    assert incident.hold_reason == HoldReason.AWAITING_VENDOR
    assert incident.facts.waiting_seconds == 3600


def test_hold_reasons_of_a_column_first_of_kinds_and_levels(tmp_path):
    text = (
        "id,t,s,h,x,y,k,i,c,d\n"
        "1,2026-01-05T09:00Z,wait,lawyers,,B,inc,big,Net,VPN > x\n"
        "2,2026-01-05T09:00Z,wait,4,A,B,req,2,,VPN\n"
        "3,2026-01-05T09:00Z,,,,,odd,none,Net,\n"
    )
    found = ExportMapping.from_mapping(
        {
            "shape": "updates",
            "columns": {
                "reference": "id",
                "at": "t",
                "status": "s",
                "hold_reason": "h",
                "service": {"first_of": ["x", "y"]},
                "kind": "k",
                "impact": "i",
                "category": ["c", "d"],
            },
            "values": {
                "status": {"wait": "ON_HOLD"},
                "hold_reason": {"4": "AWAITING_VENDOR"},
                "kind": {"inc": "INCIDENT", "req": "SERVICE_REQUEST"},
                "impact": {"big": {"name": "Extensive", "rank": 1}},
            },
        }
    )
    one, two, three = read(put(tmp_path, text), found)
    assert (one.hold_reason, two.hold_reason) == (HoldReason("lawyers"), HoldReason.AWAITING_VENDOR)
    assert (one.service, two.service, three.service) == ("B", "A", None)
    assert (one.kind, two.kind, three.kind) == (
        TicketKind.INCIDENT,
        TicketKind.SERVICE_REQUEST,
        None,
    )
    assert (one.impact, two.impact, three.impact) == (Impact("Extensive", 1), Impact.MEDIUM, None)
    assert one.category == Category("Net", "VPN / x")
    assert (two.category, three.category) == (None, Category("Net"))
    assert three.status is None


TRAIL = """id,t,s,g,a,x,n
1,2026-01-05T09:00Z,new,Desk 1st,,2026-01-05T08:00Z,2
1,2026-01-05T09:30Z,doing,Net 2nd,,2026-01-05T08:00Z,2
1,2026-01-05T09:40Z,doing,Net 2nd,ada,2026-01-05T08:00Z,3
1,2026-01-05T10:00Z,done,Net 2nd,ada,2026-01-05T08:00Z,x
"""


@pytest.mark.parametrize(
    ("rule", "minute"),
    [
        ({"first_known": "assignee"}, 40),
        ({"first_known": "group"}, 0),
        ({"enters": ["IN_PROGRESS"]}, 30),
        ({"enters": ["NEW"]}, 0),
    ],
)
def test_how_acknowledgement_is_known(tmp_path, rule, minute):
    (incident,) = rows(tmp_path, TRAIL, derive={"acknowledged": rule})
    assert incident.facts.acknowledged_at == datetime(2026, 1, 5, 9, minute, tzinfo=UTC)


def test_moments_and_counts_from_columns(tmp_path):
    reading = read(
        put(tmp_path, TRAIL),
        mapping(
            derive={
                "acknowledged": {"column": "t"},
                "impact_started": {"column": "x"},
                "detected": {"column": "x"},
                "closed": {"column": "n"},
                "interactions": {"count": "n"},
                "hand_offs": {"count": "n"},
                "reopened": {"count": "n"},
                "resolved": {"column": "t"},
                "reassignments": {"changes": "group"},
                "tier": {"suffix_of": "group", "values": {"2nd": 2}, "otherwise": 1},
            }
        ),
    )
    (incident,) = reading
    facts = incident.facts
    eight = datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert (facts.impact_started_at, facts.detected_at) == (eight, eight)
    assert (facts.resolved_at, facts.resolved_by) == (datetime(2026, 1, 5, 10, tzinfo=UTC), "claim")
    assert (facts.interactions, facts.hand_offs, facts.reopenings) == (None, None, None)
    assert (facts.reassignments, facts.resolved_tier) == (1, 2)
    assert reading.unmapped["n"]["x"] > 0
    first = incident.as_of(datetime(2026, 1, 5, 9, 10, tzinfo=UTC)).facts
    assert (first.interactions, first.tier, first.resolved_at) == (2, 1, None)


def test_what_no_rule_names_is_unknown(tmp_path):
    (incident,) = rows(tmp_path, TRAIL)
    facts = incident.facts
    assert (facts.resolved_at, facts.acknowledged_at, facts.acknowledgement_known) == (
        None,
        None,
        False,
    )
    assert (facts.interactions, facts.reassignments, facts.hand_offs) == (None, None, None)
    assert facts.reopenings == 0


def test_a_status_other_than_resolved_may_be_the_resolution(tmp_path):
    text = "id,t,s\n1,2026-01-05T09:00Z,new\n1,2026-01-05T10:00Z,done\n1,2026-01-05T11:00Z,over\n"
    values = {"status": {"new": "NEW", "done": "RESOLVED", "over": "CLOSED"}}
    columns = {"reference": "id", "at": "t", "status": "s"}
    content = {"shape": "updates", "columns": columns, "values": values}
    found = ExportMapping.from_mapping({**content, "derive": {"resolved": {"enters": ["CLOSED"]}}})
    (incident,) = read(put(tmp_path, text), found)
    assert incident.facts.resolved_at == datetime(2026, 1, 5, 11, tzinfo=UTC)


def test_tier_from_a_column_actors_and_recording(tmp_path):
    text = (
        "id,t,r,w,n,s\n"
        "1,2026-01-05T09:00Z,2026-01-05T09:05Z,ada,1,new\n"
        "1,2026-01-05T10:00Z,,bob,2,new\n"
        "1,2026-01-05T10:30Z,,bob,2,\n"
        "1,2026-01-05T11:00Z,,bob,2,new\n"
    )
    found = ExportMapping.from_mapping(
        {
            "shape": "updates",
            "columns": {
                "reference": "id",
                "at": "t",
                "recorded_at": "r",
                "actor": "w",
                "status": "s",
            },
            "values": {"status": {"new": "NEW"}},
            "derive": {"tier": {"column": "n"}},
        }
    )
    (incident,) = read(put(tmp_path, text), found)
    assert incident.facts.tier == 2
    assert incident.timeline[0].recorded_at == datetime(2026, 1, 5, 9, 5, tzinfo=UTC)
    assert {event.by.identifier for event in incident.timeline if event.by} == {"ada", "bob"}


def test_a_table_of_incidents(tmp_path):
    text = (
        "id,o,at,r,s\n1,2026-01-05T09:00Z,2026-01-09T09:00Z,2026-01-06T09:00Z,done\n"
        "1,2026-01-05T09:00Z,,,new\n2,2026-01-05T09:00Z,,,-100\n3,soon,,,new\n"
    )
    content = {
        "shape": "incidents",
        "columns": {
            "reference": "id",
            "logged_at": {"first_of": ["o", "r"]},
            "at": "at",
            "status": "s",
        },
        "values": {"status": {"new": "NEW", "done": "RESOLVED"}},
        "derive": {"resolved": {"column": "r"}},
    }
    reading = read(put(tmp_path, text), ExportMapping.from_mapping(content))
    one, two = list(reading)
    assert one.facts.last_event_at == datetime(2026, 1, 9, 9, tzinfo=UTC)
    assert one.facts.resolved_at == datetime(2026, 1, 6, 9, tzinfo=UTC)
    assert reading.unmapped == {"status": {"-100": 1}}
    assert two.facts.reopenings is None
    assert [r.reason.split(":")[0] for r in reading.rejected] == [
        "is a second row of this incident, and the shape is one row each",
        "is no time in the format iso",
    ]


def places(content, path=()):
    """Every key of a mapping that is one of ours, with where it stands."""
    for key, value in content.items():
        if path[:1] != ("values",) or len(path) < 2:
            yield (*path, key)
        if isinstance(value, dict) and path[:1] != ("values",):
            yield from places(value, (*path, key))


KEYS = sorted({(name, place) for name in builtin_names() for place in places(raw(name))})


@given(st.sampled_from(KEYS), st.data())
def test_a_key_with_one_wrong_letter_is_led_to_the_right_one(which, data):
    name, place = which
    content = raw(name)
    *above, key = place
    inner = content
    for part in above:
        inner = inner[part]
    spot = data.draw(st.integers(0, len(key) - 1))
    wrong = key[:spot] + data.draw(st.sampled_from("qx")) + key[spot + 1 :]
    assume(wrong not in inner and len(key) > 3)
    inner[wrong] = inner.pop(key)
    found = defects(content)
    path = ".".join([*above, wrong])
    assert path in found, found
    assert f"did you mean {key!r}?" in found[path] or key in found[path]


@pytest.mark.parametrize(
    ("content", "path", "words"),
    [
        ({"shape": "update"}, "shape", "did you mean 'updates'?"),
        ({}, "shape", "is missing; there are updates, incidents"),
        ({"documents": "jiro"}, "documents", "is 'jiro'"),
        ({"time": {"zone": "Europe/Londn"}}, "time.zone", "did you mean 'Europe/London'?"),
        ({"values": {"status": {"a": "RESOLVD"}}}, "values.status.a", "did you mean 'RESOLVED'?"),
        (
            {"values": {"status": {"a": {"status": "X", "phase": "wating"}}}},
            "values.status.a.phase",
            "did you mean 'waiting'?",
        ),
        ({"values": {"kind": {"a": "INCIDNT"}}}, "values.kind.a", "did you mean 'INCIDENT'?"),
        ({"values": {"impact": {"a": "hihg"}}}, "values.impact.a", "did you mean 'HIGH'?"),
        (
            {"derive": {"acknowledged": {"first_known": "asignee"}}},
            "derive.acknowledged.first_known",
            "did you mean 'assignee'?",
        ),
        (
            {"derive": {"acknowledged": {"first_known": "group"}}},
            "derive.acknowledged.first_known",
            "[columns] must map it",
        ),
        (
            {"derive": {"resolved": {"enters": ["RESLVED"]}}},
            "derive.resolved.enters",
            "did you mean 'RESOLVED'?",
        ),
    ],
)
def test_a_wrong_value_is_led_to_the_right_one(content, path, words):
    assert words in defects(content)[path]


def test_a_wrong_name_is_led_to_the_right_one():
    with pytest.raises(InvalidMapping, match="did you mean 'servicenow-incident'"):
        ExportMapping.builtin("servicenow-incidents")
    with pytest.raises(InvalidMapping, match="did you mean 'servicenow-incident'"):
        ExportMapping.from_mapping({"extends": "servicenow-incidents"})
