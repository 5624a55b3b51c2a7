"""Policy books: what is read from them, and every defect of one that cannot be used."""

from __future__ import annotations

import pickle
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar, Closure, Season, SpecialHours
from itilcore.classification import TicketKind
from itilcore.errors import InvalidInput, InvalidPolicy, MissingExtra, UnreadableSource
from itilcore.incident import Direction, Held, HoldReason, Incident, Logged, Phase, Prioritised
from itilcore.metrics import STANDARD, measure_all
from itilcore.policy import Book, load, loads, starter
from itilcore.policy.promises import duration
from itilcore.priority import Impact, Priority, PriorityMatrix, PriorityTable, Urgency
from itilcore.sla import (
    AgreementKind,
    Applies,
    BusinessDays,
    ClockState,
    Condition,
    Reopening,
    Retargeting,
    TargetKind,
    Threshold,
)

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
OFFICE = '[calendars.office]\nhours = "Mon-Fri 09:00-17:00"\ntz = "Europe/Lisbon"\n'


def defects(text: str) -> list[str]:
    with pytest.raises(InvalidPolicy) as caught:
        loads(text)
    return [str(defect) for defect in caught.value.defects]


def promise(*lines: str, head: str = 'calendar = "office"') -> str:
    return OFFICE + f"[sla.gold]\n{head}\n[[sla.gold.targets]]\n" + "\n".join(lines)


TARGET = ('kind = "resolution"', 'within = "4h"')


def test_an_empty_book_is_the_defaults():
    assert loads("") == Book()
    assert loads("# nothing\n", name="other").version == Book().version


def test_calendars_with_all_that_departs_from_the_week():
    book = loads(
        """
        [calendars.desk]
        hours = { mon = [["09:00", "12:00"], ["13:00", "17:00"]], fri = "08:00-14:00" }
        tz = "Europe/Berlin"
        holidays = { "12-25" = "Christmas", 2026-05-04 = "outing" }
        special_hours = { "2026-12-24" = "09:00-12:00" }
        closures = [{ start = 2026-03-02T12:00:00, end = "2026-03-02T15:00", name = "drill" }]
        seasons = [{ start = "06-15", end = "08-31", hours = "Mon-Fri 08:00-14:00" }]
        """
    )
    assert book.calendar("desk") == BusinessCalendar.weekly(
        {"mon": "09:00-12:00, 13:00-17:00", "fri": "08:00-14:00"},
        tz="Europe/Berlin",
        holidays={"12-25": "Christmas", date(2026, 5, 4): "outing"},
        special_hours={date(2026, 12, 24): SpecialHours("09:00-12:00")},
        closures=[Closure(datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 15), "drill")],
        seasons=[Season("06-15", "08-31", "Mon-Fri 08:00-14:00")],
    )
    assert book.calendar("desc") is None


def test_calendars_are_made_of_what_others_really_are():
    book = loads(
        """
        [calendars.c]
        hours = "Mon-Fri 09:00-17:00"
        without = ["d"]
        [calendars.e]
        any_of = ["d"]
        [calendars.b]
        hours = "daily 10:00-11:00"
        [calendars.d]
        hours = "Mon-Fri 10:00-13:00"
        without = ["b"]
        """
    )
    monday = datetime(2026, 3, 2, tzinfo=UTC)

    def hours(name: str) -> list[tuple[int, int]]:
        calendar = book.calendar(name)
        assert calendar is not None
        found = calendar.intervals(monday, monday + timedelta(days=1))
        return [(each.start.hour, each.end.hour) for each in found]

    assert hours("d") == hours("e") == [(11, 13)]
    assert hours("c") == [(9, 11), (13, 17)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            OFFICE + "without = ['office']",
            ["line 4, calendars.office.without[0]: goes round: office, office"],
        ),
        (
            OFFICE + "without = ['x']\n[calendars.x]\nany_of = ['office']",
            ["line 6, calendars.x.any_of[0]: goes round: office, x, office"],
        ),
        (
            OFFICE + "without = ['x', 'y']\n[calendars.x]\nhours = 'z'",
            [
                "line 4, calendars.office.without[1]: there is no calendar 'y'",
                "line 6, calendars.x.hours",
            ],
        ),
    ],
)
def test_calendars_that_cannot_be_made(text: str, wanted: list[str]):
    found = defects(text)
    assert len(found) == len(wanted), found
    assert all(each.startswith(start) for each, start in zip(found, wanted, strict=True)), found


