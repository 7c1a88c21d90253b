"""How do tasks come into the table and leave the open ones, whoever asks for it?

The ground of the other services of this floor: rows, the ledger, the facts on customer, lead and opportunity, in one
transaction. Permission is asked above.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from customers import ledger
from customers.models import Event

from ..due import next_reminder
from ..facts import refresh_next_steps
from ..models import PlaybookRun, Task

if TYPE_CHECKING:
    from accounts.models import User


def insert_tasks(tasks: Sequence[Task], *, by: User | None, now: datetime, rule: str = "") -> list[Task]:
    """Insert prepared tasks; those that stand already (same series or step) are left out. ``by`` None is a rule."""
    for task in tasks:
        task.created_by, task.created_at, task.updated_at = by, now, now
        task.remind_at = next_reminder(task, now)
    ruled = any(task.series_id or task.step_id for task in tasks)
    Task.objects.bulk_create(tasks, ignore_conflicts=ruled)
    made = _standing(tasks) if ruled else list(tasks)
    note(made, "task.created", by=by, now=now, rule=rule)
    refresh_next_steps(made)
    return made


def _standing(tasks: Sequence[Task]) -> list[Task]:
    """Those of the tasks that the insert just made: rows of the same key and moment of creation."""
    first = tasks[0]
    found = Task.objects.filter(created_at=first.created_at, created_by=first.created_by)
    runs = {task.playbook_run_id for task in tasks if task.playbook_run_id}
    series = {task.series_id for task in tasks if task.series_id}
    if runs:
        found = found.filter(playbook_run__in=runs)
    else:  # a segment comes in batches
        found = found.filter(series__in=series, occurs_at__in={task.occurs_at for task in tasks})
        customers = {task.customer_id for task in tasks}
        found = found.filter(Q(customer__in=customers - {None}) | Q(customer=None))
    return list(found.select_related("assignee", "customer").order_by("pk"))


def end_tasks(
    tasks: Sequence[Task],
    state: str,
    *,
    by: User | None,
    now: datetime,
    rule: str = "",
    closed_by: tuple[str, int] | None = None,
    **more: Any,
) -> None:
    """End locked open tasks with one state; ``closed_by`` is the row that closed them by itself."""
    label, pk = closed_by or ("", None)
    changes = {"state": state, "ended_at": now, "ended_by": by, "updated_at": now, "remind_at": None}
    changes |= {"closed_by_label": label, "closed_by_id": pk} | more
    for task in tasks:
        for name, value in changes.items():
            setattr(task, name, value)
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(**changes)
    note(tasks, f"task.{state}", by=by, now=now, rule=rule)
    refresh_next_steps(tasks)
    settle_runs((task.playbook_run_id for task in tasks), now)


def open_again(tasks: Sequence[Task], *, by: User | None, now: datetime, rule: str = "") -> None:
    """Open ended tasks, locked, again; their reminders begin anew."""
    for task in tasks:
        task.state, task.ended_at, task.ended_by, task.updated_at = Task.State.NOT_STARTED, None, None, now
        task.closed_by_label, task.closed_by_id, task.reminded, task.cancel_reason = "", None, "", ""
        task.remind_at = next_reminder(task, now)
    names = "state ended_at ended_by updated_at closed_by_label closed_by_id reminded cancel_reason remind_at"
    Task.objects.bulk_update(tasks, names.split(), batch_size=500)
    note(tasks, "task.reopened", by=by, now=now, rule=rule)
    refresh_next_steps(tasks)
    settle_runs((task.playbook_run_id for task in tasks), now)


def settle_runs(runs: Iterable[int | None], now: datetime) -> None:
    """A run of a playbook whose last step has ended is done; one with a step opened again goes on.

    A run that a stop ended stays ended, else the stop would cancel at once what somebody opened by hand.
    """
    ids = {pk for pk in runs if pk}
    if not ids:
        return
    busy = set(Task.objects.open().filter(playbook_run__in=ids).values_list("playbook_run", flat=True))
    PlaybookRun.objects.filter(pk__in=ids - busy, ended_at=None).update(ended_at=now, end_reason=PlaybookRun.DONE)
    if not busy:
        return
    others = PlaybookRun.objects.filter(ended_at=None)
    may_go_on = (PlaybookRun.DONE, PlaybookRun.TAKEN_BACK)
    for run in PlaybookRun.objects.filter(pk__in=busy, ended_at__isnull=False, end_reason__in=may_go_on):
        if not others.filter(playbook=run.playbook_id, customer=run.customer_id, lead=run.lead_id).exists():
            PlaybookRun.objects.filter(pk=run.pk).update(ended_at=None, end_reason="")


def note(
    rows: Iterable[Task | PlaybookRun], kind: str, *, by: User | None, now: datetime, rule: str = "", **payload: Any
) -> None:
    """Append what happened to tasks of customers, leads and opportunities, or to runs of playbooks, to the ledger."""
    events = [
        Event(
            kind=kind,
            customer_id=row.customer_id,
            at=now,
            by=by,
            rule=rule,
            target_label=row._meta.label_lower,
            target_id=row.pk,
            payload=_codes(row) | payload,
        )
        for row in rows
        if row.customer_id or row.lead_id or (isinstance(row, Task) and row.opportunity_id)
    ]
    if events:
        ledger.append_many(events)


def _codes(row: Task | PlaybookRun) -> dict[str, Any]:
    codes = {"assignee": row.assignee_id} if isinstance(row, Task) else {"playbook": row.playbook_id}
    # A line without a customer says of which lead it is.
    return codes if row.customer_id or row.lead_id is None else codes | {"lead": row.lead_id}
