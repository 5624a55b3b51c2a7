"""``itilcore policy``."""

from __future__ import annotations

from pathlib import Path

import click

from itilcore.errors import Defect, InvalidPolicy, UnreadableSource, UnwritableOutput
from itilcore.escalation import EscalationFinding
from itilcore.policy import Book, load, starter
from itilcore.report import plain

from .shell import clear_errors, instant, json_option, print_json

__all__: list[str] = []


@click.group()
def policy() -> None:
    """Policy books: a team's rules in one TOML file."""


@policy.command()
@click.argument("path", type=click.Path(path_type=Path), default="policy.toml")
def init(path: Path) -> None:
    """Write a book to start from at PATH; never over a file that is there."""
    with clear_errors():
        try:
            with path.open("x", encoding="utf-8", newline="\n") as out:
                out.write(starter())
        except FileExistsError:
            raise UnwritableOutput(str(path), "is there already") from None
        except OSError as error:
            raise UnwritableOutput(str(path), f"cannot be written: {error.strerror}") from None
    click.echo(f"itilcore: wrote {path}", err=True)


@policy.command()
@click.argument("book", type=click.Path(path_type=Path))
@click.option(
    "--at", "at_text", metavar="INSTANT", help="ISO 8601: who is on duty from then on, too."
)
@json_option
def check(book: Path, at_text: str | None, as_json: bool) -> None:
    """Check BOOK: what it holds, or every defect with its path and its line.

    What is amiss in its escalation rules, and makes no book unusable, is told as a warning: with
    --at also that a rota which they name has not begun by then.

    Exit status: 0 for a book that can be used, 1 for one that cannot, 2 for a wrong call.
    """
    at = instant(at_text, None)
    with clear_errors():
        try:
            found = load(book)
        except (InvalidPolicy, UnreadableSource) as error:
            if not as_json:
                raise
            if isinstance(error, InvalidPolicy):
                defects = error.defects
            else:
                defects = (Defect("", error.reason, error.line),)
            print_json({"book": str(book), "defects": [_defect(each) for each in defects]})
            raise SystemExit(1) from None
        if as_json:
            warnings = [_finding(each) for each in found.escalation_findings(at)]
            held = {"version": found.version, **_held(found), "warnings": warnings}
            print_json({"book": str(book), "defects": [], **held})
            return
        click.echo(f"{plain(str(book), 300)}: {found.version}")
        for section, names in _held(found).items():
            click.echo(f"  {section}: {', '.join(map(plain, names)) or 'none'}")
        for each in found.escalation_findings(at):
            click.echo(f"  warning, escalation: {plain(str(each), 300)}")


def _defect(defect: Defect) -> dict[str, object]:
    return {"line": defect.line, "path": defect.path, "problem": defect.problem}


def _finding(finding: EscalationFinding) -> dict[str, object]:
    kind = finding.kind.value
    return {"path": "escalation", "kind": kind, "rules": finding.rules, "problem": finding.problem}


def _held(book: Book) -> dict[str, list[str]]:
    return {
        "calendars": [name for name, _ in book.calendars],
        "priority": [book.priority.version],
        "sla": [
            f"{agreement.name} ({', '.join(agreement.clocks)})" for agreement in book.agreements
        ],
        "people": [person.identifier for person in book.directory.people],
        "groups": [group.name for group in book.directory.groups],
        "services": [service.name for service in book.services.services],
        "vendors": [vendor.name for vendor in book.vendors.vendors],
        "routing": [rule.name for rule in book.routing.rules],
        "rotas": [rota.name for rota in book.rotas],
        "hand_offs": [
            f"{' or '.join(rule.categories) or 'any'}: {' and '.join(rule.requires) or 'nothing'}"
            for rule in book.hand_offs.rules
        ],
        "roles": [
            *(f"one {name} at a time" for name in book.roles.single),
            *(f"{one} apart from {other}" for one, other in book.roles.apart),
        ],
        "kinds": [rule.name for rule in book.triage.kinds.rules],
        "taxonomy": [str(category) for category in book.triage.taxonomy.standing],
        "forms": [form.name for form in book.triage.forms.forms],
        "alerts": [severity.name for severity in book.alerts.severities],
        "recurrence": list(book.problems.recurrence.by),
        "notes": [f"routing: {finding}" for finding in book.routing.overlaps()],
        "escalation": [rule.name for rule in book.escalation.rules],
        "impact": [rule.name for rule in book.impact.rules],
        "urgency": [rule.name for rule in book.urgency.rules],
        "severity": [str(each.severity) for each in book.severity.definitions],
        "declarations": [str(rule.severity) for rule in book.declarations.rules],
        "adjustments": [rule.name for rule in book.adjustments.rows],
        "cadence": list(map(str, book.cadences)),
        "major": [rule.name for rule in book.major.candidates],
        "costs": [f"{row.per_hour:g} an hour" for row in book.costs],
    }