def test_an_empty_list_is_not_everything():
    (told,) = defects(promise(*TARGET, "applies = { priority = [] }"))
    assert "applies.priority: is empty: leave it out where all are meant" in told
    with pytest.raises(InvalidInput, match="policy: 1 defect\n  is of type bytes: give a text"):
        loads(b"x")


def test_special_hours_that_are_no_table():
    (found,) = defects(
        OFFICE.replace("[calendars.office]", "[calendars.office]\nspecial_hours = 3")
    )
    assert "special_hours: is int, not an object" in found


def test_calendars_that_join_others():
    book = loads(
        """
        [calendars.follow_the_sun]
        any_of = ["east", "west"]
        [calendars.east]
        hours = "Mon-Fri 00:00-12:00"
        [calendars.west]
        hours = "Mon-Fri 10:00-20:00"
        [calendars.both]
        all_of = ["east", "west"]
        [calendars.handover]
        any_of = ["east"]
        all_of = ["west", "east"]
        [calendars.early]
        hours = "Mon-Fri 00:00-12:00"
        without = ["west"]
        """
    )
    east, west = book.calendar("east"), book.calendar("west")
    assert east is not None
    assert west is not None
    assert next(name for name, _ in book.calendars) == "follow_the_sun"
    assert book.calendar("follow_the_sun") == east | west
    assert book.calendar("both") == east & west
    assert book.calendar("handover") == east & (west & east)
    assert book.calendar("early") == east - west


def test_holidays_of_a_country():
    book = loads(
        """
        [calendars.desk]
        hours = "Mon-Sun 00:00-24:00"
        holidays = { country = "DE", subdivision = "BY", years = [2026, 2027] }
        """
    )
    desk = book.calendar("desk")
    assert desk is not None
    assert not desk.is_open(datetime(2026, 1, 6, 12, tzinfo=UTC))
    assert desk.is_open(datetime(2026, 1, 7, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ('{ country = "DE" }', "holidays.years: are missing: give the first and the last"),
        ('{ country = "DE", years = 2026 }', "holidays.years: is 2026: give the first and"),
        ('{ country = "DE", years = [2027, 2026] }', "holidays.years: is [2027, 2026]: give"),
        ('{ country = "DE", years = [1000, 2026] }', "holidays.years: is [1000, 2026]: give"),
        ('{ country = "DE", years = [2026, 2026], regoin = "BY" }', "holidays.regoin: is no such"),
        ('{ country = "Atlantis", years = [2026, 2026] }', "holidays"),
    ],
)
def test_holidays_of_no_country(given: str, problem: str):
    text = f'[calendars.a]\nhours = "Mon 09:00-10:00"\nholidays = {given}\n'
    assert any(each.startswith(f"line 3, calendars.a.{problem}") for each in defects(text))


def test_holidays_of_a_country_need_the_library(monkeypatch: pytest.MonkeyPatch):

    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(MissingExtra, match=r"itilcore\[holidays\]"):
        loads(
            '[calendars.a]\nhours = "Mon 09:00-10:00"\n'
            'holidays = { country = "DE", years = [2026, 2026] }'
        )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("calendars = 3", "line 1, calendars: is int, not a table of tables"),
        ("[calendars]\na = 3", "line 2, calendars.a: is 3, not a table"),
        ("[calendars.a]", "line 1, calendars.a: has no hours"),
        (
            "[calendars.a]\nhours = 'Mon 09:00-10:00'\nany_of = ['a']",
            "line 2, calendars.a.hours: stands beside any_of or all_of, whose calendars have their own",
        ),
        (
            "[calendars.a]\nany_of = ['b']\n[calendars.b]\nall_of = ['a']",
            "line 2, calendars.a.any_of[0]: 'b' joins others itself: name calendars with hours",
        ),
        (
            "[calendars.a]\nany_of = ['b']",
            "line 2, calendars.a.any_of[0]: there is no calendar 'b'; there are a",
        ),
        (
            "[calendars.a]\nhours = 'Mon 09:00-10:00'\nwithout = ['c']",
            "line 3, calendars.a.without[0]: there is no calendar 'c'; there are a",
        ),
        (
            "[calendars.a]\nhours = 'Mon 09:00-10:00'\nseasons = [{start = '06-01', end = 3, "
            "hours = ''}]",
            "line 3, calendars.a.seasons[0].end: is 3: give a date",
        ),
    ],
)
def test_defects_of_calendars(text: str, wanted: str):
    assert wanted in defects(text)


