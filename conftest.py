"""What every test run has: options, hypothesis profiles, and the words that are run."""

import os
from doctest import ELLIPSIS, IGNORE_EXCEPTION_DETAIL, NORMALIZE_WHITESPACE

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser
from sybil.parsers.myst import PythonCodeBlockParser as MystPythonCodeBlockParser
from sybil.parsers.rest import DocTestParser
from sybil.sybil import SybilCollection

if "PYTEST_XDIST_WORKER" in os.environ:
    # A worker is measured, and not what its tests start: that has to be as users start it.
    os.environ.pop("COVERAGE_PROCESS_START", None)
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True)
settings.register_profile("long", parent=settings.get_profile("default"), max_examples=3_000)
settings.load_profile(
    os.environ.get("ITILCORE_PROFILE") or ("ci" if os.environ.get("CI") == "true" else "default")
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--vectors",
        default=os.environ.get("ITILCORE_VECTORS"),
        metavar="FILE",
        help="the file of facts that tests/conformance runs on",
    )
    parser.addoption(
        "--export-log",
        default=os.environ.get("ITILCORE_AUDIT_LOG"),
        metavar="FILE",
        help="the real ServiceNow audit log, for the tests that check figures on it",
    )


_FLAGS = ELLIPSIS | NORMALIZE_WHITESPACE | IGNORE_EXCEPTION_DETAIL

pytest_collect_file = SybilCollection(
    [
        Sybil(parsers=[DocTestParser(optionflags=_FLAGS)], patterns=["*.py"], path="src"),
        Sybil(parsers=[PythonCodeBlockParser()], patterns=["README.md"]),
        # Frameworks ask a function for its module, as they would in a script.
        Sybil(
            parsers=[MystPythonCodeBlockParser()],
            patterns=["*.md"],
            path="docs",
            setup=lambda namespace: namespace.update(__name__="__main__"),
        ),
    ]
).pytest()
