"""Published definitions: from what is known of a situation to its impact and its urgency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Self

from attrs import frozen

from .level_rules import LevelRule, LevelRules
from .scales import Impact, Level, Urgency

__all__ = ["ImpactRules", "UrgencyRules"]


def _rows(level: Level, *rows: tuple[str, Mapping[str, object], str]) -> list[LevelRule]:
    return [LevelRule(name=name, level=level, when=when, example=text) for name, when, text in rows]


@frozen
class ImpactRules(LevelRules[Impact]):
    """What gives which impact: how much of the business an incident touches.

    >>> from itilcore.priority import SituationFacts
    >>> rules = ImpactRules.default()
    >>> print(rules.assess(SituationFacts(critical_service=True, service_down=True)).explain())
    HIGH, because:
      impact is HIGH, critical service down: service is down; critical service [impact rules]
      safety_at_risk is unknown, and fits nothing: it might have fitted 'safety' [impact rules]
    decided by impact-rules:...
    """

    _kind: ClassVar[type[Level]] = Impact

    @classmethod
    def default(cls) -> Self:
        """The definitions that come with the library; who is not counted is taken to be one.

        >>> from itilcore.priority import SituationFacts
        >>> ImpactRules.default().assess(SituationFacts(users_affected=8)).answer
        Impact.MEDIUM
        """
        rules = [
            *_rows(
                Impact.HIGH,
                ("safety", {"safety_at_risk": True}, "a fire alarm does not reach anybody"),
                (
                    "critical service down",
                    {"critical_service": True, "service_down": True},
                    "the payment gateway takes no payments",
                ),
                ("revenue", {"revenue_at_risk": True}, "orders cannot be placed"),
                ("half of the users", {"users_share": 0.5}, "one of two sites has no network"),
                ("many users", {"users_affected": 500}, "mail is down for a whole division"),
                (
                    "compliance",
                    {"compliance_deadline_within": timedelta(hours=24)},
                    "the report to the supervisor is due tomorrow and cannot be made",
                ),
            ),
            *_rows(
                Impact.MEDIUM,
                (
                    "critical service impaired",
                    {"critical_service": True},
                    "payments take a minute each",
                ),
                ("group", {"users_affected": 5}, "search is slow for one team"),
                ("VIP", {"vip_affected": True}, "a board member cannot join a call"),
                (
                    "beyond tolerance",
                    {"beyond_tolerance": True},
                    "the wiki is away longer than its owner tolerates",
                ),
            ),
        ]
        return cls(rules, Impact.LOW, {"users_affected": 1})


@frozen
class UrgencyRules(LevelRules[Urgency]):
    """What gives which urgency: how long the business can wait.

    >>> from itilcore.priority import SituationFacts
    >>> rules = UrgencyRules.default()
    >>> rules.assess(SituationFacts(threshold_within=timedelta(minutes=40))).answer
    Urgency.HIGH
    """

    _kind: ClassVar[type[Level]] = Urgency

    @classmethod
    def default(cls) -> Self:
        """The definitions that come with the library.

        Without a word about it work goes on, and the damage does not grow.

        >>> from itilcore.priority import SituationFacts
        >>> UrgencyRules.default().assess(SituationFacts()).answer
        Urgency.LOW
        """
        hour = timedelta(hours=1)
        rules = [
            *_rows(
                Urgency.HIGH,
                ("safety", {"safety_at_risk": True}, "a fire alarm does not reach anybody"),
                ("damage grows", {"damage_growing": True}, "wrong invoices go out by the minute"),
                (
                    "critical work halted",
                    {"critical_service": True, "work_halted": True},
                    "nobody can pay",
                ),
                (
                    "critical window",
                    {"critical_service": True, "in_critical_window": True},
                    "payroll fails on the day it is processed",
                ),
                ("threshold at hand", {"threshold_within": hour}, "the disk is full in an hour"),
                (
                    "deadline at hand",
                    {"compliance_deadline_within": 4 * hour},
                    "the report is due before noon",
                ),
            ),
            *_rows(
                Urgency.MEDIUM,
                ("work halted", {"work_halted": True}, "one team cannot file expenses"),
                (
                    "beyond tolerance",
                    {"beyond_tolerance": True},
                    "the wiki is away longer than its owner tolerates",
                ),
                ("threshold today", {"threshold_within": 8 * hour}, "the disk is full tonight"),
                (
                    "deadline soon",
                    {"compliance_deadline_within": 24 * hour},
                    "the report is due tomorrow",
                ),
            ),
        ]
        return cls(rules, Urgency.LOW, {"work_halted": False, "damage_growing": False})
