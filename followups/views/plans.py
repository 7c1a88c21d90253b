"""Plans and tasks on a customer's page, and what is done with a plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.pages import CreatePage, DetailPage, UpdatePage, get_visible_or_404
from core.pages.gate import allow
from customers.models import Customer
from customers.views.record import CustomerPage

from .. import permissions, services
from ..forms import PlanEndForm, PlanForm
from ..kinds import kind_of
from ..models import Plan, Task
from ..querysets import OPEN
from ..tables import due_words

MOST_ENDED = 30


def told(tasks: Any, user: Any, now: Any) -> list[dict[str, Any]]:
    """Tasks as the rows of a card."""
    return [
        {
            "task": task,
            "kind": kind_of(task.kind),
            "due": due_words(task, user.time_zone),
            "is_overdue": task.is_overdue(now),
            "may_work": permissions.can_work_on(user, task),
        }
        for task in tasks
    ]


class CustomerTasks(CustomerPage):
    """The tab of one customer's open tasks, plans and what has ended."""

    tab = "tasks"
    part = "followups/_tasks_tab.html"

    def tab_context(self) -> dict[str, Any]:
        user, customer = self.request.user, self.customer
        rows = Task.objects.filter(customer=customer)  # unscoped: of a visible customer
        rows = rows.select_related("assignee", "team", "contact", "plan", "opportunity")
        open_ones = list(rows.filter(state__in=OPEN).order_by("due_at", "pk")[:100])
        ended = list(
            rows.exclude(state__in=OPEN).select_related("ended_by").order_by("-ended_at", "-pk")[: MOST_ENDED + 1]
        )
        for task in [*open_ones, *ended]:
            task.customer = customer
        plans = Plan.objects.filter(customer=customer).select_related("owner", "contact")  # unscoped: same
        plans = plans.annotate(
            open_tasks=Count("tasks", filter=Q(tasks__state__in=OPEN)),
            done_tasks=Count("tasks", filter=Q(tasks__state=Task.State.DONE)),
        )
        return {
            "open_tasks": told(open_ones, user, self.now),
            "ended_tasks": told(ended[:MOST_ENDED], user, self.now),
            "more_ended": len(ended) > MOST_ENDED,
            "plans": list(plans.order_by("state", "ends_on", "pk")[:50]),
            "may_plan": permissions.can_plan_for(user, customer),
        }


class PlanPage(DetailPage):
    """A plan with the tasks under it."""

    model = Plan
    template_name = "followups/plan.html"

    def get_queryset(self) -> Any:
        tasks = Task.objects.select_related("assignee", "team").order_by("due_at", "pk")  # unscoped: of a visible plan
        rows = Plan.objects.select_related("customer__owner", "contact", "owner")  # unscoped: the gate scopes it
        return rows.prefetch_related(Prefetch("tasks", tasks), "customer__collaborators")

    def extra_context(self, record: Plan) -> dict[str, Any]:
        user: Any = self.request.user
        tasks = list(record.tasks.all())
        for task in tasks:
            task.customer = record.customer
        return {
            "plan": record,
            "tasks": told(tasks, user, timezone.now()),
            "may_edit": permissions.can_edit_plan(user, record),
        }


class PlanCreate(CreatePage):
    request: SignedInRequest
    model = Plan
    title = _("New plan")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.record = get_visible_or_404(Customer, request.user, kwargs["pk"])
        allow(permissions.can_plan_for(request.user, self.record))
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> PlanForm:
        today = timezone.localdate()
        return PlanForm(data, customer=self.record, initial={"starts_on": today, "ends_on": today + timedelta(days=30)})

    def save(self, form: PlanForm) -> str:
        services.create_plan(customer=self.record, data=form.plan_data(), by=self.request.user, now=timezone.now())
        return self.cancel_url()

    def cancel_url(self) -> str:
        return reverse("followups:of_customer", args=[self.record.pk])


class PlanVerb(UpdatePage):
    request: SignedInRequest
    model = Plan

    def may(self, user: Any, record: Any) -> bool:
        return permissions.can_edit_plan(user, record)


class PlanUpdate(PlanVerb):
    title = _("Edit the plan")

    def form(self, data: Any = None, files: Any = None) -> PlanForm:
        names = ("title", "term", "starts_on", "ends_on", "progress", "goal")
        first = {name: getattr(self.record, name) for name in names} | {"contact": self.record.contact_id}
        return PlanForm(data, customer=self.record.customer, initial=first)

    def save(self, form: PlanForm) -> str:
        services.update_plan(plan=self.record, data=form.plan_data(), by=self.request.user, now=timezone.now())
        return self.record.get_absolute_url()


class PlanEnd(PlanVerb):
    title = _("End the plan")

    def form(self, data: Any = None, files: Any = None) -> PlanEndForm:
        return PlanEndForm(data, initial={"state": Plan.State.REACHED})

    def save(self, form: PlanEndForm) -> str:
        services.end_plan(plan=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        return self.record.get_absolute_url()


@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    plan = get_visible_or_404(Plan, request.user, pk)
    allow(permissions.can_edit_plan(request.user, plan))
    services.reopen_plan(plan=plan, by=request.user, now=timezone.now())
    return redirect(plan)
