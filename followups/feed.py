"""Which tasks does a calendar program show of a person, and how are they written down (RFC 5545)?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from customers.there import moment_there

from .due import day_of
from .kinds import kind_of
from .models import Task

if TYPE_CHECKING:
    from icalendar import Event

    from accounts.models import User

BACK, AHEAD = timedelta(days=30), timedelta(days=366)
MOST = 1000
# A due moment has no length; programs draw this much.
DRAWN = timedelta(minutes=30)
# RFC 5545: 1 is highest, 9 lowest.
PRIORITIES = {1: 9, 2: 5, 3: 3, 4: 1}


def calendar_of(user: User, now: datetime, *, host: str, address: Callable[[str], str]) -> bytes:
    """A person's open and done tasks from 30 days back to a year ahead, in their zone and the active language.

    ``host`` makes the ids of entries worldwide unique, ``address`` a path of ours absolute. The library is loaded with
    the first calendar: seven megabytes and a third of a second that a web process has no use for until then.
    """
    zone = ZoneInfo(user.time_zone)
    rows = Task.objects.visible_to(user).filter(assignee=user, due_at__range=(now - BACK, now + AHEAD))
    rows = rows.filter(state__in=(*Task.OPEN, Task.State.DONE)).select_related("customer", "lead")
    found = import_module("icalendar").Calendar.new(
        prodid="-//Gonghai//Tasks//EN",
        method="PUBLISH",
        name=_("Tasks of %(who)s") % {"who": user},
        refresh_interval=timedelta(hours=1),
    )
    found.add("X-WR-TIMEZONE", zone.key)
    for task in rows.order_by("due_at", "pk")[:MOST]:
        found.add_component(_event(task, zone, host, address))
    found.add_missing_timezones((now - BACK).date(), (now + AHEAD).date())
    return found.to_ical()


def _event(task: Task, zone: ZoneInfo, host: str, address: Callable[[str], str]) -> Event:
    done = "✓ " if task.state == Task.State.DONE else ""
    party = f" · {task.party}" if task.party else ""
    day = day_of(task, zone.key)
    assert task.due_at is not None
    assert day is not None
    start, end = _span(task, task.due_at.astimezone(zone))
    there = moment_there(task.party, day if task.is_all_day else task.due_at) if task.party else None
    event: Event = import_module("icalendar").Event.new(
        uid=f"task-{task.pk}@{host}",
        summary=f"{done}{task.title}{party}",
        start=day if task.is_all_day else start,
        end=day + timedelta(days=1) if task.is_all_day else end,
        stamp=task.updated_at,
        last_modified=task.updated_at,
        description=there.words if there else "",
        categories=[str(kind_of(task.kind).label)],
        priority=PRIORITIES.get(task.priority, 5),
        url=address(task.get_absolute_url()),
    )
    # It is a thing to do, not an hour in which one is busy.
    event.add("TRANSP", "TRANSPARENT")
    return event


def _span(task: Task, due: datetime) -> tuple[datetime, datetime]:
    """From its planned start, where that is on the same day; else from its due moment."""
    start = task.starts_at.astimezone(due.tzinfo) if task.starts_at else due
    if start < due and start.date() == due.date():
        return start, due
    return due, due + DRAWN
