"""What a ticket is and what it is about: kinds by rules, outages, taxonomies."""

from __future__ import annotations

from .category import Category
from .drifting import Drift, DriftShare, drift
from .evaluation import ClassifierTest, Confusion, KindTest, evaluate
from .kind import TicketKind
from .kind_rule import KindRule
from .outage import Disruption, OutageRules
from .proposal import Proposal, ProposedCategory, propose
from .remapping import Remapped, Remapping
from .rules import KindQuestion, KindRules
from .taxonomy import Taxonomy
from .taxonomy_node import TaxonomyChange, TaxonomyNode
from .ticket import Classifier, Ticket

__all__ = [
    "Category",
    "Classifier",
    "ClassifierTest",
    "Confusion",
    "Disruption",
    "Drift",
    "DriftShare",
    "KindQuestion",
    "KindRule",
    "KindRules",
    "KindTest",
    "OutageRules",
    "Proposal",
    "ProposedCategory",
    "Remapped",
    "Remapping",
    "Taxonomy",
    "TaxonomyChange",
    "TaxonomyNode",
    "Ticket",
    "TicketKind",
    "drift",
    "evaluate",
    "propose",
]
