"""The rules and questions that come with the library, in English: data, to be read and replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .kind import TicketKind

__all__ = ["QUESTIONS", "RULES"]

_INCIDENT, _PROBLEM = TicketKind.INCIDENT, TicketKind.PROBLEM
_REQUEST, _QUESTION = TicketKind.SERVICE_REQUEST, TicketKind.QUESTION
_CHANGE = TicketKind.CHANGE

# fmt: off
_ASKS_HOW: Final = (
    "how can i", "how can we", "how do i", "how do we", "how do you", "how does", "how to",
    "is it possible to", "is there a guide", "is there a way to", "what does", "what is the",
    "what's the", "where can i", "where can we", "where do i", "where is", "which version",
    "who is responsible", "why does", "when will", "when is", "am i allowed",
)
_BROKEN: Final = (
    "broken", "can no longer", "can not", "can't", "cannot", "connection lost", "crash",
    "crashed", "crashes", "crashing", "disconnects", "does not load", "does not open",
    "does not respond", "does not start", "does not work", "doesn't load", "doesn't open",
    "doesn't respond", "doesn't start", "doesn't work", "are down", "goes down", "is down",
    "line down", "server down", "service down", "went down", "lost access to", "no access to",
    "out of order", "error", "error message", "fails",
    "failed", "failing", "frozen", "freezes", "hangs", "intermittent", "is gone", "not loading",
    "no connection", "no longer works", "not available", "not responding", "not working",
    "nothing works", "outage", "slow", "stopped working", "timed out", "timeout", "times out",
    "unable to", "unavailable", "unreachable", "won't open", "won't start", "won't turn on",
    "keeps disconnecting", "blue screen", "paper jam", "is stuck", "bounced", "has disappeared",
)
_LOCKED: Final = (
    "is locked", "account locked", "am locked out", "been locked out", "got locked out",
    "is locked out", "locked account", "locked my account", "locked out", "locked out of",
    "has been locked", "was locked",
)
_WANTED: Final = (
    "additional license", "additional licence", "additional monitor", "access to", "new account",
    "could i get", "could i have", "could we get", "give access", "grant access",
    "i need a", "i need an", "i would like a", "i would like an", "i'd like a", "please install",
    "install on my", "change my password", "password reset",
    "license for", "licence for", "may i have", "new employee", "new hire", "new headset",
    "new joiner", "new keyboard", "new laptop", "new license", "new licence", "new monitor",
    "new mouse", "new phone", "new screen", "new starter", "order a", "order new", "please order",
    "to order", "please add me",
    "please create an account", "please provide", "please send me", "replacement mouse",
    "request access", "request for", "reset my password", "set up an account", "shared mailbox",
    "we need a", "we need an", "mailing list", "distribution list",
)
_CAUSES: Final = (
    "common cause", "happens again and again", "keeps happening", "keeps recurring",
    "known error", "permanent fix", "recurring incident", "recurring incidents",
    "repeated incidents", "root cause", "root cause analysis", "same cause", "several incidents",
    "underlying cause", "many incidents", "multiple incidents",
)
_ALTERS: Final = (
    "change request", "decommission", "deploy", "firewall change", "go live", "maintenance window",
    "migrate", "migration of", "open port", "patch the", "planned maintenance", "please change",
    "please deploy", "please migrate", "please update the", "please upgrade", "please reconfigure",
    "raise a change", "release to production", "request for change", "rfc", "roll out", "rollback",
    "rollout", "upgrade of", "upgrade the", "move to production", "switch over",
)
_AFTERWARDS: Final = (
    "after the deploy", "after the migration of", "after the upgrade of", "after upgrade of",
    "since the deploy", "since the migration of", "since the rollout", "after the rollout",
    "since the upgrade of",
)
# fmt: on

RULES: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "name": "monitoring tells",
        "kind": _INCIDENT,
        "confidence": 0.8,
        "sources": ("alert", "event", "monitoring"),
    },
    {"name": "account is locked", "kind": _INCIDENT, "confidence": 0.85, "phrases": _LOCKED},
    {
        "name": "does not work",
        "kind": _INCIDENT,
        "confidence": 0.75,
        "phrases": _BROKEN,
        "without": _CAUSES,  # who asks how about what fails may mean either: that is asked
    },
    {"name": "ordered", "kind": _REQUEST, "confidence": 0.9, "ordered": True, "without": _BROKEN},
    {
        "name": "wants something offered",
        "kind": _REQUEST,
        "confidence": 0.7,
        "phrases": _WANTED,
        "without": (*_BROKEN, *_LOCKED, *_ASKS_HOW, "request for change"),
    },
    {"name": "asks how", "kind": _QUESTION, "confidence": 0.75, "phrases": _ASKS_HOW},
    {"name": "cause behind incidents", "kind": _PROBLEM, "confidence": 0.85, "phrases": _CAUSES},
    {
        "name": "alters a service",
        "kind": _CHANGE,
        "confidence": 0.75,
        "phrases": _ALTERS,
        "without": (*_ASKS_HOW, *_AFTERWARDS),
    },
)

QUESTIONS: Final[tuple[tuple[tuple[TicketKind, ...], str], ...]] = (
    ((), "Is something broken that worked before, or is something wanted?"),
    ((_INCIDENT, _PROBLEM), "Is it to work again now, or is the cause of several to be found?"),
    ((_INCIDENT, _REQUEST), "Did it work before, or have you never had it?"),
    ((_INCIDENT, _QUESTION), "Does something fail, or is it enough to know how it is done?"),
    ((_INCIDENT, _CHANGE), "Does a service fail now, or is a service that works to be altered?"),
    ((_PROBLEM, _REQUEST), "Is a cause to be found, or is something to be provided?"),
    ((_PROBLEM, _QUESTION), "Is a cause to be found, or is it enough to know what is known?"),
    ((_PROBLEM, _CHANGE), "Is the cause still to be found, or is it known how to remove it?"),
    ((_REQUEST, _QUESTION), "Shall somebody provide it, or is it enough to know how?"),
    ((_REQUEST, _CHANGE), "Is it for you from the catalogue, or altered for all who use it?"),
    ((_QUESTION, _CHANGE), "Is it to be explained as it is, or to be altered?"),
)