def test_a_calendar_that_is_wrong_is_not_told_again_where_it_is_named():
    text = promise(*TARGET).replace("17:00", "27:00") + "\n[calendars.x]\nany_of = ['office']"
    assert defects(text) == ["line 2, calendars.office.hours[0][0]: '27:00' is no time of day"]


def test_priority_by_name():
    assert loads('[priority]\npreset = "servicenow"').priority == PriorityMatrix.servicenow()


GRID = 'impacts = ["a", "b"]\nurgencies = ["x", "y"]\npriorities = ["1", "2", "3"]\n'


def test_priority_by_a_grid():
    book = loads(f'[priority]\n{GRID}matrix = [["1", "2"], ["2", "3"]]')
    assert isinstance(book.priority, PriorityMatrix)
    answer = book.priority.assess(Impact("a", 1), Urgency("y", 2)).answer
    assert answer == Priority("2", 2)


def test_a_table_that_is_no_matrix_is_taken_by_that_name():
    text = f'[priority]\n{GRID}table = [["1", "3"], ["3", "2"]]'
    assert isinstance(loads(text).priority, PriorityTable)
    found = defects(text.replace("table", "matrix"))
    assert found[0] == "line 5, priority.matrix.a x y: gives 3, and the lower b x y gives 2"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("preset = 'itil'\n[priority.x]\ny = 1", "line 3, priority.x: is no such key"),
        ("", "line 1, priority: has none of preset, matrix and table: give one"),
        (
            "preset = 'itil'\nmatrix = []",
            "line 1, priority: has preset and matrix of preset, matrix and table: give one",
        ),
        (
            "preset = 'itl'",
            "line 2, priority.preset: there is no matrix 'itl'; did you mean 'itil'?",
        ),
        (
            "preset = 'itil'\nimpacts = ['a']",
            "line 3, priority.impacts: stands beside a preset, which has its own",
        ),
        ("matrix = []", "line 1, priority.impacts: is missing: names, highest first"),
        ("matrix = [[3]]", "line 2, priority.matrix[0][0]: is 3, not a text"),
        (GRID + "matrix = [['1', '2']]", "line 5, priority.matrix: has 1 rows for 2 impacts"),
    ],
)
def test_defects_of_priority(text: str, wanted: str):
    found = defects(f"[priority]\n{text}")
    assert any(each.startswith(wanted) for each in found), found


def test_a_priority_that_is_no_table():
    assert defects("priority = 3") == ["line 1, priority: is 3, not a table"]


