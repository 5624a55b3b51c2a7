"""What a hand-off needs: rules that say what the notes must hold, and what is missing in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final

from attrs import field, frozen

from itilcore.classification import Category
from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects, nearest
from itilcore.given import several
from itilcore.incident import HandOffNotes, StepOutcome
from itilcore.version import JSONValue, content_version

__all__ = ["HandOffRule", "HandOffRules"]

_TEXTS: Final = {
    "summary": "the summary",
    "environment": "the environment",
    "next_step": "the next step",
}
_PLAIN: Final = ("summary", "steps", "exhausted", "evidence", "environment", "next_step")
_FACTS: Final = ("device", "user")

Found = tuple[bool, str]
"""Whether a requirement is met, and in plain words what is there or missing."""


def _requirement_defects(path: str, name: object) -> list[Defect]:
    """The defect of what must be the name of a requirement, or no defect."""
    if not isinstance(name, str) or not name.strip():
        return blank_defects(path, name)
    head, dot, fact = name.partition(".")
    if name in _PLAIN or (dot and head in _FACTS and fact.strip()):
        return []
    if head in _FACTS:
        return [Defect(path, f"is {name!r}: name the fact as well, such as {head}.os")]
    hint = nearest(head, _FACTS) if dot else nearest(name, (*_PLAIN, "device.NAME", "user.NAME"))
    return [Defect(path, f"is {name!r}, which no hand-off can require; {hint}")]


@frozen(kw_only=True)
class HandOffRule:
    """What hand-offs of incidents of these ``categories`` must tell the next group.

    ``categories`` are texts such as ``"Network > VPN"``, which fit what lies below them; none
    fits every incident.  ``requires`` are names, each of a thing that must be there:
    ``summary``, ``environment`` and ``next_step`` as texts that are not blank, ``steps`` (at
    least one diagnostic step), ``evidence`` (at least one reference), ``device.NAME`` and
    ``user.NAME`` (that fact about the device or the user), and ``exhausted``: all steps of
    ``scripts`` were tried, whatever came of them; where no scripts are named, steps were tried
    and none of them solved it.

    Raises `itilcore.errors.InvalidInput` for the name of no requirement, for what is no
    category, and for scripts where ``exhausted`` is not required.

    >>> HandOffRule(categories="Network > VPN", requires=["steps", "device.os"]).requires
    ('steps', 'device.os')
    >>> HandOffRule(requires="sumary")
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: hand-off rule: 1 defect
      requires[0]: is 'sumary', which no hand-off can require; did you mean 'summary'?
    """

    categories: tuple[str, ...] = field(default=(), converter=several)
    requires: tuple[str, ...] = field(default=(), converter=several)
    scripts: tuple[str, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        for index, text in enumerate(self.categories):
            path = f"categories[{index}]"
            if blank := blank_defects(path, text):
                defects += blank
                continue
            try:
                Category.parse(text)
            except InvalidInput as error:
                defects += [Defect(path, defect.problem) for defect in error.defects]
        for index, name in enumerate(self.requires):
            defects += _requirement_defects(f"requires[{index}]", name)
        for index, step in enumerate(self.scripts):
            defects += blank_defects(f"scripts[{index}]", step)
        if self.scripts and "exhausted" not in self.requires:
            defects.append(Defect("scripts", "are named, and 'exhausted' is not required"))
        if defects:
            raise InvalidInput("hand-off rule", defects)

    @cached_property
    def _paths(self) -> tuple[tuple[str, ...], ...]:
        return tuple(Category.parse(text).path for text in self.categories)

    def fits(self, category: Category | None) -> bool:
        """Whether the rule is for incidents of *category*; ``None`` is one that is not known.

        >>> HandOffRule(categories="Network").fits(Category("Network", "VPN"))
        True
        """
        path = () if category is None else category.path
        return not self.categories or any(path[: len(each)] == each for each in self._paths)

    def __str__(self) -> str:
        """Which incidents it is for."""
        return f"category {' or '.join(self.categories)}" if self.categories else "every incident"

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "categories": list(self.categories),
            "requires": list(self.requires),
            "scripts": list(self.scripts),
        }

    def _look(self, name: str, notes: HandOffNotes) -> Found:
        """What *notes* hold of the requirement *name*."""
        if name in _TEXTS:
            return _text(_TEXTS[name], getattr(notes, name))
        if name == "steps":
            return _counted("diagnostic step", [step.name for step in notes.steps])
        if name == "evidence":
            return _counted("piece of evidence", notes.evidence)
        if name == "exhausted":
            return _script(self.scripts, notes) if self.scripts else _nothing_solved(notes)
        kind, _, fact = name.partition(".")
        facts = {key: value for key, value in getattr(notes, kind) if value.strip()}
        there = f"known are {', '.join(facts)}" if facts else f"no fact of the {kind} is known"
        if fact in facts:
            return True, f"the {kind}'s {fact} is there: {facts[fact]}"
        return False, f"the {kind}'s {fact} is missing; {there}"


def _text(words: str, value: str | None) -> Found:
    if value is None or not value.strip():
        return False, f"{words} is missing"
    return True, f"{words} is there: {value}"


def _counted(thing: str, names: Iterable[str]) -> Found:
    found = list(names)
    if not found:
        return False, f"there is no {thing}"
    return True, f"there is a {thing}: {', '.join(found)}"


def _script(scripts: tuple[str, ...], notes: HandOffNotes) -> Found:
    tried = {step.name for step in notes.steps}
    left = [step for step in scripts if step not in tried]
    done = ", ".join(step for step in scripts if step in tried)
    if left:
        return (
            False,
            f"steps of the script not tried yet: {', '.join(left)}; tried: {done or 'none'}",
        )
    return True, f"all steps of the script were tried: {done}"


def _nothing_solved(notes: HandOffNotes) -> Found:
    solved = [step.name for step in notes.steps if step.outcome is StepOutcome.SOLVED]
    if not notes.steps:
        return False, "nothing was tried: there is no diagnostic step"
    if solved:
        return False, f"what can be tried is not exhausted: {', '.join(solved)} solved it"
    return True, f"steps were tried and none solved it: {', '.join(s.name for s in notes.steps)}"


def _rules(given: Any) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, Iterable) else (given,)


@frozen
class HandOffRules:
    """The rules of hand-offs: every one that fits adds what it requires, in their order.

    Raises `itilcore.errors.InvalidInput` for what is no `HandOffRule`.

    >>> rules = HandOffRules([HandOffRule(requires=["summary", "device.os"])])
    >>> print(rules.check(HandOffNotes(summary="No VPN"), None).explain())
    False, because:
      the device's os is missing; no fact of the device is known [hand-off rule 1, every incident]
      the summary is there: No VPN [hand-off rule 1, every incident]
    decided by hand-off rules:...
    """

    rules: tuple[HandOffRule, ...] = field(default=(), converter=_rules)

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"rules[{index}]", f"is {rule!r:.60}: give a HandOffRule")
            for index, rule in enumerate(self.rules)
            if not isinstance(rule, HandOffRule)
        ]
        if defects:
            raise InvalidInput("hand-off rules", defects)

    @classmethod
    def default(cls) -> HandOffRules:
        """A summary, a diagnostic step and the next step, for every incident.

        >>> HandOffRules.default().missing(HandOffNotes(summary="No VPN"), None)
        ('steps', 'next_step')
        """
        return cls((HandOffRule(requires=("summary", "steps", "next_step")),))

    def check(self, notes: HandOffNotes | None, category: Category | None) -> Decision[bool]:
        """Whether *notes* hold all that is required of an incident of *category*.

        The reasons say what is missing first, then what is there, each with the rule that asks
        for it.  ``None`` for notes is a hand-off without any; for a category, one that is not
        known.  Raises `itilcore.errors.InvalidInput` for what is neither.

        >>> HandOffRules().check(None, None).answer
        True
        """
        missing: list[Reason] = []
        there: list[Reason] = []
        for rule, name, (met, text) in self._found(notes, category):
            (there if met else missing).append(Reason(rule, text, {"requirement": name}))
        reasons = [*missing, *there]
        if not reasons:
            reasons = [Reason("hand-off rules", "no rule asks for anything here")]
        return Decision(not missing, reasons, self.version)

    def missing(self, notes: HandOffNotes | None, category: Category | None) -> tuple[str, ...]:
        """The names of what is required and missing, each once, in the order of the rules.

        Raises `itilcore.errors.InvalidInput` for what are no notes or no category.

        >>> HandOffRules.default().missing(None, None)
        ('summary', 'steps', 'next_step')
        """
        found = self._found(notes, category)
        return tuple(dict.fromkeys(name for _, name, (met, _) in found if not met))

    def completeness(self, notes: HandOffNotes | None, category: Category | None) -> float | None:
        """The share of what is required that is there, from 0 to 1; each name counts once.

        ``None`` where nothing is required.  Raises `itilcore.errors.InvalidInput` for what are
        no notes or no category.

        >>> rules = HandOffRules([HandOffRule(requires=["summary", "evidence"])])
        >>> rules.completeness(HandOffNotes(summary="No VPN"), None)
        0.5
        """
        every: set[str] = set()
        missing: set[str] = set()
        for _, name, (met, _) in self._found(notes, category):
            every.add(name)
            if not met:
                missing.add(name)
        return 1.0 - len(missing) / len(every) if every else None

    def _found(
        self, notes: HandOffNotes | None, category: Category | None
    ) -> Iterator[tuple[str, str, Found]]:
        """The rule, the requirement and what is there of it, for all rules that fit."""
        defects: list[Defect] = []
        if notes is not None and not isinstance(notes, HandOffNotes):
            defects.append(Defect("notes", f"is {notes!r:.60}: give HandOffNotes or None"))
        if category is not None and not isinstance(category, Category):
            defects.append(Defect("category", f"is {category!r:.60}: give a Category or None"))
        if defects:
            raise InvalidInput("hand-off", defects)
        held = HandOffNotes() if notes is None else notes
        for number, rule in enumerate(self.rules, 1):
            if rule.fits(category):
                label = f"hand-off rule {number}, {rule}"
                for name in dict.fromkeys(rule.requires):
                    yield label, name, rule._look(name, held)

    @property
    def content(self) -> list[JSONValue]:
        """The rules as JSON values, in their order."""
        return [rule.content for rule in self.rules]

    @cached_property
    def version(self) -> str:
        """The content version: the same rules in the same order have the same."""
        return content_version("hand-off rules", self.content)
