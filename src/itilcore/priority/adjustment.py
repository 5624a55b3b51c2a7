"""Adjustments: rows that move the priority of the work, and never the severity of the harm."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from attrs import field, frozen

from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several
from itilcore.version import JSONValue, content_version

from .conditions import Conditions, conditions
from .facts import SituationFacts
from .level_rules import require_situation
from .scales import Priority

__all__ = ["Adjustments", "PriorityAdjustment"]

_RULE: Final = "priority adjustments"


@frozen(kw_only=True)
class PriorityAdjustment:
    """A row: where ``when`` holds, the priority moves by so many ``steps``.

    More than 0 lowers it, less than 0 raises it.  ``when`` is given as in `LevelRule`.  Raises
    `itilcore.errors.InvalidInput` for a blank name, no step, conditions that are none, and a row
    that would turn things round: lowering for more harm, raising for less.

    >>> row = PriorityAdjustment(name="workaround", when={"workaround": True}, steps=1)
    >>> row.when.words(), row.steps
    ('workaround', 1)
    """

    name: str
    when: Conditions = field(converter=conditions)
    steps: int

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("name", self.name)
        steps = self.steps if type(self.steps) is int else 0  # True is no number of steps
        if not steps:
            problem = f"is {self.steps!r:.60}: give a whole number, above 0 to lower the priority"
            defects.append(Defect("steps", problem))
        found = list(self.when.defects("when"))
        if not found and steps:
            names = self.when.worsening() if steps > 0 else self.when.easing()
            problem = "lowers for more harm" if steps > 0 else "raises for less harm"
            found = [Defect(f"when.{name}", problem) for name in names]
        defects += found
        if defects:
            raise InvalidInput("priority adjustment", defects)


@frozen
class Adjustments:
    """Rows that move a priority; all that fit count together, and the scale is never left.

    A fact that nobody knows fits nothing, and is named.  Raises `itilcore.errors.InvalidInput`
    for what is no row and for a name that stands twice.

    >>> rows = Adjustments.default()
    >>> scale = Priority.default_scale()
    >>> print(rows.apply(Priority.P1, SituationFacts(workaround=True), scale).explain())
    P2, because:
      workaround: 1 step lower, P1 to P2 [priority adjustments]
      blocks_others is unknown: 'dependency' does not count [priority adjustments]
    decided by priority-adjustments:...
    """

    rows: tuple[PriorityAdjustment, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        names: set[str] = set()
        for index, row in enumerate(self.rows):
            if not isinstance(row, PriorityAdjustment):
                problem = f"is {row!r:.60}: give a PriorityAdjustment"
                defects.append(Defect(f"[{index}]", problem))
            elif row.name in names:
                problem = f"is {row.name!r}, which stands above already"
                defects.append(Defect(f"[{index}].name", problem))
            else:
                names.add(row.name)
        if defects:
            raise InvalidInput(_RULE, defects)

    @classmethod
    def default(cls) -> Adjustments:
        """With a workaround one step lower; where other work waits for it one step higher.

        >>> [(row.name, row.steps) for row in Adjustments.default().rows]
        [('workaround', 1), ('dependency', -1)]
        """
        return cls(
            [
                PriorityAdjustment(name="workaround", when={"workaround": True}, steps=1),
                PriorityAdjustment(name="dependency", when={"blocks_others": True}, steps=-1),
            ]
        )

    def apply(
        self, priority: Priority, facts: SituationFacts, scale: Sequence[Priority]
    ) -> Decision[Priority]:
        """The priority after all rows that fit, and what each of them did.

        *scale* are the priorities that there are, in any order.  Raises
        `itilcore.errors.InvalidInput` for facts that are none and for a priority that is not on
        the scale.
        """
        require_situation(_RULE, facts)
        levels = sorted(set(scale), key=lambda level: level.rank)
        if priority not in levels:
            problem = f"is {priority!r:.60}, which is none of {', '.join(map(str, levels))}"
            raise InvalidInput(_RULE, [Defect("priority", problem)])
        known = facts.stated
        place = start = levels.index(priority)
        fitting: list[PriorityAdjustment] = []
        unknown: list[Reason] = []
        for row in self.rows:
            verdict = row.when.judge(known)
            if verdict.fits:
                fitting.append(row)
            elif verdict.unknown:
                names = ", ".join(verdict.unknown)
                text = f"{names} is unknown: {row.name!r} does not count"
                unknown.append(Reason(_RULE, text, dict.fromkeys(verdict.unknown)))
        reasons: list[Reason] = []
        for row in fitting:
            inputs = {name: known[name] for name, _ in row.when.rows}
            reasons.append(Reason(_RULE, f"{row.name}: {_moved(row.steps)}", inputs))
        place = min(max(start + sum(row.steps for row in fitting), 0), len(levels) - 1)
        answer = levels[place]
        if len(reasons) == 1:
            (only,) = reasons
            text = f"{only.text}, {priority} to {answer}"
            reasons = [Reason(_RULE, text, only.inputs)]
        elif reasons:
            reasons.append(Reason(_RULE, f"together from {priority} to {answer}"))
        return Decision(answer, [*reasons, *unknown], self.version)

    @cached_property
    def version(self) -> str:
        """The content version: the same rows have the same."""
        rows: list[JSONValue] = [[row.name, row.when.content, row.steps] for row in self.rows]
        return content_version("priority-adjustments", rows)


def _moved(steps: int) -> str:
    count = abs(steps)
    return f"{count} step{'' if count == 1 else 's'} {'lower' if steps > 0 else 'higher'}"
