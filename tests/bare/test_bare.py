"""What a user without extras meets; runs in an environment that has none of them, and in full."""

import importlib
import sys

import pytest

from itilcore.errors import MissingExtra


def without(library, monkeypatch):
    for name in list(sys.modules):
        if name == library or name.startswith((library + ".", "itilcore.cli")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    return importlib.import_module("itilcore.cli")


def test_the_command_line_names_the_extra(monkeypatch):
    cli = without("click", monkeypatch)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert "itilcore[cli]" in str(stop.value)


def test_another_missing_module_is_not_hidden(monkeypatch):
    for name in list(sys.modules):
        if name.startswith("itilcore.cli"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "itilcore.exchange", None)
    monkeypatch.delitem(sys.modules, "click", raising=False)
    cli = importlib.import_module("itilcore.cli")
    with pytest.raises((ModuleNotFoundError, SystemExit)):
        cli.main()


def test_the_terminal_report_names_the_extra(monkeypatch):
    from itilcore.report import show

    monkeypatch.setitem(sys.modules, "rich.console", None)
    with pytest.raises(MissingExtra, match="cli"):
        show(None)


def test_parquet_names_the_extra(monkeypatch, tmp_path):
    from itilcore.exchange import read_facts_parquet, write_facts_parquet

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with (tmp_path / "facts.parquet").open("wb") as out, pytest.raises(MissingExtra) as error:
        write_facts_parquet([], out)
    assert (error.value.library, error.value.extra) == ("pyarrow", "parquet")
    with pytest.raises(MissingExtra, match=r"itilcore\[parquet\]"):
        read_facts_parquet(tmp_path / "facts.parquet")


def test_the_core_works_without_extras():
    from datetime import UTC, datetime

    from itilcore.incident import Incident, Logged, Resolved
    from itilcore.metrics import MTTR

    nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    assert MTTR.measure([Incident.replay("1", [Logged(nine), Resolved(ten)])]).mean == 1.0
