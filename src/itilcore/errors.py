"""The errors of itilcore: one tree, each error a record.

::

    ItilcoreError
    ├── InvalidInput (ValueError)          a value, file or setting is wrong; every defect at once
    │   ├── InvalidMatrix                  a priority matrix that is not total or not monotone
    │   ├── InvalidLifecycle               an unreachable status, or one that cannot reach an end
    │   ├── InvalidMapping                 a mapping that cannot be applied to an export
    │   ├── InvalidCalendar                hours, holidays or closures that make no calendar
    │   └── InvalidPolicy                  a policy book that cannot be used
    ├── NaiveInstant (ValueError)          a date-time without a UTC offset
    ├── UnknownPriorityInput (LookupError) a level that the matrix or table has no cell for
    ├── UnreadableSource (ValueError)      an export that cannot be used at all
    │   └── ScatteredIncident              the rows of one incident are not together
    ├── UnknownReference (LookupError)     an incident that the export does not have
    ├── UnwritableOutput (ValueError)      a file that cannot be written
    ├── UnknownYear (LookupError)          a year that a calendar cannot tell about
    ├── EndlessSearch (LookupError)        a calendar that does not open, or close, any more
    ├── StaleFacts (ValueError)            rows that know more than the instant asked for
    ├── ActionRefused (ValueError)         an action that the lifecycle does not allow now
    ├── StorageError                       something about a store
    │   ├── UnknownIncident (LookupError)  no incident with that reference
    │   ├── UnknownPolicy (LookupError)    no policy book of that version
    │   ├── VersionConflict                somebody else has written in between
    │   ├── IdempotencyKeyReused           a key that belongs to another commit
    │   ├── CorruptEvent                   a stored event that cannot be read
    │   ├── CorruptNotification            a stored notification that cannot be read
    │   ├── NewerSchema                    a database of a later version of itilcore
    │   └── StorageFailure                 a full disk, a lost connection, a file of no use
    └── MissingExtra (ImportError)         an optional library is not installed

A *wrong call* raises one of these.  A *business outcome* (no rule matched, breached,
unknown) is a value, never an exception.  Every error keeps its facts as attributes
and survives pickling.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches

from attrs import frozen

__all__ = [
    "ActionRefused",
    "CorruptEvent",
    "CorruptNotification",
    "Defect",
    "EndlessSearch",
    "IdempotencyKeyReused",
    "InvalidCalendar",
    "InvalidInput",
    "InvalidLifecycle",
    "InvalidMapping",
    "InvalidMatrix",
    "InvalidPolicy",
    "ItilcoreError",
    "MissingExtra",
    "NaiveInstant",
    "NewerSchema",
    "ScatteredIncident",
    "StaleFacts",
    "StorageError",
    "StorageFailure",
    "UnknownIncident",
    "UnknownPolicy",
    "UnknownPriorityInput",
    "UnknownReference",
    "UnknownYear",
    "UnreadableSource",
    "UnwritableOutput",
    "VersionConflict",
    "blank_defects",
    "name_defects",
    "nearest",
    "require_aware",
]


@frozen
class Defect:
    """One thing that is wrong: where (a dotted path, ``""`` for the whole) and what.

    ``line`` is the line of the text that it stands in, from 1, where there is one.

    >>> str(Defect("columns.status", "no such column in the export"))
    'columns.status: no such column in the export'
    >>> str(Defect("sla.gold.kind", "is missing", 12))
    'line 12, sla.gold.kind: is missing'
    """

    path: str
    problem: str
    line: int | None = None

    def __str__(self) -> str:
        line = "" if self.line is None else f"line {self.line}"
        path = self.path
        if not path.isprintable():  # a key that somebody typed: one defect stays on one line
            path = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in path)
        where = ", ".join(filter(None, (line, path)))
        return f"{where}: {self.problem}" if where else self.problem


class ItilcoreError(Exception):
    """The root of every error that itilcore raises on purpose."""

    def __reduce__(self) -> tuple[object, ...]:
        # Exception.__reduce__ calls the class with the message; ours take facts instead.
        return (_rebuild, (type(self), self.args, dict(self.__dict__)))


def _rebuild(
    cls: type[ItilcoreError], args: tuple[object, ...], facts: dict[str, object]
) -> ItilcoreError:
    error = cls.__new__(cls)
    # The built-in base sets what it keeps besides args, such as ImportError's msg.
    super(ItilcoreError, error).__init__(*args)
    error.__dict__.update(facts)
    return error


class InvalidInput(ItilcoreError, ValueError):
    """A value, file or setting is wrong.  ``defects`` lists every defect with its path.

    >>> error = InvalidInput("the form", [Defect("impact", "is missing"), Defect("at", "is naive")])
    >>> print(error)
    the form: 2 defects
      impact: is missing
      at: is naive
    """

    def __init__(self, subject: str, defects: Iterable[Defect]) -> None:
        self.subject = subject
        self.defects = tuple(defects)
        count = len(self.defects)
        lines = [f"{subject}: {count} defect{'' if count == 1 else 's'}"]
        lines += [f"  {defect}" for defect in self.defects]
        super().__init__("\n".join(lines))


class InvalidMatrix(InvalidInput):
    """A priority matrix lacks a cell, has one twice, or gives more for less."""


class InvalidLifecycle(InvalidInput):
    """A lifecycle has a status that nothing leads to, or that leads to no end."""


class InvalidMapping(InvalidInput):
    """A mapping has unknown keys, contradicts itself, or does not fit the export."""


class InvalidCalendar(InvalidInput):
    """Hours, holidays, seasons or closures that make no business calendar."""


class InvalidPolicy(InvalidInput):
    """A policy book that cannot be used: every defect, with its path and its line."""


class NaiveInstant(ItilcoreError, ValueError):
    """A date-time without a UTC offset was given where an instant is needed.

    ``name`` is the parameter or column, ``value`` the date-time itself.
    """

    def __init__(self, name: str, value: datetime) -> None:
        self.name = name
        self.value = value
        super().__init__(f"{name} is {value.isoformat()}, which has no UTC offset: give it a zone")


class UnknownPriorityInput(ItilcoreError, LookupError):
    """An impact or urgency that is not on the scales of the matrix that was asked."""

    def __init__(self, name: str, value: object, known: Iterable[str]) -> None:
        self.name = name
        self.value = value
        self.known = tuple(known)
        super().__init__(f"{name} {value} is not on the scale: {', '.join(self.known)}")


class UnreadableSource(ItilcoreError, ValueError):
    """An export cannot be used at all: what it is, at which line (1-based), and why."""

    def __init__(self, source: str, reason: str, line: int | None = None) -> None:
        self.source = source
        self.reason = reason
        self.line = line
        where = source if line is None else f"{source}, line {line}"
        super().__init__(f"{where}: {reason}")


class ScatteredIncident(UnreadableSource):
    """The rows of one incident are not together, and the reader was told to stream."""

    def __init__(self, source: str, reference: str, line: int) -> None:
        super().__init__(
            source,
            f"incident {reference} comes back after other incidents; "
            "read the export with scattered=True",
            line,
        )
        self.reference = reference


class UnknownReference(ItilcoreError, LookupError):
    """An export has no incident ``reference``; ``near`` are those that come closest."""

    def __init__(self, source: str, reference: str, near: Iterable[str]) -> None:
        self.source = source
        self.reference = reference
        self.near = tuple(near)
        hint = f": did you mean {' or '.join(map(repr, self.near))}?" if self.near else ""
        super().__init__(f"{source} has no incident {reference!r}{hint}")


class UnknownYear(ItilcoreError, LookupError):
    """What is open in ``year`` cannot be told: the calendar knows ``first`` to ``last``."""

    def __init__(self, year: int, first: int, last: int) -> None:
        self.year = year
        self.first = first
        self.last = last
        super().__init__(f"{year} is outside the years {first} to {last} that the calendar knows")


class EndlessSearch(ItilcoreError, LookupError):
    """There is not so much of what was ``sought`` from ``since`` up to ``until``, both in UTC."""

    def __init__(self, sought: str, since: datetime, until: datetime) -> None:
        self.sought = sought
        self.since = since
        self.until = until
        super().__init__(f"not enough {sought} between {since.isoformat()} and {until.isoformat()}")


class UnwritableOutput(ItilcoreError, ValueError):
    """A file cannot be written where it was asked for: which, and why.  Nothing was changed."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class StaleFacts(ItilcoreError, ValueError):
    """Facts folded up to a later instant cannot say how the incident stood at ``at``."""

    def __init__(self, reference: str, last_event_at: datetime, at: datetime) -> None:
        self.reference = reference
        self.last_event_at = last_event_at
        self.at = at
        super().__init__(
            f"{reference} was folded up to {last_event_at.isoformat()}, after {at.isoformat()}: "
            "measure the incidents themselves, or fold them again at that instant"
        )


