"""Reconciling: our clock beside what the tool recorded, and what explains the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import frozen

from itilcore.errors import Defect, EndlessSearch, InvalidInput, UnknownYear, nearest
from itilcore.incident import Incident, Phase, stays
from itilcore.sla import Agreement, ClockState, Reading

from .recorded import Recorded, recorded
from .variants import Variant, pairs, variants

__all__ = ["Disagreement", "Explained", "Reconciliation", "reconcile"]

SAMPLE: Final = 2_000
"""Variants are tried on so many incidents: all that disagree as far as they go, and others."""
_KEPT: Final = 1_000
_UNREADABLE: Final = "recorded text unreadable"
ZONES: Final = (
    "UTC",
    *(f"Etc/GMT{hour:+d}" for hour in range(-14, 13) if hour),
    "America/St_Johns",
    "Asia/Kabul",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Asia/Yangon",
    "Australia/Adelaide",
    "Australia/Darwin",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Marquesas",
)
"""Every whole hour from UTC (of the IANA names the sign is turned round), and the zones that are
at half hours and quarters of them."""


@frozen
class Disagreement:
    """An incident for which the tool recorded something else than our clock reads."""

    reference: str
    theirs: str
    ours: str
    difference: timedelta | None


@frozen
class Explained:
    """What one named convention would change, on the sample.

    ``explains`` of the disagreements would be agreements under it, ``breaks`` agreements would
    be none any more.  Two at once are joined by a plus sign.
    """

    convention: str
    name: str
    explains: int
    breaks: int

    @property
    def net(self) -> int:
        """How many more would agree."""
        return self.explains - self.breaks


@frozen
class Reconciliation:
    """One recorded column beside one clock.

    ``compared`` incidents had both; ``agreeing`` of them agree (durations within
    ``tolerance``); ``left_out`` says why others were not compared.  ``disagreements`` are the
    largest first, at most 1,000.  ``explained`` ranks the conventions that would help, tried
    on ``sample`` incidents of which ``sampled`` disagree.
    """

    column: str
    clock: str
    agreement: str
    compared: int
    agreeing: int
    left_out: tuple[tuple[str, int], ...]
    tolerance: timedelta
    disagreements: tuple[Disagreement, ...]
    explained: tuple[Explained, ...]
    sample: int
    sampled: int

    @property
    def unreadable(self) -> int:
        """How many recorded texts are neither a verdict nor a duration."""
        return dict(self.left_out).get(_UNREADABLE, 0)

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON values, durations in seconds."""
        return {
            "column": self.column,
            "agreement": self.agreement,
            "clock": self.clock,
            "compared": self.compared,
            "agreeing": self.agreeing,
            "disagreeing": self.compared - self.agreeing,
            "share": self.agreeing / self.compared if self.compared else None,
            "left_out": dict(self.left_out),
            "tolerance_seconds": self.tolerance.total_seconds(),
            "disagreements": [
                {
                    "reference": each.reference,
                    "theirs": each.theirs,
                    "ours": each.ours,
                    "difference_seconds": (
                        None if each.difference is None else each.difference.total_seconds()
                    ),
                }
                for each in self.disagreements
            ],
            "sample": {"incidents": self.sample, "disagreeing": self.sampled},
            "explained_by": [
                {
                    "convention": each.convention,
                    "name": each.name,
                    "explains": each.explains,
                    "breaks": each.breaks,
                }
                for each in self.explained
            ],
        }


