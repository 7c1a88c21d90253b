"""The page of one task, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.pages import DetailPage, UpdatePage, get_visible_or_404
from core.pages.gate import allow
from customers.clock import local_clock
from customers.models import Contact, ContactPoint, Customer
from customers.reach import best
from opportunities.models import Lead, Opportunity
from opportunities.tables.leads import points_of

from .. import permissions, services
from ..forms import CommentForm, PostponeForm, TaskForm, WhyForm, due_initial
from ..kinds import kind_of
from ..models import ChecklistItem, Series, Task
from ..tables import due_words

RELATED = (
    "customer__owner", "lead__owner", "opportunity__owner", "contact", "plan", "assignee__deputy", "team", "created_by",
    "ended_by", "series", "playbook_run",
)  # fmt: skip


def whole() -> QuerySet[Any]:
    """Tasks with everything their page shows; the gate scopes them."""
    rows = Task.objects.select_related(*RELATED)  # unscoped: the gate scopes it
    return rows.prefetch_related("checklist", "postponements__by", "comments__author", "customer__collaborators")


class TaskPage(DetailPage):
    """What is to be done, for whom, how far it is, what was said of it."""

    model = Task
    template_name = "followups/task.html"

    def get_queryset(self) -> QuerySet[Any]:
        return whole()

    def extra_context(self, record: Task) -> dict[str, Any]:
        user: Any = self.request.user
        now = timezone.now()
        sees = (
            record.customer_id is not None and Customer.objects.visible_to(user).filter(pk=record.customer_id).exists()
        )
        lines = list(record.checklist.all())
        return {
            "task": record,
            "now": now,
            "kind": kind_of(record.kind),
            "due": due_words(record, user.time_zone),
            "is_overdue": record.is_overdue(now),
            "sees_customer": sees,
            "sees_lead": record.lead_id is not None
            and Lead.objects.visible_to(user).filter(pk=record.lead_id).exists(),
            "sees_deal": record.opportunity_id is not None
            and Opportunity.objects.visible_to(user).filter(pk=record.opportunity_id).exists(),
            "sees_series": record.series_id is not None
            and Series.objects.visible_to(user).filter(pk=record.series_id).exists(),
            "clock": local_clock(record.party, now) if record.party else None,
            "reach": _reach(record),
            "lines_done": sum(line.done_at is not None for line in lines),
            "lines": lines,
            "may_work": permissions.can_work_on(user, record),
            "may_take": permissions.can_take(user, record),
            "comment_form": CommentForm(),
        }


def _reach(task: Task) -> Any:
    """How the named contact or the lead is reached; by nothing where it must not be contacted."""
    contact: Contact | None = task.contact
    if contact is None:
        return best(points_of(task.lead)) if task.lead and not task.customer_id else None
    if contact.is_do_not_contact:
        return None
    points = ContactPoint.objects.filter(contact=contact).order_by("position", "pk")  # unscoped: named by the task
    return best(points.values("kind", "value", "normal"))


class TaskVerb(UpdatePage):
    """A form with one service call on a task."""

    request: SignedInRequest
    model = Task
    can: ClassVar[Callable[..., bool]] = staticmethod(permissions.can_work_on)
    act: ClassVar[Callable[..., Any]]
    save_word: ClassVar[Any] = _("Save")

    def may(self, user: Any, record: Any) -> bool:
        return type(self).can(user, record)

    def save(self, form: Any) -> str:
        type(self).act(task=self.record, by=self.request.user, now=timezone.now(), **self.values(form))
        return self.record.get_absolute_url()

    def values(self, form: Any) -> dict[str, Any]:
        return form.cleaned_data

    def extra_context(self) -> dict[str, Any]:
        return {"save": self.save_word}


class TaskUpdate(TaskVerb):
    title = _("Edit the task")
    act = staticmethod(services.update_task)
    template_name = "followups/task_form.html"

    def form(self, data: Any = None, files: Any = None) -> TaskForm:
        task = self.record
        first = {name: getattr(task, name) for name in ("title", "kind", "priority", "details", "remind_before")}
        first |= {"contact": task.contact_id, "plan": task.plan_id, "opportunity": task.opportunity_id}
        first["checklist"] = "\n".join(task.checklist.values_list("text", flat=True))
        of = {"customer": task.customer, "lead": task.lead, "opportunity": task.opportunity}
        return TaskForm(data, user=self.request.user, task=task, initial=first, **of)

    def values(self, form: TaskForm) -> dict[str, Any]:
        return {"data": form.task_data()}


class PostponePage(TaskVerb):
    title = _("Move to another day")
    act = staticmethod(services.postpone_task)

    def form(self, data: Any = None, files: Any = None) -> PostponeForm:
        return PostponeForm(data, initial=due_initial(self.record, self.request.user.time_zone))

    def values(self, form: PostponeForm) -> dict[str, Any]:
        return {"reason": form.cleaned_data["reason"], **form.due(self.request.user.time_zone)}


class CancelPage(TaskVerb):
    title = _("Give the task up")
    save_word = _("Give up")
    act = staticmethod(services.cancel_task)

    def form(self, data: Any = None, files: Any = None) -> WhyForm:
        return WhyForm(data)


# --- without a form ---------------------------------------------------------------------------------------


def _post(act: Callable[..., Any], can: Callable[..., bool]) -> Callable[..., HttpResponse]:
    @require_POST
    def view(request: SignedInRequest, pk: int) -> HttpResponse:
        task = get_visible_or_404(Task, request.user, pk)
        allow(can(request.user, task))
        act(task=task, by=request.user, now=timezone.now())
        return redirect(task)

    return view


start = _post(services.start_task, permissions.can_work_on)
reopen = _post(services.reopen_task, permissions.can_work_on)
take = _post(services.take_task, permissions.can_see_task)


@require_POST
def tick(request: SignedInRequest, pk: int, item_pk: int) -> HttpResponse:
    """Tick a line of the checklist off (``is_done``), or take the tick away."""
    task = get_visible_or_404(Task, request.user, pk)
    allow(permissions.can_work_on(request.user, task))
    item = get_visible_or_404(ChecklistItem.objects.filter(task=task), request.user, item_pk)  # unscoped: scoped here
    services.tick(item=item, is_done="is_done" in request.POST, by=request.user, now=timezone.now())
    return redirect(task)


class CommentPage(TaskVerb):
    """Say something about a task (点评)."""

    title = _("Comment")
    can = staticmethod(permissions.can_comment)
    act = staticmethod(services.comment_task)

    def form(self, data: Any = None, files: Any = None) -> CommentForm:
        return CommentForm(data)