def test_agreements_with_everything():
    book = loads(
        OFFICE
        + """
        [sla.gold]
        kind = "OLA"
        calendar = "office"
        conventions = "jira"
        due = "next_open"
        reopening = "resume"
        retargeting = "keep the shortest"
        [[sla.gold.targets]]
        kind = "resolution"
        name = "big"
        within = "2 business days"
        snap = "clip_to_close"
        applies.priority = ["P1", "P2"]
        applies.category = "Network"
        applies.service = "mail"
        applies.customer = "x"
        applies.kind = "incident"
        warn = ["75 %", "1h 30m before", "30m after", "1 business day before"]
        [sla.gold.targets.conditions]
        start = [{ phases = ["active"] }]
        pause = [{ hold_reasons = ["AWAITING_CALLER"], last_contact = "outbound", groups = ["a"] }]
        stop = [{ statuses = ["DONE"], acknowledged = true, responded = false, assigned = true }]
        [[sla.gold.targets]]
        kind = "update"
        within = "PT1H30M5S"
        """
    )
    gold = book.agreement("gold")
    assert gold is not None
    assert book.agreement("silver") is None
    assert gold.kind is AgreementKind.OLA
    assert gold.conventions.name == "jira, changed"
    assert gold.conventions.due == "next_open"
    assert gold.conventions.reopening is Reopening.RESUME
    assert gold.conventions.retargeting is Retargeting.KEEP_SHORTEST
    big, update = gold.targets
    assert big.applies == Applies(["P1", "P2"], "Network", "mail", "x", TicketKind.INCIDENT)
    assert big.within == BusinessDays(2, "clip_to_close")
    assert big.warn == (
        Threshold.percent(75),
        Threshold.before(timedelta(minutes=90)),
        Threshold.after(timedelta(minutes=30)),
        Threshold.after(BusinessDays(-1)),
    )
    assert big.conditions is not None
    assert big.conditions.start == (Condition(phases=Phase.ACTIVE),)
    assert big.conditions.pause == (
        Condition(hold_reasons="AWAITING_CALLER", groups="a", last_contact=Direction.OUTBOUND),
    )
    assert big.conditions.stop == (
        Condition(statuses="DONE", acknowledged=True, responded=False, assigned=True),
    )
    assert big.conditions.cancel == (Condition(phases=Phase.CANCELLED),)
    assert update.within == timedelta(hours=1, minutes=30, seconds=5)
    assert update.kind is TargetKind.UPDATE


def test_conventions_that_are_said_again_are_not_changed():
    head = 'calendar = "office"\nconventions = "jira"\nreopening = "new cycle"'
    gold = loads(promise(*TARGET, head=head)).agreement("gold")
    assert gold is not None
    assert gold.conventions.name == "jira"


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["kind = 'resolutoin'", "within = '4h'"], "kind: is 'resolutoin'; did you mean 'resol"),
        (["kind = 'update'", "within = '0h'"], "within: is '0h': it must be more than nothing"),
        ([*TARGET, "snap = 'noon'"], "snap: there is no snap 'noon'; there are"),
        ([*TARGET, "calendar = 'ofice'"], "calendar: there is no calendar 'ofice'; did you mean"),
        ([*TARGET, "warn = ['120 %']"], "warn[0].percent: is 120 %: more than 0 and at most 100"),
        ([*TARGET, "warn = ['1 hour']"], "warn[0]: is '1 hour': give such as '75 %' or '30m bef"),
        ([*TARGET, "warn = ['x before']"], "warn[0]: is 'x': give such as '4h'"),
        ([*TARGET, "applies = {kind = 'incdent'}"], "applies.kind: is 'incdent'; did you mean"),
        ([*TARGET, "applies = {service = 3}"], "applies.service: is 3: give a name or a list"),
        ([*TARGET, "conditions = {start = [{phases = ['x']}]}"], "conditions.start[0].phases[0]"),
        ([*TARGET, "conditions = {stop = [{last_contact = 'x'}]}"], "conditions.stop[0].last_con"),
        (["kind = 'update'", "within = '0 business days'"], "within: is '0 business days': it mu"),
        ([*TARGET, "warn = [7]"], "warn[0]: is 7: give such as '75 %'"),
        ([*TARGET, "applies = 3"], "applies: is 3, not a table"),
        ([*TARGET, "conditions = {stop = [3]}"], "conditions.stop[0]: is 3, not a table"),
        ([*TARGET, "conditions = {stop = [{phases = [3]}]}"], "conditions.stop[0].phases[0]: is 3"),
        (["within = '4h'"], "kind: is missing"),
    ],
)
def test_defects_of_targets(lines: list[str], wanted: str):
    (found,) = defects(promise(*lines))
    assert f", sla.gold.targets[0].{wanted}" in found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[sla]\ngold = 3", "line 2, sla.gold: is 3, not a table"),
        ("[sla.gold]", "line 1, sla.gold.targets: is missing"),
        ("[sla.gold]\ntargets = []", "line 2, sla.gold.targets: are none"),
        ("[sla.gold]\ntargets = [3]", "line 2, sla.gold.targets[0]: is 3, not a table"),
        ("[sla.gold]\nkind = 'SAL'\ntargets = []", "line 2, sla.gold.kind: is 'SAL'; did you mea"),
        (
            "[sla.gold]\nconventions = 'jra'\ntargets = []",
            "line 2, sla.gold.conventions: there are none named 'jra'; did you mean 'jira'?",
        ),
        (
            "[sla.gold]\ndue = 'noon'\nreopening = 'x'\nretargeting = 'y'\ntargets = []",
            "line 2, sla.gold.due: there is no closing instant 'noon'; there are close, next_open",
        ),
        (
            "[sla.gold]\ntargets = [{kind = 'update', within = '1h'}]",
            "line 2, sla.gold.targets[0]: has no calendar, and the agreement has none",
        ),
        (
            "[sla.gold]\ncalendar = 'office'\ntargets = [{kind = 'update', within = '1h'}]",
            "line 2, sla.gold.calendar: there is no calendar 'office', and no other",
        ),
        (
            OFFICE + "[sla.a]\ncalendar = 'office'\ntargets = [{kind = 'update', within = '1h', "
            "name = 'x'}, {kind = 'response', within = '1h', name = 'x'}]",
            "line 6, sla.a.targets[1].kind: shares the clock 'x' with a update",
        ),
    ],
)
def test_defects_of_agreements(text: str, wanted: str):
    assert any(each.startswith(wanted) for each in defects(text))


