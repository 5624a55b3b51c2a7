"""The desk: load through a port, ask the rules, store; and what falls due."""

from __future__ import annotations

from .agenda import Agenda
from .asynchronous import AsyncDesk
from .command import (
    Acknowledge,
    Announce,
    Answer,
    Assign,
    AssumeRole,
    Cancel,
    Classify,
    Close,
    Command,
    Confirm,
    Contact,
    EngageVendor,
    HandOff,
    Hold,
    Link,
    LogIncident,
    Move,
    Note,
    Prioritise,
    RecordVendorAnswer,
    RecordWorkaround,
    RenounceRole,
    Reopen,
    Resolve,
    Restore,
    Resume,
    Start,
    Unassign,
)
from .deciding import decide
from .forms import from_alert, from_email, from_form
from .outcome import Outcome
from .synchronous import Desk

__all__ = [
    "Acknowledge",
    "Agenda",
    "Announce",
    "Answer",
    "Assign",
    "AssumeRole",
    "AsyncDesk",
    "Cancel",
    "Classify",
    "Close",
    "Command",
    "Confirm",
    "Contact",
    "Desk",
    "EngageVendor",
    "HandOff",
    "Hold",
    "Link",
    "LogIncident",
    "Move",
    "Note",
    "Outcome",
    "Prioritise",
    "RecordVendorAnswer",
    "RecordWorkaround",
    "RenounceRole",
    "Reopen",
    "Resolve",
    "Restore",
    "Resume",
    "Start",
    "Unassign",
    "decide",
    "from_alert",
    "from_email",
    "from_form",
]
