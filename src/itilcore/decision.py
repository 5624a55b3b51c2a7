"""Decisions that explain themselves: the answer, the reasons, the version of the rules.

Every rule of itilcore answers with a `Decision`.  "No rule matched" and "unknown" are
answers (``answer`` is ``None`` and a reason says why), never exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from attrs import field, frozen

__all__ = ["Decision", "Reason"]

T_co = TypeVar("T_co", covariant=True)


def _sorted_items(
    inputs: Mapping[str, object] | tuple[tuple[str, object], ...],
) -> tuple[tuple[str, object], ...]:
    # A mapping neither hashes nor keeps an order that means anything: pairs by name do.
    items = inputs.items() if isinstance(inputs, Mapping) else inputs
    return tuple(sorted(items, key=lambda pair: pair[0]))


@frozen
class Reason:
    """Why: the *rule* that spoke, a sentence for people, and the *inputs* it looked at.

    ``inputs`` may be given as a mapping; it is kept as pairs sorted by name, so that a
    reason hashes when its inputs do.

    >>> Reason("matrix", "HIGH and LOW give P3", {"urgency": "LOW", "impact": "HIGH"}).inputs
    (('impact', 'HIGH'), ('urgency', 'LOW'))
    """

    rule: str
    text: str
    inputs: tuple[tuple[str, object], ...] = field(default=(), converter=_sorted_items)

    def __str__(self) -> str:
        return self.text


def _reasons(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(reasons)


@frozen
class Decision(Generic[T_co]):
    """What a rule decided: ``answer``, ``reasons`` in the order they were found, ``version``.

    ``version`` is the content version of the rules that decided.  An ``answer`` of
    ``None`` means that the rules could not tell; the reasons say what was missing.

    >>> decision = Decision("P3", [Reason("matrix", "HIGH and LOW give P3")], "matrix:1")
    >>> decision.answer
    'P3'
    >>> print(decision.explain())
    P3, because:
      HIGH and LOW give P3 [matrix]
    decided by matrix:1
    """

    answer: T_co
    reasons: tuple[Reason, ...] = field(converter=_reasons)
    version: str

    def explain(self) -> str:
        """The decision as lines of text for a person to read.

        >>> print(Decision(None, [Reason("matrix", "urgency is missing")], "matrix:1").explain())
        undecided, because:
          urgency is missing [matrix]
        decided by matrix:1
        """
        head = "undecided" if self.answer is None else str(self.answer)
        lines = [f"  {reason.text} [{reason.rule}]" for reason in self.reasons]
        return "\n".join([f"{head}, because:", *lines, f"decided by {self.version}"])
