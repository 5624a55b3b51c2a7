"""Drafts of incidents from alerts, and the rules that say how much an alert matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, Final, TypedDict

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several
from itilcore.incident import is_link
from itilcore.priority import Impact, Urgency
from itilcore.version import JSONValue, content_version

from .assets import instant_defects

__all__ = ["AlertDetails", "AlertDraft", "AlertRules", "AlertSeverity", "AlertStatus"]


class AlertStatus(Enum):
    """Whether what an alert tells still holds."""

    FIRING = "firing"
    RESOLVED = "resolved"


@frozen
class AlertSeverity:
    """What the severity ``name`` of a monitoring system means as impact and urgency.

    The name is found in any case.  Raises `itilcore.errors.InvalidInput` for a blank name and
    for what is no impact or urgency.

    >>> AlertSeverity("page", Impact.HIGH, Urgency.HIGH).impact
    Impact.HIGH
    """

    name: str
    impact: Impact
    urgency: Urgency

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("name", self.name)
        if not isinstance(self.impact, Impact):
            defects.append(Defect("impact", f"is {self.impact!r:.60}: give an Impact"))
        if not isinstance(self.urgency, Urgency):
            defects.append(Defect("urgency", f"is {self.urgency!r:.60}: give an Urgency"))
        if defects:
            raise InvalidInput("alert severity", defects)
        object.__setattr__(self, "name", self.name.strip().casefold())


_SEVERITIES: Final = (
    AlertSeverity("critical", Impact.HIGH, Urgency.HIGH),
    AlertSeverity("error", Impact.MEDIUM, Urgency.HIGH),
    AlertSeverity("warning", Impact.MEDIUM, Urgency.MEDIUM),
    AlertSeverity("info", Impact.LOW, Urgency.LOW),
    AlertSeverity("none", Impact.LOW, Urgency.LOW),
)


def _severities(given: Any) -> tuple[Any, ...]:
    found = (given,) if isinstance(given, AlertSeverity) else several(given)
    if all(isinstance(each, AlertSeverity) for each in found):
        return tuple(sorted(found, key=lambda each: str(each.name)))
    return found


@frozen(kw_only=True)
class AlertRules:
    """How alerts are read: which labels and annotations say what, the first that is there counts.

    Without rules of one's own, ``severity`` is *critical* (impact and urgency high), *error*
    (medium, high), *warning* (both medium), *info* or *none* (both low); of any other, impact
    and urgency are not known.  The order of ``severities`` means nothing.

    Raises `itilcore.errors.InvalidInput` for names that are blank, for what is no
    `AlertSeverity`, and for a severity that stands twice.

    >>> AlertRules().severity({"severity": "Warning"}).urgency
    Urgency.MEDIUM
    """

    severities: tuple[AlertSeverity, ...] = field(default=_SEVERITIES, converter=_severities)
    severity_labels: tuple[str, ...] = field(default=("severity",), converter=several)
    service_labels: tuple[str, ...] = field(default=("service", "job"), converter=several)
    title_annotations: tuple[str, ...] = field(default=("summary", "title"), converter=several)
    text_annotations: tuple[str, ...] = field(default=("description", "message"), converter=several)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        seen: set[str] = set()
        for index, each in enumerate(self.severities):
            path = f"severities[{index}]"
            if not isinstance(each, AlertSeverity):
                defects.append(Defect(path, f"is {each!r:.60}: give an AlertSeverity"))
            elif each.name in seen:
                defects.append(Defect(path, f"is {each.name!r:.60}, which stands before"))
            else:
                seen.add(each.name)
        for name in _NAMES:
            for index, text in enumerate(getattr(self, name)):
                defects += blank_defects(f"{name}[{index}]", text)
        if defects:
            raise InvalidInput("alert rules", defects)

    @cached_property
    def _by_name(self) -> dict[str, AlertSeverity]:
        return {each.name: each for each in self.severities}

    def severity(self, labels: Mapping[str, str]) -> AlertSeverity | None:
        """The severity that *labels* name, ``None`` where they name none that is known."""
        named = first_of(labels, self.severity_labels)
        return None if named is None else self._by_name.get(named.strip().casefold())

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; levels by name and rank."""
        found: dict[str, JSONValue] = {name: list(getattr(self, name)) for name in _NAMES}
        found["severities"] = [
            [each.name, each.impact.name, each.impact.rank, each.urgency.name, each.urgency.rank]
            for each in self.severities
        ]
        return found

    @cached_property
    def version(self) -> str:
        """The content version: the same rules have the same."""
        return content_version("alert rules", self.content)


