"""In which day, week and month of business time does a moment lie?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.zones import business_day, midnight


@dataclass(frozen=True)
class Window:
    """From ``start`` (inclusive) to ``end`` (exclusive), both aware; midnights of the business zone."""

    key: str
    start: datetime
    end: datetime


def windows(at: datetime) -> tuple[Window, Window, Window]:
    """The day, the week (Monday to Sunday) and the month that contain a moment."""
    day = business_day(at)
    monday = day - timedelta(days=day.weekday())
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return (
        Window("a_day", midnight(day), midnight(day + timedelta(days=1))),
        Window("a_week", midnight(monday), midnight(monday + timedelta(days=7))),
        Window("a_month", midnight(first), midnight(following)),
    )
