"""Steps: how an incident becomes a major one and stops being one, as rows."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from itilcore.incident import MajorState

__all__ = ["MAJOR_STEPS", "MajorStep"]


@frozen
class MajorStep:
    """From one of ``sources`` (``None``: nobody has spoken of it) ``action`` leads to ``target``.

    ``otherwise`` says why it leads nowhere from another state.

    >>> [step.action for step in MAJOR_STEPS if MajorState.PROPOSED in step.sources]
    ['promote', 'reject']
    """

    action: str
    sources: tuple[MajorState | None, ...]
    target: MajorState
    otherwise: str


_AGAIN: Final = (None, MajorState.REJECTED, MajorState.DEMOTED)

MAJOR_STEPS: Final = (
    MajorStep("propose", _AGAIN, MajorState.PROPOSED, "it is a major incident already"),
    MajorStep("promote", (*_AGAIN, MajorState.PROPOSED), MajorState.PROMOTED, "it cannot be"),
    MajorStep("reject", (MajorState.PROPOSED,), MajorState.REJECTED, "it is not proposed"),
    MajorStep("demote", (MajorState.PROMOTED,), MajorState.DEMOTED, "it is no major incident"),
)
"""Whoever may promote need not propose first: in an emergency nobody waits for a form."""
