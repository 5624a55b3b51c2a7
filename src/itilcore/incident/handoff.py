"""What one group tells the next: steps that were tried, facts, evidence, the next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several

__all__ = ["DiagnosticStep", "HandOffNotes", "StepOutcome"]


class StepOutcome(Enum):
    """What came of a diagnostic step: it helped, it changed nothing, or it could not be done."""

    SOLVED = "solved"
    NO_CHANGE = "no change"
    NOT_POSSIBLE = "not possible"


@frozen
class DiagnosticStep:
    """A step of a diagnostic script that was tried, and what came of it.

    Raises `itilcore.errors.InvalidInput` for a blank name.

    >>> DiagnosticStep("restart the client").outcome
    <StepOutcome.NO_CHANGE: 'no change'>
    """

    name: str
    outcome: StepOutcome = StepOutcome.NO_CHANGE
    detail: str | None = None

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("name", self.name)
        if not isinstance(self.outcome, StepOutcome):
            defects.append(Defect("outcome", f"is {self.outcome!r}: give a StepOutcome"))
        if defects:
            raise InvalidInput("diagnostic step", defects)

    def __str__(self) -> str:
        detail = "" if self.detail is None else f": {self.detail}"
        return f"{self.name} ({self.outcome.value}{detail})"


# What is none of these is kept as it is, and told with the other defects.
def _pairs(given: Mapping[str, str] | Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    pairs = given.items() if isinstance(given, Mapping) else several(given)
    return tuple(sorted(pairs, key=str))


def _steps(given: DiagnosticStep | Iterable[DiagnosticStep]) -> tuple[DiagnosticStep, ...]:
    return several(given)


def _references(given: str | Iterable[str]) -> tuple[str, ...]:
    return several(given)


@frozen(kw_only=True)
class HandOffNotes:
    """What the next group needs to go on without asking again.

    ``steps`` are what was tried, in order; ``device`` and ``user`` are facts by name, such as
    ``os`` or ``site``; ``evidence`` are references to logs, screenshots and the like, never the
    things themselves; ``environment`` is where it happens; ``next_step`` is what to try next.
    Raises `itilcore.errors.InvalidInput` for what is none of these.

    >>> notes = HandOffNotes(
    ...     steps=DiagnosticStep("restart the client"), device={"os": "Windows 11"}
    ... )
    >>> notes.device, len(notes.steps)
    ((('os', 'Windows 11'),), 1)
    """

    summary: str | None = None
    steps: tuple[DiagnosticStep, ...] = field(default=(), converter=_steps)
    device: tuple[tuple[str, str], ...] = field(default=(), converter=_pairs)
    user: tuple[tuple[str, str], ...] = field(default=(), converter=_pairs)
    evidence: tuple[str, ...] = field(default=(), converter=_references)
    environment: str | None = None
    next_step: str | None = None

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"steps[{index}]", f"is {step!r}: give a DiagnosticStep")
            for index, step in enumerate(self.steps)
            if not isinstance(step, DiagnosticStep)
        ]
        for name in ("summary", "environment", "next_step"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                defects.append(Defect(name, f"is {value!r}: give a text"))
        for name in ("device", "user"):
            pairs: tuple[Any, ...] = getattr(self, name)
            for pair in pairs:
                if not (isinstance(pair, tuple) and len(pair) == 2):
                    defects.append(Defect(name, f"has {pair!r:.60}: give a name and a text"))
                    continue
                key, value = pair
                defects += blank_defects(name, key)
                if not isinstance(value, str):
                    defects.append(Defect(f"{name}.{key}", f"is {value!r}: give a text"))
        for index, reference in enumerate(self.evidence):
            defects += blank_defects(f"evidence[{index}]", reference)
        if defects:
            raise InvalidInput("hand-off notes", defects)

    def __str__(self) -> str:
        facts = (f"{name} {value}" for name, value in (*self.device, *self.user))
        parts = (
            ("", self.summary),
            ("tried ", ", ".join(map(str, self.steps))),
            ("", ", ".join(facts)),
            ("in ", self.environment),
            ("evidence ", ", ".join(self.evidence)),
            ("next ", self.next_step),
        )
        return "; ".join(f"{word}{text}" for word, text in parts if text)

    @property
    def exhausted(self) -> bool:
        """Whether steps were tried and none of them solved it: evidence for going further."""
        return bool(self.steps) and all(
            step.outcome is not StepOutcome.SOLVED for step in self.steps
        )
