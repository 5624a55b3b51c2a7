"""Rhythms: beats that stray and fail, amid incidents that come at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from itilcore.calendars import Interval
from itilcore.problems import Period, Rhythm, rhythms

from .tables import NOISE, Cell, Score, Table, level_of, total

ZONE = "Europe/Berlin"
BERLIN = ZoneInfo(ZONE)
FIRST = datetime(2025, 10, 6, tzinfo=BERLIN)  # a Monday, three weeks before summer time ends
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
LEVEL = 0.01
WEEKS, MONTHS, PATCHES = 26, 12, 24


@frozen
class Story:
    """Instants of incidents, those of patches, and the rhythm that was planted."""

    period: Period
    phase: int
    """The hour of the week from Monday 00:00, the day of the month, or hours since a patch."""
    instants: tuple[datetime, ...]
    patches: tuple[datetime, ...]
    during: Interval
    said: str = ""
    """Of a day of a month that has no number of its own, the phase in words."""


def strayed(noise: float, chance: Random) -> float | None:
    """Where in its phase a beat comes, from 0 to 1 if it does not stray; ``None``: not at all."""
    if chance.random() < noise:
        return None
    return 0.5 + 0.45 * chance.uniform(-1, 1) + 2 * noise * chance.uniform(-1, 1)


def _story(
    period: Period,
    phase: int,
    beats: Iterable[tuple[datetime, timedelta]],
    patches: Iterable[datetime],
    end: datetime,
    noise: float,
    chance: Random,
) -> Story:
    start, end = FIRST.astimezone(UTC), end.astimezone(UTC)
    planned = list(beats)
    kept = [
        begins + place * length
        for begins, length in planned
        if (place := strayed(noise, chance)) is not None
    ]
    kept += [start + (end - start) * chance.random() for _ in planned]
    return Story(period, phase, tuple(sorted(kept)), tuple(patches), Interval(start, end))


def weekly(noise: float, chance: Random) -> Story:
    """Every week on a day at an hour of the wall clock, over a half year with a change of time."""
    day, hour = chance.randrange(7), chance.randrange(3, 23)  # the hours that are always there
    # Sums of date-times with a zone keep to its wall clock.
    at = [FIRST + number * WEEK + day * DAY + hour * HOUR for number in range(WEEKS)]
    beats = [(each.astimezone(UTC), HOUR) for each in at]
    return _story(Period.WEEKLY, day * 24 + hour, beats, (), FIRST + WEEKS * WEEK, noise, chance)


def monthly(noise: float, chance: Random) -> Story:
    """Every month on a day, at any time of it."""
    day = chance.randrange(8, 28)
    at = [
        FIRST.replace(year=2025 + (9 + number) // 12, month=(9 + number) % 12 + 1, day=day)
        for number in range(MONTHS)
    ]
    beats = [(each.astimezone(UTC), DAY) for each in at]
    return _story(Period.MONTHLY, day, beats, (), FIRST + 365 * DAY, noise, chance)


def last_working_day(noise: float, chance: Random) -> Story:
    """Every month on the last of its days from Monday to Friday, at any time of it."""
    return _on_days(lambda days: [day for day in days if day.weekday() < 5][-1], noise, chance)


def second_tuesday(noise: float, chance: Random) -> Story:
    """Every month on its second Tuesday, at any time of it."""
    return _on_days(lambda days: [day for day in days if day.weekday() == 1][1], noise, chance)


def _on_days(pick: Callable[[list[datetime]], datetime], noise: float, chance: Random) -> Story:
    days = [FIRST.replace(day=1) + number * DAY for number in range(365)]
    months = [[day for day in days if day.month == month] for month in range(1, 13)]
    beats = [(day.astimezone(UTC), DAY) for day in sorted(map(pick, months))]
    said = "second Tuesday" if pick(months[0]).day < 15 else "last working day"
    story = _story(Period.MONTHLY, 0, beats, (), FIRST + 365 * DAY, noise, chance)
    return evolve(story, said=said)


def after_patches(noise: float, chance: Random) -> Story:
    """So many hours after each patch; patches come when they come."""
    lag = chance.randrange(1, 30)
    patches, at = [], FIRST.astimezone(UTC)
    for _ in range(PATCHES):
        at += DAY * chance.uniform(3, 12)
        patches.append(at)
    beats = [(each + lag * HOUR, HOUR) for each in patches]
    return _story(Period.AFTER, lag, beats, patches, at + 5 * DAY, noise, chance)


STORIES: dict[str, Callable[[float, Random], Story]] = {
    "weekly at an hour": weekly,
    "monthly on a day": monthly,
    "monthly, last working day": last_working_day,
    "monthly, second Tuesday": second_tuesday,
    "after each patch": after_patches,
}


def found_in(story: Story) -> tuple[Rhythm, ...]:
    """What `rhythms` reports."""
    return rhythms(story.instants, ZONE, LEVEL, after=story.patches, during=story.during)


def fits(rhythm: Rhythm, story: Story) -> bool:
    """Whether it is the planted one, or of the phase beside it, into which beats stray."""
    if rhythm.period is not story.period:
        return False
    if story.said:
        return rhythm.phase == story.said
    if rhythm.period is Period.WEEKLY:
        phase = (rhythm.weekday or 0) * 24 + (rhythm.hour or 0)
        return (phase - story.phase + 1) % 168 <= 2
    phase = (rhythm.day if rhythm.period is Period.MONTHLY else rhythm.lag) or 0
    return abs(phase - story.phase) <= 1


def judged(found: tuple[Rhythm, ...], story: Story) -> Score:
    """What was reported, held against what was planted."""
    right = sum(fits(each, story) for each in found)
    return Score(len(found), right, 1, int(right > 0))


def table(seed: int, quick: bool) -> Table:
    """The table of rhythms."""
    runs = 6 if quick else 40
    rows: list[tuple[Cell, ...]] = []
    for noise in NOISE:
        for name, made in STORIES.items():
            stories = (made(noise, Random(f"{name} {seed} {noise} {run}")) for run in range(runs))
            score = total([judged(found_in(story), story) for story in stories])
            rows.append((level_of(noise), name, score.planted, score.precision, score.recall))
    return Table(
        "Rhythms",
        f"{runs} runs of each, with as many other incidents at any time as there are beats: "
        f"{WEEKS} weeks, {MONTHS} months, {PATCHES} patches. Noise is the share of beats that do "
        "not come; the others stray by up to twice that share of their hour (of their day, where "
        f"it is monthly), earlier or later. Level {LEVEL:g}. A rhythm in the phase beside the "
        "planted one counts as right.",
        ("noise", "rhythm", "planted", "precision", "recall"),
        tuple(rows),
    )
