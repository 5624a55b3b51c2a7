"""Reviews: drafted from the timeline, finished by people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from attrs import evolve, field, frozen

from itilcore.communications import markdown_text
from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.given import several
from itilcore.incident import Closed, Incident, LinkKind, in_utc
from itilcore.routing import HandOffRules
from itilcore.sla import Reading

from .action import ReviewAction
from .document import TimelineDocument, rows_as_markdown, timeline_document
from .gaps import Gap, gaps_of
from .lacking import lacking
from .rules import MajorIncidentRules

__all__ = ["REVIEW_PROMPTS", "Review", "ReviewPrompt", "draft_review"]

LONGEST_GAPS: Final = 5
"""So many gaps are shown: the longest."""


@frozen(kw_only=True)
class ReviewPrompt:
    """A question that people answer: the library knows what happened, not what would prevent it.

    >>> ReviewPrompt(question="What set it off?").is_answered
    False
    """

    question: str
    answer: str = ""

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("question", self.question)
        if not isinstance(self.answer, str):
            defects.append(Defect("answer", f"is {self.answer!r:.60}: give a text"))
        if defects:
            raise InvalidInput("review prompt", defects)

    @property
    def is_answered(self) -> bool:
        """Whether somebody has written an answer."""
        return bool(self.answer.strip())


REVIEW_PROMPTS: Final = (
    ReviewPrompt(question="What set it off, and why then?"),
    ReviewPrompt(question="What would have stopped it before anybody noticed?"),
    ReviewPrompt(question="What made finding the cause slow, or quick?"),
    ReviewPrompt(question="What should whom have been told sooner?"),
    ReviewPrompt(question="What do we change so that it does not come back?"),
)
"""The questions of every review, without answers."""


@frozen(kw_only=True)
class Review:
    """A review of one incident: what happened, what slowed the response, what was not known.

    ``start`` and ``end`` are those of the response, in UTC: from the first event to the
    resolution, or to ``at`` where there is none.  ``gaps`` follow each other and add up to it.
    ``lacked`` is what nobody wrote down, ``linked`` the problems and articles that belong to
    it.  ``prompts`` and ``actions`` are for people.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> review = draft_review(Incident.replay("INC1", [Logged(nine, "Mail")]), [], ten)
    >>> len(review.missing()), review.with_actions([ReviewAction(text="x")]).missing()[-1]
    (6, 'action 1 has no due instant')
    """

    reference: str
    title: str | None
    at: datetime
    start: datetime
    end: datetime
    timeline: TimelineDocument
    gaps: tuple[Gap, ...]
    lacked: tuple[str, ...]
    linked: tuple[str, ...]
    prompts: tuple[ReviewPrompt, ...] = field(default=REVIEW_PROMPTS, converter=several)
    actions: tuple[ReviewAction, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        kinds: tuple[tuple[str, type[Any]], ...] = (
            ("prompts", ReviewPrompt),
            ("actions", ReviewAction),
        )
        defects = [
            Defect(f"{name}[{index}]", f"is {each!r:.60}: give a {kind.__name__}")
            for name, kind in kinds
            for index, each in enumerate(getattr(self, name))
            if not isinstance(each, kind)
        ]
        if defects:
            raise InvalidInput("review", defects)

    def longest(self, count: int = LONGEST_GAPS) -> tuple[Gap, ...]:
        """The longest gaps, at most *count* of them, the longest first."""
        return tuple(sorted(self.gaps, key=lambda gap: -gap.length)[:count])

    def answered(self, index: int, answer: str) -> Review:
        """The review with an *answer* to the prompt of that *index*, from 0."""
        if type(index) is not int or not 0 <= index < len(self.prompts):
            problem = f"is {index!r:.60}: there are {len(self.prompts)} prompts, from 0"
            raise InvalidInput("review", [Defect("index", problem)])
        prompts = list(self.prompts)
        prompts[index] = evolve(prompts[index], answer=answer)
        return evolve(self, prompts=prompts)

    def with_actions(self, actions: Iterable[ReviewAction]) -> Review:
        """The review with these *actions* in the place of its own."""
        return evolve(self, actions=actions)

    def missing(self) -> tuple[str, ...]:
        """What a complete review still needs; nothing where it is complete."""
        found = [
            f"nobody answered: {prompt.question}"
            for prompt in self.prompts
            if not prompt.is_answered
        ]
        if not self.actions:
            found.append("there are no actions")
        for number, action in enumerate(self.actions, 1):
            if action.owner is None:
                found.append(f"action {number} has no owner")
            if action.due is None:
                found.append(f"action {number} has no due instant")
        return tuple(found)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing()

    def overdue(self, at: datetime) -> tuple[ReviewAction, ...]:
        """The actions that should have been done before *at* and were not, the earliest first."""
        moment = require_aware("at", at)
        late = [action for action in self.actions if action.is_overdue(moment)]
        return tuple(sorted(late, key=lambda action: in_utc(action.due or moment)))

    def to_markdown(self) -> str:
        """The review as a document, in which nothing that somebody typed is obeyed."""
        title = "" if self.title is None else f": {markdown_text(self.title)}"
        lines = [
            f"# Review of {markdown_text(self.reference)}{title}",
            "",
            f"From {_when(self.start)} to {_when(self.end)}: {self.end - self.start}. "
            f"As it stood at {_when(self.at)}.",
            "",
            "## What happened",
            "",
            *rows_as_markdown(self.timeline.rows),
            "",
            "## What slowed the response",
            "",
            *self._slowed(),
            "",
            "## What information was missing",
            "",
            *_listed(self.lacked),
            "",
            "## What would prevent it",
            "",
            *self._prevention(),
            "## Actions",
            "",
            *self._actions(),
            "",
            "## What this review still needs",
            "",
            *_listed(self.missing()),
            "",
        ]
        return "\n".join(lines)

    def _slowed(self) -> list[str]:
        lines = ["| from | to | time | between | why |", "| --- | --- | --- | --- | --- |"]
        for gap in self.longest():
            why = "; ".join(gap.reasons) or "nothing in the records says why"
            between = f"{markdown_text(gap.before)} → {markdown_text(gap.after)}"
            cells = (_when(gap.start), _when(gap.end), str(gap.length), between, markdown_text(why))
            lines.append(f"| {' | '.join(cells)} |")
        return lines

    def _prevention(self) -> list[str]:
        lines: list[str] = []
        for prompt in self.prompts:
            answer = markdown_text(prompt.answer) if prompt.is_answered else "*nobody answered yet*"
            lines += [f"**{markdown_text(prompt.question)}** {answer}", ""]
        if self.linked:
            lines += [*_listed(self.linked), ""]
        return lines

    def _actions(self) -> list[str]:
        lines = ["| what | who | until | done |", "| --- | --- | --- | --- |"]
        for action in self.actions:
            owner = "nobody" if action.owner is None else markdown_text(action.owner)
            due = "no instant" if action.due is None else _when(action.due)
            done = "" if action.done_at is None else _when(action.done_at)
            lines.append(f"| {markdown_text(action.text)} | {owner} | {due} | {done} |")
        return lines if self.actions else ["None yet."]


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} {at:%Z}"


def _listed(texts: Iterable[str]) -> list[str]:
    return [f"- {markdown_text(text)}" for text in texts] or ["Nothing."]


def draft_review(
    incident: Incident,
    readings: Iterable[Reading],
    at: datetime,
    *,
    hand_offs: HandOffRules | None = None,
    rules: MajorIncidentRules | None = None,
) -> Review:
    """The review of *incident* as it stood *at* an instant, as far as the records tell.

    *readings* are its clocks, whose accounts say what did not count and why; *hand_offs* and
    *rules* are what hand-offs and major incidents need, the usual without them.  Raises
    `itilcore.errors.NaiveInstant` for an instant without a UTC offset, and
    `itilcore.errors.InvalidInput` for an incident without any event by then.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged, Resolved
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> incident = Incident.replay("INC1", [Logged(nine, "Mail"), Resolved(ten)])
    >>> [str(gap.length) for gap in draft_review(incident, [], ten).gaps]
    ['1:00:00']
    """
    known = incident.as_of(at)
    if not len(known.timeline):
        problem = f"has no event by {at.isoformat()}: there is nothing to review"
        raise InvalidInput("review", [Defect("incident", problem)])
    start = min(in_utc(event.at) for event in known.timeline)
    end = known.facts.resolved_at or in_utc(at)
    return Review(
        reference=incident.reference,
        title=known.title,
        at=in_utc(at),
        start=start,
        end=max(start, end),
        timeline=timeline_document(known),
        gaps=gaps_of(known, readings, start, max(start, end)),
        lacked=tuple(lacking(known, hand_offs or HandOffRules.default(), rules or _usual())),
        linked=_linked(known),
    )


def _usual() -> MajorIncidentRules:
    return MajorIncidentRules()


def _linked(incident: Incident) -> tuple[str, ...]:
    problems = [f"problem {other}" for kind, other in incident.links if kind is LinkKind.PROBLEM]
    articles = [
        f"article {event.knowledge}"
        for event in incident.timeline
        if isinstance(event, Closed) and event.knowledge is not None
    ]
    return tuple(dict.fromkeys([*problems, *articles]))
