"""When does a task's day end, and at which moment is there next something to tell about it?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings

if TYPE_CHECKING:
    from .models import Task


def end_of_day(on: date, zone: str) -> datetime:
    """The midnight that ends a day, wall time of ``zone``; aware. A task of a day is due at it."""
    return datetime.combine(on + timedelta(days=1), time.min, ZoneInfo(zone))


def zone_of(task: Task) -> str:
    """The zone by whose midnight a task's day ends: its assignee's, the firm's for a team."""
    return task.assignee.time_zone if task.assignee else settings.BUSINESS_ZONE_NAME


def day_of(task: Task, zone: str) -> date | None:
    """The day on which a task is due, in ``zone``; None without a due moment."""
    if task.due_at is None:
        return None
    # Midnight belongs to the day that it ends.
    return (task.due_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()


def next_reminder(task: Task, now: datetime) -> datetime | None:
    """The next moment at which the sweep has something to tell: ahead of due, then at due; None for nothing.

    Called for an open task whose due moment was just set: what lies behind is not told.
    """
    if task.due_at is None or not task.is_open:
        return None
    if task.remind_before is not None:
        ahead = task.due_at - timedelta(minutes=task.remind_before)
        if ahead > now:
            return ahead
    return max(task.due_at, now)