class ActionRefused(ItilcoreError, ValueError):
    """An ``action`` on an incident that cannot be done now.

    ``status`` is the status it is in, ``None`` before it is logged; ``missing`` the facts that
    would allow the action, each with a sentence that says what it is; none where no fact would.
    """

    def __init__(
        self,
        reference: str,
        action: str,
        status: str | None,
        missing: Iterable[tuple[str, str]] = (),
        why: str = "",
    ) -> None:
        self.reference = reference
        self.action = action
        self.status = status
        self.missing = tuple(missing)
        self.why = why
        needs = "; ".join(f"{name}: {text}" for name, text in self.missing)
        reason = why or (f"needs {needs}" if needs else "no row of the lifecycle allows it")
        now = "has no status" if status is None else f"is {status}"
        super().__init__(f"{reference} {now}: cannot {action}: {reason}")


class StorageError(ItilcoreError):
    """Something about a store, or about what it holds."""


class UnknownIncident(StorageError, LookupError):
    """A store has no incident with this ``reference``."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"there is no incident {reference!r}")


class UnknownPolicy(StorageError, LookupError):
    """A store has no policy book of this ``version``; ``None`` where it has none at all."""

    def __init__(self, version: str | None) -> None:
        self.version = version
        which = "at all" if version is None else f"of version {version!r}"
        super().__init__(f"there is no policy book {which}")


class VersionConflict(StorageError):
    """A write that had seen version ``expected`` of what is at version ``actual``: not stored.

    ``expected`` is 0 where it was to be new.  ``actual`` is ``None`` where the store cannot
    tell, and a text where what is stored has no number: a policy book of that version.

    >>> print(VersionConflict("INC1", 1, 2))
    INC1 is at version 2, not at 1: read it again
    >>> print(VersionConflict("INC1", 0, 2))
    INC1 is there already, at version 2: read it again
    """

    def __init__(self, reference: str, expected: int | str, actual: int | str | None) -> None:
        self.reference = reference
        self.expected = expected
        self.actual = actual
        super().__init__(_conflict(reference, expected, actual))


def _conflict(reference: str, expected: int | str, actual: int | str | None) -> str:
    if isinstance(actual, str):
        return f"{reference} {expected!r} is there with {actual}, which stays as it is"
    if expected == 0:
        version = "" if actual is None else f", at version {actual}"
        return f"{reference} is there already{version}: read it again"
    now = "has changed" if actual is None else f"is at version {actual}"
    return f"{reference} {now}, not at {expected}: read it again"


class IdempotencyKeyReused(StorageError):
    """The ``key`` of a commit belongs to an earlier commit of another incident."""

    def __init__(self, key: str, reference: str, stored: str) -> None:
        self.key = key
        self.reference = reference
        self.stored = stored
        super().__init__(f"the key {key!r} of {reference} was used for {stored} before")


class CorruptEvent(StorageError):
    """A stored event that cannot be read: which incident, which ``sequence`` (from 1), why."""

    def __init__(self, reference: str, sequence: int, problem: str) -> None:
        self.reference = reference
        self.sequence = sequence
        self.problem = problem
        super().__init__(f"event {sequence} of {reference} cannot be read: {problem}")


class CorruptNotification(StorageError):
    """A stored notification that cannot be read: its ``identifier``, and the ``problem``.

    Marking the identifier as delivered takes it out of the way.
    """

    def __init__(self, identifier: str, problem: str) -> None:
        self.identifier = identifier
        self.problem = problem
        super().__init__(f"notification {identifier!r} cannot be read: {problem}")


class NewerSchema(StorageError):
    """A database whose schema is of version ``found``; this itilcore knows up to ``known``."""

    def __init__(self, found: int, known: int) -> None:
        self.found = found
        self.known = known
        super().__init__(
            f"the database has schema version {found}, this itilcore knows {known}: update it"
        )


class StorageFailure(StorageError):
    """What a store rests on failed; what was to be written was not.  ``problem`` is its words."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class MissingExtra(ItilcoreError, ImportError):
    """An optional library is needed: ``extra`` is what to install."""

    def __init__(self, library: str, extra: str) -> None:
        self.library = library
        self.extra = extra
        super().__init__(f"{library} is not installed: pip install 'itilcore[{extra}]'")