def reconcile(
    incidents: Iterable[Incident],
    kept: dict[str, dict[str, str]],
    column: str,
    agreement: Agreement,
    *,
    clock: str = "resolution",
    at: datetime | None = None,
    tolerance: timedelta = timedelta(minutes=1),
    zones: Iterable[str] = ZONES,
) -> Reconciliation:
    """Compare *column*, as the tool recorded it, with the clock named *clock* of *agreement*.

    *kept* holds the texts by reference and column, as `itilcore.exchange.read` keeps them.  A
    verdict is compared with how the clock ended, a duration with the working time that
    elapsed.  Clocks are read at *at*, or at the last event of each incident.  Raises
    `itilcore.errors.InvalidInput` for an unknown clock.
    """
    if clock not in agreement.clocks:
        problem = f"{agreement.name} has no clock {clock!r}; {nearest(clock, agreement.clocks)}"
        raise InvalidInput("reconciliation", [Defect("clock", problem)])
    left_out: Counter[str] = Counter()
    agreeing: list[tuple[Incident, Recorded]] = []
    disagreeing: list[tuple[Incident, Recorded, Disagreement]] = []
    for incident in incidents:
        text = kept.get(incident.reference, {}).get(column)
        theirs = None if text is None else recorded(text)
        if theirs is None:
            left_out["nothing recorded" if text is None else _UNREADABLE] += 1
            continue
        when = at or incident.facts.last_event_at
        try:
            reading = None if when is None else agreement.read(incident, when, clock=clock)[0]
        except (UnknownYear, EndlessSearch):
            left_out["our calendar does not know the years, or has no open time"] += 1
            continue
        ours = None if reading is None else _ours(reading, theirs)
        if reading is None or ours is None:
            state = ClockState.NOT_STARTED if reading is None else reading.state
            left_out[f"our clock: {state.value}"] += 1
        elif _agrees(ours, theirs, tolerance):
            agreeing.append((incident, theirs))
        else:
            difference = ours - theirs if isinstance(ours, timedelta) else None  # type: ignore[operator]  # both are durations
            shown = Disagreement(incident.reference, str(text), _shown(ours), difference)
            disagreeing.append((incident, theirs, shown))
    half = max(SAMPLE // 2, SAMPLE - len(disagreeing))
    right = _spread(agreeing, half)
    wrong = _spread([(incident, theirs) for incident, theirs, _ in disagreeing], SAMPLE - half)
    reasons = _hold_reasons(incident for incident, _ in [*right, *wrong])

    def explained(variant: Variant) -> Explained:
        def agrees(incident: Incident, theirs: Recorded) -> bool:
            when = at or incident.facts.last_event_at
            assert when is not None
            try:
                found = _ours(variant.agreement.read(incident, when, clock=clock)[0], theirs)
            except (UnknownYear, EndlessSearch):
                return False
            return found is not None and _agrees(found, theirs, tolerance)

        return Explained(
            variant.convention,
            variant.name,
            sum(agrees(*each) for each in wrong),
            sum(not agrees(*each) for each in right),
        )

    tried: list[Explained] = []
    if wrong:
        singles = list(variants(agreement, reasons, zones))
        tried = [explained(variant) for variant in singles]
        most = sorted(zip(tried, singles, strict=True), key=lambda pair: -pair[0].explains)
        leading = [variant for found, variant in most if found.explains]
        tried += [explained(pair) for pair in pairs(agreement, leading)]
    ranked = sorted(tried, key=lambda each: (-each.net, each.convention, each.name))
    largest = sorted(
        (shown for _, _, shown in disagreeing),
        key=lambda each: (-abs(each.difference or timedelta()), each.reference),
    )
    return Reconciliation(
        column,
        clock,
        agreement.name,
        len(agreeing) + len(disagreeing),
        len(agreeing),
        tuple(sorted(left_out.items())),
        tolerance,
        tuple(largest[:_KEPT]),
        tuple(each for each in ranked if each.explains),
        len(right) + len(wrong),
        len(wrong),
    )


def _ours(reading: Reading, theirs: Recorded) -> Recorded | None:
    """What our clock has to set beside it; ``None`` where it has nothing."""
    if isinstance(theirs, timedelta):
        return reading.elapsed if reading.stopped_at is not None else None
    if reading.state is ClockState.MET:
        return True
    return False if reading.state is ClockState.BREACHED else None


def _agrees(ours: Recorded, theirs: Recorded, tolerance: timedelta) -> bool:
    if isinstance(ours, timedelta) and isinstance(theirs, timedelta):
        return abs(ours - theirs) <= tolerance
    return ours is theirs


def _shown(value: Recorded) -> str:
    return str(value) if isinstance(value, timedelta) else ("true" if value else "false")


def _spread(items: list[tuple[Incident, Recorded]], most: int) -> list[tuple[Incident, Recorded]]:
    """At most so many of *items*, evenly spread."""
    if len(items) <= most:
        return items
    return [items[place * len(items) // most] for place in range(most)]


def _hold_reasons(incidents: Iterable[Incident]) -> list[str]:
    """The hold reasons that occur, the most frequent first."""
    counts = Counter(
        stay.hold_reason.name
        for incident in incidents
        for stay in stays(incident.timeline)
        if stay.status.phase is Phase.WAITING and stay.hold_reason is not None
    )
    return [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
