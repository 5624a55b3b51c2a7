"""How well a classifier does: precision and recall of each kind, and how often it abstains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from attrs import frozen

from itilcore.errors import Defect, InvalidInput
from itilcore.version import JSONValue

from .kind import TicketKind

__all__ = ["ClassifierTest", "Confusion", "KindTest", "evaluate"]

_PLACE: Final = {kind: place for place, kind in enumerate(TicketKind)}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@frozen
class KindTest:
    """How a classifier did on one ``kind``.

    ``n`` tickets were of it, of which ``right`` were answered as it and for ``abstained`` there
    was no answer; ``answered`` tickets of any kind were answered as it.

    >>> found = KindTest(TicketKind.INCIDENT, n=10, answered=8, right=6, abstained=1)
    >>> found.precision, found.recall
    (0.75, 0.6)
    """

    kind: TicketKind
    n: int
    answered: int
    right: int
    abstained: int

    @property
    def precision(self) -> float | None:
        """The share that was of the kind, of those answered as it; ``None`` over nothing."""
        return _share(self.right, self.answered)

    @property
    def recall(self) -> float | None:
        """The share answered as the kind, of those that were of it; ``None`` over nothing.

        A ticket for which there was no answer is one that was not found.
        """
        return _share(self.right, self.n)


@frozen
class Confusion:
    """How many tickets that were of kind ``truth`` got ``answer``, ``None`` for no answer.

    >>> Confusion(TicketKind.PROBLEM, None, 3).count
    3
    """

    truth: TicketKind
    answer: TicketKind | None
    count: int


@frozen
class ClassifierTest:
    """How a classifier did, as counts of what was and what it answered; `evaluate` makes it.

    ``confusion`` has a row for each pair that occurred, in the order of the kinds, no answer
    last.

    >>> incident, question = TicketKind.INCIDENT, TicketKind.QUESTION
    >>> found = evaluate([(incident, incident), (incident, question), (question, None)])
    >>> found.n, found.abstentions, found.coverage, found.precision
    (3, 1, 0.6666666666666666, 0.5)
    >>> print(found)
    incident: n 2, precision 1.00, recall 0.50, abstained 0
    question: n 1, precision 0.00, recall 0.00, abstained 1
    """

    confusion: tuple[Confusion, ...]

    @property
    def n(self) -> int:
        """How many tickets there were."""
        return sum(row.count for row in self.confusion)

    @property
    def right(self) -> int:
        """How many answers were right."""
        return sum(row.count for row in self.confusion if row.answer is row.truth)

    @property
    def abstentions(self) -> int:
        """For how many tickets there was no answer."""
        return sum(row.count for row in self.confusion if row.answer is None)

    @property
    def coverage(self) -> float | None:
        """The share that had an answer; ``None`` over nothing."""
        return _share(self.n - self.abstentions, self.n)

    @property
    def precision(self) -> float | None:
        """The share of the answers that was right; ``None`` where there was no answer."""
        return _share(self.right, self.n - self.abstentions)

    @property
    def kinds(self) -> tuple[KindTest, ...]:
        """Each kind that occurred, as what a ticket was or as an answer, in their order."""
        return tuple(found for kind in TicketKind if (found := self.of(kind)).n or found.answered)

    def of(self, kind: TicketKind) -> KindTest:
        """How it did on *kind*.  Raises `itilcore.errors.InvalidInput` for what is no kind.

        >>> evaluate([]).of(TicketKind.CHANGE).recall is None
        True
        """
        if not isinstance(kind, TicketKind):
            problem = f"is {kind!r:.60}: give a TicketKind"
            raise InvalidInput("evaluation", [Defect("kind", problem)])
        theirs = [row for row in self.confusion if row.truth is kind]
        answers = [row for row in self.confusion if row.answer is kind]
        return KindTest(
            kind,
            n=sum(row.count for row in theirs),
            answered=sum(row.count for row in answers),
            right=sum(row.count for row in theirs if row.answer is kind),
            abstained=sum(row.count for row in theirs if row.answer is None),
        )

    def __str__(self) -> str:
        return "\n".join(
            f"{each.kind.value}: n {each.n}, precision {_shown(each.precision)}, "
            f"recall {_shown(each.recall)}, abstained {each.abstained}"
            for each in self.kinds
        )

    def to_dict(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "n": self.n,
            "right": self.right,
            "abstentions": self.abstentions,
            "coverage": self.coverage,
            "precision": self.precision,
            "kinds": {
                each.kind.value: {
                    "n": each.n,
                    "answered": each.answered,
                    "right": each.right,
                    "abstained": each.abstained,
                    "precision": each.precision,
                    "recall": each.recall,
                }
                for each in self.kinds
            },
            "confusion": [
                {
                    "truth": row.truth.value,
                    "answer": None if row.answer is None else row.answer.value,
                    "count": row.count,
                }
                for row in self.confusion
            ],
        }


def _shown(share: float | None) -> str:
    return "-" if share is None else f"{share:.2f}"


def evaluate(pairs: Iterable[tuple[TicketKind, TicketKind | None]]) -> ClassifierTest:
    """How well answers fit what tickets were, as *pairs* of the true kind and the answer.

    An answer is ``None`` where the classifier abstained.  The order means nothing.  Whether
    the classifier had seen the tickets before is for the caller to know: it should not have.
    Raises `itilcore.errors.InvalidInput` with everything that is no such pair.

    >>> evaluate([(TicketKind.CHANGE, None)]).coverage
    0.0
    """
    if not isinstance(pairs, Iterable):
        raise InvalidInput("evaluation", [Defect("", f"is {pairs!r:.60}: give pairs of kinds")])
    counted: Counter[tuple[TicketKind, TicketKind | None]] = Counter()
    defects: list[Defect] = []
    for index, pair in enumerate(pairs):
        if _is_pair(pair):
            counted[pair] += 1
        else:
            problem = f"is {pair!r:.60}: give a TicketKind, and a TicketKind or None"
            defects.append(Defect(f"[{index}]", problem))
    if defects:
        raise InvalidInput("evaluation", defects)
    last = len(_PLACE)
    rows = [Confusion(truth, answer, count) for (truth, answer), count in counted.items()]
    rows.sort(
        key=lambda row: (_PLACE[row.truth], last if row.answer is None else _PLACE[row.answer])
    )
    return ClassifierTest(tuple(rows))


def _is_pair(pair: object) -> bool:
    return (
        isinstance(pair, tuple)
        and len(pair) == 2
        and isinstance(pair[0], TicketKind)
        and isinstance(pair[1], TicketKind | None)
    )
