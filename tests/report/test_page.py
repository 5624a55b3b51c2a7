"""The page: well formed, self-contained, escaped, and with the figures of the report."""

from __future__ import annotations

import base64
import json
import re
import sys
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from itilcore.cli.commands import cli
from itilcore.errors import MissingExtra
from itilcore.exchange import ExportMapping, read
from itilcore.incident import Facts
from itilcore.metrics import GroupTime
from itilcore.report import Piece, build, page
from itilcore.report.charts import svg
from itilcore.report.pieces import work
from itilcore.report.pieces.figures import distribution, trend
from itilcore.sample import generate, write_servicenow
from tests.exchange.exports import HEADER, LIFE, log, put, row

VOID = {"meta", "img", "br", "link", "input"}


class Checked(HTMLParser):
    """Notes what a page holds, and fails where tags do not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.images: list[dict[str, str]] = []
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data


def checked(html: str) -> Checked:
    found = Checked()
    found.feed(html)
    found.close()
    assert found.open == []
    assert "script" not in found.tags
    assert not re.search(r"(?:src|href)=\"(?!data:image/svg\+xml;base64,|#)", html)
    for image in found.images:
        assert re.search(r"\d", image["alt"])
        drawn = base64.b64decode(image["src"].partition(",")[2]).decode()
        assert drawn.startswith("<svg")
        assert "<script" not in drawn
    return found


def report_of(tmp_path, text: str):
    return build(read(put(tmp_path, text), zone="UTC"), pieces=True)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "demo.csv"
    with path.open("w", newline="") as out:
        write_servicenow(generate(seed=1), out)
    return build(read(path, zone="UTC"), pieces=True)


def test_the_demo_is_one_page_under_300_kb(demo):
    html = page(demo)
    assert len(html.encode()) < 300_000
    found = checked(html)
    assert len(found.images) == 14
    assert found.tags.count("h1") == 1
    assert found.tags.count("table") == found.tags.count("caption") == 14 + 3
    assert "34.9 h" in found.text
    assert "few" in found.text


def test_the_pieces_add_up(demo):
    pieces = {piece.key: piece for piece in demo.pieces}
    mttr = demo["MTTR"]
    assert sum(row[1] for row in pieces["mttr-by-priority"].rows) == mttr.n
    assert sum(row[1] for row in pieces["trend"].rows) == mttr.n
    assert sum(row[1] for row in pieces["distribution"].rows) == mttr.n
    assert sum(row[1] for row in pieces["reassignments"].rows) == demo.incidents
    assert sum(row[1] for row in pieces["busiest-group"].rows) == demo.incidents
    assert sum(row[1] for row in pieces["busiest-category"].rows) == demo.incidents
    assert sum(row[1] for row in pieces["ageing"].rows) == demo["BACKLOG"].n
    assert pieces["backlog"].rows[-1][1] == demo["BACKLOG"].n
    assert sum(row[2] for row in pieces["where-time-goes"].rows) == pytest.approx(1.0)


def test_pieces_are_for_notebooks_too(demo):
    for piece in demo.pieces:
        html = piece._repr_html_()
        checked(html)
        assert piece.title in html
        assert json.loads(json.dumps(piece.to_dict()))["title"] == piece.title
    trend_piece = next(piece for piece in demo.pieces if piece.key == "trend")
    assert trend_piece.chart().to_dict()["$schema"].startswith("https://vega.github.io")


def test_one_incident(tmp_path):
    text = checked(page(report_of(tmp_path, log(row())))).text
    assert "unknown" in text
    assert "No incident counts" in text
    found = checked(page(report_of(tmp_path, LIFE)))
    assert "27.0 h" in found.text
    assert "small sample" in found.text
    assert "on hold: AWAITING_CALLER" in found.text
    by_group = build(read(put(tmp_path, LIFE), zone="UTC"), by="group", pieces=True)
    assert "MTTR by group" in checked(page(by_group)).text


def test_nothing_usable_and_rejected_rows(tmp_path):
    found = checked(page(report_of(tmp_path, log(row(at="never <b>")))))
    assert "Rejected rows" in found.text
    assert "never <b>" in found.text
    assert "The source does not say when incidents were logged" in found.text
    assert "b" not in found.tags


def test_a_source_that_says_little(tmp_path):
    mapping = ExportMapping.from_mapping(
        {"shape": "incidents", "columns": {"reference": "id", "logged_at": "t"}}
    )
    path = put(tmp_path, "id,t\n1,2026-01-05T09:00Z\n2,2026-03-06T09:00Z\n")
    report = build(read(path, mapping), pieces=True)
    text = checked(page(report)).text
    assert "times in their own offsets" in text
    assert "group is unknown" in text
    assert "reopenings are unknown" in text
    assert "does not show how long" in text
    backlog = next(piece for piece in report.pieces if piece.key == "backlog")
    assert backlog.rows == (("2026-01", 1), ("2026-02", 1), ("2026-03", 2))


HOSTILE = "<script>alert(1)</script>\"'&\u202e=cmd()" + "\x07"
ARABIC = "مجموعة الدعم الفني للشبكات والاتصالات في المنطقة الشرقية"


def test_hostile_long_and_right_to_left_names_and_many_groups(tmp_path):
    quoted = HOSTILE.replace('"', '""')
    rows = [
        row(number=f"I{n}", state="Resolved", group=f'"{name}"', at=f"5/1/2026 {9 + n % 9:02d}:00")
        for n, name in enumerate([quoted, ARABIC, "x" * 300, *(f"Group {n}" for n in range(40))])
    ]
    rows += [row(number=f"A{n}", group=ARABIC) for n in range(3)]
    rows.append(row(number="I0b", state=f'"{quoted}"'))
    report = report_of(tmp_path, log(*rows))
    html = page(report)
    found = checked(html)
    assert "\x07" not in html
    assert "\u202e" not in html
    assert ARABIC in found.text
    assert "34 others" in found.text
    by_group = build(read(tmp_path / "export.csv", zone="UTC"), by="group", pieces=True)
    assert "more groups are not shown" in checked(page(by_group)).text


def test_backwards_and_other_things_are_shown(tmp_path):
    text = log(
        row(at="5/1/2026 10:00", state="Closed"),
        row(at="5/1/2026 09:00", state="New", opened="5/1/2026 11:00"),
    )
    found = checked(page(report_of(tmp_path, text)))
    assert "time runs backwards" in found.text


def test_a_chart_of_nothing_is_refused():
    empty = Piece("x", "Nothing", "", (), ())
    with pytest.raises(ValueError, match="Nothing: is a table alone"):
        empty.chart()


def test_what_is_not_installed_is_named(demo, monkeypatch):
    (trend_piece,) = (piece for piece in demo.pieces if piece.key == "trend")
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(MissingExtra, match="report"):
        svg(trend_piece)
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(MissingExtra, match="report"):
        trend_piece.chart()


def facts(start: datetime, end: datetime | None) -> Facts:
    return Facts(reference="1", logged_at=start, resolved_at=end)


def test_bins_and_months_at_their_edges():
    start = datetime(2020, 1, 1, tzinfo=UTC)
    hour = datetime(2020, 1, 1, 1, tzinfo=UTC)
    far = datetime(2027, 1, 1, tzinfo=UTC)
    rows = [facts(start, start), facts(start, hour), facts(start, far), facts(hour, start)]
    names = [(row[0], row[1]) for row in distribution(rows).rows if row[1]]
    assert names == [("under 1 min", 1), ("1 h to 4 h", 1), ("1 y and more", 1)]
    many = [facts(start, datetime(2020 + n // 12, 1 + n % 12, 2, tzinfo=UTC)) for n in range(70)]
    assert "The last 60 of 70 months" in trend(many).reading
    assert len(trend(many).rows) == 60
    assert svg(trend(many))


@given(
    st.lists(
        st.tuples(st.integers(0, 3_000), st.none() | st.integers(0, 3_000)), min_size=1, max_size=20
    )
)
def test_the_backlog_is_what_a_count_says(spans):
    def day(number: int) -> datetime:
        return datetime.fromordinal(737_000 + number).replace(tzinfo=UTC)

    rows = [facts(day(a), None if b is None else day(a + b)) for a, b in spans]
    for month, left in work.backlog([Facts(reference="2"), *rows], None).rows:
        year, number = map(int, month.split("-"))
        end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
        # An incident that nobody logged is in no backlog.
        assert left == sum(
            r.logged_at < end and (r.resolved_at is None or r.resolved_at >= end) for r in rows
        )


def run(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_the_command_writes_the_page_whole_or_not_at_all(tmp_path, monkeypatch):
    export = put(tmp_path, LIFE)
    out = tmp_path / "page.html"
    done = run("report", export, "--tz", "UTC", "--html", out)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "wrote" in done.stderr
    checked(out.read_text())
    done = run("report", export, "--tz", "UTC", "--html", out, "--json")
    assert json.loads(done.stdout)["incidents"] == 2
    done = run("report", export, "--tz", "UTC", "--html", export)
    assert done.exit_code == 1
    assert "is the export itself" in done.stderr
    assert export.read_text() == LIFE
    done = run("report", export, "--tz", "UTC", "--html", tmp_path / "none" / "page.html")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr
    assert run("demo", "--store", ":memory:", "--html", tmp_path / "demo.html").exit_code == 0

    from itilcore.cli import shell

    with pytest.raises(TypeError):
        shell.write(out, lambda file: file.write(None), export)
    checked(out.read_text())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "demo.html",
        "export.csv",
        "page.html",
    ]
    assert HEADER in export.read_text()


def test_the_time_with_groups_adds_up(demo):
    piece = {piece.key: piece for piece in demo.pieces}["time-with-groups"]
    known = [each for each in demo.groups if each.group is not None]
    assert sum(row[3] for row in piece.rows) == sum(each.visits for each in known)
    assert sum(row[2] for row in piece.rows) == sum(each.incidents for each in known)
    many = [GroupTime(f"group {n:02}", 3_600.0 * (99 - n), 2, 1) for n in range(40)]
    found = work.with_groups(many)
    assert found.rows[-1][0] == f"{40 - len(found.rows) + 1} others"
    assert sum(row[1] for row in found.rows) == sum(99 - n for n in range(40))
    assert work.with_groups([GroupTime(None, 1.0, 1, 1)]).unknown is not None
