"""Exports in and out: a file of a tool becomes incidents, incidents become files."""

from __future__ import annotations

from .directories import read_groups, read_people, read_services
from .facts_csv import read_facts_csv, write_facts_csv
from .facts_parquet import read_facts_parquet, write_facts_parquet
from .json_lines import read_json_lines, write_json_lines
from .mapping import Column, Derivation, ExportMapping, builtin_names
from .reading import Reading, RejectedRow, detect, read
from .xes import read_xes_timelines, write_xes

__all__ = [
    "Column",
    "Derivation",
    "ExportMapping",
    "Reading",
    "RejectedRow",
    "builtin_names",
    "detect",
    "read",
    "read_facts_csv",
    "read_facts_parquet",
    "read_groups",
    "read_json_lines",
    "read_people",
    "read_services",
    "read_xes_timelines",
    "write_facts_csv",
    "write_facts_parquet",
    "write_json_lines",
    "write_xes",
]