@pytest.mark.parametrize(
    ("first", "second", "dead"),
    [
        ("{}", "{ priority = 'P1' }", True),
        ("{}", "{}", True),
        ("{ priority = ['P1', 'P2'] }", "{ priority = 'P2', service = 'mail' }", True),
        ("{ category = 'Network' }", "{ category = 'Network > VPN' }", True),
        ("{ category = 'Network > VPN' }", "{ category = 'Network' }", False),
        ("{ category = 'Network' }", "{ priority = 'P1' }", False),
        ("{ priority = 'P1' }", "{}", False),
        ("{ priority = 'P1', service = 'mail' }", "{ priority = 'P1' }", False),
        ("{ kind = 'incident' }", "{ kind = ['incident', 'change'] }", False),
    ],
)
def test_a_target_that_is_never_chosen(first: str, second: str, dead: bool):
    text = promise(*TARGET, f"applies = {first}", "[[sla.gold.targets]]", *TARGET)
    text += f"\napplies = {second}"
    if dead:
        (told,) = defects(text)
        assert "sla.gold.targets[1]: is never chosen: targets[0] fits" in told
    else:
        assert len(loads(text).agreements[0].targets) == 2


def test_blank_names_are_told_like_the_rest():
    text = promise(
        *TARGET,
        "applies = { priority = '', category = '>', service = ['mail', ' '], customer = '' }",
    )
    assert [each.split(": ")[0].split(".targets[0].")[1] for each in defects(text)] == [
        "applies.category[0]",
        "applies.category[0]",
        "applies.customer[0]",
        "applies.priority[0]",
        "applies.service[1]",
    ]
    (told,) = defects(promise(*TARGET, "name = ' '"))
    assert "sla.gold.targets[0].name: is ' ': it must be a text that is not blank" in told


def test_hours_over_a_holiday():
    book = loads(
        OFFICE.replace("[calendars.office]", '[calendars.office]\nholidays = ["2026-01-05"]')
        + "[calendars.office.special_hours]\n"
        + '2026-01-05 = { hours = "10:00-12:00", over_holidays = true, name = "stocktaking" }\n'
        + '2026-01-06 = "10:00-11:00"\n'
    )
    office = book.calendar("office")
    assert office is not None
    open_, closed = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (11, 13))
    assert office.is_open(open_)
    assert not office.is_open(closed)
    found = defects(
        OFFICE + "[calendars.office.special_hours]\n2026-01-05 = { hours = 'x', over = true }\n"
        "2026-01-06 = { over_holidays = true }\n"
    )
    assert [each.split(": ")[0].partition("special_hours.")[2] for each in found] == [
        "2026-01-05.hours[0]",
        "2026-01-05.over",
        "2026-01-06.hours",
    ]


