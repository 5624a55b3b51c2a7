"""Strategies for the laws of situations: what is known, and the same made worse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from itilcore.priority import Impact, LevelRule, SituationFacts

TRUTHS = (
    "service_down", "critical_service", "in_critical_window", "beyond_tolerance", "vip_affected",
    "revenue_at_risk", "safety_at_risk", "work_halted", "damage_growing", "workaround",
    "blocks_others", "capacity_short",
)  # fmt: skip
BETTER = {"workaround"}
NEITHER = {"capacity_short"}
TIMES = ("compliance_deadline_within", "threshold_within")

hours = st.integers(0, 48).map(lambda count: timedelta(hours=count))

values: dict[str, st.SearchStrategy[Any]] = {
    "service": st.sampled_from(["payroll", "search"]),
    **dict.fromkeys(TRUTHS, st.booleans()),
    "users_affected": st.integers(0, 1_000),
    "users_share": st.floats(0, 1),
    "revenue_per_hour": st.floats(0.5, 1e6),
    **dict.fromkeys(TIMES, hours),
}


@st.composite
def situations(draw: st.DrawFn, *, complete: bool = False) -> SituationFacts:
    """Facts, any of them unknown unless they are to be *complete*."""
    names = sorted(values) if complete else sorted(draw(st.sets(st.sampled_from(sorted(values)))))
    given = {name: draw(values[name]) for name in names}
    if "revenue_per_hour" in given and "revenue_at_risk" in given:
        given["revenue_at_risk"] = True
    return SituationFacts(**given)


@st.composite
def worsened(draw: st.DrawFn) -> tuple[SituationFacts, SituationFacts]:
    """A situation, and the same with one known fact worse, or as it was."""
    facts = draw(situations(complete=draw(st.booleans())))
    known = {k: v for k, v in facts.stated.items() if k not in {"service", *NEITHER}}
    if facts.revenue_per_hour is None or "revenue_at_risk" not in facts.stated:
        known.pop("revenue_per_hour", None)
    if facts.revenue_per_hour is not None:
        known.pop("revenue_at_risk", None)
    if not known:
        return facts, facts
    name = draw(st.sampled_from(sorted(known)))
    value: Any = known[name]
    if name in TRUTHS:
        worse: Any = name not in BETTER
    elif name in TIMES:
        worse = draw(
            st.integers(0, 48).map(lambda n: max(timedelta(), value - n * timedelta(hours=1)))
        )
    elif name == "users_share":
        worse = draw(st.floats(value, 1))
    else:
        worse = value + draw(st.integers(0, 1_000))
    given = {n: getattr(facts, n) for n in values}
    return facts, SituationFacts(**{**given, name: worse})


def wanted(name: str) -> st.SearchStrategy[Any]:
    """What a condition may want of a fact, such that more harm never stops fulfilling it."""
    if name in TRUTHS:
        return st.just(name not in BETTER)
    if name in {"users_affected", "users_share", "revenue_per_hour"}:
        return values[name].filter(bool)
    return values[name]


@st.composite
def level_rows(draw: st.DrawFn) -> list[LevelRule]:
    """Rows of impact, highest first."""
    count = draw(st.integers(0, 4))
    levels = sorted(
        draw(st.lists(st.sampled_from(Impact.default_scale()), min_size=count, max_size=count)),
        key=lambda level: level.rank,
    )
    rows = []
    for index, level in enumerate(levels):
        names = draw(st.sets(st.sampled_from(sorted(values)), min_size=1, max_size=3))
        when = {name: draw(wanted(name)) for name in sorted(names)}
        rows.append(LevelRule(name=f"row {index}", level=level, when=when))
    return rows
