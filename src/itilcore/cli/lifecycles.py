"""``itilcore lifecycle``."""

from __future__ import annotations

import click

from itilcore.incident import Lifecycle

__all__: list[str] = []


@click.command()
def lifecycle() -> None:
    """Print the lifecycle in force as the text of a Mermaid diagram."""
    click.echo(Lifecycle.default().mermaid(), nl=False)
