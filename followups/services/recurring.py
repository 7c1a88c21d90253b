"""Which occurrence of a series is next, and how does it become a task exactly once?

A series for one has one open task: the first occurrence that is not past. When that ends, the next one is made
at once; when the next one begins first, the open one is marked missed by rule. A series over a segment makes its
tasks when an occurrence begins, for the customers of that moment. What was missed in an outage is passed over:
a task of a day counts until the day is over, one with a time of day a quarter of an hour, for sweeps come late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from core import jobs
from customers.models import Customer
from customers.services.locking import lock_customers
from customers.working_days import next_working_day

from ..due import end_of_day
from ..models import Series, Task
from ..querysets import TaskQuerySet
from ..recurrence import moment_of, next_occurrence, parse
from ..segments import customers_in, size_of
from .rows import end_tasks, insert_tasks

if TYPE_CHECKING:
    from core.models import Job

RULE = "series"
JOB = "followups.series"
GRACE = timedelta(minutes=15)
BATCH = 200
INSTANT = timedelta(microseconds=1)


# --- when ------------------------------------------------------------------------------------------------


def next_of(series: Series, now: datetime, after: datetime | None = None) -> datetime | None:
    """The first occurrence that is not past at ``now``, and later than ``after``; None where none is left."""
    there = now.astimezone(ZoneInfo(series.zone))
    since = moment_of(datetime.combine(there, time.min), series.zone) if series.is_all_day else now - GRACE
    if after is not None:
        since = max(since, after + INSTANT)
    return next_occurrence(parse(series.rule), series.first_wall, series.zone, since)


def task_of(series: Series, occurs_at: datetime, customer: Customer | None, assignee: User) -> Task:
    """The task of an occurrence, not saved; shifted to a working day at the customer's where the series says so."""
    wall = occurs_at.astimezone(ZoneInfo(series.zone)).replace(tzinfo=None)
    on = shifted(series, wall.date(), customer)
    task = Task(series=series, occurs_at=occurs_at, customer=customer, assignee=assignee, is_all_day=series.is_all_day)
    if series.is_all_day:
        task.due_at = end_of_day(on + timedelta(minutes=series.due_after), assignee.time_zone)
    else:
        task.starts_at = moment_of(datetime.combine(on, wall.time()), series.zone)
        task.due_at = task.starts_at + timedelta(minutes=series.due_after)
    for name in ("title", "details", "kind", "priority", "remind_before"):
        setattr(task, name, getattr(series, name))
    return task


def shifted(series: Series, on: date, customer: Customer | None) -> date:
    """The day of an occurrence for a customer: the next working day there where the series avoids days off."""
    return next_working_day(str(customer.country), on) if series.avoids_days_off and customer is not None else on


# --- one after the other ---------------------------------------------------------------------------------


def go_on(task: Task, *, now: datetime) -> None:
    """Make the next occurrence of a series for one, whose task just ended and whose customer is locked."""
    if task.series_id is None:
        return
    series = (
        Series.objects.select_for_update(no_key=True, of=("self",)).select_related("assignee").get(pk=task.series_id)
    )
    if series.ended_at is None and not series.segment:
        make_next(series, task.customer, now=now)


def make_next(series: Series, customer: Customer | None, *, now: datetime) -> None:
    """Make the next task of a locked series for one, unless one is open."""
    tasks = Task.objects.filter(series=series)
    if tasks.open().exists():
        return
    newest = tasks.order_by("-occurs_at").values_list("occurs_at", flat=True).first()
    target = next_of(series, now, after=newest)
    if target is not None:
        insert_tasks([task_of(series, target, customer, series.assignee)], by=None, now=now, rule=RULE)
    Series.objects.filter(pk=series.pk).update(next_at=next_of(series, now, after=target) if target else None)


# --- the sweep -------------------------------------------------------------------------------------------


def due_series(now: datetime) -> QuerySet[Any]:
    """Series whose next occurrence has begun. Those of a person who left wait for a new one."""
    return Series.objects.filter(next_at__lte=now, ended_at=None, assignee__is_active=True)


def run_series(*, now: datetime) -> int:
    """Make what begins, mark what was not done; returns how many series went on. Twice or at once does no harm."""
    ran, last = 0, 0
    while found := list(due_series(now).filter(pk__gt=last).order_by("pk").values_list("pk", "customer")[:BATCH]):
        last = found[-1][0]
        ran += _run_batch(found, now)
    return ran