def require_aware(name: str, value: datetime) -> datetime:
    """Return *value* if it has a UTC offset, raise `NaiveInstant` otherwise.

    Raises `InvalidInput` for what is no date-time, and for one that no year from 1 to 9999 holds
    in UTC.

    >>> from datetime import datetime, UTC
    >>> require_aware("at", datetime(2026, 3, 1, tzinfo=UTC)).isoformat()
    '2026-03-01T00:00:00+00:00'
    >>> require_aware("at", datetime(2026, 3, 1))
    Traceback (most recent call last):
    itilcore.errors.NaiveInstant: at is 2026-03-01T00:00:00, which has no UTC offset: give it a zone
    """
    try:
        offset, year = value.utcoffset(), value.year
    except AttributeError:
        problem = f"is {value!r:.60}: give a date-time with a UTC offset"
        raise InvalidInput("instant", [Defect(name, problem)]) from None
    if offset is None:
        raise NaiveInstant(name, value)
    if not 1 < year < 9999:
        try:
            value.astimezone(UTC)
        except OverflowError:
            problem = f"is {value.isoformat()}, before year 1 or after year 9999 in UTC"
            raise InvalidInput("instant", [Defect(name, problem)]) from None
    return value


def blank_defects(path: str, value: object) -> list[Defect]:
    """The defect of a *value* that must be a text with something in it, or no defect.

    >>> blank_defects("name", "NEW")
    []
    >>> print(*blank_defects("name", " "))
    name: is ' ': it must be a text that is not blank
    """
    if isinstance(value, str) and value.strip():
        return []
    return [Defect(path, f"is {value!r}: it must be a text that is not blank")]


def name_defects(path: str, value: object) -> list[Defect]:
    r"""The defect of a *value* that must be a name that can be read and printed, or no defect.

    >>> name_defects("name", "gold")
    []
    >>> print(*name_defects("name", "a\x1b[31m"))
    name: is 'a\x1b[31m': it must have no control characters
    """
    defects = blank_defects(path, value)
    if not defects and not str(value).isprintable():
        defects.append(Defect(path, f"is {value!r:.100}: it must have no control characters"))
    return defects


def nearest(given: str, known: Sequence[str]) -> str:
    """Words that lead from a wrong name to the right one of *known*.

    >>> nearest("Statsu", ["status", "priority"])
    "did you mean 'status'?"
    >>> nearest("colour", ["status", "priority"])
    'there are status, priority'
    """
    folded = {name.casefold(): name for name in reversed(known)}
    near = get_close_matches(given, known, 1) or [
        folded[name] for name in get_close_matches(given.casefold(), folded, 1)
    ]
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
