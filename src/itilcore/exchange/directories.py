"""People, groups and services from a CSV file, or from the rows of any database."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from attrs import frozen

from itilcore.calendars import BusinessCalendar
from itilcore.errors import Defect, InvalidInput, UnreadableSource, nearest
from itilcore.intake import Criticality, Service
from itilcore.routing import Person, SupportGroup

__all__ = ["read_groups", "read_people", "read_services"]

T = TypeVar("T")
Source = str | Path | Iterable[Mapping[str, object]]
Calendars = Mapping[str, BusinessCalendar]

MOST_ROWS: Final = 1_000_000
MOST_DEFECTS: Final = 1_000
_YES: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _text(value: object) -> str:
    return str(value).strip()


def _names(value: object) -> list[str]:
    parts = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, Iterable):
        raise ValueError(f"is {value!r:.60}: give names with ; between them")
    return [name for name in (str(part).strip() for part in parts) if name]


def _number(value: object) -> int:
    try:
        return int(_text(value))
    except ValueError:
        raise ValueError(f"is {value!r:.60}, no whole number") from None


def _flag(value: object) -> bool:
    found = value if isinstance(value, bool) else _YES.get(_text(value).casefold())
    if found is None:
        raise ValueError(f"is {value!r:.60}, neither yes nor no")
    return found


def _hours_long(value: object) -> timedelta:
    try:
        found = timedelta(hours=float(_text(value)))
    except (ValueError, OverflowError):
        found = timedelta()
    if found <= timedelta():
        raise ValueError(f"is {value!r:.60}, no number of hours above 0")
    return found


def _criticality(value: object) -> Criticality:
    text = _text(value).casefold()
    known = [each.value for each in Criticality]
    if text not in known:
        raise ValueError(f"is {value!r:.60}; {nearest(text, known)}")
    return Criticality(text)


@frozen
class Columns:
    """How the columns of a table become the fields of a value."""

    what: str
    key: str
    readers: Mapping[str, Callable[[object], Any]]
    fields: Mapping[str, str]
    """Of the columns that are called otherwise."""


_PEOPLE: Final = Columns(
    "people",
    "identifier",
    {
        "identifier": _text,
        "name": _text,
        "manager": _text,
        "site": _text,
        "tier": _number,
        "skills": _names,
        "capacity": _number,
        "vip": _flag,
    },
    {"vip": "is_vip"},
)


def read_people(source: Source) -> tuple[Person, ...]:
    """The people of a CSV file with a header (UTF-8), or of rows as a database gives them.

    The columns are ``identifier``, which is required, ``name``, ``manager``, ``site``,
    ``tier``, ``skills`` (names with ``;`` between them), ``capacity`` and ``vip`` (yes or no);
    an empty cell or ``None`` is none.  Raises `itilcore.errors.UnreadableSource` for a file
    that cannot be read and `itilcore.errors.InvalidInput` with every defect, its row and
    column; rows are counted from 1, in a file they are its lines.

    >>> rows = [{"identifier": "ada", "tier": 2, "skills": "vpn; mail"}]
    >>> read_people(rows)[0].skills
    ('mail', 'vpn')
    """
    return tuple(_read(source, _PEOPLE, lambda values: Person(**values)))


def read_groups(source: Source, calendars: Calendars | None = None) -> tuple[SupportGroup, ...]:
    """The groups of a CSV file, or of rows: as `read_people`.

    The columns are ``name``, which is required, ``tier``, ``members``, ``skills``,
    ``services``, ``categories`` (names with ``;`` between them), ``capacity`` and ``hours``,
    the name of one of *calendars*.

    >>> read_groups([{"name": "Desk", "members": "ada;bob", "capacity": "20"}])[0].members
    ('ada', 'bob')
    """
    columns = Columns(
        "groups",
        "name",
        {
            "name": _text,
            "tier": _number,
            "members": _names,
            "skills": _names,
            "services": _names,
            "categories": _names,
            "capacity": _number,
            "hours": _calendar(calendars or {}),
        },
        {},
    )
    return tuple(_read(source, columns, lambda values: SupportGroup(**values)))


def read_services(source: Source, calendars: Calendars | None = None) -> tuple[Service, ...]:
    """The services of a CSV file, or of rows: as `read_people`.

    The columns are ``name``, which is required, ``criticality``, ``owner``,
    ``tolerable_downtime`` (a number of hours), ``degradation_counts`` (yes or no),
    ``depends_on`` (names with ``;`` between them) and ``hours``, the name of one of
    *calendars*.

    >>> read_services([{"name": "mail", "criticality": "high"}])[0].criticality.value
    'high'
    """
    columns = Columns(
        "services",
        "name",
        {
            "name": _text,
            "criticality": _criticality,
            "owner": _text,
            "tolerable_downtime": _hours_long,
            "degradation_counts": _flag,
            "depends_on": _names,
            "hours": _calendar(calendars or {}),
        },
        {},
    )
    return tuple(_read(source, columns, lambda values: Service(**values)))


def _calendar(known: Calendars) -> Callable[[object], BusinessCalendar]:
    def read(value: object) -> BusinessCalendar:
        name = _text(value)
        if name not in known:
            near = nearest(name, list(known)) if known else "none were given"
            raise ValueError(f"names no calendar {name!r}; {near}")
        return known[name]

    return read


def _read(source: Source, columns: Columns, make: Callable[[dict[str, Any]], T]) -> Iterator[T]:
    defects: list[Defect] = []
    found: list[T] = []
    for where, row in islice(_rows(source, columns.what), MOST_ROWS):
        if len(defects) > MOST_DEFECTS:
            break
        before = len(defects)
        values: dict[str, Any] = {}
        for name, cell in row.items():
            if name not in columns.readers:
                near = nearest(str(name), list(columns.readers))
                defects.append(Defect(f"{where}: {name}", f"is no such column; {near}"))
            elif cell is not None and not (isinstance(cell, str) and not cell.strip()):
                try:
                    values[columns.fields.get(name, name)] = columns.readers[name](cell)
                except ValueError as error:
                    defects.append(Defect(f"{where}: {name}", str(error)))
        if columns.key not in values and len(defects) == before:
            defects.append(Defect(f"{where}: {columns.key}", "is missing"))
        if len(defects) == before:
            try:
                found.append(make(values))
            except InvalidInput as error:
                defects += [Defect(f"{where}: {each.path}", each.problem) for each in error.defects]
    if defects:
        raise InvalidInput(columns.what, defects[:MOST_DEFECTS])
    return iter(found)


def _rows(source: Source, what: str) -> Iterator[tuple[str, Mapping[Any, object]]]:
    """Each row with where it stands."""
    if isinstance(source, str | Path):
        yield from _lines(Path(source))
        return
    if not isinstance(source, Iterable):
        raise InvalidInput(what, [Defect("", f"is {source!r:.60}: give a file, or rows")])
    for number, row in enumerate(source, 1):
        if not isinstance(row, Mapping):
            raise InvalidInput(what, [Defect(f"row {number}", f"is {row!r:.60}, no mapping")])
        yield f"row {number}", row


def _lines(path: Path) -> Iterator[tuple[str, Mapping[Any, object]]]:
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.reader(lines, strict=True)
            header = [name.strip().casefold() for name in next(rows, [])]
            if not any(header):
                raise UnreadableSource(path.name, "has no header", 1)
            if len(set(header)) < len(header):
                raise UnreadableSource(path.name, "has a column twice", 1)
            for cells in rows:
                line = rows.line_num
                if not any(cells):
                    continue
                if len(cells) != len(header):
                    problem = f"has {len(cells)} cells, and the header {len(header)}"
                    raise UnreadableSource(path.name, problem, line)
                yield f"line {line}", dict(zip(header, cells, strict=True))
    except OSError as error:
        raise UnreadableSource(path.name, error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise UnreadableSource(path.name, "is not UTF-8") from None
    except csv.Error as error:
        raise UnreadableSource(path.name, f"is not CSV: {error}, after line {line}") from None