@transaction.atomic
def _run_batch(found: Sequence[tuple[int, int | None]], now: datetime) -> int:
    # Customers before their series and tasks, as everywhere; what another worker has is left to it.
    customers = {one.pk: one for one in lock_customers(customer for _pk, customer in found if customer)}
    rows = due_series(now).select_for_update(no_key=True, of=("self",), skip_locked=True)
    series = list(rows.select_related("assignee", "created_by").filter(pk__in=[pk for pk, _c in found]).order_by("pk"))
    made: list[Task] = []
    targets: dict[int, datetime | None] = {}
    for one in series:
        customer = customers.get(one.customer_id) if one.customer_id else None
        if customer is not None and customer.is_archived:
            one.ended_at, one.next_at = now, None
            continue
        targets[one.pk] = target = next_of(one, now)
        one.next_at = next_of(one, now, after=target) if target else None
        if target is not None and one.segment and target > now:  # begun in an outage; the next one has time
            one.next_at = target
        elif target is not None and one.segment:
            params = {"series": one.pk, "occurs_at": target.isoformat()}
            jobs.enqueue(JOB, by=one.created_by, now=now, params=params)
        elif target is not None:
            made.append(task_of(one, target, customer, one.assignee))
    single = [one.pk for one in series if not one.segment and one.pk in targets]
    _miss(Task.objects.filter(series__in=single), targets, now)
    if made:
        insert_tasks(made, by=None, now=now, rule=RULE)
    Series.objects.bulk_update(series, ["next_at", "ended_at"])
    return len(series)


def _miss(tasks: TaskQuerySet, targets: dict[int, datetime | None], now: datetime) -> None:
    """Mark open tasks of earlier occurrences as missed; one that somebody ends at this moment is left alone."""
    rows = tasks.open().select_for_update(no_key=True, of=("self",), skip_locked=True).order_by("pk")
    late = [task for task in rows if (target := targets[task.series_id]) is None or task.occurs_at < target]
    if late:
        end_tasks(late, Task.State.MISSED, by=None, now=now, rule=RULE)


# --- a segment -------------------------------------------------------------------------------------------


def run_segment(job: Job, progress: jobs.Progress) -> None:
    """Make the tasks of one occurrence for every customer of its segment, as the maker of the series sees them now.

    Where the maker has left it is whoever has the series. Raises WrongSegment, SegmentTooBig.
    """
    series = Series.objects.select_related("created_by", "assignee").get(pk=job.params["series"])
    if series.ended_at is not None:
        return
    occurs_at = datetime.fromisoformat(job.params["occurs_at"])
    reader = series.created_by if series.created_by.is_active else series.assignee
    rows = customers_in(series.segment, reader)
    total = job.total if job.total is not None else size_of(series.segment, reader)
    done, last = job.done, job.cursor.get("after", 0)
    while ids := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last, done = ids[-1], done + len(ids)
        with transaction.atomic():
            _make_for(series, occurs_at, ids, progress.clock())
            progress.step(done, total=total, cursor={"after": last})
    # Customers that have left the segment.
    while _miss_left(series, occurs_at, progress.clock()):
        pass


def _make_for(series: Series, occurs_at: datetime, ids: Iterable[int], now: datetime) -> None:
    living = [one for one in lock_customers(ids) if one.owner is not None and not one.is_archived]
    _miss(Task.objects.filter(series=series, customer__in=living), {series.pk: occurs_at}, now)
    tasks = [task_of(series, occurs_at, one, one.owner) for one in living if one.owner]
    if tasks:
        insert_tasks(tasks, by=None, now=now, rule=RULE)


@transaction.atomic
def _miss_left(series: Series, occurs_at: datetime, now: datetime) -> bool:
    left = Task.objects.open().filter(series=series, occurs_at__lt=occurs_at).order_by("customer", "pk")
    found = list(left.values_list("pk", "customer")[:BATCH])
    lock_customers(customer for _pk, customer in found if customer)
    _miss(Task.objects.filter(pk__in=[pk for pk, _customer in found]), {series.pk: occurs_at}, now)
    return len(found) == BATCH
