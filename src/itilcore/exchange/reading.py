"""Reading an export: from a file to incidents, one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from attrs import define, evolve, frozen

from itilcore.errors import Defect, InvalidInput, InvalidMapping, UnreadableSource, nearest
from itilcore.incident import Incident

from .building import Builder
from .cells import Unmapped
from .grouping import KeyedRow, contiguous, scattered
from .instants import InstantReader, UnreadableInstant
from .loading import zone_problem
from .mapping import Column, Derivation, ExportMapping, builtin_names
from .sources import BrokenRow, Progress, Rows, open_rows

__all__ = ["Reading", "RejectedRow", "detect", "read"]

_GENERIC: Final = "generic"
_BETWEEN: Final = re.compile(r"[\s_-]+")
KEPT_REJECTIONS: Final = 1_000
_MOST_OTHERS: Final = 20_000
_LONGEST_VALUE: Final = 200


@frozen
class RejectedRow:
    """A row that could not be used: its line (1-based), the column, its text, and why."""

    line: int
    column: str | None
    value: str | None
    reason: str


@define
class _Tally:
    rows: int = 0
    incidents: int = 0
    rejected: int = 0


def detect(columns: tuple[str, ...], documents: str | None = None) -> ExportMapping | None:
    """The built-in mapping that fits *columns* best, or ``None``.

    A mapping fits when its reference, its instant and its status are there; the one with the
    most columns there wins.  For nested documents it is the one that names their form,
    *documents*.

    >>> detect(("number", "incident_state", "sys_updated_at", "opened_at")).name
    'servicenow-audit-log'
    >>> detect(("name", "colour")) is None
    True
    """
    best: tuple[int, ExportMapping] | None = None
    for name in builtin_names():
        mapping = ExportMapping.builtin(name)
        if mapping.documents != documents:
            continue
        there = set(_matched(mapping.theirs(), columns))
        if all(there.intersection(names) for names in _required(mapping)):
            # Names of any desk's spreadsheet prove less than those of one tool.
            score = len(there) if mapping.name != _GENERIC else 0
            if best is None or score > best[0]:
                best = (score, mapping)
    return None if best is None else best[1]


def _required(mapping: ExportMapping) -> list[tuple[str, ...]]:
    """What an export must have: of each tuple one column at least."""
    key = "at" if mapping.shape == "updates" else "logged_at"
    names = ("reference", key, "status")
    return _apart(column for name in names if (column := mapping.column(name)) is not None)


def _apart(columns: Iterable[Column]) -> list[tuple[str, ...]]:
    """Of each tuple one is enough: all the columns that are tried in order, else each alone."""
    return [
        names
        for column in columns
        for names in ([column.names] if column.first else [(name,) for name in column.names])
    ]


class Reading:
    """An export being read: iterate it once to get its incidents, in the order of the file.

    ``mapping`` is the one in use and ``absent`` the columns it names that the export has not.
    While it is iterated ``rows`` (usable rows), ``incidents``, ``rejected_count``, ``rejected``
    (at most 1,000) and ``unmapped`` (texts that could not be read, by column, counted) fill.
    ``near`` is for an incident that was asked for and is not there: see `read`.  ``kept`` holds
    the last text of each column that was to be kept, by reference.
    """

    def __init__(
        self,
        rows: Rows,
        mapping: ExportMapping,
        by_disk: bool,
        only: str | None,
        keep: tuple[str, ...] = (),
    ) -> None:
        self.name = rows.name
        self._keep = _there(keep, rows)
        self.kept: dict[str, dict[str, str]] = {}
        self.mapping, self.absent = _fitted(mapping, rows)
        self.rejected: list[RejectedRow] = []
        self._rows = rows
        self._by_disk = by_disk
        self._only = only
        self._others: dict[str, None] = {}
        self.near: tuple[str, ...] = ()
        self._unmapped = Unmapped()
        self._tally = _Tally()
        self._iterator = self._incidents()

    @property
    def rows(self) -> int:
        """How many rows were used."""
        return self._tally.rows

    @property
    def incidents(self) -> int:
        """How many incidents were read."""
        return self._tally.incidents

    @property
    def rejected_count(self) -> int:
        """How many rows were rejected; ``rejected`` keeps the first 1,000."""
        return self._tally.rejected

    @property
    def unmapped(self) -> dict[str, dict[str, int]]:
        """Texts that could not be read as a value: by column (ours), with how often."""
        return self._unmapped.counts

    def __iter__(self) -> Iterator[Incident]:
        return self._iterator

    def close(self) -> None:
        """Stop reading and close the file."""
        self._rows.close()

    def _reject(self, line: int, column: str | None, value: str | None, reason: str) -> None:
        self._tally.rejected += 1
        if len(self.rejected) < KEPT_REJECTIONS:
            short = value if value is None else value[:_LONGEST_VALUE]
            self.rejected.append(RejectedRow(line, column, short, reason))

    def _keyed(self, builder: Builder, wanted: tuple[str, ...], column: str) -> Iterator[KeyedRow]:
        for row in self._rows.select(wanted):
            if isinstance(row, BrokenRow):
                self._reject(row.line, None, None, row.reason)
                continue
            line, cells, identity = row
            key = builder.reference(cells)
            if self._only is not None and key != self._only:
                self._pass_over(key)
            elif key is None:
                self._reject(line, column, None, "has no reference")
            else:
                yield key, line, cells, identity

    def _pass_over(self, key: str | None) -> None:
        """Of the references that were not asked for remember those that come closest."""
        assert self._only is not None
        if key is not None:
            self._others[key] = None
            if len(self._others) >= _MOST_OTHERS:
                self._keep_nearest()

    def _keep_nearest(self) -> None:
        assert self._only is not None
        self.near = tuple(get_close_matches(self._only, self._others))
        self._others = dict.fromkeys(self.near)

    def _incidents(self) -> Iterator[Incident]:
        mapping = self.mapping
        names = mapping.theirs()
        places = {name: place for place, name in enumerate(names)}
        wanted = tuple(names) + self._keep
        instants = InstantReader(mapping.formats, mapping.zone)
        builder = Builder(mapping, places, instants, self._unmapped)
        column = mapping.column(builder.at_column)
        reference = mapping.column("reference")
        if column is None or reference is None:  # pragma: no cover  # the loader refuses it
            raise InvalidMapping(f"mapping {mapping.name}", [Defect("columns", "lacks a key")])
        at_places = [places[name] for name in column.names]
        at_place, more_places = at_places[0], len(at_places) > 1
        at_name = column.names[0]
        keyed = self._keyed(builder, wanted, reference.names[0])
        grouped = scattered(keyed) if self._by_disk else contiguous(keyed, self.name)
        missing = frozenset(mapping.missing)
        tally = self._tally
        read_instant = instants.read
        updates = mapping.shape == "updates"
        try:
            for key, rows in grouped:
                seen: set[str] = set()
                kept: list[tuple[datetime, tuple[str, ...]]] = []
                for _, line, cells, identity in rows:
                    raw = cells[at_place]
                    if more_places:
                        raw = next((t for p in at_places if (t := cells[p]) not in missing), "")
                    at = read_instant(raw)
                    if isinstance(at, UnreadableInstant):
                        reason = "is missing" if raw in missing else at.reason
                        self._reject(line, at_name, raw, reason)
                    elif identity in seen:
                        self._reject(line, None, None, "repeats another row exactly")
                    elif kept and not updates:
                        why = "is a second row of this incident, and the shape is one row each"
                        self._reject(line, reference.names[0], key, why)
                    else:
                        seen.add(identity)
                        kept.append((at, cells))
                if kept:
                    tally.rows += len(kept)
                    tally.incidents += 1
                    events = builder.history(kept) if updates else builder.snapshot(*kept[0])
                    if self._keep:
                        self.kept[key] = self._last(kept, len(names), missing)
                    yield Incident.replay(key, events)
        finally:
            self._rows.close()
        if self._only is not None:
            if not tally.rows:
                self._keep_nearest()
            return
        if not tally.rows and not tally.rejected:
            raise UnreadableSource(self.name, "has a header and no rows")

    def _last(
        self, rows: list[tuple[datetime, tuple[str, ...]]], first: int, missing: frozenset[str]
    ) -> dict[str, str]:
        """The last text that is not missing of each column to be kept."""
        return {
            name: text
            for place, name in enumerate(self._keep, first)
            for text in (
                next((c[place] for _, c in reversed(rows) if c[place] not in missing), ""),
            )
            if text
        }


def _there(keep: tuple[str, ...], rows: Rows) -> tuple[str, ...]:
    """The columns to be kept, which must be columns of the export."""
    defects = [
        Defect(name, f"is no column of {rows.name}; {nearest(name, rows.columns)}")
        for name in keep
        if name not in rows.columns
    ]
    if defects:
        raise InvalidInput("columns", defects)
    return tuple(dict.fromkeys(keep))


def _folded(name: str) -> str:
    return _BETWEEN.sub("_", name.strip().casefold())


def _matched(names: tuple[str, ...], columns: tuple[str, ...]) -> dict[str, str]:
    """Which column each of *names* is: the same, else the one that differs in case or spaces."""
    have = set(columns)
    folded: dict[str, str] = {}
    for column in columns:
        folded.setdefault(_folded(column), column)
    found = {name: name if name in have else folded.get(_folded(name)) for name in names}
    return {name: column for name, column in found.items() if column is not None}


def _fitted(mapping: ExportMapping, rows: Rows) -> tuple[ExportMapping, tuple[str, ...]]:
    """The mapping with the export's names, without what it lacks.

    Of columns that are tried in order one is enough; else a mapping of one's own must fit
    wholly, a built-in one where the columns are that it cannot do without.
    """
    form = None if rows.form is None else rows.form.name
    if mapping.documents != form:
        wanted = f"documents of the form {mapping.documents}" if mapping.documents else "plain rows"
        holds = f"documents of the form {form}" if form else "plain rows"
        problem = f"the mapping reads {wanted}; {rows.name} holds {holds}"
        raise InvalidMapping(f"mapping {mapping.name}", [Defect("documents", problem)])
    built_in = mapping.name in builtin_names()
    names = mapping.theirs()
    have = set(rows.columns)
    there = _matched(names, rows.columns) if built_in else {n: n for n in names if n in have}
    absent = tuple(name for name in names if name not in there)
    defects = [
        Defect(name, f"stands {count} times in the header of {rows.name}")
        for name in dict.fromkeys(there.values())
        if (count := rows.columns.count(name)) > 1
    ]
    for several in _required(mapping) if built_in else _wanted(mapping):
        if not there.keys() & set(several):
            near = get_close_matches(several[0], rows.columns, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            any_of = f", nor is any of {', '.join(several[1:])}" if several[1:] else ""
            defects.append(Defect(several[0], f"is no column of {rows.name}{any_of}{hint}"))
    if defects:
        raise InvalidMapping(f"mapping {mapping.name}", defects)
    return _renamed(mapping, there), absent


def _wanted(mapping: ExportMapping) -> list[tuple[str, ...]]:
    """The columns that a mapping names: of each tuple one must be there."""
    found = _apart(column for _, column in mapping.columns)
    found += [rule.of for _, rule in mapping.derive if rule.rule in {"column", "count"}]
    return sorted(dict.fromkeys(found))


def _renamed(mapping: ExportMapping, there: dict[str, str]) -> ExportMapping:
    def kept(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(there[name] for name in names if name in there))

    columns = tuple(
        (ours, evolve(column, names=names))
        for ours, column in mapping.columns
        if (names := kept(column.names))
    )
    left = {ours for ours, _ in columns}
    derive: list[tuple[str, Derivation]] = []
    for name, rule in mapping.derive:
        if rule.rule in {"column", "count"}:
            if names := kept(rule.of):
                derive.append((name, evolve(rule, of=names)))
        elif rule.rule not in {"first_known", "changes", "suffix_of"} or rule.of[0] in left:
            derive.append((name, rule))
    return evolve(mapping, columns=columns, derive=tuple(derive))


def read(
    path: str | Path,
    mapping: ExportMapping | str | Path | None = None,
    *,
    zone: str | None = None,
    encoding: str = "utf-8-sig",
    scattered: bool = False,
    only: str | None = None,
    keep: Iterable[str] = (),
    progress: Progress | None = None,
) -> Reading:
    """Open an export and read its incidents as they are asked for.

    *path* is CSV or JSON lines, plain, zipped or gzipped.  *mapping* is a value, the name of a
    built-in one or a TOML file; without it the columns tell.  *zone* (IANA) is for times that
    carry no offset and overrides the mapping's.  The rows of an incident must stand together,
    unless *scattered* says otherwise: they then go through a temporary file.

    With *only* one incident is read, by its reference, wherever its rows stand; where there is
    none of it, ``near`` of the reading are the references that come closest.

    *keep* names columns of the export whose last text is kept for each incident, read or not.

    A row is rejected only if its reference or its instant cannot be read, if its cells do not
    fit the header, or if it repeats another exactly.  All else is kept, in order.

    Raises `itilcore.errors.UnreadableSource` for a file that cannot be used at all,
    `itilcore.errors.InvalidMapping` for a mapping that does not fit,
    `itilcore.errors.InvalidInput` for a column to be kept that is not there, and while iterating
    `itilcore.errors.ScatteredIncident`.

    >>> from itertools import islice
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from itilcore.sample import generate, write_servicenow
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "export.csv"
    ...     with path.open("w", newline="") as out:
    ...         write_servicenow(islice(generate(seed=1), 20), out)
    ...     reading = read(path, zone="UTC")
    ...     references = [incident.reference for incident in reading]
    >>> reading.mapping.name, len(references), reading.rejected_count
    ('servicenow-audit-log', 20, 0)
    """
    rows = open_rows(path, encoding=encoding, progress=progress)
    try:
        chosen = _chosen(mapping, rows)
        if zone is not None:
            problem = zone_problem(zone)
            if problem:
                raise InvalidMapping(f"mapping {chosen.name}", [Defect("time.zone", problem)])
            chosen = evolve(chosen, zone=zone)
        naive = [
            f for f in chosen.formats if f not in {"iso", "epoch_s", "epoch_ms"} and "%z" not in f
        ]
        # With another format beside, only a row can tell.
        if chosen.zone is None and len(naive) == len(chosen.formats):
            problem = f"is missing: times in the format {naive[0]} carry no UTC offset (--tz ZONE)"
            raise InvalidMapping(f"mapping {chosen.name}", [Defect("time.zone", problem)])
        return Reading(rows, chosen, scattered, only, tuple(keep))
    except BaseException:
        rows.close()
        raise


def _chosen(mapping: ExportMapping | str | Path | None, rows: Rows) -> ExportMapping:
    if isinstance(mapping, ExportMapping):
        return mapping
    if mapping is not None:
        return ExportMapping.load(mapping)
    found = detect(rows.columns, rows.form.name if rows.form else None)
    if found is None:
        known = ", ".join(builtin_names())
        shown = ", ".join(repr(name[:40]) for name in rows.columns[:12])
        raise UnreadableSource(
            rows.name,
            f"no built-in mapping ({known}) fits its columns {shown}: name a mapping"
            f"{_closest(rows.columns)}",
            1,
        )
    return found


def _closest(columns: tuple[str, ...]) -> str:
    """What the built-in mapping with the most columns there lacks, where that is close."""
    fits = [
        (len(_matched(mapping.theirs(), columns)), mapping)
        for mapping in map(ExportMapping.builtin, builtin_names())
        if mapping.documents is None and mapping.name != _GENERIC
    ]
    shared, mapping = max(fits, key=lambda fit: fit[0])
    there = _matched(mapping.theirs(), columns)
    lacks = ", ".join(" or ".join(n) for n in _required(mapping) if not there.keys() & set(n))
    return f" ({mapping.name} comes closest; it lacks {lacks})" if shared >= 3 else ""
