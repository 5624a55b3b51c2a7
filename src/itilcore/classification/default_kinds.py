"""The rules and questions that come with the library, in English: data, to be read and replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .kind import TicketKind
from .said import FILLERS, NEGATIONS

__all__ = ["QUESTIONS", "RULES"]

_INCIDENT, _PROBLEM = TicketKind.INCIDENT, TicketKind.PROBLEM
_REQUEST, _QUESTION = TicketKind.SERVICE_REQUEST, TicketKind.QUESTION
_CHANGE = TicketKind.CHANGE

# fmt: off
_NUMBERS: Final = (
    "two", "three", "four", "five", "six", "ten", *map(str, range(2, 21)), "25", "30", "50", "100",
)
_DEVICES: Final = (
    "cable", "docking station", "headset", "keyboard", "laptop", "monitor", "mouse", "phone",
    "printer", "screen", "tablet",
)
_DOES_NOT: Final = (
    "did not", "didn't", "does not", "doesn't", "doesnt", "will not", "won't", "wont",
)
_DOES: Final = (
    "appear", "boot", "charge", "close", "connect", "display", "finish", "let me", "load", "open",
    "play", "print", "react", "receive", "recognise", "recognize", "respond", "ring", "run",
    "save", "scan", "send", "show", "start", "switch on", "sync", "turn off", "turn on", "update",
    "work",
)
_THEY_DO: Final = ("connect", "load", "receive", "respond", "start", "sync", "turn on", "work")
_ASKS_HOW: Final = (
    "are there any known", "are there known", "can i take", "can i use", "can we use",
    "do we have a", "do we use", "do you support",
    "how can i", "how can we", "how do i", "how do we", "how do you", "how does", "how to",
    "is it possible to", "is there a guide", "is there a known", "is there an outage",
    "is there a way to", "what does", "what is the",
    "what's the", "where can i", "where can we", "where do i", "where is", "which form",
    "which version", "who is responsible", "why does", "when does", "when will", "when is",
    "am i allowed",
)
_BROKEN: Final = (
    "broken", "can no longer", "can not", "can't", "cannot", "connection lost", "crash",
    "crashed", "crashes", "crashing", "disconnects",
    "are down", "goes down", "is down", "isn't working", "aren't working",
    "line down", "server down", "service down", "went down", "lost access to", "no access to",
    "no longer has access", "no longer have access", "lost my access", "lost our access",
    "out of order", "error", "error message", "fails",
    "failed", "failing", "frozen", "freezes", "hangs", "intermittent", "is gone", "not loading",
    "no connection", "no longer works", "not available", "not responding", "not working",
    "nothing works", "outage", "slow", "stopped working", "timed out", "timeout", "times out",
    "unable to", "unavailable", "unreachable",
    "keeps disconnecting", "blue screen", "paper jam", "is stuck", "bounced", "has disappeared",
    "blank pages", "flickers", "goes black", "no audio", "no dial tone", "no display", "no image",
    "no internet", "no network", "no picture", "no power", "no signal", "no sound",
    "used to work", "worked before", "worked last week", "worked until", "worked yesterday",
    "fix my", "please fix", "please repair", "needs fixing", "repair my", "repair the",
    *(f"{no} {does}" for no in _DOES_NOT for does in _DOES),
    *(f"{no} {do}" for no in ("do not", "don't", "dont") for do in _THEY_DO),
)
_ACCOUNTS: Final = ("account", "login", "password", "profile", "user")
_SHUT: Final = ("blocked", "deactivated", "disabled", "locked")
_LOCKED: Final = (
    "account locked", "am locked out", "been locked out", "got locked out",
    "is locked out", "locked account", "locked my account", "locked out", "locked out of",
    "account has locked", "forgot my password", "forgotten my password", "account unlock",
    *(f"{it} {has} {shut}" for it in _ACCOUNTS
      for has in ("is", "was", "has been", "got") for shut in _SHUT),
    *(f"unlock {whose}{it}" for whose in ("", "my ", "the ", "her ", "his ") for it in _ACCOUNTS),
)
_MINE: Final = (
    "my account", "my login", "my profile", "my user", "her account", "his account",
    "their account", "her user", "his user", "the account of", "the user of", "user account",
)
_UNSAFE: Final = (
    "stolen", "hacked", "malware", "phishing", "ransomware", "a virus", "suspicious e-mail",
    "suspicious email", "suspicious link", "suspicious mail", "suspicious message",
    "lost my laptop", "lost my phone",
)
_WANTED: Final = (
    "additional license", "additional licence", "additional monitor", "access to", "new account",
    "could i get", "could i have", "could we get", "give access", "grant access",
    "i need a", "i need an", "i would like a", "i would like an", "i'd like a", "please install",
    "i want a", "just need a", "install on my", "change my password", "password reset",
    "can you install", "could you install", "help installing", "help setting up",
    "please set up", "would like to order", "want to order",
    "license for", "licence for", "licenses for", "licences for", "licenses of", "licences of",
    "may i have", "new employee", "new hire",
    "new joiner", "new license", "new licence",
    "new starter", "order a", "order new", "please order",
    "to order", "please add me",
    "please create an account", "please provide", "please send me", "replacement mouse",
    "request access", "request for", "reset my password", "set up an account", "shared mailbox",
    "to have access to", "let me have access", "requesting a",
    "we need a", "we need an", "mailing list", "distribution list",
    *(f"new {device}" for device in _DEVICES),
    *(f"{wants} {number}" for wants in ("order", "i need", "we need") for number in _NUMBERS),
)
# What somebody has, they do not want.
_HAD: Final = (
    "have access to", "has access to", "had access to",
    *(f"{whose} new {device}" for whose in ("my", "our", "his", "her", "the")
      for device in _DEVICES),
)
_WHY: Final = (
    "find out why", "find the reason", "investigate the reason", "investigate why", "know why",
    "lasting solution", "look into why", "the cause of",
)
_CAUSES: Final = (
    "common cause", "happens again and again", "keeps happening", "keeps recurring",
    "known error", "permanent fix", "recurring incident", "recurring incidents",
    "repeated incidents", "root cause", "root cause analysis", "same cause", "several incidents",
    "underlying cause", "many incidents", "multiple incidents", *_WHY,
)
_AGAIN: Final = (
    "again and again", "time and again",
    *(f"{every} {when}" for every in ("each", "every") for when in (
        "day", "week", "month", "morning", "night", "monday", "tuesday", "wednesday", "thursday",
        "friday", "saturday", "sunday",
    )),
)
_FAILS_AGAIN: Final = tuple(
    f"{fails} {again}"
    for fails in ("breaks", "crashes", "disconnects", "fails", "freezes", "goes down", "hangs",
                  "is down", "stops")
    for again in _AGAIN
)
_OVER: Final = (
    "back to normal", "been fixed", "been resolved", "been solved", "fine again", "is fixed",
    "is gone now", "is over", "is resolved", "is solved", "it works now", "up again", "was fixed",
    "was resolved", "was solved", "were fixed", "working again", "works again",
    "outage yesterday", "outage last week",
    *(f"{what} {gone}" for what in ("error", "issue", "message", "problem", "warning")
      for gone in ("has gone", "is gone")),
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
_NO_NEED: Final = tuple(
    f"{no} {need}"
    for no in ("do not", "does not", "don't", "doesn't", "no longer", "not")
    for need in ("need", "needed", "needs", "want", "wants")
)
# fmt: on
_DENIED: Final[Mapping[str, Any]] = {
    "negations": (*NEGATIONS, *_NO_NEED, "no need for", "nothing"),
    "fillers": (*FILLERS, "the"),
}

RULES: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "name": "monitoring tells",
        "kind": _INCIDENT,
        "confidence": 0.8,
        "sources": ("alert", "event", "monitoring"),
    },
    {
        "name": "account is locked",
        "kind": _INCIDENT,
        "confidence": 0.85,
        "phrases": _LOCKED,
        "without": _ASKS_HOW,
        **_DENIED,
    },
    {
        "name": "is locked",  # a door may be so as well: it takes an account to tell
        "kind": _INCIDENT,
        "confidence": 0.5,
        "phrases": [f"{has} {shut}" for has in ("is", "was", "has been") for shut in _SHUT],
        "idle": _LOCKED,
        **_DENIED,
    },
    {
        "name": "somebody's account",  # alone it tells nothing
        "kind": _INCIDENT,
        "confidence": 0.2,
        "phrases": _MINE,
        "idle": _LOCKED,
        **_DENIED,
    },
    {
        "name": "security",
        "kind": _INCIDENT,
        "confidence": 0.85,
        "phrases": _UNSAFE,
        "without": _ASKS_HOW,
        "idle": ("phishing simulation", "phishing test", "phishing training"),
        **_DENIED,
    },
    {
        "name": "does not work",
        "kind": _INCIDENT,
        "confidence": 0.75,
        "phrases": _BROKEN,
        # Who asks how about what fails may mean either: that is asked.
        "without": (*_CAUSES, *_OVER),
        "idle": "is there an outage",
        **_DENIED,
    },
    {
        "name": "ordered",
        "kind": _REQUEST,
        "confidence": 0.9,
        "ordered": True,
        "without": _BROKEN,
        **_DENIED,
    },
    {
        "name": "wants something offered",
        "kind": _REQUEST,
        "confidence": 0.7,
        "phrases": _WANTED,
        "without": (*_BROKEN, *_LOCKED, *_UNSAFE, *_ASKS_HOW, "request for change"),
        "idle": _HAD,
        **_DENIED,
    },
    {
        "name": "asks how",
        "kind": _QUESTION,
        "confidence": 0.75,
        "phrases": _ASKS_HOW,
        "idle": ("what is the cause", "what is the reason"),
    },
    {
        "name": "cause behind incidents",
        "kind": _PROBLEM,
        "confidence": 0.85,
        "phrases": _CAUSES,
        "idle": ("is there a known error", "there is a known error"),
        **_DENIED,
    },
    {"name": "comes again", "kind": _PROBLEM, "confidence": 0.3, "phrases": _AGAIN, **_DENIED},
    {
        "name": "fails again and again",
        "kind": _PROBLEM,
        "confidence": 0.6,
        "phrases": _FAILS_AGAIN,
        **_DENIED,
    },
    {
        "name": "alters a service",
        "kind": _CHANGE,
        "confidence": 0.75,
        "phrases": _ALTERS,
        "without": (*_ASKS_HOW, *_AFTERWARDS),
        **_DENIED,
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
