"""Triage: what a ticket is, how bad it sounds, what it is about, and what to ask next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, Final

from attrs import field, fields, frozen

from itilcore.classification import (
    Category,
    Classifier,
    Disruption,
    KindRules,
    OutageRules,
    Taxonomy,
    Ticket,
    TicketKind,
)
from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Incident, Noted
from itilcore.version import JSONValue, content_version

from .asset_context import AssetRules
from .completeness import Completeness
from .forms import Forms
from .vague import VagueRules

__all__ = ["Triage", "TriageRules", "ticket_of"]

_PARTS: Final = ("kind", "disruption", "category", "vague", "completeness")

_COMPLAINTS: Final = (None, TicketKind.INCIDENT, TicketKind.PROBLEM)

_default_kinds = cache(KindRules.default)
_default_outages = cache(OutageRules)
_default_vague = cache(VagueRules)
_default_forms = cache(Forms.default)


@frozen(kw_only=True)
class Triage:
    """What the rules say of one ticket: five decisions, and what to ask whoever wrote it.

    ``questions`` come in the order in which they help: those of a vague complaint, those that
    would decide the kind, and where it is not vague the required fields of the forms that are
    missing.  ``version`` is that of all the rules.
    """

    kind: Decision[TicketKind | None]
    disruption: Decision[Disruption]
    category: Decision[Category | None]
    vague: Decision[bool]
    completeness: Decision[Completeness]
    questions: tuple[str, ...]
    version: str

    def explain(self) -> str:
        """All decisions with their reasons, and the questions, as text.

        >>> rules = TriageRules(forms=Forms())  # none: nothing is asked
        >>> print(rules.triage(Ticket(title="Hello, a new cable please")).explain())
        kind: service request, because:
          service request at 0.7: says new cable [wants something offered]
          service request has 0.7, and nothing speaks for another kind [kind rules]
        disruption: unknown, because:
          says nothing of an outage or a degradation [outage rules]
        category: undecided, because:
          no category was given [taxonomy]
        vague: False, because:
          it is no complaint but a service request [vague complaints]
        completeness: complete (100 %), because:
          no form asks anything here [forms]
        decided by triage:...
        """
        lines: list[str] = []
        for name, decision in self.decisions:
            answer = decision.answer
            said = "undecided" if answer is None else getattr(answer, "value", answer)
            lines.append(f"{name}: {said}, because:")
            lines += [f"  {reason.text} [{reason.rule}]" for reason in decision.reasons]
        lines += [f"ask: {question}" for question in self.questions]
        return "\n".join([*lines, f"decided by {self.version}"])

    @property
    def decisions(self) -> Iterator[tuple[str, Decision[Any]]]:
        """The five decisions by name."""
        return ((name, getattr(self, name)) for name in _PARTS)

    def to_dict(self) -> dict[str, JSONValue]:
        """All of it as JSON values: each answer as text, with its reasons in words."""
        found: dict[str, JSONValue] = {}
        for name, decision in self.decisions:
            answer = decision.answer
            plain = answer if isinstance(answer, bool | None) else str(_value(answer))
            reasons: list[JSONValue] = [str(reason) for reason in decision.reasons]
            found[name] = {"answer": plain, "reasons": reasons}
        return {**found, "questions": list(self.questions), "version": self.version}


def _value(answer: object) -> object:
    return getattr(answer, "value", answer)


def ticket_of(incident: Incident) -> Ticket:
    """What *incident* says by now, as a ticket: its title, its first note, and what it is about.

    The answers to its form are its fields; that to ``catalogue_item`` is what was ordered.

    Raises `itilcore.errors.InvalidInput` for what is no incident.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Logged
    >>> logged = Logged(datetime(2026, 1, 5, tzinfo=UTC), "No VPN", channel="phone")
    >>> ticket_of(Incident.replay("INC1", [logged])).source
    'phone'
    """
    if not isinstance(incident, Incident):
        raise InvalidInput("ticket", [Defect("incident", f"is {incident!r:.60}: give an Incident")])
    notes = (each.text for each in incident.timeline if isinstance(each, Noted))
    facts, answers = incident.facts, dict(incident.answers)
    return Ticket(
        title=incident.title or "",
        text=next(notes, ""),
        source=_told(facts.channel),
        category=incident.category,
        service=_told(incident.service),
        requester=_told(facts.requester),
        catalogue_item=_told(answers.get("catalogue_item")),
        fields=answers,
    )


def _told(text: str | None) -> str | None:
    # Imports bring blank texts: they say no more than none.
    return text if text and text.strip() else None


@frozen(kw_only=True)
class TriageRules:
    """The rules for what reaches a desk: kinds, disruption, categories, complaints, forms.

    Each part works alone as well.  Without a ``taxonomy`` every category stands as it is.
    ``assets`` say what is old and recent about a device, for `asset_context`.  Raises
    `itilcore.errors.InvalidInput` for parts that are of another type.

    >>> rules = TriageRules()
    >>> found = rules.triage(Ticket(title="VPN is down, nobody can work", service="vpn"))
    >>> found.kind.answer, found.disruption.answer, found.completeness.answer.next_question.name
    (<TicketKind.INCIDENT: 'incident'>, <Disruption.OUTAGE: 'outage'>, 'start')
    """

    kinds: KindRules = field(factory=_default_kinds)
    outages: OutageRules = field(factory=_default_outages)
    taxonomy: Taxonomy = field(factory=Taxonomy)
    forms: Forms = field(factory=_default_forms)
    vague: VagueRules = field(factory=_default_vague)
    assets: AssetRules = field(factory=AssetRules)

    def __attrs_post_init__(self) -> None:
        defects = []
        for each in fields(TriageRules):
            value = getattr(self, each.name)
            if type(value).__name__ != str(each.type):
                defects.append(Defect(each.name, f"is {value!r:.60}: give {each.type}"))
        if defects:
            raise InvalidInput("triage rules", defects)

    def triage(
        self,
        ticket: Ticket,
        answers: Mapping[str, object] | None = None,
        *,
        known: Iterable[str] = (),
        by: Classifier | None = None,
        filed: TicketKind | None = None,
    ) -> Triage:
        """What the rules say of *ticket*, whose form was answered with *answers*.

        Where the answers leave them out, the affected service and the user are those of the
        ticket, and the symptoms are what it says, unless that is vague.  A vague ticket is
        none any more once the answer about the symptoms is not.  *known* are names of
        services and devices.  *by* is another classifier for the kind, such as a model; *filed*
        is the kind that it was filed as, whose forms are asked where the kind is undecided.
        Raises `itilcore.errors.InvalidInput` for wrong types.

        >>> answers = {"start": "since nine", "who_is_affected": "all of us"}
        >>> mail = Ticket(title="Mail is down, nobody can send", service="mail")
        >>> TriageRules().triage(mail, answers).completeness.answer.grade.value
        'usable'
        """
        if not isinstance(answers, Mapping | None):
            raise InvalidInput("answers", [Defect("", f"are {answers!r:.60}: give them by name")])
        kind = (self.kinds if by is None else by).classify(ticket)
        category = self._category(ticket.category)
        said = f"{ticket.title}\n{ticket.text}"
        vague = self._vague(said, kind.answer, category.answer, known)
        symptoms = (answers or {}).get("symptoms")
        if vague.answer and isinstance(symptoms, str):
            # Whoever says afterwards what is wrong is not vague any more.
            vague = self._vague(symptoms, kind.answer, category.answer, known)
        implied = {
            "affected_service": ticket.service,
            "user": ticket.requester,
            "symptoms": None if vague.answer else said,
        }
        form = filed if kind.answer is None else kind.answer
        asked = {each.name: each for each, _ in self.forms.fields(form, category.answer)}
        if "symptoms" in asked and len(said) > (most := asked["symptoms"].longest):
            implied["symptoms"] = said[:most]
        filled = {name: text for name, text in implied.items() if text and name in asked}
        given = {  # what is no answer leaves what the ticket says
            name: each
            for name, each in (answers or {}).items()
            if name not in asked or asked[name].look(each) is not False
        }
        told: dict[str, object] = {**filled, **given}
        completeness = self.forms.check(told, form, category.answer)
        missing = completeness.answer.missing
        questions = [
            *(self.vague.questions(category.answer) if vague.answer else ()),
            *(str(each).removeprefix("ask: ") for each in kind.reasons if each.rule == "questions"),
            # Whoever cannot say what is wrong is not sent through a form as well.
            *(asked[n].question for n in missing if asked[n].required and not vague.answer),
        ]
        return Triage(
            kind=kind,
            disruption=self.outages.decide(ticket),
            category=category,
            vague=vague,
            completeness=completeness,
            questions=tuple(dict.fromkeys(questions)),
            version=self.version,
        )

    def _vague(
        self,
        said: str,
        kind: TicketKind | None,
        category: Category | None,
        known: Iterable[str],
    ) -> Decision[bool]:
        found = self.vague.check(said, category=category, known=known)
        if kind in _COMPLAINTS or not found.answer:
            return found
        # "A new mouse" is all that a request has to say.
        why = Reason("vague complaints", f"it is no complaint but a {kind.value}")
        return Decision(False, [why], found.version)

    def _category(self, category: Category | None) -> Decision[Category | None]:
        if category is None:
            why = Reason("taxonomy", "no category was given")
        elif self.taxonomy.nodes:
            return self.taxonomy.resolve(category)
        else:
            why = Reason("taxonomy", f"{category} stands: there is no taxonomy")
        return Decision(category, [why], self.taxonomy.version)

    @cached_property
    def version(self) -> str:
        """The content version: the same rules have the same."""
        parts = [getattr(self, each.name).version for each in fields(TriageRules)]
        return content_version("triage", parts)
