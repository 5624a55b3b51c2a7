"""Who gets it: people, support groups, routing rules, rotas and hand-offs."""

from __future__ import annotations

from .balancing import balance
from .bounces import Bounce, BounceCheck, GroupStay, bounces, check_bounces, group_stays, transfers
from .handing import HandOffRule, HandOffRules
from .learning import LearntRoute, RouteTable, RouteTest, learn_routes
from .people import Directory, Person, SupportGroup
from .question import RoutingQuestion
from .rule import Route, RoutingRule
from .rules import RoutingRules, RuleFinding

__all__ = [
    "Bounce",
    "BounceCheck",
    "Directory",
    "GroupStay",
    "HandOffRule",
    "HandOffRules",
    "LearntRoute",
    "Person",
    "Route",
    "RouteTable",
    "RouteTest",
    "RoutingQuestion",
    "RoutingRule",
    "RoutingRules",
    "RuleFinding",
    "SupportGroup",
    "balance",
    "bounces",
    "check_bounces",
    "group_stays",
    "learn_routes",
    "transfers",
]
