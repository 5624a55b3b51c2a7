"""What a ticket is."""

from __future__ import annotations

from enum import Enum

__all__ = ["TicketKind"]


class TicketKind(Enum):
    """The kinds of ticket that a desk tells apart.

    An incident is a service that does not work as agreed; a problem is a cause behind
    incidents; a service request asks for something that is offered; a question asks only to
    know; a change alters a service.

    >>> TicketKind("service request")
    <TicketKind.SERVICE_REQUEST: 'service request'>
    """

    INCIDENT = "incident"
    PROBLEM = "problem"
    SERVICE_REQUEST = "service request"
    QUESTION = "question"
    CHANGE = "change"
