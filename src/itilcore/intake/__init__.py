"""What reaches a desk: forms, vague complaints, devices, alerts, and the service catalogue."""

from __future__ import annotations

from .alert_draft import AlertDetails, AlertDraft, AlertRules, AlertSeverity, AlertStatus
from .alerts import AlertBatch, read_alertmanager, read_alertmanager_batch
from .asset_context import AssetRules
from .asset_context import context as asset_context
from .assets import Asset, AssetChange, AssetRegister, AssetSource
from .completeness import USUAL_FIELDS, Completeness, CompletenessGrade, FormField
from .form import Form
from .forms import Forms
from .services import Criticality, Service, ServiceCatalogue
from .triage import Triage, TriageRules, ticket_of
from .vague import Diagnostic, VagueRules

__all__ = [
    "USUAL_FIELDS",
    "AlertBatch",
    "AlertDetails",
    "AlertDraft",
    "AlertRules",
    "AlertSeverity",
    "AlertStatus",
    "Asset",
    "AssetChange",
    "AssetRegister",
    "AssetRules",
    "AssetSource",
    "Completeness",
    "CompletenessGrade",
    "Criticality",
    "Diagnostic",
    "Form",
    "FormField",
    "Forms",
    "Service",
    "ServiceCatalogue",
    "Triage",
    "TriageRules",
    "VagueRules",
    "asset_context",
    "read_alertmanager",
    "read_alertmanager_batch",
    "ticket_of",
]
