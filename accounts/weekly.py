"""When is somebody's weekly summary due? On their day, at their hour, by the clock where they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from .models import User

WEEK = timedelta(days=7)


class Slot(NamedTuple):
    """One day of the summary where its reader is, and the moment (UTC) of its hour."""

    day: date
    at: datetime


def last_slot(person: User, now: datetime) -> Slot | None:
    """The newest that has begun; None for who wants none."""
    weekday = person.weekly_day
    if weekday is None:
        return None
    today = now.astimezone(ZoneInfo(person.time_zone)).date()
    slot = _slot(person, today - timedelta(days=(today.weekday() - weekday) % 7))
    return slot if slot.at <= now else _slot(person, slot.day - WEEK)


def next_slot(person: User, now: datetime) -> Slot | None:
    """The next that will bring a mail; one that is late does not count."""
    last = last_slot(person, now)
    if last is None:
        return None
    found = _slot(person, last.day + WEEK)
    noted = person.weekly_noted_on
    return found if noted is None or week_of(found.day) > week_of(noted) else _slot(person, found.day + WEEK)


def week_of(day: date) -> date:
    """The Monday of the calendar week: who moves the day, or to another zone, still gets one a week."""
    return day - timedelta(days=day.weekday())


def is_due(person: User, slot: Slot) -> bool:
    """Was this week's not looked after, and was the person here by then?"""
    noted = person.weekly_noted_on
    return person.date_joined <= slot.at and (noted is None or week_of(noted) < week_of(slot.day))


def _slot(person: User, day: date) -> Slot:
    # Of an hour that comes twice the first; one that the clocks jump over is told with the difference before the jump.
    return Slot(day, datetime.combine(day, person.weekly_at, ZoneInfo(person.time_zone)).astimezone(UTC))