_NAMES: Final = ("severity_labels", "service_labels", "title_annotations", "text_annotations")


def first_of(found: Mapping[str, str], names: Iterable[str]) -> str | None:
    """The first text under one of *names* that is not blank."""
    return next((found[name] for name in names if found.get(name, "").strip()), None)


class AlertDetails(TypedDict):
    """What logs an alert as an incident, by the names of the arguments."""

    source: str
    title: str
    text: str | None
    service: str | None
    impact: Impact | None
    urgency: Urgency | None
    started_at: datetime
    detected_at: datetime


def _pairs(given: Any) -> tuple[Any, ...]:
    pairs = given.items() if isinstance(given, Mapping) else several(given)
    found = tuple(tuple(each) if isinstance(each, list) else each for each in pairs)
    return tuple(sorted(set(found))) if all(map(_is_pair, found)) else found


def _is_pair(each: object) -> bool:
    return isinstance(each, tuple) and len(each) == 2 and all(isinstance(p, str) for p in each)


@frozen(kw_only=True)
class AlertDraft:
    """An alert as an incident that is not logged yet.

    ``fingerprint`` tells alerts apart: the same one fires and is resolved.  ``labels`` and
    ``links`` (http or https) are pairs of texts, given as a mapping or as pairs, whose order
    means nothing.  ``starts_at`` is when it fired, ``ends_at`` when it ended, ``None`` for not
    yet.  Impact and urgency are ``None`` where the severity says nothing.

    Raises `itilcore.errors.InvalidInput` with everything that is none of these, and for an end
    before the start.

    >>> from datetime import UTC
    >>> draft = AlertDraft(
    ...     fingerprint="c1",
    ...     status=AlertStatus.FIRING,
    ...     title="Disk full",
    ...     starts_at=datetime(2026, 1, 5, 9, tzinfo=UTC),
    ...     links={"generator": "https://prometheus.example/graph"},
    ... )
    >>> draft.details["text"]
    'generator: https://prometheus.example/graph'
    """

    fingerprint: str
    status: AlertStatus
    title: str
    text: str | None = None
    labels: tuple[tuple[str, str], ...] = field(default=(), converter=_pairs)
    service: str | None = None
    starts_at: datetime
    ends_at: datetime | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    links: tuple[tuple[str, str], ...] = field(default=(), converter=_pairs)
    source: str = "alertmanager"

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        for name in ("fingerprint", "title", "source"):
            defects += blank_defects(name, getattr(self, name))
        for name in ("text", "service"):
            if getattr(self, name) is not None:
                defects += blank_defects(name, getattr(self, name))
        kinds: tuple[tuple[str, type], ...] = (("impact", Impact), ("urgency", Urgency))
        for name, kind in kinds:
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                defects.append(Defect(name, f"is {value!r:.60}: give {kind.__name__} or None"))
        if not isinstance(self.status, AlertStatus):
            defects.append(Defect("status", f"is {self.status!r:.60}: give an AlertStatus"))
        defects += self._pair_defects()
        defects += self._instant_defects()
        if defects:
            raise InvalidInput("alert draft", defects)

    def _pair_defects(self) -> list[Defect]:
        found = []
        for name in ("labels", "links"):
            for index, each in enumerate(getattr(self, name)):
                if not _is_pair(each):
                    problem = f"is {each!r:.60}: give a pair of texts"
                    found.append(Defect(f"{name}[{index}]", problem))
                elif name == "links" and not is_link(each[1]):
                    problem = f"leads to {each[1]!r:.60}: give an address of http or https"
                    found.append(Defect(f"links[{index}]", problem))
        return found

    def _instant_defects(self) -> list[Defect]:
        found = instant_defects("starts_at", self.starts_at)
        if self.ends_at is not None:
            found += instant_defects("ends_at", self.ends_at)
            if not found and self.ends_at < self.starts_at:
                found.append(Defect("ends_at", "is before starts_at"))
        return found

    @property
    def details(self) -> AlertDetails:
        """The arguments that log it as an incident: the text with its links behind it.

        The impact started, as far as anybody knows, when the alert fired.
        """
        links = "\n".join(f"{name}: {address}" for name, address in self.links)
        return {
            "source": self.source,
            "title": self.title,
            "text": "\n\n".join(filter(None, (self.text, links))) or None,
            "service": self.service,
            "impact": self.impact,
            "urgency": self.urgency,
            "started_at": self.starts_at,
            "detected_at": self.starts_at,
        }
