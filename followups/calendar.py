"""Which tasks and holidays stand on which day of a person's month, week or day?"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, DateTimeField, ExpressionWrapper, F, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber, TruncDate

from customers.clock import day_off
from customers.models import Customer
from customers.there import There, moment_there

from .due import end_of_day
from .models import Task

if TYPE_CHECKING:
    from accounts.models import User

# How many tasks a day shows before it says how many more there are.
MOST = {"month": 4, "week": 30, "day": 300}
MOST_COUNTRIES = 8
# Midnight belongs to the day that it ends.
INSTANT = timedelta(microseconds=1)
FIRST, LAST = date(1971, 1, 1), date(2199, 12, 1)


@dataclass
class Day:
    on: date
    is_today: bool = False
    is_beside: bool = False
    tasks: list[Any] = field(default_factory=list)
    more: int = 0
    # Country and name of each.
    holidays: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Span:
    """What a page of the calendar covers; ``first`` and ``last`` are its days, both inclusive."""

    view: str
    on: date
    first: date
    last: date
    previous: date
    next: date


def span_of(view: str, on: date) -> Span:
    """The weeks of a month from Monday on, a week, or a day."""
    on = min(max(on, FIRST), LAST)
    if view == "day":
        return Span(view, on, on, on, on - timedelta(days=1), on + timedelta(days=1))
    if view == "week":
        monday = on - timedelta(days=on.weekday())
        week = timedelta(days=7)
        return Span(view, on, monday, monday + week - timedelta(days=1), on - week, on + week)
    first, end = on.replace(day=1), on.replace(day=calendar.monthrange(on.year, on.month)[1])
    before, after = (first - timedelta(days=1)).replace(day=1), end + timedelta(days=1)
    start = first - timedelta(days=first.weekday())
    return Span("month", on, start, end + timedelta(days=6 - end.weekday()), before, after)


def tasks_in(span: Span, person: User, reader: User) -> QuerySet[Any]:
    """The open and done tasks of a person that the reader sees, numbered within their day in the person's zone."""
    zone = person.time_zone
    since, until = end_of_day(span.first - timedelta(days=1), zone), end_of_day(span.last, zone)
    moment = ExpressionWrapper(F("due_at") - Value(INSTANT), DateTimeField())
    rows = Task.objects.visible_to(reader).filter(assignee=person, due_at__gt=since, due_at__lte=until)
    rows = rows.filter(state__in=(*Task.OPEN, Task.State.DONE)).annotate(day=TruncDate(moment, tzinfo=ZoneInfo(zone)))
    open_first = Case(When(state=Task.State.DONE, then=Value(1)), default=Value(0))
    by_day = [F("day")]
    return (
        rows.annotate(
            place=Window(RowNumber(), order_by=[open_first, F("due_at").asc(), F("pk").asc()], partition_by=by_day),
            of_day=Window(Count("pk"), partition_by=by_day),
        )
        .filter(place__lte=MOST[span.view])
        .select_related("customer", "lead")
        .defer(
            "customer__search_text",
            "customer__search_public",
            "lead__search_text",
            "lead__message",
            "details",
            "result",
        )
        .order_by("day", "place")
    )


def days_of(span: Span, person: User, reader: User, now: datetime) -> list[Day]:
    """The days of a page with their tasks, and the holidays of the countries the person's customers are in."""
    zone = ZoneInfo(person.time_zone)
    today = now.astimezone(zone).date()
    countries = countries_of(person, reader)
    days = {}
    for number in range((span.last - span.first).days + 1):
        on = span.first + timedelta(days=number)
        holidays = [(country, name) for country in countries if (name := day_off(country, on)[0])]
        beside = span.view == "month" and on.month != span.on.month
        days[on] = Day(on, on == today, beside, holidays=holidays)
    for task in tasks_in(span, person, reader):
        day = days[task.day]
        task.at = None if task.is_all_day else task.due_at.astimezone(zone)
        task.there = there_of(task)
        task.late = task.is_overdue(now)
        day.tasks.append(task)
        day.more = task.of_day - len(day.tasks)
    return list(days.values())


def there_of(task: Any) -> There | None:
    """The due moment, or the day, at the customer's or lead's."""
    if task.party is None:
        return None
    return moment_there(task.party, task.day if task.is_all_day else task.due_at)


def countries_of(person: User, reader: User) -> list[str]:
    """Where most of a person's customers are."""
    rows = Customer.objects.visible_to(reader).filter(owner=person).exclude(country="").order_by()
    found = rows.values("country").annotate(many=Count("pk")).order_by("-many", "country")[:MOST_COUNTRIES]
    return [row["country"] for row in found]


def moved_due(task: Task, on: date, zone: str) -> dict[str, Any]:
    """``due_on`` or ``due_at`` of a task moved to another day: a time of day stays what it is in ``zone``."""
    if task.is_all_day or task.due_at is None:
        return {"due_on": on}
    wall = task.due_at.astimezone(ZoneInfo(zone)).time()
    if wall == time.min:  # midnight belongs to the day before
        return {"due_at": end_of_day(on, zone)}
    return {"due_at": datetime.combine(on, wall, ZoneInfo(zone))}
