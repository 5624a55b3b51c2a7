"""How complete the answers to a form are, and what one answer has to be."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any, Final
from unicodedata import normalize

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, blank_defects, nearest
from itilcore.given import several
from itilcore.version import JSONValue

__all__ = ["USUAL_FIELDS", "Completeness", "CompletenessGrade", "FormField"]

USUAL_FIELDS: Final = {
    "affected_service": "Which service is affected?",
    "symptoms": "What do you see, and what did you expect to see?",
    "start": "Since when is it so?",
    "who_is_affected": "Who is affected: you alone, a team, a site, everybody?",
    "steps_to_reproduce": "What has to be done to see it again, step by step?",
    "evidence": "Which messages, pictures or logs are there?",
    "device": "Which device is it about?",
    "user": "Which user or account is it about?",
    "recent_changes": "What was changed shortly before?",
}
"""The names that every form may ask for, each with the question that asks people for it."""

_HEAVIEST: Final = 1_000
_LONGEST: Final = 1_000_000
_SHOWN: Final = 60


class CompletenessGrade(Enum):
    """How far the answers to a form go: enough to work, or not."""

    COMPLETE = "complete"
    USABLE = "usable"
    POOR = "poor"
    EMPTY = "empty"


def _fold(text: str) -> str:
    return normalize("NFKC", normalize("NFKC", text.strip()).casefold())


def _whole(path: str, value: object, most: int) -> list[Defect]:
    if type(value) is int and 1 <= value <= most:
        return []
    return [Defect(path, f"is {value!r:.60}: give a whole number from 1 to {most:,}")]


@frozen
class FormField:
    """One thing that a form asks for, by its ``name``, with the ``question`` for people.

    The question may be left out for a usual name.  ``weight`` is how much the answer counts,
    from 1 to 1,000.  An answer has at most ``longest`` characters, up to 1,000,000; where there
    are ``choices`` it is one of them, in any case.

    Raises `itilcore.errors.InvalidInput` for a blank name, a question that is missing, choices
    that are blank, stand twice or are longer than ``longest``, and numbers out of their bounds.

    >>> FormField("start").question
    'Since when is it so?'
    >>> FormField("colour")
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: form field: 1 defect
      question: is missing for 'colour', which is no usual name; there are ...
    """

    name: str
    question: str = ""
    weight: int = 1
    required: bool = True
    choices: tuple[str, ...] = field(default=(), converter=several)
    longest: int = 2_000

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("name", self.name)
        if self.question == "" and not defects:
            if self.name in USUAL_FIELDS:
                object.__setattr__(self, "question", USUAL_FIELDS[self.name])
            else:
                near = nearest(self.name[:_SHOWN], tuple(USUAL_FIELDS))
                what = f"is missing for {self.name!r:.60}, which is no usual name; {near}"
                defects.append(Defect("question", what))
        else:
            defects += blank_defects("question", self.question)
        defects += _whole("weight", self.weight, _HEAVIEST)
        if not isinstance(self.required, bool):
            defects.append(Defect("required", f"is {self.required!r:.60}: give True or False"))
        seen: set[str] = set()
        for index, choice in enumerate(self.choices):
            path = f"choices[{index}]"
            if blank := blank_defects(path, choice):
                defects += blank
                continue
            if _fold(choice) in seen:
                defects.append(Defect(path, f"is {choice!r:.60}, which stands before"))
            seen.add(_fold(choice))
        defects += _whole("longest", self.longest, _LONGEST)
        if not defects and any(len(choice.strip()) > self.longest for choice in self.choices):
            defects.append(Defect("longest", f"is {self.longest}, and a choice is longer"))
        if defects:
            raise InvalidInput("form field", defects)

    def look(self, answer: object) -> bool | Defect:
        """Whether *answer* is one, or the defect that makes it none.

        An answer is a text, a date or date-time, or a list of such; ``None``, a list of nothing
        and a text in which nothing can be seen are no answer.

        >>> FormField("device").look(" "), FormField("device").look("laptop 7")
        (False, True)
        >>> print(FormField("user", choices=("yes", "no")).look("yess"))
        user: is 'yess'; did you mean 'yes'?
        """
        several = list(answer) if isinstance(answer, (list, tuple)) else [answer]
        given = False
        for each in several:
            found = self._look(each)
            if isinstance(found, Defect):
                return found
            given = given or found
        return given

    def _look(self, answer: object) -> bool | Defect:
        if answer is None:
            return False
        if isinstance(answer, date):
            answer = answer.isoformat()
        if not isinstance(answer, str):
            return Defect(self.name, f"is of {type(answer).__name__}: give a text or a date")
        text = answer.strip()
        if len(text) > self.longest:
            problem = f"has {len(text):,} characters: give at most {self.longest:,}"
            return Defect(self.name, problem)
        if not any(sign.isprintable() and not sign.isspace() for sign in set(text)):
            return False
        if self.choices:
            # Nothing folds to less than a quarter: what is longer is no choice, and not folded.
            short = len(text) <= 4 * max(map(len, self.choices))
            if not short or _fold(text) not in {_fold(choice) for choice in self.choices}:
                near = nearest(text[:_SHOWN], self.choices[:20])
                return Defect(self.name, f"is {text[:_SHOWN]!r}; {near}")
        return True

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "name": self.name,
            "question": self.question,
            "weight": self.weight,
            "required": self.required,
            "choices": list(self.choices),
            "longest": self.longest,
        }


@frozen(kw_only=True)
class Completeness:
    """How complete answers are: a ``score`` from 0 to 1 by weight, and its ``grade``.

    ``missing`` are the names without an answer, heaviest first; ``wrong`` are the defects of
    answers that break a field's choices or length, whose names are missing as well.
    ``next_question`` is the heaviest field that is required and missing, ``None`` where there
    is none.  The score is 1 exactly where nothing is missing.

    >>> print(Completeness(score=0.75, grade=CompletenessGrade.USABLE, missing=("start",)))
    usable (75 %)
    """

    score: float
    grade: CompletenessGrade
    missing: tuple[str, ...] = ()
    wrong: tuple[Defect, ...] = ()
    next_question: FormField | None = None

    def __attrs_post_init__(self) -> None:
        defects = []
        score: Any = self.score
        if type(score) not in {float, int} or not 0 <= score <= 1:
            defects.append(Defect("score", f"is {score!r:.60}: give a number from 0 to 1"))
        if not isinstance(self.grade, CompletenessGrade):
            defects.append(Defect("grade", f"is {self.grade!r:.60}: give a CompletenessGrade"))
        if not defects and (score == 1) == bool(self.missing):
            defects.append(Defect("missing", "must be empty exactly where the score is 1"))
        if defects:
            raise InvalidInput("completeness", defects)

    def __str__(self) -> str:
        return f"{self.grade.value} ({int(self.score * 100)} %)"
