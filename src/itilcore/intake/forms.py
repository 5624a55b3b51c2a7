"""Forms as data: what to ask about a ticket of a kind and category, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from heapq import nsmallest
from typing import Any, Final

from attrs import field, frozen

from itilcore.classification import Category, TicketKind
from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, nearest
from itilcore.given import several
from itilcore.version import JSONValue, content_version

from .completeness import Completeness, CompletenessGrade, FormField
from .form import DEFAULT_FORMS, Form

__all__ = ["Forms"]

_SHOWN: Final = 60
_MOST_UNASKED: Final = 5


def _forms(given: Any) -> tuple[Any, ...]:
    return (given,) if isinstance(given, Form) else several(given)


@frozen
class Forms:
    """The forms of a desk; the order in which they are given means nothing.

    All that fit a ticket are united: the narrowest category first, then those for its kind,
    then by name; where two ask for one name, the first of them says how.  Answers are graded
    by their score: complete at 1, usable from ``usable`` on, empty at 0, poor between.

    Raises `itilcore.errors.InvalidInput` for what is no form, for names that stand twice, and
    for a ``usable`` that does not lie between 0 and 1.

    >>> forms = Forms([Form(name="any", fields=["symptoms", FormField("start", weight=3)])])
    >>> decision = forms.check({"symptoms": "No tone"}, TicketKind.INCIDENT, None)
    >>> print(decision.explain())
    poor (25 %), because:
      start is missing: Since when is it so? [form any]
      symptoms is there [form any]
    decided by forms:...
    """

    forms: tuple[Form, ...] = field(default=(), converter=_forms)
    usable: float = 0.6

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"forms[{index}]", f"is {each!r:.60}: give a Form")
            for index, each in enumerate(self.forms)
            if not isinstance(each, Form)
        ]
        if not defects:
            names = Counter(each.name for each in self.forms)
            defects = [Defect(n, "stands twice") for n, count in names.items() if count > 1]
            ordered = sorted(self.forms, key=lambda each: each.name)
            object.__setattr__(self, "forms", tuple(ordered))
        if not isinstance(self.usable, float) or not 0 < self.usable < 1:
            problem = f"is {self.usable!r:.60}: give a number between 0 and 1"
            defects.append(Defect("usable", problem))
        if defects:
            raise InvalidInput("forms", defects)

    @classmethod
    def default(cls) -> Forms:
        """Forms for each kind of ticket, and more for incidents of hardware and of access.

        >>> [form.name for form in Forms.default().fitting(TicketKind.INCIDENT, None)]
        ['incident']
        """
        return cls(DEFAULT_FORMS)

    def fitting(self, kind: TicketKind | None, category: Category | None) -> tuple[Form, ...]:
        """The forms for tickets of *kind* and *category*, the narrowest first.

        ``None`` is one that is not known, which only forms for every one fit.  Raises
        `itilcore.errors.InvalidInput` for what is no kind or no category.

        >>> forms = Forms.default()
        >>> [form.name for form in forms.fitting(TicketKind.INCIDENT, Category("Hardware", "PC"))]
        ['hardware', 'incident']
        """
        defects: list[Defect] = []
        if kind is not None and not isinstance(kind, TicketKind):
            defects.append(Defect("kind", f"is {kind!r:.60}: give a TicketKind or None"))
        if category is not None and not isinstance(category, Category):
            defects.append(Defect("category", f"is {category!r:.60}: give a Category or None"))
        if defects:
            raise InvalidInput("ticket", defects)
        ranked = [(each._specificity(kind, category), each) for each in self.forms]
        fits = [(rank, each) for rank, each in ranked if rank is not None]
        return tuple(each for _, each in sorted(fits, key=lambda pair: (-pair[0], pair[1].name)))

    def fields(
        self, kind: TicketKind | None, category: Category | None
    ) -> tuple[tuple[FormField, str], ...]:
        """What is asked about such a ticket, each with the name of the form that says how.

        >>> [field.name for field, _ in Forms.default().fields(TicketKind.QUESTION, None)]
        ['symptoms', 'affected_service']
        """
        united: dict[str, tuple[FormField, str]] = {}
        for form in self.fitting(kind, category):
            for each in form.fields:
                united.setdefault(each.name, (each, form.name))
        return tuple(united.values())

    def check(
        self,
        answers: Mapping[str, object],
        kind: TicketKind | None,
        category: Category | None = None,
    ) -> Decision[Completeness]:
        """How complete *answers* are for a ticket of *kind* and *category*.

        The score is the weight of what is answered by the weight of what is asked, 1 where
        nothing is asked.  An answer that breaks its field's choices or length is told, and
        counts as missing.  Answers that nobody asked for count nothing; the reasons name the
        first five.  Raises `itilcore.errors.InvalidInput` for what are no answers by name.

        >>> found = Forms.default().check({}, TicketKind.INCIDENT, None).answer
        >>> found.grade.value, found.next_question.question
        ('empty', 'Which service is affected?')
        """
        asked = self.fields(kind, category)
        if not isinstance(answers, Mapping):
            raise InvalidInput("answers", [Defect("", f"are {answers!r:.60}: give them by name")])
        there: list[Reason] = []
        missing: list[tuple[FormField, Reason]] = []
        wrong: list[Defect] = []
        for each, form in asked:
            found = each.look(answers.get(each.name))
            label, inputs = f"form {form}", {"field": each.name}
            if found is True:
                there.append(Reason(label, f"{each.name} is there", inputs))
                continue
            text = f"{each.name} is missing: {each.question}"
            if isinstance(found, Defect):
                wrong.append(found)
                text = f"{each.name} {found.problem}"
            missing.append((each, Reason(label, text, inputs)))
        missing.sort(key=lambda pair: -pair[0].weight)  # stable: the narrowest form first
        reasons = [*(reason for _, reason in missing), *there]
        if not asked:
            reasons.append(Reason("forms", "no form asks anything here"))
        reasons += _unasked(answers, [each.name for each, _ in asked])
        total = sum(each.weight for each, _ in asked)
        left = [each for each, _ in missing]
        score = (total - sum(each.weight for each in left)) / total if total else 1.0
        answer = Completeness(
            score=score,
            grade=self._grade(score),
            missing=tuple(each.name for each in left),
            wrong=tuple(wrong),
            next_question=next((each for each in left if each.required), None),
        )
        return Decision(answer, reasons, self.version)

    def _grade(self, score: float) -> CompletenessGrade:
        if score == 1:
            return CompletenessGrade.COMPLETE
        if score >= self.usable:
            return CompletenessGrade.USABLE
        return CompletenessGrade.POOR if score > 0 else CompletenessGrade.EMPTY

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {"forms": [each.content for each in self.forms], "usable": self.usable}

    @cached_property
    def version(self) -> str:
        """The content version: the same forms have the same."""
        return content_version("forms", self.content)


def _unasked(answers: Mapping[str, object], asked: list[str]) -> Iterator[Reason]:
    """A reason for each of the first answers that nobody asked for: it may be a wrong name."""
    known = set(asked)
    others = (str(name)[:_SHOWN] for name in answers if name not in known)
    for name in nsmallest(_MOST_UNASKED, others):
        hint = f"; {nearest(name, asked[:20])}" if asked else ""
        yield Reason("forms", f"{name!r} was not asked for{hint}")