def test_calendars_that_join_others_have_no_hours_of_their_own():
    found = defects(
        OFFICE + "[calendars.j]\nany_of = ['office']\ntz = 'UTC'\nholidays = ['01-01']\n"
        "special_hours = {}\nclosures = []\nseasons = []\n"
    )
    assert len(found) == 5
    assert all("stands beside any_of or all_of, whose calendars have their own" in e for e in found)


def test_names_that_cannot_be_printed_are_refused():
    assert (
        "it must have no control characters" in defects(promise(*TARGET, 'name = "a\\u001b[m"'))[0]
    )
    assert "has a table named 'a\\x1b'" in defects('[sla."a\\u001b"]')[0]


def test_names_of_a_scale_are_told_where_they_stand():
    text = (
        "[priority]\nimpacts = ['H', 'H']\nurgencies = ['', 'L']\npriorities = ['1']\nmatrix = []"
    )
    assert defects(text) == [
        "line 2, priority.impacts[1]: is 'H' once more",
        "line 3, priority.urgencies[0]: is blank",
    ]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (['kind = "resolution"', 'within = "100001 business days"'], "is 100,001: at most 100,000"),
        ([*TARGET, "conditions = { stop = [{}] }"], "conditions.stop[0]: sets nothing, and would"),
        (
            ['kind = "resolution"', 'within = "P1D"'],
            "say '24h' of working time, or '1 business day'",
        ),
    ],
)
def test_more_defects_of_targets(lines: list[str], wanted: str):
    (found,) = defects(promise(*lines))
    assert wanted in found


def test_conventions_that_are_wrong_hide_nothing():
    found = defects(promise(*TARGET, head='calendar = "office"\nconventions = "jra"\ndue = "x"'))
    assert [each.split(": ")[0].partition("gold.")[2] for each in found] == ["conventions", "due"]


def test_a_priority_that_the_matrix_does_not_give():
    text = promise(*TARGET, "applies = { priority = ['P1', 'P11'] }")
    assert loads(text).agreements  # without a matrix priorities are the export's own
    (told,) = defects(text + "\n[priority]\npreset = 'itil'")
    assert "sla.gold.targets[0].applies.priority: there is no priority 'P11'; did you mean" in told


def test_all_defects_come_at_once_in_the_order_of_the_lines():
    found = defects(
        """
[calender]
[priority]
preset = "itl"
colour = "red"
[sla.gold]
kindd = "SLA"
targets = [
  { kind = "update", within = "2d", warn = ["x"] },
  { knd = "update", within = "1h" },
]
"""
    )
    assert [each.split(":")[0] for each in found] == [
        "line 2, calender",
        "line 4, priority.preset",
        "line 5, priority.colour",
        "line 7, sla.gold.kindd",
        "line 9, sla.gold.targets[0]",
        "line 9, sla.gold.targets[0].warn[0]",
        "line 9, sla.gold.targets[0].within",
        "line 10, sla.gold.targets[1].kind",
        "line 10, sla.gold.targets[1].knd",
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a = ", "line 1: is not TOML: Invalid value"),
        ("a = 1\na = 2", "line 2: is not TOML: Cannot overwrite a value"),
        ("a = 1\n[b", "line 2: is not TOML"),
        ("a = " + "[" * 5_000, "is nested too deeply"),
        ("a = " + "9" * 5_000, "is no TOML"),
        ("\ufeff\ufeffa = 1", "is not TOML"),
    ],
)
def test_what_is_no_toml(text: str, wanted: str):
    (found,) = defects(text)
    assert wanted in found


def test_a_key_with_a_dot_leads_to_what_is_nearest_above_it():
    (found,) = defects('[sla."a.b"]\ntargets = [{ "c.d" = 1, kind = "update", within = "1h" }]')[:1]
    assert found.startswith("line 2, ")


