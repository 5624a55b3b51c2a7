"""Alerts of Alertmanager: what is read, what is refused, and what a desk is given."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.desk import from_alert
from itilcore.errors import InvalidInput
from itilcore.intake.alert_draft import AlertDraft, AlertRules, AlertSeverity, AlertStatus
from itilcore.intake.alerts import read_alertmanager, read_alertmanager_batch
from itilcore.priority import Impact, Urgency

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def defects(make: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        make()
    return [str(each) for each in caught.value.defects]


def alert(**parts: Any) -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": {"alertname": "DiskFull"},
        "annotations": {},
        "startsAt": "2026-01-05T09:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "",
        "fingerprint": "c1",
        **parts,
    }


def payload(*alerts: Any, **parts: Any) -> dict[str, Any]:
    return {
        "version": "4",
        "status": "firing",
        "externalURL": "http://am.example",
        "alerts": list(alerts),
        **parts,
    }


def one(**parts: Any) -> AlertDraft:
    (draft,) = read_alertmanager(payload(alert(**parts)))
    return draft


def told(posted: Any) -> int:
    """How many characters are told about what is refused; none of what is read."""
    try:
        read_alertmanager(posted)
    except InvalidInput as error:
        return len(str(error))
    return 0


texts = st.text(max_size=20)
names = st.text("abc_", min_size=1, max_size=5)
instants = st.datetimes(
    datetime(1900, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.sampled_from(
        [UTC, timezone(timedelta(hours=-5)), timezone(timedelta(minutes=345))]
    ),
)


@st.composite
def alerts(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """An alert as it is posted, and what a reader has to find in it."""
    starts = draw(instants)
    lasted = draw(st.none() | st.timedeltas(timedelta(), timedelta(days=9)))
    severity = draw(st.sampled_from([None, "critical", "Warning", "odd"]))
    service = draw(st.none() | st.sampled_from(["db", "web"]))
    labels = {f"x{name}": text for name, text in draw(st.dictionaries(names, texts)).items()}
    labels |= {key: value for key, value in (("severity", severity), ("service", service)) if value}
    ends = "0001-01-01T00:00:00Z" if lasted is None else (starts + lasted).isoformat()
    status = "firing" if lasted is None else "resolved"
    posted = alert(
        status=status,
        labels=labels,
        startsAt=starts.isoformat().replace("+00:00", "Z"),
        endsAt=ends,
        annotations={"summary": "Full"},
    )
    levels = {"critical": ("HIGH", "HIGH"), "Warning": ("MEDIUM", "MEDIUM")}.get(
        severity, (None, None)
    )
    wanted = {
        "status": status,
        "labels": labels,
        "service": service,
        "starts": starts,
        "ends": None if lasted is None else starts + lasted,
        "levels": levels,
    }
    return posted, wanted


@given(st.lists(alerts(), max_size=2))
def test_what_was_posted_is_what_is_read(made):
    posted = payload(*(each | {"fingerprint": f"f{n}"} for n, (each, _) in enumerate(made)))
    drafts = read_alertmanager(json.dumps(posted).encode())
    assert drafts == read_alertmanager(posted)
    assert [draft.fingerprint for draft in drafts] == [f"f{n}" for n in range(len(made))]
    for draft, (_, wanted) in zip(drafts, made, strict=True):
        assert (draft.status.value, dict(draft.labels), draft.service) == (
            wanted["status"],
            wanted["labels"],
            wanted["service"],
        )
        assert (draft.starts_at, draft.ends_at) == (wanted["starts"], wanted["ends"])
        assert (
            tuple(level and level.name for level in (draft.impact, draft.urgency))
            == wanted["levels"]
        )
        log = from_alert("INC1", datetime(2101, 1, 1, tzinfo=UTC), **draft.details)
        assert (log.title, log.service, log.impact, log.urgency) == (
            "Full",
            draft.service,
            draft.impact,
            draft.urgency,
        )
        assert log.impact_started_at == log.detected_at == draft.starts_at


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "status",
                        "labels",
                        "annotations",
                        "startsAt",
                        "endsAt",
                        "fingerprint",
                        "generatorURL",
                        "x",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_whatever_is_posted_is_read_or_told(value):
    for posted in (
        value,
        payload(value),
        payload(alert(labels=value)),
        payload(alert(startsAt=value)),
        payload(alert(), alerts=value),
    ):
        assert told(posted) < 100_000


@given(st.binary(max_size=40))
def test_bytes_are_read_or_told(raw):
    assert defects(lambda: read_alertmanager(raw))


def test_titles_texts_and_links():
    draft = one(
        labels={"alertname": "X", "job": " node\n"},
        annotations={
            "summary": " Disk\x00 of\n db1 ",
            "description": "\x1b[31mFull\ttoday\nyes\x00",
            "runbook_url": "https://wiki.example/a",
            "_url": "http://u.example",
            "bad_url": "javascript:alert(1)",
            "odd_url": "http://a b",
        },
        generatorURL="http://prom.example/graph?g0=1",
    )
    assert (draft.title, draft.text, draft.service) == (
        "Disk of db1",
        "[31mFull\ttoday\nyes",
        "node",
    )
    assert draft.links == (
        ("_url", "http://u.example"),
        ("alertmanager", "http://am.example"),
        ("generator", "http://prom.example/graph?g0=1"),
        ("runbook", "https://wiki.example/a"),
    )
    assert draft.details["text"].startswith(
        "[31mFull\ttoday\nyes\n\n_url: http://u.example\nalertmanager: "
    )
    assert one(annotations={"message": "\n\nFirst\nSecond"}).title == "First"
    assert one(annotations={"summary": "\x00"}).title == "DiskFull"
    assert one(labels={}).title == "alert c1"
    long = one(annotations={"summary": "x" * 501}).title
    assert one(annotations={"summary": " " * 9_000 + "a" + " " * 9_000 + "b"}).title == "a [cut]"
    assert len(long) == 500 and long.endswith("x [cut]")
    bare = read_alertmanager(
        {
            "version": "4",
            "status": "resolved",
            "alerts": [
                {
                    "status": "firing",
                    "labels": {},
                    "startsAt": "2026-01-05T09:00:00Z",
                    "fingerprint": "f",
                }
            ],
        }
    )
    assert bare[0].details["text"] is None and bare[0].ends_at is None


@pytest.mark.parametrize("text", ["😀", "שלום \u202eabc", "\ud800", "a\u200db"])
def test_texts_of_any_kind_stay_readable(text):
    draft = one(annotations={"summary": f"x{text}", "description": text}, labels={"l": text})
    assert dict(draft.labels)["l"] == text
    draft.title.encode()


@pytest.mark.parametrize(
    ("given_text", "found"),
    [
        ("2026-01-05T09:00:00.123456789Z", AT.replace(microsecond=123456)),
        ("2026-01-05T10:00:00+01:00", AT),
        ("2026-01-05T08:59:60Z", None), ("2026-01-05", None), ("20260105T090000Z", None),
        ("2026-01-05T09:00:00", None), ("9999-12-31T23:59:59-01:00", None), ("2026-13-05T09:00:00Z", None),
        ("٢٠٢٦-01-05T09:00:00Z", None), ("0001-01-01T00:00:00+05:00", None), ("x" * 100, None), (5, None), ([], None),
    ],
)  # fmt: skip
def test_instants(given_text, found):
    if found is None:
        assert len(defects(lambda: one(startsAt=given_text))) == 1
    else:
        assert one(startsAt=given_text).starts_at == found


def test_the_year_1_ends_nothing():
    assert one(endsAt="0001-01-01T00:00:00+05:00").ends_at is None


def test_every_defect_is_told_at_once_with_its_path():
    posted = payload(
        7,
        alert(status="broken", labels=[], annotations={"a": 5, 6: "b", "c" * 201: "x"}, fingerprint=" ", generatorURL=4, startsAt="0001-01-01T00:00:00Z", endsAt=None),
        alert(endsAt="2026-01-05T08:00:00Z", fingerprint=None),
        alert(), alert(),
        alert(fingerprint="a\x00", labels={str(n): "x" for n in range(201)}, annotations={"t": "x" * 20_001}),
        status=None, externalURL=3.5,
    )  # fmt: skip
    assert defects(lambda: read_alertmanager(posted)) == [
        "status: is None: it must be 'firing' or 'resolved'",
        "externalURL: is 3.5: it must be a text",
        "alerts[0]: is of int: it must be an object",
        "alerts[1].status: is 'broken': it must be 'firing' or 'resolved'",
        "alerts[1].labels: is of list: it must be an object",
        "alerts[1].annotations.a: is of int: it must be a text",
        "alerts[1].annotations name 1: is of int: it must be a text",
        "alerts[1].annotations name 2: has 201 characters: at most 200 are read",
        "alerts[1].fingerprint: is blank or has control characters",
        "alerts[1].generatorURL: is of int: it must be a text",
        "alerts[1].startsAt: is the year 1, which stands for none",
        "alerts[1].endsAt: is None: it must be an instant as in RFC 3339",
        "alerts[2].fingerprint: is None: it must be a text",
        "alerts[2].endsAt: is before startsAt",
        "alerts[4].fingerprint: is that of alerts[3] as well",
        "alerts[5].labels: has 201 entries: at most 200 are read",
        "alerts[5].annotations.t: has 20,001 characters: at most 20,000 are read",
        "alerts[5].fingerprint: is blank or has control characters",
    ]


def test_one_bad_alert_costs_no_good_one():
    posted = payload(
        alert(fingerprint="a"),
        alert(fingerprint="b", startsAt="nine"),
        alert(fingerprint="c", labels={"x": "y" * 20_001}),
        alert(fingerprint="a", status="resolved"),
        alert(fingerprint="d", endsAt="2026-01-05T08:00:00Z"),
        None,
        alert(fingerprint="e"),
    )
    batch = read_alertmanager_batch(json.dumps(posted).encode())
    assert batch.drafts == read_alertmanager(payload(posted["alerts"][0], posted["alerts"][6]))
    assert [each.path for each in batch.defects] == [
        "alerts[1].startsAt",
        "alerts[2].labels.x",
        "alerts[3].fingerprint",
        "alerts[4].endsAt",
        "alerts[5]",
    ]
    assert list(map(str, batch.defects)) == defects(lambda: read_alertmanager(posted))


@given(st.lists(alerts(), max_size=2))
def test_where_all_is_well_the_batch_is_all_of_it(made):
    posted = payload(*(each | {"fingerprint": f"f{n}"} for n, (each, _) in enumerate(made)))
    batch = read_alertmanager_batch(posted)
    assert (batch.drafts, batch.defects) == (read_alertmanager(posted), ())


@pytest.mark.parametrize(
    "parts",
    [
        {"status": "odd"},
        {"externalURL": 5},
        {"alerts": None},
        {"alerts": [7] * 1_001},
        {"version": "5"},
    ],
)
def test_what_is_wrong_with_the_whole_is_refused_in_a_batch_too(parts):
    (told,) = defects(lambda: read_alertmanager_batch(payload(alert(), **parts)))
    assert told.startswith(next(iter(parts)))


@pytest.mark.parametrize("version", [None, "3", 4, "5", [], "4" * 1_000])
def test_an_unknown_version_is_refused_alone(version):
    (told,) = defects(lambda: read_alertmanager({"version": version, "alerts": 5}))
    assert (
        told.startswith("version: is ")
        and told.endswith(": only version '4' is read")
        and len(told) < 120
    )


def test_what_is_no_payload_or_too_big_is_refused():
    read: Any = read_alertmanager
    assert defects(lambda: read("{}")) == ["is of str: give the bytes, or an object parsed of them"]
    assert defects(lambda: read(b"[]")) == [
        "is of list: give the bytes, or an object parsed of them"
    ]
    assert defects(lambda: read(b" " * 4_194_305)) == [
        "has 4,194,305 bytes: at most 4,194,304 are read"
    ]
    assert defects(lambda: read(b"[" * 200_000))[0].startswith("is no JSON: ")
    assert defects(lambda: read(b"\xff\xfe\xff")) and defects(
        lambda: read(b'{"version": ' + b"9" * 9_999 + b"}")
    )
    assert defects(lambda: read(payload(*[7] * 1_001))) == [
        "alerts: has 1,001 alerts: at most 1,000 are read"
    ]
    assert defects(lambda: read(payload(alerts={}))) == ["alerts: is of dict: it must be a list"]
    assert defects(lambda: read({}, rules=5)) == ["rules: is 5: give AlertRules or None"]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "\x00" * 1_000_000,
        "a" + "\u0301\u0316" * 9_000,
        " " * 20_000,
        "\n" * 20_000,
    ],
    ids=range(5),
)
def test_hostile_payloads_are_answered_in_time(text):
    posted = payload(
        alert(
            annotations={"summary": text, "description": text, "x_url": "http://" + text},
            labels={"severity": text, "service": text},
        )
    )
    began = time.process_time()
    assert told(posted) < 1_000
    assert time.process_time() - began < 1


def test_rules_are_data():
    rules = AlertRules(
        severities=AlertSeverity(" Page ", Impact.HIGH, Urgency.MEDIUM),
        severity_labels=["level", "severity"],
        service_labels="app",
        title_annotations="t",
        text_annotations=(),
    )
    (draft,) = read_alertmanager(
        payload(
            alert(
                labels={"level": " ", "severity": "PAGE", "app": "web"},
                annotations={"t": "T", "description": "no"},
            )
        ),
        rules,
    )
    assert (draft.title, draft.text, draft.service, draft.impact, draft.urgency) == (
        "T",
        None,
        "web",
        Impact.HIGH,
        Urgency.MEDIUM,
    )
    assert (
        AlertRules(severities=AlertRules().severities[::-1]).version
        == AlertRules().version
        != rules.version
    )


def test_wrong_parts_are_told_at_once():
    wrong: Any = AlertDraft
    assert defects(
        lambda: wrong(
            fingerprint="",
            status="firing",
            title=" ",
            text="",
            labels=["x", ("a", 5)],
            service=5,
            starts_at="now",
            ends_at=AT.replace(tzinfo=None),
            impact=1,
            urgency="HIGH",
            links={"a": "ftp://x"},
            source="",
        )
    ) == [
        "fingerprint: is '': it must be a text that is not blank",
        "title: is ' ': it must be a text that is not blank",
        "source: is '': it must be a text that is not blank",
        "text: is '': it must be a text that is not blank",
        "service: is 5: it must be a text that is not blank",
        "impact: is 1: give Impact or None",
        "urgency: is 'HIGH': give Urgency or None",
        "status: is 'firing': give an AlertStatus",
        "labels[0]: is 'x': give a pair of texts",
        "labels[1]: is ('a', 5): give a pair of texts",
        "links[0]: leads to 'ftp://x': give an address of http or https",
        "starts_at: is 'now': give a date-time with a UTC offset",
        "ends_at: is 2026-01-05T09:00:00, which has no UTC offset",
    ]
    assert defects(
        lambda: AlertDraft(
            fingerprint="a",
            status=AlertStatus.FIRING,
            title="b",
            starts_at=AT,
            ends_at=AT - timedelta(1),
        )
    ) == ["ends_at: is before starts_at"]
    assert AlertDraft(
        fingerprint="a",
        status=AlertStatus.FIRING,
        title="b",
        starts_at=AT,
        labels=[["b", "c"], ("a", "d")],
    ).labels == (("a", "d"), ("b", "c"))
    severity: Any = AlertSeverity
    assert defects(lambda: severity("", 1, 2)) == [
        "name: is '': it must be a text that is not blank",
        "impact: is 1: give an Impact",
        "urgency: is 2: give an Urgency",
    ]
    rules: Any = AlertRules
    page = AlertSeverity("page", Impact.HIGH, Urgency.HIGH)
    assert defects(lambda: rules(severities=[page, page])) == [
        "severities[1]: is 'page', which stands before"
    ]
    assert defects(lambda: rules(severities=[5], service_labels=[""], text_annotations=[5])) == [
        "severities[0]: is 5: give an AlertSeverity",
        "service_labels[0]: is '': it must be a text that is not blank",
        "text_annotations[0]: is 5: it must be a text that is not blank",
    ]
