"""The rows of the lifecycles that come by name: source, action, target, what it requires."""

from __future__ import annotations

from typing import Final

from .status import Phase, Status

__all__ = ["ITIL", "JIRA", "SERVICENOW", "Row"]

Row = tuple[Status, str, Status, tuple[str, ...]]


_GROUP, _WHY_HOLD, _WHY = ("group",), ("hold_reason",), ("reason",)
_HOW = ("resolution_kind", "resolution_code", "notes")
_AGREED, _IN_TIME = ("confirmed|auto_close_due",), ("reason", "within_reopening_window")

_NEW, _ASSIGNED, _ACTIVE = Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS
_HOLD, _RESOLVED = Status.ON_HOLD, Status.RESOLVED
ITIL: Final[tuple[Row, ...]] = (
    (_NEW, "assign", _ASSIGNED, _GROUP),
    (_NEW, "start", _ACTIVE, ()),
    (_NEW, "resolve", _RESOLVED, _HOW),
    (_NEW, "cancel", Status.CANCELLED, _WHY),
    (_ASSIGNED, "unassign", _NEW, ()),
    (_ASSIGNED, "assign", _ASSIGNED, _GROUP),
    (_ASSIGNED, "start", _ACTIVE, ()),
    (_ASSIGNED, "hold", _HOLD, _WHY_HOLD),
    (_ASSIGNED, "cancel", Status.CANCELLED, _WHY),
    (_ACTIVE, "assign", _ASSIGNED, _GROUP),
    (_ACTIVE, "hold", _HOLD, _WHY_HOLD),
    (_ACTIVE, "resolve", _RESOLVED, _HOW),
    (_ACTIVE, "cancel", Status.CANCELLED, _WHY),
    (_HOLD, "hold", _HOLD, _WHY_HOLD),
    (_HOLD, "resume", _ACTIVE, ()),
    (_HOLD, "assign", _ASSIGNED, _GROUP),
    (_HOLD, "resolve", _RESOLVED, _HOW),
    (_HOLD, "cancel", Status.CANCELLED, _WHY),
    (_RESOLVED, "close", Status.CLOSED, _AGREED),
    (_RESOLVED, "reopen", _ACTIVE, _IN_TIME),
    (_RESOLVED, "reopen", _ASSIGNED, _IN_TIME),
)

_SN_NEW, _SN_ACTIVE = Status("New", Phase.OPEN), Status("In Progress", Phase.ACTIVE)
_SN_HOLD, _SN_RESOLVED = Status("On Hold", Phase.WAITING), Status("Resolved", Phase.RESOLVED)
_SN_CLOSED, _SN_CANCELED = Status("Closed", Phase.CLOSED), Status("Canceled", Phase.CANCELLED)
SERVICENOW: Final[tuple[Row, ...]] = (
    (_SN_NEW, "assign", _SN_NEW, _GROUP),
    (_SN_NEW, "start", _SN_ACTIVE, ()),
    (_SN_NEW, "hold", _SN_HOLD, _WHY_HOLD),
    (_SN_NEW, "resolve", _SN_RESOLVED, _HOW),
    (_SN_NEW, "cancel", _SN_CANCELED, _WHY),
    (_SN_ACTIVE, "assign", _SN_ACTIVE, _GROUP),
    (_SN_ACTIVE, "hold", _SN_HOLD, _WHY_HOLD),
    (_SN_ACTIVE, "resolve", _SN_RESOLVED, _HOW),
    (_SN_ACTIVE, "cancel", _SN_CANCELED, _WHY),
    (_SN_HOLD, "assign", _SN_HOLD, _GROUP),
    (_SN_HOLD, "hold", _SN_HOLD, _WHY_HOLD),
    (_SN_HOLD, "resume", _SN_ACTIVE, ()),
    (_SN_HOLD, "resolve", _SN_RESOLVED, _HOW),
    (_SN_HOLD, "cancel", _SN_CANCELED, _WHY),
    (_SN_RESOLVED, "close", _SN_CLOSED, _AGREED),
    (_SN_RESOLVED, "reopen", _SN_ACTIVE, _IN_TIME),
)

_J_OPEN, _J_ACTIVE = Status("Open", Phase.OPEN), Status("Work in progress", Phase.ACTIVE)
_J_PENDING, _J_DONE = Status("Pending", Phase.WAITING), Status("Completed", Phase.RESOLVED)
_J_CANCELED, _J_CLOSED = Status("Canceled", Phase.CANCELLED), Status("Closed", Phase.CLOSED)
JIRA: Final[tuple[Row, ...]] = (
    (_J_OPEN, "assign", _J_OPEN, _GROUP),
    (_J_OPEN, "start", _J_ACTIVE, ()),
    (_J_OPEN, "hold", _J_PENDING, _WHY_HOLD),
    (_J_OPEN, "resolve", _J_DONE, _HOW),
    (_J_OPEN, "cancel", _J_CANCELED, _WHY),
    (_J_ACTIVE, "assign", _J_ACTIVE, _GROUP),
    (_J_ACTIVE, "hold", _J_PENDING, _WHY_HOLD),
    (_J_ACTIVE, "resolve", _J_DONE, _HOW),
    (_J_ACTIVE, "cancel", _J_CANCELED, _WHY),
    (_J_PENDING, "assign", _J_PENDING, _GROUP),
    (_J_PENDING, "hold", _J_PENDING, _WHY_HOLD),
    (_J_PENDING, "resume", _J_ACTIVE, ()),
    (_J_PENDING, "resolve", _J_DONE, _HOW),
    (_J_PENDING, "cancel", _J_CANCELED, _WHY),
    (_J_DONE, "reopen", _J_ACTIVE, _IN_TIME),
    (_J_DONE, "close", _J_CLOSED, _AGREED),
)