def test_a_file(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_bytes(b"\xef\xbb\xbf" + starter().replace("\n", "\r\n").encode())
    book = load(path)
    assert book.name == str(path)
    assert book == loads(starter())
    assert pickle.loads(pickle.dumps(book)) == book


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"# fine\n# \xff\n", "policy.toml, line 2: is not UTF-8"),
        (b"#" * 1_000_001, "policy.toml: is longer than 1,000,000 bytes: no policy book"),
        (None, "policy.toml: No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, raw, wanted):
    path = tmp_path / "policy.toml"
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(UnreadableSource) as caught:
        load(path)
    assert str(caught.value).endswith(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("4h", timedelta(hours=4)),
        ("1 hour 30 minutes", timedelta(minutes=90)),
        ("1.5h", timedelta(minutes=90)),
        ("45 s", timedelta(seconds=45)),
        ("PT2H", timedelta(hours=2)),
        ("3 business days", BusinessDays(3)),
        ("1 business day", BusinessDays(1)),
    ],
)
def test_durations(text: str, wanted: timedelta | BusinessDays):
    assert duration(text) == wanted


@pytest.mark.parametrize("text", ["", "PT", "h", "4", "4x", "4h,", "-4h", "1e9h"])
def test_what_is_no_duration(text: str):
    with pytest.raises(ValueError, match=r"give such as '4h'"):
        duration(text)


def test_a_duration_has_an_end():
    with pytest.raises(ValueError, match=r"9h': at most 2,777,777 hours"):
        duration("9" * 99 + "h")


def test_the_version_is_that_of_the_rules():
    one = loads(starter(), name="one")
    assert one.version == loads(starter() + "\n# a word more\n", name="two").version
    assert one.version != loads(starter().replace('"4h"', '"5h"')).version
    assert one.version != Book().version


def test_readings_and_metrics_of_a_book():
    book = loads(starter())
    incident = Incident.replay(
        "INC1",
        [
            Logged(NINE),
            Prioritised(NINE, priority=Priority.P2),
            Held(NINE + timedelta(hours=1), HoldReason.AWAITING_CALLER),
        ],
    )
    at = NINE + timedelta(hours=5)
    response, resolution = book.read(incident, at)
    assert (response.state, resolution.state) == (ClockState.BREACHED, ClockState.PAUSED)
    names = [metric.name for metric in book.metrics()]
    assert names[:2] == ["SLA_STANDARD_RESPONSE", "SLA_STANDARD_RESOLUTION"]
    assert "MTTR_WORKING_MINUS_HOLD" in names
    assert not {metric.name for metric in STANDARD} & set(names)
    assert len(set(names)) == len(names)
    found = measure_all(book.metrics(), [incident], at=at)
    assert found["SLA_STANDARD_RESPONSE"].running_late == 1


def test_several_calendars_are_told_apart():
    book = loads(OFFICE + OFFICE.replace("office", "other-desk").replace("17:00", "18:00"))
    assert [metric.name for metric in book.metrics()][2:4] == [
        "MTTR_WORKING_OFFICE",
        "MTTR_WORKING_OFFICE_MINUS_HOLD",
    ]
    assert "MTTA_WORKING_OTHER_DESK" in {metric.name for metric in book.metrics()}


WORDS = st.sampled_from(
    ["[", "]", "{", "}", "=", '"', "\n", "4h", "P1", "calendar", "sla", "-1", "true", ".", "kind"]
)


@given(st.lists(st.tuples(st.integers(0, len(starter())), st.integers(0, 30), WORDS), max_size=4))
def test_a_mangled_book_is_a_book_or_refused_whole(cuts: list[tuple[int, int, str]]):
    text = starter()
    for at, length, word in cuts:
        text = text[:at] + word + text[at + length :]
    try:
        found = loads(text)
    except InvalidPolicy as error:
        refused = error
    else:
        assert found.version.startswith("book:")
        return
    assert refused.defects
    assert all(each.line is None or each.line >= 1 for each in refused.defects)


