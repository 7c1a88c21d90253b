"""What can be done with a task?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.services.notices import notify
from core.exceptions import NotAllowed
from customers.services.locking import lock_customers, require
from opportunities.services.places import Place, StrangeOpportunity, lock_leads, new_place, place_of

from .. import permissions
from ..due import end_of_day, next_reminder, zone_of
from ..facts import refresh_deals, refresh_next_steps
from ..models import ChecklistItem, Postponement, Task, TaskComment
from . import errors
from .recurring import go_on
from .rows import end_tasks, insert_tasks, note, open_again

if TYPE_CHECKING:
    from accounts.models import User

    from ..inputs import TaskData

FILLED = (
    "details", "kind", "priority", "customer", "lead", "opportunity", "contact", "plan", "assignee", "team",
    "starts_at", "remind_before", "closes_on",
)  # fmt: skip


@transaction.atomic
def create_task(*, data: TaskData, by: User, now: datetime) -> Task:
    """Make a task for a person or a team; who is given one is told.

    Raises NobodyToDoIt, StrangeContact, StrangePlan, NotAllowed, and as ``opportunities.services.places.new_place``.
    """
    place = new_place(data.customer, data.lead, data.opportunity)
    (task,) = create_tasks(place=place, tasks=[data], by=by, now=now)
    return task


def create_tasks(*, place: Place, tasks: Sequence[TaskData], by: User, now: datetime) -> list[Task]:
    """Make tasks of one customer, lead or opportunity, locked already, or of nothing. Raises as create_task."""
    if not tasks:
        return []
    require(permissions.can_plan_at(by, place.customer, place.lead, place.opportunity))
    made = []
    for data in tasks:
        data.customer, data.lead, data.opportunity = place.customer, place.lead, place.opportunity
        task = Task()
        _fill(task, data)
        task.due_at, task.is_all_day = _due(task, data.due_at, data.due_on)
        made.append(task)
    insert_tasks(made, by=by, now=now)
    for task, data in zip(made, tasks, strict=True):
        if data.checklist:
            _set_checklist(task, data.checklist)
        _tell(task, by, now)
    return made


@transaction.atomic
def update_task(*, task: Task, data: TaskData, by: User, now: datetime) -> Task:
    """Change what is to be done; the due moment moves by postpone_task, the person by reassign_tasks.

    Raises TaskIsOver, StrangeContact, StrangePlan, StrangeOpportunity, NotAllowed.
    """
    task = _locked(task, by)
    _require_open(task)
    data.customer, data.lead, data.assignee, data.team = task.customer, task.lead, task.assignee, task.team
    before = task.opportunity_id
    if data.opportunity is not None and data.opportunity.customer_id != task.customer_id:
        raise StrangeOpportunity(field="opportunity")
    _fill(task, data)
    task.remind_at, task.updated_at = next_reminder(task, now), now
    task.save()
    _set_checklist(task, data.checklist)
    note([task], "task.changed", by=by, now=now)
    refresh_next_steps([task])
    refresh_deals([], [before] if before else [])
    return task


@transaction.atomic
def take_task(*, task: Task, by: User, now: datetime) -> Task:
    """Take a task that waits for somebody of the team: of two at once exactly one gets it.

    Raises TakenAlready, TaskIsOver, NotAllowed.
    """
    task = _locked(task, by, may=False)
    _require_open(task)
    if task.assignee_id == by.pk:
        return task
    if task.assignee_id is not None:
        raise errors.TakenAlready
    require(permissions.can_take(by, task))
    task.assignee, task.updated_at = by, now
    task.save(update_fields=["assignee", "updated_at"])
    note([task], "task.taken", by=by, now=now)
    return task


@transaction.atomic
def start_task(*, task: Task, by: User, now: datetime) -> Task:
    """Say that one is at it. Raises TaskIsOver, NotAllowed."""
    task = _locked(task, by)
    _require_open(task)
    if task.state == Task.State.NOT_STARTED:
        task.state, task.updated_at = Task.State.IN_PROGRESS, now
        task.save(update_fields=["state", "updated_at"])
    return task


@transaction.atomic
def complete_task(
    *, task: Task, by: User, now: datetime, result: str = "", closed_by: tuple[str, int] | None = None
) -> Task:
    """Mark a task as done, with what came of it. Doing it twice is once. Raises TaskIsOver, NotAllowed.

    ``closed_by`` names the communication that was logged with it (label, id).
    """
    task = _locked(task, by)
    if task.state == Task.State.DONE:
        if result.strip() and not task.result:  # the contact that was written down with it closed it first
            task.result, task.updated_at = result.strip(), now
            task.save(update_fields=["result", "updated_at"])
        return task
    _require_open(task)
    more: dict[str, Any] = {"assignee": by} if task.assignee_id is None else {}
    end_tasks([task], Task.State.DONE, by=by, now=now, closed_by=closed_by, result=result.strip(), **more)
    go_on(task, now=now)
    return task


@transaction.atomic
def cancel_task(*, task: Task, by: User, now: datetime, reason: str) -> Task:
    """Give a task up, with a reason. Raises ReasonMissing, TaskIsOver, NotAllowed."""
    task = _locked(task, by)
    if task.state == Task.State.CANCELLED:
        return task
    _require_open(task)
    if not reason.strip():
        raise errors.ReasonMissing(field="reason")
    end_tasks([task], Task.State.CANCELLED, by=by, now=now, cancel_reason=reason.strip())
    go_on(task, now=now)
    return task


@transaction.atomic
def reopen_task(*, task: Task, by: User, now: datetime) -> Task:
    """Open an ended task again. Raises TaskIsOpen, NotAllowed, CustomerIsArchived."""
    task = _locked(task, by)
    if task.is_open:
        raise errors.TaskIsOpen
    open_again([task], by=by, now=now)
    return task


@transaction.atomic
def postpone_task(
    *, task: Task, by: User, now: datetime, reason: str, due_at: datetime | None = None, due_on: date | None = None
) -> Task:
    """Move the due moment to an instant, or to the end of a day where the assignee is; later ones need a reason.

    Raises ReasonMissing, DueMissing, SameDue, TaskIsOver, NotAllowed.
    """
    task = _locked(task, by)
    _require_open(task)
    before = task.due_at
    task.due_at, task.is_all_day = _due(task, due_at, due_on)
    if task.due_at is None:
        raise errors.DueMissing(field="due_on")
    if task.due_at == before:
        raise errors.SameDue(field="due_on")
    if not reason.strip() and before is not None and task.due_at > before:
        raise errors.ReasonMissing(field="reason")
    if task.starts_at is not None and before is not None:
        task.starts_at += task.due_at - before
    task.reminded, task.remind_at, task.updated_at = "", next_reminder(task, now), now
    task.save(update_fields=["due_at", "is_all_day", "starts_at", "reminded", "remind_at", "updated_at"])
    Postponement.objects.create(task=task, before=before, after=task.due_at, reason=reason.strip(), by=by, at=now)
    note([task], "task.postponed", by=by, now=now)
    refresh_next_steps([task])
    return task


@transaction.atomic
def reassign_tasks(*, ids: Iterable[int], to: User, by: User, now: datetime) -> list[tuple[Task, str]]:
    """Give open tasks to somebody; returns each with '' or why it was left. All that are not visible are left out."""
    wanted = list(Task.objects.visible_to(by).filter(pk__in=list(ids)).values_list("pk", "customer_id", "lead_id"))
    customers = {one.pk: one for one in lock_customers(pk for _task, pk, _lead in wanted if pk)}
    lock_leads(lead for _task, pk, lead in wanted if lead and not pk)
    rows = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("assignee", "team")
    outcome: list[tuple[Task, str]] = []
    for task in rows.filter(pk__in=[pk for pk, _customer, _lead in wanted]).order_by("pk"):
        if task.customer_id in customers:
            task.customer = customers[task.customer_id]
        outcome.append((task, _why_not_given(task, to, by)))
    given = [task for task, why in outcome if not why]
    for task in given:
        task.assignee, task.updated_at = to, now  # the moment that was promised stays, also in another zone
    Task.objects.filter(pk__in=[task.pk for task in given]).update(assignee=to, updated_at=now)
    note(given, "task.reassigned", by=by, now=now)
    for task in given:
        _tell(task, by, now)
    return outcome


def _why_not_given(task: Task, to: User, by: User) -> str:
    if not task.is_open:
        return str(errors.TaskIsOver.message)
    if not (permissions.can_work_on(by, task) and permissions.can_assign(by, to)):
        return str(NotAllowed.message)
    return ""


@transaction.atomic
def tick(*, item: ChecklistItem, is_done: bool, by: User, now: datetime) -> ChecklistItem:
    """Tick a line of the checklist off, or take the tick away. Raises TaskIsOver, NotAllowed."""
    task = _locked(item.task, by)
    _require_open(task)
    item.done_at, item.done_by = (now, by) if is_done else (None, None)
    item.save(update_fields=["done_at", "done_by"])
    if task.state == Task.State.NOT_STARTED and is_done:
        task.state, task.updated_at = Task.State.IN_PROGRESS, now
        task.save(update_fields=["state", "updated_at"])
    return item


@transaction.atomic
def comment_task(*, task: Task, body: str, by: User, now: datetime) -> TaskComment:
    """Say something about a task; whoever does it, or made it, is told. Raises CommentIsEmpty, NotAllowed."""
    require(permissions.can_comment(by, task))
    if not body.strip():
        raise errors.CommentIsEmpty(field="body")
    comment = TaskComment.objects.create(task=task, author=by, body=body.strip(), at=now)
    told = [person for person in (task.assignee, task.created_by) if person]
    notify(to=told, kind="task_comment", by=by, target=comment, now=now, key=f"task_comment:{comment.pk}")
    return comment


# --- parts ------------------------------------------------------------------------------------------


def _locked(task: Task, by: User, may: bool = True) -> Task:
    """The task as it is now, what it is of locked first. Raises CustomerIsArchived, and NotAllowed where ``may``."""
    place = place_of(task)
    rows = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("assignee", "team")
    task = rows.get(pk=task.pk)
    place.put(task)
    if may:
        require(permissions.can_work_on(by, task))
    return task


def _require_open(task: Task) -> None:
    if not task.is_open:
        raise errors.TaskIsOver


def _due(task: Task, due_at: datetime | None, due_on: date | None) -> tuple[datetime | None, bool]:
    """(instant, whether it is the end of a day) in the assignee's zone, the firm's for a team."""
    if due_on is None:
        return due_at, False
    return end_of_day(due_on, zone_of(task)), True


def _fill(task: Task, data: TaskData) -> None:
    """Put all that is said of a task into its row, but for when it is due."""
    if data.assignee is None and data.team is None:
        raise errors.NobodyToDoIt(field="assignee")
    pk = data.customer.pk if data.customer else None
    if data.contact is not None and data.contact.customer_id != pk:
        raise errors.StrangeContact(field="contact")
    if data.plan is not None and data.plan.customer_id != pk:
        raise errors.StrangePlan(field="plan")
    for name in FILLED:
        setattr(task, name, getattr(data, name))
    task.title = data.title.strip()


def _set_checklist(task: Task, lines: Sequence[str]) -> None:
    """Make the checklist these lines; a line that stays keeps its tick."""
    kept = {item.text: item for item in task.checklist.all()} if task.pk else {}
    wanted = [line.strip()[:200] for line in lines if line.strip()]
    if list(kept) == wanted:
        return
    task.checklist.exclude(text__in=wanted).delete()
    for position, text in enumerate(dict.fromkeys(wanted)):
        if text in kept:
            ChecklistItem.objects.filter(pk=kept[text].pk).update(position=position)
        else:
            ChecklistItem.objects.create(task=task, text=text, position=position)


def _tell(task: Task, by: User, now: datetime) -> None:
    if task.assignee is not None and task.assignee != by:
        key = f"task_assigned:{task.pk}:{now.isoformat()}"
        notify(to=[task.assignee], kind="task_assigned", by=by, target=task, now=now, key=key)


def end_tasks_of(place: Place, *, reason: str, by: User | None, now: datetime, rule: str = "") -> int:
    """Give up every open task of a customer, or of a lead without one, which is locked; returns how many."""
    open_ones = Task.objects.open().select_for_update(no_key=True).filter(customer=place.customer)
    if place.customer is None:
        open_ones = open_ones.filter(lead=place.lead)
    rows = list(open_ones.order_by("pk"))
    if rows:
        end_tasks(rows, Task.State.CANCELLED, by=by, now=now, rule=rule, cancel_reason=reason)
    return len(rows)
