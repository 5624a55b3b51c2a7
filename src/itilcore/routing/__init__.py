"""Who gets it: people, support groups, vendors, routing rules, rotas and hand-offs."""

from __future__ import annotations

from .balancing import balance
from .bounces import Bounce, BounceCheck, GroupStay, bounces, check_bounces, group_stays, transfers
from .duty import (
    Absence,
    DoubleBooking,
    absences_on_duty,
    double_bookings,
    duties_of,
    gaps,
    on_duty_now,
)
from .duty_ical import rota_to_ical
from .handing import HandOffRule, HandOffRules
from .learning import LearntRoute, RouteTable, RouteTest, learn_routes
from .overrides import Override, Swap
from .people import Directory, Person, SupportGroup
from .question import RoutingQuestion
from .role_rules import RoleRules
from .rota import Duty, Rota
from .rule import Route, RoutingRule
from .rules import RoutingRules, RuleFinding
from .vendors import Vendor, Vendors

__all__ = [
    "Absence",
    "Bounce",
    "BounceCheck",
    "Directory",
    "DoubleBooking",
    "Duty",
    "GroupStay",
    "HandOffRule",
    "HandOffRules",
    "LearntRoute",
    "Override",
    "Person",
    "RoleRules",
    "Rota",
    "Route",
    "RouteTable",
    "RouteTest",
    "RoutingQuestion",
    "RoutingRule",
    "RoutingRules",
    "RuleFinding",
    "SupportGroup",
    "Swap",
    "Vendor",
    "Vendors",
    "absences_on_duty",
    "balance",
    "bounces",
    "check_bounces",
    "double_bookings",
    "duties_of",
    "gaps",
    "group_stays",
    "learn_routes",
    "on_duty_now",
    "rota_to_ical",
    "transfers",
]
