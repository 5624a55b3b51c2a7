"""Reading a mapping's own text: its words, and every defect with the nearest right word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as AbstractMapping
from difflib import get_close_matches
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from attrs import frozen

from itilcore.classification import TicketKind
from itilcore.errors import Defect, InvalidMapping, nearest
from itilcore.incident import STANDARD_STATUSES, HoldReason, Phase, Status
from itilcore.priority import Impact, Priority, Urgency

from .documents import FORMS

__all__: list[str] = []

SHAPES: Final = ("updates", "incidents")
COLUMNS: Final = (
    "reference",
    "at",
    "logged_at",
    "recorded_at",
    "status",
    "hold_reason",
    "kind",
    "priority",
    "impact",
    "urgency",
    "group",
    "assignee",
    "category",
    "service",
    "configuration_item",
    "title",
    "requester",
    "channel",
    "actor",
    "sla_met",
)
VALUES: Final = ("status", "hold_reason", "kind", "priority", "impact", "urgency")
MOMENTS: Final = (
    "acknowledged",
    "resolved",
    "closed",
    "impact_started",
    "detected",
    "escalated",
)
COUNTS: Final = ("reassignments", "reopened", "interactions", "hand_offs", "escalations")
DERIVED: Final = (*MOMENTS, *COUNTS, "tier")
RULES: Final = {
    "acknowledged": ("first_known", "enters", "column"),
    "resolved": ("enters", "column"),
    "closed": ("enters", "column"),
    "impact_started": ("column",),
    "detected": ("column",),
    "escalated": ("column",),
    "reassignments": ("count", "changes"),
    "reopened": ("count", "leaves"),
    "interactions": ("count",),
    "hand_offs": ("count",),
    "escalations": ("count",),
    "tier": ("suffix_of", "column"),
}
FIRST_KNOWN: Final = ("assignee", "group")
_BY_NAME: Final = {status.name: status for status in STANDARD_STATUSES}
_LEVELS: Final[dict[str, tuple[Any, ...]]] = {
    "priority": (Priority.P1, Priority.P2, Priority.P3, Priority.P4, Priority.P5),
    "impact": (Impact.HIGH, Impact.MEDIUM, Impact.LOW),
    "urgency": (Urgency.HIGH, Urgency.MEDIUM, Urgency.LOW),
}


@frozen
class Column:
    """Where a value stands in a row.

    ``names`` are columns of the export.  With ``first`` the first that is not missing counts;
    otherwise all are joined with ``/`` (for a category: they are its path).
    """

    names: tuple[str, ...]
    first: bool = False


@frozen
class Derivation:
    """How a moment or a count is known: the ``rule`` and what it looks at.

    ``rule`` is one of ``first_known``, ``enters``, ``leaves``, ``column``, ``count``,
    ``changes`` and ``suffix_of``; ``of`` is the column, or the statuses.  ``tiers`` and
    ``otherwise`` belong to ``suffix_of``: what the end of the text says about the tier.
    """

    rule: str
    of: tuple[str, ...]
    tiers: tuple[tuple[str, int], ...] = ()
    otherwise: int | None = None


class Loader:
    """Reads the structure and gathers every defect before it raises once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.defects: list[Defect] = []

    def wrong(self, path: str, problem: str) -> None:
        self.defects.append(Defect(path, problem))

    def known(self, path: str, given: AbstractMapping[str, Any], keys: tuple[str, ...]) -> None:
        for key in given:
            if key not in keys:
                self.wrong(f"{path}{key}", f"is no such key; {nearest(str(key), keys)}")

    def table(self, content: AbstractMapping[str, Any], key: str) -> AbstractMapping[str, Any]:
        value = content.get(key, {})
        if isinstance(value, AbstractMapping):
            return value
        self.wrong(key, f"is {value!r}, not a table")
        return {}

    def texts(self, path: str, value: object) -> tuple[str, ...]:
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            if value:
                return tuple(value)
            self.wrong(path, "is an empty list")
            return ()
        self.wrong(path, f"is {value!r}, neither a text nor a list of texts")
        return ()

    def load(self, content: AbstractMapping[str, Any]) -> dict[str, Any]:
        """The fields of the mapping; raises once for all that is wrong."""
        keys = (
            "shape",
            "missing",
            "time",
            "columns",
            "values",
            "derive",
            "title",
            "extends",
            "documents",
        )
        self.known("", content, keys)
        shape = content.get("shape")
        if shape not in SHAPES:
            given = "is missing" if shape is None else f"is {shape!r}"
            self.wrong("shape", f"{given}; {nearest(str(shape), SHAPES)}")
        missing = content.get("missing", [""])
        missing = ("",) if missing == [] else self.texts("missing", missing)
        time = self.table(content, "time")
        self.known("time.", time, ("formats", "zone"))
        formats = self.texts("time.formats", time.get("formats", ["iso"]))
        zone = time.get("zone")
        if zone is not None:
            self.zone(zone)
        columns = tuple(self.columns(self.table(content, "columns"), shape))
        values = tuple(self.values(self.table(content, "values")))
        derive = tuple(self.derivations(self.table(content, "derive"), dict(columns), shape))
        self.statuses_named(dict(values).get("status", ()), derive)
        title = content.get("title")
        form = content.get("documents")
        forms = tuple(known.name for known in FORMS)
        if form is not None and form not in forms:
            self.wrong("documents", f"is {form!r}; {nearest(str(form), forms)}")
        if self.defects:
            raise InvalidMapping(f"mapping {self.name}", self.defects)
        return {
            "shape": str(shape),
            "columns": columns,
            "missing": missing,
            "formats": formats,
            "zone": zone,
            "values": values,
            "derive": derive,
            "title": title,
            "documents": form,
        }

    def zone(self, zone: object) -> None:
        problem = zone_problem(zone)
        if problem:
            self.wrong("time.zone", problem)

    def columns(
        self, table: AbstractMapping[str, Any], shape: object
    ) -> Iterator[tuple[str, Column]]:
        self.known("columns.", table, COLUMNS)
        needed = {"updates": ("reference", "at"), "incidents": ("reference", "logged_at")}
        for name in needed.get(str(shape), ()):
            if name not in table:
                self.wrong(f"columns.{name}", f"is missing: shape {shape!r} needs it")
        for name, value in table.items():
            path = f"columns.{name}"
            if isinstance(value, AbstractMapping):
                self.known(f"{path}.", value, ("first_of",))
                names = self.texts(f"{path}.first_of", value.get("first_of"))
                column = Column(names, first=True)
            else:
                column = Column(self.texts(path, value))
            if name in COLUMNS:
                yield name, column

    def values(
        self, table: AbstractMapping[str, Any]
    ) -> Iterator[tuple[str, tuple[tuple[str, Any], ...]]]:
        self.known("values.", table, VALUES)
        for name in VALUES:
            rows = self.table(table, name) if name in table else {}
            yield (
                name,
                tuple(
                    (raw, self.value(name, f"values.{name}.{raw}", v)) for raw, v in rows.items()
                ),
            )

    def value(self, name: str, path: str, value: object) -> Any:
        readers: dict[str, Callable[[str, object], Any]] = {
            "status": self.status,
            "hold_reason": lambda _path, v: self.named(path, v, HoldReason),
            "kind": self.kind,
        }
        reader = readers.get(name)
        return reader(path, value) if reader else self.level(name, path, value)

    def named(self, path: str, value: object, make: Callable[[str], Any]) -> Any:
        if isinstance(value, str) and value.strip():
            return make(value)
        self.wrong(path, f"is {value!r}, not a name")
        return None

    def status(self, path: str, value: object) -> tuple[Status, HoldReason | None] | None:
        if isinstance(value, str) and value in _BY_NAME:
            return _BY_NAME[value], None
        if not isinstance(value, AbstractMapping):
            self.wrong(
                path,
                f"{value!r} is no default status; {nearest(str(value), tuple(_BY_NAME))} "
                '(a status of your own: {status = "NAME", phase = "waiting"})',
            )
            return None
        self.known(f"{path}.", value, ("status", "phase", "reason"))
        raw_reason = value.get("reason")
        reason = (
            None if raw_reason is None else self.named(f"{path}.reason", raw_reason, HoldReason)
        )
        name = value.get("status")
        if "phase" not in value:
            found = self.status(f"{path}.status", name) if not isinstance(name, dict) else None
            return None if found is None else (found[0], reason)
        phases = tuple(phase.value for phase in Phase)
        phase = str(value["phase"]).lower()
        if phase not in phases:
            self.wrong(f"{path}.phase", f"is {value['phase']!r}; {nearest(phase, phases)}")
            return None
        status = self.named(f"{path}.status", name, lambda n: Status(n, Phase(phase)))
        return None if status is None else (status, reason)

    def kind(self, path: str, value: object) -> TicketKind | None:
        names = {kind.name: kind for kind in TicketKind}
        if isinstance(value, str) and value in names:
            return names[value]
        self.wrong(path, f"is {value!r}; {nearest(str(value), tuple(names))}")
        return None

    def level(self, name: str, path: str, value: object) -> Any:
        scale = _LEVELS[name]
        for known in scale:
            if value == known.name:
                return known
        rank = value.get("rank") if isinstance(value, AbstractMapping) else None
        own = value.get("name") if isinstance(value, AbstractMapping) else None
        if isinstance(rank, int) and rank >= 1 and isinstance(own, str) and own.strip():
            return type(scale[0])(own, rank)
        names = tuple(known.name for known in scale)
        problem = f"is {value!r}; {nearest(str(value), names)}"
        self.wrong(
            path, f'{problem} (a level of your own: {{name = "...", rank = 1}}, 1 = highest)'
        )
        return None

    def derivations(
        self, table: AbstractMapping[str, Any], columns: dict[str, Column], shape: object
    ) -> Iterator[tuple[str, Derivation]]:
        self.known("derive.", table, DERIVED)
        for name, rule in table.items():
            path = f"derive.{name}"
            if name not in RULES:
                continue
            if not isinstance(rule, AbstractMapping):
                self.wrong(path, f"is {rule!r}, not a table such as {{ column = ... }}")
                continue
            allowed = RULES[name]
            extra = ("values", "otherwise") if "suffix_of" in allowed else ()
            self.known(f"{path}.", rule, allowed + extra)
            chosen = [key for key in allowed if key in rule]
            if len(chosen) != 1:
                self.wrong(path, f"needs exactly one of {', '.join(allowed)}")
                continue
            yield name, self.derivation(path, chosen[0], rule, columns, shape)

    def statuses_named(
        self, mapped: tuple[tuple[str, Any], ...], derive: tuple[tuple[str, Derivation], ...]
    ) -> None:
        """Rules may name the default statuses and those that the mapping makes."""
        known = tuple(dict.fromkeys([*_BY_NAME, *(v[0].name for _, v in mapped if v is not None)]))
        for name, derivation in derive:
            if derivation.rule in {"enters", "leaves"}:
                for status in derivation.of:
                    if status not in known:
                        self.wrong(
                            f"derive.{name}.{derivation.rule}",
                            f"{status!r} is no status; {nearest(status, known)}",
                        )

    def derivation(
        self,
        path: str,
        key: str,
        rule: AbstractMapping[str, Any],
        columns: dict[str, Column],
        shape: object,
    ) -> Derivation:
        of = self.texts(f"{path}.{key}", rule[key])
        ours = {"first_known": FIRST_KNOWN, "changes": ("group",), "suffix_of": ("group",)}
        if key in ours and of and (of[0] not in ours[key] or of[0] not in columns):
            hint = nearest(of[0], ours[key]) if of[0] not in ours[key] else "[columns] must map it"
            self.wrong(f"{path}.{key}", f"is {of[0]!r}; {hint}")
        if key in {"first_known", "enters", "leaves", "changes"} and shape == "incidents":
            self.wrong(
                f"{path}.{key}",
                'needs one row per update: with shape "incidents" use column or count',
            )
        tiers = rule.get("values", {})
        if not isinstance(tiers, AbstractMapping) or not all(
            isinstance(tier, int) for tier in tiers.values()
        ):
            self.wrong(f"{path}.values", "is not a table of endings and tier numbers")
            tiers = {}
        otherwise = rule.get("otherwise")
        if otherwise is not None and not isinstance(otherwise, int):
            self.wrong(f"{path}.otherwise", f"is {otherwise!r}, not a tier number")
            otherwise = None
        return Derivation(key, of, tuple(tiers.items()), otherwise)


def zone_problem(zone: object) -> str | None:
    """What is wrong with *zone* as the name of a time zone, or ``None``."""
    if not isinstance(zone, str):
        return f"is {zone!r}, not the name of a zone"
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        near = get_close_matches(zone, sorted(available_timezones()), 1)
        hint = f"did you mean {near[0]!r}?" if near else "such are Europe/London and UTC"
        return f"{zone!r} is no IANA time zone; {hint}"
    return None
