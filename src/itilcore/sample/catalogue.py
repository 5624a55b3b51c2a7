"""What the generated desk is made of, as rows: scenarios, groups, people, categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__: list[str] = []


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of trouble, and how it runs.

    ``weight`` is its share among the arrivals of an ordinary day; ``median_hours`` and
    ``spread`` shape the log-normal working time; the others are chances.
    """

    name: str
    weight: float
    median_hours: float
    spread: float
    hand_off: float
    hold: float
    holds: tuple[str, ...]
    impacts: tuple[float, float, float]
    urgencies: tuple[float, float, float]
    channels: tuple[tuple[str, float], ...]
    topics: tuple[tuple[str, str, str, str], ...]
    titles: tuple[str, ...]


_PEOPLE_CALL: Final = (("Phone", 0.62), ("Email", 0.18), ("Self service", 0.17), ("Walk-in", 0.03))
_MACHINES: Final = (("Monitoring", 0.7), ("Phone", 0.3))

ORDINARY: Final = Scenario(
    "ordinary", 0.62, 9.0, 1.5, 0.34, 0.30,
    ("Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence"),
    (0.02, 0.90, 0.08), (0.03, 0.88, 0.09), _PEOPLE_CALL,
    (
        ("Network", "VPN", "Remote access", "Network 2nd"),
        ("Network", "Wireless", "Office network", "Network 2nd"),
        ("Hardware", "Laptop", "Workplace", "Workplace 2nd"),
        ("Hardware", "Printer", "Printing", "Workplace 2nd"),
        ("Software", "Mail client", "Mail", "Applications 2nd"),
        ("Software", "Office suite", "Workplace", "Applications 2nd"),
        ("Business application", "Ledger", "Finance", "Applications 3rd"),
        ("Business application", "Orders", "Sales", "Applications 3rd"),
        ("Data", "Shared folder", "File storage", "Servers 2nd"),
        ("Data", "Report", "Reporting", "Databases 3rd"),
    ),
    (
        "{sub} stopped working after lunch",
        "Cannot use {sub} since this morning",
        "{sub} shows an error when saving",
        "Error message from {sub}, screenshot follows",
        "{service}: {sub} is not available to me",
    ),
)  # fmt: skip
LOCKOUT: Final = Scenario(
    "lockout", 0.22, 0.4, 0.8, 0.03, 0.03, ("Awaiting User Info",),
    (0.0, 0.35, 0.65), (0.02, 0.78, 0.20), (("Phone", 0.92), ("Self service", 0.08)),
    (("Access", "Password", "Directory", "Service Desk 1st"),
     ("Access", "Locked account", "Directory", "Service Desk 1st")),
    ("Account locked after password change", "Password expired, cannot sign in",
     "Locked out of my laptop", "Too many attempts, please unlock"),
)  # fmt: skip
VAGUE: Final = Scenario(
    "vague complaint", 0.13, 22.0, 1.3, 0.75, 0.80, ("Awaiting User Info", "Awaiting Evidence"),
    (0.0, 0.80, 0.20), (0.01, 0.75, 0.24), _PEOPLE_CALL,
    (("Software", "Performance", "Workplace", "Applications 2nd"),
     ("Network", "Performance", "Office network", "Network 2nd")),
    ("It is slow", "Everything is slow today", "The system does not work properly",
     "Something is wrong with my computer"),
)  # fmt: skip
ONBOARDING: Final = Scenario(
    "onboarding failure", 0.03, 30.0, 0.9, 0.55, 0.70, ("Awaiting Vendor", "Awaiting User Info"),
    (0.0, 0.45, 0.55), (0.05, 0.75, 0.20), (("Email", 0.6), ("Self service", 0.4)),
    (("Access", "New starter", "Onboarding", "Servers 2nd"),
     ("Hardware", "New starter laptop", "Onboarding", "Workplace 2nd")),
    ("New colleague has no account on the first day", "Laptop for new starter has not arrived",
     "New starter cannot see the shared folders"),
)  # fmt: skip
WEEKLY: Final = Scenario(
    "weekly failure", 0.0, 2.5, 0.5, 0.4, 0.1, ("Awaiting Problem",),
    (0.0, 1.0, 0.0), (1.0, 0.0, 0.0), _MACHINES,
    (("Server", "Reporting server", "Reporting", "Servers 2nd"),),
    ("Reporting server does not answer", "Reporting server down again"),
)  # fmt: skip
OUTAGE: Final = Scenario(
    "outage", 0.0, 3.0, 0.3, 0.6, 0.0, ("Awaiting Problem",),
    (0.55, 0.45, 0.0), (1.0, 0.0, 0.0), _PEOPLE_CALL,
    (("Business application", "Orders", "Sales", "Applications 3rd"),),
    ("Orders cannot be entered", "Order entry is down", "Nobody in sales can work"),
)  # fmt: skip

DAILY: Final = (ORDINARY, LOCKOUT, VAGUE, ONBOARDING)
FIRST_LINE: Final = "Service Desk 1st"
GROUPS: Final = (
    FIRST_LINE,
    "Network 2nd",
    "Workplace 2nd",
    "Applications 2nd",
    "Servers 2nd",
    "Applications 3rd",
    "Databases 3rd",
    "Vendor 3rd",
)
AGENTS: Final = {
    group: tuple(f"Resolver {10 * place + number}" for number in range(1, size + 1))
    for place, (group, size) in enumerate(zip(GROUPS, (9, 4, 4, 5, 4, 3, 2, 2), strict=True))
}
SITES: Final = (("London", 0.5), ("Leeds", 0.3), ("Dublin", 0.2))
CLOSE_CODES: Final = (("Fixed", 0.72), ("Workaround", 0.14), ("No fault found", 0.14))
REQUESTERS: Final = 640
WEEKDAYS: Final = (1.45, 1.15, 1.05, 1.0, 0.9, 0.14, 0.10)
"""Arrivals by weekday, Monday first, relative to an ordinary day."""
HOURS: Final = (
    0.2, 0.1, 0.1, 0.1, 0.2, 0.4, 1.0, 3.2, 7.5, 10.0, 9.6, 8.4,
    5.6, 7.2, 8.0, 7.2, 5.6, 3.0, 1.4, 0.9, 0.7, 0.6, 0.4, 0.3,
)  # fmt: skip
"""Arrivals by hour of the day."""
