"""The commands, on click."""

from __future__ import annotations

import click

from itilcore import __version__
from itilcore.incident import Lifecycle

from .books import policy
from .explaining import explain
from .exporting import export
from .reconciling import reconcile
from .reporting import demo, report

__all__: list[str] = []


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="itilcore")
def cli() -> None:
    """Figures and rules for incident management that say what they count."""


@cli.command()
def lifecycle() -> None:
    """Print the lifecycle in force as the text of a Mermaid diagram."""
    click.echo(Lifecycle.default().mermaid(), nl=False)


for command in (demo, report, explain, reconcile, export, policy):
    cli.add_command(command)
