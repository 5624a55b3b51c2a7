"""Vague complaints: what is lacking in "it is slow", and what to ask whoever says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final

from attrs import field, frozen

from itilcore.classification import Category
from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import distinct, several
from itilcore.version import JSONValue, content_version
from itilcore.words import MOST_READ, Phrases, lost_sign, unspaced, words

from .scope import category_defects, depth, paths

__all__ = ["Diagnostic", "VagueRules"]

_LONGEST: Final = 200
_SHOWN: Final = 5

# fmt: off
_PHRASES: Final = (
    "asap", "as before", "as last time", "again", "broken", "can you help", "can't", "cannot",
    "crashes", "does not work", "doesn't work", "doesnt work", "do not work", "down", "error",
    "failed", "failing", "fix it", "fix this", "good morning", "hello", "help", "help me", "hi",
    "i have a problem", "i have an issue", "immediately", "is", "is not working",
    "isn't working", "it", "it is", "it's", "its", "my", "no longer works", "not working",
    "nothing works", "now", "please", "please help", "please fix", "problem", "issue",
    "having a problem with", "having issues with", "having problems with", "having trouble with",
    "i am having trouble with", "i have trouble with", "something is not right",
    "something is wrong with", "something's not right", "something's wrong",
    "something's wrong with", "there is something wrong with",
    "same as before", "same as last time", "same problem", "same issue", "slow",
    "something is wrong", "still", "thank you", "thanks", "the", "the computer", "the system",
    "this", "too", "urgent", "urgently", "very", "very slow", "very urgent", "won't work",
    "wrong",
)
_TELLING: Final = (
    "account disabled", "account is locked", "account locked", "access denied", "battery dead",
    "blue screen", "disk full", "disk is full", "forgot my password", "locked account",
    "locked out", "new headset", "new keyboard", "new laptop", "new monitor", "new mouse",
    "new phone", "new screen", "no internet", "no picture", "no signal", "no sound",
    "out of paper", "out of toner", "paper jam", "password expired", "password reset",
    "reset my password", "reset password", "toner empty", "unlock account", "unlock my account",
)
# fmt: on
# Said by a program: ORA-01555, HTTP-404, 0x80070005.
_CODE: Final = re.compile(
    r"(?<![\w-])(?:[A-Za-z]{2,8}-[0-9]{3,10}|0[xX][0-9A-Fa-f]{4,16})(?![\w-])"
)
# A name that somebody gave: SRV12, P12, HH-12.
_LABEL: Final = re.compile(r"(?<![\w-])[A-Za-z]{1,8}-?[0-9]{2,8}(?![\w-])")
_QUESTIONS: Final = {
    "": (
        "Which service or device is it about?",
        "What did you do, what did you expect, and what happened instead?",
        "Since when is it so, and what was different before?",
        "Is it only you, or others as well?",
    ),
    "Network": ("Are you in the office, at home or elsewhere?", "By cable, Wi-Fi or VPN?"),
    "Hardware": ("What is on the device's label?", "Which lights or messages does it show?"),
    "Software": ("Which version is it?", "What does the message say, word for word?"),
    "Access": ("Which account is it?", "When did you last get in?"),
    "E-mail": ("Sending or receiving?", "Which sender, recipient and hour of one example?"),
}


@frozen(kw_only=True)
class Diagnostic:
    """What to ask about tickets of these ``categories`` and what lies below them; none is all.

    Raises `itilcore.errors.InvalidInput` for what is no category, for no questions, and for a
    question that is blank or stands twice.

    >>> Diagnostic(categories="Network", questions="By cable or Wi-Fi?").questions
    ('By cable or Wi-Fi?',)
    """

    categories: tuple[str, ...] = field(default=(), converter=distinct)
    questions: tuple[str, ...] = field(converter=several)

    def __attrs_post_init__(self) -> None:
        defects = category_defects(self.categories)
        if not self.questions:
            defects.append(Defect("questions", "has none"))
        for index, text in enumerate(self.questions):
            defects += blank_defects(f"questions[{index}]", text)
            if text in self.questions[:index]:
                defects.append(Defect(f"questions[{index}]", f"is {text!r:.60}, as one before"))
        if defects:
            raise InvalidInput("diagnostic", defects)

    @cached_property
    def _paths(self) -> tuple[tuple[str, ...], ...]:
        return paths(self.categories)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {"categories": list(self.categories), "questions": list(self.questions)}


def _default_diagnostics() -> tuple[Diagnostic, ...]:
    return tuple(
        Diagnostic(categories=name or (), questions=texts) for name, texts in _QUESTIONS.items()
    )


@frozen(kw_only=True)
class VagueRules:
    """When a complaint is vague, and what to ask then; orders mean nothing, but of questions.

    ``phrases`` say nothing about what is wrong with what: their words do not count.  The rest
    is enough with ``fewest_words`` words, each of one letter at least; in a script that puts no
    blanks between words, with ``fewest_letters`` letters; in a mixed text each has its share.
    A text that is not enough is vague, unless it names something and says anything else of it:
    something known, or a label such as "SRV12".  Nor is one vague with a code that a program
    said, such as "ORA-01555", or with one of the phrases that are ``telling`` and say all in a
    few words, such as "new mouse".  Only the first 5,000 characters are read.

    The phrases that come with it are English.  Raises `itilcore.errors.InvalidInput` for a
    phrase without letter or digit, of more than 200 characters or with a sign that would be
    lost, as in "C++", for numbers below 1, and for what is no `Diagnostic`.

    >>> rules = VagueRules()
    >>> rules.check("It is slow!!").answer, rules.check("VPN is slow", known=["VPN"]).answer
    (True, False)
    >>> print(rules.check("urgent help 2").explain())
    True, because:
      said, but tell nothing: help, urgent [vague phrases]
      has too little beside: words 0 of 4 [few words]
      names nothing known [known names]
      ask: Which service or device is it about? [diagnostic questions]
    decided by vague:...
    """

    phrases: tuple[str, ...] = field(default=_PHRASES, converter=distinct)
    telling: tuple[str, ...] = field(default=_TELLING, converter=distinct)
    fewest_words: int = 4
    fewest_letters: int = 8
    diagnostics: tuple[Diagnostic, ...] = field(factory=_default_diagnostics, converter=several)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        for name in ("phrases", "telling"):
            for index, text in enumerate(getattr(self, name)):
                defects += _phrase_defects(f"{name}[{index}]", text)
        for name in ("fewest_words", "fewest_letters"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                defects.append(Defect(name, f"is {value!r:.60}: give a whole number from 1 on"))
        for index, each in enumerate(self.diagnostics):
            if not isinstance(each, Diagnostic):
                problem = f"is {each!r:.60}: give a Diagnostic"
                defects.append(Defect(f"diagnostics[{index}]", problem))
        if defects:
            raise InvalidInput("vague rules", defects)
        ordered = sorted(set(self.diagnostics), key=lambda each: (each.categories, each.questions))
        object.__setattr__(self, "diagnostics", tuple(ordered))

    @cached_property
    def _index(self) -> Phrases:
        return Phrases(self.phrases)

    @cached_property
    def _telling(self) -> Phrases:
        return Phrases(self.telling)

    def check(
        self, text: str, category: Category | None = None, known: Iterable[str] = ()
    ) -> Decision[bool]:
        """Whether *text* is vague, and why; for a vague one also what to ask first.

        *known* are names of services and devices.  Raises `itilcore.errors.InvalidInput` for
        what is no text, no category or no name.

        >>> VagueRules().check("ネットワークにつながりません").answer
        False
        """
        names = several(known)
        _require(text, category, names)
        stripped = text.strip()
        said = words(stripped)
        found = list(self._index.find(said))
        covered = {at for start, end, _ in found for at in range(start, end)}
        reasons = [_about_phrases([each for _, _, each in found])] if found else []
        rest = [word for at, word in enumerate(said) if at not in covered]
        enough, amount = self._enough(rest)
        reasons.append(Reason("few words", amount, {"said": len(rest)}))
        read = stripped[:MOST_READ]
        told = sorted({text for _, _, text in self._telling.find(said)} | set(_CODE.findall(read)))
        if told:
            reasons.append(Reason("telling", f"tells what it is: {', '.join(told[:_SHOWN])}"))
        named = list(Phrases([*names, *_LABEL.findall(read)]).find(said))
        shown = sorted({each for _, _, each in named})[:_SHOWN]
        about = f"names {', '.join(shown)}" if named else "names nothing known"
        only = named and len({at for s, e, _ in named for at in range(s, e)}) == len(said)
        if only and not enough:
            about += ", and says nothing of it"
        reasons.append(Reason("known names", about))
        if len(stripped) > MOST_READ:
            reasons.append(Reason("length", f"the first {MOST_READ:,} characters were read"))
        vague = not enough and not told and (not named or bool(only))
        if vague and (questions := self.questions(category)):
            reasons.append(Reason("diagnostic questions", f"ask: {questions[0]}"))
        return Decision(vague, reasons, self.version)

    def _enough(self, rest: list[str]) -> tuple[bool, str]:
        """Whether the words are enough, and how many there are, in words."""
        letters = sum(unspaced(word[0]) for word in rest)
        plain = sum(any(map(str.isalpha, word)) for word in rest) - letters
        share = plain * self.fewest_letters + letters * self.fewest_words
        enough = share >= self.fewest_words * self.fewest_letters
        counted = []
        if plain or not letters:
            counted.append(f"words {plain} of {self.fewest_words}")
        if letters:
            counted.append(f"letters {letters} of {self.fewest_letters}")
        what = "says enough" if enough else "has too little beside"
        return enough, f"{what}: {' and '.join(counted)}"

    def questions(self, category: Category | None = None) -> tuple[str, ...]:
        """What to ask about a ticket of *category*, each once, of the narrowest category first.

        ``None`` is a category that is not known.

        >>> VagueRules().questions(Category("Network", "VPN"))[:2]
        ('Are you in the office, at home or elsewhere?', 'By cable, Wi-Fi or VPN?')
        """
        _require("", category, ())
        fitting = [(depth(each._paths, category), each) for each in self.diagnostics]
        fitting.sort(key=lambda pair: -(pair[0] or 0))  # stable: the diagnostics have an order
        return tuple(
            dict.fromkeys(
                text for deep, each in fitting if deep is not None for text in each.questions
            )
        )

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "phrases": list(self.phrases),
            "telling": list(self.telling),
            "fewest_words": self.fewest_words,
            "fewest_letters": self.fewest_letters,
            "diagnostics": [each.content for each in self.diagnostics],
        }

    @cached_property
    def version(self) -> str:
        """The content version: the same rules have the same."""
        return content_version("vague", self.content)


def _about_phrases(found: list[str]) -> Reason:
    each = sorted(set(found))
    more = f" and {len(each) - _SHOWN} more" if len(each) > _SHOWN else ""
    return Reason("vague phrases", f"said, but tell nothing: {', '.join(each[:_SHOWN])}{more}")


def _phrase_defects(path: str, text: object) -> list[Defect]:
    if defects := blank_defects(path, text):
        return defects
    phrase = str(text)
    if len(phrase) > _LONGEST:
        return [Defect(path, f"has {len(phrase)} characters: give at most {_LONGEST}")]
    if not words(phrase):
        return [Defect(path, f"is {phrase!r}, without letter or digit")]
    if (sign := lost_sign(phrase)) is None:
        return []
    return [Defect(path, f"is {phrase!r:.60}: phrases are words, and {sign!r} would be lost")]


def _require(text: Any, category: Any, names: tuple[Any, ...]) -> None:
    defects = []
    if not isinstance(text, str):
        defects.append(Defect("text", f"is {text!r:.60}: give a text"))
    if category is not None and not isinstance(category, Category):
        defects.append(Defect("category", f"is {category!r:.60}: give a Category or None"))
    for index, name in enumerate(names):
        defects += blank_defects(f"known[{index}]", name)
    if defects:
        raise InvalidInput("complaint", defects)
