"""A generated service desk, on the standard library alone: for demos, docs and tests."""

from __future__ import annotations

from .desk import generate
from .frappe import write_frappe, write_frappe_list
from .glpi import write_glpi, write_glpi_list
from .history import History, Step
from .jira import write_jira
from .pagerduty import write_pagerduty
from .servicenow import write_servicenow, write_servicenow_table
from .sev1_book import SEV1_BOOK, SEV1_START
from .spreadsheet import write_spreadsheet
from .tiered import TIERED_BOOK, TIERED_START, TieredIncident, tiered_week
from .xes import write_xes_log
from .zendesk import write_zendesk

__all__ = [
    "SEV1_BOOK",
    "SEV1_START",
    "TIERED_BOOK",
    "TIERED_START",
    "History",
    "Step",
    "TieredIncident",
    "generate",
    "tiered_week",
    "write_frappe",
    "write_frappe_list",
    "write_glpi",
    "write_glpi_list",
    "write_jira",
    "write_pagerduty",
    "write_servicenow",
    "write_servicenow_table",
    "write_spreadsheet",
    "write_xes_log",
    "write_zendesk",
]
