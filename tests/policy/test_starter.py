"""The starter book: what stands behind a # is a book as well, and counts for nothing."""

from __future__ import annotations

import re
import tomllib

from itilcore.classification import Category
from itilcore.policy import loads, starter

_SHOWN = re.compile(r"^#(?! )", re.MULTILINE)
"""A line of TOML that is shown: prose has a blank behind its #."""


def shown() -> str:
    return _SHOWN.sub("", starter())


def test_what_is_shown_is_a_book_that_can_be_used():
    book = loads(shown())
    assert book.triage.taxonomy.resolve(Category("Net", "VPN")).answer == Category("Network", "VPN")
    assert [vendor.name for vendor in book.vendors.vendors] == ["Uplink Ltd"]
    assert [rule.name for rule in book.escalation.rules] == ["nobody has it"]
    assert "network" in {form.name for form in book.triage.forms.forms}


def test_what_is_shown_counts_for_nothing():
    written = [line for line in starter().splitlines() if not line.startswith("#")]
    assert loads("\n".join(written)).version == loads(starter()).version
    assert loads(shown()).version != loads(starter()).version


def test_the_newer_sections_are_shown_and_the_others_are_named():
    sections = set(tomllib.loads(shown())) - set(tomllib.loads(starter()))
    assert sections == {
        "alerts", "cadence", "costs", "declarations", "escalation", "forms", "groups", "intake",
        "kinds", "major", "outages", "people", "recurrence", "rotas", "routing", "services",
        "severity", "similar", "taxonomy", "vendors",
    }  # fmt: skip
    for name in ("hand_offs", "roles", "impact", "urgency", "adjustments"):
        assert re.search(rf"# .*\[{name}\]", starter())
