"""When the desk works: business calendars, and time counted by them."""

from __future__ import annotations

from .business import MOST_BUSINESS_DAYS, BusinessCalendar, Due, Snap
from .exceptions import Closure, Season, SpecialHours
from .holidays import Holidays
from .interval import Interval, merged
from .shift import Hours, Shift
from .week import WeeklyHours
from .yearly import YearlyRule
from .zone import resolve_local, tz_version

__all__ = [
    "MOST_BUSINESS_DAYS",
    "BusinessCalendar",
    "Closure",
    "Due",
    "Holidays",
    "Hours",
    "Interval",
    "Season",
    "Shift",
    "Snap",
    "SpecialHours",
    "WeeklyHours",
    "YearlyRule",
    "merged",
    "resolve_local",
    "tz_version",
]
