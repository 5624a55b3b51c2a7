"""The ports to storage: what a store promises, and the values that pass through.

An implementor reads this package alone, and proves the result with `itilcore.testing`.
"""

from __future__ import annotations

from .asynchronous import AsyncIncidentRepository, AsyncOutbox, AsyncPolicyRepository, AsyncStore
from .commit import Commit, Committed
from .directories import PeopleSource, ServiceSource, catalogue_of, directory_of
from .ports import IncidentRepository, Outbox, PolicyRepository, Store
from .query import Page, Query, Unreadable
from .state import IncidentState

__all__ = [
    "AsyncIncidentRepository",
    "AsyncOutbox",
    "AsyncPolicyRepository",
    "AsyncStore",
    "Commit",
    "Committed",
    "IncidentRepository",
    "IncidentState",
    "Outbox",
    "Page",
    "PeopleSource",
    "PolicyRepository",
    "Query",
    "ServiceSource",
    "Store",
    "Unreadable",
    "catalogue_of",
    "directory_of",
]
