"""The commands, on click: each is loaded when it is asked for."""

from __future__ import annotations

from typing import Final

import click

from itilcore import __version__

__all__: list[str] = []

_NAMES: Final = ("demo", "explain", "export", "lifecycle", "policy", "reconcile", "report")


class _Commands(click.Group):
    """A group whose commands live in modules of their own: a report need not load them all."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _command(cmd_name)


def _command(name: str) -> click.Command | None:
    match name:
        case "demo" | "report":
            from .reporting import demo, report

            return demo if name == "demo" else report
        case "explain":
            from .explaining import explain

            return explain
        case "export":
            from .exporting import export

            return export
        case "lifecycle":
            from .lifecycles import lifecycle

            return lifecycle
        case "policy":
            from .books import policy

            return policy
        case "reconcile":
            from .reconciling import reconcile

            return reconcile
        case _:
            return None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="itilcore")
def cli() -> None:
    """Figures and rules for incident management that say what they count."""
