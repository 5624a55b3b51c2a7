"""Whether a service is down or only worse, by what is said about it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cached_property
from typing import Any, Final

from attrs import field, frozen

from itilcore.decision import Decision, Reason
from itilcore.errors import InvalidInput
from itilcore.given import several
from itilcore.version import JSONValue, content_version
from itilcore.words import MOST_READ, Phrases

from .kind_rule import phrase_defects
from .ticket import Ticket, require_ticket

__all__ = ["Disruption", "OutageRules"]

# fmt: off
_OUTAGE: Final = (
    "all users are affected", "can no longer", "can not", "can't", "cannot", "complete outage",
    "completely unavailable", "connection lost", "dead", "does not load", "does not open",
    "does not respond", "does not start", "does not work", "doesn't load", "doesn't open",
    "doesn't respond", "doesn't start", "doesn't work", "down", "everyone is affected",
    "no connection", "no longer works", "no one can", "nobody can", "not available",
    "not reachable", "not responding", "not working", "nothing works", "offline", "outage",
    "stopped working", "total failure", "unable to", "unavailable", "unreachable", "won't start",
)
_DEGRADATION: Final = (
    "delay", "delayed", "delays", "degraded", "high latency", "lag", "lagging", "laggy",
    "longer than usual", "packet loss", "poor quality", "slow", "slow down", "slowed down",
    "slower", "slowing down", "slowly", "slowness", "slows down", "sluggish", "takes ages",
    "takes forever", "takes long", "takes too long", "unstable",
)
_PARTIAL: Final = (
    "a few users", "at times", "every now and then", "flaky", "from time to time",
    "intermittent", "intermittently", "keeps disconnecting", "not always", "not completely down",
    "now and then", "occasionally", "often", "on and off", "one of the", "only some", "partial",
    "partially", "partly", "some customers", "some of the", "some of us", "some people",
    "some users", "sometimes", "sporadic", "sporadically",
)
_NEGATIONS: Final = (
    "aren't", "hasn't been", "isn't", "neither", "never", "no", "no longer", "nor", "not",
    "wasn't", "weren't", "without", "without any",
)
_FILLERS: Final = (
    "any", "anymore", "at all", "being", "completely", "entirely", "especially", "fully", "that",
    "really", "so", "too", "totally", "very",
)
_IDLE: Final = (
    "break down", "down to", "download", "drop down", "not just", "not only", "scroll down",
    "shut down", "write down",
)
# fmt: on
_LISTS: Final = ("outage", "degradation", "partial", "negations", "fillers", "idle")


class Disruption(Enum):
    """How a service is disrupted.

    An outage is one that cannot be used; a degradation one that is worse than agreed, at times,
    or for some only.

    >>> Disruption("outage")
    <Disruption.OUTAGE: 'outage'>
    """

    OUTAGE = "outage"
    DEGRADATION = "degradation"
    UNKNOWN = "unknown"


def _each_once(given: Any) -> tuple[Any, ...]:
    found = several(given)
    return tuple(sorted(set(found))) if all(isinstance(each, str) for each in found) else found


@frozen(kw_only=True)
class OutageRules:
    """Words and phrases that tell an outage from a degradation; their order means nothing.

    ``outage`` says that it cannot be used, ``degradation`` that it is worse, ``partial`` that
    it is so at times or for some.  Of phrases that share a word the longest counts, the first
    of those.  One that follows one of the ``negations``, at once or with one of the ``fillers``
    between as in "not very slow", does not count, and neither do those that are ``idle``, such
    as "scroll down".  Signs part no sentences.

    What is partial is a degradation, whatever else is said; else what speaks for an outage is
    one, since slow things go down; else what is worse is a degradation; else it is unknown.
    The phrases that come with it are English.  Only the first 5,000 characters of title and
    text are read.  Raises `itilcore.errors.InvalidInput` for a phrase without letter or digit
    or of more than 200 characters.

    >>> rules = OutageRules()
    >>> rules.decide(Ticket(title="Mail is down, nobody can send")).answer
    <Disruption.OUTAGE: 'outage'>
    >>> ticket = Ticket(title="VPN is not slow, but some users cannot connect")
    >>> print(rules.decide(ticket).explain())
    Disruption.DEGRADATION, because:
      partial: says some users [outage rules]
      outage: says cannot [outage rules]
      does not count, as it is denied: slow [outage rules]
    decided by outage:...
    """

    outage: tuple[str, ...] = field(default=_OUTAGE, converter=_each_once)
    degradation: tuple[str, ...] = field(default=_DEGRADATION, converter=_each_once)
    partial: tuple[str, ...] = field(default=_PARTIAL, converter=_each_once)
    negations: tuple[str, ...] = field(default=_NEGATIONS, converter=_each_once)
    fillers: tuple[str, ...] = field(default=_FILLERS, converter=_each_once)
    idle: tuple[str, ...] = field(default=_IDLE, converter=_each_once)

    def __attrs_post_init__(self) -> None:
        defects = [
            defect
            for name in _LISTS
            for index, text in enumerate(getattr(self, name))
            for defect in phrase_defects(f"{name}[{index}]", text)
        ]
        if defects:
            raise InvalidInput("outage rules", defects)

    @cached_property
    def _means(self) -> tuple[Phrases, dict[str, str]]:
        # A phrase that stands in two lists is of the later one: what is partial says more.
        lists = ("idle", "outage", "degradation", "partial")
        means = {text: name for name in lists for text in getattr(self, name)}
        return Phrases(means), means

    @cached_property
    def _denying(self) -> tuple[Phrases, Phrases]:
        return Phrases(self.negations), Phrases(self.fillers)

    def decide(self, ticket: Ticket) -> Decision[Disruption]:
        """How the service is disrupted by what *ticket* says, and why.

        Raises `itilcore.errors.InvalidInput` for what is no ticket.

        >>> OutageRules().decide(Ticket(text="It is not slow")).answer
        <Disruption.UNKNOWN: 'unknown'>
        """
        require_ticket("outage rules", ticket)
        found: dict[str, set[str]] = {}
        for said in ticket.said:
            for name, text in self._find(said):
                found.setdefault(name, set()).add(text)
        answer = Disruption.UNKNOWN
        if "partial" in found or ("degradation" in found and "outage" not in found):
            answer = Disruption.DEGRADATION
        elif "outage" in found:
            answer = Disruption.OUTAGE
        return Decision(answer, self._reasons(found, ticket), self.version)

    def _reasons(self, found: dict[str, set[str]], ticket: Ticket) -> Iterator[Reason]:
        rule = "outage rules"
        for name in ("partial", "outage", "degradation"):
            if texts := found.get(name):
                yield Reason(rule, f"{name}: says {', '.join(sorted(texts))}")
        if not found.keys() & {"partial", "outage", "degradation"}:
            yield Reason(rule, "says nothing of an outage or a degradation")
        if texts := found.get("denied"):
            yield Reason(rule, f"does not count, as it is denied: {', '.join(sorted(texts))}")
        if max(len(ticket.title), len(ticket.text)) > MOST_READ:
            yield Reason(rule, f"the first {MOST_READ:,} characters were read")

    def _find(self, said: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """What each phrase that counts is for, ``denied`` for one that does not; and which."""
        phrases, means = self._means
        negations, fillers = self._denying
        hits = sorted(phrases.find(said), key=lambda hit: (hit[0] - hit[1], hit[0]))
        taken: set[int] = set()
        kept = []
        for start, end, text in hits:
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                kept.append((start, text))
        # What belongs to a phrase denies nothing: "does not work at all, slow" says slow.
        denied = {
            end for start, end, _ in negations.find(said) if taken.isdisjoint(range(start, end))
        }
        denied |= {end for start, end, _ in fillers.find(said) if start in denied}
        for start, text in kept:
            name = "denied" if start in denied else means[text]
            if name != "idle":
                yield name, text

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {name: list(getattr(self, name)) for name in _LISTS}

    @cached_property
    def version(self) -> str:
        """The content version: the same phrases have the same."""
        return content_version("outage", self.content)
