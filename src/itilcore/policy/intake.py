"""The sections ``[intake]``, ``[forms]`` and ``[alerts]``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

from attrs import field, fields, frozen

from itilcore.classification import TicketKind
from itilcore.errors import nearest
from itilcore.intake import (
    AlertRules,
    AlertSeverity,
    AssetRules,
    Diagnostic,
    Form,
    FormField,
    Forms,
    VagueRules,
)
from itilcore.priority import Impact, Level, Urgency
from itilcore.problems import AlertPolicy, ProblemRules

from .promises import hours_within
from .reading import Place, as_written, the_place

__all__ = ["Intake", "read_alert_policy", "read_alerts", "read_forms", "read_intake"]

_FIELD: Final = re.compile(r"fields\[(\d+)\]\Z")
L = TypeVar("L", bound=Level)


@frozen(kw_only=True)
class WrittenIntake:
    """``[intake]``."""

    usable: float | None = None
    default_forms: bool = True
    default_phrases: bool = True
    phrases: Any = field(factory=list)
    telling: Any = field(factory=list)
    fewest_words: int | None = None
    fewest_letters: int | None = None
    diagnostics: list[Any] = field(factory=list)
    stale_after_days: int | None = None
    changed_within_days: int | None = None


@frozen(kw_only=True)
class WrittenDiagnostic:
    """``[[intake.diagnostics]]``."""

    questions: Any
    category: Any = field(factory=list)


@frozen(kw_only=True)
class WrittenForm:
    """``[forms.NAME]``."""

    fields: list[Any] | None
    kind: Any = field(factory=list)
    category: Any = field(factory=list)
    own: Any = field(factory=list)


@frozen(kw_only=True)
class WrittenField:
    """A field of a form, where it is no usual name alone."""

    name: str | None
    question: str = ""
    weight: int = 1
    required: bool = True
    choices: Any = field(factory=list)
    longest: int = 2_000


@frozen(kw_only=True)
class WrittenAlerts:
    """``[alerts]``."""

    window: str | None = None
    reopen_within: str | None = None
    flapping: int | None = None
    flapping_within: str | None = None
    severities: list[Any] | None = None
    severity_labels: Any = None
    service_labels: Any = None
    title_annotations: Any = None
    text_annotations: Any = None


@frozen(kw_only=True)
class WrittenSeverity:
    """``[[alerts.severities]]``."""

    name: str | None
    impact: str | None
    urgency: str | None


@frozen(kw_only=True)
class Intake:
    """What ``[intake]`` says, and whether the usual forms stand beside those of the book."""

    vague: VagueRules = field(factory=VagueRules)
    assets: AssetRules = field(factory=AssetRules)
    usable: float = Forms().usable
    default_forms: bool = True


def read_intake(place: Place, given: object) -> Intake:
    """When a complaint is vague, what is asked then, and what is old about a device."""
    record = place.record(WrittenIntake, given)
    if record is None:
        return Intake()
    usual = VagueRules()
    texts: dict[str, Any] = {}
    for name in ("phrases", "telling"):
        texts[name] = list(getattr(usual, name)) if record.default_phrases else []
        for index, text in enumerate((place / name).names(getattr(record, name))):
            with (place / f"{name}[{index}]").catching(the_place):
                VagueRules(**dict[str, Any]({name: text}))
                texts[name].append(text)
    diagnostics: list[Diagnostic] = []
    for at, row in place.records("diagnostics", WrittenDiagnostic, record.diagnostics):
        questions = (at / "questions").names([] if row.questions is None else row.questions)
        categories = (at / "category").names(row.category)
        with at.catching(as_written):
            diagnostics.append(Diagnostic(categories=categories, questions=questions))
    if record.default_phrases:
        # What is asked about a category is the book's, where it asks about it at all.
        own = {each.categories for each in diagnostics}
        diagnostics += [each for each in usual.diagnostics if each.categories not in own]
    numbers = _given(record, "fewest_words", "fewest_letters")
    days = _given(record, "stale_after_days", "changed_within_days")
    vague, assets = usual, AssetRules()
    with place.catching():
        vague = VagueRules(**texts, diagnostics=diagnostics, **numbers)
    with place.catching(lambda path: f"{path}_days"):
        lengths = {name.removesuffix("_days"): _days(value) for name, value in days.items()}
        assets = AssetRules(**lengths)
    usable = Forms().usable
    with place.catching():
        usable = Forms(**_given(record, "usable")).usable
    return Intake(vague=vague, assets=assets, usable=usable, default_forms=record.default_forms)


def _given(record: object, *names: str) -> dict[str, Any]:
    """The values of *names* that are written."""
    found = {name: getattr(record, name) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _days(value: int) -> timedelta:
    return timedelta(days=max(min(value, 36_500), 0))


def read_forms(place: Place, given: object, intake: Intake) -> Forms:
    """The forms of the book beside the usual ones; one of the same name takes its place."""
    forms = {form.name: form for form in Forms.default().forms} if intake.default_forms else {}
    for name, table in place.tables(given).items():
        at = place / name
        record = at.record(WrittenForm, table)
        if record is None:
            continue
        asked = [_field(at, index, each) for index, each in enumerate(record.fields or ())]
        kinds = [
            (at / "kind").choice(TicketKind, text) for text in (at / "kind").names(record.kind)
        ]
        categories = (at / "category").names(record.category)
        own = (at / "own").names(record.own)
        kept = [index for index, each in enumerate(asked) if each is not None]
        with at.catching(_in_place(kept)):
            forms[name] = Form(
                name=name,
                kinds=[kind for kind in kinds if kind is not None],
                categories=categories,
                fields=[each for each in asked if each is not None],
                own=own,
            )
    return Forms(forms.values(), usable=intake.usable)


def _in_place(kept: list[int]) -> Callable[[str], str]:
    """Paths of a form as a book has them, its fields numbered as all were that stand there."""

    def renamed(path: str) -> str:
        found = _FIELD.match(path)
        return f"fields[{kept[int(found[1])]}]" if found else as_written(path)

    return renamed


def _field(at: Place, index: int, given: object) -> FormField | str | None:
    """A usual name, or a field that says more."""
    if isinstance(given, str):
        return given  # judged by the form, which knows its own names
    place = at / f"fields[{index}]"
    record = place.record(WrittenField, given)
    if record is None or record.name is None:
        return None
    name = record.name
    choices = (place / "choices").names(record.choices)
    return place.made(
        lambda: FormField(
            name,
            record.question,
            weight=record.weight,
            required=record.required,
            choices=choices,
            longest=record.longest,
        ),
        # So that the name is judged among the others, whatever else is wrong.
        lambda: FormField(name, "?"),
    )


def read_alerts(
    place: Place, given: object, impacts: tuple[Impact, ...], urgencies: tuple[Urgency, ...]
) -> AlertRules:
    """How alerts are read; the usual severities where the book has none."""
    record = place.record(WrittenAlerts, given)
    if record is None:
        return AlertRules()
    names = ("severity_labels", "service_labels", "title_annotations", "text_annotations")
    lists: dict[str, Any] = {
        name: (place / name).names(texts) for name, texts in _given(record, *names).items()
    }
    if record.severities is None:  # the usual ones, where they are on the scales of the book
        lists["severities"] = [
            each
            for each in AlertRules().severities
            if each.impact in impacts and each.urgency in urgencies
        ]
    else:
        severities: dict[str, AlertSeverity] = {}
        for at, row in place.records("severities", WrittenSeverity, record.severities):
            impact = _level(at / "impact", row.impact, impacts)
            urgency = _level(at / "urgency", row.urgency, urgencies)
            if row.name is None or impact is None or urgency is None:
                continue
            with at.catching():
                made = AlertSeverity(row.name, impact, urgency)
                if made.name in severities:
                    (at / "name").refuse(f"is {row.name!r}, which stands above already")
                severities[made.name] = made
        lists["severities"] = severities.values()
    with place.catching():
        return AlertRules(**lists)
    return AlertRules()


def _level(at: Place, given: str | None, known: tuple[L, ...]) -> L | None:
    """The level of that name on the scale of the book, where there is one."""
    names = {level.name: level for level in known}
    if not known:
        return None
    if given is None or given in names:
        return None if given is None else names[given]
    at.refuse(f"is {given!r}; {nearest(given, list(names))}")
    return None


def read_alert_policy(place: Place, given: object) -> AlertPolicy:
    """How alerts of one fingerprint come together; told of by `read_alerts` where no table."""
    usual = ProblemRules().alerts
    record = Place().record(WrittenAlerts, given)
    if record is None:
        return usual
    values = {each.name: getattr(usual, each.name) for each in fields(AlertPolicy)}
    if record.flapping is not None:
        # Nothing flaps that is said never to.
        values["flapping"] = record.flapping or None
    for name in ("window", "reopen_within", "flapping_within"):
        text = getattr(record, name)
        if text is None:
            continue
        if text == "never" and name == "reopen_within":
            values[name] = None
            continue
        if (length := hours_within(place / name, text)) is not None:
            values[name] = length
    with place.catching():
        return AlertPolicy(**values)
    return usual