def test_what_is_wrong_hides_nothing_beside_it():
    found = defects(
        """
[calendars.x]
hours = 5
tz = "Mars/Olympus"
closures = [{ start = 3, end = 4, until = 5 }, { start = 2026-03-01 }]
seasons = [{}, { start = "01-01", end = "13-01", hours = "Mon 09:00-17:00" }]
any_of = []
[calendars.y]
hours = "Mon 09:00-17:00"
[priority]
preset = "itli"
impacts = 3
[sla.b]
calendar = "y"
kind = "SLE"
due = "later"
targets = [
  { kind = "resolution", within = nan, snap = "noon", warn = ["150 %", 7, "30m bfore"] },
  { kind = 3, within = "0h", applies = { colour = 1, kind = "x" } },
  { within = "-4h", conditions = { paus = [], pause = [{ phases = ["WAIT", 3], assigned = 1 }] } },
]
[lifecycle]
preset = 3
[closing]
after = 3
calendar = "z"
[[notifications]]
name = "a"
when = "logged"
[[notifications]]
name = "b"
when = "loged"
audience = "x"
subject = "$x"
"""
    )
    assert [each.split(": ")[0] for each in found] == [
        "line 3, calendars.x.hours",
        "line 4, calendars.x.tz",
        "line 5, calendars.x.closures[0].end",
        "line 5, calendars.x.closures[0].start",
        "line 5, calendars.x.closures[0].until",
        "line 5, calendars.x.closures[1].end",
        "line 6, calendars.x.seasons[0].end",
        "line 6, calendars.x.seasons[0].hours",
        "line 6, calendars.x.seasons[0].start",
        "line 6, calendars.x.seasons[1].end",
        "line 11, priority.preset",
        "line 12, priority.impacts",
        "line 15, sla.b.kind",
        "line 16, sla.b.due",
        "line 18, sla.b.targets[0].snap",
        "line 18, sla.b.targets[0].warn[0].percent",
        "line 18, sla.b.targets[0].warn[1]",
        "line 18, sla.b.targets[0].warn[2]",
        "line 18, sla.b.targets[0].within",
        "line 19, sla.b.targets[1].applies.colour",
        "line 19, sla.b.targets[1].applies.kind",
        "line 19, sla.b.targets[1].kind",
        "line 19, sla.b.targets[1].within",
        "line 20, sla.b.targets[2].conditions.paus",
        "line 20, sla.b.targets[2].conditions.pause[0].assigned",
        "line 20, sla.b.targets[2].conditions.pause[0].phases[0]",
        "line 20, sla.b.targets[2].conditions.pause[0].phases[1]",
        "line 20, sla.b.targets[2].kind",
        "line 20, sla.b.targets[2].within",
        "line 23, lifecycle.preset",
        "line 25, closing.after",
        "line 26, closing.calendar",
        "line 27, notifications[0].audience",
        "line 27, notifications[0].subject",
        "line 34, notifications[1].subject",
    ]


def test_a_calendar_that_never_opens():
    text = """
[calendars.x]
hours = "Mon 09:00-17:00"
[calendars.y]
hours = "Tue 09:00-17:00"
[calendars.never]
all_of = ["x", "y"]
[calendars.nothing]
hours = "Mon 09:00-17:00"
without = ["x"]
"""
    assert defects(text) == [
        "line 6, calendars.never: never opens",
        "line 8, calendars.nothing: never opens",
    ]


def test_a_key_of_very_many_names_is_refused_before_it_is_read():
    assert defects("x = 1\n" + "a" + ".a" * 100 + " = 1") == [
        "line 2: has more than 100 names joined by dots"
    ]
    # As many as may be: it is read, and is no section.
    assert defects("a" + ".a" * 99 + " = 1")[0].startswith("line 1, a: is no such section")
    assert loads(
        f'[[notifications]]\nname = "a"\nwhen = "logged"\naudience = "x"\nsubject = "{"." * 1_000}"'
    ).notifications


def test_one_text_where_several_are_wanted_does_not_become_its_letters():
    (found,) = defects(promise(*TARGET, "conditions = {pause = [{statuses = 'Pending'}]}"))
    assert found.endswith("conditions.pause[0].statuses: is str, not a list")


def test_a_key_with_a_line_break_stays_on_its_line():
    assert defects('[calendars."a\\nb"]') == [
        r"line 1, calendars: has a table named 'a\nb': give a name that can be read",
        r"line 1, calendars.a\nb: has no hours",
    ]
    assert defects('[sla.""]') == [
        "line 1, sla: has a table named '': give a name that can be read"
    ]
