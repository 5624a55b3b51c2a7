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
from itilcore.words import MOST_READ

from .kind_rule import phrase_defects
from .said import DENIED, FILLERS, IDLE, NEGATIONS, Said
from .ticket import Ticket, require_ticket

__all__ = ["Disruption", "OutageRules"]

# fmt: off
_NOT: Final = ("does not", "doesn't", "won't")
_CANNOT: Final = ("can not", "can't", "cannot", "cant")
_OUTAGE: Final = (
    "all users are affected", "can no longer", "complete outage", "completely unavailable",
    "connection lost", "crashed", "dead", "do not work", "don't work", "down",
    "everyone is affected", "isn't working", "aren't working", "no connection", "no longer works",
    "no one can", "nobody can", "not available", "not connecting", "not reachable",
    "not responding", "not working", "nothing works", "offline", "outage", "stopped working",
    "total failure", "unable to", "unavailable", "unreachable", *_CANNOT,
    *(
        f"{no} {does}"
        for no in _NOT
        for does in ("boot", "connect", "load", "open", "respond", "start", "turn on", "work")
    ),
)
_DEGRADATION: Final = (
    "delay", "delayed", "delays", "degraded", "high latency", "lag", "lagging", "laggy",
    "longer than usual", "packet loss", "performance is down", "poor quality", "slow",
    "slow down", "slowed down", "slower", "slowing down", "slowly", "slowness", "slows down",
    "sluggish", "takes ages", "takes forever", "takes long", "takes too long", "unstable",
    "unusably slow", *(f"{no} keep up" for no in _CANNOT),
)
_NUMBERS: Final = ("two", "three", "four", "five", "six", "ten")
_PARTIAL: Final = (
    "a few users", "all others work", "at times", "everything else works", "everything else is",
    "every now and then", "flaky", "from time to time", "half of", "half the", "in color",
    "in colour", "intermittent", "intermittently", "keeps disconnecting", "not always",
    "not completely down", "now and then", "occasionally", "often", "on and off", "on both sides",
    "one of my", "one of our", "one of the", "only one of", "only some", "only the", "partial",
    "partially", "partly", "some customers", "some of the", "some of us", "some people",
    "some users", "sometimes", "sporadic", "sporadically", "the other works", "the others work",
    "the rest is fine", "the rest works", "up and down",
    *(f"{one} of {all_}" for one in ("one", *_NUMBERS) for all_ in (*_NUMBERS, "the", "our")),
)
_OVER: Final = (
    "back online", "back to normal", "back up", "been fixed", "been resolved", "been solved",
    "everything works", "fine again", "is fixed", "is gone now", "is over", "is resolved",
    "is solved", "is up again", "it works now", "ok again", "up again", "was fixed",
    "was resolved", "was solved", "were fixed", "working again", "works again",
)
_PUTS: Final = (
    "count", "jot", "lay", "look", "mark", "note", "noted", "narrow", "press", "pull", "pulled",
    "put", "scale", "scaled", "scroll", "take", "took", "track", "turn", "turned", "type", "write",
    "written", "wrote",
)
_SINKS: Final = ("are down", "go down", "goes down", "has gone down", "is down", "went down")
_ABOUT: Final = (
    "attend", "be so", "be that", "believe", "come", "complain", "decide", "find", "help",
    "imagine", "miss", "recall", "recommend", "remember", "say", "tell", "thank", "think",
    "understand", "wait",
)
_IDLE: Final = (
    "arrow down", "break down", "calm down", "down arrow", "down button", "down key",
    "down payment", "down the hall", "down the road", "down there", "down to", "download",
    "drop down", "page down", "shut down", "sit down", "upside down", "up or down",
    "had an outage", "was an outage", "was down", "outage last week", "outage yesterday",
    "not just", "not only",
    *(f"{puts} {it}down" for puts in _PUTS for it in ("", "it ", "that ", "them ", "this ")),
    *(
        f"{what} {sinks}"
        for what in ("cost", "costs", "price", "prices", "revenue", "sales", "temperature")
        for sinks in _SINKS
    ),
    *(f"{no} {verb}" for no in _CANNOT for verb in _ABOUT),
)
# fmt: on
_LISTS: Final = ("outage", "degradation", "partial", "over", "negations", "fillers", "idle")


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
    it is so at times or for some, ``over`` that it was so.  Of phrases that share a word the
    longest counts, the first of those.  One that follows one of the ``negations``, at once or
    with ``fillers`` between as in "not very slow", does not count, and neither do those that
    are ``idle``, such as "scroll down".  Signs part no sentences.

    Where it is over nothing is known of now; else what is partial is a degradation, whatever
    else is said; else what speaks for an outage is one, since slow things go down; else what is
    worse is a degradation; else it is unknown.
    The phrases that come with it are English.  Only the first 5,000 characters of title and
    text are read.  Raises `itilcore.errors.InvalidInput` for a phrase without letter or digit,
    of more than 200 characters or with a sign that would be lost, as in "C++".

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
    over: tuple[str, ...] = field(default=_OVER, converter=_each_once)
    negations: tuple[str, ...] = field(default=NEGATIONS, converter=_each_once)
    fillers: tuple[str, ...] = field(default=FILLERS, converter=_each_once)
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
    def _said(self) -> Said:
        # A phrase that stands in two lists is of the later one: what is partial says more.
        lists = (IDLE, "outage", "degradation", "partial", "over")
        means = {text: name for name in lists for text in getattr(self, name)}
        return Said(means, self.negations, self.fillers)

    def decide(self, ticket: Ticket) -> Decision[Disruption]:
        """How the service is disrupted by what *ticket* says, and why.

        Raises `itilcore.errors.InvalidInput` for what is no ticket.

        >>> OutageRules().decide(Ticket(text="It is not slow")).answer
        <Disruption.UNKNOWN: 'unknown'>
        """
        require_ticket("outage rules", ticket)
        found: dict[str, set[str]] = {}
        for said in ticket.said:
            for name, text in self._said.find(said):
                found.setdefault(name, set()).add(text)
        answer = Disruption.UNKNOWN
        now = found.keys() - ({"outage", "degradation", "partial"} if "over" in found else set())
        if "partial" in now or ("degradation" in now and "outage" not in now):
            answer = Disruption.DEGRADATION
        elif "outage" in now:
            answer = Disruption.OUTAGE
        return Decision(answer, self._reasons(found, ticket), self.version)

    def _reasons(self, found: dict[str, set[str]], ticket: Ticket) -> Iterator[Reason]:
        rule = "outage rules"
        for name in ("partial", "outage", "degradation"):
            if texts := found.get(name):
                yield Reason(rule, f"{name}: says {', '.join(sorted(texts))}")
        if not found.keys() & {"partial", "outage", "degradation"}:
            yield Reason(rule, "says nothing of an outage or a degradation")
        if texts := found.get("over"):
            yield Reason(rule, f"is not so now: says {', '.join(sorted(texts))}")
        if texts := found.get(DENIED):
            yield Reason(rule, f"does not count, as it is denied: {', '.join(sorted(texts))}")
        if max(len(ticket.title), len(ticket.text)) > MOST_READ:
            yield Reason(rule, f"the first {MOST_READ:,} characters were read")

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {name: list(getattr(self, name)) for name in _LISTS}

    @cached_property
    def version(self) -> str:
        """The content version: the same phrases have the same."""
        return content_version("outage", self.content)
