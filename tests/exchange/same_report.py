"""Whether two exports of the same desk give the same figures, to the second."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from itilcore.exchange import ExportMapping, read
from itilcore.report import build


def figures(
    path: Path, mapping: ExportMapping | str | Path | None = None, *, by: str = "priority"
) -> dict[str, Any]:
    """The report on *path* as JSON values."""
    return build(read(path, mapping, zone="UTC"), by=by).to_dict()


def same_figures(
    path: Path,
    reference_path: Path,
    *,
    but: Iterable[str] = (),
    by: str = "priority",
    mapping: ExportMapping | str | Path | None = None,
) -> dict[str, Any]:
    """The report on *path*, whose metrics are those of the report on *reference_path*.

    Every metric is compared whole: definition, population, n, exclusions, figures, and the
    same per group of *by*; those named in *but* are left out, and must differ, so that the
    list never says more than it has to.
    """
    report, reference = figures(path, mapping, by=by), figures(reference_path, by=by)
    assert report["rejected"] == {"count": 0, "rows": [], "truncated": False}
    assert report["incidents"] == reference["incidents"] > 0
    assert report["at"] == reference["at"]
    ours, theirs = report["metrics"], reference["metrics"]
    assert list(ours) == list(theirs)
    different = {name for name in ours if ours[name] != theirs[name]}
    for name in sorted(different - set(but)):
        assert ours[name] == theirs[name], name
    assert different == set(but)
    return report
