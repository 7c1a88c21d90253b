"""What can be done with a series?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import jobs
from customers.models import Customer
from customers.services.locking import lock_customers, lock_living, require

from .. import permissions
from ..due import next_reminder
from ..facts import refresh_next_steps
from ..models import Series, Task
from ..recurrence import WrongRule, parse
from ..segments import size_of
from . import errors
from .recurring import make_next, next_of, task_of
from .rows import end_tasks, open_again

if TYPE_CHECKING:
    from accounts.models import User

    from ..inputs import SeriesData

WORDS = ("title", "details", "kind", "priority", "remind_before")
TIMING = ("rule", "starts_at_local", "zone", "is_all_day", "due_after", "avoids_days_off")


@transaction.atomic
def create_series(*, data: SeriesData, by: User, now: datetime) -> Series:
    """Begin a series; its first task is made at once, those of a segment when it begins.

    Raises WrongRule, WrongSegment, SegmentTooBig, NotAllowed, CustomerIsArchived.
    """
    if data.customer is not None:
        data.customer = lock_living(data.customer)
        require(permissions.can_plan_for(by, data.customer))
    series = Series(created_by=by, created_at=now, customer=data.customer)
    _fill(series, data, by, now)
    series.next_at = next_of(series, now) if series.segment else None
    series.save()
    _go_on(series, data.customer, now)
    return series


@transaction.atomic
def update_series(*, series: Series, data: SeriesData, by: User, now: datetime) -> Series:
    """Change this and all following occurrences; those that have ended stay as they were.

    Raises as create_series does.
    """
    series, customer = _locked(series, by)
    before = [getattr(series, name) for name in TIMING]
    _fill(series, data, by, now)
    moved = before != [getattr(series, name) for name in TIMING]
    if series.ended_at is None:
        _change_open(series, customer, moved, now)
    series.save()
    if series.ended_at is None:
        _go_on(series, customer, now)
    return series


@transaction.atomic
def pause_series(*, series: Series, by: User, now: datetime) -> Series:
    """Stop a series: what lies ahead is given up, what has begun stays. Raises NotAllowed."""
    series, _customer = _locked(series, by)
    if series.ended_at is None:
        ahead = Task.objects.filter(series=series, state=Task.State.NOT_STARTED, occurs_at__gt=now)
        lock_customers(pk for pk in ahead.values_list("customer", flat=True) if pk)
        rows = list(ahead.select_for_update(no_key=True).order_by("pk"))
        if rows:
            end_tasks(rows, Task.State.CANCELLED, by=by, now=now, cancel_reason=_("The series was stopped."))
        series.ended_at, series.next_at, series.updated_at = now, None, now
        series.save(update_fields=["ended_at", "next_at", "updated_at"])
    return series


@transaction.atomic
def resume_series(*, series: Series, by: User, now: datetime) -> Series:
    """Let a stopped series go on with the next occurrence from now. Raises SeriesIsOver, NotAllowed."""
    series, customer = _locked(series, by)
    if series.ended_at is not None:
        if next_of(series, now) is None:
            raise errors.SeriesIsOver
        given_up = Task.objects.filter(series=series, state=Task.State.CANCELLED, ended_at=series.ended_at)
        lock_customers(pk for pk in given_up.values_list("customer", flat=True) if pk)
        rows = list(given_up.filter(occurs_at__gt=now).select_for_update(no_key=True).order_by("pk"))
        if rows:
            open_again(rows, by=by, now=now)
        series.ended_at, series.updated_at = None, now
        _change_open(series, customer, True, now)
        series.save()
        _go_on(series, customer, now)
    return series


def _go_on(series: Series, customer: Customer | None, now: datetime) -> None:
    """Make the first task of a series for one; let a worker make those of a segment that begins today."""
    if not series.segment:
        make_next(series, customer, now=now)
    elif series.next_at is not None and series.next_at <= now:
        jobs.wake("followups.run_series")
    series.refresh_from_db(fields=["next_at"])


def _locked(series: Series, by: User) -> tuple[Series, Customer | None]:
    customer = lock_living(series.customer) if series.customer else None
    rows = Series.objects.select_for_update(no_key=True, of=("self",)).select_related("assignee", "created_by")
    series = rows.get(pk=series.pk)
    series.customer = customer
    require(permissions.can_edit_series(by, series))
    return series, customer


def _fill(series: Series, data: SeriesData, by: User, now: datetime) -> None:
    series.rule = str(parse(data.rule))
    series.starts_at_local = data.starts_at.replace(tzinfo=UTC)
    series.zone, series.is_all_day = data.zone, data.is_all_day
    series.due_after, series.avoids_days_off = data.due_after, data.avoids_days_off
    series.segment = data.segment
    series.assignee = data.assignee or by
    for name in WORDS:
        setattr(series, name, getattr(data, name))
    series.title, series.updated_at = data.title.strip(), now
    if series.segment:
        size_of(series.segment, series.created_by)
    if series.ended_at is None and next_of(series, now) is None:
        raise WrongRule(_("This rule gives no day from now on."), field="starts_on")


def _change_open(series: Series, customer: Customer | None, moved: bool, now: datetime) -> None:
    """Carry a change over to the open tasks; a task for one moves with a new rule, those of a segment stay."""
    tasks = Task.objects.open().filter(series=series)
    if series.segment:
        tasks.update(**{name: getattr(series, name) for name in WORDS}, updated_at=now)
        if moved or series.next_at is None:
            series.next_at = next_of(series, now, after=_newest(Task.objects.filter(series=series)))
        return
    open_ones = list(tasks.select_for_update(no_key=True).order_by("occurs_at", "pk"))
    if not open_ones:
        return
    task, others = open_ones[-1], Task.objects.filter(series=series).exclude(pk=open_ones[-1].pk)
    if moved:
        target = next_of(series, now, after=_newest(others))
        if target is None:
            return
        made = task_of(series, target, customer, series.assignee)
        task.occurs_at, task.starts_at, task.due_at = target, made.starts_at, made.due_at
        task.is_all_day, task.reminded = made.is_all_day, ""
        series.next_at = next_of(series, now, after=target)
    for name in (*WORDS, "assignee"):
        setattr(task, name, getattr(series, name))
    task.updated_at, task.remind_at = now, next_reminder(task, now)
    task.save()
    refresh_next_steps([task])


def _newest(tasks: QuerySet[Task]) -> datetime | None:
    return tasks.order_by("-occurs_at").values_list("occurs_at", flat=True).first()
