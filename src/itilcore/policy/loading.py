"""Loading a book: from a TOML text to rules, or to every defect with its path and its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from attrs import evolve, fields

from itilcore.errors import Defect, InvalidInput, InvalidPolicy, UnreadableSource, nearest
from itilcore.incident import Lifecycle
from itilcore.intake import TriageRules
from itilcore.priority import Impact, ImpactRules, PriorityMatrix, Severity, Urgency, UrgencyRules
from itilcore.problems import ProblemRules
from itilcore.routing import Directory

from .book import Book
from .cadence import read_cadence
from .calendars import read_calendars
from .costs import read_costs
from .escalation import EscalationNames, read_escalation
from .intake import Intake, read_alert_policy, read_alerts, read_forms, read_intake
from .kinds import read_kinds, read_outages, read_taxonomy
from .levels import read_adjustments, read_levels
from .life import read_closing, read_lifecycle, read_notifications
from .lines import lines_of
from .major import KnownNames, read_major
from .people import read_directory, read_services
from .priority import read_priority
from .promises import read_agreements
from .reading import Place
from .repeats import read_recurrence, read_similar
from .roles import read_roles, role_names
from .rotas import read_rotas
from .routing import read_hand_offs, read_routing
from .severities import read_declarations, read_severities
from .vendors import read_vendors

__all__ = ["load", "loads"]

MOST_BYTES: Final = 1_000_000
"""A longer text is no book."""

MOST_PARTS: Final = 100
"""A key of more names, joined by dots, is none that anybody means; reading such keys takes time
that grows faster than they do."""

_NAME: Final = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_ENDLESS_KEY: Final = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_NAME}\.[ \t]*+){{{MOST_PARTS}}}")

_SYNTAX: Final = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)\Z", re.DOTALL)

Found = dict[str, Any]
"""What has been read of a book, by the fields of `Book`."""


def _named(found: Found, section: str) -> tuple[str, ...]:
    """The names that stand in a section of tables, right or wrong."""
    tables = found["given"].get(section)
    return tuple(tables) if isinstance(tables, dict) else ()


def _priorities(found: Found) -> tuple[str, ...]:
    """The priorities of the book, or the usual ones; none where they are wrong, which is told."""
    rule = _matrix(found)
    return () if rule is None else tuple(priority.name for priority in rule.priorities)


def _levels(found: Found) -> tuple[tuple[Impact, ...], tuple[Urgency, ...]]:
    """The impacts and urgencies of the book; none where its matrix is wrong, which is told."""
    rule = _matrix(found)
    return ((), ()) if rule is None else (rule.impacts, rule.urgencies)


def _scale(found: Found) -> tuple[Severity, ...]:
    """The severities of the book, or the usual ones; none where they are wrong, which is told."""
    rules = found.get("severity")
    if rules is None:
        return () if "severity" in found["given"] else Severity.default_scale()
    scale: tuple[Severity, ...] = rules.scale
    return scale


def _severities(found: Found) -> tuple[str, ...]:
    return tuple(severity.name for severity in _scale(found))


def _role_names(found: Found) -> tuple[str, ...]:
    """The roles that there are: the usual ones, and those that the book has of its own."""
    given = found["given"].get("roles")
    return role_names(given if isinstance(given, dict) else {})


def _skills(found: Found) -> frozenset[str]:
    """The skills of the people and groups; none where there are no people."""
    directory = found.get("directory", Directory())
    if not directory.people:
        return frozenset()
    return frozenset(s for each in (*directory.people, *directory.groups) for s in each.skills)


def _clocks(found: Found) -> tuple[str, ...]:
    """The clocks of the agreements; none where there are none, or one of them is wrong."""
    agreements = found.get("agreements", ())
    if len(agreements) < len(_named(found, "sla")):
        return ()
    return tuple(clock for each in agreements for clock in each.clocks)


def _calendars(place: Place, given: object, found: Found) -> None:
    found["calendars"] = tuple(read_calendars(place, given).items())


def _priority(place: Place, given: object, found: Found) -> None:
    rule = read_priority(place, given)
    if rule is not None:
        found["priority"] = rule


def _sla(place: Place, given: object, found: Found) -> None:
    calendars = dict(found.get("calendars", ()))
    rule = found.get("priority")
    priorities = () if rule is None else [priority.name for priority in rule.priorities]
    found["agreements"] = read_agreements(
        place, given, calendars, _named(found, "calendars"), priorities
    )


def _lifecycle(place: Place, given: object, found: Found) -> None:
    lifecycle = read_lifecycle(place, given)
    if lifecycle is not None:
        found["lifecycle"] = lifecycle


def _closing(place: Place, given: object, found: Found) -> None:
    calendars = dict(found.get("calendars", ()))
    found["closing"] = read_closing(place, given, calendars, _named(found, "calendars"))


def _notifications(place: Place, given: object, found: Found) -> None:
    lifecycle = found.get("lifecycle")
    if lifecycle is None and "lifecycle" not in found["given"]:
        lifecycle = Lifecycle.default()
    found["notifications"] = read_notifications(place, given, lifecycle)


def _people(place: Place, given: object, found: Found) -> None:
    groups = found["given"].get("groups", {})
    _directory(place, given, groups, found)


def _groups(place: Place, given: object, found: Found) -> None:
    if "people" not in found["given"]:  # else they have been read together
        _directory(place, {}, given, found)


def _directory(place: Place, people: object, groups: object, found: Found) -> None:
    calendars = dict(found.get("calendars", ()))
    top = evolve(place, path="")
    written, services = _named(found, "calendars"), _named(found, "services")
    found["directory"] = read_directory(top, people, groups, calendars, written, services)


def _services(place: Place, given: object, found: Found) -> None:
    calendars = dict(found.get("calendars", ()))
    owners = [*_named(found, "people"), *_named(found, "groups")]
    found["services"] = read_services(place, given, calendars, _named(found, "calendars"), owners)


def _vendors(place: Place, given: object, found: Found) -> None:
    calendars = dict(found.get("calendars", ()))
    services = _named(found, "services")
    found["vendors"] = read_vendors(place, given, calendars, _named(found, "calendars"), services)


def _routing(place: Place, given: object, found: Found) -> None:
    impacts, urgencies = _levels(found)
    directory = found.get("directory", Directory())
    known = {
        "impact": [level.name for level in impacts],
        "urgency": [level.name for level in urgencies],
        "priority": _priorities(found),
        "service": _named(found, "services"),
        "site": {person.site for person in directory.people if person.site is not None},
        "skills": _skills(found),
    }
    found["routing"] = read_routing(place, given, _named(found, "groups"), known)


def _hand_offs(place: Place, given: object, found: Found) -> None:
    found["hand_offs"] = read_hand_offs(place, given)


def _rotas(place: Place, given: object, found: Found) -> None:
    calendars = dict(found.get("calendars", ()))
    people = _named(found, "people")
    found["rotas"] = read_rotas(place, given, calendars, _named(found, "calendars"), people)


def _roles(place: Place, given: object, found: Found) -> None:
    found["roles"] = read_roles(place, given)


def _kinds(place: Place, given: object, found: Found) -> None:
    found["kinds"] = read_kinds(place, given)


def _outages(place: Place, given: object, found: Found) -> None:
    found["outages"] = read_outages(place, given)


def _taxonomy(place: Place, given: object, found: Found) -> None:
    found["taxonomy"] = read_taxonomy(place, given)


def _intake(place: Place, given: object, found: Found) -> None:
    found["intake"] = read_intake(place, given)


def _forms(place: Place, given: object, found: Found) -> None:
    found["forms"] = read_forms(place, given, found.get("intake", Intake()))


def _alerts(place: Place, given: object, found: Found) -> None:
    found["alerts"] = read_alerts(place, given, *_levels(found))
    found["alert_policy"] = read_alert_policy(place, given)


def _similar(place: Place, given: object, found: Found) -> None:
    found["similar"] = read_similar(place, given)


def _recurrence(place: Place, given: object, found: Found) -> None:
    found["recurrence"] = read_recurrence(place, given)


def _joined(found: Found) -> Found:
    """*found* with the parts of `TriageRules` and `ProblemRules` put together."""
    intake: Intake | None = found.pop("intake", None)
    if intake is not None:
        found.setdefault("forms", read_forms(Place(), {}, intake))
        found["vague"], found["assets"] = intake.vague, intake.assets
    if "priority" in found and "alerts" not in found:
        # Of the usual severities those that are on the scales of the book.
        rule = found["priority"]
        found["alerts"] = read_alerts(Place(), {}, rule.impacts, rule.urgencies)
    triage = {each.name: found.pop(each.name) for each in fields(TriageRules) if each.name in found}
    problems = {
        name: found.pop(key)
        for name, key in (
            ("alerts", "alert_policy"),
            ("similar", "similar"),
            ("recurrence", "recurrence"),
        )
        if key in found
    }
    return {
        **found,
        **({"triage": TriageRules(**triage)} if triage else {}),
        **({"problems": ProblemRules(**problems)} if problems else {}),
    }


def _impact(place: Place, given: object, found: Found) -> None:
    rule = _matrix(found)
    rules = None if rule is None else read_levels(place, given, ImpactRules, rule.impacts)
    if rules is not None:
        found["impact"] = rules


def _urgency(place: Place, given: object, found: Found) -> None:
    rule = _matrix(found)
    rules = None if rule is None else read_levels(place, given, UrgencyRules, rule.urgencies)
    if rules is not None:
        found["urgency"] = rules


def _matrix(found: Found) -> Any:
    """The matrix or table of the book; ``None`` where it is wrong, which has been told."""
    default = None if "priority" in found["given"] else PriorityMatrix.itil()
    return found.get("priority", default)


def _adjustments(place: Place, given: object, found: Found) -> None:
    found["adjustments"] = read_adjustments(place, given)


def _severity(place: Place, given: object, found: Found) -> None:
    rules = read_severities(place, given)
    if rules is not None:
        found["severity"] = rules


def _declarations(place: Place, given: object, found: Found) -> None:
    scale = _scale(found)
    if not scale:
        return  # on which scale is not known
    known = {
        "people": _named(found, "people"),
        "groups": _named(found, "groups"),
        "roles": _role_names(found),
    }
    found["declarations"] = read_declarations(place, given, scale, known)


def _cadence(place: Place, given: object, found: Found) -> None:
    found["cadences"], found["audiences"] = read_cadence(place, given, _severities(found))


def _major(place: Place, given: object, found: Found) -> None:
    known = KnownNames(
        roles=_role_names(found),
        groups=_named(found, "groups"),
        people=_named(found, "people"),
        priorities=_priorities(found),
        severities=_severities(found),
    )
    found["major"] = read_major(place, given, known)


def _escalation(place: Place, given: object, found: Found) -> None:
    names = EscalationNames(
        calendars=dict(found.get("calendars", ())),
        written=_named(found, "calendars"),
        priorities=_priorities(found),
        severities=_severities(found),
        services=_named(found, "services"),
        groups=_named(found, "groups"),
        people=_named(found, "people"),
        rotas=_named(found, "rotas"),
        clocks=_clocks(found),
        skills=_skills(found),
    )
    found["escalation"] = read_escalation(place, given, names)


def _costs(place: Place, given: object, found: Found) -> None:
    found["costs"] = read_costs(place, given, _named(found, "services"), _severities(found))


SECTIONS: Final[dict[str, Callable[[Place, object, Found], None]]] = {
    "taxonomy": _taxonomy,
    "calendars": _calendars,
    "priority": _priority,
    "sla": _sla,
    "lifecycle": _lifecycle,
    "closing": _closing,
    "notifications": _notifications,
    "people": _people,
    "groups": _groups,
    "services": _services,
    "vendors": _vendors,
    "routing": _routing,
    "hand_offs": _hand_offs,
    "rotas": _rotas,
    "roles": _roles,
    "kinds": _kinds,
    "outages": _outages,
    "intake": _intake,
    "forms": _forms,
    "alerts": _alerts,
    "similar": _similar,
    "recurrence": _recurrence,
    "impact": _impact,
    "urgency": _urgency,
    "adjustments": _adjustments,
    "severity": _severity,
    "declarations": _declarations,
    "cadence": _cadence,
    "major": _major,
    "escalation": _escalation,
    "costs": _costs,
}
"""The sections and their readers, in the order in which they are read: later ones look at what
earlier ones gave."""


def load(path: str | Path) -> Book:
    """The book in a TOML file.

    Raises `itilcore.errors.UnreadableSource` for a file that cannot be read, is longer than
    1,000,000 bytes or is not UTF-8, and `itilcore.errors.InvalidPolicy` as `loads` does.
    """
    file = Path(path)
    try:
        with file.open("rb") as source:
            raw = source.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableSource(str(path), error.strerror or str(error)) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableSource(str(path), "is not UTF-8", line) from None
    if len(raw) > MOST_BYTES:
        raise UnreadableSource(str(path), f"is longer than {MOST_BYTES:,} bytes: no policy book")
    return loads(text, name=str(path))


def loads(text: str, *, name: str = "policy") -> Book:
    """The book that a TOML text is; *name* is what errors call it.

    Raises `itilcore.errors.InvalidPolicy` with every defect at once: its path and its line,
    and the nearest right word for a wrong one.

    >>> loads('''
    ... [calendars.office]
    ... hours = "Mon-Fri 09:00-17:00"
    ... tz = "Europe/Lisbon"
    ... [sla.gold]
    ... calender = "office"
    ... targets = [{kind = "resolution", within = "-4h"}]
    ... ''')
    Traceback (most recent call last):
    itilcore.errors.InvalidPolicy: policy: 3 defects
      line 6, sla.gold.calender: is no such key; did you mean 'calendar'?
      line 7, sla.gold.targets[0]: has no calendar, and the agreement has none
      line 7, sla.gold.targets[0].within: is '-4h': give such as '4h', '1h 30m' or '3 business days'
    """
    if not isinstance(text, str):
        raise InvalidInput("policy", [Defect("", f"is of type {type(text).__name__}: give a text")])
    text = text.replace("\r\n", "\n")
    endless = _ENDLESS_KEY.search(text)
    if endless is not None:
        line = text.count("\n", 0, endless.start()) + 1
        problem = f"has more than {MOST_PARTS} names joined by dots"
        raise InvalidPolicy(name, [Defect("", problem, line)])
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidPolicy(name, [_no_toml(str(error), text)]) from None
    except (RecursionError, ValueError) as error:
        why = "is nested too deeply"
        if not isinstance(error, RecursionError):  # of the integers that Python does not read
            why = f"is no TOML: {str(error).partition(';')[0]}"
        raise InvalidPolicy(name, [Defect("", why)]) from None
    place = Place()
    for section in given:
        if section not in SECTIONS:
            (place / section).refuse(f"is no such section; {nearest(section, list(SECTIONS))}")
    found: Found = {"given": given}
    for section, read in SECTIONS.items():
        if section in given:
            read(place / section, given[section], found)
            place = evolve(place, taxonomy=found.get("taxonomy", place.taxonomy))
    if place.defects:
        raise InvalidPolicy(name, _with_lines(place.defects, text))
    del found["given"]
    return Book(name=name, **_joined(found))


def _no_toml(said: str, text: str) -> Defect:
    match = _SYNTAX.match(said)
    assert match is not None, said
    line = int(match[2]) if match[2] else text.count("\n") + 1
    return Defect("", f"is not TOML: {match[1]}", line)


def _with_lines(defects: list[Defect], text: str) -> list[Defect]:
    lines = lines_of(text)
    found = [Defect(each.path, each.problem, _line(each.path, lines)) for each in defects]
    return sorted(found, key=lambda defect: (defect.line or 0, defect.path))


def _line(path: str, lines: dict[str, int]) -> int | None:
    """The line of *path*, or of what is nearest above it."""
    while path and path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines.get(path)
